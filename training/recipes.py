"""One recipe per shipped checkpoint: all that is needed, besides the data, to make it again."""

from dataclasses import dataclass, replace
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
    takes the rest.
    clip: the largest norm of the gradient, nats, or None.
    validation: how many of the last training images are held out to choose the best epoch;
    training stops after `patience` epochs without a better one.
    layers: "auto" multiplies in bfloat16 where the hardware does, "float32" never.
    """

    kind: ClassVar[str] = "recipe"

    name: str
    config: Config
    dataset: str = "mnist"
    binarize: bool = False
    epochs: int = 50
    batch_size: int = 256
    learning_rate: float = 3e-3
    warmup: float = 0.1
    clip: float | None = 200.0
    validation: int = 2_000
    patience: int = 10
    layers: str = "auto"
    seed: int = 0


# For looking at: a wide perceptron finds the two numbers, a small convolutional decoder draws them
# (0.3 MB in half precision, so that it can travel to a visitor's browser).
FLAT_ENCODER = Torso(widths=(1024, 512, 256))
FLAT_DECODER = Torso(widths=(64, 256), channels=(16, 32), blocks=1)
# For quality: the same convolutional sizes on both sides.
DEEP = Torso(widths=(512,), channels=(32, 64))

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

RECIPES: dict[str, Recipe] = {r.name: r for r in (AE_2, DAE_2, VAE_2, AE_16, DAE_16, VAE_16)}
