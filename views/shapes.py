"""Shapes: what a code finds out about causes that are known."""

import gradio as gr

from models.shapes import FACTORS
from models.total_correlation import aggregate_log_densities, stratified_weights

from .components.shapes import Shapes
from .derivation import fold_out
from .lab import Lab, Page

TITLE = "Shapes"
LOOK = (
    "Move one true factor and see which numbers of the code answer, then turn the shape by one of "
    "them. No factor was told in training; its settings were chosen with the factors."
)
WANTED = ("vae-10-shapes", "beta-vae-10-shapes", "beta-tcvae-10-shapes")
MISSING = "The networks of this view are missing; train beta-tcvae-10-shapes and the two beside it."


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    names = shown(page.lab)
    if names:
        Shapes(page.lab, names)
    else:
        gr.HTML(f"<p class='notice shapes-missing'>{MISSING}</p>", apply_default_css=False)
    fold_out("shapes", stratified_weights, aggregate_log_densities)


def shown(lab: Lab) -> tuple[str, ...]:
    """The checkpoints that are there and whose cards know the factors."""
    return tuple(name for name in WANTED if name in lab.zoo and _fits(lab, name))


def _fits(lab: Lab, name: str) -> bool:
    matrix = lab.entry(name).card.metrics.get("factor information", {})
    return matrix.get("factors") == list(FACTORS)
