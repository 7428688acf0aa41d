"""What the sliders of a model are told: the most important number first, and its directions."""

import json
from itertools import product

import pytest

from models import zoo
from views.kit.lab import COMPARED, Lab
from views.shell.page import new_page
from views.sliders import sliders


@pytest.mark.parametrize("name", [f"{f}-{n}" for f, n in product(COMPARED, (2, 16))])
def test_the_most_important_number_comes_first(lab, name):
    entry = lab.zoo[name]
    told = sliders.sliders_of(entry)
    statistics = entry.card.latent
    worth = statistics.get("kl") or [s**2 for s in statistics["std"]]
    indices = [row.index for row in told.rows]
    assert sorted(indices) == list(range(entry.model.latent))
    assert [worth[i] for i in indices] == sorted(worth, reverse=True)
    for row in told.rows:
        i = row.index
        middle, half = statistics["mean"][i], 3 * max(statistics["std"][i], 1e-3)
        assert row.name == f"z{i + 1}"
        assert f" {worth[i]:.2f}" in row.worth
        assert (row.low, row.high) == pytest.approx((middle - half, middle + half))
        assert row.dead == (entry.model.prior() is not None and worth[i] < 0.01)
    assert (told.mean, told.std) == (statistics["mean"], statistics["std"])
    assert sliders.ModelSliders(**json.loads(told.model_dump_json())) == told


def test_every_model_can_be_chosen_and_the_best_vae_comes_first(lab):
    props = sliders.LatentSliders(new_page(lab)).props
    assert [model["name"] for model in props["models"]] == lab.choices
    assert props["first"] == sliders.first_model(lab) == "vae-16"
    for model in props["models"]:
        entry = lab.zoo[model["name"]]
        assert (model["title"], model["size"]) == (model["name"], entry.model.latent)
        assert model["shape"] == list(entry.model.x_shape)
        assert model["sliders"].startswith("files/sliders-")


def test_without_a_checkpoint_there_is_none_to_begin_with(tmp_path, lab):
    bare = Lab(zoo.Zoo(tmp_path / "absent"), lab.samples)
    assert sliders.first_model(bare) is None
    assert sliders.LatentSliders(new_page(bare)).props["models"] == []
