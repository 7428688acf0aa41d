"""A mixture of isotropic Gaussians: a density whose score and best denoiser are closed forms.

The toy of "denoising as a score": what a network learns of it can be held against the truth. All
is computed in the precision of the points it is given. The data set "mixture" of data/datasets.py
holds draws of it.
"""

from dataclasses import dataclass
from math import log, tau

import torch
from torch import Tensor


@dataclass(frozen=True)
class Mixture:
    """Isotropic Gaussians of one standard deviation `std` in the unit square.

    `weights` [K] sum to 1, `means` [K, 2].
    """

    weights: tuple[float, ...]
    means: tuple[tuple[float, float], ...]
    std: float

    def blurred(self, sigma: float) -> "Mixture":
        """The density p_sigma of x + sigma * epsilon: each component grows by sigma^2."""
        return Mixture(self.weights, self.means, (self.std**2 + sigma**2) ** 0.5)

    def log_densities(self, x: Tensor) -> Tensor:
        """log w_k N(x; m_k, std^2 I) of points [..., 2], nats, [..., K]."""
        squares = (x.unsqueeze(-2) - x.new_tensor(self.means)).square().sum(-1)
        return (
            x.new_tensor(self.weights).log() - 0.5 * squares / self.std**2 - log(tau * self.std**2)
        )

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) of points [..., 2], nats, [...]."""
        return torch.logsumexp(self.log_densities(x), -1)

    def score(self, x: Tensor) -> Tensor:
        """grad log p(x) of points [..., 2], nats per unit, [..., 2].

        Each component pulls towards its mean, by its share p(k|x) times the distance.
        """
        share = torch.softmax(self.log_densities(x), -1).unsqueeze(-1)
        pull = (x.new_tensor(self.means) - x.unsqueeze(-2)) / self.std**2
        return (share * pull).sum(-2)

    def denoise(self, noisy: Tensor, sigma: float) -> Tensor:
        """E[x | x~] for points x~ = x + sigma * epsilon [..., 2]: the best denoiser there is.

        Given the component k the posterior of x is a Gaussian between m_k and x~ (Bishop 2006, eq.
        2.116); its means are averaged with the shares p(k|x~). Nothing here differentiates.
        """
        share = torch.softmax(self.blurred(sigma).log_densities(noisy), -1).unsqueeze(-1)
        trust = self.std**2 / (self.std**2 + sigma**2)
        means = noisy.new_tensor(self.means)
        return (share * (means + trust * (noisy.unsqueeze(-2) - means))).sum(-2)


MIXTURE = Mixture((0.5, 0.3, 0.2), ((0.3, 0.35), (0.7, 0.4), (0.45, 0.75)), 0.06)
