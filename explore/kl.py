"""KL(q || p) of two Gaussians on the line: in closed form, as an integral, and from draws.

Everything is float64 and in nats.
"""

from math import fsum, log, pi, sqrt
from typing import NamedTuple

import torch
from torch import Tensor


class Gaussian(NamedTuple):
    """N(mu, sigma^2), with sigma > 0."""

    mu: float
    sigma: float


def kl_terms(q: Gaussian, p: Gaussian) -> dict[str, float]:
    """The four terms whose sum is KL(q || p), nats.

    Kingma & Welling 2013 (arXiv 1312.6114), appendix B, for a p other than N(0, 1).
    """
    return {
        "log ratio": log(p.sigma / q.sigma),
        "spread": q.sigma**2 / (2 * p.sigma**2),
        "distance": (q.mu - p.mu) ** 2 / (2 * p.sigma**2),
        "constant": -0.5,
    }


def kl(q: Gaussian, p: Gaussian) -> float:
    """KL(q || p) = E_q[log q(z) - log p(z)], nats; exactly 0 where q is p."""
    return fsum(kl_terms(q, p).values())


def log_density(g: Gaussian, z: Tensor) -> Tensor:
    """log N(z; mu, sigma^2) at z [N], float64."""
    return -0.5 * ((z.double() - g.mu) / g.sigma) ** 2 - log(g.sigma) - 0.5 * log(2 * pi)


def integrand(q: Gaussian, p: Gaussian, z: Tensor) -> Tensor:
    """q(z) log(q(z) / p(z)) at z [N]: what KL(q || p) sums up; below 0 where p is the higher."""
    log_q = log_density(q, z)
    return torch.exp(log_q) * (log_q - log_density(p, z))


def integral(q: Gaussian, p: Gaussian, points: int = 801, widths: float = 10.0) -> float:
    """KL(q || p) by the trapezoid rule over mu_q -+ `widths` sigma_q, nats."""
    ends = (q.mu - widths * q.sigma, q.mu + widths * q.sigma)
    z = torch.linspace(*ends, points, dtype=torch.float64)
    return float(torch.trapezoid(integrand(q, p, z), z))


def monte_carlo(
    q: Gaussian, p: Gaussian, count: int, generator: torch.Generator
) -> tuple[float, float]:
    """The mean of log q(z) - log p(z) over `count` >= 2 draws from q, and its standard error."""
    epsilon = torch.randn(count, generator=generator, dtype=torch.float64)
    z = q.mu + q.sigma * epsilon
    ratios = log_density(q, z) - log_density(p, z)
    return float(ratios.mean()), float(ratios.std()) / sqrt(count)
