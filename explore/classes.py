"""One code z with every class: what a model that is told the class makes of it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from models import Model
from models.bounds import importance_bound, log_importance_weights

MOST_AT_ONCE = 1_000  # pictures


@torch.no_grad()
def every_class(model: Model, z: Tensor) -> Tensor:
    """Pictures [classes, C, H, W] of one code z [D] with each class in turn: means of p(x|z, y)."""
    y = torch.arange(model.config.classes, device=model.device)
    return model.decode(z.to(model.device).expand(len(y), -1), y).mean.cpu()


@torch.no_grad()
def class_posterior(classifier: Model, x: Tensor) -> Tensor:
    """q(y|x) [classes] for one image [C, H, W]."""
    return classifier.classify(x.to(classifier.device).unsqueeze(0)).probs[0].cpu()


@dataclass(frozen=True)
class Recognised:
    """Of samples of one class: which the classifier took for that class, bool [n].

    means: of the pictures E[x|z, y]; draws: of images x ~ p(x|z, y).
    """

    means: Tensor
    draws: Tensor


@torch.no_grad()
def recognised(
    model: Model, classifier: Model, y: int, n: int, generator: torch.Generator
) -> Recognised:
    """n codes from N(0, I) are decoded as class y; does the classifier see a y?"""
    prior = model.prior()
    assert prior is not None  # of a conditional VAE
    z = prior.sample((n,), generator)
    p = model.decode(z, torch.full((n,), y, device=model.device))
    draws = torch.bernoulli(p.mean, generator=generator)
    means, draws = (classifier.classify(x).probs.argmax(1) == y for x in (p.mean, draws))
    return Recognised(means, draws)


@torch.no_grad()
def log_likelihoods(
    model: Model,
    x: Tensor,
    y: Tensor | None,
    samples: int,
    generator: torch.Generator,
    most_at_once: int = MOST_AT_ONCE,
) -> tuple[Tensor, Tensor]:
    """ELBO and importance bound [B], nats, float64, by the same `samples` draws an image.

    Of log p(x|y) with classes y [B], for a model that takes them, else of log p(x). So many images
    share a batch that `most_at_once` pictures are decoded, or those of one image.
    """
    size = max(1, most_at_once // samples)
    found = []
    for i in range(0, len(x), size):
        told = None if y is None else y[i : i + size]
        weights = log_importance_weights(model, x[i : i + size], samples, generator, told).double()
        found.append(torch.stack([weights.mean(0), importance_bound(weights)]))
    elbo, bound = torch.cat(found, 1)
    return elbo, bound


def without_class(log_p: Tensor) -> Tensor:
    """log p(x) = log sum_y p(y) p(x|y), p(y) uniform: log p(x|y) [classes, B] to [B], nats.

    So log p(x|y) - log p(x) = log p(y|x) - log p(y) is at most the log of the number of classes.
    """
    return torch.logsumexp(log_p, 0) - math.log(len(log_p))
