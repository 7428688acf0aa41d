"""What a model makes of images: reconstructions, whole and damaged, in squared errors."""

import torch
from torch import Tensor

from data.datasets import Split
from evaluation.metric import (
    MOST_AT_ONCE,
    SEED,
    Metric,
    batches,
    first,
    mean_and_error,
    metric,
    seeded_generator,
)
from models import Model
from models.corruption import CORRUPTIONS, AdditiveGaussian, Corruption, Masking, OneOf

CURVE_IMAGES = 2_000


@torch.no_grad()
def squared_error(
    model: Model, split: Split, corruption: Corruption | OneOf | None = None
) -> tuple[float, float]:
    """Mean and standard error (over images) of the squared error per pixel against the clean x."""
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
    return sum(x.double().sum(0) for x, _ in batches(split, MOST_AT_ONCE)) / len(split)


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
    if total:  # else all images are equal
        found["variance explained"] = metric(
            1 - found["mse"]["value"] / total,
            "share",
            f"1 - mse / {total:.6f}, the squared distance per pixel from the training images' "
            f"mean; {grey}",
        )
    return found


@torch.no_grad()
def denoising_curves(model: Model, split: Split) -> dict[str, Metric]:
    """Squared error against corruption strength, for every kind of corruption."""
    part = first(split, CURVE_IMAGES)
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
