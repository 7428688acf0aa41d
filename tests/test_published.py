"""The benchmark against published numbers: its protocol, and one tiny run."""

import re
from dataclasses import replace

import pytest
import torch

from benchmarks import published
from training import data, evaluate


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
    few = tuple(replace(row, samples=evaluate.IWAE) for row in published.ROWS)
    monkeypatch.setattr(published, "ROWS", few)
    whole = data.load("digits")
    parts = (
        data.Split.of(s.images[:n], s.labels[:n]) for s, n in ((whole.train, 400), (whole.test, 40))
    )
    tiny = data.Dataset("digits", *parts)
    monkeypatch.setattr(data, "load", lambda name, root: tiny)
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
    few = data.Split.of(digits.test.images[:3], digits.test.labels[:3])
    seen = []
    hook = model.decoder.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    torch.manual_seed(0)
    found = published.ours(model, few, 2_500)
    hook.remove()
    assert max(seen) == evaluate.MOST_AT_ONCE
    assert sum(seen) >= 3 * 2_500
    assert "2500 samples" in found["log p(x)"]["protocol"]
