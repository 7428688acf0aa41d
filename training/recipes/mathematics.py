"""Checkpoints for views of mathematics: likelihoods, the gap of the ELBO, the score."""

from dataclasses import replace

from models import Config
from models.corruption import AdditiveGaussian
from models.likelihoods import Bernoulli, DiscretizedLogistic, Gaussian
from models.networks import NetworkConfig

from .compression import MLP
from .recipe import CLEAN, Recipe

# The network of vae-16-mlp with three Gaussian likelihoods. The fixed sigma is far from the one
# that the shared variance learns, so that its effect is visible.
VAE_16_FIXED = Recipe(
    "vae-16-mlp-fixed",
    Config("vae", 16, MLP, MLP, likelihood=Gaussian("fixed", sigma=0.3)),
    measures=CLEAN,
    clip=1000.0,
    epochs=20,
)


def _gaussian(variance: str) -> Recipe:
    config = replace(VAE_16_FIXED.config, likelihood=Gaussian(variance, sigma=0.3))
    return replace(VAE_16_FIXED, name=f"vae-16-mlp-{variance}", config=config)


# And with a fourth: location and scale are predicted, too, but `log_prob` is of probabilities of
# grey levels, which are at most 1 however small the scale.
VAE_16_DISCRETIZED = replace(
    VAE_16_FIXED,
    name="vae-16-mlp-discretized",
    config=replace(VAE_16_FIXED.config, likelihood=DiscretizedLogistic(scale=0.3)),
)
LIKELIHOOD = (VAE_16_FIXED, _gaussian("shared"), _gaussian("predicted"), VAE_16_DISCRETIZED)

# The 2-D network of Davidson et al. 2018 (arXiv 1804.00891), section 5.1, trained for longer with
# a learning rate that falls: see experiments/published.py.
_DAVIDSON = NetworkConfig(widths=(256, 128), activation="relu")
VAE_2_DAVIDSON = Recipe(
    "vae-2-davidson",
    Config("vae", 2, _DAVIDSON, _DAVIDSON, likelihood=Bernoulli()),
    measures=CLEAN,
    binarize=True,
    epochs=200,
    batch_size=64,
    learning_rate=1e-3,
    patience=200,
)

# Denoising as score matching: small noise without clipping, as in Vincent 2011, and a large code.
_WIDE = NetworkConfig(widths=(128, 128))
DAE_MIXTURE = Recipe(
    "dae-mixture",
    Config(
        "dae",
        32,
        _WIDE,
        _WIDE,
        likelihood=Gaussian("fixed", sigma=0.1, mean="identity"),
        corruption=AdditiveGaussian(0.08, clip=False),
        x_shape=(1, 1, 2),
    ),
    "mixture",
    measures=CLEAN,
    clip=None,
    epochs=40,
)
_DIGITS = NetworkConfig(widths=(512,))
DAE_64_SCORE = Recipe(
    "dae-64-score",
    Config(
        "dae",
        64,
        _DIGITS,
        _DIGITS,
        likelihood=Gaussian("fixed", sigma=0.1, mean="identity"),
        corruption=AdditiveGaussian(0.3, clip=False),
    ),
    measures=CLEAN,
    clip=1000.0,
    epochs=20,
)

RECIPES = (*LIKELIHOOD, VAE_2_DAVIDSON, DAE_MIXTURE, DAE_64_SCORE)
