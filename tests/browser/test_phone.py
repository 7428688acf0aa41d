"""On a phone: one strip at the top, and each subject on one screen with what moves it."""

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from views import HOME

from .visitor import PHONE, VIEWS, Visitor

# Of each view, what is looked at and what moves it: of a view with several parts, each part's.
TOGETHER = {
    "machine": [(".flow", ".settings")],
    "maps": [(".maps", ".bar")],
    "reconstruct": [(".spine", ".settings")],
    "denoise": [(".gallery", ".settings")],
    "sliders": [(".picture", ".named"), (".picture", ".dimension:last-child input")],
    "interpolate": [(".paths", ".bar")],
    "sample": [(".grids", ".settings")],
    "compress": [(".pictures", ".bar"), (".chart", ".bar")],
    "ledger": [
        (".equation", ".dimensions .dimension:first-child"),
        (".figures", ".dimensions .dimension:last-child"),
    ],
    "elbo": [(".lines", ".zoom .plot")],
    "gap": [(".numbers .levels", ".zoom .plot")],
    "trick": [(".graph", ".dials"), (".plane", ".dials")],
    "kl": [(".directions", ".densities")],
    "likelihood": [(".rows .row:nth-child(1)", ".bar"), (".rows .row:nth-child(4)", ".bar")],
    "score": [(".score-field .plot", ".score-field .tools"), (".pictures", ".sliders")],
    "classes": [(".ten", ".dimensions.used")],
    "beta": [(".plot", ".track input"), (".chart", ".track input")],
    "shapes": [(".drawn", ".factors"), (".decoded", ".following"), (".decoded", ".factors")],
    "iwae": [(".climb", ".k input"), (".units", ".k input")],
    "few_labels": [(".table", ".choice")],
    "draw": [(".picture", ".scrub"), (".picture", ".columns .column:last-child .sliders")],
    "gan": [(".columns", ".bar")],
    "compare": [(".plane", ".axes")],
}
# The two at every place that the page can be scrolled to: null where one of these shows both, whole
# and apart, or how many pixels are covered or outside at the best of them.
LEAST_UNSEEN = """([subject, control]) => {
  const strip = document.querySelector("#rail");
  const unseen = () => {
    const [a, b] = [subject, control].map((element) => element.getBoundingClientRect());
    const top = strip.getBoundingClientRect().bottom;
    const outside = [a, b].map((box) =>
      Math.max(0, top - box.top) + Math.max(0, box.bottom - innerHeight));
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return outside[0] + outside[1] + Math.max(0, Math.min(across, down));
  };
  let least = Infinity;
  for (let y = 0; y < document.documentElement.scrollHeight; y += 8) {
    scrollTo(0, y);
    least = Math.min(least, unseen());
  }
  return least < 8 ? null : Math.round(least);
}"""


@pytest.fixture
def phone(visit):
    """Somebody with a phone."""
    return visit(viewport=PHONE, has_touch=True, is_mobile=True)


def why_not_together(panel: Locator, subject: str, control: str) -> str:
    """What keeps the two from being seen on one screen; nothing where they are."""
    found = [panel.locator(selector).first.element_handle() for selector in (subject, control)]
    unseen = panel.page.evaluate(LEAST_UNSEEN, found)
    one, other = (round(element.bounding_box()["height"]) for element in found)
    return unseen and f"{subject} ({one} px) and {control} ({other} px): {unseen} px unseen"


def test_the_table_knows_every_view():
    assert set(TOGETHER) == {HOME, *VIEWS}


def test_a_subject_and_the_control_that_moves_it_are_on_one_screen(phone):
    faults = {}
    for view, pairs in TOGETHER.items():
        panel = phone.panel if view == HOME else phone.open(view)
        phone.settle()
        reasons = filter(None, [why_not_together(panel, *pair) for pair in pairs])
        faults[view] = list(reasons)
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            faults[view].append(f"the page is {width} px wide")
    assert {view: reasons for view, reasons in faults.items() if reasons} == {}


def test_the_machine_is_whole_with_header_and_strip(phone):
    panel = phone.panel
    phone.settle()
    assert phone.page.evaluate("scrollY") == 0
    sheet = panel.locator(".settings").bounding_box()
    drawn = panel.locator(".drawn").bounding_box()
    assert sheet["y"] + sheet["height"] <= PHONE["height"] + 1
    assert drawn["y"] + drawn["height"] <= sheet["y"]


# The strip.


def thumb(phone: Visitor) -> np.ndarray:
    return phone.pixels(phone.rail.locator("canvas.picture"))[..., 0]


def test_the_strip_stays_and_its_thumb_follows_the_digit(phone):
    phone.open("iwae")
    before = thumb(phone)
    phone.page.evaluate("scrollTo(0, 600)")
    rail = phone.rail.bounding_box()
    assert rail["y"] == 0
    assert rail["height"] <= 64
    phone.change(lambda: thumb(phone).tobytes(), lambda: phone.press("Random", phone.rail))
    assert np.array_equal(thumb(phone), phone.followed[0])
    assert not np.array_equal(thumb(phone), before)


def test_samples_unfold_and_fold(phone):
    samples = phone.rail.locator(".samples")
    expect(samples).to_be_hidden()
    phone.press("Samples", phone.rail)
    expect(samples).to_be_visible()
    assert phone.rail.bounding_box()["height"] <= 64  # it lies over the view, which does not move
    phone.sample(7)
    expect(samples).to_be_hidden()
    expect(phone.rail.locator(".samples [aria-pressed=true]")).to_have_attribute("data-label", "7")
    assert np.array_equal(thumb(phone), phone.followed[0])
    phone.press("Samples", phone.rail)
    phone.page.keyboard.press("Escape")
    expect(samples).to_be_hidden()
    phone.press("Samples", phone.rail)
    phone.page.touchscreen.tap(200, 780)
    expect(samples).to_be_hidden()


def seven(pad: Locator) -> list[tuple[float, float]]:
    box = pad.bounding_box()
    corners = [(0.25, 0.2), (0.5, 0.2), (0.75, 0.2), (0.6, 0.5), (0.4, 0.85)]
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]


def test_a_pad_as_large_as_the_screen_takes_a_finger(phone):
    phone.open("reconstruct")
    outputs = phone.sources(".spine-row .output")
    phone.press("Draw", phone.rail)
    dialog = phone.page.get_by_role("dialog")
    box = dialog.bounding_box()
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
    pad = dialog.locator("canvas.strokes")
    assert pad.bounding_box()["width"] >= 340
    phone.drag_with_finger(seven(pad))
    phone.until(lambda: phone.followed.shape and phone.followed.any(), "a digit")
    seen = phone.pixels(dialog.locator("canvas.seen"))[..., 0]
    phone.until(lambda: np.array_equal(thumb(phone), seen), "the thumb follows")
    phone.until(lambda: phone.sources(".spine-row .output") != outputs, "the view follows")
    phone.press("Done", dialog)
    expect(dialog).to_be_hidden()
    assert np.array_equal(phone.followed[0], seen)
    phone.until(lambda: "digit=" in phone.page.url, "the link keeps it")


def test_the_thumb_opens_the_pad_and_escape_closes_it(phone):
    phone.rail.locator(".pad").tap()
    dialog = phone.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    phone.press("Clear", dialog)
    assert not phone.followed.any()
    assert not thumb(phone).any()
    phone.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


# Leafing.


def stroke(phone: Visitor, from_: tuple[float, float], to: tuple[float, float]) -> None:
    places = [tuple(np.array(from_) + (np.array(to) - from_) * t) for t in np.linspace(0, 1, 6)]
    phone.drag_with_finger([(float(x), float(y)) for x, y in places])


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_stroke_to_the_side_opens_the_next_view_and_back(phone):
    phone.open("compress")
    x, y = middle(phone.panel.locator(".look"))
    stroke(phone, (x + 90, y), (x - 90, y + 5))
    phone.expect_open("maps")
    x, y = middle(phone.panel.locator(".look"))
    stroke(phone, (x - 90, y), (x + 90, y))
    phone.expect_open("compress")


@pytest.mark.parametrize(
    ("view", "selector"),
    [
        ("maps", ".map .plot"),
        ("machine", ".plot"),
        ("sample", ".grids"),
        ("denoise", "input[type=range]"),
        ("kl", ".handle"),
    ],
)
def test_a_stroke_never_steals_a_drag(phone, view, selector):
    if view != HOME:
        phone.open(view)
    target = phone.panel.locator(selector).first
    target.scroll_into_view_if_needed()
    x, y = middle(target)
    stroke(phone, (x, y), (x - 100, y))
    x, y = middle(phone.panel.locator(".look"))
    stroke(phone, (x, y), (x - 20, y))  # too short to leaf
    phone.settle()
    phone.expect_open(view)


def test_a_stroke_at_the_edge_and_a_steep_one_are_the_browsers(phone):
    phone.open("compress")
    _, y = middle(phone.panel.locator(".look"))
    stroke(phone, (380, y), (200, y))
    stroke(phone, (250, y), (150, y + 120))
    phone.settle()
    phone.expect_open("compress")
    phone.page.evaluate("scrollTo(0, 0)")
    _, y = middle(phone.panel.locator(".look"))
    stroke(phone, (300, y), (100, y))
    phone.expect_open("maps")
