"""Lower bounds on log p(x) by importance sampling (Burda et al. 2015, arXiv 1509.00519)."""

import math

import torch
from torch import Tensor

from .base import Model


def log_importance_weights(
    model: Model,
    x: Tensor,
    samples: int,
    generator: torch.Generator | None = None,
    y: Tensor | None = None,
) -> Tensor:
    """log p(x, z_k) - log q(z_k|x) for z_k ~ q(z|x); x [B, C, H, W] -> [samples, B], nats.

    With labels y [B], of a model that takes them: log p(x, z_k|y) - log q(z_k|x, y).

    The mean over k of the exponentials is an unbiased estimate of p(x): Burda et al. 2015, eq. 7.
    All samples * B codes are decoded at once: callers that want many samples ask in parts. The
    model needs a prior.
    """
    q = model.encode(x, y)
    z = q.rsample((samples,), generator)
    decoded = model.decode(z.flatten(0, 1), None if y is None else y.repeat(samples))
    likelihood = decoded.log_prob(x.repeat(samples, 1, 1, 1)).unflatten(0, (samples, len(x)))
    return likelihood + model.prior().log_prob(z) - q.log_prob(z)


def importance_bound(log_weights: Tensor) -> Tensor:
    """log of the mean weight over the first axis, [K, B] -> [B] nats: a lower bound on log p(x).

    In expectation it is IWAE_K, which is the ELBO at K = 1 and never falls as K grows (Burda et
    al. 2015, theorem 1).
    """
    return torch.logsumexp(log_weights, 0) - math.log(log_weights.shape[0])


def iwae(log_weights: Tensor, k: int) -> Tensor:
    """IWAE_k estimated without bias from S draws, S a multiple of k: [S, B] -> [B] nats.

    The mean over S / k disjoint groups of the group's bound. Groups nest when one k divides
    another, so that on the same draws the estimates rise with k by Jensen's inequality, and not
    only in expectation: k = 1 is the ELBO, k = S `importance_bound`. Raises ValueError unless k
    divides S.
    """
    if len(log_weights) % k:
        raise ValueError(f"{len(log_weights)} draws do not fall into groups of {k}.")
    return importance_bound(log_weights.unflatten(0, (-1, k)).transpose(0, 1)).mean(0)


def effective_sample_size(log_weights: Tensor) -> Tensor:
    """(sum w)^2 / sum w^2 over the first axis, [S, B] -> [B]: draws that the estimate rests on.

    S when all weights are equal, 1 when one outweighs all others (Kong 1992).
    """
    doubled = torch.logsumexp(2 * log_weights, 0)
    return torch.exp(2 * torch.logsumexp(log_weights, 0) - doubled)
