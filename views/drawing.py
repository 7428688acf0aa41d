"""DRAW: a digit written in steps, from any code."""

import gradio as gr

from explore import drawing
from models.recurrent import RecurrentVariationalAutoencoder

from .components.drawing import Drawing, has_bound
from .derivation import fold_out
from .lab import DIGIT, Lab, Page

TITLE = "DRAW"
LOOK = (
    "Watch the code come in steps: the first say most, the last sharpen. Change a late z: what "
    "was drawn before stays."
)
MISSING = "The network of this view is missing; train draw-32."
EXHIBIT = "drawing"


def build(page: Page) -> None:
    """Lay the view out; its script asks for what it shows."""
    name = shown(page.lab)
    if name:
        Drawing(page.lab, name)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "drawing",
        RecurrentVariationalAutoencoder.follow,
        drawing.kl_by_step,
        RecurrentVariationalAutoencoder.canvases,
    )


def shown(lab: Lab) -> str | None:
    """The checkpoint that draws digits in steps, if it is there."""
    entries = lab.exhibit(EXHIBIT)
    fitting = (n for n, e in entries.items() if e.model.family == "draw" and has_bound(e))
    return next((n for n in fitting if lab.entry(n).model.x_shape == DIGIT), None)
