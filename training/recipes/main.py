"""AE, DAE and VAE of digits, with 2 and with 16 latent numbers: what most views are about."""

from dataclasses import replace

from models import Config
from models.corruption import AdditiveGaussian, Masking, OneOf
from models.likelihoods import Bernoulli, Gaussian
from models.networks import NetworkConfig

from .recipe import Recipe

# For looking at: a wide perceptron finds the two numbers, a small convolutional decoder draws them
# (0.3 MB in half precision, so that it can travel to a visitor's browser).
FLAT_ENCODER = NetworkConfig(widths=(1024, 512, 256))
FLAT_DECODER = NetworkConfig(widths=(64, 256), channels=(16, 32), blocks=1)
# For quality: the same convolutional sizes on both sides.
DEEP = NetworkConfig(widths=(512,), channels=(32, 64))

# sigma only scales the squared error, and with it the largest gradient that passes unclipped.
SQUARED_ERROR = Gaussian(variance="fixed", sigma=0.1)
# Half of the images meet noise as strong as the ink, half lose half of their pixels.
DAMAGE = OneOf((AdditiveGaussian(0.5), Masking(0.5)))


def _flat(family: str, **choices) -> Config:
    return Config(family, 2, FLAT_ENCODER, FLAT_DECODER, **choices)


def _deep(family: str, **choices) -> Config:
    return Config(family, 16, DEEP, DEEP, **choices)


# Without the penalty some classes run hundreds of units away and the map shows nothing else.
AE_2 = Recipe("ae-2", _flat("ae", likelihood=SQUARED_ERROR, code_penalty=0.1), clip=1000.0)
DAE_2 = replace(AE_2, name="dae-2", config=replace(AE_2.config, family="dae", corruption=DAMAGE))
VAE_2 = Recipe("vae-2", _flat("vae", likelihood=Bernoulli()), binarize=True)
AE_16 = Recipe("ae-16", _deep("ae", likelihood=SQUARED_ERROR), clip=1000.0, epochs=30)
DAE_16 = replace(
    AE_16, name="dae-16", config=replace(AE_16.config, family="dae", corruption=DAMAGE)
)
VAE_16 = Recipe("vae-16", _deep("vae", likelihood=Bernoulli()), binarize=True, epochs=40)

RECIPES = (AE_2, DAE_2, VAE_2, AE_16, DAE_16, VAE_16)
