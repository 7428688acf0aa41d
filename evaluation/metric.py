"""What every measurement shares: how a metric is made, the seed, and the images in batches."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from data.datasets import Split, unit_interval
from models import Model
from models.metrics import Error, Metric
from models.protocols import Protocol

SEED = 20_131_220  # of every draw made here
MOST_AT_ONCE = 1_000  # pictures: they stay within a processor's caches

DIGITS = 6  # decimals of a card's numbers
Advance = Callable[[int], object]


def metric(
    name: str,
    value: float,
    unit: str,
    protocol: Protocol,
    error: Error | None = None,
    real: float | None = None,
    details: Mapping[str, float] | None = None,
) -> Metric:
    """One number with all that belongs to it, rounded to DIGITS decimals."""
    return Metric(
        name,
        round(value, DIGITS),
        unit,
        protocol,
        error and replace(error, value=round(error.value, DIGITS)),
        None if real is None else round(real, DIGITS),
        details={key: round(number, DIGITS) for key, number in (details or {}).items()},
    )


def mean_metric(
    name: str,
    each: Tensor,
    unit: str,
    protocol: Protocol,
    details: Mapping[str, float] | None = None,
) -> Metric:
    """The mean of one number an image [N], with its standard error over images."""
    value, error = mean_and_error(each)
    return metric(name, value, unit, protocol, over_images(error), details=details)


def over_images(error: float) -> Error:
    """The standard error of a mean over images."""
    return Error(error, "standard error", "images")


def by_name(*metrics: Metric) -> dict[str, Metric]:
    """The metrics by their names."""
    return {metric.name: metric for metric in metrics}


def mean_and_error(each: Tensor) -> tuple[float, float]:
    """The mean of one number an image [N], and its standard error over images."""
    each = each.double()
    return float(each.mean()), float(each.std() / math.sqrt(len(each)))


def seeded_generator(device: torch.device) -> torch.Generator:
    """A new generator on `device`, seeded with SEED."""
    return torch.Generator(device).manual_seed(SEED)


def batches(
    split: Split, size: int, model: Model | None = None
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """(x in [0, 1], labels), in order; for `model`, None for labels that it need not be told."""
    for images, labels in zip(split.images.split(size), split.labels.split(size), strict=True):
        yield unit_interval(images), labels if model is None or model.encode_needs_label else None


def first(split: Split, n: int) -> Split:
    """The first n images of a split."""
    return split.part(slice(n))
