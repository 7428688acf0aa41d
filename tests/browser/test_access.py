"""What every view owes everybody: reach by keyboard, names, room, size and contrast of text."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .visitor import DESKTOP, PHONE, VIEWS

LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
FOCUS, MISSED, NAMELESS, BEYOND, SMALL, FAINT = (
    f"() => {{ {LOOK}; return {name}(); }}"
    for name in ("focus", "missed", "nameless", "beyond", "small", "faint")
)


def assert_none(found):
    """Nothing was found at fault in {(where, fault): elements}; else the failure lists it."""
    lines = [f"{where}: {e}" for where, elements in found.items() for e in elements]
    assert not lines, "\n".join(lines)


def tab_through(visitor):
    """Press Tab from the top of the page until it comes round again: every stop's report."""
    visitor.page.evaluate("() => { document.activeElement.blur(); delete window.reached; }")
    visitor.page.mouse.click(3, 3)  # where there is nothing: Tab begins at the top
    stops = []
    for _ in range(300):
        visitor.page.keyboard.press("Tab")
        stop = visitor.page.evaluate(FOCUS)
        if stop == "again":
            break
        if stop:
            stops.append(stop)
    return stops


def test_every_control_has_a_name_and_is_reached_by_tab(visitor):
    visitor.open("maps")
    visitor.draw_with_mouse()  # its steps are then to be seen, too
    visitor.rail.locator(".steps").wait_for()
    found = {}
    for view in VIEWS:
        visitor.open(view)
        stops = tab_through(visitor)
        found[view, "without a name"] = visitor.page.evaluate(NAMELESS)
        found[view, "not reached"] = visitor.page.evaluate(MISSED)
        found[view, "focus not seen"] = [stop["what"] for stop in stops if not stop["marked"]]
        assert sum(stop["inSamples"] for stop in stops) == 1  # the grid is one stop
    assert_none(found)


HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((each) => each.checkVisibility())
  .map((each) => [Number(each.tagName[1]), each.textContent.trim()])"""


def test_headings_are_in_order_in_every_view(visitor):
    found = {}
    for view in VIEWS:
        visitor.open(view)
        headings = visitor.page.evaluate(HEADINGS)
        levels = [level for level, _ in headings]
        assert levels[:2] == [1, 2], view
        assert (levels.count(1), levels.count(2)) == (1, 1), view
        steps = zip(levels, headings[1:], strict=False)
        found[view, "skips a level"] = [text for over, (level, text) in steps if level > over + 1]
        found[view, "empty"] = [f"h{level}" for level, text in headings if not text]
    assert_none(found)


def test_arrow_keys_move_among_the_samples(visitor):
    visitor.open("reconstruct")
    focused = "() => document.activeElement.getAttribute('aria-label')"
    visitor.rail.locator(".samples button[tabindex='0']").focus()
    for key, label in (
        ("ArrowRight", "a 1, sample 1"),
        ("ArrowDown", "a 1, sample 2"),
        ("ArrowLeft", "a 0, sample 2"),
        ("ArrowUp", "a 0, sample 1"),
    ):
        visitor.page.keyboard.press(key)
        assert visitor.page.evaluate(focused) == label
    inputs = ".spine-row .input"
    visitor.change(lambda: visitor.sources(inputs), lambda: visitor.page.keyboard.press("Enter"))


def test_the_photo_button_opens_by_key(visitor):
    choosers = []
    visitor.page.on("filechooser", lambda chooser: choosers.append(chooser))
    visitor.rail.get_by_role("button", name="Photo").focus()
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: choosers, "the dialog that asks for a file")


def test_the_button_changes_light_and_dark(visitor):
    brightness = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    for bright in (False, True):
        visitor.page.get_by_role("button", name="Switch between light and dark").click()
        assert (visitor.page.evaluate(brightness) > 127) == bright
        assert_none({(bright, "too faint"): visitor.page.evaluate(FAINT)})


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light")],
    ids=["projector", "projector in the dark", "phone"],
)
def test_everything_fits_and_can_be_read(visit, size, scheme):
    visitor = visit(viewport=size, scheme=scheme)
    found = {}
    for view in VIEWS:
        visitor.open(view)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[view, "scrolls sideways"] = ["the page"] * wide
        found[view, "beyond the right edge"] = visitor.page.evaluate(BEYOND)
        found[view, "too small"] = visitor.page.evaluate(SMALL)
        found[view, "too faint"] = visitor.page.evaluate(FAINT)
        found[view, "blank"] = ["the view"] * is_blank(
            visitor.page.screenshot(full_page=size is PHONE)
        )
    assert_none(found)


def is_blank(shot: bytes) -> bool:
    """Does the lower part of the page show next to nothing?"""
    with Image.open(BytesIO(shot)) as image:
        below = image.convert("L").crop((0, image.height // 3, *image.size))
    grey: Any = below.getextrema()  # two numbers, as there is one band
    return grey[1] - grey[0] <= 200 or len(below.getcolors() or ()) <= 50
