"""One recipe per shipped checkpoint; one module for each part of the page they are for."""

from . import (
    adversarial,
    beta,
    classifier,
    compression,
    conditional,
    few_labels,
    importance,
    main,
    mathematics,
    recurrent,
    shapes,
)
from .recipe import Recipe

PARTS = (
    main,
    compression,
    mathematics,
    conditional,
    beta,
    shapes,
    importance,
    few_labels,
    recurrent,
    adversarial,
    classifier,
)
RECIPES: dict[str, Recipe] = {r.name: r for part in PARTS for r in part.RECIPES}

__all__ = ["RECIPES", "Recipe"]
