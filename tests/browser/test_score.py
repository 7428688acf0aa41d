"""The score view: the field in the page is torch's, and what moves it."""

import re

import numpy as np
import torch
from playwright.sync_api import expect

from data.mixture import MIXTURE
from explore import score
from figures import to_bytes
from views.score import digit


def numbers(text):
    return [float(v.replace("\u2212", "-")) for v in re.findall(r"\u2212?\d+\.\d+", text)]


def test_the_arrows_are_the_networks_and_the_exact_ones(visit, lab):
    visitor = visit(fragment="view=score&score.x=0.3,0.25")
    panel, page = visitor.panel, visitor.page
    assert panel.locator("[data-at]").first.get_attribute("data-at") == "0.3,0.25"
    at, network = panel.locator(".score-field .at"), panel.locator(".score-field .at .dae")
    expect(network).to_contain_text("network")
    model = lab.entry("dae-mixture").model
    plot = panel.locator(".score-field .plot")
    visitor.settle()  # what comes later moves the plot
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.2 * box["height"], steps=8)
    page.mouse.up()
    root = panel.locator("[data-at]").first
    x = visitor.until(
        lambda: [float(v) for v in root.get_attribute("data-at").split(",")], "a place"
    )
    assert np.abs(np.array(x) - (0.6, 0.8)).max() < 0.01
    visitor.until(lambda: f"score.x={x[0]:g},{x[1]:g}" in page.url, "the address follows")
    point = torch.tensor([x], dtype=torch.float64)
    learned = score.point_score(model, point)[0]
    exact = MIXTURE.blurred(0.08).score(point)[0]
    shown = numbers(network.inner_text()) + numbers(at.locator(".exact").inner_text())
    assert np.abs(np.array(shown) - [*learned.tolist(), *exact.tolist()]).max() < 0.06
    # By hand, from the three decimals of x and r(x), as exactly as those allow.
    there, restored = re.findall(r"\(([^()]+), ([^()]+)\)", at.inner_text())[:2]
    step = [numbers(b)[0] - numbers(a)[0] for a, b in zip(there, restored, strict=True)]
    assert np.abs(np.array(step) / 0.08**2 - shown[:2]).max() < 0.0005 / 0.08**2 + 0.051
    # Following the network's arrows ends where it no longer moves a point.
    visitor.press("Follow the arrows")
    page.wait_for_selector("[data-rested]", state="attached")
    last = numbers(at.inner_text().splitlines()[0])[-2:]
    end = score.climb(model, torch.tensor([[[x]]], dtype=torch.float32), 1.0, 60).flatten()
    assert np.abs(np.array(last) - end.numpy()).max() < 0.02
    # Another sigma is not the network's.
    panel.get_by_label("The noise sigma of the exact field").focus()
    page.keyboard.press("ArrowRight")
    expect(network).to_have_count(0)
    expect(panel.locator("[data-field=network]")).to_be_disabled()
    exact = MIXTURE.blurred(0.09).score(point)[0]
    shown = np.array(numbers(at.locator(".exact").inner_text()))
    assert np.abs(shown - exact.numpy()).max() < 0.06


def test_a_digits_steps(visit, lab):
    visitor = visit(fragment="view=score")
    panel, page = visitor.panel, visitor.page
    model = lab.entry("dae-64-score").model
    root = panel.locator(".score-digit[data-shown], [data-shown]").first
    expect(root).to_have_attribute("data-shown", "true 1 0.25 1")
    visitor.press("New noise")
    slider = panel.get_by_label("Share of a full denoising step")
    slider.focus()
    page.keyboard.press("End")
    assert panel.get_by_label("How many steps").get_attribute("max") == str(digit.MOST_STEPS)
    panel.get_by_label("How many steps").focus()
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-shown", "true 2 1 2")
    x = torch.tensor(visitor.digit / 255, dtype=torch.float32)[None, None]
    noisy = x + 0.3 * torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        restored = model.reconstruct(noisy)
        expected = {"seen": noisy, "restored": restored, "after": model.reconstruct(restored)}
    for name, picture in expected.items():
        shown = visitor.pixels(panel.locator(f"[data-picture={name}]"))[..., 0].astype(int)
        assert np.abs(shown - to_bytes(picture[0, 0].numpy())).max() <= 1
        error = (picture - x).square().mean().sqrt().item()
        assert f"{error:.3f}" in panel.locator(f"[data-error={name}]").inner_text()


def test_a_link_brings_back_both_halves(visit):
    """The point's sigma, what is shown and what has walked; noise, share and steps of the digit."""
    visitor = visit(fragment="view=score", reduced_motion="reduce")
    panel = visitor.panel
    panel.locator("[data-field=exact]").click()
    visitor.press("Add noise: sample")
    visitor.press("New noise")
    visitor.press("New noise")
    for name in ("The noise sigma of the exact field", "How many steps"):
        panel.get_by_label(name).focus()
        visitor.page.keyboard.press("ArrowRight")
    panel.locator("[data-do=noisy]").click()
    visitor.press("Add noise: sample")
    shown = ".score-digit [data-shown], .score-digit[data-shown]"
    expect(panel.locator(shown).first).to_have_attribute("data-shown", "false 3 0.25 2")
    at = panel.locator(".score-field .at")
    expect(at).to_contain_text("200 points after 300 of 300 steps")
    visitor.until(lambda: "score.draw=2" in visitor.page.url, "the address follows")
    other = visit(fragment=visitor.page.url.split("#")[1], reduced_motion="reduce")
    expect(other.panel.locator(shown).first).to_have_attribute("data-shown", "false 3 0.25 2")
    expect(other.panel.locator(".score-field .at")).to_have_text(at.inner_text())
    expect(other.panel.locator(".level output")).to_have_text("0.09")
    expect(other.panel.locator("[data-field=exact]")).not_to_be_checked()
    expect(other.panel.locator("[data-do=noisy]")).not_to_be_checked()
