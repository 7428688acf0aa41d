"""A training of a second, for every test of training."""

import pytest

from data.datasets import Split
from training.recipes import Recipe


@pytest.fixture
def recipe(small_config):
    """A recipe of a second; its corruption and binarization use randomness at every step."""
    return Recipe(
        "tiny",
        small_config("dae"),
        dataset="digits",
        binarize=True,
        epochs=4,
        batch_size=64,
        validation=80,
    )


@pytest.fixture
def few(digits):
    """400 digits, for tests that need not learn anything."""
    return Split.of(digits.train.images[:400], digits.train.labels[:400])
