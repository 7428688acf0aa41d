"""An empty pad: every view waits, and says nothing of a digit that is not there."""

import json
from functools import partial

from playwright.sync_api import expect

from .visitor import VIEWS

# The views that show the same whatever the digit is.
OF_NO_DIGIT = {"sample", "shapes", "compare"}
# What the open view's parts wait for, and how many of them say so.
WAITING = """panel => ({
  waits: [...panel.querySelectorAll("[data-waits]")].map(e => e.dataset.waits),
  asks: [...panel.querySelectorAll("[data-waits='ink'] .of-digit")]
    .map(e => getComputedStyle(e, "::after").content)
    .filter(words => words.includes("Draw or pick a digit.")).length,
})"""
# All that can be seen: words, and the pictures on canvases.
SEEN = """panel => {
  const isSeen = e => e.checkVisibility({ visibilityProperty: true });
  const pictures = [...panel.querySelectorAll("canvas")].filter(isSeen).map(c => c.toDataURL());
  const drawn = [...panel.querySelectorAll("svg")].filter(isSeen).map(e => e.innerHTML);
  return [panel.innerText, pictures, drawn];
}"""


def empty_pictures(visitor):
    """A list that fills with the addresses of questions about a picture without ink."""
    found = []

    def look(request):
        if request.method != "POST" or not (request.post_data or "").startswith("{"):
            return
        asked = json.loads(request.post_data).values()
        pictures = [each["pixels"] for each in asked if isinstance(each, dict) and "pixels" in each]
        if any(set(pixels) <= {"A", "="} for pixels in pictures):
            found.append(request.url)

    visitor.page.on("request", look)
    return found


def clear_after(visitor, digit):
    """What can be seen of the view once a digit was picked, and its pad cleared again."""
    visitor.sample(digit)
    visitor.settle()
    visitor.press("Clear", visitor.rail)
    visitor.page.mouse.move(5, 5)
    visitor.settle()
    return visitor.panel.evaluate(SEEN)


def as_long(panel, least):
    """Does the view say that much?"""
    return len(panel.inner_text()) > least


def test_views_wait_for_a_digit_and_say_nothing_of_an_empty_one(visitor):
    asked = empty_pictures(visitor)
    for view in [view for view in VIEWS if view not in OF_NO_DIGIT]:
        panel = visitor.open(view)
        if view == "kl":
            visitor.press("VAE's q of this digit")
        visitor.settle()
        expect(panel.locator("[data-waits]")).to_have_count(0)
        words = panel.inner_text()
        first = clear_after(visitor, 7)
        assert "ink" in panel.evaluate(WAITING)["waits"], view
        if view not in ("machine", "maps"):  # which can be explored without one
            assert panel.evaluate(WAITING)["asks"] > 0, view
        assert clear_after(visitor, 1) == first, view
        assert asked == [], view
        visitor.sample(3)
        expect(panel.locator("[data-waits]")).to_have_count(0)
        visitor.until(partial(as_long, panel, 0.8 * len(words)), "the readings are back")


def test_a_view_that_follows_no_digit_does_not_wait(visitor):
    for view in sorted(OF_NO_DIGIT):
        panel = visitor.open(view)
        visitor.press("Clear", visitor.rail)
        visitor.settle()
        expect(panel.locator("[data-waits]")).to_have_count(0)
