"""AE, DAE and VAE of MNIST with 2-D and 16-D codes, which most views compare."""

from dataclasses import replace
from typing import Any

from models import Config
from models.corruption import AdditiveGaussian, Masking, OneOf
from models.likelihoods import Bernoulli, Gaussian
from models.networks import NetworkConfig

from .recipe import Recipe

# The 2-D models: a wide perceptron as encoder and a small convolutional decoder, 0.3 MB in half
# precision, because browsers download it.
FLAT_ENCODER = NetworkConfig(widths=(1024, 512, 256))
FLAT_DECODER = NetworkConfig(widths=(64, 256), channels=(16, 32), blocks=1)
# The 16-D models: encoder and decoder of the same convolutional sizes.
DEEP = NetworkConfig(widths=(512,), channels=(32, 64))

# sigma scales the squared error by 1 / (2 sigma^2), so `clip` has to fit it.
SQUARED_ERROR = Gaussian(variance="fixed", sigma=0.1)
# Half of the images get additive noise with sigma = 0.5, half lose half of their pixels.
CORRUPTION = OneOf((AdditiveGaussian(0.5), Masking(0.5)))


def _flat(family: str, **choices: Any) -> Config:
    return Config(family, 2, FLAT_ENCODER, FLAT_DECODER, **choices)


def _deep(family: str, **choices: Any) -> Config:
    return Config(family, 16, DEEP, DEEP, **choices)


# Without the penalty the codes of some classes lie hundreds of units from the origin, and a map
# that shows them shows little else.
AE_2 = Recipe("ae-2", _flat("ae", likelihood=SQUARED_ERROR, code_penalty=0.1), clip=1000.0)
DAE_2 = replace(
    AE_2, name="dae-2", config=replace(AE_2.config, family="dae", corruption=CORRUPTION)
)
VAE_2 = Recipe("vae-2", _flat("vae", likelihood=Bernoulli()), binarize=True)
AE_16 = Recipe("ae-16", _deep("ae", likelihood=SQUARED_ERROR), clip=1000.0, epochs=30)
DAE_16 = replace(
    AE_16, name="dae-16", config=replace(AE_16.config, family="dae", corruption=CORRUPTION)
)
VAE_16 = Recipe("vae-16", _deep("vae", likelihood=Bernoulli()), binarize=True, epochs=40)

RECIPES = (AE_2, DAE_2, VAE_2, AE_16, DAE_16, VAE_16)
