"""log p(x) and its bounds, by samples of q(z|x)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from data.datasets import Split
from evaluation.metric import (
    MOST_AT_ONCE,
    SEED,
    Advance,
    Metric,
    batches,
    mean_and_error,
    mean_metric,
    seeded_generator,
)
from models import Batch, Model
from models.bounds import effective_sample_size, importance_bound, iwae, log_importance_weights
from models.likelihoods import GREY_LEVELS, over_grey_levels
from models.quadrature import posterior

IMPORTANCE_SAMPLES = 500
SIDE_BY_SIDE_SAMPLES = 5_000
SIDE_BY_SIDE_IMAGES = 200
IWAE = 50  # samples of the bound that stands beside the ELBO


@dataclass(frozen=True)
class Observation:
    """The images p(x|z) is a distribution of: black and white, or grey.

    discrete: does p give a probability to each image, not a density? told: does the model know
    their classes, so that all it says is of p(x|y)?
    """

    binary: bool
    discrete: bool = True
    told: bool = False

    @classmethod
    def of(cls, model: Model) -> "Observation":
        likelihood = model.config.likelihood
        return cls(likelihood.binary, likelihood.discrete, model.encode_needs_label)

    def sample(self, grey: Tensor, generator: torch.Generator) -> Tensor:
        return torch.bernoulli(grey, generator=generator) if self.binary else grey

    def describe(self, n: int, which: str = "") -> str:
        given = "; given the class: of log p(x|y), not log p(x)" * self.told
        if self.binary:
            return f"{which}{n:,} test images binarized once as Bernoulli(grey), seed {SEED}{given}"
        if self.discrete:
            return (
                f"{which}{n:,} grey test images, seed {SEED}; a probability of their {GREY_LEVELS} "
                f"grey levels, not comparable with that of binarized images{given}"
            )
        return (
            f"{which}{n:,} grey test images, seed {SEED}; a density of grey levels in [0, 1], not "
            f"a probability and not comparable with that of binarized images{given}"
        )


@torch.no_grad()
def bounds(
    model: Model, split: Split, advance: Advance, samples: int | None = None
) -> dict[str, Metric]:
    """ELBO, its two terms, IWAE and log p(x), averaged over all images of the split.

    By `samples` draws an image, a multiple of IWAE; None: IMPORTANCE_SAMPLES.
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
    images = observation.describe(len(split))
    draws = f"{samples} samples of q(z|x) an image"
    unit = "nats per image"
    found = {"bits per pixel": bits_per_pixel(torch.cat(masses), model.x_shape)} if masses else {}
    return found | {
        "elbo": mean_metric(elbo, unit, f"mean over {images}; {draws}"),
        f"iwae-{IWAE}": mean_metric(
            tighter, unit, f"mean over groups of {IWAE} of {draws}; {images}"
        ),
        "log p(x)": mean_metric(log_p, unit, f"importance-weighted, {draws}; {images}"),
        "kl": mean_metric(kl, unit, f"{model.kl_estimator()}; {images}"),
        "reconstruction": mean_metric(
            reconstruction, unit, f"-log p(x|z), one sample of q(z|x); {images}"
        ),
    }


def bits_per_pixel(log_mass: Tensor, shape: tuple[int, ...]) -> Metric:
    """-log2 P(x) per pixel, from the bound of IWAE samples on log P(x) [N], nats per image."""
    pixels = math.prod(shape)
    return mean_metric(
        -log_mass / (pixels * math.log(2)),
        "bits per pixel",
        f"-log2 P(x) / {pixels}, bounded by IWAE-{IWAE}; {len(log_mass):,} grey test images, "
        f"seed {SEED}; P(x|z) is a probability of the {GREY_LEVELS} grey levels: of a density the "
        "mass from half a level below to half a level above, black and white taking the tails",
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
    images = observation.describe(len(split), "first ")
    draws = f"the same {SIDE_BY_SIDE_SAMPLES:,} samples of q(z|x) an image"
    effect = f"effective samples, median {float(torch.cat(effective).median()):,.0f}"
    names = {
        "elbo": draws,
        f"iwae-{IWAE}": f"mean over groups of {IWAE} of {draws}",
        "log p(x)": f"importance-weighted, {draws}, {effect}",
        "log p(x) by quadrature": "the integral over the plane on a lattice that is refined",
    }
    found = {}
    for (name, how), estimate in zip(names.items(), estimates, strict=False):
        if estimate is not estimates[-1]:
            gap, error = mean_and_error(estimates[-1] - estimate)
            how += f", {gap:.4f} +- {error:.4f} below the best of these estimates"
        found[f"{name}, side by side"] = mean_metric(estimate, "nats per image", f"{how}; {images}")
    return found


def many_weights(
    model: Model, x: Tensor, y: Tensor, samples: int, generator: torch.Generator
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
    images = observation.describe(len(split))
    once = f"one sample of q(z|x) an image; {images}"
    return {
        "elbo": mean_metric(-kl - reconstruction - of_class, "nats per image", once),
        "kl": mean_metric(kl, "nats per image", f"{model.kl_estimator()}; {images}"),
        "reconstruction": mean_metric(reconstruction, "nats per image", f"-log p(x|z), {once}"),
    }
