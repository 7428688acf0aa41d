"""One slider per latent dimension; the picture follows the finger without Gradio's queue."""

from typing import Any

import gradio as gr
import torch

from explore import latent
from models.zoo import Entry
from views import checks, markup
from views.lab import Lab

from . import assets

STEPS = 9  # pictures in the strip of one dimension
DEAD_NATS = 0.01  # a dimension of less KL than this says nothing about the image


class LatentSliders(gr.HTML):
    """Sliders over the code of one model; `value` is what `slider_state` makes of a code."""

    def __init__(self, lab: Lab | None = None, **keywords: Any):
        functions = (decode_code, traverse_code)
        super().__init__(
            keywords.pop("value", None),
            server_functions=[checks.serving(f, lab.near) for f in functions] if lab else None,
            elem_classes=["latent-sliders"],
            **assets("latent_sliders"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "the model's name and its code z"}


def slider_state(name: str, entry: Entry, z: torch.Tensor) -> dict[str, Any]:
    """All the script needs, at code z [D]; rows go from the most to the least important number."""
    worth = latent.importance(entry.card)
    spans = latent.ranges(entry.card)
    has_prior = entry.model.has_prior
    rows = [
        {
            "index": i,
            "name": f"z{i + 1}",
            "worth": f"KL {worth[i]:.2f} nats" if has_prior else f"variance {worth[i]:.2f}",
            # A code beyond the usual range must still find its place on the slider.
            "low": min(spans[i][0], float(z[i])),
            "high": max(spans[i][1], float(z[i])),
            "dead": has_prior and worth[i] < DEAD_NATS,
        }
        for i in sorted(range(len(z)), key=lambda i: -worth[i])
    ]
    return {
        "model": name,
        "rows": rows,
        "start": z.tolist(),
        "z": z.tolist(),
        "mean": entry.card.latent["mean"],
        "std": entry.card.latent["std"],
    }


def decode_code(lab: Lab, message: dict) -> dict[str, Any]:
    """The picture of one code, as bytes: what a moving slider asks for."""
    model = lab.entry(message.get("model")).model
    z = checks.code(message.get("z"), model.latent)
    return {"pixels": markup.pixels(latent.decode(model, z.unsqueeze(0)))}


def traverse_code(lab: Lab, message: dict) -> dict[str, Any]:
    """One strip per dimension through a code, in the order of the dimensions."""
    entry = lab.entry(message.get("model"))
    z = checks.code(message.get("z"), entry.model.latent)
    low, high = torch.tensor(latent.ranges(entry.card)).T
    strips = latent.traversal(entry.model, z, low, high, STEPS)
    return {"strips": [markup.pixels(strip) for strip in strips], "steps": STEPS}
