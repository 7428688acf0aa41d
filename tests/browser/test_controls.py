"""Every control of every view is in the link: moved, copied, opened elsewhere, it stands there."""

from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

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


def is_set(visitor, expected):
    return read(visitor) == expected


def said_by(link):
    """What a link says, by its keys."""
    return dict(parse_qsl(urlsplit(link).fragment, strict_parsing=True))


def test_every_control_is_in_the_link(visit):
    """One link holds the controls of all views."""
    visitor = visit()
    moved = {}
    for view in VIEWS:
        visitor.open(view)
        before = read(visitor)
        assert before, f"{view} has no controls"
        assert move_every_control(visitor), view
        visitor.settle()
        moved[view] = read(visitor)
        assert moved[view] != before, view
    link = visitor.copied_link()

    other = visit(at=link)
    for view, expected in moved.items():
        other.open(view)
        other.until(partial(is_set, other, expected), f"{link} restores {expected}")
    assert other.page.locator("#header .notice").inner_text() == ""
    # The link of what was restored says what the link says that restored it, in any order.
    assert said_by(other.copied_link()) == said_by(link)


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
