"""The variational autoencoder."""

import torch
from torch import Tensor

from .base import Batch, Config, Model, at_least_32_bits
from .distributions import DiagonalGaussian, kl_to_standard_normal

# exp(-14) is a posterior standard deviation of 1/1000 of the prior's: nothing on MNIST comes near
# it, but one untrained batch can, and then KL and gradients overflow.
MIN_LOG_VAR, MAX_LOG_VAR = -14.0, 8.0


class VariationalAutoencoder(Model):
    """VAE: p(z) = N(0, I), p(x|z) from the decoder, q(z|x) = N(mu(x), diag sigma^2(x)).

    Minimises the negative ELBO, -E_q[log p(x|z)] + KL(q(z|x) || p(z)), with one reparameterized
    draw per example and the KL in closed form (Kingma & Welling 2013, arXiv 1312.6114, eq. 10).
    """

    family = "vae"
    title = "Variational autoencoder"
    has_prior = True

    def __init__(self, config: Config, code: int | None = None):
        super().__init__(config, features=2 * config.latent, code=code)

    def encode(self, x: Tensor, y: Tensor | None = None) -> DiagonalGaussian:
        mu, log_var = at_least_32_bits(self.encoder(x)).chunk(2, dim=-1)
        return DiagonalGaussian(mu, log_var.clamp(MIN_LOG_VAR, MAX_LOG_VAR))

    def prior(self, device: torch.device | str = "cpu") -> DiagonalGaussian:
        """p(z) = N(0, I) over codes [D]."""
        zeros = torch.zeros(self.latent, device=device)
        return DiagonalGaussian(zeros, zeros)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        q = self.encode(self.corrupt(batch), batch.y)
        z = q.rsample(generator=batch.generator)
        return {
            "reconstruction": -self.decode(z, batch.y).log_prob(batch.x),
            "kl": kl_to_standard_normal(q).sum(-1),
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        return {"model": {"reconstruction": 1.0, "kl": 1.0}}
