"""What the ELBO leaves out: log p(x) = ELBO + KL(q || p(z|x)), in a 2-D latent space.

Expectations under a Gaussian q(z) are sums over a square window of the plane; the posterior they
are compared with is models/quadrature.py's. All float64, in nats, for one image.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, log

import torch
from torch import Tensor

from models import Model
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.quadrature import (
    Posterior,
    Precision,
    lattice,
    log_joint_at,
    log_likelihood,
    log_prior,
)

# Step h over the smallest standard deviation, at most: a Gaussian summed at midpoints errs by
# 2 exp(-2 pi^2 sigma^2 / h^2), which here is 3e-12.
STEP = 0.85
VIEW, WIDE = 7.0, 2.0  # standard deviations that are shown, and how many times as far is computed
FEWEST = 24  # points along a side


@dataclass(frozen=True)
class Window:
    """log p(x|z) [n * n] at the midpoints of n x n cells of the square centre +- half.

    `view` is the half side of the inner part that is worth a look.
    """

    centre: Tensor
    half: float
    view: float
    n: int
    log_likelihood: Tensor

    @property
    def step(self) -> float:
        """The side of a cell."""
        return 2 * self.half / self.n

    @cached_property
    def z(self) -> Tensor:
        """Codes [n * n, 2], z1 running fastest."""
        return lattice(self.centre, self.half, self.n)


def gaussian(mu: Tensor, sigma: Tensor) -> DiagonalGaussian:
    """N(mu, diag sigma^2) in float64."""
    return DiagonalGaussian(mu.double(), 2 * sigma.double().log())


# The identity.


def mass(q: DiagonalGaussian, window: Window) -> Tensor:
    """q's mass in each cell, [n * n]."""
    return torch.exp(q.log_prob(window.z)) * window.step**2


def evidence(window: Window) -> float:
    """log p(x) by the midpoint rule over the window alone, which must hold the posterior's mass."""
    log_joint = window.log_likelihood + log_prior(window.z)
    return float(torch.logsumexp(log_joint, 0)) + 2 * log(window.step)


def elbo(q: DiagonalGaussian, window: Window) -> Tensor:
    """E_q[log p(x|z)] - KL(q || p(z)): the first on the grid, the second in closed form."""
    reconstruction = mass(q, window) @ window.log_likelihood
    return reconstruction - kl_to_standard_normal(q).sum()


def gap(q: DiagonalGaussian, window: Window, log_p: float) -> Tensor:
    """KL(q || p(z|x)) on the grid, where p(z|x) = p(x|z) p(z) / p(x)."""
    log_posterior = window.log_likelihood + log_prior(window.z) - log_p
    return mass(q, window) @ (q.log_prob(window.z) - log_posterior)


def best_gaussian(start: DiagonalGaussian, window: Window) -> DiagonalGaussian:
    """The diagonal Gaussian of the largest ELBO, by L-BFGS from `start`: no encoder in between."""
    moves = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    above = window.log_likelihood - window.log_likelihood.min()

    def moved() -> DiagonalGaussian:
        sigma = torch.exp(0.5 * start.log_var)
        return DiagonalGaussian(start.mu + sigma * moves[:2], start.log_var + moves[2:])

    def closure() -> Tensor:
        search.zero_grad()
        # Above their least, so that a q that leaves the window does not escape its reconstruction.
        q = moved()
        loss = kl_to_standard_normal(q).sum() - mass(q, window) @ above
        loss.backward()
        return loss

    search = torch.optim.LBFGS([moves], max_iter=50, line_search_fn="strong_wolfe")
    search.step(closure)
    q = moved()
    return DiagonalGaussian(q.mu.detach(), q.log_var.detach())


# The window that is shown.


def window_around(
    model: Model,
    x: Tensor,
    posterior: Posterior,
    q: DiagonalGaussian,
    precision: Precision,
    most: int,
    wide: float = WIDE,
) -> Window:
    """A window that holds q and the posterior's mass near it, of at most `most` points a side.

    Where that would be too coarse for q, it holds q alone.

    It reaches up to `wide` times as far as the view, for a q that will be dragged.
    """
    centre, view, finest = _frame(posterior, q)
    step = STEP * min(1.0, 2 * precision.max_step_over_std(model)) * finest
    # What is too fine for so many points is seen coarser, but never coarser than q is wide.
    widest = most * float(q.variance.min().sqrt()) / 2
    if view > widest:
        centre, view = q.mu, widest
    half = max(view, min(wide * view, most * STEP * finest / 2))
    n = max(FEWEST, min(most, ceil(2 * half / step)))
    z = lattice(centre, half, n)
    return Window(centre, half, view, n, log_likelihood(model, x, z, precision.dtype))


def _frame(posterior: Posterior, q: DiagonalGaussian) -> tuple[Tensor, float, float]:
    """Centre and half side of what is worth a look, and the smallest standard deviation there."""
    sigma = q.variance.sqrt()
    mean, std = near(posterior, q.mu, float(sigma.max()))
    low = torch.minimum(mean - VIEW * std, q.mu - VIEW * sigma)
    high = torch.maximum(mean + VIEW * std, q.mu + VIEW * sigma)
    finest = min(posterior.least_std, float(sigma.min()))
    return (low + high) / 2, float((high - low).max() / 2), finest


def near(posterior: Posterior, place: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
    """Mean and standard deviations [2] of the posterior's mode around a place.

    If there is no mass, the place itself.
    """
    mean, reach = place, 10 * max(sigma, posterior.least_std)
    std = torch.zeros(2, dtype=torch.float64)
    for _ in range(3):
        around = ((posterior.z - mean).abs() <= reach).all(1)
        share = posterior.mass[around]
        if share.sum() < 1e-3:
            break
        share = share / share.sum()
        mean = share @ posterior.z[around]
        std = (share @ (posterior.z[around] - mean) ** 2).sqrt()
        reach = max(10 * sigma, 6 * float(std.max()))
    return mean, std


def peak(posterior: Posterior) -> DiagonalGaussian:
    """A round Gaussian at the posterior's highest point, as narrow as the posterior is there."""
    top = posterior.z[posterior.log_joint.argmax()]
    return gaussian(top, torch.full((2,), posterior.least_std, dtype=torch.float64))


def spots(posterior: Posterior, width: float = 0.2, least: float = 0.005) -> list[list[float]]:
    """[z1, z2, mass] of each square of that width that holds at least that much of the mass."""
    places, which = torch.unique((posterior.z / width).floor(), dim=0, return_inverse=True)
    total = torch.zeros(len(places), dtype=torch.float64).index_add(0, which, posterior.mass)
    sums = torch.zeros(len(places), 2, dtype=torch.float64)
    sums = sums.index_add(0, which, posterior.mass[:, None] * posterior.z)
    rows = torch.cat([sums / total[:, None], total[:, None]], 1)[total >= least]
    return rows[rows[:, 2].argsort(descending=True)].tolist()


# Without a grid.


def importance_draws(
    model: Model, x: Tensor, q: DiagonalGaussian, samples: int, seed: int
) -> tuple[Tensor, Tensor]:
    """z_k ~ q, [S, D], and log p(x, z_k) - log q(z_k), [S] nats, for one image x [C, H, W].

    The weights of Burda et al. 2015, eq. 7, for any q: the encoder's or another.
    """
    z = q.sample((samples,), torch.Generator().manual_seed(seed))
    return z, log_joint_at(model, x, z) - q.log_prob(z)
