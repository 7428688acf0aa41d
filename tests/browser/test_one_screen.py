"""A view that is explained at a projector is seen as a whole: nothing of it lies below the edge.

test_access.py looks at every view as it opens; here is what makes one longer than that.
"""

from .visitor import DESKTOP


def test_the_longest_of_betas_sentences_fit_a_projector(visitor):
    panel = visitor.open("beta")
    panel.get_by_label("Beta, the weight of the KL").press("End")
    visitor.settle()
    height = visitor.page.evaluate("document.documentElement.scrollHeight")
    assert height <= DESKTOP["height"]


def test_the_width_of_the_scrollbar_is_reserved(visitor):
    """What opens below the edge brings a scrollbar, and moves nothing."""
    gutter = "getComputedStyle(document.documentElement).scrollbarGutter"
    assert visitor.page.evaluate(gutter) == "stable"
