"""The shapes view: a true shape, its code, and the shape turned by one number of the code."""

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from explore import shapes
from figures import to_bytes
from views.shapes import shapes as view


def test_a_shape_is_drawn_coded_and_turned(visit, lab):
    names = view.shown(lab)
    assert names == view.WANTED, "The models of the shapes are not all there."
    visitor = visit(fragment=f"view=shapes&shapes.model={names[-1]}&shapes.factors=1,2,3,4,5")
    panel, model = visitor.panel, lab.entry(names[-1]).model
    root = panel.locator("[data-shown]")
    expect(root).to_have_attribute("data-shown", f"{names[-1]} 1,2,3,4,5 encoded")

    def check(factors, change=None):
        x, z, _ = shapes.encoded(model, factors)
        if change:
            z[change[0]] = change[1]
        with torch.no_grad():
            decoded = model.decode(z.unsqueeze(0)).mean[0]
        for canvas, wanted in ((".drawn", x), (".decoded", decoded)):
            shown = visitor.pixels(panel.locator(f"canvas{canvas}"))[..., 0].astype(int)
            assert np.abs(shown - to_bytes(wanted[0].numpy())).max() <= 2, canvas

    check([1, 2, 3, 4, 5])
    panel.get_by_label("x position", exact=True).focus()
    visitor.page.keyboard.press("End")
    expect(root).to_have_attribute("data-shown", f"{names[-1]} 1,2,3,9,5 encoded")
    check([1, 2, 3, 9, 5])

    row = panel.locator(".latents .row").first
    row.locator("input").focus()
    visitor.page.keyboard.press("Home")
    expect(root).to_have_attribute("data-shown", f"{names[-1]} 1,2,3,9,5 turned")
    value = float(row.locator("input").input_value())
    check([1, 2, 3, 9, 5], (int(row.get_attribute("data-index")), value))
    visitor.until(lambda: "shapes.z=" in visitor.page.url, "the address follows")
    assert "shapes.factors=1,2,3,9,5" in visitor.page.url

    matrix = lab.entry(names[-1]).card.metrics["factor information"].value
    for cell in panel.locator("td[data-factor]").all():
        k, j = int(cell.get_attribute("data-factor")), int(cell.get_attribute("data-latent"))
        assert int(cell.inner_text()) == pytest.approx(100 * matrix[k][j], abs=0.51)
