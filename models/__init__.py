"""What is learned: distributions, networks and the families built from them."""

import torch

from .adversarial import GenerativeAdversarialNetwork
from .autoencoder import Autoencoder, DenoisingAutoencoder
from .base import Batch, Config, Model
from .beta import BetaVariationalAutoencoder
from .classifier import Classifier
from .conditional import ConditionalVariationalAutoencoder
from .importance import ImportanceWeightedAutoencoder
from .recurrent import RecurrentVariationalAutoencoder
from .semi_supervised import SemiSupervisedAutoencoder
from .total_correlation import TotalCorrelationAutoencoder
from .vae import VariationalAutoencoder
from .vae_gan import VaeGan

FAMILIES: dict[str, type[Model]] = {
    m.family: m
    for m in (
        Autoencoder,
        DenoisingAutoencoder,
        VariationalAutoencoder,
        BetaVariationalAutoencoder,
        TotalCorrelationAutoencoder,
        ConditionalVariationalAutoencoder,
        Classifier,
        VaeGan,
        GenerativeAdversarialNetwork,
        ImportanceWeightedAutoencoder,
        SemiSupervisedAutoencoder,
        RecurrentVariationalAutoencoder,
    )
}


MOST_WEIGHTS = 50_000_000  # of all networks of a model together: 200 MB


def build(config: Config) -> Model:
    """A freshly initialised model of `config.family`.

    Raises ValueError, one sentence, for an unknown family, for a config that is another family's,
    and for more than MOST_WEIGHTS weights, of which none is then allocated.
    """
    architecture(config)
    return FAMILIES[config.family](config)


def architecture(config: Config) -> Model:
    """The model of a config without its weights: they are on PyTorch's meta device.

    It answers what depends on the config alone: facts, sizes and shapes. Raises as `build` does.
    """
    if config.family not in FAMILIES:
        raise ValueError(f"this version does not know the family {config.family!r}.")
    family = FAMILIES[config.family]
    if type(config) is not family.config_type:
        raise ValueError(f"the family {config.family} takes a {family.config_type.__name__}.")
    with torch.device("meta"):
        model = family(config)
    if sum(weights.numel() for weights in model.state_dict().values()) > MOST_WEIGHTS:
        raise ValueError(f"a model has at most {MOST_WEIGHTS:,} weights; make its layers smaller.")
    return model


__all__ = ["FAMILIES", "MOST_WEIGHTS", "Batch", "Config", "Model", "architecture", "build"]
