"""The two encoder distributions: a point mass and a diagonal Gaussian.

Both are `torch.distributions` objects over codes z of shape [..., D] whose `rsample` also takes a
`torch.Generator`: the stock `rsample` draws from the process-wide seed, which visitors would share.
"""

import torch
from torch import Tensor
from torch.distributions import Distribution, Independent, Normal, constraints


class Delta(Distribution):
    """Point mass at `value` [..., D]: what a deterministic encoder returns in place of q(z|x)."""

    arg_constraints = {"value": constraints.real_vector}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, value: Tensor):
        self.value = value
        super().__init__(value.shape[:-1], value.shape[-1:], validate_args=False)

    @property
    def mean(self) -> Tensor:
        return self.value

    @property
    def variance(self) -> Tensor:
        return torch.zeros_like(self.value)

    def rsample(self, sample_shape=(), generator: torch.Generator | None = None) -> Tensor:
        """Return `value` expanded to [*sample_shape, ..., D]; there is nothing to draw."""
        return self.value.expand(*sample_shape, *self.value.shape)

    sample = rsample

    def log_prob(self, z: Tensor) -> Tensor:
        """0 nats at the point and -inf elsewhere: the mass, not a density."""
        at_the_point = (z == self.value).all(-1)
        return torch.where(at_the_point, 0.0, -torch.inf)


class DiagonalGaussian(Independent):
    """N(mu, diag(exp(log_var))) over the last dimension; mu and log_var are [..., D]."""

    def __init__(self, mu: Tensor, log_var: Tensor):
        self.mu = mu
        self.log_var = log_var
        super().__init__(Normal(mu, torch.exp(0.5 * log_var), validate_args=False), 1)

    def rsample(self, sample_shape=(), generator: torch.Generator | None = None) -> Tensor:
        """Reparameterized draw z = mu + sigma * epsilon (Kingma & Welling 2013, section 2.4).

        Returns [*sample_shape, ..., D]; gradients reach mu and log_var.
        """
        shape = (*sample_shape, *self.mu.shape)
        epsilon = torch.randn(
            shape, generator=generator, device=self.mu.device, dtype=self.mu.dtype
        )
        return self.mu + torch.exp(0.5 * self.log_var) * epsilon

    def sample(self, sample_shape=(), generator: torch.Generator | None = None) -> Tensor:
        with torch.no_grad():
            return self.rsample(sample_shape, generator)


def standard_normal(latent: int, device: torch.device | str = "cpu") -> DiagonalGaussian:
    """N(0, I) over codes [latent], float32, on `device`."""
    zeros = torch.zeros(latent, device=device)
    return DiagonalGaussian(zeros, zeros)


def kl_to_standard_normal(q: DiagonalGaussian) -> Tensor:
    """KL(q || N(0, I)) per latent dimension, nats, [..., D].

    0.5 * (mu^2 + sigma^2 - 1 - log sigma^2): Kingma & Welling 2013 (arXiv 1312.6114), appendix B.
    """
    return 0.5 * (q.mu**2 + torch.exp(q.log_var) - 1.0 - q.log_var)
