"""What every measurement shares: its form, its seed, and the images batch by batch."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from data.datasets import Split, unit_interval
from models import Model

SEED = 20_131_220  # of every draw made here
MOST_AT_ONCE = 1_000  # pictures: they stay within a processor's caches

Metric = dict[str, Any]
Advance = Callable[[int], None]


def metric(value: float, unit: str, protocol: str) -> Metric:
    """A number never travels without its unit and protocol."""
    return {"value": round(value, 6), "unit": unit, "protocol": protocol}


def exists(measured: Metric) -> bool:
    """Is it all numbers? Of a few or of equal pictures some are not; a card holds no others."""
    try:
        return bool(json.dumps(measured, allow_nan=False))
    except ValueError:
        return False


def mean_metric(each: Tensor, unit: str, protocol: str) -> Metric:
    """The mean of one number an image, its standard error over images in the protocol."""
    value, error = mean_and_error(each)
    return metric(value, unit, f"{protocol}; standard error {error:.6f}")


def mean_and_error(each: Tensor) -> tuple[float, float]:
    """The mean of one number an image [N], and its standard error over images."""
    each = each.double()
    return float(each.mean()), float(each.std() / math.sqrt(len(each)))


def seeded_generator(device: torch.device) -> torch.Generator:
    return torch.Generator(device).manual_seed(SEED)


def batches(
    split: Split, size: int, model: Model | None = None
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """(x in [0, 1], labels), in order; for `model`, None for labels that it need not be told."""
    for images, labels in zip(split.images.split(size), split.labels.split(size), strict=True):
        yield unit_interval(images), labels if model is None or model.encode_needs_label else None


def first(split: Split, n: int) -> Split:
    return split.part(slice(n))
