"""Is the step that is captured as a CUDA graph the step that was meant? One recipe a family."""

from pathlib import Path

import torch
from torch import Tensor

from data import datasets
from data.datasets import Split
from models import FAMILIES, build
from training.labels import batches, hide_labels
from training.loop import Stepper, split_validation
from training.recipes import RECIPES, Recipe

from .table import Table

CUDA = torch.device("cuda")
STEPS = 5


def recipe_of(family: str) -> Recipe:
    """The first shipped recipe of a family."""
    return next(r for r in RECIPES.values() if r.config.family == family and r.solver == "adam")


def after_steps(recipe: Recipe, split: Split, captured: bool) -> Tensor:
    """All weights, in one row, after STEPS steps from the same weights with the same noise."""
    torch.manual_seed(recipe.seed)
    model = build(recipe.config).to(CUDA).train()
    train, validation = split_validation(split, recipe, CUDA)
    train, _ = hide_labels(train, validation, recipe, model)
    stepper = Stepper(model, train, recipe, CUDA)
    if captured:
        stepper.capture()
    stepper.start_epoch(recipe.seed, epoch=0)
    order = torch.Generator().manual_seed(recipe.seed)
    for step, index in enumerate(batches(train.labels, recipe, order)[:STEPS]):
        stepper(index, recipe.learning_rate, step)
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def measure(root: Path | None, checkpoints: Path) -> Table:
    """A row for each family: how its captured step differs from the plain one."""
    rows = []
    # Else the same convolution may sum in another order each time it is asked.
    torch.backends.cudnn.deterministic = True
    for family in FAMILIES:
        recipe = recipe_of(family)
        split = datasets.load(recipe.dataset, root).train
        plain, again, captured = (
            after_steps(recipe, split, captured=c) for c in (False, False, True)
        )
        differences = [f"{float((other - plain).abs().max()):.1e}" for other in (captured, again)]
        rows.append((family, recipe.name, *differences))
    torch.backends.cudnn.deterministic = False
    return Table(
        "The captured step computes what the plain step does",
        f"Largest difference of any weight after {STEPS} steps of Adam from the same weights with "
        "the same batches and noise, with the recipe's sizes and precision; the last column is "
        "the difference between two runs of the plain step.",
        ("family", "recipe", "captured - plain", "plain - plain"),
        rows,
    )
