"""Reconstruct: one digit through AE, DAE and VAE, side by side."""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from data.datasets import title_of
from explore.reconstruct import reconstruct
from models.networks import NetworkConfig
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.lab import JUDGE, SIZES, Lab, Page
from views.kit.pictures import Picture, encode_floats, picture_of, read_picture
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Reconstruct"
QUESTION = "What do a few numbers keep of a digit?"
LOOK = (
    "Each network must squeeze the digit through a few numbers and draw it again: compare what "
    "comes back with what went in, and see how much more 16 numbers keep than 2."
)


class Layers(Message):
    """The hidden layers of a network from the picture to the code: channels, then widths."""

    channels: list[int]
    widths: list[int]


class Model(Message):
    """What is said of a model whatever the digit.

    `scale`: the value of a code that fills half the height of its bar. `typical`: its mean squared
    error per pixel over the test images of `data`. `mirrored`: are the decoder's layers the
    encoder's?
    """

    name: str
    family: str
    title: str
    size: int
    scale: float
    typical: float
    data: str
    encoder: Layers
    decoder: Layers
    mirrored: bool


class Props(Message):
    """`unavailable`: a sentence for each checkpoint that could not be loaded."""

    sizes: list[int]
    models: list[Model]
    unavailable: list[str]
    most_seed: int


class Reconstructions(Component):
    """A row for each model, from the digit to its code to the picture to the error."""

    PROPS = Props

    def __init__(self, page: Page):
        lab = page.lab
        page.routes.add(reconstruct_digit, lab.interactive, page.workers.quick)
        props = Props(
            sizes=list(SIZES),
            models=[model_of(entry) for size in SIZES for entry in lab.of_size(size)],
            unavailable=list(lab.zoo.unavailable.values()),
            most_seed=validate.MAX_SEED,
        )
        super().__init__(props, elem_classes=["reconstructions"])


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    Reconstructions(page)


def model_of(entry: Entry) -> Model:
    """What the script is told of a checkpoint."""
    config = entry.card.config
    return Model(
        name=entry.card.name,
        family=entry.architecture.family,
        title=entry.architecture.title,
        size=config.latent,
        scale=code_scale(entry),
        typical=entry.card.metrics["mse"].value,
        data=title_of(entry.card.data, "its"),
        encoder=layers_of(config.encoder),
        decoder=layers_of(config.decoder),
        mirrored=config.encoder == config.decoder,
    )


def code_scale(entry: Entry) -> float:
    """A value that most numbers of this model's codes stay below, above 0."""
    statistics = zip(entry.card.latent["mean"], entry.card.latent["std"], strict=True)
    return max(abs(m) + 1.5 * max(s, 1e-3) for m, s in statistics)


def layers_of(config: NetworkConfig) -> Layers:
    """The hidden layers of an encoder or decoder."""
    return Layers(channels=list(config.channels), widths=list(config.widths))


class Question(Message):
    """A digit through the models of one code size: is the mean of q(z|x) decoded, or a draw?"""

    digit: Picture
    size: int
    code: Literal["mean", "draw"]
    seed: int = Field(ge=0, le=validate.MAX_SEED)


class Reconstruction(Message):
    """What one model makes of the digit.

    z, std [size]: the code, and the standard deviation of q(z|x), 0 for a point mass. error: base64
    of four bytes a value, picture minus digit, [C, H, W]. mse: its mean square per pixel. less: the
    share of pixels that are off by less than the root of it. kl: KL(q(z|x) || p(z)) in nats, or
    None without a prior. read: what our classifier reads before and after, where these differ.
    """

    name: str
    z: list[float]
    std: list[float]
    picture: Picture
    error: str
    mse: float
    less: float
    kl: float | None
    read: list[int] | None


class Answer(Message):
    """A row for each model of that code size, in reading order."""

    rows: list[Reconstruction]


@route("reconstruct/digit")
async def reconstruct_digit(lab: Lab, worker: Worker, question: Question) -> Answer:
    """The digit through each model of a code size.

    Raises gr.Error, one sentence, for a size that is not offered and a digit of another shape, and
    Busy if too many wait.
    """
    size = validate.latent_size(question.size, SIZES)
    x = read_picture(question.digit, lab.shape)
    seed = question.seed if question.code == "draw" else None
    return Answer(rows=await worker.run(reconstructions, lab, x, size, seed))


def reconstructions(lab: Lab, x: Tensor, size: int, seed: int | None) -> list[Reconstruction]:
    """x [C, H, W] through the models of that size; with a `seed`, a draw from q(z|x) is decoded.

    A model without a prior has nothing to draw from: its mean is decoded.
    """
    return [_row(lab, entry, x, seed) for entry in lab.of_size(size)]


def _row(lab: Lab, entry: Entry, x: Tensor, seed: int | None) -> Reconstruction:
    generator = None
    if seed is not None and entry.model.prior() is not None:
        generator = torch.Generator().manual_seed(seed)
    found = reconstruct(entry.model, x, generator=generator)
    return Reconstruction(
        name=entry.card.name,
        z=found.z.tolist(),
        std=found.std.tolist(),
        picture=picture_of(found.picture),
        error=encode_floats(found.error),
        mse=found.mse,
        less=float((found.error.abs() < found.mse**0.5).float().mean()),
        kl=found.kl,
        read=_turned(lab, x, found.picture),
    )


def _turned(lab: Lab, x: Tensor, picture: Tensor) -> list[int] | None:
    """What our classifier reads before and after, where it reads two digits."""
    if JUDGE not in lab.zoo:
        return None
    model = lab.zoo[JUDGE].model
    read = model.classify(torch.stack([x, picture]).to(model.device)).logits.argmax(1).tolist()
    return None if read[0] == read[1] else read
