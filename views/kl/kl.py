"""KL: how far one Gaussian is from another, in closed form, as an area and from draws."""

from typing import Any

import gradio as gr

from explore import kl, latent
from views.kit import validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.shell.digit_input import read_digit

TITLE = "KL"
LOOK = (
    "Drag the curves: KL is the gold area minus the blue, large where the first curve has mass and "
    "the second has none."
)
MODEL = "vae-2"


class GaussianKl(gr.HTML):
    """Two densities, and KL in both directions: closed form, integral and Monte Carlo."""

    def __init__(self, lab: Lab | None = None, **keywords: Any):
        super().__init__(
            model=MODEL,
            server_functions=[validate.serving(encode_first, lab.interactive)] if lab else None,
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


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    GaussianKl(page.lab)
    fold_out("kl", kl.kl_terms, kl.integrand, kl.monte_carlo)
