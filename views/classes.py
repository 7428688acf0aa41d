"""Classes: one digit's code with every class."""

import gradio as gr

from explore import classes
from models.conditional import ConditionalVariationalAutoencoder

from .components.classes import JUDGE, TOLD, Classes
from .derivation import fold_out
from .lab import DIGIT, Lab, Page

TITLE = "Classes"
LOOK = (
    "Draw one digit: the same z with each of the ten classes writes ten, nearly all legible, in a "
    "hand like yours."
)
MISSING = f"The networks of this view are missing; train {TOLD}, vae-16-untold and {JUDGE}."


def build(page: Page) -> None:
    """Lay the view out; the script does the rest."""
    if is_ready(page.lab):
        Classes(page.lab)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    told = ConditionalVariationalAutoencoder
    fold_out("classes", told.encode, told.decode, classes.every_class, classes.without_class)


def is_ready(lab: Lab) -> bool:
    """Are there a model of digits that is told their class, and a classifier to read it?"""
    told, judge = (lab.zoo[name].model if name in lab.zoo else None for name in (TOLD, JUDGE))
    return (
        told is not None
        and judge is not None
        and (told.needs_label and told.has_encoder and judge.classifies)
        and told.x_shape == judge.x_shape == DIGIT
        and told.config.classes == judge.config.classes
    )
