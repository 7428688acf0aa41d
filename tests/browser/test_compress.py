"""Compress: what the page writes and draws at a code size is what the networks make of a digit."""

import numpy as np
import torch
from playwright.sync_api import expect

from views.compress import compress


def drawn(visitor, kind):
    canvas = visitor.panel.locator(f'[data-kind="{kind}"] canvas')
    return visitor.pixels(canvas)[..., 0].astype(int)


def agrees(visitor, lab, k):
    """Do the pictures of the linear autoencoder, the AE and the VAE show what torch makes of x?"""
    x = torch.tensor(drawn(visitor, "input") / 255, dtype=torch.float32).view(1, 1, 28, 28)
    for kind, name in {"linear": f"linear-{k}", "ae": f"ae-{k}-mlp", "vae": f"vae-{k}-mlp"}.items():
        picture = lab.entry(name).model.reconstruct(x)
        want = (picture[0, 0].clamp(0, 1) * 255).round().int().numpy()
        said = visitor.panel.locator(f'[data-kind="{kind}"] span').inner_text()
        right = f"{float((picture - x).square().mean()):.4f}" == said
        if not right or np.abs(drawn(visitor, kind) - want).max() > 1:
            return False
    return True


def test_the_chart_is_a_slider_and_its_numbers_are_true(visit, lab):
    visitor = visit(fragment="view=compress&compress.k=16")
    panel = visitor.panel
    panel.locator(".compression tbody td").first.wait_for()
    visitor.until(lambda: drawn(visitor, "input").any() and agrees(visitor, lab, 16), "k = 16")
    asked = len(visitor.requests)
    chart = panel.locator(".chart").bounding_box()
    y = chart["y"] + chart["height"] / 2
    visitor.page.mouse.move(chart["x"] + chart["width"] / 2, y)
    visitor.page.mouse.down()
    visitor.page.mouse.move(chart["x"] + 60, y, steps=8)
    visitor.page.mouse.up()
    expect(panel.locator("thead")).to_contain_text("at k = 2")
    visitor.until(lambda: agrees(visitor, lab, 2), "k = 2")
    assert visitor.requests[asked:] == []
    errors = panel.locator("tbody tr").first.locator("td").all_inner_texts()
    entry = lab.entry("linear-2")
    assert errors[0] == errors[1] == f"{entry.card.metrics['mse'].value:.5f}"
    angle = compress.angle(entry, lab.entry("pca-64"))
    assert panel.locator(".angle").inner_text() == f"{angle:.5f}"
    # Another digit, then the arrow keys: the control beside the chart.
    visitor.sample(7)
    visitor.until(lambda: agrees(visitor, lab, 2), "the seven at k = 2")
    panel.get_by_label("Code size k").focus()
    visitor.page.keyboard.press("End")
    visitor.until(lambda: agrees(visitor, lab, 64), "k = 64")
    # Pure chance keeps k of 784.
    visitor.pick("pixels of pure chance")
    expect(panel.locator("thead")).to_contain_text("at k = 32")
    kept = panel.locator("tbody tr").last.locator("td").all_inner_texts()
    assert kept[:2] == ["4.1 %", "4.1 %"] == [f"{100 * 32 / 784:.1f} %"] * 2
    visitor.change(
        lambda: drawn(visitor, "input").tolist(), lambda: visitor.press("Another picture")
    )
    expect(panel.locator(".words")).to_contain_text("784 log 2 = 543.43 nats. This one has 543.43")
    visitor.pick("IID Gaussian pixels")
    expect(panel.locator("tbody td").nth(2)).to_have_text("not trained")
    assert panel.locator("tbody tr").last.locator("td").all_inner_texts()[:2] == ["4.1 %"] * 2
    visitor.until(lambda: np.ptp(drawn(visitor, "input")) > 100, "a picture of theirs")


def test_a_link_brings_back_data_size_and_picture(visit):
    visitor = visit(fragment="view=compress")
    panel = visitor.panel
    visitor.pick("pixels of pure chance")
    panel.get_by_label("Code size k").focus()
    visitor.page.keyboard.press("Home")
    visitor.until(lambda: drawn(visitor, "input").any(), "a picture")
    visitor.change(
        lambda: drawn(visitor, "input").tolist(), lambda: visitor.press("Another picture")
    )
    visitor.until(
        lambda: "compress.data=noise&compress.k=2&compress.seed=1" in visitor.page.url,
        "the address follows",
    )
    other = visit(fragment=visitor.page.url.split("#")[1])
    expect(other.panel.locator("thead")).to_contain_text("at k = 2")
    other.until(
        lambda: other.sources(".pictures canvas") == visitor.sources(".pictures canvas"), "pictures"
    )
    other.until(lambda: len(other.sources(".strip canvas")) == 4, "two directions of two kinds")
    assert other.sources(".strip canvas") == visitor.sources(".strip canvas")
