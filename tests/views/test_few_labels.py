"""The view of few labels: what it answers to a digit, and which pairs it shows."""

from dataclasses import replace

import pytest
import torch

from models import build, zoo
from models.networks import NetworkConfig
from tests.asking import asking
from tests.made_up import metric
from training.recipes.few_labels import semi_supervised, supervised
from views.few_labels import few_labels as view
from views.kit.lab import Lab
from views.kit.pictures import picture_of
from views.kit.samples import Samples
from views.kit.worker import Worker

SMALL = NetworkConfig(widths=(12,))


@pytest.fixture
def small_lab(tmp_path, digits):
    """A lab with an untrained pair that knows 100 labels."""
    for recipe in (semi_supervised(100), supervised(100)):
        sizes = {"encoder": SMALL, "decoder": SMALL}
        recipe = replace(recipe, config=replace(recipe.config, **sizes))
        torch.manual_seed(0)
        model = zoo.round_weights(build(recipe.config)).eval()
        accuracy = metric("accuracy", 0.5, "share")
        zeros = [0.0] * recipe.config.latent
        card = zoo.Card(
            recipe.name,
            recipe.config,
            recipe=recipe.to_dict(),
            data={"name": "digits"},
            metrics={"accuracy": accuracy},
            latent={"mean": zeros, "std": zeros},
        )
        points = zoo.Codes(torch.zeros(10, recipe.config.latent), digits.test.labels[:10])
        (tmp_path / recipe.name).mkdir()
        zoo.save(tmp_path / recipe.name, model, points, card)
    return Lab(zoo.Zoo(tmp_path), Samples())


@pytest.fixture
def read(small_lab):
    """What the page asks of a digit."""
    entries = {
        labels: tuple(small_lab.entry(name) for name in names)
        for labels, names in view.shown(small_lab).items()
    }
    return asking(view.read_with_labels, entries, Worker("test", 9))


def test_one_digit_is_read_by_both(small_lab, read, x):
    assert view.shown(small_lab) == {100: ("m2-100", "classifier-100")}
    answer = read({"digit": picture_of(x[0]).model_dump(), "labels": 100})
    model = small_lab.entry("m2-100").model
    torch.testing.assert_close(
        torch.tensor(answer["posteriors"][0]), model.classify(x[:1]).probs[0].detach()
    )
    assert len(answer["bounds"]) == 10
    assert all(bound < 0 for bound in answer["bounds"])


@pytest.mark.parametrize("labels", [101, None, [100], {}, 1e400, "100.0", "missing"])
def test_a_number_of_labels_that_is_not_offered_gets_a_sentence(read, x, labels, assert_sentence):
    question = {"digit": picture_of(x[0]).model_dump(), "labels": labels}
    if labels == "missing":
        del question["labels"]
    assert_sentence(read(question)["error"])


@pytest.mark.parametrize("question", [None, {"labels": 100}])
def test_what_holds_no_digit_gets_a_sentence(read, question, assert_sentence):
    assert_sentence(read(question)["error"])


def test_a_digit_that_is_none_gets_a_sentence(read, assert_sentence):
    digit = {"shape": [1, 28, 28], "pixels": "!"}
    assert_sentence(read({"digit": digit, "labels": 100})["error"])


def test_without_checkpoints_nothing_is_shown(tmp_path):
    assert view.shown(Lab(zoo.Zoo(tmp_path), Samples())) == {}
