"""DRAW: a digit written in steps, from any code."""

from html import escape
from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from explore import draw, seeds
from models.recurrent import RecurrentVariationalAutoencoder
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import DIGIT, Lab, Page
from views.kit.measured import measured
from views.shell.digit_input import read_digit

TITLE = "DRAW"
LOOK = (
    "Watch the code come in steps: the first say most, the last sharpen. Change a late z: what "
    "was drawn before stays."
)
MISSING = "The network of this view is missing; train draw-32."
TITLE = "DRAW"
ONCE = "vae-32-oneshot"  # as many numbers, parameters and epochs, drawn at once
LONGER = "vae-16-unconditional"  # drawn at once, too, for more epochs in less time


class Drawing(gr.HTML):
    """The steps of the checkpoint `name`; visitors, not Python, say what is drawn."""

    def __init__(self, lab: Lab | None = None, name: str = "", **keywords: Any):
        facts, server = {}, None
        if lab:
            model, entries = lab.interactive.entry(name).model, compared(lab, name)
            facts = {
                "title": TITLE,
                "steps": model.steps,
                "numbers": model.latent // model.steps,
                "paths": draw.PATHS,
                "decoder": lab.networks.addresses(name).get("decoder"),
                "bounds": {role: bound_of(e) for role, e in entries.items()},
                "leads": leads(entries),
            }
            server = [
                validate.serving(infer_code, model),
                validate.serving(draw_code, model),
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


def compared(lab: Lab, name: str) -> dict[str, Entry]:
    """The checkpoint that is shown, and its rivals of as many epochs and of no more time.

    Those that are there and measured: a rival in time only if the same machine trained it.
    """
    roles = {"ours": name, "epochs": ONCE, "time": LONGER}
    found = {k: lab.entry(n) for k, n in roles.items() if n in lab.zoo and has_bound(lab.zoo[n])}
    if "ours" in found and "time" in found and not _cheaper(found["time"], found["ours"]):
        del found["time"]
    return found


def _cheaper(rival: Entry, entry: Entry) -> bool:
    """Was it trained in less time, on such a machine as the other?"""
    ours, theirs = entry.card.machine, rival.card.machine
    timed = all("training_seconds" in machine for machine in (ours, theirs))
    same = ours.get("device") == theirs.get("device")
    return timed and same and theirs["training_seconds"] <= ours["training_seconds"]


def bound_of(entry: Entry) -> dict[str, Any]:
    """The ELBO of a card, in nats, with its protocol, and what it took: weights, epochs, seconds.

    `seconds` is None where the card does not tell.
    """
    elbo = measured(entry.card.metrics["elbo"])
    return {
        "name": escape(entry.card.name),
        "elbo": elbo["value"],
        "protocol": elbo["protocol"],
        "weights": sum(w.numel() for w in entry.model.parameters()),
        "epochs": entry.card.recipe.get("epochs"),
        "seconds": entry.card.machine.get("training_seconds"),
    }


def leads(entries: dict[str, Entry]) -> dict[str, str]:
    """How sure the comparison with each rival is: over trainings with several seeds, or not."""
    ours = entries["ours"].card.name if "ours" in entries else ""
    rivals = {role: e.card.name for role, e in entries.items() if role != "ours"}
    return {
        role: seeds.told(seeds.gain(ours, name, "elbo"), "nats") for role, name in rivals.items()
    }


def infer_code(model, message: dict) -> dict[str, Any]:
    """A digit's code and what each step costs: {"pixels": base64, "code": ..., "seed": ...}."""
    x = read_digit(message)
    code = validate.choice(message.get("code"), "The code", draw.CODES)
    generator = torch.Generator().manual_seed(validate.seed(message.get("seed")))
    found = draw.inferred(model, x, code, generator)
    return {"z": found.z.tolist(), "kl": found.kl.tolist()}


def draw_code(model, message: dict) -> dict[str, Any]:
    """All canvases of a code {"z": [...]}, as a browser that has no network is given them."""
    z = validate.code(message.get("z"), model.latent)
    return {"canvases": numbers(draw.canvases(model, z))}


def numbers(pictures: Tensor) -> str:
    """Their values in base64, four bytes each."""
    return validate.base64_text(pictures.numpy().astype(np.float32).tobytes())


def build(page: Page) -> None:
    """Lay the view out; its script asks for what it shows."""
    name = shown(page.lab)
    if name:
        Drawing(page.lab, name)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "draw",
        RecurrentVariationalAutoencoder.follow,
        draw.kl_by_step,
        RecurrentVariationalAutoencoder.canvases,
    )


def shown(lab: Lab) -> str | None:
    """The checkpoint that draws digits in steps, if it is there."""
    entries = lab.part(parts.DRAWING)
    fitting = (n for n, e in entries.items() if e.model.family == "draw" and has_bound(e))
    return next((n for n in fitting if lab.entry(n).model.x_shape == DIGIT), None)
