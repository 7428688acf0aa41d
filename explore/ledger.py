"""The loss of one image, term by term, down to the pixel and the latent dimension, in float64."""

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from data.binarize import binarize
from models import Batch, Model
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.likelihoods import has_binary_pixels

RECONSTRUCTION = "reconstruction"


@dataclass(frozen=True)
class Ledger:
    """What one image costs a model at one z, in nats, nothing weighted but the objective.

    per_pixel [C, H, W]: -log p(x_i|z), which sum to terms["reconstruction"]. per_dimension [D]:
    KL(q(z_i|x) || p(z_i)), or z_i^2 / 2 where there is no prior, which sum to the other term.
    objective: the terms weighed as in training. z [D]: the code. picture [C, H, W]: mean of p(x|z).
    """

    z: Tensor
    picture: Tensor
    per_pixel: Tensor
    per_dimension: Tensor
    terms: dict[str, float]
    weights: dict[str, float]
    objective: float


@torch.no_grad()
def ledger(model: Model, x: Tensor, mu: Tensor, log_var: Tensor, epsilon: Tensor) -> Ledger:
    """The ledger of image x [C, H, W] for q = N(mu, exp(log_var)) and z = mu + sigma * epsilon.

    mu, log_var, epsilon are [D]; a point mass has log_var -inf. Kingma & Welling 2013
    (arXiv 1312.6114), eq. 10 and appendix B.
    """
    mu, log_var, epsilon = mu.double(), log_var.double(), epsilon.double()
    z = mu + torch.exp(0.5 * log_var) * epsilon
    p = in_float64(model).decode(z.unsqueeze(0))
    per_pixel = -p.base_dist.log_prob(x.double())[0]
    per_dimension = divergences(model, mu, log_var)
    (weights,) = model.objective(step=0).values()
    (other,) = weights.keys() - {RECONSTRUCTION}
    terms = {RECONSTRUCTION: float(per_pixel.sum()), other: float(per_dimension.sum())}
    objective = sum(weight * terms[name] for name, weight in weights.items())
    return Ledger(z, p.mean[0], per_pixel, per_dimension, terms, weights, objective)


def divergences(model: Model, mu: Tensor, log_var: Tensor) -> Tensor:
    """What each latent dimension costs, nats, [D]: its KL to the prior, or else mu^2 / 2."""
    if model.prior() is not None:
        return kl_to_standard_normal(DiagonalGaussian(mu, log_var))
    return 0.5 * mu**2


def hidden_beta(pixels: int, dimensions: int = 1) -> float:
    """The beta that averages hide: reconstruction / pixels + KL / dimensions has its minimum where
    reconstruction + beta * KL has it. One dimension: the KL is summed."""
    return pixels / dimensions


@torch.no_grad()
def encoded(model: Model, x: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    """mu and log_var [D] of q(z|x), float64, for the x [C, H, W] that `noise_shift` corrupts."""
    q = in_float64(model).encode((x + shift).clamp(0, 1).double().unsqueeze(0))
    return q.mean[0], q.variance[0].log()


def target(model: Model, x: Tensor, seed: int) -> Tensor:
    """The image [C, H, W] that p(x|z) is asked about: black and white for Bernoulli pixels."""
    return binarize(x, seed) if is_binary(model) else x


def is_binary(model: Model) -> bool:
    """Is p(x|z) a probability of black and white images, not a density over grey ones?"""
    z = torch.zeros(1, model.latent, device=model.device)
    return has_binary_pixels(model.decode(z))


def noise_shift(model: Model, seed: int) -> Tensor:
    """s [C, H, W]: with this seed's noise the encoder is shown clip(x + s) for any x in [0, 1].

    Where noise decides, once drawn, whether a pixel is kept, moved or replaced, the images 0 and 1
    tell which: kept 0 and 1 give s = 0, both turned black -1, both turned white 1, and of an added
    noise that is clipped to [0, 1] one of them shows all there is to see.
    """

    def seen(value: float) -> Tensor:
        x = torch.full((1, *model.x_shape), value)
        batch = Batch(x, generator=torch.Generator().manual_seed(seed))
        return model.corrupt(batch)[0]

    return seen(0.0) + seen(1.0) - 1.0


@lru_cache(maxsize=8)
def in_float64(model: Model) -> Model:
    """A copy of the model that computes in double precision, on the CPU."""
    return deepcopy(model).cpu().double()
