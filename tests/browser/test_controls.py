"""Every control of every view is in the link: moved, copied, opened elsewhere, it stands there."""

from pathlib import Path

import pytest

from .visitor import VIEWS

CONTROLS = Path(__file__).with_name("controls.js").read_text(encoding="utf-8")


def read(visitor):
    """[name, value] of each control of the open view."""
    visitor.page.evaluate(CONTROLS)
    return visitor.page.evaluate("controls.read()")


def move_every_control(visitor):
    """Give each control another value, one after another, as they are there when its turn comes."""
    visitor.page.evaluate(CONTROLS)
    moved, index = 0, 0
    while index < visitor.page.evaluate("controls.count()"):
        moved += visitor.page.evaluate("index => controls.change(index)", index)
        visitor.page.evaluate("() => new Promise(requestAnimationFrame)")
        index += 1
    return moved


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_is_in_the_link(visit, view):
    visitor = visit()
    visitor.open(view)
    before = read(visitor)
    assert before, "a view without controls"
    assert move_every_control(visitor)
    visitor.settle()
    expected = read(visitor)
    assert expected != before
    link = visitor.copied_link()

    other = visit(at=link)
    other.panel.locator(VIEWS[view]).first.wait_for()
    other.until(lambda: read(other) == expected, f"{link} restores {expected}, not {read(other)}")
    assert other.page.locator("#header .notice").inner_text() == ""
    # The link of what was restored is the link that restored it.
    assert other.copied_link() == link


def test_what_is_not_of_one_view_is_in_the_link_too(visit):
    """The light, and where pictures are decoded."""
    visitor = visit(fragment="view=maps")
    dark = visitor.page.locator("body.dark").count()
    visitor.press("Switch between light and dark", within=visitor.page.locator("#header"))
    visitor.panel.locator(".where").click()
    visitor.settle()
    other = visit(at=visitor.copied_link())
    assert other.page.locator("body.dark").count() == 1 - dark
    other.until(lambda: "on the server" in other.panel.locator(".where").inner_text(), "decoding")
