"""A conditional VAE, and a VAE of the same network that is not conditioned on the class."""

from dataclasses import replace

from models import Config
from models.base import LabelledConfig
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig

from .recipe import CLEAN, Recipe

_MLP = NetworkConfig(widths=(512, 256))
CVAE_16 = Recipe(
    "cvae-16",
    LabelledConfig("cvae", 16, _MLP, _MLP, likelihood=Bernoulli()),
    measures=CLEAN,
    binarize=True,
    epochs=60,
    patience=60,
)
VAE_16_UNCONDITIONAL = replace(
    CVAE_16,
    name="vae-16-unconditional",
    config=Config("vae", 16, _MLP, _MLP, likelihood=Bernoulli()),
)

RECIPES = (CVAE_16, VAE_16_UNCONDITIONAL)
