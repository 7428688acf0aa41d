"""p(x|z) is a distribution over images: its mean, its spread, draws from it, and what it says of x.

A Bernoulli gives images of black and white pixels a probability (a mass), a Gaussian gives grey
images a density; log p(x|z) of the one cannot be compared with that of the other. Nor can two
densities be ranked, where one may sit on the floor of its variance. What can be compared are the
probabilities of grey levels: a discretized logistic's, and the mass a Gaussian gives each level.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Distribution, Independent

from data.binarize import SEED, binarize
from models import Model
from models.likelihoods import RoundedLogistic, has_binary_pixels, rounded

# Where z comes from: the mean of q(z|x), a draw from it, or a draw from p(z).
MEAN, DRAW, PRIOR = "mean", "draw", "prior"
CODES = (MEAN, DRAW, PRIOR)


@dataclass(frozen=True)
class Decoded:
    """What one model's p(x|z) looks like. Pictures are [C, H, W], in grey levels from 0 to 1.

    mean, deviation: of each pixel. sample: one draw x ~ p(x|z). average: of the first `count`
    draws, the sample being the first. log_p: log p(x|z) of the digit, nats summed over pixels.
    log_mass: the log probability of its grey levels, the same unit; None of black and white.
    rmse: root of the mean squared difference between mean and digit, per pixel. pixels: p(x_i|z).
    """

    mean: Tensor
    deviation: Tensor
    sample: Tensor
    average: Tensor
    log_p: float
    log_mass: float | None
    rmse: float
    pixels: Distribution


@torch.no_grad()
def decoded(model: Model, x: Tensor, code: str, count: int, generator: torch.Generator) -> Decoded:
    """p(x|z) of one digit x [C, H, W], for a code chosen as one of CODES."""
    z = code_of(model, x, code, generator)
    p = model.decode(z.to(model.device).unsqueeze(0))
    draws = sample(p, count, generator).cpu()[:, 0]
    seen = fitting(p, x.to(model.device).unsqueeze(0))
    rmse = (p.mean[0].cpu() - x).square().mean().sqrt()
    return Decoded(
        mean=p.mean[0].cpu(),
        deviation=p.stddev[0].cpu(),
        sample=draws[0],
        average=draws.mean(0),
        log_p=float(p.log_prob(seen)),
        log_mass=log_mass(model, p, seen),
        pixels=p.base_dist,
        rmse=float(rmse),
    )


def log_mass(model: Model, p: Independent, x: Tensor) -> float | None:
    """log P(x|z) of the grey levels of x [1, C, H, W], nats; None for black and white pixels."""
    likelihood = model.config.likelihood
    if likelihood.binary:
        return None
    return float((p if likelihood.discrete else rounded(p)).log_prob(x))


def code_of(model: Model, x: Tensor, code: str, generator: torch.Generator) -> Tensor:
    """z [D] for one digit x [C, H, W]. The same noise is drawn whichever code is asked for."""
    q = model.encode(x.to(model.device).unsqueeze(0))
    mean, std = q.mean[0].cpu(), q.stddev[0].cpu()
    epsilon = torch.randn(mean.shape, generator=generator)
    return {MEAN: mean, DRAW: mean + std * epsilon, PRIOR: epsilon}[code]


def sample(p: Independent, count: int, generator: torch.Generator) -> Tensor:
    """Draws x ~ p(x|z): [count, B, C, H, W]. A pixel of a Bernoulli is 1 where u < mean."""
    mean = p.mean
    shape = (count, *mean.shape)
    if has_binary_pixels(p):
        return (torch.rand(shape, generator=generator).to(mean) < mean).to(mean)
    if isinstance(p.base_dist, RoundedLogistic):
        return p.base_dist.icdf(torch.rand(shape, generator=generator).to(mean))
    return mean + p.stddev * torch.randn(shape, generator=generator).to(mean)


def fitting(p: Independent, x: Tensor) -> Tensor:
    """The digit as p can be asked about it: black and white for a Bernoulli, else grey."""
    return binarize(x, SEED).to(x) if has_binary_pixels(p) else x


def best_variance(mean: Tensor, x: Tensor) -> Tensor:
    """The one variance under which N(x; mean, variance) is largest: the mean squared error."""
    return (x - mean).square().mean()
