"""The ways to every view: index, home, neighbours, links of before, and the browser's Back."""

import itertools

import pytest
from playwright.sync_api import expect

from views import GROUPS, HOME, load_views

from .visitor import DESKTOP, PATIENCE, PHONE, VIEWS

TITLES = {name: view.TITLE for name, view in load_views().items()}
ORDER = [name for group in GROUPS.values() for name in group]
if HOME not in ORDER:
    ORDER.insert(0, HOME)


def index(visitor):
    return visitor.page.locator("#index")


def button(visitor):
    return visitor.page.get_by_role("button", name="All views", exact=True)


def heading(visitor):
    return visitor.page.get_by_role("heading", level=2)


def focused(visitor, selector):
    return visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector)


def stay(visitor):
    """From now on `stayed` tells whether the page has not been loaded again."""
    visitor.page.evaluate("window.stayed = true")


def stayed(visitor):
    return visitor.page.evaluate("window.stayed === true")


def test_the_index_lists_the_lectures_chapters_and_what_each_view_answers(visitor):
    shift = visitor.page.locator("#lab").bounding_box()
    button(visitor).click()
    expect(button(visitor)).to_have_attribute("aria-expanded", "true")
    assert visitor.page.locator("#lab").bounding_box() == shift  # it lies over the page
    chapters = index(visitor).get_by_role("heading", level=3)
    numbered = [f"{i}{title}" for i, title in enumerate(GROUPS, 1)]
    assert [text.strip() for text in chapters.all_text_contents()] == numbered
    views = load_views()
    for link, name in zip(index(visitor).locator("a").all(), sum(GROUPS.values(), ()), strict=True):
        assert link.text_content() == views[name].TITLE + views[name].QUESTION
        assert link.evaluate("link => link.hash") == f"#view={name}"
    current = index(visitor).locator("[aria-current=page]")
    assert current.evaluate_all("all => all.map(each => each.dataset.view)") == [HOME] * (
        HOME in sum(GROUPS.values(), ())
    )


def test_escape_a_click_elsewhere_and_tab_close_the_index(visitor):
    button(visitor).click()
    visitor.page.keyboard.press("Escape")
    expect(index(visitor)).to_be_hidden()
    expect(button(visitor)).to_be_focused()
    expect(button(visitor)).to_have_attribute("aria-expanded", "false")

    button(visitor).click()
    visitor.page.mouse.click(3, DESKTOP["height"] - 3)  # where there is nothing
    expect(index(visitor)).to_be_hidden()
    expect(button(visitor)).to_be_focused()

    button(visitor).click()
    index(visitor).locator("a, button").last.focus()
    visitor.page.keyboard.press("Tab")
    expect(index(visitor)).to_be_hidden()
    assert not focused(visitor, "body")

    button(visitor).click()
    button(visitor).click()
    expect(index(visitor)).to_be_hidden()


def test_by_keyboard_a_view_opens_and_its_title_has_the_focus(visitor):
    assert focused(visitor, "body")  # a page that opens takes it from nobody
    button(visitor).focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    chosen = visitor.page.evaluate("document.activeElement.dataset.view")
    assert chosen in VIEWS
    visitor.expect_open(HOME)  # passing over opens none
    visitor.page.keyboard.press("Enter")
    visitor.expect_open(chosen)
    expect(heading(visitor)).to_be_focused()
    expect(heading(visitor)).to_have_text(TITLES[chosen])
    expect(visitor.page).to_have_title(f"{TITLES[chosen]} · Latent Lab")


def test_the_arrows_lead_through_all_views_in_the_lectures_order(visit):
    visitor = visit(fragment=f"view={ORDER[0]}")
    steps = visitor.page.locator("#header .step")
    for view, following in zip(ORDER, [*ORDER[1:], None], strict=True):
        visitor.expect_open(view)
        expect(heading(visitor)).to_have_text(TITLES[view])
        if following:
            visitor.page.get_by_role("link", name=f"Next: {TITLES[following]}", exact=True).click()
    expect(steps.last).to_be_hidden()
    expect(steps.first).to_have_accessible_name(f"Previous: {TITLES[ORDER[-2]]}")
    visitor.page.locator("#header .home").click()
    visitor.expect_open(HOME)


def test_a_middle_click_opens_another_window(visitor):
    button(visitor).click()
    with visitor.page.context.expect_page() as opened:
        index(visitor).locator('a[data-view="kl"]').click(button="middle")
    other = opened.value
    expect(other.locator("body")).to_have_attribute("data-view", "kl", timeout=PATIENCE * 1000)
    other.close()
    assert visitor.page.locator("body").get_attribute("data-view") == HOME


@pytest.mark.parametrize(
    ("old", "view"), [("Few+labels", "few_labels"), ("Few%20labels", "few_labels"), ("KL", "kl")]
)
def test_a_link_of_before_opens_its_view_and_is_written_anew(visit, old, view):
    visitor = visit(fragment=f"view={old}")  # all of them: tests/js/keys.test.js
    visitor.expect_open(view)
    visitor.until(lambda: visitor.page.url.endswith(f"#view={view}"), "the address")
    assert visitor.page.locator("#header .notice").inner_text() == ""


# The browser's history.


def test_back_and_forward_open_the_view_within_the_page_and_keep_its_controls(visit):
    visitor = visit(fragment="view=kl")
    stay(visitor)
    total = visitor.panel.locator(".direction output").first
    visitor.change(total.inner_text, lambda: visitor.press("swap widths"))
    swapped = total.inner_text()
    visitor.open("sliders")
    visitor.open("denoise")
    for act, view in [
        (visitor.page.go_back, "sliders"),
        (visitor.page.go_back, "kl"),
        (visitor.page.go_forward, "sliders"),
        (visitor.page.go_back, "kl"),
    ]:
        act()
        visitor.expect_open(view)
        visitor.until(lambda view=view: f"view={view}" in visitor.page.url, "the address")
        expect(heading(visitor)).to_have_text(TITLES[view])
    assert total.inner_text() == swapped
    assert "kl." in visitor.page.url  # what was swapped
    assert stayed(visitor)


def test_a_view_that_another_asks_for_is_left_by_back(visit):
    visitor = visit(fragment="view=sample")
    stay(visitor)
    visitor.panel.locator(".sampled.vae .tiles button").first.click()
    visitor.expect_open("sliders")
    visitor.page.go_back()
    visitor.expect_open("sample")
    assert stayed(visitor)


def test_back_from_a_pasted_link_shows_what_was_there_before(visit):
    visitor = visit(fragment="view=sliders")
    visitor.open("kl")
    stay(visitor)
    visitor.page.evaluate("location.hash = 'view=beta&beta.beta=4'")
    visitor.page.wait_for_function("!window.stayed", timeout=PATIENCE * 1000)
    visitor.expect_open("beta")
    visitor.page.go_back()
    visitor.expect_open("kl")
    visitor.until(lambda: "beta" not in visitor.page.url, "the address is that of before")


# Room, light, and those who do not see or point.


WALL = {"width": 1920, "height": 1080}
UNIT = "parseFloat(getComputedStyle(document.documentElement).fontSize) / 16"
IS_CUT = """(heading, title) => {
  heading.textContent = title;
  return heading.scrollWidth > heading.clientWidth;
}"""


@pytest.mark.parametrize(("size", "lines"), [(DESKTOP, 1), (WALL, 1), (PHONE, 2)])
def test_the_bar_takes_few_lines_and_cuts_no_title(visit, size, lines):
    visitor = visit(viewport=size)
    shown = visitor.page.locator("#header :is(h1, h2, .home, button, .step[href], .badge):visible")
    boxes = [each.bounding_box() for each in shown.all()]
    middles = sorted(box["y"] + box["height"] / 2 for box in boxes)
    unit = visitor.page.evaluate(UNIT)  # the page grows with the screen
    assert (
        sum(below - above > 12 * unit for above, below in itertools.pairwise(middles)) == lines - 1
    )
    assert visitor.page.locator("#header").bounding_box()["height"] <= (12 + 36 * lines) * unit
    titles = visitor.page.locator("#index a").evaluate_all(
        "links => links.map((link) => link.firstChild.textContent)"
    )
    assert len(titles) >= len(VIEWS) - 1
    assert [title for title in titles if heading(visitor).evaluate(IS_CUT, title)] == []


def test_the_skip_link_leads_past_header_and_digit(visitor):
    visitor.page.mouse.click(3, 3)
    visitor.page.keyboard.press("Tab")
    skip = visitor.page.get_by_role("link", name="Skip to the view")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["width"] > 100  # it is seen
    visitor.page.keyboard.press("Enter")
    expect(visitor.panel).to_be_focused()
    visitor.page.keyboard.press("Tab")
    assert focused(visitor, "[role=tabpanel] *")
    assert "#views" not in visitor.page.url


def test_landmarks_are_header_digit_and_views(visitor):
    page = visitor.page
    assert page.get_by_role("banner").count() == 1
    assert page.get_by_role("navigation", name="Views", exact=True).count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("main").locator("[role=tabpanel]").count() >= 1
    assert page.get_by_role("region", name="The digit").locator("canvas.ink").count() == 1


def is_dark(visitor):
    return visitor.page.locator("body.dark").count() == 1


def test_the_light_is_remembered_and_a_link_knows_better(visit, url):
    visitor = visit()
    visitor.press("Switch between light and dark", within=visitor.page.locator("#header"))
    assert is_dark(visitor)
    assert is_dark(visit())
    assert not is_dark(visit(fragment="theme=light"))
    assert not is_dark(visit(at=f"{url}?__theme=light"))


def test_where_nothing_may_be_kept_the_switch_works(visit, url):
    visitor = visit(arrives=False)
    visitor.page.add_init_script("""
        for (const name of ["getItem", "setItem"])
          Storage.prototype[name] = () => { throw new DOMException("no", "SecurityError"); };""")
    visitor.arrive(f"{url}?again")
    visitor.press("Switch between light and dark", within=visitor.page.locator("#header"))
    assert is_dark(visitor)
