"""Beta: the same VAE trained at several weights of the KL."""

import gradio as gr

from explore import rate_distortion
from models.beta import BetaVariationalAutoencoder

from .components.beta_scrubber import LEAST, BetaScrubber, shown
from .derivation import fold_out
from .lab import Page

TITLE = "Beta"
LOOK = (
    "Slide β, the price of the code. Cheap: codes leave N(0, I), whose draws vary less. "
    "Costly: codes crowd and pictures blur."
)
MISSING = "The networks of this view are missing; train vae-2-beta-1 and at least one more beta."


def build(page: Page) -> None:
    """Lay the view out; the scrubber asks for what it shows."""
    if len(shown(page.lab)) >= LEAST:
        BetaScrubber(page.lab, page.decoding, title=TITLE)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "beta",
        BetaVariationalAutoencoder.objective,
        rate_distortion.elbo,
        rate_distortion.slope,
        rate_distortion.gaussian_optimum,
    )
