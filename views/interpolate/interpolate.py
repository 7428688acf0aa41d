"""Interpolate: from one digit to another, through pixels and through codes."""

from dataclasses import dataclass

import gradio as gr
import numpy as np
import torch
from pydantic import Field
from torch import Tensor

import figures
from explore import latent
from views.kit import validate
from views.kit.component import Component
from views.kit.lab import COMPARED, SIZES, Lab, Page
from views.kit.pictures import Picture, encode_pixels, read_picture
from views.kit.routes import Message, route
from views.kit.samples import EIGHT
from views.kit.worker import Worker
from views.shell.digit_input import DigitInput

TITLE = "Interpolate"
QUESTION = "What lies between two digits?"
LOOK = (
    "From your digit, A, to digit B: the cross-fade of pixels shows two ghosts at once, a path "
    "through codes should show one digit becoming the other; watch where a path leaves the digits."
)
LINEAR, SPHERICAL = "linear path", "spherical path"
STEPS = 11  # pictures of a path; a saved film has twice as many


class Props(Message):
    """`families`: the models that paths can lead through."""

    sizes: list[int]
    families: list[str]
    steps: int


class Film(Component):
    """The paths, a row of pictures each, and one picture of each that the slider chooses."""

    PROPS = Props

    def __init__(self, page: Page):
        page.routes.add(show_paths, page.lab.interactive, page.workers.quick)
        page.routes.add(export_film, page.lab.interactive, page.workers.long)
        props = Props(sizes=list(SIZES), families=list(COMPARED), steps=STEPS)
        super().__init__(props, elem_classes=["film"])


def build(page: Page) -> None:
    """Lay the view out; A is the page's digit, B has a picker of its own."""
    with gr.Row(elem_classes="film-and-b"):
        Film(page)
        with gr.Column(elem_classes="second-digit", min_width=240, scale=0):
            gr.HTML("<h3>Digit B</h3>", apply_default_css=False)
            DigitInput(page.lab, EIGHT, second=True)


class Ends(Message):
    """Two digits, and the models, by family and code size, that paths lead through."""

    a: Picture
    b: Picture
    families: list[str] = Field(max_length=len(COMPARED))
    size: int


class PathPictures(Message):
    """STEPS pictures from A to B, base64 of one byte a value, and how they were made."""

    family: str
    note: str
    pixels: str


class Paths(Message):
    """The cross-fade, then a straight and a curved path per model; `shape` is a picture's."""

    shape: list[int]
    paths: list[PathPictures]


class SavedFilm(Message):
    """A file's name, and the file as a data URI."""

    name: str
    uri: str


@dataclass(frozen=True)
class Path:
    """Pictures [T, C, H, W] from A to B and how they were made."""

    family: str
    note: str
    pictures: Tensor


@route("interpolate/paths")
async def show_paths(lab: Lab, worker: Worker, question: Ends) -> Paths:
    """All paths between two digits.

    Raises gr.Error, one sentence, for models that are not offered and digits of another shape, and
    Busy if too many wait.
    """
    paths = await worker.run(find_paths, lab, *_checked(lab, question), STEPS)
    return Paths(
        shape=list(lab.shape),
        paths=[
            PathPictures(family=path.family, note=path.note, pixels=encode_pixels(path.pictures))
            for path in paths
        ],
    )


@route("interpolate/film")
async def export_film(lab: Lab, worker: Worker, question: Ends) -> SavedFilm:
    """All paths as one looping GIF. Raises what show_paths raises."""
    content = await worker.run(draw_film, lab, *_checked(lab, question))
    return SavedFilm(name="interpolation.gif", uri=figures.data_uri(content, "image/gif"))


def _checked(lab: Lab, ends: Ends) -> tuple[Tensor, Tensor, set[str], int]:
    """The digits [C, H, W], the families and the code size of a question."""
    size = validate.latent_size(ends.size, SIZES)
    families = {validate.choice(family, "The model", COMPARED) for family in ends.families}
    a, b = (read_picture(picture, lab.shape) for picture in (ends.a, ends.b))
    return a, b, families, size


def find_paths(
    lab: Lab, a: Tensor, b: Tensor, families: set[str], size: int, steps: int
) -> list[Path]:
    """Cross-fade and latent paths between images a and b [C, H, W]."""
    t = torch.linspace(0, 1, steps)
    paths = [Path("pixels", "cross-fade", latent.linear_path(a, b, t))]
    for entry in lab.of_size(size):
        model, family = entry.model, entry.model.family
        if family not in families:
            continue
        ends = latent.encode(model, a), latent.encode(model, b)
        for note, path in ((LINEAR, latent.linear_path), (SPHERICAL, latent.spherical_path)):
            paths.append(Path(family, note, latent.decode(model, path(*ends, t))))
    return paths


def draw_film(lab: Lab, a: Tensor, b: Tensor, families: set[str], size: int) -> bytes:
    """The paths as the bytes of a GIF, which runs to B and back."""
    steps = 2 * STEPS
    paths = find_paths(lab, a, b, families, size, steps)
    pictures = np.stack([path.pictures.numpy() for path in paths])  # [paths, T, C, H, W]
    frames = [figures.tiles(pictures[:, i], columns=len(paths)) for i in range(steps)]
    return figures.gif([figures.enlarged(figures.grey(frame), 4) for frame in frames])
