"""Score: a denoiser's step is near the slope of the noise-blurred log density."""

import gradio as gr

from data.mixture import MIXTURE, Mixture
from explore import score
from views.kit import parts
from views.kit.derivation import fold_out
from views.kit.lab import Page
from views.score.digit import ScoreDigit
from views.score.field import ScoreField

TITLE = "Denoising and the score"
QUESTION = "Why does a denoiser point to the data?"
LOOK = (
    "A denoiser points uphill: its step, (r(x) \N{MINUS SIGN} x)/σ², is nearly the slope of "
    "the log density blurred by its noise."
)
TOY, DIGITS = "dae-mixture", "dae-64-score"
MISSING = "The networks of this view are missing; train dae-mixture and dae-64-score."


def build(page: Page) -> None:
    """Lay the view out: the toy answers in the page, the digit asks for its pictures."""
    entries = page.lab.part(parts.SCORE)
    if TOY in entries and DIGITS in entries:
        with gr.Row():
            with gr.Column(min_width=340):
                ScoreField(page, entries[TOY], MIXTURE)
            with gr.Column(min_width=340):
                ScoreDigit(page, entries[DIGITS])
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out("score", score.score, score.climb, Mixture.score, Mixture.denoise)
