"""One slider per latent dimension; the picture follows the finger, in the browser if it can."""

from typing import Any

import gradio as gr
import torch

from explore import latent
from models.zoo import Entry
from views import checks
from views.lab import Lab

from . import assets
from .decoding import Decoding, decode_codes

DEAD_NATS = 0.01  # a dimension of less KL than this says nothing about the image
HARDLY = 0.5  # a code that predicts less of a measure's variance than this hardly tells it
SIGNS = {"pixels": " px", "degrees": "\N{DEGREE SIGN}"}


class LatentSliders(gr.HTML):
    """Sliders over the code of one model; `value` is what `slider_state` makes of a code.

    Fires `select` when a link asks for a model and a code, with them as value["picked"].
    """

    def __init__(self, lab: Lab | None = None, decoding: Decoding | None = None, **keywords: Any):
        server = [checks.serving(decode_codes, decoding)] if decoding else None
        super().__init__(
            keywords.pop("value", None),
            models={name: model_of(lab, name) for name in lab.choices} if lab else {},
            server_functions=server,
            elem_classes=["latent-sliders"],
            **assets("latent_sliders", "kernel", "decoding", "address", "morphology"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "the model's name and its code z"}


def model_of(lab: Lab, name: str) -> dict[str, Any]:
    """What the script needs of a model before its sliders are shown."""
    size = lab.entry(name).model.latent
    return {"size": size, "decoder": lab.networks.addresses(name).get("decoder")}


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
    named = latent.named_directions(entry.card)
    return {
        "model": name,
        "named": [named_row(direction) for direction in named],
        "doubts": doubts(named),
        "rows": rows,
        "spans": [list(span) for span in spans],
        "start": z.tolist(),
        "z": z.tolist(),
        "mean": entry.card.latent["mean"],
        "std": entry.card.latent["std"],
    }


def named_row(direction: latent.NamedDirection) -> dict[str, Any]:
    """What the script needs for a slider that is named by what it does."""
    r2, follow, spread = direction.r2, direction.follow, direction.spread
    return {
        "name": direction.name,
        "step": direction.step,
        "prediction": direction.prediction,
        "r2": f"R\N{SUPERSCRIPT TWO} {r2['value']:.2f}",
        "hardly": r2["value"] < HARDLY,
        "told": f"How well the code predicts the {direction.name}: {r2.get('protocol')}.",
        "followed": f"Asked for 1, pictures change by {follow['value']:.2f}: "
        f"{follow.get('protocol')}.",
        "mean": spread["mean"],
        "deviation": spread["value"],
        "unit": SIGNS.get(spread.get("unit"), ""),
    }


def doubts(named: list[latent.NamedDirection]) -> str:
    """Which of the measures the code hardly tells, so that their sliders deserve little trust."""
    hardly = [
        f"{direction.name}: R\N{SUPERSCRIPT TWO} {direction.r2['value']:.2f}"
        for direction in named
        if direction.r2["value"] < HARDLY
    ]
    return f"This code hardly tells the {', the '.join(hardly)}." if hardly else ""
