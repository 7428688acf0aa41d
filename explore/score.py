"""Denoising as a score: the best denoiser's step is the slope of the noise-blurred log density.

p_sigma is the density of x~ = x + sigma * epsilon, the noise not clipped. The denoiser of least
squared error is E[x|x~], and (E[x|x~] - x~) / sigma^2 = grad log p_sigma(x~) (Miyasawa 1961;
Vincent 2011, Neural Computation 23(7), section 4). A trained denoising autoencoder r stands in for
E[x|x~]; its r(x~) - x~ is near that slope and need not be the slope of anything.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from data.mixture import Mixture
from models import Model


def noise_level(model: Model) -> float:
    """The sigma of the noise that a denoising autoencoder was trained with."""
    return model.config.corruption.strength


@torch.no_grad()
def score(model: Model, noisy: Tensor) -> Tensor:
    """(r(x~) - x~) / sigma^2 of x~ [B, C, H, W], nats per unit of x, same shape."""
    return (model.reconstruct(noisy) - noisy) / noise_level(model) ** 2


@torch.no_grad()
def climb(model: Model, noisy: Tensor, share: float, steps: int) -> Tensor:
    """`steps` times x <- x + share * sigma^2 * score: x [B, C, H, W] after the last."""
    x = noisy
    for _ in range(steps):
        x = x + share * noise_level(model) ** 2 * score(model, x)
    return x


def point_score(model: Model, points: Tensor) -> Tensor:
    """The network's score at points [N, 2] of the toy, in the precision of the points."""
    pairs = points.to(model.device, torch.float32).view(-1, *model.x_shape)
    # Subtracted in the points' own precision: sigma^2 magnifies what rounding leaves.
    restored = model.reconstruct(pairs).view(-1, 2).to(points)
    return (restored - points) / noise_level(model) ** 2


class Agreement(NamedTuple):
    """Root mean squares under p_sigma, nats per unit: of the exact score, and of the difference."""

    size: float
    difference: float


@torch.no_grad()
def agreement(model: Model, mixture: Mixture, cells: int = 140) -> Agreement:
    """How far the network's field is from grad log p_sigma, on a grid over [-0.2, 1.2]^2.

    Every place counts as much as p_sigma says it is visited; the grid leaves out 1e-5 of it.
    """
    axis = -0.2 + 1.4 * (torch.arange(cells, dtype=torch.float64) + 0.5) / cells
    points = torch.cartesian_prod(axis, axis)
    noisy = mixture.blurred(noise_level(model))
    weight = torch.softmax(noisy.log_density(points), 0)
    exact = noisy.score(points)
    off = point_score(model, points) - exact

    def root_mean_square(field: Tensor) -> float:
        return float((weight * field.square().sum(-1)).sum().sqrt())

    return Agreement(root_mean_square(exact), root_mean_square(off))
