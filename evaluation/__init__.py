"""Test metrics, each with its unit and protocol.

Networks run in float32 and sums are float64. Everything streams in batches of at most MOST_AT_ONCE
pictures, and every draw comes from a generator with a fixed seed.
"""

from dataclasses import dataclass

import torch

from data.datasets import Dataset
from evaluation.codes import (
    accuracies,
    aggregate,
    aggregate_distances,
    classification,
    disentanglement,
    latent_statistics,
    units,
)
from evaluation.likelihood import SIDE_BY_SIDE_IMAGES, bounds, sampled_terms, side_by_side
from evaluation.metric import Advance, Metric, first
from evaluation.pictures import denoising_curves, reconstruction_errors
from models import Model


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


def is_bounded(model: Model) -> bool:
    """Are the terms of this model those of a bound on log p(x)? Those of a game are not."""
    return model.prior() is not None and model.has_encoder and model.has_likelihood


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
    if model.has_classifier:
        metrics |= classification(model, test)
    if model.has_encoder and model.has_decoder:
        metrics |= reconstruction_errors(model, train, test, scope.damage)
        if scope.damage:
            metrics |= denoising_curves(model, test)
    if scope.representation and model.has_encoder and len(train.labels.unique()) > 1:
        metrics |= accuracies(model, train, test)
    if model.prior() is not None and model.has_encoder:
        q = aggregate(model, test)
        metrics |= units(q)
        if scope.representation:
            metrics |= aggregate_distances(q)
        if data.factors:
            metrics |= disentanglement(model, data, device)
    if is_bounded(model):
        if scope.bounds:
            metrics |= bounds(model, test, advance)
            metrics |= side_by_side(model, first(test, scope.images), advance)
        else:
            metrics |= sampled_terms(model, test)
    return metrics, latent_statistics(model, train)
