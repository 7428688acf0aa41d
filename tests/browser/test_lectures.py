"""Lectures: slides beside living views, by keys, links and files, whatever a file may hold."""

import re

import pytest
from playwright.sync_api import expect

from views.lectures.lectures import FOLDER, shipped

HEAD = "---\ntitle: Mine\n---\n"
SLIDE = "---\nstate: view=kl\n---\nA sentence.\n"
HOSTILE = (
    "<img src=x onerror=ran.push(1)> <script>ran.push(2)</script>",
    "[a](javascript:ran.push(3))",
    "![a](https://example.com/a.png)",
    "<iframe srcdoc='<script>parent.ran.push(4)</script>'></iframe>",
    "a\n\n<svg onload=ran.push(5)></svg>",
)


def begin(visitor, name):
    """Begin a lecture from the list."""
    visitor.press("Lecture", within=visitor.page.locator("#header"))
    visitor.page.locator(f'dialog.lectures [data-lecture="{name}"]').click()
    expect(bar(visitor)).to_be_visible()


def bar(visitor):
    return visitor.page.locator(".lecture-bar")


def slide(visitor):
    return visitor.page.locator(".slide")


def expect_slide(visitor, number):
    expect(bar(visitor).locator(".count")).to_have_text(re.compile(rf"^{number} of \d+$"))


def open_file(visitor, text, name="mine.md"):
    """Open a file of one's own, with the list open."""
    file = {"name": name, "mimeType": "text/markdown", "buffer": text.encode()}
    visitor.page.locator("dialog.lectures input[type=file]").set_input_files(file)


@pytest.fixture
def attend(visit):
    """attend(what a link says): a visitor who opens a lecture by its link."""
    return lambda fragment: visit(fragment=fragment, arrives=False)


def test_a_lecture_is_given_by_keys_and_leaves_the_visitor_where_he_is(visitor):
    page = visitor.page
    begin(visitor, "example")
    expect(page.locator("#header")).to_be_hidden()
    visitor.expect_open("maps")
    page.keyboard.press("Space")
    visitor.expect_open("reconstruct")
    expect(visitor.panel.get_by_role("radio", name="2 numbers")).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect_slide(visitor, 3)
    expect(visitor.panel.locator(".dimmed:visible")).not_to_have_count(0)
    assert visitor.panel.locator(".spine .dimmed, .dimmed .spine").count() == 0
    page.keyboard.press("PageDown")
    expect(slide(visitor).get_by_role("button")).to_have_count(3)
    assert page.locator(".dimmed").count() == 0
    expect(page.locator(".unseen")).not_to_have_count(0)
    page.keyboard.press("Space")  # the answer first
    expect_slide(visitor, 4)
    expect(slide(visitor).locator(".right")).to_have_text(re.compile("marked with an x ✓"))
    expect(slide(visitor).locator(".why")).to_be_visible()
    page.keyboard.press("Space")
    expect_slide(visitor, 5)
    page.keyboard.press("ArrowLeft")
    expect(slide(visitor)).to_have_attribute("data-shown", "4")
    expect(slide(visitor).locator(".why")).to_be_hidden()
    page.keyboard.press("b")
    expect(page.locator(".blank-screen")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".blank-screen")).to_be_hidden()
    expect_slide(visitor, 4)
    page.keyboard.press("Escape")
    expect(bar(visitor)).to_have_count(0)
    expect(page.locator("#header")).to_be_visible()
    visitor.expect_open("denoise")
    visitor.until(lambda: "lecture=" not in page.url, "the link is the view's")
    visitor.open("kl")  # the page goes on


def test_the_link_holds_the_slide_and_its_view(attend):
    visitor = attend("lecture=example&slide=2")
    expect_slide(visitor, 2)
    visitor.expect_open("reconstruct")
    expect(visitor.panel.get_by_role("radio", name="2 numbers")).to_be_checked()
    visitor.page.keyboard.press("PageDown")
    visitor.until(lambda: "slide=3" in visitor.page.url, "the link follows")
    visitor.page.reload()
    expect_slide(visitor, 3)


def test_a_slide_sets_its_view_anew_though_somebody_has_played_with_it(attend):
    visitor = attend("lecture=example&slide=2")
    expect(slide(visitor)).to_have_attribute("data-shown", "2")
    sixteen = visitor.panel.get_by_role("radio", name="16 numbers")
    visitor.pick("16 numbers")
    expect(sixteen).to_be_checked()
    visitor.page.keyboard.press("PageUp")
    visitor.expect_open("maps")
    visitor.page.keyboard.press("PageDown")
    visitor.expect_open("reconstruct")
    expect(visitor.panel.get_by_role("radio", name="2 numbers")).to_be_checked()
    # An answer that was clicked on, and a control that was moved by hand, take no key from it.
    visitor.page.keyboard.press("Space")
    expect_slide(visitor, 3)


@pytest.mark.parametrize("lecture", [each.name for each in shipped()])
def test_every_slide_shows_its_view_lights_what_it_speaks_of_and_fits(attend, lecture):
    visitor = attend(f"lecture={lecture}")
    expect_slide(visitor, 1)
    count = int(bar(visitor).locator(".count").inner_text().split()[-1])
    faults = []
    for number in range(1, count + 1):
        expect_slide(visitor, number)
        expect(slide(visitor)).to_have_attribute("data-shown", str(number))
        faults += [f"{lecture} {number}: {fault}" for fault in visitor.page.evaluate(FAULTS)]
        if slide(visitor).locator(".answers").count():
            visitor.page.keyboard.press("PageDown")
            faults += [f"{lecture} {number}: {fault}" for fault in visitor.page.evaluate(FAULTS)]
        # As somebody who looks at what is shown: a page may not ask without end.
        visitor.until(lambda: not visitor.unanswered, "the view has its answers")
        visitor.page.keyboard.press("PageDown")
    assert faults == []


FAULTS = """() => {
  const found = [];
  const { scrollHeight, scrollWidth } = document.documentElement;
  const slide = document.querySelector(".slide");
  const said = document.querySelector(".lecture-bar .said").textContent;
  if (said) found.push(said);
  if (scrollHeight > innerHeight) found.push(`${scrollHeight} px high`);
  if (scrollWidth > innerWidth) found.push(`${scrollWidth} px wide`);
  if (slide.scrollHeight > slide.clientHeight + 1) found.push("the slide is cut");
  return found;
}"""


def test_ten_faults_of_a_file_are_ten_sentences_with_their_lines(visitor):
    faulty = [
        "state: view=nowhere",
        "state: view=kl&gap.q=1&what=2",
        "nonsense",
        "light: ][",
        "picture: https://example.com/a.png",
        "stage: view=kl",
        "state:",
        "state: view=kl\nstate: view=kl",
    ]
    text = HEAD + SLIDE + "".join(f"---\n{front}\n---\nA.\n" for front in faulty)
    text += "---\n---\nA?\n\n- [ ] b\n- [ ] c\n---\n---\n"
    visitor.press("Lecture", within=visitor.page.locator("#header"))
    open_file(visitor, text)
    told = visitor.page.locator("dialog.lectures .faults li")
    expect(told).to_have_count(10)
    assert all(re.match(r"Line \d+: .+\.$", line) for line in told.all_inner_texts())
    visitor.page.locator("dialog.lectures [data-do=anyway]").click()
    visitor.expect_open("kl")
    expect(slide(visitor)).to_contain_text("A sentence.")


def test_what_answers_a_question_is_not_seen_before_the_answer(attend):
    visitor = attend("lecture=example&slide=4")
    expect(slide(visitor)).to_have_attribute("data-shown", "4")
    gallery = visitor.panel.locator(".gallery")
    expect(visitor.panel.locator(".settings")).to_be_visible()
    expect(gallery).to_be_hidden()
    visitor.panel.locator(".settings input[type=range]").click()  # a hand on a control takes no key
    visitor.page.keyboard.press("PageDown")
    expect(gallery).to_be_visible()
    strength = visitor.panel.locator(".settings input[type=number]").first
    expect(strength).to_have_value("0.5")  # what the slide says for after the answer
    expect_slide(visitor, 4)
    visitor.page.keyboard.press("PageDown")
    expect_slide(visitor, 5)


def test_who_answers_before_the_view_is_there_sees_it_all_the_same(attend):
    visitor = attend("lecture=example&slide=3")
    expect(slide(visitor)).to_have_attribute("data-shown", "3")
    visitor.page.keyboard.press("PageDown")
    visitor.page.keyboard.press("PageDown")  # at once, before the slide's view is set
    expect(slide(visitor)).to_have_attribute("data-shown", "4")
    expect(visitor.panel.locator(".gallery")).to_be_visible()
    assert visitor.page.locator(".unseen, .asking").count() == 0
    visitor.page.keyboard.press("PageDown")
    expect_slide(visitor, 5)


def test_what_a_view_cannot_read_is_told_with_the_slides_line(visitor):
    visitor.press("Lecture", within=visitor.page.locator("#header"))
    open_file(visitor, f"{HEAD}---\nstate: view=kl&kl.q=far&kl.nothing=1\n---\nA.\n")
    said = bar(visitor).locator(".said")
    expect(said).to_have_text(re.compile(r"^Line 4: the view cannot read kl\.q, kl\.nothing"))
    expect(visitor.page.locator("#header .notice")).to_be_empty()


def test_a_hostile_file_runs_nothing_and_loads_nothing(visitor):
    page = visitor.page
    page.evaluate("window.ran = []")
    visitor.press("Lecture", within=page.locator("#header"))
    for words in HOSTILE:
        open_file(
            visitor, f"{HEAD}---\nstate: view=kl\npicture: a.svg | {words[:40]}\n---\n{words}\n"
        )
        expect(page.locator("dialog.lectures .faults li")).not_to_have_count(0)
    open_file(visitor, "x" * 10_000_000)
    expect(page.locator("dialog.lectures .faults")).to_contain_text("at most 200 kB")
    open_file(visitor, "\x00\xff" * 1000)
    expect(page.locator("dialog.lectures .faults")).to_contain_text("A lecture begins with ---")
    assert page.evaluate("ran") == []
    assert page.locator("img[src^='https:'], iframe, .slide script").count() == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("https://example.com/a.md", "lies on the page's own host"),
        ("//example.com/a.md", "lies on the page's own host"),
        ("nothing_of_the_kind", "did not load"),
    ],
)
def test_a_link_to_no_lecture_of_the_page_is_told(attend, name, told):
    visitor = attend(f"lecture={name}")
    visitor.forgiven = "404"
    expect(visitor.page.locator("#header .notice")).to_contain_text(told)


def test_with_the_server_gone_a_lecture_goes_on(visit):
    visitor = visit()
    visitor.until(lambda: any("example.md" in url for url in visitor.scripts), "it is fetched")
    visitor.settle()
    visitor.page.context.set_offline(True)
    visitor.forgiven = "ERR_INTERNET_DISCONNECTED"
    begin(visitor, "example")
    visitor.expect_open("maps")
    visitor.page.keyboard.press("PageDown")
    visitor.expect_open("reconstruct")
    visitor.page.context.set_offline(False)


def test_a_slides_digit_is_shown_and_the_visitors_own_comes_back(visitor):
    visitor.sample(7)
    own = visitor.followed
    visitor.sample(1)
    link = visitor.copied_link()
    digit = re.search(r"digit=[^&]+", link)[0]
    visitor.sample(7)
    text = f"{HEAD}---\nstate: view=kl&{digit}\n---\nA.\n---\nstate: view=maps\n---\nB.\n"
    visitor.press("Lecture", within=visitor.page.locator("#header"))
    open_file(visitor, text)
    visitor.until(lambda: (visitor.followed != own).any(), "the slide's digit")
    visitor.page.keyboard.press("PageDown")
    visitor.until(lambda: (visitor.followed == own).all(), "the visitor's")


def test_the_list_names_every_lecture_that_lies_there():
    assert {each.name for each in shipped()} == {file.stem for file in FOLDER.glob("*.md")}
    assert all(each.about and each.minutes and each.title != each.name for each in shipped())
