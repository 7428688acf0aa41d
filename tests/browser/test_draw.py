"""The DRAW view: what it shows is torch's, and a later z leaves the earlier canvases alone."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from explore import draw
from figures import to_bytes
from views.draw import draw as view

SHOWN = ".drawing[data-shown], .drawing [data-shown]"


@pytest.fixture
def model(lab):
    return lab.entry(view.shown(lab)).model


def canvases(visitor):
    tiles = visitor.panel.locator(".tile canvas").all()
    return np.stack([visitor.pixels(tile)[..., 0] for tile in tiles]).astype(int)


def codes(visitor):
    """z, as the sliders stand."""
    sliders = visitor.panel.locator(".sliders input")
    return torch.tensor(sliders.evaluate_all("all => all.map(e => Number(e.value))"))


def test_the_canvases_are_torchs_and_earlier_ones_stay(visit, lab, model):
    visitor = visit(fragment="view=draw", reduced_motion="reduce")
    panel = visitor.panel
    panel.locator(SHOWN).first.wait_for()
    x = torch.tensor(visitor.followed, dtype=torch.float32) / 255
    found = draw.inferred(model, x, "mean", torch.Generator().manual_seed(1))
    assert np.abs(canvases(visitor) - pictures(model, found.z)).max() <= 1
    written = [float(text) for text in panel.locator(".cost").all_inner_texts()]
    assert written == pytest.approx(found.kl.tolist(), abs=0.06)

    words = panel.locator(".words")
    expect(words.locator(".by-epochs")).to_contain_text("yes, by")
    expect(words.locator(".by-time")).to_contain_text("no, by")

    before = canvases(visitor)
    per_step = model.latent // model.steps
    slider = panel.locator(".sliders input").nth(2 * per_step)  # the first number of step 3
    slider.focus()
    visitor.change(
        lambda: canvases(visitor)[3].tolist(), lambda: visitor.page.keyboard.press("End")
    )
    visitor.until(lambda: "stay as they were" in panel.locator(".said").inner_text(), "it is said")
    after = canvases(visitor)
    assert np.array_equal(after[:3], before[:3])
    z = codes(visitor)
    expected = found.z.clone()
    expected[2 * per_step] = z[2 * per_step]
    assert np.abs(after - pictures(model, expected)).max() <= 1

    panel.locator(".tile").nth(1).click()
    assert np.array_equal(visitor.pixels(panel.locator(".picture"))[..., 0], after[1])
    visitor.until(lambda: "draw.step=1" in visitor.page.url, "the address follows")
    assert "draw.z=" in visitor.page.url
    panel.get_by_text("prior N(0, I)", exact=True).click()
    visitor.change(lambda: canvases(visitor).tolist(), lambda: visitor.press("Draw another"))
    before = canvases(visitor)
    panel.locator(".sliders input").last.focus()
    visitor.change(lambda: canvases(visitor).tolist(), lambda: visitor.page.keyboard.press("Home"))
    assert np.array_equal(canvases(visitor)[:-1], before[:-1])
    z = visitor.until(lambda: linked_code(visitor, model), "the address has the code")
    assert np.abs(canvases(visitor) - pictures(model, torch.tensor(z))).max() <= 1
    visitor.press("▶ Play")
    visitor.until(lambda: panel.locator(".at").inner_text().startswith("step 2"), "it plays")


def linked_code(visitor, model):
    """z as the address has it, finer than the sliders stand; None while it has none."""
    found = parse_qs(urlsplit(visitor.page.url).fragment)
    z = [float(v) for text in found.get("draw.z", []) for v in text.split(",")]
    return z if "draw.seed" in found and len(z) == model.latent else None


def pictures(model, z):
    """Bytes [T + 1, 28, 28] of all canvases."""
    return to_bytes(draw.canvases(model, z.float())[:, 0].numpy()).astype(int)
