"""Test metrics, each with its unit and protocol.

Networks run in float32 and sums are float64. Everything streams in batches of at most MOST_AT_ONCE
pictures, and every draw comes from a generator with a fixed seed.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from models import Batch, Model
from models.bounds import effective_samples, importance_bound, iwae, log_importance_weights
from models.corruption import CORRUPTIONS, AdditiveGaussian, Corruption, Masking, OneOf
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.quadrature import posterior
from models.zoo import Codes

from .data import Dataset, Split, unit_interval
from .disentanglement import SUBSET, TREES, dci, entropies, gap, ideal, information
from .representation import (
    ACTIVE,
    NEIGHBOURS,
    active_units,
    aggregate_moments,
    moment_divergence,
    neighbour_accuracy,
    probe_accuracy,
    squared_mmd,
)

SEED = 20_131_220  # of every draw made here
MOST_AT_ONCE = 1_000  # pictures: they stay within a processor's caches
IMPORTANCE_SAMPLES = 500
SIDE_BY_SIDE_SAMPLES = 5_000
SIDE_BY_SIDE_IMAGES = 200
IWAE = 50  # samples of the bound that stands beside the ELBO
CURVE_IMAGES = 2_000
MAP_IMAGES = 2_000

Metric = dict[str, Any]
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Scope:
    """Which metrics are taken besides those that cost next to nothing.

    bounds: log p(x) and its bounds by many samples; representation: accuracies and the aggregate
    posterior; damage: errors and curves under corruption. images: how many are looked at by every
    estimator of log p(x).
    """

    bounds: bool = True
    representation: bool = True
    damage: bool = True
    images: int = SIDE_BY_SIDE_IMAGES

    def __post_init__(self):
        if self.images < 2:
            raise ValueError("A standard error needs 2 images or more.")


# What the card of a checkpoint holds, by the part of the page it is for.
SCOPES = {
    "main": Scope(),
    "gap": Scope(damage=False),
    "likelihood": Scope(damage=False),
    "score": Scope(damage=False),
    "code size": Scope(bounds=False, representation=False, damage=False),
    "beta": Scope(bounds=False, damage=False),
    "classes": Scope(damage=False),
    "iwae": Scope(representation=False, damage=False),
    "drawing": Scope(bounds=False, representation=False, damage=False),
    "shapes": Scope(bounds=False, representation=False, damage=False),
    "gan": Scope(bounds=False, representation=False, damage=False),
    "few labels": Scope(bounds=False, representation=False, damage=False),
    "judge": Scope(bounds=False, representation=False, damage=False),
}


def metric(value: float, unit: str, protocol: str) -> Metric:
    """A number never travels without its unit and protocol."""
    return {"value": round(value, 6), "unit": unit, "protocol": protocol}


def _mean(each: Tensor, unit: str, protocol: str) -> Metric:
    """The mean of one number an image, its standard error over images in the protocol."""
    value, error = mean_and_error(each)
    return metric(value, unit, f"{protocol}; standard error {error:.6f}")


def mean_and_error(each: Tensor) -> tuple[float, float]:
    each = each.double()
    return float(each.mean()), float(each.std() / math.sqrt(len(each)))


def _generator(device: torch.device) -> torch.Generator:
    return torch.Generator(device).manual_seed(SEED)


def _batches(
    split: Split, size: int, model: Model | None = None
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """(x in [0, 1], labels), in order; for `model`, None for labels that it need not be told."""
    for images, labels in zip(split.images.split(size), split.labels.split(size), strict=True):
        yield unit_interval(images), labels if model is None or model.needs_label else None


def _first(split: Split, n: int) -> Split:
    return split.part(slice(n))


# --- log p(x) and its bounds ---------------------------------------------------------------------


@dataclass(frozen=True)
class Observation:
    """The images p(x|z) is a distribution of: black and white for a mass, grey for a density.

    told: does the model know their classes, so that all it says is of p(x|y)?
    """

    binary: bool
    told: bool = False

    @classmethod
    def of(cls, model: Model) -> "Observation":
        return cls(model.config.likelihood.discrete, model.needs_label)

    def sample(self, grey: Tensor, generator: torch.Generator) -> Tensor:
        return torch.bernoulli(grey, generator=generator) if self.binary else grey

    def describe(self, n: int, which: str = "") -> str:
        given = "; given the class: of log p(x|y), not log p(x)" * self.told
        if self.binary:
            return f"{which}{n:,} test images binarized once as Bernoulli(grey), seed {SEED}{given}"
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
    generator = _generator(split.images.device)
    rows = []
    for grey, y in _batches(split, max(1, MOST_AT_ONCE // samples)):
        x = observation.sample(grey, generator)
        log_weights = many_weights(model, x, y, samples, generator)
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
    return {
        "elbo": _mean(elbo, unit, f"mean over {images}; {draws}"),
        f"iwae-{IWAE}": _mean(tighter, unit, f"mean over groups of {IWAE} of {draws}; {images}"),
        "log p(x)": _mean(log_p, unit, f"importance-weighted, {draws}; {images}"),
        "kl": _mean(kl, unit, f"closed form; {images}"),
        "reconstruction": _mean(
            reconstruction, unit, f"-log p(x|z), one sample of q(z|x); {images}"
        ),
    }


@torch.no_grad()
def side_by_side(model: Model, split: Split, advance: Advance) -> dict[str, Metric]:
    """Every estimate of log p(x) on the same images: the gaps between them vary little.

    ELBO, IWAE and the importance-weighted log p(x) share their SIDE_BY_SIDE_SAMPLES draws; in two
    dimensions quadrature says what they are bounds of.
    """
    observation = Observation.of(model)
    generator = _generator(split.images.device)
    rows, effective = [], []
    for grey, y in _batches(split, 1):
        x = observation.sample(grey, generator)
        log_weights = many_weights(model, x, y, SIDE_BY_SIDE_SAMPLES, generator)
        estimates = [iwae(log_weights, 1), iwae(log_weights, IWAE), importance_bound(log_weights)]
        if model.latent == 2 and not model.needs_label:
            estimates.append(estimates[0].new_tensor([posterior(model, x[0]).log_p]))
        rows.append(torch.stack(estimates).cpu())
        effective.append(effective_samples(log_weights).cpu())
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
        found[f"{name}, side by side"] = _mean(estimate, "nats per image", f"{how}; {images}")
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
    generator = _generator(split.images.device)
    rows = []
    for grey, y in _batches(split, MOST_AT_ONCE, model):
        x = observation.sample(grey, generator)
        terms = model.terms(Batch(x, y, generator))
        of_class = terms.get("class kl", torch.zeros_like(terms["kl"]))  # where y is latent, too
        parts = [terms["kl"], terms["reconstruction"], of_class]
        rows.append(torch.stack(parts).double().cpu())
    kl, reconstruction, of_class = torch.cat(rows, 1)
    images = observation.describe(len(split))
    once = f"one sample of q(z|x) an image; {images}"
    return {
        "elbo": _mean(-kl - reconstruction - of_class, "nats per image", once),
        "kl": _mean(kl, "nats per image", f"closed form; {images}"),
        "reconstruction": _mean(reconstruction, "nats per image", f"-log p(x|z), {once}"),
    }


# --- pictures -------------------------------------------------------------------------------------


@torch.no_grad()
def squared_error(
    model: Model, split: Split, corruption: Corruption | OneOf | None = None
) -> tuple[float, float]:
    """Mean and standard error (over images) of the squared error per pixel against the clean x."""
    generator = _generator(split.images.device)
    errors = []
    for x, y in _batches(split, MOST_AT_ONCE, model):
        seen = corruption.sample(x, generator) if corruption else x
        errors.append(((model.reconstruct(seen, y) - x) ** 2).flatten(1).mean(1))
    return mean_and_error(torch.cat(errors))


def variance_about(mean: Tensor, split: Split) -> float:
    """Mean squared distance per pixel of the images from one picture `mean` [C, H, W]."""
    batches = _batches(split, MOST_AT_ONCE)
    return sum(float(((x.double() - mean) ** 2).sum()) for x, _ in batches) / split.images.numel()


def mean_image(split: Split) -> Tensor:
    """[C, H, W], float64, of images in [0, 1]."""
    return sum(x.double().sum(0) for x, _ in _batches(split, MOST_AT_ONCE)) / len(split)


def reconstruction_errors(
    model: Model, train: Split, test: Split, damage: bool
) -> dict[str, Metric]:
    """Squared errors of reconstructions, clean and (`damage`) corrupted; variance explained."""
    grey = f"{len(test):,} grey test images"
    cases: dict[str, Corruption | None] = {"mse": None}
    if damage:
        cases |= {"mse gaussian-noise 0.5": AdditiveGaussian(0.5), "mse masking 0.5": Masking(0.5)}
    found = {}
    for name, corruption in cases.items():
        error, deviation = squared_error(model, test, corruption)
        seen = f"corrupted by {name.removeprefix('mse ')}, seed {SEED}, against the clean image; "
        found[name] = metric(
            error,
            "squared error per pixel",
            f"{seen if corruption else ''}{grey}; standard error {deviation:.6f}",
        )
    if model.config.corruption is not None:
        error, deviation = squared_error(model, test, model.config.corruption)
        found["mse as trained"] = metric(
            error,
            "squared error per pixel",
            f"corrupted as in training, seed {SEED}, against the clean image; {grey}; "
            f"standard error {deviation:.6f}",
        )
    total = variance_about(mean_image(train), test)
    found["variance explained"] = metric(
        1 - found["mse"]["value"] / total,
        "share",
        f"1 - mse / {total:.6f}, the squared distance per pixel from the training images' mean; "
        f"{grey}",
    )
    return found


@torch.no_grad()
def denoising_curves(model: Model, split: Split) -> dict[str, Metric]:
    """Squared error against corruption strength, for every kind of corruption."""
    part = _first(split, CURVE_IMAGES)
    curves = {}
    for name, kind in CORRUPTIONS.items():
        strengths = [round(0.1 * i, 1) for i in range(11)]
        errors = [round(squared_error(model, part, kind(s))[0], 6) for s in strengths]
        curves[f"denoising {name}"] = {
            "value": errors,
            "strength": strengths,
            "unit": "squared error per pixel",
            "protocol": f"against the clean image, first {len(part):,} test images, seed {SEED}",
        }
    return curves


# --- classes --------------------------------------------------------------------------------------


@torch.no_grad()
def classification(model: Model, split: Split) -> dict[str, Metric]:
    """Share of images that q(y|x) puts into their class."""
    hits = [model.classify(x).probs.argmax(1) == y for x, y in _batches(split, MOST_AT_ONCE)]
    each = torch.cat(hits).double()
    return {"accuracy": _mean(each, "share", f"{len(split):,} grey test images")}


# --- codes ----------------------------------------------------------------------------------------


@torch.no_grad()
def codes(model: Model, split: Split) -> Tensor:
    """Mean codes [N, D] of grey images."""
    return torch.cat([model.encode(x, y).mean for x, y in _batches(split, MOST_AT_ONCE, model)])


@torch.no_grad()
def aggregate(model: Model, split: Split) -> DiagonalGaussian:
    """q(z|x_n) of all N images as one batch: their mixture is the aggregate posterior."""
    parts = [model.encode(x, y) for x, y in _batches(split, MOST_AT_ONCE, model)]
    return DiagonalGaussian(torch.cat([q.mu for q in parts]), torch.cat([q.log_var for q in parts]))


def accuracies(model: Model, train: Split, test: Split) -> dict[str, Metric]:
    """How well the mean codes tell the classes: by their neighbours, and by a linear probe."""
    of_train, of_test = codes(model, train), codes(model, test)
    found = {}
    for name, accuracy, how in (
        (f"{NEIGHBOURS}-nn accuracy", neighbour_accuracy, "neighbours among"),
        ("linear probe accuracy", probe_accuracy, "logistic regression, L2 penalty 1, of"),
    ):
        share = accuracy(of_train, train.labels, of_test, test.labels)
        error = math.sqrt(share * (1 - share) / len(test))
        standardised = "standardised " * (accuracy is probe_accuracy)
        told = ", which the encoder made of image and class" * model.needs_label
        found[name] = metric(
            share,
            "share",
            f"{len(test):,} grey test images, {how} the {standardised}mean codes of "
            f"{len(train):,}{told}; standard error {error:.6f}",
        )
    return found


def disentanglement(model: Model, data: Dataset, device: torch.device) -> dict[str, Metric]:
    """How each latent follows each known factor, over the whole grid of factors, and two scores.

    Each score has its ceiling: what the same estimator says of a code that is the factors.
    """
    splits = [split.to(device) for split in (data.train, data.test)]
    parts = [aggregate(model, split) for split in splits]
    q = DiagonalGaussian(*(torch.cat([getattr(p, n) for p in parts]) for n in ("mu", "log_var")))
    factors = torch.cat([split.factors for split in splits])
    best = ideal(factors, model.latent, SEED)
    entropy = entropies(factors)[:, None]
    shares, ceiling = (information(c, factors) / entropy for c in (q, best))
    ours, most = dci(q.mu, factors, SEED), dci(best.mu, factors, SEED)
    images = f"all {len(factors):,} pictures of the grid"
    exact = f"I(z; v) of a draw from q(z|x) by integration over z, without bins; {images}"
    forest = (
        f"random forests of {TREES} trees on the mean codes of {SUBSET:,} random pictures, "
        f"asked about {SUBSET:,} others; seed {SEED}"
    )
    matrix = {
        "value": [[round(v, 6) for v in row] for row in shares.tolist()],
        "factors": list(data.factors),
        "unit": "share of the factor's entropy",
        "protocol": f"a row a factor, a column a latent number; {exact}",
    }
    found = {
        "factor information": matrix,
        "mig": metric(gap(shares), "share", f"Chen et al. 2018, eq. 6; {exact}"),
        "mig ceiling": metric(gap(ceiling), "share", f"of the factors themselves as code; {exact}"),
    }
    for name in ("disentanglement", "completeness", "informativeness"):
        found[f"dci {name}"] = metric(
            getattr(ours, name), "share", f"Eastwood & Williams 2018; {forest}"
        )
        found[f"dci {name} ceiling"] = metric(
            getattr(most, name), "share", f"of the factors themselves as code; {forest}"
        )
    return found


def units(q: DiagonalGaussian) -> dict[str, Metric]:
    images = f"{len(q.mu):,} grey test images"
    return {
        "active units": metric(
            active_units(q.mu), "dimensions", f"Var_x(E_q[z]) > {ACTIVE}; {images}"
        )
    }


def aggregate_distances(q: DiagonalGaussian) -> dict[str, Metric]:
    """Two distances of the aggregate posterior from the prior."""
    images = f"aggregate posterior of {len(q.mu):,} grey test images"
    z = q.sample(generator=_generator(q.mu.device))
    mmd, error = squared_mmd(z)
    return {
        "aggregate kl": metric(
            moment_divergence(*aggregate_moments(q.mu, q.variance)),
            "nats",
            f"KL(N(mean, covariance) || N(0, I)), moments of the {images}; misses what two moments "
            "do not show: holes and clumps",
        ),
        "aggregate mmd": metric(
            mmd,
            "squared maximum mean discrepancy",
            f"kernel exp(-|a - b|^2 / {2 * z.shape[1]}), unbiased, one sample each of the {images},"
            f" seed {SEED}; misses holes narrower than the kernel; standard error {error:.6f}",
        ),
    }


@torch.no_grad()
def latent_statistics(model: Model, train: Split) -> dict[str, list[float]]:
    """Per latent dimension, over the training images: mean and standard deviation of the mean
    codes and, with a prior, the KL in nats. The page orders and scales its sliders by them.
    Nothing without an encoder."""
    if not model.has_encoder:
        return {}
    z = codes(model, train).double()
    statistics = {"mean": z.mean(0), "std": z.std(0)}
    if model.has_prior:
        batches = _batches(train, MOST_AT_ONCE, model)
        kls = [kl_to_standard_normal(model.encode(x, y)).double().sum(0) for x, y in batches]
        statistics["kl"] = torch.stack(kls).sum(0) / len(train)
    return {name: [round(v, 6) for v in values.tolist()] for name, values in statistics.items()}


def map_points(model: Model, test: Split) -> Codes:
    """Codes of the first MAP_IMAGES test images, for the page's maps; none without an encoder."""
    part = _first(test, MAP_IMAGES if model.has_encoder else 0)
    if not model.has_encoder:
        return Codes(torch.empty(0, model.latent), part.labels)
    return Codes(codes(model, part), part.labels)


# --- all of it ------------------------------------------------------------------------------------


def is_bounded(model: Model) -> bool:
    """Are the terms of this model those of a bound on log p(x)? Those of a game are not."""
    return model.has_prior and model.has_encoder and model.has_likelihood


def images_to_sample(model: Model, data: Dataset, scope: Scope) -> int:
    """How many images `evaluate` will report to `advance`: the total of a progress bar."""
    sampled = is_bounded(model) and scope.bounds
    return (len(data.test) + min(scope.images, len(data.test))) * sampled


def evaluate(
    model: Model,
    data: Dataset,
    device: torch.device,
    advance: Advance,
    scope: Scope | None = None,
) -> tuple[dict[str, Metric], dict[str, list[float]]]:
    """The metrics of a model within `scope` (None: all of them), and its latent statistics.

    `advance(n)` is called as the bounds of `n` more images are done: see `images_to_sample`.
    """
    scope = scope or Scope()
    model = model.to(device).eval()
    train, test = data.train.to(device), data.test.to(device)
    metrics = {}
    if model.classifies:
        metrics |= classification(model, test)
    if model.has_encoder and model.has_decoder:
        metrics |= reconstruction_errors(model, train, test, scope.damage)
        if scope.damage:
            metrics |= denoising_curves(model, test)
    if scope.representation and model.has_encoder and len(train.labels.unique()) > 1:
        metrics |= accuracies(model, train, test)
    if model.has_prior and model.has_encoder:
        q = aggregate(model, test)
        metrics |= units(q)
        if scope.representation:
            metrics |= aggregate_distances(q)
        if data.factors:
            metrics |= disentanglement(model, data, device)
    if is_bounded(model):
        if scope.bounds:
            metrics |= bounds(model, test, advance)
            metrics |= side_by_side(model, _first(test, scope.images), advance)
        else:
            metrics |= sampled_terms(model, test)
    return metrics, latent_statistics(model, train)
