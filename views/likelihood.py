"""Likelihood: the same digit under five p(x|z)."""

import gradio as gr

from explore import likelihood
from models.likelihoods import GaussianLikelihood, Rounded, RoundedLogistic

from .components.likelihood_switch import LikelihoodSwitch
from .derivation import fold_out
from .lab import Lab, Page

TITLE = "Likelihood"
LOOK = (
    "p(x|z) is a distribution over images: its mean is a blur, a draw that blur under pixel noise, "
    "not a sharp digit."
)
BERNOULLI = "vae-16-mlp"  # the others have its network, and other pixels
MISSING = "The networks of this view are missing; train vae-16-mlp and the four beside it."


def build(page: Page) -> None:
    """Lay the view out; its rows ask for what they show."""
    names = shown(page.lab)
    if names:
        LikelihoodSwitch(page.lab, names)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "likelihood",
        GaussianLikelihood.forward,
        Rounded.log_prob,
        RoundedLogistic.log_between,
        likelihood.sample,
        likelihood.best_variance,
    )


def shown(lab: Lab) -> tuple[str, ...]:
    """The checkpoints that are there: Bernoulli, Gaussians of more and more freedom, levels."""
    kinds = ("fixed", "shared", "predicted", "discretized")
    wanted = (BERNOULLI, *(f"{BERNOULLI}-{kind}" for kind in kinds))
    return tuple(name for name in wanted if name in lab.zoo)
