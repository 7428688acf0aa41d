"""The embedded digits are what the models know as digits, varied, and made by a command."""

import os
from collections import Counter
from pathlib import Path

import pytest
import torch

from data import datasets, embedded, morphology
from experiments.embedded import MAIN, MOST_TURNED, draw, turned
from views.kit.samples import EIGHT, MNIST, OPENING, THREE, Samples, SampleSet

SIZES = {name: latent for latent, names in MAIN.items() for name in names}
SHOWN = 60
HAS_MNIST = (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir()


@pytest.fixture(scope="module")
def images():
    return embedded.load()[0] / 255.0


@pytest.fixture(scope="module")
def labels():
    return embedded.load()[1]


@pytest.fixture(scope="module")
def entries(shipped):
    return shipped.zoo


@pytest.fixture(scope="module")
def classifier(entries):
    return entries["classifier"].model


@torch.no_grad()
def verdict(classifier, x):
    return classifier.classify(x).probs.max(1)


def test_the_classifier_reads_each_as_its_label(images, labels, classifier):
    sureness, read = verdict(classifier, images)
    assert torch.equal(read, labels)
    assert sureness.min() >= 0.9
    assert Counter(labels[:SHOWN].tolist()) == dict.fromkeys(range(10), 6)


@pytest.mark.parametrize("name", SIZES)
def test_few_turn_into_another_class(name, images, labels, entries, classifier):
    found = turned(entries[name].model, classifier, images)
    read = verdict(classifier, entries[name].model.reconstruct(images).detach())[1]
    assert torch.equal(found, read != labels)  # by the label as by the verdict on the image
    assert found[:SHOWN].sum() <= {2: 6, 16: 2}[SIZES[name]]
    assert found.float().mean() <= MOST_TURNED[SIZES[name]]
    assert not found[:10].any()


def test_the_two_dimensional_models_still_find_some_hard(images, entries, classifier):
    """They were not chosen until nothing turns: MNIST's digits turn, too."""
    assert all(turned(entries[name].model, classifier, images).any() for name in MAIN[2])


def test_they_are_as_varied_as_handwriting(images):
    """MNIST's test digits: thickness 2.4 +- .65 pixels, slant 0 +- 13 degrees."""
    for shown in (images[:SHOWN, 0], images[:, 0]):
        assert morphology.thickness(shown).mean() == pytest.approx(2.4, abs=0.5)
        assert morphology.thickness(shown).std() > 0.5
        assert morphology.slant(shown).std() > 10
    flat = images.flatten(1)
    nearest = torch.cdist(flat, flat).fill_diagonal_(torch.inf).min(1).values
    assert nearest.min() > 1.5  # no digit is there twice
    assert nearest.median() > 5  # 6.3 among as many of MNIST's


def test_they_lie_where_mnist_s_digits_lie(images):
    """Centred by mass, the ink within 20 pixels; a network's faint ink may lie beyond."""
    ink = images[:, 0] * (images[:, 0] > 0.25)
    along = torch.arange(28.0)
    for axis in (1, 2):
        profile = ink.sum(axis)
        assert (profile @ along / profile.sum(1) - 14).abs().max() < 1.5
        assert (profile > 0).sum(1).max() <= 22


def test_the_command_draws_the_same_again(entries):
    again = draw(entries).int()
    assert (again - embedded.load()[0].int()).abs().max() <= 1


def test_a_sheet_is_read_as_it_was_saved(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "SHEET", tmp_path / "sheet.png")
    shape = (embedded.ROWS * 10, 1, 28, 28)
    noise = torch.randint(256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    embedded.save(noise)
    assert torch.equal(embedded.load()[0], noise)


# What the page opens with.


def sets():
    yield Samples().current
    if HAS_MNIST:
        yield SampleSet.of(datasets.load("mnist", download=False).test, MNIST)


def test_the_page_opens_with_a_3_and_the_first_8_that_every_model_keeps(entries, classifier):
    """In either set, so that it is the same place: MNIST may come after the page was built."""
    turned_somewhere = torch.zeros(SHOWN, dtype=torch.bool)
    for current in sets():
        rows = [i for row in zip(*current.shown, strict=True) for i in row]
        x, y = current.split.images[rows] / 255.0, current.split.labels[rows]
        turned_somewhere |= verdict(classifier, x)[1] != y
        for name in SIZES:
            turned_somewhere |= turned(entries[name].model, classifier, x)
    assert not turned_somewhere[[THREE, EIGHT]].any()
    assert (THREE % 10, EIGHT % 10) == (3, 8)
    if HAS_MNIST:
        kept = [i for i in range(SHOWN) if not turned_somewhere[i]]
        assert next(i for i in kept if i % 10 == 8) == EIGHT


def test_the_opening_digit_is_shown_once_and_at_its_place():
    for current in sets():
        row, digit = divmod(THREE, 10)
        assert current.shown[digit][row] == OPENING[current.name]
        assert current.label(OPENING[current.name]) == digit
        assert all(len(set(shown)) == len(shown) == 6 for shown in current.shown)
