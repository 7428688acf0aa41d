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
    exhibit: the part of the page it is for: "main" is every view that compares AE, DAE and VAE.
    solver: "adam" trains in steps; "lbfgs" and "pca" find the optimum of a linear autoencoder, by
    minimising its squared error from random weights, or by the principal components themselves.
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
    exhibit: str = "main"
    solver: str = "adam"
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

MAIN = (AE_2, DAE_2, VAE_2, AE_16, DAE_16, VAE_16)

# What can be compressed: one network at several code sizes, on digits and on pixels of pure chance.
# Nothing is to be learned from those, so fewer sizes show it.
MLP = Torso(widths=(256, 128))
CODE_SIZES = {"mnist": (2, 4, 8, 16, 32, 64), "noise": (2, 8, 32)}


# With this sigma a nat is a squared error, but for a constant.
LINEAR = Gaussian(variance="fixed", sigma=0.5**0.5, mean="identity")


def _sized(size: int, dataset: str) -> tuple[Recipe, ...]:
    """AE, VAE and linear autoencoder of one code size on one data set."""
    ending = "" if dataset == "mnist" else f"-{dataset}"
    ae = Recipe(
        f"ae-{size}-mlp{ending}",
        Config("ae", size, MLP, MLP, likelihood=SQUARED_ERROR),
        dataset,
        exhibit="code size",
        clip=1000.0,
        epochs=20,
    )
    vae = replace(
        ae,
        name=f"vae-{size}-mlp{ending}",
        config=Config("vae", size, MLP, MLP, likelihood=Bernoulli()),
        binarize=True,
        clip=200.0,
    )
    linear = replace(
        ae,
        name=f"linear-{size}{ending}",
        config=Config("ae", size, likelihood=LINEAR),
        solver="lbfgs",
    )
    return ae, vae, linear


PCA = Recipe("pca-64", Config("ae", 64, likelihood=LINEAR), exhibit="code size", solver="pca")
COMPRESSION = (
    PCA,
    replace(PCA, name="pca-64-noise", dataset="noise"),
    *(r for dataset, sizes in CODE_SIZES.items() for k in sizes for r in _sized(k, dataset)),
)

# The likelihood switch: the network of vae-16-mlp, its pixels Gaussian in three ways. The fixed
# sigma is far from what the shared one learns, to show what the choice does.
VAE_16_FIXED = Recipe(
    "vae-16-mlp-fixed",
    Config("vae", 16, MLP, MLP, likelihood=Gaussian("fixed", sigma=0.3)),
    exhibit="likelihood",
    clip=1000.0,
    epochs=20,
)


def _gaussian(variance: str) -> Recipe:
    config = replace(VAE_16_FIXED.config, likelihood=Gaussian(variance, sigma=0.3))
    return replace(VAE_16_FIXED, name=f"vae-16-mlp-{variance}", config=config)


LIKELIHOOD = (VAE_16_FIXED, _gaussian("shared"), _gaussian("predicted"))

# The 2-D network of Davidson et al. 2018 (arXiv 1804.00891), section 5.1, trained for longer with
# a learning rate that falls: see benchmarks/published.py.
_DAVIDSON = Torso(widths=(256, 128), activation="relu")
VAE_2_DAVIDSON = Recipe(
    "vae-2-davidson",
    Config("vae", 2, _DAVIDSON, _DAVIDSON, likelihood=Bernoulli()),
    exhibit="gap",
    binarize=True,
    epochs=200,
    batch_size=64,
    learning_rate=1e-3,
    patience=200,
)

# Denoising as a score: noise small and unclipped, as Vincent 2011 has it, and room in the code.
_WIDE = Torso(widths=(128, 128))
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
    exhibit="score",
    clip=None,
    epochs=40,
)
_DIGITS = Torso(widths=(512,))
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
    exhibit="score",
    clip=1000.0,
    epochs=20,
)

RECIPES: dict[str, Recipe] = {
    r.name: r for r in (*MAIN, *COMPRESSION, *LIKELIHOOD, VAE_2_DAVIDSON, DAE_MIXTURE, DAE_64_SCORE)
}
