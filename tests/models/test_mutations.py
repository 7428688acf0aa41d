"""Cards and files that anybody may have written: refused in one way, at once, and cheaply."""

import json

import pytest

from models import zoo
from models.zoo import CARD, CheckpointError, Zoo
from tests.models.mutations import Mutations, outcome
from tests.models.test_zoo import checkpoint

SEEDS = (*range(300), 36_929, 47_402, 60_875)  # the last are what 100,000 found at first


@pytest.fixture(scope="module")
def mutations(tmp_path_factory):
    return Mutations(tmp_path_factory.mktemp("mutations"))


def test_random_damage_that_hashes_vouch_for_has_one_kind_of_error(mutations):
    outcomes = [outcome(mutations.damage(seed)) for seed in SEEDS]
    assert set(outcomes) == {"loaded", "CheckpointError"}


TORSO = {"kind": "network-config", "widths": [], "channels": [], "blocks": 0, "activation": "silu"}
ABSURD = {
    "many blocks": {"encoder": TORSO | {"channels": [4], "blocks": 10**5}},
    "many layers": {"encoder": TORSO | {"widths": [1] * 10**5}},
    "many stages": {"encoder": TORSO | {"channels": [1] * 30}},
    "wide layers": {"decoder": TORSO | {"widths": [30_000, 30_000]}},
    "very wide layers": {"decoder": TORSO | {"widths": [2**31]}},
    "no shape": {"x_shape": []},
    "a shape of two": {"x_shape": [28, 28]},
    "a shape of fractions": {"x_shape": [1, 28.0, 28]},
    "a shape of truths": {"x_shape": [True, 28, 28]},
    "a shape below zero": {"x_shape": [1, -28, 28]},
    "an image of nothing": {"x_shape": [0, 28, 28]},
    "a huge image": {"x_shape": [1, 10**30, 28]},
    "a large image": {"x_shape": [16, 1024, 1024]},
    "a huge code": {"latent": 2**31},
    "a code of nothing": {"latent": 0},
    "a fraction of a code": {"latent": 2.0},
    "a penalty below zero": {"code_penalty": -1.0},
    "a huge penalty": {"code_penalty": 1e300},
    "no choice": {"corruption": {"kind": "one-of", "choices": []}},
    "no corruption to choose": {"corruption": {"kind": "one-of", "choices": [1]}},
    "a huge sigma": {
        "likelihood": {"kind": "gaussian", "variance": "fixed", "sigma": 1e300, "mean": "sigmoid"}
    },
}


@pytest.mark.parametrize("change", ABSURD.values(), ids=ABSURD)
def test_absurd_sizes_are_refused_before_anything_is_allocated(
    change, tmp_path, small_config, monkeypatch, assert_sentence
):
    checkpoint(tmp_path / "good", small_config("vae"))
    checkpoint(tmp_path / "evil", small_config("ae"))
    card = json.loads((tmp_path / "evil" / CARD).read_text(encoding="utf-8"))
    card["config"] |= change
    (tmp_path / "evil" / CARD).write_text(json.dumps(card), encoding="utf-8")

    def allocated(*_):
        raise AssertionError("the weights were allocated")

    monkeypatch.setattr(zoo, "build", allocated)
    models = Zoo(tmp_path)
    assert list(models) == ["good"]
    assert_sentence(models.unavailable["evil"])
    with pytest.raises(CheckpointError, match="evil"):
        zoo.load(tmp_path / "evil")
