"""Presenter mode: on a wall each view is whole and large, and one sees what is pointed at."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from views import GROUPS, HOME

from .visitor import DESKTOP, VIEWS

LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
WALLS = [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)]
SMALLEST = 24  # px of text on a wall of 1920x1080
FILLED = 0.6
CONTRAST = 7
ORDER = [HOME, *(view for chapter in GROUPS.values() for view in chapter)]
TURN = "document.body.classList.toggle('dark')"
WHOLE = """async (smallest) => {
  const { cut, filled, settled, small, tall, wide } = window.look;
  await settled();
  const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const found = { "is cut": cut(), "is small": small(smallest / unit) };
  return { ...found, "is too high": tall(), "is too wide": wide(), filled: filled() };
}"""
FAINT = f"() => window.look.faint({CONTRAST - 0.05})"
WAKE_LOCK = """() => {
  window.locks = [];
  const request = async () => {
    const lock = { released: false, release: async () => { lock.released = true; } };
    window.locks.push(lock);
    return lock;
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request } });
}"""


def is_presenting(visitor):
    return visitor.page.evaluate("document.body.classList.contains('presenting')")


def begin(visitor):
    visitor.page.keyboard.press("p")
    visitor.until(lambda: is_presenting(visitor), "P begins it")
    visitor.page.evaluate(LOOK)


def views_in_turn(visitor):
    """Every view's folder, opened one after the other from home by the header's arrow."""
    for view in ORDER:
        if view != HOME:
            visitor.page.locator('#header .step[data-step="1"]').click()
        visitor.expect_open(view)
        visitor.panel.locator(VIEWS[view]).first.wait_for(state="attached")
        visitor.settle()
        yield view


def test_every_view_is_whole_and_has_a_high_contrast_on_every_wall(visitor):
    begin(visitor)
    found = {}
    for view in views_in_turn(visitor):
        for width, height in WALLS:
            visitor.page.set_viewport_size({"width": width, "height": height})
            least = SMALLEST * min(width / 1920, height / 1080)
            faults = visitor.page.evaluate(WHOLE, least - 0.05)
            shares = faults.pop("filled")
            faults["is empty"] = [share for share in shares if share < FILLED]
            found |= {(view, width, what): told for what, told in faults.items() if told}
        for scheme in ("light", "dark"):
            if told := visitor.page.evaluate(FAINT):
                found[view, "is faint", scheme] = told
            visitor.page.evaluate(TURN)
    assert found == {}


def test_the_button_and_the_key_begin_and_end_it(visitor):
    button = visitor.page.locator("#header [data-do=present]")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    assert is_presenting(visitor)
    expect(button).to_have_attribute("aria-pressed", "true")
    visitor.until(lambda: visitor.page.evaluate("!!document.fullscreenElement"), "full screen")
    button.click()
    assert not is_presenting(visitor)
    visitor.until(lambda: visitor.page.evaluate("!document.fullscreenElement"), "a window again")
    begin(visitor)
    assert not visitor.page.evaluate("!!document.fullscreenElement")  # the button asks for it
    visitor.page.keyboard.press("p")
    assert not is_presenting(visitor)
    begin(visitor)
    visitor.page.keyboard.press("Escape")
    assert not is_presenting(visitor)


def test_who_leaves_the_full_screen_leaves_the_mode(visitor):
    visitor.press("present", within=visitor.page.locator("#header"))
    visitor.until(lambda: visitor.page.evaluate("!!document.fullscreenElement"), "full screen")
    visitor.page.evaluate("document.exitFullscreen()")
    visitor.until(lambda: not is_presenting(visitor), "it ends")


def test_a_p_that_is_typed_into_a_field_is_a_letter(visitor):
    panel = visitor.open("compare")
    panel.locator("input[type=search]").press("p")
    expect(panel.locator("input[type=search]")).to_have_value("p")
    assert not is_presenting(visitor)


def test_rail_and_index_fold_away_and_come_back(visitor):
    visitor.open("reconstruct")
    rail, index = visitor.rail, visitor.page.locator("#header [data-do=index]")
    begin(visitor)
    expect(rail).to_be_hidden()
    expect(index).to_be_hidden()
    expect(visitor.page.locator("#header h2")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(rail).to_be_visible()
    expect(index).to_be_visible()


def test_the_digit_stays_where_a_view_does_not_show_it(visitor):
    visitor.open("maps")
    begin(visitor)
    expect(visitor.pad).to_be_visible()
    expect(visitor.rail.locator(".samples")).to_be_hidden()


def test_the_link_does_not_present(visitor):
    begin(visitor)
    visitor.page.reload()
    visitor.page.locator(VIEWS[HOME]).first.wait_for()
    assert not is_presenting(visitor)


def test_a_map_is_drawn_anew_with_fainter_dots_and_larger_names(visitor):
    visitor.open("maps")
    visitor.settle()
    ground = visitor.panel.locator(".map:visible .ground").first
    size = "canvas => canvas.width"
    before = visitor.pixels(ground), ground.evaluate(size)
    begin(visitor)
    visitor.until(lambda: ground.evaluate(size) != before[1], "it has grown")
    now = visitor.pixels(ground)

    def shares(pixels):
        """Of saturated pixels, the dots; and of black ones, the names and the circles."""
        colours = pixels[pixels[..., 3] == 255][:, :3].astype(int)
        spread = colours.max(-1) - colours.min(-1)
        return (spread > 100).mean(), (colours.max(-1) < 40).mean()

    (dots, names), (dots_now, names_now) = shares(before[0]), shares(now)
    assert dots_now < dots / 4
    assert names_now > 1.5 * names


def test_a_ring_follows_the_pointer_while_it_moves(visitor):
    page, ring = visitor.page, visitor.page.locator(".pointer-ring")
    page.mouse.move(300, 300)
    expect(ring).to_be_hidden()
    visitor.open("compare")
    page.clock.install()
    page.mouse.move(3, 3)
    begin(visitor)
    page.mouse.move(500, 400)
    expect(ring).to_be_visible()
    box = ring.bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(500, abs=0.5)
    assert box["y"] + box["height"] / 2 == pytest.approx(400, abs=0.5)
    assert ring.evaluate("e => getComputedStyle(e).pointerEvents") == "none"
    page.clock.run_for(3100)
    expect(ring).to_be_hidden()
    page.mouse.move(510, 400)
    expect(ring).to_be_visible()
    field = visitor.panel.locator("select:visible").first.bounding_box()
    page.mouse.move(field["x"] + 5, field["y"] + 5)
    expect(ring).to_be_hidden()
    page.mouse.move(500, 400)
    page.keyboard.press("Escape")
    expect(ring).to_be_hidden()


def test_a_finger_has_the_ring_while_it_touches(visit):
    visitor = visit(viewport=DESKTOP, has_touch=True)
    begin(visitor)
    ring = visitor.page.locator(".pointer-ring")
    session = visitor.page.context.new_cdp_session(visitor.page)
    point = {"type": "touchStart", "touchPoints": [{"x": 500, "y": 60}]}
    session.send("Input.dispatchTouchEvent", point)
    expect(ring).to_be_visible()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(ring).to_be_hidden()


def test_the_screen_stays_lit_while_it_is_presented_on(visitor):
    page = visitor.page
    page.evaluate(WAKE_LOCK)
    released = "() => window.locks.map(({ released }) => released)"
    begin(visitor)
    assert page.evaluate(released) == [False]
    # A browser takes the lock back from a page that is hidden.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate(released) == [False, False]
    page.keyboard.press("Escape")
    visitor.until(lambda: page.evaluate(released)[-1], "the lock is released")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert len(page.evaluate(released)) == 2


def test_without_a_wake_lock_one_presents_all_the_same(visitor):
    visitor.page.evaluate("Object.defineProperty(navigator, 'wakeLock', { value: undefined })")
    begin(visitor)
    visitor.page.keyboard.press("Escape")
    assert not is_presenting(visitor)
