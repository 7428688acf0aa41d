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
    """log p(x, z_k) - log q(z_k|x) for draws z_k ~ q(z|x), [samples, B] nats, of x [B, C, H, W].

    With classes y [B], for a model that takes them: log p(x, z_k|y) - log q(z_k|x, y).

    The mean over k of the exponentials is an unbiased estimate of p(x): Burda et al. 2015, eq. 7.
    All samples * B codes are decoded at once. Raises ValueError if the model has no prior.
    """
    prior = model.prior()
    if prior is None:
        raise ValueError(f"the family {model.family} has no prior, and so no log p(x).")
    q = model.encode(x, y)
    z = q.rsample((samples,), generator)
    decoded = model.decode(z.flatten(0, 1), None if y is None else y.repeat(samples))
    likelihood = decoded.log_prob(x.repeat(samples, 1, 1, 1)).unflatten(0, (samples, len(x)))
    return likelihood + prior.log_prob(z) - q.log_prob(z)


def importance_bound(log_weights: Tensor) -> Tensor:
    """log of the mean weight over the first axis, [K, B] -> [B] nats: a lower bound on log p(x).

    Its expectation is the ELBO for K = 1 and does not decrease with K (Burda et al. 2015, theorem
    1).
    """
    return torch.logsumexp(log_weights, 0) - math.log(log_weights.shape[0])


def iwae(log_weights: Tensor, k: int) -> Tensor:
    """An unbiased estimate of the expected bound of k draws from S: [S, B] -> [B] nats.

    It is the mean of `importance_bound` over S / k disjoint groups of k draws; k = 1 gives the
    ELBO. If k divides k', each group of k' is a union of groups of k, and by Jensen's inequality
    the estimate for k' is no smaller, for any draws. Raises ValueError unless k divides S.
    """
    if len(log_weights) % k:
        raise ValueError(f"{len(log_weights)} draws do not fall into groups of {k}.")
    return importance_bound(log_weights.unflatten(0, (-1, k)).transpose(0, 1)).mean(0)


def effective_sample_size(log_weights: Tensor) -> Tensor:
    """(sum w)^2 / sum w^2 over the first axis, [S, B] -> [B], from log weights (Kong 1992).

    S if all weights are equal, near 1 if one is much larger than the others.
    """
    doubled = torch.logsumexp(2 * log_weights, 0)
    return torch.exp(2 * torch.logsumexp(log_weights, 0) - doubled)
