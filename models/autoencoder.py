"""Deterministic autoencoders: one that copies, one that repairs."""

from torch import Tensor

from .base import Batch, Config, Model, at_least_32_bits
from .distributions import Delta


class Autoencoder(Model):
    """AE: z = f(x), x^ = g(z), trained to minimise -log p(x | z = f(x)).

    With a Gaussian of fixed variance that is the squared error up to scale (Hinton &
    Salakhutdinov 2006). Nothing shapes the codes: there is no prior to sample from.
    """

    family = "ae"
    title = "Autoencoder"

    def __init__(self, config: Config):
        super().__init__(config, features=config.latent)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Delta:
        return Delta(at_least_32_bits(self.encoder(x)))

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        z = self.encode(batch.x).mean
        return {"reconstruction": -self.decode(z).log_prob(batch.x)}


class DenoisingAutoencoder(Autoencoder):
    """DAE: encodes x~ ~ q(x~|x) and is scored against the clean x (Vincent et al. 2010, eq. 4)."""

    family = "dae"
    title = "Denoising autoencoder"

    def __init__(self, config: Config):
        if config.corruption is None:
            raise ValueError("a denoising autoencoder needs a corruption.")
        super().__init__(config)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        corrupted = self.config.corruption.sample(batch.x, batch.generator)
        z = self.encode(corrupted).mean
        return {"reconstruction": -self.decode(z).log_prob(batch.x)}
