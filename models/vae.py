"""The variational autoencoder."""

from torch import Tensor

from .base import Batch, C, Model, at_least_32_bits
from .distributions import DiagonalGaussian, GaussianFactors, kl_to_standard_normal, standard_normal

# Bounds on log sigma^2 of q(z|x). exp(-14) is a standard deviation of 1/1000 of the prior's. On
# MNIST no trained posterior is near them, but those of an untrained network can be far beyond, and
# KL and gradients would overflow.
MIN_LOG_VAR, MAX_LOG_VAR = -14.0, 8.0


class VariationalAutoencoder(Model[C]):
    """VAE: z ~ N(0, I), x ~ p(x|z) from the decoder; q(z|x) = N(mu(x), diag sigma^2(x)).

    Minimises the negative ELBO, -E_q[log p(x|z)] + KL(q(z|x) || p(z)), with one reparameterized
    draw per example and the KL in closed form (Kingma & Welling 2013, arXiv 1312.6114, eq. 10).
    """

    family = "vae"
    title = "Variational autoencoder"
    has_prior = True

    @property
    def encoder_outputs(self) -> int:
        """The mean mu and log sigma^2 of every dimension."""
        return 2 * self.latent

    def encode(self, x: Tensor, y: Tensor | None = None) -> GaussianFactors:
        """q(z|x) over codes [B, D], for images x [B, C, H, W]; y is not used."""
        mu, log_var = at_least_32_bits(self.encoder(x)).chunk(2, dim=-1)
        return DiagonalGaussian(mu, log_var.clamp(MIN_LOG_VAR, MAX_LOG_VAR))

    def prior(self) -> DiagonalGaussian:
        """p(z) = N(0, I) over codes [D], on the model's device."""
        return standard_normal(self.latent, self.device)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        q = self.encode(self.corrupt(batch), batch.y)
        z = q.rsample(generator=batch.generator)
        return {
            "reconstruction": -self.decode(z, batch.y).log_prob(batch.x),
            "kl": kl_to_standard_normal(q).sum(-1),
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        return {"model": {"reconstruction": 1.0, "kl": 1.0}}
