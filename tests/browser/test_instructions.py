"""What a view says to drag is there to be dragged, whatever model is chosen."""

import re

from .visitor import VIEWS

# Not the sliders of settings, which nothing calls to be dragged.
HANDLES = """panel => [...panel.querySelectorAll("[role=slider], input[type=range]")]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".iwae, .bar"))
  .length"""


def handles_are_there(visitor, view):
    """Is something that can be dragged there, where the view speaks of dragging?"""
    words = visitor.panel.inner_text()
    if view in ("kl", "trick"):  # the handles are parts of a picture
        return visitor.panel.locator("svg [tabindex], svg.plane").count() > 0
    return not re.search(r"\bdrag", words, re.I) or visitor.panel.evaluate(HANDLES) > 0


def test_where_dragging_is_spoken_of_there_is_a_handle(visitor):
    for view in VIEWS:
        panel = visitor.open(view)
        visitor.settle()
        assert handles_are_there(visitor, view), view
        if view not in ("gap", "sliders"):
            continue
        for label in panel.locator(".choice").first.locator("label").all():
            label.click()
            visitor.settle()
            assert handles_are_there(visitor, view), label.inner_text()


def test_traits_are_spoken_of_only_where_a_code_tells_any(visitor):
    panel = visitor.open("sliders")
    visitor.pick("ae-2")
    visitor.settle()
    assert panel.locator(".named").is_hidden()
    assert "where the code tells any" in panel.locator(".look").inner_text()
