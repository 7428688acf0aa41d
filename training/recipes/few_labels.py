"""M2 with most labels hidden, and a classifier trained on the labelled images alone."""

from models.base import LabelledConfig
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig
from models.semi_supervised import M2Config

from .recipe import FEW, Recipe

LABELS = (100, 600, 1_000, 3_000)

_MLP = NetworkConfig(widths=(300,))
_FEATURES = 64  # width of the last hidden layer of both classifiers
_CHANNELS = (16, 32)  # of the convolutions of both classifiers


def semi_supervised(labels: int, seed: int = 0) -> Recipe:
    """M2 trained with `labels` labels.

    The settings were chosen by the error on the last 5,000 training images, whose labels were not
    used in training.
    """
    return Recipe(
        f"m2-{labels}",
        M2Config(
            "m2",
            8,
            _MLP,
            _MLP,
            likelihood=Bernoulli(),
            classifier=NetworkConfig(widths=(_FEATURES,), channels=_CHANNELS),
            alpha=5.0,
            kl_start=10.0,
            class_kl_start=30.0,
            anneal_steps=2_500,
        ),
        measures=FEW,
        binarize=True,
        epochs=6,
        batch_size=100,
        learning_rate=2e-3,
        patience=6,
        labels=labels,
        seed=seed,
    )


def supervised(labels: int, seed: int = 0) -> Recipe:
    """The network of M2's q(y|x), trained on the same labelled images and no others.

    The number of epochs falls with the number of labels: 1,000 steps for 100, 5,460 for 3,000.
    """
    epochs = round(5_000 / labels**0.5)
    return Recipe(
        f"classifier-{labels}",
        LabelledConfig("classifier", _FEATURES, NetworkConfig(channels=_CHANNELS)),
        measures=FEW,
        binarize=True,
        epochs=epochs,
        batch_size=50,
        learning_rate=1e-3,
        clip=None,
        patience=epochs,
        labels=labels,
        seed=seed,
    )


RECIPES = tuple(method(labels) for labels in LABELS for method in (semi_supervised, supervised))
