"""Trick: how a gradient gets through a random draw, and how noisy it is when it goes around."""

import gradio as gr

from explore import gradients

from .components.trick import MODEL, Trick
from .derivation import fold_out
from .lab import Page

TITLE = "Trick"
LOOK = (
    "With z = μ + σ·ε the loss has a slope in μ and σ, which the arrows follow: drag them, then "
    "switch the trick off."
)


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    if MODEL in page.lab.zoo:
        Trick(page.lab, page.decoding)
    else:
        gr.HTML(f"<p class='notice'>The model {MODEL} is not here; train it first.</p>")
    fold_out(
        "trick",
        gradients.reparameterize,
        gradients.draw,
        gradients.pathwise,
        gradients.score_function,
    )
