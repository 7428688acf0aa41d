"""Compare: the table says what the cards say, and nothing is made up where they are silent."""

import dataclasses
import math
import shutil

import pytest
import torch

from data.datasets import title_of
from models import FAMILIES, build, zoo
from models.metrics import Axis, Error
from tests.made_up import metric, stand_in
from views import load_views
from views.compare import compare
from views.few_labels import few_labels
from views.kit import parts
from views.kit.lab import Lab, open_lab
from views.kit.samples import Samples
from views.maps.maps import LatentMap
from views.sample import sample
from views.shell.page import new_page
from views.sliders.sliders import LatentSliders

MEASURED = [column for column in compare.COLUMNS if column.metric]


def test_every_measured_cell_is_the_cards_with_its_protocol(shipped):
    found = {row.name: row for row in compare.rows(shipped)}
    assert found.keys() == shipped.zoo.keys()
    for name, row in found.items():
        card = shipped.zoo[name].card
        assert (row.family, row.data) == (card.config.family, title_of(card.data, ""))
        for column in MEASURED:
            key, metric = column.key, column.metric
            of_density = not card.config.likelihood.discrete
            if metric not in card.metrics or column.density not in (None, of_density):
                assert key not in row.cells
                continue
            cell, measured = row.cells[key], card.metrics[metric]
            assert (cell.value, cell.unit) == (measured.value, measured.unit)
            assert cell.protocol.startswith(measured.sentence())
            assert cell.protocol.endswith(f"; data: {row.data}")
    compare.Table(columns=list(compare.COLUMNS), rows=list(found.values()))  # no NaN: it is checked


def test_sizes_and_times_are_counted_not_copied(shipped):
    for row in compare.rows(shipped):
        entry, cells = shipped.zoo[row.name], row.cells
        assert cells["latent"].value == entry.model.latent
        assert cells["bytes"].value == entry.size
        parameters = cells["parameters"].value
        assert parameters == sum(math.prod(p.shape) for p in entry.model.parameters())
        assert 2 * parameters < entry.size < 2 * parameters + 10_000  # half precision and a header
        assert cells["seconds"].value == entry.card.machine["training_seconds"]


def test_numbers_of_other_protocols_or_data_are_told_apart(shipped):
    ways = {r.name: {k: c.way for k, c in r.cells.items()} for r in compare.rows(shipped)}
    assert ways["vae-2"]["log-p"] == ways["vae-16"]["log-p"]  # but for their standard errors
    black_and_white, grey = (ways[name]["log-p"] for name in ("vae-16", "vae-16-mlp-discretized"))
    assert black_and_white != grey
    assert ways["vae-16"]["elbo"] != ways["vae-16-mlp"]["elbo"]  # 500 samples an image, one
    assert ways["vae-2-mlp"]["mse"] != ways["vae-2-mlp-noise"]["mse"]  # digits, noise
    assert ways["vae-16"]["fid"] == ways["vae-gan-16"]["fid"]
    assert ways["vae-16"]["fid"] != ways["cvae-16"]["fid"]  # drawn with the test images' classes
    assert ways["ae-2"]["parameters"] == ways["ae-2-mlp-noise"]["parameters"]


def test_a_density_is_not_ranked_but_its_bits_per_pixel_are(shipped):
    """A log density stands in no column where more is better; of grey levels all four compare."""
    found = {row.name: row.cells for row in compare.rows(shipped)}
    better = {column.key: column.better for column in compare.COLUMNS}
    densities = [n for n, e in shipped.zoo.items() if not e.model.config.likelihood.discrete]
    assert {"vae-16-mlp-fixed", "vae-16-mlp-shared", "vae-16-mlp-predicted"} <= set(densities)
    assert not any({"log-p", "elbo"} & found[name].keys() for name in densities)
    assert "density" in found["vae-16-mlp-predicted"]
    assert better["density"] == 0
    assert "density" not in found["vae-16"]
    bits = [cells["bits"] for cells in found.values() if "bits" in cells]
    assert len(bits) == 4
    assert len({cell.way for cell in bits}) == 1
    assert better["bits"] == -1


def test_a_bound_is_called_one(shipped):
    column = next(column for column in compare.COLUMNS if column.key == "log-p")
    assert "bound" in column.title
    assert "lower bound" in column.note
    protocol = compare.cells(shipped.zoo["vae-2"])["log-p"].protocol
    assert "500 samples" in protocol
    exact = shipped.zoo["vae-2"].card.metrics["log p(x) by quadrature, side by side"].value
    by_samples = shipped.zoo["vae-2"].card.metrics["log p(x), side by side"].value
    assert by_samples < exact - 1  # by 5,000 samples, even


def test_what_was_found_does_not_make_another_protocol(shipped):
    entry = shipped.zoo["vae-2"]
    ways = set()
    for error in (0.1, 1e-05):
        other = dataclasses.replace(
            entry.card.metrics["mse"],
            value=error,
            error=Error(error, "standard error", "images"),
            details={"variance": error},
        )
        metrics = entry.card.metrics | {"mse": other}
        card = dataclasses.replace(entry.card, metrics=metrics)
        ways.add(compare.cells(dataclasses.replace(entry, card=card))["mse"].way)
    assert len(ways) == 1


def test_any_field_of_a_protocol_makes_another(shipped):
    entry = shipped.zoo["vae-2"]
    mse = entry.card.metrics["mse"]
    ways = set()
    for changes in ({}, {"images": 9_999}, {"corruption": "masking 0.5"}, {"seed": 1}):
        other = dataclasses.replace(mse, protocol=dataclasses.replace(mse.protocol, **changes))
        card = dataclasses.replace(entry.card, metrics=entry.card.metrics | {"mse": other})
        ways.add(compare.cells(dataclasses.replace(entry, card=card))["mse"].way)
    assert len(ways) == 4


def test_a_card_that_holds_no_number_shows_none(shipped):
    entry = shipped.zoo["vae-2"]
    value = (1.0,)
    curve = metric("mse", value, axis=Axis("k", (1,)))
    metrics = entry.card.metrics | {"mse": curve}
    entry = dataclasses.replace(entry, card=dataclasses.replace(entry.card, metrics=metrics))
    assert "mse" not in compare.cells(entry)
    assert "elbo" in compare.cells(entry)


def test_a_row_opens_where_its_model_is_at_work(shipped):
    links = {row.name: row.link for row in compare.rows(shipped)}
    assert links["ae-2"] == "view=maps&maps.shown=ae-2"
    assert links["vae-16"] == "view=sliders&sliders.model=vae-16"
    assert links["ae-8-mlp"] == "view=compress"
    assert links["vae-2-davidson"] == "view=gap&gap.model=vae-2-davidson"
    assert links["dae-mixture"] == "view=score"


def test_a_link_opens_a_view_that_there_is_and_says_its_title(shipped):
    assert {part.view for part in parts.PARTS if part.view} <= load_views().keys()
    opened = {row.link: row.opens for row in compare.rows(shipped)}
    assert opened["view=score"] == load_views()["score"].TITLE
    assert opened["view=sliders&sliders.model=vae-16"] == load_views()["sliders"].TITLE
    assert opened.pop(None) == ""
    assert all(opened.values())


# --- whatever lies in the folder ----------------------------------------------------------------


@pytest.fixture
def own(checkpoints, save_checkpoint, tmp_path, monkeypatch):
    """A lab with three checkpoints of somebody else's, named by LATENT_CHECKPOINTS."""
    for latent, name in ((2, "mine"), (2, "any, 2.0 é"), (5, "five")):
        save_checkpoint(tmp_path, "vae", latent)
        shutil.move(tmp_path / f"vae-{latent}", tmp_path / name)
    monkeypatch.setenv("LATENT_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_OFFLINE", "1")
    return open_lab(checkpoints)


def test_ones_own_checkpoints_stand_beside_ours_and_change_none(own, lab):
    assert own.names == lab.names
    assert own.choices == [*lab.names, "any, 2.0 é", "five", "mine"]
    assert own.sizes == [2, 5, 16]
    assert own.trained_on("mine") == "digits"
    assert own.trained_on("vae-2") is None
    assert own.zoo.keys() - lab.zoo.keys() == {"five", "mine", "any, 2.0 é"}


def test_ones_own_checkpoints_can_be_chosen_and_say_what_they_learned_from(own):
    page = new_page(own)
    models = {each["name"]: each for each in LatentSliders(page).props["models"]}
    assert (models["five"]["title"], models["five"]["size"]) == ("five (on digits)", 5)
    maps = {each["name"]: each["title"] for each in LatentMap(page).props["maps"]}
    assert maps["mine"].endswith("mine on digits")
    assert maps["vae-2"] == "Variational autoencoder"
    (model,) = sample.facts_of(own, 5).models
    assert (model.name, model.trained_on) == ("five", "digits")
    assert [model.name for model in sample.facts_of(own, 2).models][-1] == "mine"
    links = {row.name: row.link for row in compare.rows(own)}
    assert links["mine"] == "view=maps&maps.shown=mine"
    # Encoded for the list of names, and again for the address.
    assert links["any, 2.0 é"] == "view=maps&maps.shown=any%252C%25202.0%2520%25C3%25A9"
    assert links["five"] == "view=sliders&sliders.model=five"


def test_the_page_computes_convolutions_exactly(checkpoints, monkeypatch):
    monkeypatch.setenv("LATENT_OFFLINE", "1")
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    open_lab(checkpoints)
    assert not torch.backends.cudnn.allow_tf32


def test_a_folder_that_is_none_is_said_in_a_sentence(
    checkpoints, tmp_path, monkeypatch, assert_sentence
):
    for wrong in (tmp_path / "nowhere", checkpoints / "vae-2" / zoo.CARD):
        monkeypatch.setenv("LATENT_CHECKPOINTS", str(wrong))
        with pytest.raises(ValueError, match="LATENT_CHECKPOINTS") as refused:
            open_lab(checkpoints)
        assert_sentence(str(refused.value))


def test_what_needs_a_class_or_was_not_measured_is_not_offered(tmp_path, save_checkpoint):
    """M2 finds a class itself before it encodes, but must be told one to decode."""
    save_checkpoint(tmp_path, "vae", 2)
    entry = zoo.load(tmp_path / "vae-2")
    for family in ("cvae", "m2"):
        model = build(FAMILIES[family].config_type(family, 2))
        assert (
            Lab(stand_in({"any": dataclasses.replace(entry, architecture=model)}), Samples()).own
            == []
        )
    assert Lab(stand_in({"any": entry}), Samples()).own == [entry]
    bare = dataclasses.replace(entry, card=dataclasses.replace(entry.card, metrics={}))
    assert Lab(stand_in({"vae-2": entry}), Samples()).of_size(2) == [entry]
    assert Lab(stand_in({"vae-2": bare}), Samples()).of_size(2) == []


def test_a_pair_whose_cards_do_not_tell_of_its_labels_is_not_shown(tmp_path, save_checkpoint):
    save_checkpoint(tmp_path, "vae", 2)
    entry = zoo.load(tmp_path / "vae-2")
    accuracy = {"accuracy": metric("accuracy", 0.5, "share")}
    recipe = {"name": "m2-100", "labels": 100, "validation": 0}

    def shown(**changes):
        card = dataclasses.replace(
            entry.card, **({"recipe": recipe, "metrics": accuracy} | changes)
        )
        models = {f: build(FAMILIES[f].config_type(f, 2)) for f in ("m2", "classifier")}
        pair = {f: dataclasses.replace(entry, card=card, architecture=m) for f, m in models.items()}
        return few_labels.shown(Lab(stand_in(pair), Samples()))

    assert shown() == {100: ("m2", "classifier")}
    assert shown(metrics={}) == {}
    for name in ("labels", "validation"):
        assert shown(recipe=recipe | {name: None}) == {}
        assert shown(recipe={k: v for k, v in recipe.items() if k != name}) == {}


def test_an_empty_lab_has_no_rows(tmp_path):
    assert compare.rows(Lab(zoo.Zoo(tmp_path), Samples())) == []
