"""Which view is about which checkpoints, and which are somebody's own."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.made_up import stand_in
from training.recipes import RECIPES
from training.recipes.main import RECIPES as MAIN
from views.kit import parts
from views.kit.lab import Lab


def entry(recipe, name="any"):
    return stand_in(SimpleNamespace(card=SimpleNamespace(recipe={"name": recipe}, name=name)))


def test_every_recipe_belongs_to_one_part_at_most_and_only_the_main_ones_to_none():
    for name in RECIPES:
        found = [part for part in parts.PARTS if part.holds(entry(name))]
        assert len(found) == (RECIPES[name] not in MAIN), name


@pytest.mark.parametrize("part", parts.PARTS, ids=lambda part: part.name)
def test_every_part_has_recipes(part):
    assert any(part.holds(entry(name)) for name in RECIPES)


def test_other_data_make_it_somebodys_own():
    """A recipe on other data has a name of its own, which no part knows."""
    assert parts.part_of(entry("vae-2-beta-1")) is parts.BETA
    for name in ("vae-2-beta-1-letters", "linear-8-letters", "gan-16-fashion-mnist", "mine"):
        assert parts.part_of(entry(name)) is None


def test_the_recipe_counts_and_not_the_folders_name():
    assert parts.part_of(entry("draw-32", name="renamed")) is parts.DRAWING
    bare = SimpleNamespace(card=SimpleNamespace(recipe={}, name="draw-32"))
    assert parts.part_of(stand_in(bare)) is parts.DRAWING


def test_what_was_trained_on_other_data_takes_no_main_place(shipped):
    """However its folder is called: it is offered beside the main ones."""
    vae = shipped.zoo["vae-2"]
    recipe = vae.card.recipe | {"name": "vae-2-letters", "dataset": "folder:letters"}
    other = replace(vae, card=replace(vae.card, recipe=recipe))
    lab = Lab(stand_in({"vae-2": other}), shipped.samples)
    assert lab.of_size(2) == []
    assert lab.own == [other]
