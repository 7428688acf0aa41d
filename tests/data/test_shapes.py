"""The shapes: each has one cause, what is drawn is what was asked for, and the page checks it."""

import hashlib
import math
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
import torch

from data import datasets, shapes_grid
from data.datasets import Split
from data.shapes import AREA, FACTORS, SIDE, draw, picture
from experiments import shapes as benchmark
from explore import shapes as explored
from models import zoo
from models.beta import BetaConfig
from models.metrics import Axis
from models.total_correlation import TotalCorrelationConfig
from tests.asking import asking
from tests.made_up import metric, stand_in
from training.recipes.shapes import BETA_TCVAE, BETA_VAE, RECIPES
from views.kit.worker import Worker
from views.shapes import shapes as view


@pytest.fixture(scope="module")
def dataset():
    return datasets.load("shapes")


@pytest.fixture(scope="module")
def images():
    return shapes_grid.pictures()


def test_every_combination_is_drawn_once(dataset):
    everything = torch.cat([dataset.train.factors, dataset.test.factors])
    assert len(everything) == math.prod(len(values) for values in FACTORS.values())
    assert len(everything.unique(dim=0)) == len(everything)
    assert torch.equal(dataset.test.labels, dataset.test.factors[:, 0])
    assert dataset.factors == tuple(FACTORS)


def test_no_picture_has_two_causes(images):
    seen = {hashlib.sha256(image.numpy()).digest() for image in images}
    assert len(seen) == len(images)


def test_a_split_holds_the_pictures_of_its_factors(dataset):
    for i in (0, 1, 777, 1_499):
        drawn = (255 * picture(dataset.test.factors[i].tolist())).round()
        assert (drawn - dataset.test.images[i].float()).abs().max() <= 1


def test_the_test_split_is_always_the_same(dataset):
    assert len(dataset.train) == 9_000
    assert dataset.test.sha256 == Split.of(dataset.test.images, dataset.test.labels).sha256
    first, again = (shapes_grid.order(1)[1] for _ in range(2))
    assert torch.equal(first, again)


def test_nothing_is_cut_off_by_the_frame(images):
    edges = (images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1])
    assert max(int(edge.max()) for edge in edges) == 0


@pytest.mark.parametrize("shape", FACTORS["shape"])
def test_a_shape_has_its_area_and_its_middle(shape):
    """Anti-aliased edges keep the area; the centre of mass is where it was asked for."""
    size, turn, x, y = (torch.tensor([v]) for v in (12.0, 20.0, 30.0, 37.5))
    drawn = draw(shape, size, turn, x, y)[0, 0].double()
    assert drawn.sum().item() == pytest.approx(AREA * 12**2, rel=0.02)
    pixel = torch.arange(SIDE) + 0.5
    mass = drawn / drawn.sum()
    assert float((mass.sum(0) * pixel).sum()) == pytest.approx(30.0, abs=0.2)
    assert float((mass.sum(1) * pixel).sum()) == pytest.approx(37.5, abs=0.2)


def test_rotation_turns_clockwise():
    """The long axis of the ellipse, upright at 0, leans to the right at the top."""
    turned = draw("ellipse", *(torch.tensor([v]) for v in (12.0, 30.0, 32.0, 32.0)))[0, 0]
    assert turned[20, 32:].sum() > turned[20, :32].sum()


def test_a_part_of_a_split_keeps_its_factors(dataset):
    part = dataset.test.part(slice(3, 7)).to("cpu")
    assert torch.equal(part.factors, dataset.test.factors[3:7])
    assert len(part) == 4
    assert Split.of(part.images, part.labels).part(slice(2)).factors is None


ANNEALED = cast(BetaConfig, BETA_VAE.config)
SIZED = cast(TotalCorrelationConfig, BETA_TCVAE.config)


def test_the_recipe_knows_how_many_pictures_it_is_trained_on(dataset):
    assert SIZED.dataset_size == len(dataset.train) - BETA_TCVAE.validation


def test_the_recipes_differ_in_nothing_but_the_weights():
    """One network, one budget; beta-VAE and beta-TCVAE are annealed alike."""
    assert len({(r.config.encoder, r.config.decoder) for r in RECIPES}) == 1
    assert len({str(r.to_dict() | {"name": "", "config": ""}) for r in RECIPES}) == 1
    annealed = [(c.beta_start, c.anneal_steps) for c in (ANNEALED, SIZED)]
    assert annealed[0] == annealed[1]
    steps = BETA_TCVAE.epochs * (SIZED.dataset_size // BETA_TCVAE.batch_size)
    assert 0 < annealed[0][1] < steps


def test_the_benchmark_goes_on_from_runs_of_the_very_same_recipe(tmp_path, monkeypatch):
    assert benchmark.kept(BETA_TCVAE, tmp_path / "none") is None
    card = SimpleNamespace(recipe=BETA_TCVAE.to_dict(), metrics={"mig": 1})
    monkeypatch.setattr(benchmark.zoo, "load", lambda folder: SimpleNamespace(card=card))
    assert benchmark.kept(BETA_TCVAE, tmp_path) == {"mig": 1}
    assert benchmark.kept(replace(BETA_TCVAE, seed=1), tmp_path) is None
    assert benchmark.kept(replace(BETA_TCVAE, epochs=1), tmp_path) is None


def card(shares):
    matrix = metric("factor information", shares, axis=Axis("factor", tuple(FACTORS)))
    config = BetaConfig("beta-vae", 3)
    return zoo.Card("any", config, metrics={"factor information": matrix})


def test_a_latent_is_named_by_the_factor_it_tells_most_of():
    found = explored.followers(
        card([[0, 0.02, 0], [0.1, 0.03, 0.5], [0, 0, 0.4], [0.8, 0.05, 0], [0, 0, 0]])
    )
    assert [f.factor for f in found] == ["x position", None, "size"]
    assert [f.share for f in found] == [0.8, 0.05, 0.5]
    assert explored.order(found) == [2, 0, 1]


def tilt(images):
    """Degrees clockwise from upright of the long axis of pictures [B, 1, H, W], by moments."""
    mass = images[:, 0].double() / images.sum((1, 2, 3)).double()[:, None, None]
    pixel = torch.arange(SIDE, dtype=torch.float64)
    right = pixel - (mass.sum(1) @ pixel)[:, None, None]
    up = ((mass.sum(2) @ pixel)[:, None] - pixel)[:, :, None]
    across, along, both = (
        (mass * a * b).sum((1, 2)) for a, b in ((right, right), (up, up), (right, up))
    )
    return torch.rad2deg(0.5 * torch.atan2(2 * both, along - across))


@pytest.mark.parametrize("shape", FACTORS["shape"])
def test_the_tilt_of_a_true_picture_is_its_rotation(shape):
    degrees = torch.tensor([-45.0, -15.0, 0.0, 30.0])
    size, x, y = (torch.full((4,), v) for v in (13.0, 30.0, 33.0))
    torch.testing.assert_close(
        tilt(draw(shape, size, degrees, x, y)).float(), degrees, atol=0.5, rtol=0
    )


@pytest.mark.parametrize("shape", range(len(FACTORS["shape"])))
def test_the_shipped_slider_of_the_rotation_turns_the_shape(shape, shipped):
    """Over four standard deviations of its prior by more than 60 degrees, all in one direction."""
    entry = shipped.entry("beta-tcvae-10-shapes")
    found = explored.followers(entry.card)
    turns = max(
        (i for i, one in enumerate(found) if one.factor == "rotation"), key=lambda i: found[i].share
    )
    _, mean, _ = explored.encoded(entry.model, [shape, 2, 3, 4, 4])
    z = mean.repeat(9, 1)
    z[:, turns] = torch.linspace(-2, 2, 9)
    with torch.no_grad():
        degrees = tilt(entry.model.decode(z).mean)
    steps = degrees.diff() * torch.sign(degrees[-1] - degrees[0])
    assert steps.min() > 0, degrees
    assert abs(float(degrees[-1] - degrees[0])) > 60, degrees


BAD_QUESTIONS = [
    {},
    {"model": "vae-10-shapes"},
    {"model": "unknown", "factors": [0, 0, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": [0, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": [3, 0, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": [0, -1, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": [0, 0.5, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": ["0", 0, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": [0, math.nan, 0, 0, 0]},
    {"model": "vae-10-shapes", "factors": [10**400, 0, 0, 0, 0]},
]


@pytest.mark.parametrize("message", BAD_QUESTIONS)
def test_a_question_that_makes_no_sense_is_answered_in_a_sentence(message, assert_sentence):
    lab = SimpleNamespace(entry=lambda name: SimpleNamespace(model=None))
    serve = asking(view.encode_shape, lab, ("vae-10-shapes",), Worker("test", 9))
    answer = serve(message)
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


def test_without_checkpoints_the_view_shows_none():
    class Empty:
        zoo = {}

    assert view.shown(stand_in(Empty())) == ()


def test_the_script_is_given_what_the_card_says(shipped):
    for name in view.WANTED:
        card, model = shipped.entry(name).card, view.model_of(shipped, name)
        matrix = card.metrics["factor information"].value
        assert model.matrix == [list(row) for row in matrix]
        assert sorted(latent.index for latent in model.latents) == [*range(card.config.latent)]
        for latent in model.latents:
            assert latent.share == max(row[latent.index] for row in matrix)
        assert all(score.value <= score.ceiling for score in model.scores)
