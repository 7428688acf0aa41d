"""Derivations: every formula is set, and none is wider than its column, here and on a phone."""

from pathlib import Path

import pytest

from .visitor import DESKTOP, PHONE

FOLDER = Path(__file__).parents[2] / "views"
MATHEMATICS = (
    *("compress", "ledger", "elbo", "gap", "trick", "kl", "likelihood", "score"),
    *("classes", "beta", "shapes", "iwae", "few_labels", "draw", "gan"),
)
# Each displayed formula as [its width, its box's width, its beginning].
MEASURE = """panel => [...panel.querySelectorAll(".derivation .katex-display")].map((formula) =>
  [formula.scrollWidth, formula.clientWidth, formula.textContent.slice(0, 40)])"""


def written(view):
    """How many displayed formulas the derivation's source has."""
    folder = view.lower().replace(" ", "_")
    text = (FOLDER / folder / "derivation.md").read_text(encoding="utf-8")
    return text.count("$$") // 2


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_formula_fits_its_column(visit, size):
    visitor = visit(viewport=size)
    for view in MATHEMATICS:
        panel = visitor.open(view)
        panel.get_by_role("button", name="Derivation, and the code").click()
        panel.locator(".derivation .katex-display").first.wait_for()
        assert panel.locator(".katex-error").count() == 0
        formulas = panel.evaluate(MEASURE)
        assert len(formulas) == written(view)
        assert [f for f in formulas if f[0] > f[1]] == [], view
        # No line of code goes on beyond its box, and both begin at one height.
        assert panel.locator(".source pre").evaluate("e => e.scrollWidth <= e.clientWidth"), view
        text = panel.locator(".derivation .block.steps").bounding_box()
        code = panel.locator(".derivation .block.source").bounding_box()
        below = code["y"] >= text["y"] + text["height"]
        assert below if size == PHONE else abs(code["y"] - text["y"]) < 1, view
