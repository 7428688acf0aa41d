"""The benchmark against published numbers: its protocol, and one tiny run."""

import re
from dataclasses import replace

import pytest
import torch

from data import datasets
from evaluation.likelihood import IWAE
from evaluation.metric import MOST_AT_ONCE
from experiments import published
from models import zoo
from tests.places import ROOT


def test_the_protocol_is_the_papers():
    """Davidson et al. 2018, section 5.1: 784-256-128 ReLU, batch 64, Adam at 1e-3, dynamic."""
    row = published.ROWS[0]
    recipe, config = row.recipe, row.recipe.config
    assert config.encoder.widths == config.decoder.widths == (256, 128)
    assert config.encoder.activation == config.decoder.activation == "relu"
    assert (config.latent, config.likelihood.kind) == (2, "bernoulli")
    assert (recipe.batch_size, recipe.learning_rate, recipe.binarize) == (64, 1e-3, True)
    assert row.samples == 500


def test_a_tiny_run_prints_ours_beside_theirs(monkeypatch, capsys):
    few = tuple(replace(row, samples=IWAE) for row in published.ROWS)
    monkeypatch.setattr(published, "ROWS", few)
    whole = datasets.load("digits")
    train, test = (
        datasets.Split.of(s.images[:n], s.labels[:n])
        for s, n in ((whole.train, 400), (whole.test, 40))
    )
    tiny = datasets.Dataset("digits", train, test)
    monkeypatch.setattr(datasets, "load", lambda name, root: tiny)
    published.main(["--dataset", "digits", "--epochs", "2", "--device", "cpu"])
    out = capsys.readouterr().out
    assert "left out, it needs a CUDA device" in out
    assert "best of 2 epochs" in out
    assert "40 test images binarized once" in out
    rows = {
        m[1]: [float(v) for v in m[2].split()]
        for m in re.finditer(r"^(\S.*?)\s{2,}(-?\d.*)$", out, re.M)
    }
    assert set(rows) == {"log p(x)", "reconstruction", "kl"}
    for name, (theirs, ours, difference) in rows.items():
        assert theirs == published.ROWS[0].theirs[name]
        assert difference == pytest.approx(ours - theirs, abs=0.011)
    # The bound holds: log p(x) >= reconstruction - KL, both of them log-likelihoods.
    assert rows["log p(x)"][1] > rows["reconstruction"][1] - rows["kl"][1]


def test_more_samples_than_fit_at_once_are_drawn_in_parts(lab, digits):
    model = lab.entry("vae-16").model
    few = datasets.Split.of(digits.test.images[:3], digits.test.labels[:3])
    seen = []
    hook = model.decoder.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    torch.manual_seed(0)
    found = published.ours(model, few, 2_500)
    hook.remove()
    assert max(seen) == MOST_AT_ONCE
    assert sum(seen) >= 3 * 2_500
    assert "2,500 samples" in found["log p(x)"].sentence()


DOCUMENT = (ROOT / "docs" / "published.md").read_text(encoding="utf-8")


def value(name, metric):
    card = zoo.Card.from_json(
        (ROOT / "checkpoints" / name / "card.json").read_text(encoding="utf-8")
    )
    return card.metrics[metric].value


def cells(row):
    """The numbers in a row of the document, column by column; None where there is none."""
    line = re.search(rf"^\| {re.escape(row)} \|(.*)\|$", DOCUMENT, re.MULTILINE)[1]
    found = [re.search(r"-?\d*\.\d+", cell) for cell in line.split("|")]
    return [number and float(number[0]) for number in found]


@pytest.mark.parametrize(
    ("row", "metric", "sign"),
    [
        ("log p(x)", "log p(x)", 1),
        ("E_q[log p(x\\|z)]", "reconstruction", -1),
        ("KL(q(z\\|x) \\|\\| p(z))", "kl", 1),
        ("ELBO", "elbo", 1),
        ("IWAE, 50 samples", "iwae-50", 1),
    ],
)
def test_the_document_says_what_the_card_of_the_2d_vae_says(row, metric, sign):
    assert cells(row)[1] == pytest.approx(sign * value("vae-2-davidson", metric), abs=0.005)


@pytest.mark.parametrize(
    ("row", "metric"),
    [
        ("ELBO", "elbo"),
        ("IWAE, 50 samples", "iwae-50"),
        ("5,000 importance samples", "log p(x)"),
        ("quadrature", "log p(x) by quadrature"),
    ],
)
def test_the_document_says_what_the_cards_say_of_the_first_images(row, metric):
    table = DOCUMENT[DOCUMENT.index("| first 200 images") :]
    line = re.search(rf"^\| {re.escape(row)} \|(.*)\|$", table, re.MULTILINE)[1].split("|")
    for column, name in ((0, "vae-2-davidson"), (2, "vae-2")):
        shown = float(line[column])
        assert shown == pytest.approx(value(name, f"{metric}, side by side"), abs=0.005)


def test_the_document_says_what_the_cards_say_of_pca():
    header = re.search(r"^\| k \|(.*)\|$", DOCUMENT, re.MULTILINE)[1]
    sizes = [int(k) for k in header.split("|")]
    pca, linear = cells("`pca-64`, its first k components"), cells("`linear-k`, found by L-BFGS")
    curve = value("pca-64", "mse by size")
    for k, ours, found in zip(sizes, pca, linear, strict=True):
        assert ours == pytest.approx(curve[k], abs=6e-6)
        assert found is None or found == pytest.approx(value(f"linear-{k}", "mse"), abs=6e-6)
