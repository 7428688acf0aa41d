"""The Machine's answers, and its ways into every view."""

import base64

import numpy as np
import pytest
import torch

from explore import machine as explore
from tests import nonsense
from tests.asking import asking
from tests.sheet import sent, sheet_of
from views import GROUPS
from views.kit.worker import Worker
from views.machine import machine


@pytest.fixture
def three(lab):
    return sheet_of(lab)[3]


@pytest.fixture
def ask(lab):
    return asking(machine.activations_of_digit, lab, Worker("test", 9))


def test_every_view_opens_from_one_part_of_the_picture():
    ways = [name for names in machine.DOORS.values() for name in names]
    assert sorted(ways) == sorted(name for group in GROUPS.values() for name in group)


@pytest.mark.parametrize("name", ["vae-2", "ae-16"])
def test_the_page_is_told_what_is_in_each_layer(lab, three, ask, name):
    found = ask({"digit": sent(three), "model": name})["stages"]
    expected = explore.encoder_activity(lab.entry(name).model, three)
    for stage, own in zip(found, expected, strict=True):
        halves = np.frombuffer(base64.b64decode(stage["activations"]), "<f2").astype("f4")
        assert np.allclose(halves, own.activations.flatten(), atol=0.01, rtol=1e-3)
        connections = stage["connections"]
        assert connections == (own.connections and vars(own.connections))


@pytest.mark.parametrize("name", nonsense.NAMES)
def test_an_unknown_model_is_refused_in_a_sentence(three, ask, name):
    error = ask({"digit": sent(three), "model": name})["error"]
    assert error.endswith(".")


def test_a_picture_of_another_size_is_refused_in_a_sentence(ask):
    error = ask({"digit": sent(torch.zeros(1, 14, 14)), "model": "vae-2"})["error"]
    assert error.startswith("These models read pictures of 28 by 28")


def test_what_the_page_is_told_of_a_model(shipped):
    told = machine.machine_of(shipped, shipped.entry("vae-2"))
    assert [stage.shape for stage in told.encoder] == [[1024], [512], [256], [4]]
    assert [stage.shape for stage in told.decoder][-1] == [1, 28, 28]
    assert told.probabilities
    assert told.map
    assert machine.machine_of(shipped, shipped.entry("ae-16")).map is None
