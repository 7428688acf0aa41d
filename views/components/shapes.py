"""Shapes: true factors, the code they get, and sliders of the code named by what they follow."""

from typing import Any

import gradio as gr

from explore import latent, shapes
from models.shapes import FACTORS
from models.zoo import Entry
from views import checks, markup
from views.lab import Lab

from . import assets

SCORES = ("mig", "dci disentanglement", "dci completeness", "dci informativeness")
UNITS = {"size": " px", "rotation": "°", "x position": " px", "y position": " px"}


class Shapes(gr.HTML):
    """One of `names` at a time; visitors, not Python, say which, and what is drawn."""

    def __init__(self, lab: Lab | None = None, names: tuple[str, ...] = (), **keywords: Any):
        super().__init__(
            models=[model_of(lab, name) for name in names] if lab else [],
            factors=factors(),
            server_functions=[checks.serving(encode_shape, lab.near, names)] if lab else None,
            elem_classes=["shapes"],
            **assets("shapes", "kernel", "decoding", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the component asks for what it shows"}


def factors() -> list[dict[str, Any]]:
    """Every factor: its name, and how each of its values is written."""
    return [
        {
            "name": name,
            "values": [v if isinstance(v, str) else f"{v:g}{UNITS[name]}" for v in values],
        }
        for name, values in FACTORS.items()
    ]


def model_of(lab: Lab, name: str) -> dict[str, Any]:
    """All that is said of one model whatever the picture."""
    entry = lab.entry(name)
    found = shapes.followers(entry.card)
    matrix = entry.card.metrics["factor information"]
    return {
        "name": name,
        "title": entry.model.title,
        "decoder": lab.networks.addresses(name).get("decoder"),
        "latents": [
            {
                "index": i,
                "factor": found[i].factor,
                "share": found[i].share,
                "low": low,
                "high": high,
            }
            for i in shapes.order(found)
            for low, high in [span(entry, i)]
        ],
        "matrix": matrix["value"],
        "protocol": matrix["protocol"],
        "scores": [score(entry, name) for name in SCORES],
    }


def span(entry: Entry, i: int) -> tuple[float, float]:
    """From where to where latent i's slider runs: where its codes lie, and at least the prior."""
    low, high = latent.ranges(entry.card)[i]
    return min(low, -2.0), max(high, 2.0)


def score(entry: Entry, name: str) -> dict[str, Any]:
    metrics = entry.card.metrics
    return {
        "name": name.replace("mig", "MIG").replace("dci", "DCI"),
        "value": metrics[name]["value"],
        "ceiling": metrics[f"{name} ceiling"]["value"],
        "protocol": metrics[name]["protocol"],
    }


def encode_shape(lab: Lab, names: tuple[str, ...], message: dict) -> dict[str, Any]:
    """The picture of true factors and its code: {"model": name, "factors": [index, ...]}."""
    name = checks.choice(message.get("model"), "The model", names)
    places = message.get("factors")
    if not isinstance(places, list) or len(places) != len(FACTORS):
        raise gr.Error(f"A shape has {len(FACTORS)} factors.", print_exception=False)
    places = [
        checks.whole(place, f"The {factor}", 0, len(values) - 1)
        for place, (factor, values) in zip(places, FACTORS.items(), strict=True)
    ]
    x, mean, deviation = shapes.encoded(lab.entry(name).model, places)
    return {"pixels": markup.pixels(x), "mean": mean.tolist(), "std": deviation.tolist()}
