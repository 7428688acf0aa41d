"""Reconstruct's answers: what they say of a digit is true, and nonsense gets a sentence."""

import math

import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from models import zoo
from tests import nonsense
from tests.asking import asking
from tests.sheet import bytes_of, floats_of, mse_of, pixels_of, same_picture, sent, sheet_of
from views.kit import validate
from views.kit.lab import COMPARED, Lab
from views.kit.worker import Worker
from views.reconstruct import reconstruct


@pytest.fixture(scope="module")
def three(lab):
    return sheet_of(lab)[3]


@pytest.fixture(scope="module")
def ask(lab):
    """What the page's script gets for a question."""
    return asking(reconstruct.reconstruct_digit, lab, Worker("test", 1))


def question(x, **changes):
    return {"digit": sent(x), "size": 2, "code": "mean", "seed": 0} | changes


def rows_of(answer):
    """The answer's row for each family."""
    return dict(zip(COMPARED, answer["rows"], strict=True))


@pytest.mark.parametrize("size", [2, 16])
def test_the_numbers_beside_a_reconstruction_are_true(lab, three, ask, size):
    for family, row in rows_of(ask(question(three, size=size))).items():
        model = lab.zoo[f"{family}-{size}"].model
        assert row["name"] == f"{family}-{size}"
        q = model.encode(three.unsqueeze(0))
        picture = model.decode(q.mean).mean[0]
        mse = mse_of(picture, three)
        assert row["mse"] == pytest.approx(mse, rel=1e-4)
        less = ((picture - three).abs() < math.sqrt(mse)).double().mean().item()
        assert row["less"] == pytest.approx(less, abs=2 / 784)
        assert row["picture"]["shape"] == [1, 28, 28]
        assert same_picture(pixels_of(row["picture"]["pixels"], 28, 28), bytes_of(picture[0]))
        assert row["z"] == pytest.approx(q.mean[0].tolist(), abs=1e-6)


def test_the_error_is_the_picture_minus_the_digit(lab, three, ask):
    row = rows_of(ask(question(three)))["ae"]
    error = lab.zoo["ae-2"].model.reconstruct(three.unsqueeze(0))[0] - three
    torch.testing.assert_close(floats_of(row["error"], 1, 28, 28), error, atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", [2, 16])
def test_only_the_vae_has_a_kl_and_it_is_the_closed_form(lab, three, ask, size):
    rows = rows_of(ask(question(three, size=size)))
    q = lab.zoo[f"vae-{size}"].model.encode(three.unsqueeze(0))
    prior = Independent(Normal(torch.zeros(size), torch.ones(size)), 1)
    posterior = Independent(Normal(q.mean, q.variance.sqrt()), 1)
    assert rows["vae"]["kl"] == pytest.approx(kl_divergence(posterior, prior).item(), rel=1e-4)
    assert rows["vae"]["std"] == pytest.approx(q.variance[0].sqrt().tolist(), rel=1e-5)
    for family in ("ae", "dae"):
        assert rows[family]["kl"] is None
        assert rows[family]["std"] == [0.0] * size


def test_a_draw_moves_the_vae_and_nobody_else(lab, three, ask):
    mean = rows_of(ask(question(three, seed=5)))
    drawn = rows_of(ask(question(three, seed=5, code="draw")))
    assert {f for f in COMPARED if mean[f] != drawn[f]} == {"vae"}
    q = lab.zoo["vae-2"].model.encode(three.unsqueeze(0))
    epsilon = torch.randn(2, generator=torch.Generator().manual_seed(5))
    z = q.mean[0] + q.variance[0].sqrt() * epsilon
    assert drawn["vae"]["z"] == pytest.approx(z.tolist(), abs=1e-5)


def test_another_seed_is_another_draw_and_the_same_is_the_same(three, ask):
    def draw(seed):
        return rows_of(ask(question(three, seed=seed, code="draw")))["vae"]

    assert draw(6) == draw(6)
    assert draw(6) != draw(7)
    assert len(draw(validate.MAX_SEED)["z"]) == 2  # the last seed of all


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("digit", nonsense.DIGITS),
        ("size", nonsense.SIZES),
        ("code", nonsense.NAMES),
        ("seed", nonsense.WHOLE),
    ],
)
def test_nonsense_gets_one_sentence(three, ask, assert_sentence, field, values):
    nonsense.assert_refused(ask, question(three), assert_sentence, field, values)


def test_what_is_said_of_a_model_is_its_cards(lab):
    model = reconstruct.model_of(lab.zoo["vae-16"])
    config = lab.zoo["vae-16"].card.config
    assert (model.family, model.size, model.typical, model.data) == ("vae", 16, 0.05, "digits")
    assert model.encoder.widths == list(config.encoder.widths)
    assert model.mirrored == (config.encoder == config.decoder)


def test_a_code_that_never_moves_can_still_be_drawn(save_checkpoint, tmp_path):
    save_checkpoint(tmp_path, "ae", 2)
    entry = zoo.load(tmp_path / "ae-2")
    entry.card.latent.update(mean=[0.0, 0.0], std=[0.0, 0.0])
    assert reconstruct.code_scale(entry) > 0


def test_without_a_checkpoint_there_are_no_rows(lab, three, tmp_path):
    bare = Lab(zoo.Zoo(tmp_path / "absent"), lab.samples)
    ask = asking(reconstruct.reconstruct_digit, bare, Worker("test", 1))
    assert ask(question(three)) == {"rows": []}
