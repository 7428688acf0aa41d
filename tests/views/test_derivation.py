"""Derivations: their symbols have the page's colours, their code is the code that runs."""

import re
from pathlib import Path

import pytest

from models import distributions
from views.kit import derivation

FOLDER = Path(derivation.__file__).parent.parent
NAMES = [file.parent.name for file in FOLDER.glob("*/derivation.md")]
THEME = (FOLDER / "kit" / "kit.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("tex", "coloured"),
    [
        (r"\mu", r"{\textcolor{dodgerblue}{\mu}}"),
        (r"\nabla_\mu", r"\nabla_{\textcolor{dodgerblue}{\mu}}"),
        (r"\mu_q^2", r"{\textcolor{dodgerblue}{\mu}}_q^2"),
        (r"q(z)", r"q({\textcolor{rebeccapurple}{z}})"),
        (r"\log p(x|z) + \sigma\epsilon", None),
        (r"\multimap z_i \mathbb{E}_{z \sim q}", None),
    ],
)
def test_symbols_are_coloured(tex, coloured):
    found = derivation.coloured(tex)
    if coloured:
        assert found == coloured
    # Without the colours it is what was written, and no other command was taken apart.
    assert re.sub(r"\{\\textcolor\{[a-z]+\}\{(\\?[a-z]+)\}\}", r"\1", found) == tex


def test_only_formulas_are_coloured(monkeypatch, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "derivation.md").write_text(
        "a z here, $z$ and\n$$\nz\n$$\nthe z.", encoding="utf-8"
    )
    monkeypatch.setattr(derivation, "_VIEWS", tmp_path)
    found = derivation.derivation("x")
    assert found.count("textcolor") == 2
    assert found.startswith("a z here, ${\\textcolor")
    assert found.endswith("the z.")


@pytest.mark.parametrize("colour", derivation.COLOURS.values())
def test_every_colour_is_one_of_the_theme(colour):
    assert f'[style*="{colour}"]' in THEME


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_is_closed(name):
    text = (FOLDER / name / "derivation.md").read_text(encoding="utf-8")
    assert text.count("$") % 2 == 0
    for formula in derivation._FORMULA.findall(text):
        assert formula.count("{") == formula.count("}"), formula


def test_the_source_is_the_functions_own_without_its_docstring():
    found = derivation.source(distributions.kl_to_standard_normal)
    assert found.startswith("# models/distributions.py\ndef kl_to_standard_normal(")
    assert "return 0.5 * (q.mu**2" in found
    assert "appendix B" not in found
