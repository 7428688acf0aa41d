"""A recipe for the data at hand."""

from dataclasses import replace

from models import FAMILIES
from models.base import LabelledConfig

from .data import Dataset
from .loop import TrainingError
from .recipes import Recipe
from .recipes.recipe import OWN


def on_other_data(recipe: Recipe, dataset: Dataset, name: str) -> Recipe:
    """The recipe for other data than its own, as `name`: sizes, classes and batches follow them.

    Raises TrainingError if the family needs labels and the data have none.
    """
    config = recipe.config
    sizes = {"x_shape": tuple(dataset.test.images.shape[1:])}
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
        exhibit=OWN,
        batch_size=min(recipe.batch_size, max(2, len(dataset.train) // 4)),
    )
