"""Pick, draw or photograph a digit: the left end of every view, and the second digit of one."""

from typing import Any

import numpy as np

from data import normalize
from views.kit import validate
from views.kit.component import Component
from views.kit.lab import Lab
from views.kit.pictures import encode_pixels
from views.kit.routes import Message, Routes, route
from views.kit.samples import PER_CLASS
from views.kit.worker import Worker

MOST_PHOTO_BYTES = 10_000_000
MOST_PHOTO_BODY = MOST_PHOTO_BYTES * 4 // 3 + 2**12  # in base64, with what stands around it


class DigitInputProps(Message):
    """`shape` [C, H, W] of a digit; `start`: the sample it opens with; `second`: is it digit B?"""

    shape: list[int]
    start: int
    second: bool


class DigitInput(Component):
    """The chosen digit, which the page's scripts follow; or the second one, for one view."""

    PROPS = DigitInputProps

    def __init__(self, lab: Lab, start: int, second: bool = False, **keywords: Any):
        props = DigitInputProps(shape=list(lab.samples.current.shape), start=start, second=second)
        super().__init__(props, elem_classes=["digit-input"], **keywords)


def add_routes(routes: Routes, lab: Lab, worker: Worker) -> None:
    """The routes that every digit input of the page asks; photos are read by the worker."""
    routes.add(sample_digits, lab)
    routes.add(random_digit, lab)
    routes.add(normalize_photo, worker)


class Nothing(Message):
    """A question that says no more than which."""


class Sample(Message):
    """A digit as base64 of one byte a pixel, and its class."""

    pixels: str
    label: int


class SampleDigits(Message):
    """Sample digits row by row, a column per class, and where they come from, in words."""

    digits: list[Sample]
    columns: int
    name: str


class Photo(Message):
    """A picture file's bytes in base64."""

    content: str


class Step(Message):
    """A grey picture on the way to a digit, as base64 of one byte a pixel."""

    pixels: str
    width: int
    height: int


class NormalizedPhoto(Message):
    """The steps from a photo to a digit, and whether it was inverted to white ink on black."""

    ink: Step
    cropped: Step
    digit: Step
    inverted: bool


@route("digit/samples")
def sample_digits(lab: Lab, question: Nothing) -> SampleDigits:
    """The samples, row by row: one of each class, then another of each."""
    current = lab.samples.current
    rows = [[shown[row] for shown in current.shown] for row in range(PER_CLASS)]
    digits = [_sample(lab, i) for row in rows for i in row]
    return SampleDigits(digits=digits, columns=len(current.shown), name=current.name)


@route("digit/random")
def random_digit(lab: Lab, question: Nothing) -> Sample:
    """Any digit of the set that the samples are from."""
    return _sample(lab, lab.samples.current.random_index())


@route("digit/photo", most_body=MOST_PHOTO_BODY)
async def normalize_photo(worker: Worker, question: Photo) -> NormalizedPhoto:
    """A picture file as a digit like MNIST's, with its steps.

    Raises gr.Error, one sentence, for what is no picture or holds no digit.
    """
    content = validate.base64_bytes(question.content, MOST_PHOTO_BYTES)
    try:
        found = await worker.run(normalize.from_picture, content)
    except normalize.DigitError as error:
        raise validate.refusal(str(error)) from error
    steps = {name: _step(getattr(found, name)) for name in ("ink", "cropped", "digit")}
    return NormalizedPhoto(**steps, inverted=bool(found.inverted))


def _sample(lab: Lab, index: int) -> Sample:
    current = lab.samples.current
    return Sample(pixels=validate.base64_text(current.pixels(index)), label=current.label(index))


def _step(image: np.ndarray) -> Step:
    height, width = image.shape
    return Step(pixels=encode_pixels(image), width=width, height=height)
