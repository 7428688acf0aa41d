"""Shapes: what a code finds out about causes that are known."""

from typing import Any

import gradio as gr

from data.shapes import FACTORS
from explore import latent, shapes
from models.total_correlation import aggregate_log_densities, log_stratified_weights
from models.zoo import Entry
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import told

TITLE = "Shapes"
LOOK = (
    "Move one true factor and see which numbers of the code answer, then turn the shape by one of "
    "them. No factor was told in training; its settings were chosen with the factors."
)
WANTED = ("vae-10-shapes", "beta-vae-10-shapes", "beta-tcvae-10-shapes")
MISSING = "The networks of this view are missing; train beta-tcvae-10-shapes and the two beside it."
SCORES = ("mig", "dci disentanglement", "dci completeness", "dci informativeness")
UNITS = {"size": " px", "rotation": "°", "x position": " px", "y position": " px"}


class Shapes(gr.HTML):
    """One of `names` at a time; visitors, not Python, say which, and what is drawn."""

    def __init__(self, lab: Lab | None = None, names: tuple[str, ...] = (), **keywords: Any):
        super().__init__(
            models=[model_of(lab, name) for name in names] if lab else [],
            factors=factors(),
            server_functions=[validate.serving(encode_shape, lab.interactive, names)]
            if lab
            else None,
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
        "matrix": matrix.value,
        "protocol": told(matrix),
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
        "value": metrics[name].value,
        "ceiling": metrics[f"{name} ceiling"].value,
        "protocol": told(metrics[name]),
    }


def encode_shape(lab: Lab, names: tuple[str, ...], message: dict) -> dict[str, Any]:
    """The picture of true factors and its code: {"model": name, "factors": [index, ...]}."""
    name = validate.choice(message.get("model"), "The model", names)
    places = message.get("factors")
    if not isinstance(places, list) or len(places) != len(FACTORS):
        raise gr.Error(f"A shape has {len(FACTORS)} factors.", print_exception=False)
    places = [
        validate.whole(place, f"The {factor}", 0, len(values) - 1)
        for place, (factor, values) in zip(places, FACTORS.items(), strict=True)
    ]
    x, mean, deviation = shapes.encoded(lab.entry(name).model, places)
    return {"pixels": markup.encode_pixels(x), "mean": mean.tolist(), "std": deviation.tolist()}


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    names = shown(page.lab)
    if names:
        Shapes(page.lab, names)
    else:
        gr.HTML(f"<p class='notice shapes-missing'>{MISSING}</p>", apply_default_css=False)
    fold_out("shapes", log_stratified_weights, aggregate_log_densities)


def shown(lab: Lab) -> tuple[str, ...]:
    """The checkpoints that are there and whose cards know the factors."""
    return tuple(name for name in WANTED if name in lab.zoo and _fits(lab, name))


def _fits(lab: Lab, name: str) -> bool:
    matrix = lab.entry(name).card.metrics.get("factor information")
    return bool(matrix and matrix.axis and matrix.axis.places == tuple(FACTORS))
