"""IWAE: a VAE trained on one sample a digit against the same network trained on fifty."""

import gradio as gr

from explore import importance
from models.bounds import effective_samples, importance_bound
from models.importance import ImportanceWeightedAutoencoder

from .components.iwae import VaeAgainstIwae
from .derivation import fold_out
from .lab import Lab, Page

TITLE = "IWAE"
LOOK = (
    "Slide K, the samples in the bound. Trained with 50, not 1, IWAE affords a looser q: better on "
    "average, with more code in use."
)
NAMES = ("vae-50-burda", "iwae-50-burda")
MISSING = "The networks of this view are missing; train vae-50-burda and iwae-50-burda."


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    if is_shown(page.lab):
        VaeAgainstIwae(page.lab, NAMES, view=TITLE)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "iwae",
        ImportanceWeightedAutoencoder.terms,
        importance_bound,
        importance.normalised,
        effective_samples,
    )


def is_shown(lab: Lab) -> bool:
    """Are both of the networks there?"""
    return all(name in lab.zoo for name in NAMES)
