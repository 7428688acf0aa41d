"""VAE against IWAE on one digit: weights of many samples, their pictures, and units in use.

Draws are float32 and their log weights are summed in float32; what is averaged over them is
float64, in nats.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from models import Model
from models.bounds import log_importance_weights
from models.zoo import Card

ACTIVE = 0.01  # variance of a unit's mean code from which Burda et al. 2015, section 5.2, count it


@dataclass(frozen=True)
class Unit:
    """One dimension of the code: Var_x(E_q[z]) over the training images, and whether it is used."""

    variance: float
    active: bool


@torch.no_grad()
def log_weights(model: Model, x: Tensor, samples: int, seed: int) -> Tensor:
    """log w_k = log p(x, z_k) - log q(z_k|x), z_k ~ q(z|x), of one image x [C, H, W]: [S] nats."""
    x = x.to(model.device).unsqueeze(0)
    generator = torch.Generator(model.device).manual_seed(seed)
    return log_importance_weights(model, x, samples, generator)[:, 0].double().cpu()


@torch.no_grad()
def pictures(model: Model, x: Tensor, samples: int, seed: int, count: int) -> Tensor:
    """What the first `count` of the samples of `log_weights` draw: [count, C, H, W], means."""
    generator = torch.Generator(model.device).manual_seed(seed)
    q = model.encode(x.to(model.device).unsqueeze(0))
    z = q.rsample((samples,), generator)[:count, 0]
    return model.decode(z).mean.cpu()


def normalised(log_weights: Tensor) -> Tensor:
    """w_k / sum_j w_j over the first axis: how much of the gradient each sample has."""
    return torch.softmax(log_weights.double(), 0)


def units(card: Card) -> list[Unit]:
    """The dimensions of a model's code, the most used first."""
    variances = sorted((deviation**2 for deviation in card.latent["std"]), reverse=True)
    return [Unit(variance, variance > ACTIVE) for variance in variances]
