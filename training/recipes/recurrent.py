"""DRAW, which generates in steps, and a VAE with as many latent dimensions, which does at once."""

from dataclasses import replace

from models import Config
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig
from models.recurrent import DrawConfig

from .recipe import FEW, Recipe

DRAW = Recipe(
    "draw-32",
    DrawConfig("draw", 32, step_latent=4, hidden=256, likelihood=Bernoulli()),
    measures=FEW,
    binarize=True,
    epochs=20,
    patience=20,
)
# These widths give the VAE as many parameters as DRAW has, or a few more.
_ONCE = NetworkConfig(widths=(640, 256))
ONE_SHOT = replace(
    DRAW, name="vae-32-oneshot", config=Config("vae", 32, _ONCE, _ONCE, likelihood=Bernoulli())
)

RECIPES = (DRAW, ONE_SHOT)
