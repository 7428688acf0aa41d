"""Trick: the graph's numbers are autograd's, with the trick and without it; a drag moves them."""

import re

import pytest
import torch
from playwright.sync_api import expect

from data.binarize import binarize
from explore import trick
from tests.asking import asking
from views.kit.pictures import picture_of
from views.kit.worker import Worker
from views.trick import trick as view

EPSILON = [0.8, -0.6]  # what the view opens with


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def pair_after(text, name):
    """The two numbers that follow `name` in the graph's text."""
    found = re.search(re.escape(name) + r"\s*=\s*\(([−\d.]+), ([−\d.]+)\)", text)
    return found and [number(v) for v in found.groups()]


def unit_after(text, name):
    """One in the last place of the numbers after `name`: they have fewer where one is large."""
    places = re.search(re.escape(name) + r"\s*=\s*\([−\d]+(?:\.(\d+))?,", text)[1]
    return 10.0 ** -len(places or "")


def value_after(text, name):
    # "L = f + KL" and "= 193.7" are lines of one box.
    found = re.search(r"(?<!\+ )" + re.escape(name) + r" = ([−\d.]+)", text)
    return found and number(found[1])


def test_the_graph_is_autograds_with_the_trick_and_without(visit, lab):
    visitor = visit(fragment="view=trick")
    panel = visitor.panel
    graph = panel.locator(".graph svg")
    count = panel.locator(".estimator").first
    visitor.until(lambda: count.get_attribute("data-count") == "256", "256 draws")
    x = torch.tensor(visitor.digit[None] / 255).float()
    model = lab.entry(view.MODEL).model
    f = trick.reconstruction_loss(model, binarize(x, view.SEED))
    q = model.encode(binarize(x, view.SEED).unsqueeze(0))
    mu, sigma = q.mean[0].double(), q.stddev[0].double()
    expected = trick.backpropagate(f, mu, sigma, torch.tensor(EPSILON).double())

    def said():
        return " ".join(graph.locator("text").all_text_contents())

    text = said()
    rel, off = 2e-3, 0.11
    assert pair_after(text, "μ") == pytest.approx(mu.tolist(), abs=6e-4)
    assert pair_after(text, "∂L/∂μ") == pytest.approx(expected.total[0].tolist(), rel=rel, abs=off)
    assert pair_after(text, "∂L/∂σ") == pytest.approx(expected.total[1].tolist(), rel=rel, abs=off)
    assert value_after(text, "f") == pytest.approx(expected.reconstruction, abs=0.11)
    # What stands there adds up, to the last digit.
    parts = zip(
        *(pair_after(text, name) or () for name in ("∂f/∂z · ε", "∂KL/∂σ", "∂L/∂σ")),
        strict=True,
    )
    assert all(round(through + kl, 2) == total for through, kl, total in parts)
    # The estimators: the same draws, from their seeds.
    at = {"mu": mu.tolist(), "sigma": sigma.tolist(), "count": 64}
    asked = {"digit": picture_of(x).model_dump()} | at
    ask = asking(view.compare_estimators, lab, Worker("test", 9))
    drawn = [ask(asked | {"seed": seed}) for seed in range(4)]
    for name in ("pathwise", "score", "baseline"):
        values = torch.tensor([v for each in drawn for v in each[name][0]], dtype=torch.float64)
        data = panel.locator(f".estimator[data-name={name}]").evaluate("e => ({...e.dataset})")
        assert float(data["mean"]) == pytest.approx(values.mean().item(), rel=1e-3, abs=1e-2)
        assert float(data["variance"]) == pytest.approx(values.var().item(), rel=1e-3)

    # Without the trick: the KL's gradient, in closed form, and nothing else.
    visitor.change(said, lambda: panel.get_by_role("switch").click())
    visitor.until(lambda: "no path to μ" in said(), "the path is cut")
    text = said()
    # Rounded down or up, so that what stands there adds up.
    rounding = 1.1 * unit_after(text, "∂L/∂μ")
    assert pair_after(text, "∂L/∂μ") == pytest.approx(mu.tolist(), abs=rounding)
    assert pair_after(text, "∂L/∂σ") == pytest.approx((sigma - 1 / sigma).tolist(), abs=0.11)
    before = value_after(text, "KL")
    visitor.press("20 steps, new ε each")
    visitor.until(lambda: "only the KL was followed" in panel.inner_text(), "the steps are done")
    visitor.until(lambda: value_after(said(), "KL") < before / 2, "the KL has shrunk")

    # And back.
    panel.get_by_role("switch").click()
    visitor.press("Back to q(z|x)")
    visitor.until(lambda: pair_after(said(), "∂f/∂z · 1"), "the path is back")


def test_a_drag_moves_mu_and_the_digit(visit):
    visitor = visit(fragment="view=trick&trick.reparameterized=0")
    page, panel = visitor.page, visitor.panel
    switch = panel.get_by_role("switch")
    expect(switch).not_to_be_checked()  # the link has it off
    switch.check()
    visitor.until(lambda: "trick.reparameterized" not in page.url, "the address follows")
    dial = panel.locator(".dial output")
    picture = panel.locator(".graph image.picture")
    visitor.until(lambda: picture.count() and dial.first.inner_text(), "a picture")
    dot = panel.locator(".plane .dot.mu")
    box = dot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = picture.get_attribute("href")
    mu = number(dial.first.inner_text())
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    visitor.until(lambda: number(dial.first.inner_text()) > mu, "mu follows the mouse")
    page.mouse.up()
    visitor.until(lambda: picture.get_attribute("href") != before, "the digit follows")
    # Keys, and epsilon anew.
    slider = panel.get_by_label("σ₁", exact=True)
    slider.focus()
    sigma = dial.nth(2).inner_text()
    for _ in range(3):  # one step may be less than the last digit shown
        page.keyboard.press("ArrowRight")
    visitor.until(lambda: dial.nth(2).inner_text() > sigma, "sigma follows the key")
    visitor.change(dial.nth(4).inner_text, lambda: visitor.press("New ε"))


def test_draws_and_steps_are_in_the_link(visit):
    visitor = visit(fragment="view=trick")
    panel = visitor.panel
    count = panel.locator(".estimator").first
    visitor.until(lambda: count.get_attribute("data-count") == "256", "256 draws")
    visitor.press("New ε")
    visitor.press("Step")
    visitor.until(lambda: "nats." in panel.locator(".said").inner_text(), "a step")
    visitor.until(lambda: count.get_attribute("data-count") == "256", "256 draws of the new q")
    visitor.press("64 more draws")
    visitor.until(lambda: count.get_attribute("data-count") == "320", "64 more")

    def shown(one):
        dials = one.panel.locator(".dial output").all_inner_texts()
        moments = one.panel.locator(".estimator h3 span").all_inner_texts()
        return dials, moments, one.panel.locator(".verdict").inner_text()

    link = visitor.copied_link()
    other = visit(at=link)
    other.until(lambda: shown(other) == shown(visitor), "the link restores what was drawn")
    assert other.copied_link() == link
    # The next draw of epsilon is another, and the same for both.
    for one in (visitor, other):
        one.change(lambda one=one: shown(one)[0], lambda one=one: one.press("New ε"))
    assert shown(other)[0] == shown(visitor)[0]
    # What plays stops again.
    panel = other.panel
    other.press("Play ε")
    other.change(lambda: shown(other)[0], lambda: None)
    other.press("Stop ε")
    other.press("Play")
    other.until(
        lambda: int(panel.locator(".estimator").first.get_attribute("data-count")) > 384, "draws"
    )
    other.press("Stop")
    other.settle()
