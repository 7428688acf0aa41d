"""What is on the screen stays where it is: answers that come later push nothing away."""

from .visitor import VIEWS

# Layout shift as browsers score it (Layout Instability API): the share of the screen that moved,
# times how far. Text whose number changes moves by a thousandth; a line that is pushed, by more.
NOTHING = 0.001
NOTE = """() => {
  window.shifts = [];
  const name = (node) => node?.className?.baseVal ?? node?.className ?? node?.nodeName ?? "";
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      window.shifts.push([value, sources.map(({ node }) => name(node)).join(", ")]);
  }).observe({ type: "layout-shift", buffered: true });
}"""


def shifts(visitor):
    """The shifts that can be seen since the last call, each with what moved."""
    visitor.settle()
    found = visitor.page.evaluate("() => window.shifts.splice(0)")
    return [(round(value, 4), moved) for value, moved in found if value >= NOTHING]


def test_no_view_moves_once_it_is_seen(visit):
    visitor = visit(arrives=False)
    visitor.page.evaluate(NOTE)
    visitor.page.locator(VIEWS["machine"]).wait_for()
    found = {"machine": shifts(visitor)}
    visitor.open("kl")
    shifts(visitor)  # the digit's strip, which lies under the Machine, has become the rail
    for view in [view for view in VIEWS if view != "machine"]:
        visitor.open(view)
        found[view] = shifts(visitor)
    assert {view: moved for view, moved in found.items() if moved} == {}
