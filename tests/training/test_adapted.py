"""A recipe on other data: what follows from how many pictures there are, follows."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from models import zoo
from training import __main__ as cli
from training import loop
from training.adapted import for_dataset_size
from training.labels import batches
from training.recipes import RECIPES

IMAGES = dict.fromkeys(("mnist", "noise", "gaussian-noise", "mixture"), 60_000) | {"shapes": 9_000}


@pytest.mark.parametrize("name", RECIPES)
def test_on_its_own_data_a_recipe_is_what_it_is(name):
    recipe = RECIPES[name]
    assert for_dataset_size(recipe, IMAGES[recipe.dataset]) == recipe


def test_beta_tcvaes_n_is_what_is_trained_on(tmp_path, small_config, monkeypatch):
    """I(z; n) of N pictures is log N at most, also as it is estimated; the recipe's N is 8,000."""
    for i in range(50):
        levels = np.random.default_rng(i).integers(0, 256, (9, 9), np.uint8)
        Image.fromarray(levels).save(tmp_path / f"{i}.png")
    recipe = RECIPES["beta-tcvae-10-shapes"]
    small = small_config("beta-tcvae", dataset_size=8_000, beta=0.1)
    monkeypatch.setitem(RECIPES, "few", replace(recipe, name="few", config=small, epochs=2))
    out = tmp_path / "out"
    assert cli.main(["few", "--dataset", f"folder:{tmp_path}", "--out", str(out)]) == 0
    (entry,) = zoo.Zoo(out).values()
    config: Any = entry.card.config
    # A tenth is tested on, a fifth of the others held out.
    assert config.dataset_size == entry.card.recipe["config"]["dataset_size"] == 45 - 9
    curve = entry.card.curve
    assert all(row["train mutual information"] <= math.log(36) for row in curve)


@pytest.mark.parametrize("name", ["beta-tcvae-10-shapes", "beta-vae-10-shapes", "m2-100"])
@pytest.mark.parametrize("change", [{}, {"epochs": 2}], ids=["all epochs", "two epochs"])
def test_annealed_weights_reach_their_end_before_training_does(name, change):
    images = 540
    recipe = for_dataset_size(replace(RECIPES[name], batch_size=100, **change), images)
    labels = torch.arange(images - loop.validation_size(images, recipe)) % 10
    if recipe.labels is not None:
        labels[recipe.labels :] = -1
    steps = recipe.epochs * len(batches(labels, recipe, torch.Generator()))
    config: Any = recipe.config
    assert 0 < config.anneal_steps <= 2 / 3 * steps
