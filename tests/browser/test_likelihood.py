"""The likelihood view: rows of the shipped networks, and a pixel's own distribution."""

import re

import numpy as np
import torch
from playwright.sync_api import expect

from explore import likelihood
from figures import to_bytes
from views.likelihood import likelihood as view

ROW = ".likelihood-switch .row[data-name='{}']"


def digit(visitor):
    """The chosen digit [1, 28, 28], as the page shows it."""
    return torch.tensor(visitor.digit / 255, dtype=torch.float32)[None]


def settled(visitor, text):
    """Wait until the rows answer for this code, count and seed."""
    root = visitor.panel.locator(".likelihood-switch [data-shown], [data-shown]").first
    expect(root).to_have_attribute("data-shown", text)


def test_the_rows_show_what_torch_says(visit, lab):
    visitor = visit(fragment="view=likelihood")
    settled(visitor, "mean 16 1")
    panel, x = visitor.panel, digit(visitor)

    def check(code, count, seed):
        for name in view.shown(lab):
            row, generator = panel.locator(ROW.format(name)), torch.Generator().manual_seed(seed)
            found = likelihood.decoded(lab.entry(name).model, x, code, count, generator)
            for picture in ("mean", "sample", "average"):
                shown = visitor.pixels(row.locator(f"[data-picture={picture}]"))[..., 0]
                wanted = to_bytes(getattr(found, picture)[0].numpy())
                assert np.abs(shown.astype(int) - wanted).max() <= 1, (name, picture)
            deviation = visitor.pixels(row.locator("[data-picture=deviation]"))[..., 0] / 255
            wanted = (found.deviation[0] / 0.5).clamp(max=1).numpy()
            assert np.abs(deviation - wanted).max() < 0.01
            written = re.search(r"= (\u2212?[\d.]+) nats", row.locator(".log").inner_text())[1]
            assert abs(float(written.replace("\u2212", "-")) - found.log_p) < 0.1

    check("mean", 16, 1)
    visitor.press("Draw another")
    settled(visitor, "mean 16 2")
    slider = panel.get_by_label("How many draws are averaged")
    slider.focus()
    visitor.page.keyboard.press("End")
    visitor.pick("draw from q(z|x)")
    settled(visitor, "draw 256 2")
    visitor.until(lambda: "likelihood.code=draw" in visitor.page.url, "the address follows")
    check("draw", 256, 2)


def test_a_pixel_by_keys_and_by_pointer(visit, lab):
    visitor = visit(fragment="view=likelihood")
    settled(visitor, "mean 16 1")
    panel, x = visitor.panel, digit(visitor)
    chart = panel.locator(ROW.format("vae-16-mlp-predicted")).locator(".chart")
    place = panel.locator(".where-pixel")
    frame = panel.locator(ROW.format("vae-16-mlp-shared")).locator(".frame").last
    box = frame.bounding_box()
    visitor.page.mouse.move(
        box["x"] + box["width"] * 10.5 / 28, box["y"] + box["height"] * 6.5 / 28
    )
    expect(place).to_contain_text(f"(7, 11), x = {x[0, 6, 10]:.2f}")
    panel.get_by_label("Choose a pixel with the arrow keys").focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("ArrowDown")
    expect(place).to_contain_text(f"(8, 12), x = {x[0, 7, 11]:.2f}")
    model = lab.entry("vae-16-mlp-predicted").model
    with torch.no_grad():
        p = model.decode(model.encode(x.unsqueeze(0)).mean)
    mean, deviation = float(p.mean[0, 0, 7, 11]), float(p.stddev[0, 0, 7, 11])
    expect(chart).to_contain_text(f"mean {mean:.2f}, \u03c3 {deviation:.3f}")


def test_a_link_brings_back_what_is_drawn_and_where(visit):
    visitor = visit(fragment="view=likelihood")
    settled(visitor, "mean 16 1")
    panel = visitor.panel
    visitor.pick("draw from N(0, I)")
    visitor.press("Draw another")
    panel.get_by_label("How many draws are averaged").focus()
    visitor.page.keyboard.press("ArrowLeft")
    panel.get_by_label("Choose a pixel with the arrow keys").focus()
    visitor.page.keyboard.press("ArrowRight")
    settled(visitor, "prior 4 2")
    visitor.until(lambda: "likelihood.pixel=" in visitor.page.url, "the address follows")
    visitor.until(lambda: "likelihood.count=4" in visitor.page.url, "the address follows")
    other = visit(fragment=visitor.page.url.split("#")[1])
    settled(other, "prior 4 2")
    for look in (".where-pixel", ".averaged", ".facts .log"):
        written = panel.locator(look).all_inner_texts()
        assert other.panel.locator(look).all_inner_texts() == written
    assert other.sources(".frame canvas") == visitor.sources(".frame canvas")
