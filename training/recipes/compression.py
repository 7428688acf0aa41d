"""Networks with several code sizes, on digits and on independent random pixels.

Random pixels cannot be compressed, which fewer sizes show; for Gaussian pixels there are linear
networks only, whose optimum is known.
"""

from dataclasses import replace

from models import Config
from models.likelihoods import Bernoulli, Gaussian
from models.networks import NetworkConfig

from .main import SQUARED_ERROR
from .recipe import FEW, Recipe

MLP = NetworkConfig(widths=(256, 128))
CODE_SIZES = {"mnist": (2, 4, 8, 16, 32, 64), "noise": (2, 8, 32)}
GAUSSIAN = "gaussian-noise"

# With this sigma the reconstruction term, in nats, is the squared error plus a constant.
LINEAR = Gaussian(variance="fixed", sigma=0.5**0.5, mean="identity")


def _ending(dataset: str) -> str:
    return "" if dataset == "mnist" else f"-{dataset}"


def _linear(size: int, dataset: str) -> Recipe:
    return Recipe(
        f"linear-{size}{_ending(dataset)}",
        Config("ae", size, likelihood=LINEAR),
        dataset,
        measures=FEW,
        clip=1000.0,
        epochs=20,
        solver="lbfgs",
    )


def _sized(size: int, dataset: str) -> tuple[Recipe, ...]:
    """AE, VAE and linear autoencoder of one code size on one data set."""
    ending = _ending(dataset)
    ae = Recipe(
        f"ae-{size}-mlp{ending}",
        Config("ae", size, MLP, MLP, likelihood=SQUARED_ERROR),
        dataset,
        measures=FEW,
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
    return ae, vae, _linear(size, dataset)


PCA = Recipe("pca-64", Config("ae", 64, likelihood=LINEAR), measures=FEW, solver="pca")
RECIPES = (
    PCA,
    *(replace(PCA, name=f"pca-64-{noise}", dataset=noise) for noise in ("noise", GAUSSIAN)),
    *(r for dataset, sizes in CODE_SIZES.items() for k in sizes for r in _sized(k, dataset)),
    *(_linear(k, GAUSSIAN) for k in CODE_SIZES["noise"]),
)
