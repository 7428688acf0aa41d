"""The README's numbers are the cards' numbers, and what it names exists."""

import re
from pathlib import Path

import pytest

from models import zoo
from training.recipes import RECIPES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUALITY = re.findall(r"^\| `([a-z]+-\d+)` \| ([^|]+) \| (-?[\d.]+) \|", README, re.MULTILINE)
SHIPPED = zoo.Zoo(ROOT / "checkpoints")


def test_every_main_checkpoint_stands_in_the_table():
    main = {name for name, recipe in RECIPES.items() if recipe.exhibit == "main"}
    assert {name for name, _, _ in QUALITY} == main


@pytest.mark.parametrize(("name", "metric", "shown"), QUALITY)
def test_a_number_in_the_table_is_the_cards(name, metric, shown):
    decimals = len(shown.partition(".")[2])
    value = SHIPPED[name].card.metrics[metric.strip()]["value"]
    assert f"{value:.{decimals}f}" == shown


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_links_lead_somewhere(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", re.findall(r"^([a-z][\w/]+(?:\.py|/)) ", README, re.MULTILINE))
def test_the_file_tree_is_true(path):
    assert (ROOT / path).exists()
