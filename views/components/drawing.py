"""DRAW: the canvas after every step, as a film that plays and as columns with a z of their own."""

from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from explore import drawing
from models.zoo import Entry
from views import checks
from views.lab import Lab

from . import assets
from .digit_input import read_digit
from .measured import measured

TITLE = "DRAW"
ONCE = "vae-32-oneshot"  # as many numbers and as many parameters, drawn at once


class Drawing(gr.HTML):
    """The steps of the checkpoint `name`; visitors, not Python, say what is drawn."""

    def __init__(self, lab: Lab | None = None, name: str = "", **keywords: Any):
        facts, server = {}, None
        if lab:
            model = lab.near.entry(name).model
            facts = {
                "title": TITLE,
                "steps": model.steps,
                "numbers": model.latent // model.steps,
                "paths": drawing.PATHS,
                "decoder": lab.networks.addresses(name).get("decoder"),
                "bounds": [bound_of(e) for e in compared(lab, name)],
            }
            server = [
                checks.serving(infer_code, model),
                checks.serving(draw_code, model),
            ]
        super().__init__(
            facts=facts,
            server_functions=server,
            elem_classes=["drawing"],
            **assets("drawing", "kernel", "decoding", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the script asks for what it shows"}


def has_bound(entry: Entry) -> bool:
    """Does its card say how good it is?"""
    return "elbo" in entry.card.metrics


def compared(lab: Lab, name: str) -> list[Entry]:
    """The checkpoint that is shown, and the one that draws at once if it is there and measured."""
    return [lab.entry(n) for n in (name, ONCE) if n in lab.zoo and has_bound(lab.zoo[n])]


def bound_of(entry: Entry) -> dict[str, Any]:
    """The ELBO of a card, in nats, with its protocol, and how many weights reach it."""
    elbo = measured(entry.card.metrics["elbo"])
    weights = sum(w.numel() for w in entry.model.parameters())
    return {"elbo": elbo["value"], "protocol": elbo["protocol"], "weights": weights}


def infer_code(model, message: dict) -> dict[str, Any]:
    """A digit's code and what each step costs: {"pixels": base64, "code": ..., "seed": ...}."""
    x = read_digit(message)
    code = checks.choice(message.get("code"), "The code", drawing.CODES)
    generator = torch.Generator().manual_seed(checks.seed(message.get("seed")))
    found = drawing.inferred(model, x, code, generator)
    return {"z": found.z.tolist(), "kl": found.kl.tolist()}


def draw_code(model, message: dict) -> dict[str, Any]:
    """All canvases of a code {"z": [...]}, as a browser that has no network is given them."""
    z = checks.code(message.get("z"), model.latent)
    return {"canvases": numbers(drawing.canvases(model, z))}


def numbers(pictures: Tensor) -> str:
    """Their values in base64, four bytes each."""
    return checks.base64_text(pictures.numpy().astype(np.float32).tobytes())
