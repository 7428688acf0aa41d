"""Deterministic autoencoders: the plain and the denoising autoencoder."""

from torch import Tensor

from .base import Batch, Config, Model, at_least_32_bits
from .distributions import Delta


class Autoencoder(Model[Config]):
    """AE: z = f(x), x^ = g(z), trained to minimise -log p(x | z = f(x)).

    For a Gaussian likelihood of fixed variance that is the squared error up to scale and a constant
    (Hinton & Salakhutdinov 2006). There is no prior over codes. The term "code" is |z|^2 / 2; its
    weight is config.code_penalty, 0 unless set, and keeps codes near the origin (Ghosh et al. 2020,
    arXiv 1903.12436, eq. 11).
    """

    family = "ae"
    title = "Autoencoder"

    def encode(self, x: Tensor, y: Tensor | None = None) -> Delta:
        """A point mass at f(x) [B, D], for images x [B, C, H, W]; y is not used."""
        return Delta(at_least_32_bits(self.encoder(x)))

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        z = self.encode(self.corrupt(batch)).mean
        return {
            "reconstruction": -self.decode(z).log_prob(batch.x),
            "code": 0.5 * (z**2).sum(-1),
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        return {"model": {"reconstruction": 1.0, "code": self.config.code_penalty}}


class DenoisingAutoencoder(Autoencoder):
    """DAE: encodes x~ ~ q(x~|x), and reconstructs the clean x (Vincent et al. 2010, eq. 4).

    Raises ValueError for a config without a corruption.
    """

    family = "dae"
    title = "Denoising autoencoder"

    def __init__(self, config: Config):
        if config.corruption is None:
            raise ValueError("a denoising autoencoder needs a corruption.")
        super().__init__(config)
        self.corruption = config.corruption

    def corrupt(self, batch: Batch) -> Tensor:
        """A draw of x~ for each image of the batch, [B, C, H, W]."""
        return self.corruption.sample(batch.x, batch.generator)
