"""Distributions over codes z [..., D]: a point mass and a diagonal Gaussian."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Distribution, Independent, Normal, constraints


class CodeDistribution(Distribution):
    """A `torch.distributions` object over codes whose draws take a `torch.Generator`.

    PyTorch's own `rsample` draws from the seed of the process, which visitors would share.
    """

    has_rsample = True

    def rsample(
        self, sample_shape: Sequence[int] = (), generator: torch.Generator | None = None
    ) -> Tensor:
        """A draw [*sample_shape, ..., D] through which gradients reach the parameters."""
        raise NotImplementedError

    def sample(
        self, sample_shape: Sequence[int] = (), generator: torch.Generator | None = None
    ) -> Tensor:
        """The same draw as `rsample`, without gradients."""
        with torch.no_grad():
            return self.rsample(sample_shape, generator)


class Delta(CodeDistribution):
    """Point mass at `value` [..., D]: what a deterministic encoder returns as q(z|x)."""

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {"value": constraints.real_vector}

    @property
    def support(self) -> constraints.Constraint:
        return constraints.real_vector

    def __init__(self, value: Tensor):
        self.value = value
        super().__init__(value.shape[:-1], value.shape[-1:], validate_args=False)

    @property
    def mean(self) -> Tensor:
        return self.value

    @property
    def variance(self) -> Tensor:
        return torch.zeros_like(self.value)

    def rsample(
        self, sample_shape: Sequence[int] = (), generator: torch.Generator | None = None
    ) -> Tensor:
        """`value` expanded to [*sample_shape, ..., D]."""
        return self.value.expand(*sample_shape, *self.value.shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """Log probability [...] of codes `value` [..., D], nats: 0 at the point, else -inf."""
        at_the_point = (value == self.value).all(-1)
        return torch.where(at_the_point, 0.0, -torch.inf)


class GaussianFactors(CodeDistribution):
    """One Gaussian for each dimension, of mean mu and variance exp(log_var) [..., D]."""

    mu: Tensor
    log_var: Tensor


class DiagonalGaussian(GaussianFactors, Independent):
    """N(mu, diag(exp(log_var))) over codes [..., D], for mu and log_var [..., D]."""

    def __init__(self, mu: Tensor, log_var: Tensor):
        self.mu = mu
        self.log_var = log_var
        super().__init__(Normal(mu, torch.exp(0.5 * log_var), validate_args=False), 1)

    def rsample(
        self, sample_shape: Sequence[int] = (), generator: torch.Generator | None = None
    ) -> Tensor:
        """Reparameterized draw z = mu + sigma * epsilon (Kingma & Welling 2013, section 2.4).

        Returns [*sample_shape, ..., D]; gradients reach mu and log_var.
        """
        shape = (*sample_shape, *self.mu.shape)
        epsilon = torch.randn(
            shape, generator=generator, device=self.mu.device, dtype=self.mu.dtype
        )
        return self.mu + torch.exp(0.5 * self.log_var) * epsilon


def standard_normal(latent: int, device: torch.device | str = "cpu") -> DiagonalGaussian:
    """N(0, I) over codes [latent], float32, on `device`."""
    zeros = torch.zeros(latent, device=device)
    return DiagonalGaussian(zeros, zeros)


def kl_to_standard_normal(q: GaussianFactors) -> Tensor:
    """KL(q || N(0, I)) of each latent dimension, nats, [..., D].

    0.5 * (mu^2 + sigma^2 - 1 - log sigma^2): Kingma & Welling 2013 (arXiv 1312.6114), appendix B.
    """
    return 0.5 * (q.mu**2 + torch.exp(q.log_var) - 1.0 - q.log_var)
