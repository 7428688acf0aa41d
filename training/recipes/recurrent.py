"""A VAE that draws in steps, and the VAE of as many numbers that draws at once."""

from dataclasses import replace

from models import Config
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig
from models.recurrent import DrawConfig

from .recipe import Recipe

DRAW = Recipe(
    "draw-32",
    DrawConfig("draw", 32, step_latent=4, hidden=256, likelihood=Bernoulli()),
    exhibit="drawing",
    binarize=True,
    epochs=20,
    patience=20,
)
# As many parameters, or a few more.
_ONCE = NetworkConfig(widths=(640, 256))
ONE_SHOT = replace(
    DRAW, name="vae-32-oneshot", config=Config("vae", 32, _ONCE, _ONCE, likelihood=Bernoulli())
)

RECIPES = (DRAW, ONE_SHOT)
