"""A mixture of Gaussians as a density of codes, fitted to them after training.

Its draws replace those of N(0, I) where the codes are distributed otherwise: "ex-post density
estimation", Ghosh et al. 2020 (arXiv 1903.12436), section 4. evaluation.code_density fits it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import torch
from torch import Tensor
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

MAX_COMPONENTS = 200


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """sum_k w_k N(z; m_k, S_k): weights [K], means [K, D], covariances [K, D, D], K <= 200.

    Raises ValueError unless all are finite, the weights are positive and sum to 1, and every
    covariance is symmetric and positive definite.
    """

    weights: Tensor
    means: Tensor
    covariances: Tensor

    def __post_init__(self):
        components, latent = (*self.means.shape, 0)[:2]
        shapes = (components,), (components, latent), (components, latent, latent)
        tensors = self.weights, self.means, self.covariances
        if tuple(tuple(t.shape) for t in tensors) != shapes or not latent:
            raise ValueError("the parts of a mixture do not fit each other.")
        if not 1 <= components <= MAX_COMPONENTS:
            raise ValueError(f"a mixture has 1 to {MAX_COMPONENTS} components.")
        if not all(t.is_floating_point() and t.isfinite().all() for t in tensors):
            raise ValueError("the parts of a mixture must be finite floating-point numbers.")
        if not (self.weights > 0).all() or abs(float(self.weights.double().sum()) - 1) > 1e-5:
            raise ValueError("the weights of a mixture are positive and sum to 1.")
        spread = self.covariances.double()
        if not torch.equal(spread, spread.mT) or torch.linalg.cholesky_ex(spread).info.any():
            raise ValueError("the covariances of a mixture are symmetric and positive definite.")

    @property
    def latent(self) -> int:
        """The number D of dimensions of a code."""
        return self.means.shape[1]

    @cached_property
    def distribution(self) -> MixtureSameFamily:
        """The mixture as a `torch.distributions` object over codes [D], float64, on the CPU."""
        weights, means, covariances = (
            t.double().cpu() for t in (self.weights, self.means, self.covariances)
        )
        parts = MultivariateNormal(means, scale_tril=torch.linalg.cholesky(covariances))
        return MixtureSameFamily(Categorical(weights / weights.sum()), parts)

    def log_prob(self, z: Tensor) -> Tensor:
        """The log density [...] of codes z [..., D], nats, float64, on the CPU."""
        return self.distribution.log_prob(z.double().cpu())

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """n draws [n, D], float32, on the CPU: a component k by its weight, then m_k + L_k epsilon.

        PyTorch's own `sample` takes no generator, and visitors would share its randomness.
        """
        mixture = self.distribution
        k = torch.multinomial(mixture.mixture_distribution.probs, n, True, generator=generator)
        epsilon = torch.randn(n, self.latent, 1, generator=generator, dtype=torch.float64)
        gaussians = cast(MultivariateNormal, mixture.component_distribution)
        return (gaussians.loc[k] + (gaussians.scale_tril[k] @ epsilon)[..., 0]).float()
