"""KL between two Gaussians that can be dragged; all of it is computed in the page."""

from typing import Any

import gradio as gr

from explore import latent
from views import checks
from views.lab import Lab

from . import assets
from .digit_input import read_digit

MODEL = "vae-2"


class GaussianKl(gr.HTML):
    """Two densities, and KL in both directions: closed form, integral and Monte Carlo."""

    def __init__(self, lab: Lab | None = None, **keywords: Any):
        super().__init__(
            model=MODEL,
            server_functions=[checks.serving(encode_first, lab.near)] if lab else None,
            elem_classes=["gaussian-kl"],
            **assets("gaussian_kl", "address", "normals", "numbers"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the page computes it"}


def encode_first(lab: Lab, message: dict) -> dict[str, Any]:
    """Mean and standard deviation of z_1 under q(z|x) of the shipped VAE, for one digit."""
    mean, std = latent.posterior(lab.entry(MODEL).model, read_digit(message))
    return {"mu": mean[0].item(), "sigma": std[0].item()}
