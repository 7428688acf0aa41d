"""Checkpoints measured: data sets and the judge are found, progress is shown, cards are written."""

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from data.datasets import DataError, Dataset, Split
from evaluation import applies, code_density, evaluate, generation, images_to_sample
from evaluation.likelihood import SIDE_BY_SIDE_IMAGES
from evaluation.measures import Measure
from models import Model, zoo
from models.classifier import Classifier
from models.gaussian_mixture import GaussianMixture
from models.metrics import Metric


@dataclass(frozen=True)
class Measured:
    """What was measured of one model.

    metrics: by name, all of their numbers finite; latent: lists with one number for each dimension
    of the code, for the card; mixture: the one fitted to the codes, or the one given.
    """

    metrics: dict[str, Metric]
    latent: dict[str, list[float]]
    mixture: GaussianMixture | None


class Evaluator:
    """Measures models on one device, drawn pictures by the judge among the `checkpoints`.

    What the judge makes of real pictures is kept: it is the same for all models of a data set.
    `images` is how many all estimates of log p(x) are compared on; fewer than 2 raise ValueError.
    """

    def __init__(self, checkpoints: Path, device: torch.device, images: int = SIDE_BY_SIDE_IMAGES):
        if images < 2:
            raise ValueError("A standard error needs 2 images or more.")
        self.checkpoints, self.device, self.images = checkpoints, device, images
        self._references: dict[str, generation.Reference | None] = {}

    def measure(
        self,
        model: Model,
        dataset: Dataset,
        measures: Collection[Measure],
        mixture: GaussianMixture | None = None,
    ) -> Measured:
        """All of `measures` that apply to the model, with a bar that shows how far it is.

        `mixture` is the one it has; MIXTURE fits another in its place. What is not finite, as of a
        few or of equal images, is left out, which is said on standard error.
        """
        total = images_to_sample(model, dataset, measures, self.images) or None
        with tqdm(desc="evaluating", total=total, unit="image", dynamic_ncols=True) as bar:
            metrics, latent = evaluate(
                model, dataset, self.device, bar.update, measures, self.images
            )
        if Measure.MIXTURE in measures and applies(Measure.MIXTURE, model, dataset):
            mixture = code_density.fit_to(model, dataset.train)
        drawn = model.has_decoder and (model.prior() is not None or mixture is not None)
        if Measure.GENERATION in measures and drawn and (real := self._reference(dataset)):
            metrics |= generation.generation(model, real, mixture)
        return Measured(_finite(metrics), latent, mixture)

    def _reference(self, dataset: Dataset) -> generation.Reference | None:
        """What models of this data set are compared with; None where no judge knows its images."""
        key = dataset.test.sha256
        if key not in self._references:
            self._references[key] = self._judged(dataset)
        return self._references[key]

    def _judged(self, dataset: Dataset) -> generation.Reference | None:
        folder = self.checkpoints / generation.JUDGE
        if not folder.is_dir():
            return None
        judge = zoo.load(folder)
        if judge.card.data != dataset.identity or not isinstance(judge.model, Classifier):
            return None
        return generation.reference(judge.model.to(self.device), dataset)


def _finite(metrics: dict[str, Metric]) -> dict[str, Metric]:
    for name, metric in metrics.items():
        if not metric.is_finite:
            print(f"These pictures give no {name}: it is left out.", file=sys.stderr)
    return {name: metric for name, metric in metrics.items() if metric.is_finite}


def check_classes(split: Split, model: Model) -> None:
    """Raises DataError, one sentence, if `split` lacks labels of the classes the model knows.

    A label that is not known is negative.
    """
    if not (model.encode_needs_label or model.has_classifier):
        return
    classes = model.config.classes
    present = split.labels[split.labels >= 0].unique()
    if len(present) < 2:
        raise DataError(f"This data set has no labels, and the family {model.family} needs them.")
    if int(present.max()) >= classes:
        raise DataError(
            f"This data set has {int(present.max()) + 1} classes, and the model knows {classes}."
        )


def lines(metrics: dict[str, Metric]) -> list[str]:
    """A line for each number: name, value, deviation over draws, unit, and how it was measured."""
    return [
        f"{name:24} {metric.value:12.5f} {_deviation(metric)}{metric.unit:24} {metric.sentence()}"
        for name, metric in metrics.items()
        if not isinstance(metric.value, tuple)
    ]


def _deviation(metric: Metric) -> str:
    return "" if metric.deviation is None else f"± {metric.deviation:.5f} "
