"""One recipe per shipped checkpoint: all that is needed, besides the data, to make it again."""

from dataclasses import dataclass
from typing import ClassVar

from models import Config
from models.corruption import AdditiveGaussian, Masking, OneOf
from models.likelihoods import Bernoulli, Gaussian
from models.networks import Torso
from models.records import Record


@dataclass(frozen=True)
class Recipe(Record):
    """How one checkpoint is trained.

    binarize: sample each pixel as Bernoulli(grey) anew whenever it is used ("dynamic").
    learning_rate: the peak; `warmup` is the share of all steps spent reaching it, a cosine to zero
    takes the rest. clip: largest norm of the gradient, nats. validation: how many of the last
    training images are held out to choose the best epoch; training stops after `patience` epochs
    without a better one.
    """

    kind: ClassVar[str] = "recipe"

    name: str
    config: Config
    dataset: str = "mnist"
    binarize: bool = False
    epochs: int = 60
    batch_size: int = 256
    learning_rate: float = 3e-3
    warmup: float = 0.1
    clip: float = 200.0
    validation: int = 2_000
    patience: int = 10
    seed: int = 0


# The wide multilayer perceptron of the 2-D models: depth and width on both sides are what a code
# of two numbers profits from, and it trains in minutes on a laptop.
WIDE = Torso(widths=(1024, 1024, 512))
CONVOLUTIONAL = Torso(widths=(512,), channels=(32, 64))
SQUARED_ERROR = Gaussian(variance="fixed", sigma=0.1)
# Half of the images lose half of their pixels, half meet noise as strong as the ink.
DAMAGE = OneOf((AdditiveGaussian(0.5), Masking(0.5)))

AE_2 = Recipe("ae-2", Config("ae", 2, WIDE, WIDE, SQUARED_ERROR))
DAE_2 = Recipe("dae-2", Config("dae", 2, WIDE, WIDE, SQUARED_ERROR, DAMAGE))
VAE_2 = Recipe("vae-2", Config("vae", 2, WIDE, WIDE, Bernoulli()), binarize=True)
AE_16 = Recipe("ae-16", Config("ae", 16, CONVOLUTIONAL, CONVOLUTIONAL, SQUARED_ERROR))
DAE_16 = Recipe("dae-16", Config("dae", 16, CONVOLUTIONAL, CONVOLUTIONAL, SQUARED_ERROR, DAMAGE))
VAE_16 = Recipe(
    "vae-16", Config("vae", 16, CONVOLUTIONAL, CONVOLUTIONAL, Bernoulli()), binarize=True
)

RECIPES: dict[str, Recipe] = {r.name: r for r in (AE_2, DAE_2, VAE_2, AE_16, DAE_16, VAE_16)}
