"""Compress: the error that PCA, a linear autoencoder, the AE and the VAE leave at a code size."""

import base64
import math
from collections.abc import Mapping
from typing import Any

import gradio as gr
import torch
from pydantic import Field
from torch import Tensor

from data.noise import gaussian_pixels
from explore import compress
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import Average, measured
from views.kit.pictures import Picture, encode_pixels, picture_of, read_picture
from views.kit.routes import Message, route
from views.kit.validate import MAX_SEED
from views.kit.worker import Worker

TITLE = "Bottleneck and PCA"
QUESTION = "How few numbers are enough?"
LOOK = "What can be squeezed into k numbers: digits, yes; pixels of pure chance, no."
NOTHING = "<p>There are no networks of several code sizes; train them, beginning with pca-64.</p>"
DIGITS = "mnist"
# As data sets are called, and here; of all but the digits, pictures are drawn from a seed.
DATA = {
    DIGITS: "digits",
    "noise": "pixels of pure chance",
    "gaussian-noise": "IID Gaussian pixels",
}
COINS = "noise"  # a Bernoulli VAE sees uniform greys made black or white, which are fair coins
KINDS = ("linear", "ae", "vae")  # beside PCA, which one network holds at all sizes
SOLVED = {"pca": "pca", "lbfgs": "linear"}  # a kind is its solver's, or else its family
BY_SIZE = "mse by size"  # the metric of PCA's errors: see training.linear
TILES = 8  # directions shown


class Bound(Message):
    """What a VAE's card says of its ELBO and KL, nats per image."""

    elbo: Average | None
    kl: Average | None


class Facts(Message):
    """What was measured on the test images of one kind of data. Sizes that are keys are text.

    random: are pictures of it drawn from a seed? pixels: values in a picture. pca: its squared
    error per pixel with 0, 1, 2 ... components, 0 being the variance; errors: {kind: {size: that of
    a network}}; angles: {size: the largest one, radians, from the linear autoencoder's subspace to
    PCA's}; entropy: of an image as the VAE sees it, nats, where it is known; bounds: {size: of the
    VAE}; directions: the address of what `directions_of` gives; networks: {kind: {size: the name of
    its checkpoint}}, of PCA the one that holds all sizes.
    """

    name: str
    random: bool
    sizes: list[int]
    pixels: int
    pca: list[float]
    errors: dict[str, dict[str, float]]
    entropy: float | None
    bounds: dict[str, Bound]
    angles: dict[str, float]
    directions: str
    networks: dict[str, dict[str, str]]


class Props(Message):
    """`facts` by the data's name; `shape` [C, H, W] of a picture; `tiles`: directions shown."""

    facts: dict[str, Facts]
    shape: list[int]
    tiles: int
    most_seed: int


class Compression(Component):
    """Pictures at every code size and the curves of the test error; all is asked for by the script.

    `facts` says which data can be shown and what was measured on them: see `facts_of`.
    """

    PROPS = Props

    def __init__(self, page: Page):
        lab = page.lab
        page.routes.add(compress_picture, lab.interactive, page.workers.quick)
        props = Props(
            facts={data: facts_of(lab, data) for data in offered(lab)},
            shape=list(lab.shape),
            tiles=TILES,
            most_seed=MAX_SEED,
        )
        super().__init__(props, elem_classes=["compression"])


def networks(lab: Lab, data: str) -> dict[str, dict[int, Entry]]:
    """{kind: {code size: network}}, the sizes in order, of what was trained on `data`."""
    found: dict[str, dict[int, Entry]] = {}
    entries = lab.part(parts.CODE_SIZE).values()
    for entry in sorted(entries, key=lambda e: e.architecture.latent):
        kind = SOLVED.get(entry.card.recipe.get("solver", ""), entry.architecture.family)
        if entry.card.data["name"] == data and entry.architecture.x_shape == lab.shape:
            found.setdefault(kind, {})[entry.architecture.latent] = entry
    return found


def offered(lab: Lab) -> list[str]:
    """The data that can be shown: those with PCA's errors, which all others are compared with."""
    return [data for data in DATA if _pca(lab, data)]


def _pca(lab: Lab, data: str) -> list[Entry]:
    entries = networks(lab, data).get("pca", {}).values()
    return [entry for entry in entries if BY_SIZE in entry.card.metrics]


def principal(lab: Lab, data: str) -> Entry:
    """The network that holds the most principal components."""
    return _pca(lab, data)[-1]


def sizes_of(lab: Lab, data: str) -> list[int]:
    """The code sizes that can be chosen: those of the trained networks, or of PCA alone."""
    found = networks(lab, data)
    most = principal(lab, data).architecture.latent
    trained = {size for kind in KINDS for size in found.get(kind, {}) if size <= most}
    return sorted(trained) or [most]


def facts_of(lab: Lab, data: str) -> Facts:
    """What was measured on the test images of `data`, for the chart."""
    found, pca = networks(lab, data), principal(lab, data)
    linear = found.get("linear", {})
    return Facts(
        name=DATA[data],
        random=data != DIGITS,
        sizes=sizes_of(lab, data),
        pixels=math.prod(lab.shape),
        pca=list(pca.card.metrics[BY_SIZE].value),
        errors={kind: _errors(found[kind]) for kind in KINDS if kind in found},
        entropy=entropy(data, lab.shape),
        bounds={str(size): _bound(entry) for size, entry in found.get("vae", {}).items()},
        angles={str(size): angle(entry, pca) for size, entry in linear.items()},
        directions=lab.files.publish_json(f"directions-{data}", directions_of(lab, data)),
        networks={
            kind: {str(size): entry.card.name for size, entry in entries.items()}
            for kind, entries in {**found, "pca": {pca.architecture.latent: pca}}.items()
        },
    )


def entropy(data: str, shape: tuple[int, ...]) -> float | None:
    """H(x) of an image as the VAE sees it, nats; None where nobody knows it."""
    return math.prod(shape) * math.log(2) if data == COINS else None


def _errors(entries: Mapping[int, Entry]) -> dict[str, float]:
    return {str(size): entry.card.metrics["mse"].value for size, entry in entries.items()}


def _bound(entry: Entry) -> Bound:
    elbo, kl = (entry.card.metrics.get(name) for name in ("elbo", "kl"))
    return Bound(
        elbo=Average(**measured(elbo)) if elbo else None,
        kl=Average(**measured(kl)) if kl else None,
    )


def directions_of(lab: Lab, data: str) -> dict[str, Any]:
    """What the first numbers of a code draw: {"pca": text, "linear": {size: text}}.

    A text is up to TILES pictures [C, H, W], in base64 of one signed byte a value; 127 is the
    largest value of each, either way.
    """
    linear = networks(lab, data).get("linear", {})
    return {
        "pca": _directions(principal(lab, data)),
        "linear": {str(size): _directions(entry) for size, entry in linear.items()},
    }


def _directions(entry: Entry) -> str:
    columns = compress.directions(entry.model)[:, :TILES].T
    columns = columns / columns.abs().max(1, keepdim=True).values
    return base64.b64encode((127 * columns).round().to(torch.int8).numpy().tobytes()).decode()


def angle(linear: Entry, pca: Entry) -> float:
    """The largest angle, radians, from a linear autoencoder's subspace to PCA's of its size."""
    a, b = compress.directions(linear.model), compress.directions(pca.model)
    return float(compress.principal_angles(a, b[:, : a.shape[1]])[0])


class PictureToCompress(Message):
    """A picture of one kind of data: a digit, or else what the seed draws."""

    data: str
    digit: Picture | None
    seed: int | None = Field(ge=0, le=MAX_SEED)


class Reconstruction(Message):
    """A picture of the input's shape, base64 of one byte a value, and its error.

    mse: per pixel, taken before the picture is cut off to what a screen can show.
    """

    pixels: str
    mse: float


class CompressedPicture(Message):
    """The reconstructions at every code size: {kind: {size: ...}}."""

    input: Picture
    pictures: dict[str, dict[str, Reconstruction]]


@route("compress/pictures")
async def compress_picture(
    lab: Lab, worker: Worker, question: PictureToCompress
) -> CompressedPicture:
    """The picture's reconstructions by every network of its data.

    Raises gr.Error, one sentence, for unknown data, for a digit of another shape, and where there
    is neither digit nor seed; Busy if too many wait.
    """
    data = validate.choice(question.data, "That data", offered(lab))
    if question.digit is not None:
        x = read_picture(question.digit, lab.shape)
    elif question.seed is not None:
        x = chance(data, lab.shape, question.seed)
    else:
        raise validate.refusal("There is no picture yet; draw, pick or upload one.")
    return await worker.run(compressed, lab, data, x)


def compressed(lab: Lab, data: str, x: Tensor) -> CompressedPicture:
    """What the networks trained on `data` make of x [C, H, W] in [0, 1]."""
    batch = x.to(lab.device).unsqueeze(0)
    found, pca = networks(lab, data), principal(lab, data).model
    pictures = {
        "pca": {
            str(size): _compared(compress.first_components(pca, batch, size), batch)
            for size in sizes_of(lab, data)
        }
    }
    for kind in KINDS:
        pictures[kind] = {
            str(size): _compared(reconstructed(entry, batch), batch)
            for size, entry in found.get(kind, {}).items()
        }
    return CompressedPicture(input=picture_of(x), pictures=pictures)


@torch.no_grad()
def reconstructed(entry: Entry, x: Tensor) -> Tensor:
    """x [1, C, H, W] through the network and back."""
    return entry.model.reconstruct(x)


def _compared(picture: Tensor, x: Tensor) -> Reconstruction:
    mse = (picture.double() - x.double()).square().mean()
    return Reconstruction(pixels=encode_pixels(picture[0].cpu()), mse=float(mse))


def chance(data: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """An image [C, H, W] of pixels drawn independently: Gaussian, or else uniformly."""
    generator = torch.Generator().manual_seed(seed)
    if data == "gaussian-noise":
        return gaussian_pixels(shape, generator) / 255
    return torch.randint(0, 256, shape, generator=generator) / 255


def build(page: Page) -> None:
    """Lay the view out; what it shows is asked for by the component's script."""
    if offered(page.lab):
        Compression(page)
    else:
        gr.HTML(NOTHING)
    fold_out("compress", compress.first_components, compress.principal_angles, compress.explained)
