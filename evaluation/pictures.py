"""Squared errors of reconstructions, of clean and of corrupted images."""

import torch
from torch import Tensor

from data.datasets import Split
from evaluation.metric import (
    DIGITS,
    MOST_AT_ONCE,
    SEED,
    batches,
    by_name,
    first,
    mean_and_error,
    metric,
    over_images,
    seeded_generator,
)
from models import Model, protocols
from models.corruption import CORRUPTIONS, AdditiveGaussian, Corruption, Masking, OneOf
from models.metrics import Axis, Metric

CURVE_IMAGES = 2_000
PER_PIXEL = "squared error per pixel"


@torch.no_grad()
def squared_error(
    model: Model, split: Split, corruption: Corruption | OneOf | None = None
) -> tuple[float, float]:
    """Squared error per pixel of reconstructions against the clean images: (mean, standard error).

    Both are over images; `corruption` acts on what is encoded.
    """
    generator = seeded_generator(split.images.device)
    errors = []
    for x, y in batches(split, MOST_AT_ONCE, model):
        seen = corruption.sample(x, generator) if corruption else x
        errors.append(((model.reconstruct(seen, y) - x) ** 2).flatten(1).mean(1))
    return mean_and_error(torch.cat(errors))


def variance_about(mean: Tensor, split: Split) -> float:
    """Mean squared distance per pixel of the images from one picture `mean` [C, H, W]."""
    parts = batches(split, MOST_AT_ONCE)
    return sum(float(((x.double() - mean) ** 2).sum()) for x, _ in parts) / split.images.numel()


def mean_image(split: Split) -> Tensor:
    """[C, H, W], float64, of images in [0, 1]."""
    sums = [x.double().sum(0) for x, _ in batches(split, MOST_AT_ONCE)]
    return torch.stack(sums).sum(0) / len(split)


def reconstruction_errors(model: Model, train: Split, test: Split) -> dict[str, Metric]:
    """Squared error of reconstructions, and the share of the variance that is explained.

    What the model was trained to denoise is a case of its own.
    """
    mse = _error("mse", model, test)
    found = [mse]
    if model.config.corruption is not None:
        found.append(_error("mse as trained", model, test, model.config.corruption))
    total = variance_about(mean_image(train), test)
    if total:  # else all images are equal
        explained = 1 - mse.value / total
        protocol = protocols.VarianceExplained(len(test))
        found.append(
            metric("variance explained", explained, "share", protocol, details={"variance": total})
        )
    return by_name(*found)


def corrupted_errors(model: Model, test: Split) -> dict[str, Metric]:
    """Squared error of reconstructions of images with strong noise, and with half the pixels."""
    damages = (AdditiveGaussian(0.5), Masking(0.5))
    return by_name(
        *(_error(f"mse {protocols.corruption_text(each)}", model, test, each) for each in damages)
    )


def _error(
    name: str, model: Model, test: Split, corruption: Corruption | OneOf | None = None
) -> Metric:
    error, deviation = squared_error(model, test, corruption)
    protocol = protocols.SquaredError(len(test))
    if corruption:
        text = protocols.corruption_text(corruption)
        protocol = protocols.SquaredError(len(test), text, SEED)
    return metric(name, error, PER_PIXEL, protocol, over_images(deviation))


@torch.no_grad()
def denoising_curves(model: Model, split: Split) -> dict[str, Metric]:
    """Squared error against corruption strength, for every kind of corruption."""
    part = first(split, CURVE_IMAGES)
    strengths = tuple(round(0.1 * i, 1) for i in range(11))
    return by_name(
        *(
            Metric(
                f"denoising {name}",
                tuple(round(squared_error(model, part, kind(s))[0], DIGITS) for s in strengths),
                PER_PIXEL,
                protocols.SquaredError(len(part), name, SEED, first=True),
                axis=Axis("strength", strengths),
            )
            for name, kind in CORRUPTIONS.items()
        )
    )
