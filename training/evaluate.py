"""Test metrics, each with its unit and protocol, computed in float32 on the test images.

Everything streams in batches, and every draw comes from a generator with a fixed seed.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from models import Batch, Model
from models.corruption import CORRUPTIONS, AdditiveGaussian, Corruption, Masking
from models.distributions import kl_to_standard_normal
from models.zoo import Codes

from .data import Dataset, Split, unit_interval

SEED = 20_131_220  # of every draw made here
IMPORTANCE_SAMPLES = 500
IMAGES_AT_ONCE = 2  # times the samples: a thousand pictures stay within a processor's caches
NEIGHBOURS = 5
CURVE_IMAGES = 2_000
MAP_IMAGES = 2_000

Metric = dict[str, Any]


def metric(value: float, unit: str, protocol: str) -> Metric:
    """A number never travels without its unit and protocol."""
    return {"value": round(value, 6), "unit": unit, "protocol": protocol}


def _generator(device: torch.device) -> torch.Generator:
    return torch.Generator(device).manual_seed(SEED)


def _batches(split: Split, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """(x in [0, 1], labels), in order."""
    for images, labels in zip(split.images.split(size), split.labels.split(size), strict=True):
        yield unit_interval(images), labels


def log_importance_weights(
    model: Model, x: Tensor, samples: int, generator: torch.Generator | None = None
) -> Tensor:
    """log p(x, z_k) - log q(z_k|x) for z_k ~ q(z|x); x [B, C, H, W] -> [samples, B], nats.

    The mean over k of the exponentials is an unbiased estimate of p(x): Burda et al. 2015
    (arXiv 1509.00519), eq. 7.
    """
    q = model.encode(x)
    z = q.rsample((samples,), generator)
    decoded = model.decode(z.flatten(0, 1))
    likelihood = decoded.log_prob(x.repeat(samples, 1, 1, 1)).unflatten(0, (samples, len(x)))
    return likelihood + model.prior(x.device).log_prob(z) - q.log_prob(z)


def importance_bound(log_weights: Tensor) -> Tensor:
    """log of the mean weight over the first axis, [B] nats: a lower bound on log p(x)."""
    return torch.logsumexp(log_weights, 0) - math.log(log_weights.shape[0])


@torch.no_grad()
def bounds(model: Model, split: Split, advance: Callable[[int], None]) -> dict[str, Metric]:
    """ELBO, its two terms and log p(x), averaged over dynamically binarized images."""
    device = split.images.device
    generator = _generator(device)
    totals = torch.zeros(4, dtype=torch.float64)
    for grey, _ in _batches(split, IMAGES_AT_ONCE):
        x = torch.bernoulli(grey, generator=generator)
        log_weights = log_importance_weights(model, x, IMPORTANCE_SAMPLES, generator)
        terms = model.terms(Batch(x, generator=generator))
        parts = (
            log_weights.mean(0),
            importance_bound(log_weights),
            terms["kl"],
            terms["reconstruction"],
        )
        totals += torch.stack([p.cpu().double().sum() for p in parts])
        advance(len(x))
    elbo, log_p, kl, reconstruction = (totals / len(split)).tolist()
    images = f"{len(split):,} test images binarized once as Bernoulli(grey), seed {SEED}"
    draws = f"{IMPORTANCE_SAMPLES} samples of q(z|x) an image"
    return {
        "elbo": metric(elbo, "nats per image", f"mean over {images}; {draws}"),
        "log p(x)": metric(log_p, "nats per image", f"importance-weighted, {draws}; {images}"),
        "kl": metric(kl, "nats per image", f"closed form; {images}"),
        "reconstruction": metric(
            reconstruction, "nats per image", f"-log p(x|z), one sample of q(z|x); {images}"
        ),
    }


@torch.no_grad()
def squared_error(
    model: Model, split: Split, corruption: Corruption | None = None
) -> tuple[float, float]:
    """Mean and standard error (over images) of the squared error per pixel against the clean x."""
    generator = _generator(split.images.device)
    errors = []
    for x, _ in _batches(split, 1_000):
        seen = corruption.sample(x, generator) if corruption else x
        errors.append(((model.reconstruct(seen) - x) ** 2).flatten(1).mean(1))
    all_errors = torch.cat(errors)
    return float(all_errors.mean()), float(all_errors.std() / math.sqrt(len(all_errors)))


@torch.no_grad()
def codes(model: Model, split: Split) -> Tensor:
    """Mean codes [N, D] of grey images."""
    return torch.cat([model.encode(x).mean for x, _ in _batches(split, 1_000)])


@torch.no_grad()
def neighbour_accuracy(train: Tensor, train_labels: Tensor, test: Tensor, labels: Tensor) -> float:
    """Share of test codes whose NEIGHBOURS nearest training codes vote for their class."""
    hits = 0
    for z, y in zip(test.split(500), labels.split(500), strict=True):
        nearest = torch.cdist(z, train).topk(NEIGHBOURS, largest=False).indices
        hits += int((train_labels[nearest].mode(1).values == y).sum())
    return hits / len(test)


@torch.no_grad()
def denoising_curves(model: Model, split: Split) -> dict[str, Metric]:
    """Squared error against corruption strength, for every kind of corruption."""
    part = Split(split.images[:CURVE_IMAGES], split.labels[:CURVE_IMAGES], split.sha256)
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


@torch.no_grad()
def latent_statistics(model: Model, train: Split) -> dict[str, list[float]]:
    """Per latent dimension, over the training images: mean and standard deviation of the mean
    codes and, with a prior, the KL in nats. The page orders and scales its sliders by them."""
    z = codes(model, train)
    statistics = {"mean": z.mean(0), "std": z.std(0)}
    if model.has_prior:
        kls = [kl_to_standard_normal(model.encode(x)).sum(0) for x, _ in _batches(train, 1_000)]
        statistics["kl"] = torch.stack(kls).sum(0) / len(train)
    return {name: [round(v, 6) for v in values.tolist()] for name, values in statistics.items()}


def map_points(model: Model, test: Split) -> Codes:
    """Codes of the first MAP_IMAGES test images, for the page's maps."""
    part = Split(test.images[:MAP_IMAGES], test.labels[:MAP_IMAGES], test.sha256)
    return Codes(codes(model, part), part.labels)


def evaluate(
    model: Model, data: Dataset, device: torch.device, advance: Callable[[int], None]
) -> tuple[dict[str, Metric], dict[str, list[float]]]:
    """All metrics of a model and its latent statistics.

    `advance(n)` is called as `n` more test images are done, for a progress bar.
    """
    model = model.to(device).eval()
    train, test = data.train.to(device), data.test.to(device)
    grey = f"{len(test):,} grey test images"
    metrics = {}
    for name, corruption in {
        "mse": None,
        "mse gaussian-noise 0.5": AdditiveGaussian(0.5),
        "mse masking 0.5": Masking(0.5),
    }.items():
        error, deviation = squared_error(model, test, corruption)
        seen = f"corrupted by {name.removeprefix('mse ')}, seed {SEED}, against the clean image; "
        metrics[name] = metric(
            error,
            "squared error per pixel",
            f"{seen if corruption else ''}{grey}; standard error {deviation:.6f}",
        )
    accuracy = neighbour_accuracy(
        codes(model, train), train.labels, codes(model, test), test.labels
    )
    metrics["5-nn accuracy"] = metric(
        accuracy, "share", f"{grey}, neighbours among the mean codes of {len(train):,}"
    )
    metrics |= denoising_curves(model, test)
    if model.has_prior:
        metrics |= bounds(model, test, advance)
    return metrics, latent_statistics(model, train)
