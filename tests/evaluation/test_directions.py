"""Measures of digits and the latent directions that change them."""

import math
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.nn.functional import avg_pool2d

from data import datasets, morphology
from data.datasets import Dataset, Split, unit_interval
from data.morphology import MEASURES
from evaluation import __main__ as cli
from evaluation import directions
from evaluation.checkpoints import Evaluator
from evaluation.measures import DEFAULT, Measure
from experiments import directions as benchmark
from explore import latent
from models import build, zoo
from models.metrics import Axis
from tests.made_up import metric, stand_in
from views.sliders import sliders

SIDE, FINER = 28, 12


def bar(thick, tall, lean):
    """A sheared bar in the middle, [1, 28, 28]: `lean` columns to the right for each row up."""
    places = (torch.arange(SIDE * FINER) + 0.5) / FINER - SIDE / 2
    down, right = torch.meshgrid(places, places, indexing="ij")
    inside = ((right + lean * down).abs() < thick / 2) & (down.abs() < tall / 2)
    return avg_pool2d(inside.float()[None], FINER)


@pytest.mark.parametrize("thick", [2.0, 3.0, 4.0, 5.0])
def test_the_thickness_of_a_long_bar_is_its_own(thick):
    assert float(morphology.thickness(bar(thick, 26.0, 0.0))) == pytest.approx(thick, rel=0.1)


def test_thickness_of_a_sheared_bar_is_across_it():
    lean = math.tan(math.radians(30))
    across = 4.0 * math.cos(math.radians(30))
    assert float(morphology.thickness(bar(4.0, 24.0, lean))) == pytest.approx(across, rel=0.12)


@pytest.mark.parametrize("degrees", [-40, -15, 0, 20, 35])
def test_a_sheared_bar_leans_as_far_as_it_was_sheared(degrees):
    x = bar(3.0, 16.0, math.tan(math.radians(degrees)))
    assert float(morphology.slant(x)) == pytest.approx(degrees, abs=0.5)


@pytest.mark.parametrize(("thick", "tall", "lean"), [(6.0, 10.0, 0.0), (8.0, 16.0, 0.4)])
def test_width_and_height_are_the_bars_sides(thick, tall, lean):
    x = bar(thick, tall, lean)
    share = morphology.SHARE
    assert float(morphology.height(x)) == pytest.approx(share * tall, abs=0.2)
    # Pixels do not lean: along the slant each is broader than it is, by at most one column.
    broader = float(morphology.width(x)) - share * thick
    assert -0.2 < broader < (1.0 if lean else 0.2)


def test_what_is_done_to_a_digit_is_measured(x):
    """Sheared by a known angle, the slant moves by it and the height stays; magnified, all grow."""
    lean = math.tan(math.radians(15))
    roomy = torch.nn.functional.pad(x, (14, 14, 14, 14))  # so that nothing leans out
    shear = torch.tensor([[1.0, lean, 0.0], [0.0, 1.0, 0.0]]).expand(len(x), 2, 3)
    grid = torch.nn.functional.affine_grid(shear, list(roomy.shape), align_corners=False)
    sheared = torch.nn.functional.grid_sample(roomy, grid, align_corners=False)[:, 0]
    digits = x[:, 0]
    before, after = (torch.tan(torch.deg2rad(morphology.slant(i))) for i in (digits, sheared))
    assert torch.allclose(after - before, torch.full_like(after, lean), atol=0.02)
    assert torch.allclose(morphology.height(sheared), morphology.height(digits), atol=0.15)
    larger = digits.repeat_interleave(2, 1).repeat_interleave(2, 2)
    for name in ("thickness", "width", "height"):
        ratio = MEASURES[name](larger) / MEASURES[name](digits)
        assert torch.allclose(ratio, torch.full_like(ratio, 2.0), atol=0.25), name


def test_the_distance_transform_is_the_nearest_outside(generator):
    ink = torch.rand(3, 15, 12, generator=generator) > 0.15
    found = morphology.distance_to_edge(ink, reach=30)
    padded = torch.nn.functional.pad(ink, (1, 1, 1, 1))
    for n in range(3):
        outside = (~padded[n]).nonzero().double() - 1
        places = ink[n].nonzero().double()
        nearest = torch.cdist(places, outside).min(1).values
        assert torch.allclose(found[n][ink[n]].double(), nearest, atol=1e-5)
    assert torch.equal(found[~ink], torch.zeros(int((~ink).sum())))


def test_an_image_without_ink_is_finite():
    black = torch.zeros(2, SIDE, SIDE)
    for measure in MEASURES.values():
        assert torch.isfinite(measure(black)).all()
    assert morphology.thickness(black).tolist() == [0.0, 0.0]


WEIGHTS = torch.tensor([[0.5, -2.0, 4.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0, 0.5]]).double()


def planted(generator):
    """Codes [N, 5] of unequal spread, two of them correlated, and two measures linear in them."""
    z = torch.randn(4_000, 5, generator=generator) * torch.tensor([3.0, 1.0, 0.1, 1.0, 2.0])
    z[:, 3] += z[:, 0]
    return z, dict(zip("ab", (z.double() @ WEIGHTS.T + 7).T, strict=True))


def test_ridge_finds_what_was_planted(generator):
    z, measured = planted(generator)
    found = directions.fit(z, measured["a"])
    assert torch.allclose(found.weights, WEIGHTS[0], rtol=2e-3, atol=2e-3)
    assert found.bias == pytest.approx(7.0, abs=0.01)
    assert directions.explained(found, z, measured["a"])[0] == pytest.approx(1.0, abs=1e-5)
    # Half of what is measured has nothing to do with the code.
    noise = measured["a"].std() * torch.randn(4_000, generator=generator)
    noisy = measured["a"] + noise
    share, error = directions.explained(directions.fit(z, noisy), z, noisy)
    assert 0.005 < error < 0.02
    assert share == pytest.approx(0.5, abs=4 * error)


def test_a_direction_raises_its_own_prediction_only_and_is_the_likeliest_that_does(generator):
    z, measured = planted(generator)
    fits = {name: directions.fit(z, values) for name, values in measured.items()}
    steps = directions.directions_of(fits, z)
    precision = torch.cov(z.double().T).inverse()
    for name, step in steps.items():
        for other, fitted in fits.items():
            wanted = fitted.deviation if other == name else 0.0
            assert float(fitted.weights @ step) == pytest.approx(wanted, abs=1e-9)
        # Whatever else leaves both predictions is at a right angle to it, as the codes are spread.
        free = torch.linalg.svd(torch.stack([f.weights for f in fits.values()])).Vh[2:]
        assert torch.allclose(free @ precision @ step, torch.zeros(3).double(), atol=1e-9)


def test_a_measure_that_never_changes_has_no_direction(generator):
    z, measured = planted(generator)
    measured["b"] = torch.full((len(z),), 5.0)
    fits = {name: directions.fit(z, values) for name, values in measured.items()}
    steps = directions.directions_of(fits, z)
    assert steps["b"].abs().max() < 1e-6
    assert math.isfinite(directions.explained(fits["b"], z, measured["b"])[0])


def test_slopes_are_those_of_lines():
    steps = torch.tensor(directions.STEPS)
    values = torch.stack([3 * steps + 1, -0.5 * steps, 0 * steps + 9])
    assert directions.slopes(values).tolist() == pytest.approx([3.0, -0.5, 0.0])


class Bars(torch.nn.Module):
    """A decoder whose direction is known: z1 moves the right end of a bar, 4 columns for each 1."""

    config, latent, device = None, 6, torch.device("cpu")

    def decode(self, z):
        columns = torch.arange(SIDE) + 0.5
        right = 8 + 4 * (z[:, 0] + 2)[:, None]
        ink = ((right - columns + 0.5).clamp(0, 1) * (columns > 4))[:, None, None]
        rows = ((torch.arange(SIDE) > 3) & (torch.arange(SIDE) < 24)).float()
        return SimpleNamespace(mean=ink * rows[:, None])


def test_pictures_that_obey_follow_exactly():
    """Each step of z1 adds 4 columns to the bar's width and nothing to its height."""
    z = torch.zeros(3, 6)
    step = torch.tensor([1.0, 0, 0, 0, 0, 0]).double()
    found = directions.moved(stand_in(Bars()), z, step)
    assert directions.slopes(found["width"]).tolist() == pytest.approx([4 * morphology.SHARE] * 3)
    assert directions.slopes(found["height"]).tolist() == pytest.approx([0.0] * 3, abs=1e-6)


@pytest.fixture
def few(digits, monkeypatch):
    """A data set of 100 digits, and directions that ask for no more."""
    for name, count in (("FIT", 60), ("HELD_OUT", 40), ("MOVED", 5)):
        monkeypatch.setattr(directions, name, count)
    train, test = digits.train, digits.test
    return Dataset(
        "digits",
        Split.of(train.images[:60], train.labels[:60]),
        Split.of(test.images[:40], test.labels[:40]),
    )


def test_the_facts_are_of_the_decoded_pictures(small_config, few):
    """For an untrained model: names, units, and a slope that an independent sum confirms."""
    torch.manual_seed(0)
    model = build(small_config("vae", latent=6)).eval()
    metrics, latent = directions.directions(model, few.train, few.test)
    kinds = ("R^2", "follow", "spread")
    assert set(metrics) == {f"{kind} {name}" for kind in kinds for name in MEASURES}
    steps, predictions = (
        torch.tensor([latent[f"{kind} {name}"] for name in MEASURES], dtype=torch.float64)
        for kind in ("direction", "prediction")
    )
    assert torch.allclose(predictions @ steps.T, torch.eye(4).double(), atol=1e-3)
    digits_measured = unit_interval(few.train.images)[:, 0]
    for name, step in zip(MEASURES, steps.float(), strict=True):
        assert metrics[f"R^2 {name}"].error.over == "images"
        assert metrics[f"R^2 {name}"].value <= 1
        spread = metrics[f"spread {name}"]
        assert spread.details["mean"] == pytest.approx(
            float(MEASURES[name](digits_measured).double().mean()), abs=1e-4
        )
        z = model.encode(few.test.images[:5] / 255).mean.detach()
        slope = 0.0
        for t in directions.STEPS:
            with torch.no_grad():
                picture = model.decode(z + t * step).mean[:, 0]
            slope += t * MEASURES[name](picture).double().mean() / 10
        wanted = float(slope) / spread.value
        assert metrics[f"follow {name}"].value == pytest.approx(wanted, abs=2e-3)


def test_training_finds_them_where_they_are(small_config, few, tmp_path):
    """A model of strokes with numbers enough; not for other pictures, nor where none is coded."""
    model = build(small_config("vae", latent=6)).eval()

    def found(model, dataset, *measures):
        measured = Evaluator(tmp_path, torch.device("cpu")).measure(model, dataset, measures)
        assert ("R^2 slant" in measured.metrics) == ("direction slant" in measured.latent)
        return "R^2 slant" in measured.metrics

    assert Measure.DIRECTIONS in DEFAULT
    assert found(model, few, Measure.BASICS, Measure.DIRECTIONS)
    assert not found(model, few, Measure.BASICS)
    assert not directions.suits(model, replace(few, name="shapes"))
    for others in (small_config("vae", latent=4), small_config("gan", latent=6)):
        assert not directions.suits(build(others).eval(), few)


def test_the_command_adds_to_the_card_and_changes_nothing_else(
    save_checkpoint, few, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(datasets, "load", lambda name, root: replace(few, name=name))
    save_checkpoint(tmp_path, "vae", 16)
    card = zoo.load(tmp_path / "vae-16").card
    known = replace(card, data={"name": "mnist"})
    (tmp_path / "vae-16" / zoo.CARD).write_text(known.to_json(), encoding="utf-8")
    words = ["vae-16", "--only", "directions", "--write", "--checkpoints", str(tmp_path)]
    assert cli.main(words) == 0
    assert "R^2 height" in capsys.readouterr().out
    after = zoo.load(tmp_path / "vae-16").card
    model = zoo.load(tmp_path / "vae-16").model
    metrics, found = directions.directions(model, few.train, few.test)
    assert after == replace(known, metrics=card.metrics | metrics, latent=card.latent | found)


@pytest.mark.parametrize("name", ["nobody", "ae-2", "ae-16"])
def test_what_has_no_directions_gets_a_sentence(
    name, few, save_checkpoint, tmp_path, monkeypatch, capsys, assert_sentence
):
    """A checkpoint that is not there, one of too few numbers, one of other pictures."""
    monkeypatch.setattr(datasets, "load", lambda name, root: replace(few, name="noise"))
    for size in (2, 16):
        save_checkpoint(tmp_path, "ae", size)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.json")}
    assert cli.main([name, "--only", "directions", "--checkpoints", str(tmp_path)]) == 1
    assert_sentence(capsys.readouterr().err.splitlines()[-1])
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*.json")}


# On the page.


NAN = float("nan")


@pytest.fixture
def card(small_config, few):
    """A card with directions, of an untrained model, and that model."""
    torch.manual_seed(0)
    model = build(small_config("vae", latent=6)).eval()
    metrics, found = directions.directions(model, few.train, few.test)
    statistics = {"mean": [0.0] * 6, "std": [1.0] * 6, "kl": [0.5] * 6}
    facts = {"data": {"name": "few"}, "metrics": metrics, "latent": statistics | found}
    card = zoo.Card("six", model.config, **facts)
    return model, zoo.Card.from_json(card.to_json())


def test_the_card_gives_the_page_its_named_sliders(card):
    model, card = card
    assert [d.name for d in latent.named_directions(card)] == list(MEASURES)
    told = sliders.sliders_of(stand_in(SimpleNamespace(architecture=model, card=card)))
    assert [row.name for row in told.named] == list(MEASURES)
    for row in told.named:
        name = row.name
        r2 = card.metrics[f"R^2 {name}"]
        assert row.step == card.latent[f"direction {name}"]
        assert row.r2 == f"R² {r2.value:.2f}"
        assert r2.sentence() in row.told
        assert row.hardly == (r2.value < 0.5)
        assert (f"{name}: R² {r2.value:.2f}" in told.doubts) == row.hardly


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("latent", "direction slant", [0.0] * 5),
        ("latent", "direction slant", "none"),
        ("latent", "prediction slant", [NAN] * 6),
        ("latent", "prediction slant", [None] * 6),
        ("metrics", "R^2 slant", metric("R^2 slant", (0.5,), axis=Axis("k", (1,)))),
        ("metrics", "follow slant", None),
        ("metrics", "spread slant", metric("spread slant", 0.0, details={"mean": 1.0})),
        ("metrics", "spread slant", metric("spread slant", 1.0)),
    ],
)
def test_a_direction_that_is_not_whole_gets_no_slider(card, part, name, value):
    _, card = card
    changed = replace(card, **{part: getattr(card, part) | {name: value}})
    assert [d.name for d in latent.named_directions(changed)] == ["thickness", "width", "height"]
    gone = replace(card, **{part: {k: v for k, v in getattr(card, part).items() if k != name}})
    assert latent.named_directions(gone) == latent.named_directions(changed)
    assert latent.named_directions(replace(card, metrics={})) == []


def test_the_way_was_chosen_on_digits_that_no_test_holds(digits, shipped):
    """On MNIST's training digits where they are at hand, else on scikit-learn's: no test digit."""
    at_hand = (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir()
    train = datasets.load("mnist", download=False).train if at_hand else digits.train
    off = [benchmark.strayed(shipped.entry(n).model, train, 60) for n in benchmark.NAMES]
    total = {way: sum(found[way] for found in off) for way in benchmark.WAYS}
    assert min(total, key=lambda way: total[way]) == "likeliest"
    assert benchmark.WAYS["likeliest"] is directions.directions_of
