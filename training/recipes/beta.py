"""One 2-D beta-VAE with several values of beta."""

from dataclasses import replace

from evaluation.measures import Measure
from models.beta import BetaConfig
from models.likelihoods import Bernoulli

from .compression import MLP
from .recipe import Recipe

BETAS = (0, 0.1, 0.3, 1, 2, 4, 8, 20)
_ONE = Recipe(
    "vae-2-beta-1",
    BetaConfig("beta-vae", 2, MLP, MLP, likelihood=Bernoulli()),
    measures=(
        Measure.BASICS,
        Measure.TERMS,
        Measure.REPRESENTATION,
        Measure.GENERATION,
    ),
    binarize=True,
    epochs=40,
    patience=40,
)


def _at(beta: float) -> Recipe:
    return replace(_ONE, name=f"vae-2-beta-{beta:g}", config=replace(_ONE.config, beta=beta))


RECIPES = tuple(_at(beta) for beta in BETAS)
