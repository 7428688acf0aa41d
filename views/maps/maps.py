"""Maps: AE, DAE and VAE side by side under one cursor."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from html import escape
from typing import Any

import gradio as gr
import numpy as np
import torch

from explore import geodesic, latent
from figures import CLASS_COLOURS
from models.origins import PRIOR
from models.zoo import Entry
from views.kit import validate
from views.kit.component import assets
from views.kit.decoding import BUSY, MOST_MODELS, Decoding, decode_codes, some
from views.kit.lab import Lab, Page
from views.shell.digit_input import read_digit

TITLE = "Maps"
LOOK = (
    "Each dot is a test image at its code. Point anywhere: every decoder draws that place. "
    "What does N(0, I) miss?"
)
SIZE = 2
START = ("ae-2", "dae-2", "vae-2")
FALLEN = 10_000  # draws of N(0, I), of which a share falls into holes
EFFECTIVE = "effective classes"
MOST_FRAMES = 64
MOST_WAITING = 30  # for a path: at half a second each, nobody would wait for longer
SCRIPTS = ("kernel", "decoding", "address", "normals", "plot", "map_films", "map_game")


class LatentMap(gr.HTML):
    """One map per 2-D model; visitors, not Python, say what it shows."""

    def __init__(self, lab: Lab | None = None, decoding: Decoding | None = None, **keywords: Any):
        entries = lab.sampleable(SIZE) if lab else []
        names = [entry.card.name for entry in entries]
        super().__init__(
            maps=[map_of(lab, entry) for entry in entries],
            start=[name for name in names if name in START] or names[:1],
            colours=CLASS_COLOURS,
            server_functions=[
                validate.serving(decode_codes, decoding),
                validate.serving(encode_digit, lab.interactive),
                validate.serving(shortest_path, Paths(lab.interactive)),
            ]
            if lab
            else None,
            elem_classes=["latent-map"],
            **assets("latent_map", *SCRIPTS),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the maps answer in the page"}


def title(lab: Lab, entry: Entry) -> str:
    """The family in words, as HTML; of what somebody added also its name and what it knows."""
    data = lab.trained_on(entry.card.name)
    told = f", {escape(f'{entry.card.name} on {data}')}" if data else ""
    return f"{entry.model.title}{told}"


def map_of(lab: Lab, entry: Entry) -> dict[str, Any]:
    """All a browser needs of one model: its networks' addresses and its codes of test images."""
    z = entry.codes.z
    centre, half = latent.map_extent(z)
    density = latent.kernel_density(z)
    return {
        "name": entry.card.name,
        "family": entry.model.family,
        "title": title(lab, entry),
        "prior": entry.model.prior() is not None,
        "codes": validate.base64_text(z.numpy().astype(np.float16).tobytes()),
        "classes": validate.base64_text(entry.codes.y.numpy().astype(np.uint8).tobytes()),
        "centre": centre,
        "half": half,
        "bandwidth": density.bandwidth,
        "least": density.least,
        "shade": shade(density),
        "reached": latent.share_within_prior(z),
        "drawn": drawn(entry),
    } | lab.networks.addresses(entry.card.name)


def shade(density: latent.KernelDensity) -> str:
    """What is shaded as a hole, and how much of N(0, I) falls there."""
    fallen = density.share_in_holes(latent.prior_draws(SIZE, FALLEN, 1.0, 0))
    return (
        f"shaded: codes are rarer there than around {100 * latent.MOST:.0f} % of them, each "
        f"counted without itself; {100 * fallen:.1f} % of N(0, I) lies there"
    )


def drawn(entry: Entry) -> str:
    """What N(0, I) draws under this model, by our classifier; nothing where nobody measured it."""
    shares, classes = latent.classes_drawn(entry.card, PRIOR), entry.card.metrics.get(EFFECTIVE)
    if not (shares and classes):
        return ""
    rare = ", ".join(map(str, latent.rare_classes(*shares)))
    none = f", hardly any {rare}" if rare else ""
    return f"many draws: e^H = {classes.value:.1f} of {classes.real:.1f} classes{none}"


def encode_digit(lab: Lab, message: dict) -> dict[str, Any]:
    """q(z|x) of one digit under each model: its mean z, and its std or null for a point mass."""
    x = read_digit(message)
    names = some(message.get("models"), "models", MOST_MODELS)
    found = [latent.posterior(lab.entry(name).model, x) for name in names]
    codes = [{"z": z.tolist(), "std": std.tolist() if std.any() else None} for z, std in found]
    return {"codes": codes}


class Paths:
    """The thread that seeks shortest paths, one at a time: each keeps a core busy for a while.

    The last answers are kept, for a classroom that opens one link.
    """

    def __init__(self, lab: Lab):
        self.lab = lab
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "paths")
        self._seek = lru_cache(256)(self._seek)

    async def seek(self, name: str, a: tuple, b: tuple, frames: int) -> dict[str, Any]:
        """The path from a to b [2] in the latent space of a model. Raises gr.Error if too busy."""
        if self._waiting >= MOST_WAITING:
            raise gr.Error(BUSY, print_exception=False)
        self._waiting += 1
        try:
            return await asyncio.wrap_future(self._thread.submit(self._seek, name, a, b, frames))
        finally:
            self._waiting -= 1

    def _seek(self, name: str, a: tuple, b: tuple, frames: int) -> dict[str, Any]:
        entry, ends = self.lab.entry(name), torch.tensor([a, b])
        box = tuple(latent.ranges(entry.card))
        path = geodesic.shortest_path(entry.model, *ends, 8 * (frames - 1) + 1, box)
        return {
            "path": path.tolist(),
            "film": path[::8].tolist(),
            "length": geodesic.length(entry.model, path),
            "straight": geodesic.length(entry.model, ends),
        }


async def shortest_path(paths: Paths, message: dict) -> dict[str, Any]:
    """The shortest path between two codes under the decoder's metric, beside the straight one."""
    entry = paths.lab.entry(message.get("model"))
    if entry.model.latent != SIZE:
        raise gr.Error("Paths are drawn on maps only; pick a 2-D model.", print_exception=False)
    a, b = (tuple(validate.code(message.get(name), SIZE).tolist()) for name in "ab")
    frames = validate.whole(message.get("frames"), "The number of frames", 2, MOST_FRAMES)
    return await paths.seek(entry.card.name, a, b, frames)


def build(page: Page) -> None:
    """The maps answer in the visitor's browser: there is nothing to wire."""
    LatentMap(page.lab, page.decoding)
