"""The saved state of a training: whole and of this very run, or refused in one sentence."""

import errno
import json
import math
import os
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, save

from data.datasets import Split
from tests.training.runs import CPU, fresh, same_weights, trained
from training import state as states
from training.errors import TrainingError
from training.loop import Epoch, fit

ADAM = "adam.model.0.exp_avg"


@pytest.fixture
def state(recipe, few, tmp_path):
    """The saved state of a run that is half done."""
    path = tmp_path / "state"
    for event in fit(recipe, fresh(recipe), few, CPU, path):
        if isinstance(event, Epoch) and event.epoch == 3:
            break
    return path


@pytest.fixture
def refused(state, recipe, few, assert_sentence):
    """refused(reason): resuming says in one sentence that, and that one may start again."""

    def check(reason="", recipe=recipe, split=few):
        before = state.read_bytes()
        with pytest.raises(TrainingError, match=f"{reason}.*start again without --resume") as said:
            trained(recipe, split, state_path=state, resume=True)
        assert_sentence(str(said.value))
        assert state.read_bytes() == before

    return check


def metadata_of(path):
    with safe_open(path, "pt") as file:
        return file.metadata()


def with_facts(path, text):
    path.write_bytes(save(load(path.read_bytes()), {"state": text}))


def with_tensors(path, change):
    path.write_bytes(save(change(load(path.read_bytes())), metadata_of(path)))


BREAK = {
    "truncated": lambda p: p.write_bytes(p.read_bytes()[:-9]),
    "empty": lambda p: p.write_bytes(b""),
    "text": lambda p: p.write_text("not a state", encoding="utf-8"),
    "a pickle": lambda p: torch.save({"epoch": 2}, p),
    "without facts": lambda p: p.write_bytes(save(load(p.read_bytes()))),
    "without a checksum": lambda p: with_facts(p, metadata_of(p)["state"]),
    "tensor missing": lambda p: with_tensors(p, lambda t: dict(sorted(t.items())[:-1])),
    "tensor of another size": lambda p: with_tensors(
        p, lambda t: t | {"model.encoder.1.bias": torch.zeros(2)}
    ),
    "tensor of another name": lambda p: with_tensors(
        p, lambda t: {k.replace("best.", "last."): v for k, v in t.items()}
    ),
}


@pytest.mark.parametrize("damage", BREAK.values(), ids=BREAK)
def test_a_broken_state_is_refused(damage, state, refused):
    damage(state)
    refused()


def test_one_flipped_bit_is_noticed_wherever_it_is(state, recipe, few):
    """In the header, the facts, weights and moments alike; what is read after all is the same."""
    content = state.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    whole = states.read_state(state, recipe, few.sha256)
    generator = torch.Generator().manual_seed(0)
    places = [*range(8), *torch.randint(8, header, (300,), generator=generator).tolist()]
    places += torch.randint(header, len(content), (100,), generator=generator).tolist()
    read = 0
    for place in places:
        bit = 1 << int(torch.randint(8, (), generator=generator))
        state.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        try:
            tensors, facts = states.read_state(state, recipe, few.sha256)
        except TrainingError:
            continue
        read += 1
        assert same_weights(tensors, whole[0])
        assert facts == whole[1]
    assert read < len(places) / 20  # blanks that pad the header


# --- states with a checksum of their own -------------------------------------------------------


def forge(path, facts=None, tensors=None):
    """Change facts or tensors as somebody would who knows the checksum."""
    held = load(path.read_bytes()) | (tensors or {})
    text = json.dumps(json.loads(metadata_of(path)["state"]) | (facts or {}))
    path.write_bytes(save(held, {"state": text, "sha256": states._sha256(held, text)}))


@pytest.mark.parametrize(
    "facts",
    [
        {"epoch": -5},
        {"epoch": 0},
        {"epoch": 5},
        {"epoch": 10**30},
        {"epoch": 2.5},
        {"epoch": "3"},
        {"epoch": True},
        {"epoch": None},
        {"best_epoch": 0},
        {"best_epoch": 4},
        {"best_epoch": [1]},
        {"best_objective": math.nan},
        {"best_objective": -math.inf},
        {"best_objective": "low"},
        {"seconds": -1},
        {"seconds": math.inf},
        {"curve": []},
        {"curve": {}},
        {"curve": [1, 2, 3]},
        {"curve": [{"epoch": 1}, {"epoch": 2}, {"epoch": 4}]},
        {"curve": [{"epoch": 1}, {"epoch": 2}, {"epoch": 3, "train code": math.nan}]},
        {"curve": [{"epoch": 1}, {"epoch": 2}, {"epoch": 3, "train code": "low"}]},
        {"patience": 3},
        {"recipe": None},
        {"recipe": {"epochs": "many"}},
        {"data": None},
        {"format": "2"},
    ],
    ids=str,
)
def test_what_no_training_writes_is_refused(facts, state, refused):
    forge(state, facts)
    refused()


@pytest.mark.parametrize("text", ["[]", "null", "3", '"epoch"', "{}", 9_999 * "["])
def test_facts_that_are_no_record_are_refused(text, state, refused):
    held = load(state.read_bytes())
    state.write_bytes(save(held, {"state": text, "sha256": states._sha256(held, text)}))
    refused()


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("model.encoder.1.bias", lambda v: v * math.nan, "not numbers"),
        ("best.encoder.1.bias", lambda v: v + math.inf, "not numbers"),
        (ADAM, lambda v: v * math.nan, "not numbers"),
        ("model.encoder.1.bias", lambda v: torch.zeros(2), "does not fit the model"),
        ("best.encoder.1.bias", lambda v: torch.zeros(2), "does not fit the model"),
        (ADAM, lambda v: torch.zeros(2), "does not fit the model"),
        ("model.more", lambda v: torch.zeros(2), "does not fit the model"),
        ("adam.nobody.0.step", lambda v: torch.zeros(()), "does not fit the model"),
    ],
)
def test_tensors_that_no_training_writes_are_refused(name, change, reason, state, refused):
    held = load(state.read_bytes())
    forge(state, tensors={name: change(held.get(name))})
    refused(reason)


@pytest.mark.parametrize("part", ["model.", "best.", "adam."])
def test_a_state_without_a_part_is_refused(part, state, refused):
    """Adam without its moments would go on, and end elsewhere."""
    held = {k: v for k, v in load(state.read_bytes()).items() if not k.startswith(part)}
    text = metadata_of(state)["state"]
    state.write_bytes(save(held, {"state": text, "sha256": states._sha256(held, text)}))
    refused("does not fit the model")


# --- states of other runs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seed": 1}, "of seed 0; resume it with --seed 0"),
        ({"epochs": 9}, "of a run of 4 epochs, .* resume it with --epochs 4"),
        ({"learning_rate": 1e-4}, "of another recipe"),
        ({"binarize": False}, "of another recipe"),
    ],
    ids=str,
)
def test_the_state_of_another_recipe_is_refused(change, reason, recipe, refused):
    refused(reason, recipe=replace(recipe, **change))


def test_the_state_of_other_data_is_refused(few, refused):
    refused("of other data", split=Split.of(few.images.flip(0), few.labels.flip(0)))


def test_the_state_of_an_older_version_is_refused(refused, monkeypatch):
    monkeypatch.setattr(states, "STATE_FORMAT", states.STATE_FORMAT + 1)
    refused("another version of Latent Lab")


# --- a full disk -------------------------------------------------------------------------------


def test_a_full_disk_keeps_the_state_before(state, recipe, few, monkeypatch):
    before = state.read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        trained(recipe, few, state_path=state, resume=True)
    assert state.read_bytes() == before
    assert [p.name for p in state.parent.iterdir()] == [state.name]
