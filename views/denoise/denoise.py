"""Denoise: what AE, DAE and VAE make of a corrupted digit."""

import torch
from pydantic import Field
from torch import Tensor

from explore.reconstruct import reconstruct
from models.corruption import CORRUPTIONS
from models.metrics import Metric
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.lab import SIZES, Lab, Page
from views.kit.pictures import Picture, picture_of, read_picture
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Denoise"
QUESTION = "Can a network find the digit in noise?"
LOOK = (
    "Only the DAE was trained on damaged digits, by noise and by masking at strength 0.5: watch "
    "how far it stays ahead as you turn the damage up, and what it does with damage it never met."
)
KINDS = {
    "gaussian-noise": ("Gaussian noise", "standard deviation of the noise, sigma"),
    "masking": ("Masking", "share of pixels set to black, v"),
    "salt-and-pepper": ("Salt and pepper", "share of pixels set to black or white, v"),
}


class Kind(Message):
    """A corruption: its name, its title, and what its strength is."""

    name: str
    title: str
    axis: str


class Curve(Message):
    """The mean squared error per pixel, `value`, at each `strength`, and how it was measured."""

    strength: list[float]
    value: list[float]
    protocol: str


class Model(Message):
    """A model, and what was measured of it under each corruption, by the corruption's name."""

    name: str
    family: str
    size: int
    curves: dict[str, Curve]


class Props(Message):
    """The code sizes, the kinds of noise, the models, and the largest seed."""

    sizes: list[int]
    kinds: list[Kind]
    models: list[Model]
    most_seed: int


class Repairs(Component):
    """The digit clean, corrupted and repaired by each model; below, the error by strength."""

    PROPS = Props

    def __init__(self, page: Page):
        lab = page.lab
        page.routes.add(denoise_digit, lab.interactive, page.workers.quick)
        props = Props(
            sizes=list(SIZES),
            kinds=[Kind(name=n, title=title, axis=axis) for n, (title, axis) in KINDS.items()],
            models=[model_of(entry) for size in SIZES for entry in lab.of_size(size)],
            most_seed=validate.MAX_SEED,
        )
        super().__init__(props, elem_classes=["repairs"])


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    Repairs(page)


def model_of(entry: Entry) -> Model:
    """What the script is told of a checkpoint; corruptions without a measure are left out."""
    metrics = {kind: entry.card.metrics.get(f"denoising {kind}") for kind in KINDS}
    return Model(
        name=entry.card.name,
        family=entry.architecture.family,
        size=entry.architecture.latent,
        curves={
            kind: curve_of(metric) for kind, metric in metrics.items() if metric and metric.axis
        },
    )


def curve_of(metric: Metric) -> Curve:
    """A card's metric of the error by strength."""
    assert metric.axis is not None
    return Curve(
        strength=[float(place) for place in metric.axis.places],
        value=list(metric.value),
        protocol=metric.sentence(),
    )


class Question(Message):
    """A digit, how it is to be corrupted, and the code size of the models that repair it."""

    digit: Picture
    kind: str
    strength: float = Field(ge=0, le=1)
    size: int
    seed: int = Field(ge=0, le=validate.MAX_SEED)


class Repair(Message):
    """What one model makes of it, and its squared error per pixel against the clean digit."""

    name: str
    picture: Picture
    mse: float


class Answer(Message):
    """The corrupted digit, its error, and a repair by each model of the code size, in order."""

    corrupted: Picture
    mse: float
    repairs: list[Repair]


@route("denoise/digit")
async def denoise_digit(lab: Lab, worker: Worker, question: Question) -> Answer:
    """Corrupt the digit and repair it.

    Raises gr.Error, one sentence, for a corruption or size that is not offered and a digit of
    another shape, and Busy if too many wait.
    """
    kind = validate.choice(question.kind, "The corruption", KINDS)
    size = validate.latent_size(question.size, SIZES)
    x = read_picture(question.digit, lab.shape)
    return await worker.run(repair, lab, x, kind, question.strength, size, question.seed)


def repair(lab: Lab, x: Tensor, kind: str, strength: float, size: int, seed: int) -> Answer:
    """x [C, H, W] in [0, 1] corrupted, and what the models of that code size make of it."""
    generator = torch.Generator().manual_seed(seed)
    corrupted = CORRUPTIONS[kind](strength).sample(x, generator)
    repairs = []
    for entry in lab.of_size(size):
        found = reconstruct(entry.model, corrupted, target=x)
        repairs.append(
            Repair(name=entry.card.name, picture=picture_of(found.picture), mse=found.mse)
        )
    damage = float(((corrupted - x) ** 2).mean())
    return Answer(corrupted=picture_of(corrupted), mse=damage, repairs=repairs)
