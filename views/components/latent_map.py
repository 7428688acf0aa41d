"""Linked maps of the 2-D models: one place, decoded by all of them in the visitor's browser."""

from typing import Any

import gradio as gr
import numpy as np
import torch

from explore import geodesic, latent
from explore.reconstruct import reconstruct
from figures import CLASS_COLOURS
from models.zoo import Entry
from views import checks
from views.lab import Lab

from . import assets
from .decoding import MOST_MODELS, Decoding, decode_codes, some
from .digit_input import read_digit

SIZE = 2
START = ("ae-2", "dae-2", "vae-2")
MOST_FRAMES = 64
SCRIPTS = ("kernel", "decoding", "address", "plot")


class LatentMap(gr.HTML):
    """One map per 2-D model; visitors, not Python, say what it shows."""

    def __init__(self, lab: Lab | None = None, **keywords: Any):
        entries = lab.of_size(SIZE) if lab else []
        names = [entry.card.name for entry in entries]
        functions = (encode_digit, shortest_path)
        super().__init__(
            maps=[map_of(lab, entry) for entry in entries],
            start=[name for name in names if name in START] or names[:1],
            colours=CLASS_COLOURS,
            server_functions=[
                checks.serving(decode_codes, Decoding(lab.near)),
                *(checks.serving(function, lab.near) for function in functions),
            ]
            if lab
            else None,
            elem_classes=["latent-map"],
            **assets("latent_map", *SCRIPTS),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the maps answer in the page"}


def map_of(lab: Lab, entry: Entry) -> dict[str, Any]:
    """All a browser needs of one model: its networks' addresses and its codes of test images."""
    z = entry.codes.z
    centre, half = latent.map_extent(z)
    return {
        "name": entry.card.name,
        "family": entry.model.family,
        "title": entry.model.title,
        "prior": entry.model.has_prior,
        "codes": checks.base64_text(z.numpy().astype(np.float16).tobytes()),
        "classes": checks.base64_text(entry.codes.y.numpy().astype(np.uint8).tobytes()),
        "centre": centre,
        "half": half,
        "radius": latent.hole_radius(z),
        "reached": latent.share_within_prior(z),
    } | lab.networks.addresses(entry.card.name)


def encode_digit(lab: Lab, message: dict) -> dict[str, Any]:
    """q(z|x) of one digit under each model: its mean z, and its std or null for a point mass."""
    x = read_digit(message)
    models = [lab.entry(name).model for name in some(message.get("models"), "models", MOST_MODELS)]
    found = [reconstruct(model, x) for model in models]
    spreads = [f.std.tolist() if f.std.any() else None for f in found]
    codes = [{"z": f.mean.tolist(), "std": s} for f, s in zip(found, spreads, strict=True)]
    return {"codes": codes}


def shortest_path(lab: Lab, message: dict) -> dict[str, Any]:
    """The shortest path between two codes under the decoder's metric, beside the straight one."""
    entry = lab.entry(message.get("model"))
    if entry.model.latent != SIZE:
        raise gr.Error("Paths are drawn on maps only; pick a 2-D model.", print_exception=False)
    a, b = (checks.code(message.get(name), SIZE) for name in "ab")
    frames = checks.whole(message.get("frames"), "The number of frames", 2, MOST_FRAMES)
    box = tuple(latent.ranges(entry.card))
    path = geodesic.shortest_path(entry.model, a, b, 8 * (frames - 1) + 1, box)
    straight = latent.linear_path(a, b, torch.linspace(0, 1, frames))
    return {
        "path": path.tolist(),
        "film": path[::8].tolist(),
        "length": geodesic.length(entry.model, path),
        "straight": geodesic.length(entry.model, straight),
    }
