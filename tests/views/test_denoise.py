"""Denoise's answers: the errors are true, and nonsense gets a sentence."""

import pytest
import torch

from models import zoo
from models.corruption import CORRUPTIONS
from tests import nonsense
from tests.asking import asking
from tests.sheet import bytes_of, mse_of, pixels_of, same_picture, sent, sheet_of
from views.denoise import denoise
from views.kit import validate
from views.kit.lab import COMPARED, Lab
from views.kit.worker import Worker


@pytest.fixture(scope="module")
def three(lab):
    return sheet_of(lab)[3]


@pytest.fixture(scope="module")
def ask(lab):
    """What the page's script gets for a question."""
    return asking(denoise.denoise_digit, lab, Worker("test", 1))


def question(x, **changes):
    good = {"digit": sent(x), "kind": "gaussian-noise", "strength": 0.5, "size": 2, "seed": 0}
    return good | changes


@pytest.mark.parametrize("kind", denoise.KINDS)
@pytest.mark.parametrize("strength", [0.25, 1.0])
def test_the_errors_are_true(lab, three, ask, kind, strength):
    answer = ask(question(three, kind=kind, strength=strength, size=16, seed=7))
    corrupted = CORRUPTIONS[kind](strength).sample(three, torch.Generator().manual_seed(7))
    shown = pixels_of(answer["corrupted"]["pixels"], *answer["corrupted"]["shape"])
    assert same_picture(shown, bytes_of(corrupted))
    assert answer["mse"] == pytest.approx(mse_of(corrupted, three), rel=1e-4)
    assert [repair["name"] for repair in answer["repairs"]] == [f"{f}-16" for f in COMPARED]
    for repair in answer["repairs"]:
        repaired = lab.zoo[repair["name"]].model.reconstruct(corrupted.unsqueeze(0))[0]
        assert repair["mse"] == pytest.approx(mse_of(repaired, three), rel=1e-4)
        assert same_picture(pixels_of(repair["picture"]["pixels"], 1, 28, 28), bytes_of(repaired))


@pytest.mark.parametrize("kind", denoise.KINDS)
def test_no_damage_is_no_error(three, ask, kind):
    answer = ask(question(three, kind=kind, strength=0))
    assert answer["mse"] == 0
    assert answer["corrupted"] == sent(three)


def test_the_same_seed_is_the_same_noise_and_another_is_other(three, ask):
    assert ask(question(three, seed=1)) == ask(question(three, seed=1))
    assert ask(question(three, seed=1)) != ask(question(three, seed=2))
    assert "error" not in ask(question(three, seed=validate.MAX_SEED, strength=1))


def test_the_curves_are_the_cards(lab):
    model = denoise.model_of(lab.zoo["dae-16"])
    assert model.curves.keys() == denoise.KINDS.keys()
    for curve in model.curves.values():
        assert curve.strength == [0.0, 0.5, 1.0]
        assert curve.value == [0.01, 0.02, 0.06]
        assert "by nobody" in curve.protocol


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("digit", nonsense.DIGITS),
        ("kind", nonsense.NAMES),
        ("strength", [*nonsense.NUMBERS, 1.01]),
        ("size", nonsense.SIZES),
        ("seed", nonsense.WHOLE),
    ],
)
def test_nonsense_gets_one_sentence(three, ask, assert_sentence, field, values):
    nonsense.assert_refused(ask, question(three), assert_sentence, field, values)


def test_without_a_checkpoint_there_are_no_repairs(lab, three, tmp_path):
    bare = Lab(zoo.Zoo(tmp_path / "absent"), lab.samples)
    answer = asking(denoise.denoise_digit, bare, Worker("test", 1))(question(three))
    assert answer["repairs"] == []
