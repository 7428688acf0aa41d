"""What is learned: distributions, networks and the families built from them."""

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


def build(config: Config) -> Model:
    """A freshly initialised model of `config.family`.

    Raises ValueError for an unknown family, and for a config that is another family's.
    """
    if config.family not in FAMILIES:
        raise ValueError(f"this version does not know the family {config.family!r}.")
    family = FAMILIES[config.family]
    if type(config) is not family.config_type:
        raise ValueError(f"the family {config.family} takes a {family.config_type.__name__}.")
    return family(config)


__all__ = ["FAMILIES", "Batch", "Config", "Model", "build"]
