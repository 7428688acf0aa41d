"""The GAN view: the page's samples, reconstructions and sharpness are those torch computes."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from figures import to_bytes
from models.sharpness import sharpness
from views import gan as view


def shown(visitor, text):
    expect(visitor.panel.locator("[data-shown]").first).to_have_attribute("data-shown", text)


def check_samples(visitor, lab):
    """Every column's chosen tile, and the number beside it."""
    root = visitor.panel.locator("[data-shown]").first
    z = torch.tensor([[float(v) for v in root.get_attribute("data-z").split(",")]])
    tile = int(root.get_attribute("data-shown").split()[1])
    for name in view.SHOWN:
        column = visitor.panel.locator(f".column[data-name='{name}']")
        with torch.no_grad():
            picture = lab.entry(name).model.decode(z).mean
        wanted = to_bytes(picture[0, 0].numpy()).astype(int)
        magnified = visitor.pixels(column.locator(".picture"))[..., 0].astype(int)
        assert np.abs(magnified - wanted).max() <= 2, name
        left, top = 28 * (tile % 6), 28 * (tile // 6)
        grid = visitor.pixels(column.locator(".grid canvas"))[top : top + 28, left : left + 28, 0]
        assert np.array_equal(grid, magnified), name
        number = float(column.locator(".number").inner_text())
        assert number == pytest.approx(sharpness(picture).item(), abs=2e-3), name
    return z


def check_reconstructions(visitor, lab):
    pixels = visitor.page.evaluate("[...window.latentLabDigit.pixels]")
    x = torch.tensor(pixels, dtype=torch.float32).reshape(1, 1, 28, 28) / 255
    for name in view.SHOWN[:2]:
        column = visitor.panel.locator(f".column[data-name='{name}']")
        with torch.no_grad():
            picture = lab.entry(name).model.reconstruct(x)
        again = visitor.pixels(column.locator(".again"))[..., 0].astype(int)
        assert np.abs(again - to_bytes(picture[0, 0].numpy())).max() <= 3, name
        error = re.search(r"error ([\d.]+)", column.locator(".yours p").inner_text())[1]
        assert float(error) == pytest.approx((picture - x).square().mean().item(), abs=2e-3)


def test_the_columns_show_what_torch_says(visit, lab):
    assert view.shown(lab), "the networks of this view are not shipped"
    visitor = visit(fragment="view=GAN&gan=3,8,0")
    panel = visitor.panel
    shown(visitor, "3 8 0")
    start = check_samples(visitor, lab)
    expect(panel.locator(".yours p").first).to_contain_text("squared error")
    check_reconstructions(visitor, lab)
    expect(panel.locator(".column.gan .yours")).to_contain_text("No encoder")
    slider = panel.get_by_label("Walk from these codes to the next")
    slider.focus()
    visitor.page.keyboard.press("End")
    shown(visitor, "3 8 100")
    end = check_samples(visitor, lab)
    visitor.press("New z")
    shown(visitor, "4 8 0")
    assert torch.allclose(check_samples(visitor, lab), end, atol=1e-3)
    assert not torch.allclose(start, end, atol=0.5)
    panel.get_by_label("VAE: choose a sample with the arrow keys").focus()
    visitor.page.keyboard.press("ArrowUp")
    shown(visitor, "4 2 0")
    check_samples(visitor, lab)
    visitor.until(lambda: "gan=4,2,0" in visitor.page.url, "the address follows")
    recall = lab.entry(view.SHOWN[1]).card.metrics["recall"]["value"]
    measured = panel.locator(".measure").filter(has_text="Recall")
    expect(measured.locator(".bar-of.vae-gan em")).to_have_text(f"{recall:.2f}")
    judge = sum(w.numel() for w in lab.entry(view.SHOWN[2]).model.players()["discriminator"])
    expect(panel.locator(".words")).to_contain_text(f"{judge:,} weights in the GAN")
