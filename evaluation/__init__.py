"""How good a trained model is: test metrics, each with its unit, protocol and error.

    python -m evaluation NAME [NAME ...]

Networks run in float32 and sums are float64. Everything streams in batches of at most MOST_AT_ONCE
pictures, and every draw comes from a generator with a fixed seed.
"""

from collections.abc import Collection

import torch

from data.datasets import Dataset
from evaluation import code_density, directions
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
from evaluation.measures import DEFAULT, Measure
from evaluation.metric import Advance, first
from evaluation.pictures import corrupted_errors, denoising_curves, reconstruction_errors
from models import Model
from models.metrics import Metric


def applies(measure: Measure, model: Model, data: Dataset) -> bool:
    """Has the model what the measure needs, on such data?"""
    match measure:
        case Measure.TERMS | Measure.LIKELIHOOD:
            # Its terms are then those of a bound on log p(x); those of a game are not.
            return model.prior() is not None and model.has_encoder and model.has_likelihood
        case Measure.REPRESENTATION:
            return model.has_encoder
        case Measure.CORRUPTION:
            return model.has_encoder and model.has_decoder
        case Measure.DIRECTIONS:
            return directions.suits(model, data)
        case Measure.MIXTURE:
            return code_density.suits(model)
        case Measure.GENERATION:
            return model.has_decoder
        case _:
            return True


def images_to_sample(
    model: Model, data: Dataset, measures: Collection[Measure], images: int
) -> int:
    """How many images `evaluate` will report to `advance`: the total of a progress bar."""
    sampled = Measure.LIKELIHOOD in measures and applies(Measure.LIKELIHOOD, model, data)
    return (len(data.test) + min(images, len(data.test))) * sampled


def evaluate(
    model: Model,
    data: Dataset,
    device: torch.device,
    advance: Advance,
    measures: Collection[Measure] = DEFAULT,
    images: int = SIDE_BY_SIDE_IMAGES,
) -> tuple[dict[str, Metric], dict[str, list[float]]]:
    """The metrics of a model in `measures`, by name, and statistics of each latent dimension.

    GENERATION and MIXTURE are not among them: they need more than the model and its data. `images`,
    2 or more, is how many all estimates of log p(x) are compared on. `advance(n)` is called as the
    bounds of n more images are done: see `images_to_sample`.
    """
    asked = {measure for measure in measures if applies(measure, model, data)}
    model = model.to(device).eval()
    train, test = data.train.to(device), data.test.to(device)
    metrics: dict[str, Metric] = {}
    latent: dict[str, list[float]] = {}
    if Measure.BASICS in asked:
        metrics |= _basics(model, data, device)
        latent |= latent_statistics(model, train)
    if Measure.CORRUPTION in asked:
        metrics |= corrupted_errors(model, test) | denoising_curves(model, test)
    if Measure.REPRESENTATION in asked:
        if len(train.labels.unique()) > 1:
            metrics |= accuracies(model, train, test)
        if model.prior() is not None:
            metrics |= aggregate_distances(aggregate(model, test))
    if Measure.TERMS in asked:
        metrics |= sampled_terms(model, test)
    if Measure.LIKELIHOOD in asked:
        metrics |= bounds(model, test, advance)
        metrics |= side_by_side(model, first(test, images), advance)
    if Measure.DIRECTIONS in asked:
        found, of_code = directions.directions(model, data.train, data.test)
        metrics |= found
        latent |= of_code
    return metrics, latent


def _basics(model: Model, data: Dataset, device: torch.device) -> dict[str, Metric]:
    train, test = data.train.to(device), data.test.to(device)
    metrics: dict[str, Metric] = {}
    if model.has_classifier:
        metrics |= classification(model, test)
    if model.has_encoder and model.has_decoder:
        metrics |= reconstruction_errors(model, train, test)
    if model.prior() is not None and model.has_encoder:
        metrics |= units(aggregate(model, test))
        if data.factors:
            metrics |= disentanglement(model, data, device)
    return metrics
