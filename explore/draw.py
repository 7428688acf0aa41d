"""DRAW, step by step: the canvases of a code, and what each step of a digit's own path costs."""

from dataclasses import dataclass

import torch
from torch import Tensor

from data.binarize import SEED, binarize
from explore.likelihood import DRAW, MEAN
from models.distributions import kl_to_standard_normal
from models.recurrent import RecurrentVariationalAutoencoder

CODES = (MEAN, DRAW)
PATHS = 32  # draws of q(z|x) that a step's KL is averaged over


@dataclass(frozen=True)
class Inferred:
    """A digit's code [T * d], and the KL in nats that each step costs on average, [T]."""

    z: Tensor
    kl: Tensor


@torch.no_grad()
def inferred(
    model: RecurrentVariationalAutoencoder, x: Tensor, code: str, generator: torch.Generator
) -> Inferred:
    """The code of one digit x [C, H, W]: the path of means, or a draw from q(z|x).

    Under a Bernoulli likelihood the digit is looked at in black and white, as in training.
    """
    seen = binarize(x, SEED) if model.config.likelihood.binary else x
    seen = seen.to(model.device).unsqueeze(0)
    kl = kl_by_step(model, seen, generator)
    q = model.encode(seen)
    z = q.mean if code == MEAN else q.rsample(generator=generator)
    return Inferred(z[0].cpu(), kl.cpu())


def kl_by_step(
    model: RecurrentVariationalAutoencoder, x: Tensor, generator: torch.Generator
) -> Tensor:
    """E_q[KL(q(z_t|x, z_<t) || N(0, I))] by PATHS draws, nats, [T], for one image [1, C, H, W]."""
    noise = torch.randn(PATHS, model.latent, generator=generator).to(x)
    _, q, _ = model.follow(x, noise=noise)
    return kl_to_standard_normal(q).unflatten(1, (model.steps, -1)).sum(2).mean(0)


@torch.no_grad()
def canvases(model: RecurrentVariationalAutoencoder, z: Tensor) -> Tensor:
    """The picture before the first step and after each, for one code [T * d]: [T + 1, C, H, W]."""
    states = model.recurrent_decoder.states(z.to(model.device).unsqueeze(0))
    return torch.cat([model.likelihood(state.canvas).mean for state in states]).cpu()
