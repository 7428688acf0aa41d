"""Rate and distortion of a VAE, and what beta does to them (Alemi et al. 2018, arXiv 1711.00464).

The rate R is KL(q(z|x) || p(z)), the distortion D is -E_q[log p(x|z)], both averaged over images
and in nats. The negative ELBO is D + R; a beta-VAE minimises D + beta R.
"""

import itertools
from typing import NamedTuple

import torch
from torch import Tensor


class Point(NamedTuple):
    """Where a model lies on the plane: nats per image."""

    rate: float
    distortion: float


def elbo(point: Point) -> float:
    """-(D + R), nats: all models on a line of slope -1 have the same."""
    return -(point.distortion + point.rate)


def slope(a: Point, b: Point) -> float:
    """dD/dR of the chord between two models; a ValueError where their rates are the same.

    If a minimises D + beta_a R and b minimises D + beta_b R with beta_a < beta_b, among the same
    models, then the slope lies from -beta_b to -beta_a: neither objective can be better elsewhere.
    """
    if a.rate == b.rate:
        raise ValueError("Two models of the same rate have no slope between them.")
    return (b.distortion - a.distortion) / (b.rate - a.rate)


def gaussian_optimum(eigenvalues: Tensor, noise: float, beta: float) -> Point:
    """The beta-VAE's optimum for linear networks, in closed form.

    Data are Gaussian with covariance of these `eigenvalues` [D] (variances along the principal
    directions), p(x|z) = N(Wz, noise I). A direction is coded when it varies by more than beta
    times the noise, each for log(eigenvalue / (beta noise)) / 2 nats; what is left of it is beta
    noise (Lucas et al. 2019, arXiv 1911.02469, with the noise times beta; it is also the reverse
    water-filling of Cover & Thomas 2006, theorem 10.3.3). D leaves out the constant
    log(2 pi noise) / 2 per direction. `beta` and `noise` are above 0.
    """
    water = beta * noise
    rate = 0.5 * (eigenvalues / water).clamp(min=1).log().sum()
    distortion = eigenvalues.clamp(max=water).sum() / (2 * noise)
    return Point(float(rate), float(distortion))


def same_axes(z: Tensor, reference: Tensor) -> list[tuple[int, int]]:
    """Which axis of codes z [N, D], with which sign, stands for each axis of the reference [N, D].

    [(axis, sign), ...]: sign * z[:, axis] are closest, in the sum of correlations, to the
    reference's columns. Swapping and mirroring axes changes neither N(0, I) nor a diagonal
    Gaussian q(z|x), so networks trained apart differ by it at will.
    """
    size = z.shape[1]
    together = torch.corrcoef(torch.cat([reference, z], 1).double().T)[:size, size:]
    together = together.nan_to_num()  # an axis that never moves correlates with nothing
    orders = itertools.permutations(range(size))
    best = max(orders, key=lambda order: sum(together[i, j].abs() for i, j in enumerate(order)))
    return [(j, -1 if together[i, j] < 0 else 1) for i, j in enumerate(best)]
