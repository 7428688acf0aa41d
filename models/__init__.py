"""What is learned: distributions, networks and the families built from them."""

from .autoencoder import Autoencoder, DenoisingAutoencoder
from .base import Batch, Config, Model
from .vae import VariationalAutoencoder

FAMILIES: dict[str, type[Model]] = {
    m.family: m for m in (Autoencoder, DenoisingAutoencoder, VariationalAutoencoder)
}


def build(config: Config) -> Model:
    """A freshly initialised model of `config.family`. Raises ValueError for an unknown family."""
    if config.family not in FAMILIES:
        raise ValueError(f"this version does not know the family {config.family!r}.")
    return FAMILIES[config.family](config)


__all__ = ["FAMILIES", "Batch", "Config", "Model", "build"]
