"""log p(x) and its bounds, by samples of q(z|x)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from data.datasets import Split
from evaluation.metric import (
    MOST_AT_ONCE,
    SEED,
    Advance,
    batches,
    by_name,
    mean_and_error,
    mean_metric,
    seeded_generator,
)
from models import Batch, Model
from models.bounds import effective_sample_size, importance_bound, iwae, log_importance_weights
from models.likelihoods import GREY_LEVELS, over_grey_levels
from models.metrics import Metric
from models.protocols import (
    BINARY,
    DENSITY,
    LEVELS,
    BitsPerPixel,
    Elbo,
    Iwae,
    KlTerm,
    Protocol,
    Quadrature,
    ReconstructionTerm,
)
from models.quadrature import posterior

IMPORTANCE_SAMPLES = 500
SIDE_BY_SIDE_SAMPLES = 5_000
SIDE_BY_SIDE_IMAGES = 200
IWAE = 50  # samples of the bound that stands beside the ELBO


@dataclass(frozen=True)
class Observation:
    """Which images a model's p(x|z) is a distribution of.

    binary: of images of zeros and ones, else of grey ones. discrete: p(x|z) is a probability, else
    a density. class_given: the encoder is given the class, so that all bounds are on log p(x|y).
    """

    binary: bool
    discrete: bool = True
    class_given: bool = False

    @classmethod
    def of(cls, model: Model) -> "Observation":
        """What p(x|z) of this model is asked about."""
        likelihood = model.config.likelihood
        return cls(likelihood.binary, likelihood.discrete, model.encode_needs_label)

    def sample(self, grey: Tensor, generator: torch.Generator) -> Tensor:
        """Grey images as they are, or each pixel drawn from Bernoulli(grey)."""
        return torch.bernoulli(grey, generator=generator) if self.binary else grey

    def of_images(self, n: int, first: bool = False) -> dict[str, Any]:
        """What the protocols of all numbers from these images have in common, as their fields."""
        pixels = LEVELS if self.discrete else DENSITY
        return {
            "images": n,
            "seed": SEED,
            "pixels": BINARY if self.binary else pixels,
            "first": first,
            "class_given": self.class_given,
        }


@torch.no_grad()
def bounds(
    model: Model, split: Split, advance: Advance, samples: int | None = None
) -> dict[str, Metric]:
    """ELBO, its two terms, IWAE and log p(x) in nats per image, averaged over the split.

    Each image gets `samples` draws of q(z|x), a multiple of IWAE; None: IMPORTANCE_SAMPLES. For
    grey images "bits per pixel" is added. `advance(n)` is called after every n images.
    """
    samples = samples or IMPORTANCE_SAMPLES
    observation = Observation.of(model)
    generator, again = (seeded_generator(split.images.device) for _ in range(2))
    of_levels = None if observation.binary else over_grey_levels(model)
    rows, masses = [], []
    for grey, y in batches(split, max(1, MOST_AT_ONCE // samples)):
        x = observation.sample(grey, generator)
        log_weights = many_weights(model, x, y, samples, generator)
        if of_levels:
            masses.append(importance_bound(many_weights(of_levels, x, y, IWAE, again)).cpu())
        terms = model.terms(Batch(x, y, generator))
        rows.append(
            torch.stack(
                [
                    log_weights.mean(0),
                    iwae(log_weights, IWAE),
                    importance_bound(log_weights),
                    terms["kl"].double(),
                    terms["reconstruction"].double(),
                ]
            ).cpu()
        )
        advance(len(x))
    elbo, tighter, log_p, kl, reconstruction = torch.cat(rows, 1)
    images = observation.of_images(len(split))
    found = [bits_per_pixel(torch.cat(masses), model.x_shape)] if masses else []
    return by_name(
        *found,
        _nats("elbo", elbo, Elbo(**images, samples=samples)),
        _nats(f"iwae-{IWAE}", tighter, Iwae(**images, group=IWAE, samples=samples)),
        _nats("log p(x)", log_p, Iwae(**images, group=samples, samples=samples)),
        _nats("kl", kl, KlTerm(**images, method=model.kl_estimator())),
        _nats("reconstruction", reconstruction, ReconstructionTerm(**images)),
    )


def _nats(
    name: str, each: Tensor, protocol: Protocol, details: Mapping[str, float] | None = None
) -> Metric:
    return mean_metric(name, each, "nats per image", protocol, details)


def bits_per_pixel(log_mass: Tensor, shape: tuple[int, ...]) -> Metric:
    """-log2 P(x) per pixel, from the bound of IWAE samples on log P(x) [N], nats per image."""
    pixels = math.prod(shape)
    return mean_metric(
        "bits per pixel",
        -log_mass / (pixels * math.log(2)),
        "bits per pixel",
        BitsPerPixel(len(log_mass), SEED, IWAE, pixels, GREY_LEVELS),
    )


@torch.no_grad()
def side_by_side(model: Model, split: Split, advance: Advance) -> dict[str, Metric]:
    """Every estimate of log p(x) on the same images: the gaps between them vary little.

    ELBO, IWAE and the importance-weighted log p(x) share their SIDE_BY_SIDE_SAMPLES draws; in two
    dimensions quadrature says what they are bounds of.
    """
    observation = Observation.of(model)
    generator = seeded_generator(split.images.device)
    rows, effective = [], []
    for grey, y in batches(split, 1):
        x = observation.sample(grey, generator)
        log_weights = many_weights(model, x, y, SIDE_BY_SIDE_SAMPLES, generator)
        estimates = [iwae(log_weights, 1), iwae(log_weights, IWAE), importance_bound(log_weights)]
        if model.latent == 2 and not model.encode_needs_label:
            estimates.append(estimates[0].new_tensor([posterior(model, x[0]).log_p]))
        rows.append(torch.stack(estimates).cpu())
        effective.append(effective_sample_size(log_weights).cpu())
        advance(1)
    estimates = list(torch.cat(rows, 1))
    images = observation.of_images(len(split), first=True)
    n = SIDE_BY_SIDE_SAMPLES
    median = {"median effective sample size": float(torch.cat(effective).median().round())}
    ways: dict[str, tuple[Protocol, dict[str, float]]] = {
        "elbo": (Elbo(**images, samples=n), {}),
        f"iwae-{IWAE}": (Iwae(**images, group=IWAE, samples=n), {}),
        "log p(x)": (Iwae(**images, group=n, samples=n), median),
        "log p(x) by quadrature": (Quadrature(**images), {}),
    }
    best = estimates[-1]
    found = []
    for (name, (protocol, details)), estimate in zip(ways.items(), estimates, strict=False):
        if estimate is not best:
            below, error = mean_and_error(best - estimate)
            details = details | {
                "nats below the best of these estimates": below,
                "standard error of these nats": error,
            }
        found.append(_nats(f"{name}, side by side", estimate, protocol, details))
    return by_name(*found)


def many_weights(
    model: Model, x: Tensor, y: Tensor | None, samples: int, generator: torch.Generator
) -> Tensor:
    """`log_importance_weights` in float64 [samples, B], of MOST_AT_ONCE samples at a time."""
    sizes = [MOST_AT_ONCE] * (samples // MOST_AT_ONCE) + [samples % MOST_AT_ONCE]
    return torch.cat(
        [log_importance_weights(model, x, n, generator, y).double() for n in sizes if n > 0]
    )


@torch.no_grad()
def sampled_terms(model: Model, split: Split) -> dict[str, Metric]:
    """The ELBO and its two terms by one sample an image: what takes a second, not minutes."""
    observation = Observation.of(model)
    generator = seeded_generator(split.images.device)
    rows = []
    for grey, y in batches(split, MOST_AT_ONCE, model):
        x = observation.sample(grey, generator)
        terms = model.terms(Batch(x, y, generator))
        of_class = terms.get("class kl", torch.zeros_like(terms["kl"]))  # where y is latent, too
        parts = [terms["kl"], terms["reconstruction"], of_class]
        rows.append(torch.stack(parts).double().cpu())
    kl, reconstruction, of_class = torch.cat(rows, 1)
    images = observation.of_images(len(split))
    return by_name(
        _nats("elbo", -kl - reconstruction - of_class, Elbo(**images)),
        _nats("kl", kl, KlTerm(**images, method=model.kl_estimator())),
        _nats("reconstruction", reconstruction, ReconstructionTerm(**images)),
    )
