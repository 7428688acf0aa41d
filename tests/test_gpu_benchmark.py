"""`make gpu` on a machine without one: what it lacks is said, and what needs no CUDA is right."""

import pytest
import torch

from benchmarks.gpu import __main__ as gpu
from benchmarks.gpu import agreement, capture
from benchmarks.gpu.table import Table
from models import FAMILIES, build, zoo


def test_a_package_that_is_missing_is_named(monkeypatch, capsys, assert_sentence):
    monkeypatch.setattr(gpu, "find_spec", lambda module: None if module == "sklearn" else module)
    assert gpu.main([]) == 1
    said = capsys.readouterr().err
    assert_sentence(said)
    assert "scikit-learn" in said


def test_without_a_device_one_sentence_and_no_file(monkeypatch, tmp_path, capsys, assert_sentence):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.main(["--out", str(tmp_path / "gpu.md")]) == 1
    assert_sentence(capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_recipe_whose_step_is_compared(family):
    assert capture.recipe_of(family).config.family == family


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_answers_with_codes_or_pictures(family, small_config, digits):
    model = build(small_config(family)).eval()
    codes, pictures = agreement.answers(model, digits.test)
    again = agreement.answers(zoo.round_weights(model), digits.test)
    assert len(codes) == (agreement.IMAGES if model.has_encoder else 1)
    assert len(pictures) == (agreement.IMAGES if model.has_decoder else 1)
    assert not all(torch.equal(a, b) for a, b in zip((codes, pictures), again, strict=True))


def test_a_table_is_markdown():
    table = Table("T", "How.", ("a", "b"), [("1", "2")])
    assert table.markdown() == "## T\n\nHow.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
