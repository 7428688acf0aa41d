"""Sample's answers: everybody gets the same draws, and what is said of them is the cards'."""

import math

import numpy as np
import pytest
import torch

from models import zoo
from models.gaussian_mixture import GaussianMixture
from models.origins import CODES, MIXTURE, PRIOR
from tests import nonsense
from tests.asking import asking
from tests.sheet import bytes_of, floats_of, pixels_of, same_picture
from views.kit import validate
from views.kit.lab import COMPARED, Lab
from views.kit.origins import TITLES
from views.kit.samples import Samples
from views.kit.worker import Worker
from views.sample import sample
from views.sample.sample import COUNT


@pytest.fixture(scope="module")
def ask(lab):
    """What the page's script gets when it asks for draws."""
    return asking(sample.draw_samples, lab, Worker("test", 1))


def question(**changes):
    return {"size": 2, "origin": PRIOR, "temperature": 1.0, "seed": 0} | changes


def test_all_grids_show_the_same_draws(lab, ask):
    answer = ask(question(temperature=1.5, seed=11))
    expected = 1.5 * torch.randn(COUNT, 2, generator=torch.Generator().manual_seed(11))
    assert [grid["name"] for grid in answer["grids"]] == [f"{family}-2" for family in COMPARED]
    for grid in answer["grids"]:
        z = floats_of(grid["z"], COUNT, 2)
        assert torch.allclose(z, expected)
        shown = pixels_of(grid["pixels"], COUNT, *answer["shape"])
        assert same_picture(shown, bytes_of(lab.zoo[grid["name"]].model.decode(z).mean))


def test_what_is_said_of_n_0_i_is_the_share_of_codes_within_it(lab):
    for model in sample.facts_of(lab, 2).models:
        # 95 % of a chi-squared of two degrees of freedom lies below -2 log 0.05.
        within = (lab.zoo[model.name].codes.z ** 2).sum(1) <= -2 * math.log(0.05)
        assert f"{within.double().mean():.0%} of its test codes" in model.origins[PRIOR].note


def test_codes_are_those_of_the_same_test_images_whatever_the_temperature(lab, ask):
    places = []
    for grid in ask(question(size=16, temperature=0, seed=11, origin=CODES))["grids"]:
        codes = lab.zoo[grid["name"]].codes.z
        z = floats_of(grid["z"], COUNT, 16)
        at = torch.cdist(z, codes).argmin(1)
        assert torch.allclose(z, codes[at])
        places.append(at.tolist())
    assert places[0] == places[1] == places[2]
    assert len(set(places[0])) == COUNT


def test_a_model_without_a_mixture_says_so_and_the_others_draw(tmp_path, save_six, assert_sentence):
    mixture = GaussianMixture(torch.ones(1), torch.ones(1, 2), 0.01 * torch.eye(2)[None])
    zoo.add_mixture(save_six(tmp_path) / "vae-2", mixture)
    lab = Lab(zoo.Zoo(tmp_path), Samples())
    ask = asking(sample.draw_samples, lab, Worker("test", 1))
    asked = question(temperature=3, seed=5, origin=MIXTURE)
    ae, dae, vae = ask(asked)["grids"]
    facts = {model.name: model.origins[MIXTURE] for model in sample.facts_of(lab, 2).models}
    for grid in (ae, dae):
        assert grid["pixels"] is None
        assert grid["z"] is None
        assert not facts[grid["name"]].there
        assert_sentence(facts[grid["name"]].note)
    expected = mixture.sample(COUNT, torch.Generator().manual_seed(5))
    assert torch.allclose(floats_of(vae["z"], COUNT, 2), expected)
    assert facts["vae-2"].there


def test_temperature_zero_is_one_picture_many_times(ask):
    answer = ask(question(size=16, temperature=0, seed=3))
    for grid in answer["grids"]:
        assert not floats_of(grid["z"], COUNT, 16).any()
        shown = pixels_of(grid["pixels"], COUNT, 28, 28)
        assert (shown == shown[0]).all()


def test_the_map_has_the_two_dimensions_that_matter_most_without_strays(lab):
    entry = lab.zoo["vae-16"]
    found = sample.code_map(entry)
    worth = entry.card.latent["kl"]
    assert sorted(worth[i] for i in found.axes) == sorted(worth)[-2:]
    assert found.axes == sorted(found.axes)
    points = floats_of(found.points, len(found.classes), 2)
    codes = entry.codes.z[:, found.axes]
    assert 0.9 * len(codes) <= len(points) < len(codes)
    low, high = np.quantile(codes.numpy(), (0.01, 0.99), axis=0)
    assert (points.numpy() >= low).all()
    assert (points.numpy() <= high).all()
    for point, digit in zip(points, found.classes, strict=True):
        assert digit in entry.codes.y[(codes == point).all(1)]


def test_the_ends_of_every_range_are_inside(ask):
    for changes in ({"seed": validate.MAX_SEED}, {"temperature": 0}, {"temperature": 3}):
        assert "error" not in ask(question(**changes))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("size", nonsense.SIZES),
        ("origin", nonsense.NAMES),
        ("temperature", [*nonsense.NUMBERS, 10.01]),
        ("seed", nonsense.WHOLE),
    ],
)
def test_nonsense_gets_one_sentence(ask, assert_sentence, field, values):
    nonsense.assert_refused(ask, question(), assert_sentence, field, values)


def test_without_a_checkpoint_there_is_nothing_to_draw(lab, tmp_path):
    bare = Lab(zoo.Zoo(tmp_path / "absent"), lab.samples)
    worker = Worker("test", 1)
    assert asking(sample.draw_samples, bare, worker)(question())["grids"] == []
    assert sample.facts_of(bare, 2).models == []
    assert set(sample.facts_of(bare, 2).real) == set(TITLES)
