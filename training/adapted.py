"""Recipes adapted to a data set: to the shape and number of its images and to its classes."""

from dataclasses import replace
from typing import Any

from data.datasets import Dataset
from evaluation.measures import Measure
from models import FAMILIES
from models.base import LabelledConfig
from models.total_correlation import TotalCorrelationConfig

from .errors import TrainingError
from .loop import validation_size
from .recipes import Recipe

MAX_ANNEALED = 2 / 3  # share of all steps; the shipped recipes anneal for up to 0.61 of them


def on_other_data(recipe: Recipe, dataset: Dataset, name: str) -> Recipe:
    """The recipe for another data set, called `name`: with its shape and classes, and a batch size
    of at most a quarter of its images.

    Sample draws from it, so a mixture is fitted to its codes.

    Raises TrainingError if the family needs labels and the data have none.
    """
    config = recipe.config
    sizes: dict[str, Any] = {"x_shape": tuple(dataset.test.images.shape[1:])}
    if isinstance(config, LabelledConfig):
        sizes["classes"] = dataset.classes
        if dataset.classes < 2:
            raise TrainingError(
                f"The {FAMILIES[config.family].title} needs labels, and {dataset.name} has none; "
                "take another data set or a family that needs none."
            )
    return replace(
        recipe,
        name=name,
        config=replace(config, **sizes),
        dataset=dataset.name,
        measures=tuple(m for m in Measure if m in {*recipe.measures, Measure.MIXTURE}),
        batch_size=min(recipe.batch_size, max(2, len(dataset.train) // 4)),
    )


def for_dataset_size(recipe: Recipe, images: int) -> Recipe:
    """The recipe with those settings that depend on the number of training images.

    `images` includes those held out. beta-TCVAE's dataset_size becomes the number of the others,
    and `anneal_steps` at most MAX_ANNEALED of all steps.
    """
    config, trained_on = recipe.config, images - validation_size(images, recipe)
    if isinstance(config, TotalCorrelationConfig):
        config = replace(config, dataset_size=max(trained_on, 2))
    if anneal_steps := getattr(config, "anneal_steps", 0):
        labels = recipe.labels or 0  # their images fill a share of every batch
        labelled = round(recipe.labelled_share * recipe.batch_size) if labels else 0
        steps = (trained_on - labels) // (recipe.batch_size - labelled)
        most = int(MAX_ANNEALED * recipe.epochs * max(steps, 0))
        config = replace(config, anneal_steps=min(anneal_steps, most))
    return replace(recipe, config=config)
