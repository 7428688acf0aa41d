"""The classes view: ten pictures of one code, as torch makes them, while one draws and drags."""

import re

import numpy as np
import torch
from playwright.sync_api import expect

from views.classes.classes import CONDITIONAL, JUDGE


def code(visitor):
    """z as the sliders have it: rounded to hundredths where it is written."""
    rows = visitor.panel.locator(".dimension").evaluate_all(
        "all => all.map(e => [Number(e.dataset.index), e.querySelector('output').textContent])"
    )
    return torch.tensor([float(text.replace("\u2212", "-")) for _, text in sorted(rows)])


def pictures(visitor):
    canvases = visitor.panel.locator(".ten canvas")
    shown = [visitor.pixels(canvases.nth(y))[..., 0].astype(int) for y in range(10)]
    return np.stack(shown)


def decoded(model, z):
    with torch.no_grad():
        return 255 * model.decode(z.expand(10, -1), torch.arange(10)).mean[:, 0].numpy()


def encoded(visitor, model, y):
    """(the digit, z of it given y) by torch, of the digit that the page's scripts know."""
    x = torch.tensor(visitor.followed[None], dtype=torch.float32) / 255
    with torch.no_grad():
        return x, model.encode(x, torch.tensor([y])).mean


def check_digit(visitor, model, y):
    """The view shows what torch makes of the digit, given class y."""
    x, z = encoded(visitor, model, y)
    visitor.until(lambda: (code(visitor) - z[0]).abs().max() < 0.0051, "the code of the digit")
    want = decoded(model, z)
    # The sliders move at once; pictures that the server decodes come after them.
    visitor.until(lambda: np.abs(pictures(visitor) - want).max() <= 1, "the ten pictures")
    return x


def test_ten_classes_from_one_code_while_drawing_and_dragging(visit, lab):
    model, judge = lab.entry(CONDITIONAL).model, lab.entry(JUDGE).model
    visitor = visit(fragment="view=classes")
    panel = visitor.panel
    expect(panel.locator(".reading")).to_contain_text("A sample, labelled 3")
    check_digit(visitor, model, 3)

    # A drawing has no label: it is read, and the ten follow the stroke.
    visitor.watch(panel.locator(".ten canvas").first)
    visitor.draw_with_mouse()
    expect(panel.locator(".reading")).to_contain_text("Read as a 7")
    assert visitor.seen > 2
    x = check_digit(visitor, model, 7)
    with torch.no_grad():
        shares = judge.classify(x).probs[0]
    titles = panel.locator(".picker label").evaluate_all("all => all.map(e => e.title)")
    written = [float(re.search(r"= ([\d.]+),", title)[1]) for title in titles]
    assert np.abs(np.array(written) - shares.numpy()).max() < 0.001

    # The visitor knows better.
    panel.locator(".picker label").nth(1).click()
    expect(panel.locator(".reading")).to_contain_text("You say a 1. The classifier read a 7")
    check_digit(visitor, model, 1)
    visitor.until(lambda: "classes.y=1" in visitor.page.url, "the address follows")

    # One number moves all ten.
    before = pictures(visitor)
    slider = panel.locator(".used .dimension input").first
    slider.focus()
    visitor.page.keyboard.press("End")
    visitor.until(lambda: (pictures(visitor) != before).any((1, 2)).all(), "all ten have changed")
    expect(panel.locator("h3")).to_contain_text("you have changed")
    visitor.until(lambda: "classes.from=moved" in visitor.page.url, "the address follows")
    assert "classes.y=1" in visitor.page.url
    assert "classes.z=" in visitor.page.url
    shown = pictures(visitor)
    again = visit(fragment=visitor.page.url.split("#")[1])
    expect(again.panel.locator("h3")).to_contain_text("you have changed")
    visitor.until(lambda: np.abs(pictures(again) - shown).max() <= 2, "the same ten pictures")

    # A code of nobody, decoded on the server as in the page; and back.
    visitor.press("Draw z from N(0, I)")
    expect(panel.locator("h3")).to_contain_text("nobody has")
    here = pictures(visitor)
    panel.locator(".where").click()
    expect(panel.locator(".where")).to_contain_text("on the server")
    assert np.abs(pictures(visitor) - here).max() <= 1
    visitor.press("Back to the digit")
    check_digit(visitor, model, 1)


def test_what_was_read_of_one_digit_is_not_said_of_the_next(visit):
    visitor = visit(fragment="view=classes")
    panel = visitor.panel
    expect(panel.locator(".reading")).to_contain_text("reads a 3")
    panel.locator(".where").click()
    visitor.forgiven = "net::ERR_FAILED"
    visitor.page.route("**/ask/**", lambda route: route.abort())
    visitor.sample(7, row=1)
    expect(panel.locator(".said")).to_contain_text("The server does not answer")
    expect(panel.locator(".reading")).to_have_text("This digit has not been read.")
    expect(panel.locator(".picker input:checked")).to_have_attribute("value", "7")  # the label
