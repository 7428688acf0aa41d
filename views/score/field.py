"""The toy of the score view: a density in the plane, its slope, and what a denoiser learned."""

from typing import Any

import gradio as gr

from data.mixture import Mixture
from explore import score
from models.zoo import Entry
from views.kit.component import assets
from views.kit.lab import Lab


class ScoreField(gr.HTML):
    """The unit square with two fields of arrows; everything in it is computed in the page."""

    def __init__(
        self,
        lab: Lab | None = None,
        entry: Entry | None = None,
        mixture: Mixture | None = None,
        **keywords: Any,
    ):
        super().__init__(
            field=field_of(lab, entry, mixture) if lab else None,
            elem_classes=["score-field"],
            **assets("score_field", "kernel", "decoding", "normals", "numbers", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the field answers in the page"}


def field_of(lab: Lab, entry: Entry, mixture: Mixture) -> dict[str, Any]:
    """All a browser needs: the density's parameters, the network's addresses, how well it fits."""
    fit = score.agreement(entry.model, mixture)
    return {
        "weights": mixture.weights,
        "means": mixture.means,
        "std": mixture.std,
        "sigma": score.noise_level(entry.model),
        "size": fit.size,
        "difference": fit.difference,
    } | lab.networks.addresses(entry.card.name)
