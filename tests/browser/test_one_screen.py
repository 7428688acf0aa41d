"""A view that is explained at a projector is seen as a whole: nothing of it lies below the edge."""

from .visitor import DESKTOP

WHOLE = ("classes", "beta", "shapes", "iwae", "few_labels", "draw", "gan", "compare")


def test_a_view_and_its_fold_out_fit_a_projector(visitor):
    height = "document.documentElement.scrollHeight"
    found = {}
    for view in WHOLE:
        panel = visitor.open(view)
        if view == "beta":  # with the longest of its sentences
            panel.get_by_label("Beta, the weight of the KL").press("End")
        visitor.settle()
        found[view] = visitor.page.evaluate(height)
    assert {v: h for v, h in found.items() if h > DESKTOP["height"]} == {}
