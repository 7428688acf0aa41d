"""Compress: the error that PCA, a linear autoencoder, the AE and the VAE leave at a code size."""

import math
from collections.abc import Mapping
from typing import Any

import gradio as gr
import torch
from torch import Tensor

import figures
from data.noise import gaussian_pixels
from explore import compress
from models.zoo import Entry
from views.kit import markup, parts, validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import DIGIT, Lab, Page
from views.kit.measured import measured
from views.shell.digit_input import read_digit

TITLE = "Compress"
LOOK = "What can be squeezed into k numbers: digits, yes; pixels of pure chance, no."
NOTHING = "<p>There are no networks of several code sizes; train them, beginning with pca-64.</p>"
# As data sets are called, and here.
DATA = {
    "mnist": "digits",
    "noise": "pixels of pure chance",
    "gaussian-noise": "IID Gaussian pixels",
}
# Nats per image: a Bernoulli VAE sees uniform greys made black or white, which are fair coins.
ENTROPIES = {"noise": math.prod(DIGIT) * math.log(2)}
KINDS = ("linear", "ae", "vae")  # beside PCA, which one network holds at all sizes
SOLVED = {"pca": "pca", "lbfgs": "linear"}  # a kind is its solver's, or else its family
BY_SIZE = "mse by size"  # the metric of PCA's errors: see training.linear
TILES = 8  # directions shown


class Compression(gr.HTML):
    """Pictures at every code size and the curves of the test error; all is asked for by the script.

    `facts` says which data can be shown and what was measured on them: see `facts_of`.
    """

    def __init__(self, lab: Lab | None = None, title: str = "", **keywords: Any):
        functions = (compress_picture, show_directions)
        super().__init__(
            title=title,
            tiles=TILES,
            facts={data: facts_of(lab, data) for data in offered(lab)} if lab else {},
            server_functions=[validate.serving(f, lab.interactive) for f in functions]
            if lab
            else None,
            elem_classes=["compression"],
            **assets("compression", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the pictures are asked for"}


def networks(lab: Lab, data: str) -> dict[str, dict[int, Entry]]:
    """{kind: {code size: network}}, the sizes in order, of what was trained on `data`."""
    found: dict[str, dict[int, Entry]] = {}
    entries = lab.part(parts.CODE_SIZE).values()
    for entry in sorted(entries, key=lambda e: e.model.latent):
        kind = SOLVED.get(entry.card.recipe.get("solver"), entry.model.family)
        if entry.card.data["name"] == data and entry.model.x_shape == DIGIT:
            found.setdefault(kind, {})[entry.model.latent] = entry
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
    most = principal(lab, data).model.latent
    trained = {size for kind in KINDS for size in found.get(kind, {}) if size <= most}
    return sorted(trained) or [most]


def facts_of(lab: Lab, data: str) -> dict[str, Any]:
    """What was measured on the test images of `data`, for the chart.

    pca: its squared error per pixel with 0, 1, 2 ... components, 0 being the variance; errors:
    {kind: {size: error}}; angles: {size: the largest one, radians, from the linear autoencoder's
    subspace to PCA's}; entropy: of an image as the VAE sees it, nats, where it is known; bounds:
    {size: what the VAE's card says of its ELBO and KL}. Sizes that are keys are text, as in JSON.
    """
    found, pca = networks(lab, data), principal(lab, data)
    linear = found.get("linear", {})
    return {
        "name": DATA[data],
        "sizes": sizes_of(lab, data),
        "pixels": DIGIT[1] * DIGIT[2],
        "pca": pca.card.metrics[BY_SIZE].value,
        "errors": {kind: _errors(found[kind]) for kind in KINDS if kind in found},
        "entropy": ENTROPIES.get(data),
        "bounds": {str(size): _bound(entry) for size, entry in found.get("vae", {}).items()},
        "angles": {str(size): angle(entry, pca) for size, entry in linear.items()},
    }


def _errors(entries: Mapping[int, Entry]) -> dict[str, float]:
    return {str(size): entry.card.metrics["mse"].value for size, entry in entries.items()}


def _bound(entry: Entry) -> dict[str, dict[str, Any]]:
    metrics = entry.card.metrics
    return {name: measured(metrics[name]) for name in ("elbo", "kl") if name in metrics}


def angle(linear: Entry, pca: Entry) -> float:
    """The largest angle, radians, from a linear autoencoder's subspace to PCA's of its size."""
    a, b = compress.directions(linear.model), compress.directions(pca.model)
    return float(compress.principal_angles(a, b[:, : a.shape[1]])[0])


def compress_picture(lab: Lab, message: dict) -> dict[str, Any]:
    """{"data", and "pixels" or else "seed"} to the picture's reconstructions at every code size.

    {"input", "pictures": {kind: {size: {"pixels", "mse"}}}}: the error is per pixel, and taken
    before the picture is cut off to what a screen can show.
    """
    data = validate.choice(message.get("data"), "That data", offered(lab))
    seed = None if "pixels" in message else validate.seed(message.get("seed"))
    x = read_digit(message) if seed is None else chance(data, seed)
    batch = x.to(lab.device).unsqueeze(0)
    found, pca = networks(lab, data), principal(lab, data).model
    pictures = {
        "pca": {
            str(size): _picture(compress.first_components(pca, batch, size), batch)
            for size in sizes_of(lab, data)
        }
    }
    for kind in KINDS:
        pictures[kind] = {
            str(size): _picture(reconstructed(entry, batch), batch)
            for size, entry in found.get(kind, {}).items()
        }
    return {"input": markup.encode_pixels(x), "pictures": pictures}


@torch.no_grad()
def reconstructed(entry: Entry, x: Tensor) -> Tensor:
    return entry.model.reconstruct(x)


def _picture(picture: Tensor, x: Tensor) -> dict[str, Any]:
    mse = (picture.double() - x.double()).square().mean()
    return {"pixels": markup.encode_pixels(picture[0].cpu()), "mse": float(mse)}


def chance(data: str, seed: int) -> Tensor:
    """An image [1, 28, 28] of pixels drawn independently: Gaussian, or else uniformly."""
    generator = torch.Generator().manual_seed(seed)
    if data == "gaussian-noise":
        return gaussian_pixels(DIGIT, generator) / 255
    return torch.randint(0, 256, DIGIT, generator=generator) / 255


def show_directions(lab: Lab, message: dict) -> dict[str, Any]:
    """{"data"} to what the first numbers of a code draw: {"pca": {size: uri}, "linear": ...}."""
    data = validate.choice(message.get("data"), "That data", offered(lab))
    pca, linear = principal(lab, data), networks(lab, data).get("linear", {})
    return {
        "pca": {str(size): _strip(pca, size) for size in sizes_of(lab, data)},
        "linear": {str(size): _strip(entry, size) for size, entry in linear.items()},
    }


def _strip(entry: Entry, size: int) -> str:
    """Up to TILES directions side by side, each as strong as a picture can be."""
    columns = compress.directions(entry.model)[:, : min(size, TILES)].T
    columns = columns / columns.abs().max(1, keepdim=True).values
    sheet = figures.tiles(columns.view(-1, *DIGIT).numpy(), columns=len(columns), gap=2)
    return figures.data_uri(figures.png(figures.signed(sheet)))


def build(page: Page) -> None:
    """Lay the view out; what it shows is asked for by the component's script."""
    if offered(page.lab):
        Compression(page.lab, TITLE)
    else:
        gr.HTML(NOTHING)
    fold_out("compress", compress.first_components, compress.principal_angles, compress.explained)
