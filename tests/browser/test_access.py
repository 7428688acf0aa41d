"""What every view owes everybody: reach by keyboard, names, room, size and contrast of text.

A visit to all views takes longer than what is looked at there, so each kind of visitor goes once.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from .visitor import DESKTOP, PHONE, VIEWS

LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
ZOOMED = {"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}  # to 200 %
WALLS = (
    {"width": 1920, "height": 1080},
    {"width": 2560, "height": 1440},
    {"width": 3840, "height": 2160},
)
LEGIBLE = ("wide", "beyond", "small", "raised", "faint", "tight")


HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((each) => each.checkVisibility())
  .map((each) => [Number(each.tagName[1]), each.textContent.trim()])"""


def look(visitor, name):
    """What a function of look.js finds: the elements at fault."""
    if not visitor.page.evaluate("'look' in window"):
        visitor.page.evaluate(LOOK)
    return visitor.page.evaluate("name => window.look[name]()", name)


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
        stop = look(visitor, "focus")
        if stop == "again":
            break
        if stop:
            stops.append(stop)
    return stops


def faults_by_keyboard(visitor, where):
    """What of the open view cannot be reached, or has no name, or does not show the focus."""
    stops = tab_through(visitor)
    assert sum(stop["inSamples"] for stop in stops) == 1  # the grid is one stop
    return {
        (where, "without a name"): look(visitor, "nameless"),
        (where, "not reached"): look(visitor, "missed"),
        (where, "focus not seen"): [stop["what"] for stop in stops if not stop["marked"]],
    }


def faults_of_headings(visitor, where):
    """Which headings skip a level, or are empty; there is one of the first two each."""
    headings = visitor.page.evaluate(HEADINGS)
    levels = [level for level, _ in headings]
    steps = zip(levels, headings[1:], strict=False)
    return {
        (where, "first headings"): [] if levels[:2] == [1, 2] else [levels],
        (where, "more than one title"): [n for n in (1, 2) if levels.count(n) != 1],
        (where, "skips a level"): [text for over, (level, text) in steps if level > over + 1],
        (where, "empty"): [f"h{level}" for level, text in headings if not text],
    }


def faults_in_the_dark(visitor, where):
    """What of the open view is too faint in the other scheme."""
    turn = "document.body.classList.toggle('dark')"
    visitor.page.evaluate(turn)
    found = {
        (where, "too faint in the dark"): look(visitor, "faint"),
        (where, "blank in the dark"): blank(visitor),
    }
    visitor.page.evaluate(turn)
    return found


def faults_in_forced_colours(visitor, where):
    """What of the open view is not seen in the system's colours."""
    visitor.page.emulate_media(forced_colors="active")
    found = {
        (where, "vanishes"): look(visitor, "vanishing"),
        (where, "not marked as chosen"): look(visitor, "unmarked"),
    }
    visitor.page.emulate_media(forced_colors="none")
    return found


def faults_when_zoomed(visitor, where):
    """What of the open view is cut where a page of 1366 px is magnified to 200 %."""
    visitor.page.set_viewport_size(ZOOMED)
    look(visitor, "settled")
    found = {(where, f"{name} at 200 %"): look(visitor, name) for name in ("wide", "beyond")}
    visitor.page.set_viewport_size(DESKTOP)
    return found


def test_at_a_projector(visit):
    """1366x768: each view as it opens, by keyboard, in the dark, in forced colours, magnified."""
    visitor = visit()
    found = {}
    for view in VIEWS:
        visitor.open(view)
        visitor.settle()
        found |= {(view, name): look(visitor, name) for name in ("tall", *LEGIBLE)}
        found[view, "blank"] = blank(visitor)
        found |= faults_of_headings(visitor, view)
        found |= faults_by_keyboard(visitor, view)
        found |= faults_in_the_dark(visitor, view)
        found |= faults_in_forced_colours(visitor, view)
        found |= faults_when_zoomed(visitor, view)
    visitor.draw_with_mouse()  # its steps are then to be seen, too
    visitor.rail.locator(".steps").wait_for()
    found |= faults_by_keyboard(visitor, "with a drawing")
    assert_none(found)


def test_on_a_phone_where_nothing_is_to_move(visit):
    """390x844, for somebody who has asked for less motion."""
    visitor = visit(viewport=PHONE, reduced_motion="reduce")
    found = {}
    for view in VIEWS:
        visitor.open(view)
        found |= {(view, name): look(visitor, name) for name in LEGIBLE}
        found[view, "blank"] = blank(visitor, full_page=True)
        visitor.until(
            lambda: look(visitor, "pictures") == look(visitor, "pictures"), f"{view} at rest"
        )
        found[view, "animated"] = look(visitor, "animated")
    assert_none(found)


def test_on_a_wall(visit):
    """Larger screens: text and pictures grow, and neither leaves a quarter of the screen empty."""
    visitor = visit(viewport=WALLS[0])
    found = {}
    for view in VIEWS:
        visitor.open(view)
        visitor.settle()
        for size in WALLS:
            visitor.page.set_viewport_size(size)
            look(visitor, "settled")
            checks = ("tall", "wide", "beyond", "small", "empty")
            found |= {(view, size["width"], name): look(visitor, name) for name in checks}
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
        assert_none({(bright, "too faint"): look(visitor, "faint")})


def blank(visitor, **options: Any) -> list[str]:
    """Does the lower part of the page show next to nothing?"""
    shot = visitor.page.screenshot(**options)
    with Image.open(BytesIO(shot)) as image:
        below = image.convert("L").crop((0, image.height // 3, *image.size))
    grey: Any = below.getextrema()  # two numbers, as there is one band
    shows = grey[1] - grey[0] > 200 and len(below.getcolors() or ()) > 50
    return [] if shows else ["the view"]
