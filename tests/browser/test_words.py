"""Words explain themselves by pointer, finger and keyboard; all of them, and About, in a sheet."""

from playwright.sync_api import expect

from views.shell.glossary import read_glossary

from .visitor import PHONE

SENTENCE = {entry.word: entry.sentence for entry in read_glossary().entries}
# Where the first letter of a text stands within an element.
PLACE = """(element, text) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(text);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + 1);
    const { x, y, width, height } = range.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  }
}"""
# Marks that move something: those with a box of their own, by a view's style or beside such.
TORN = """() => [...document.querySelectorAll("dfn.explained")]
  .filter((term) => getComputedStyle(term).display !== "inline"
    || /flex|grid/.test(getComputedStyle(term.parentElement).display))
  .map((term) => term.parentElement.outerHTML)"""


def place_of(element, text):
    return element.evaluate(PLACE, text)


def expect_note(visitor, word):
    """The note explains this word, on the screen."""
    note = visitor.page.locator(".word-note:popover-open")
    expect(note).to_have_text(f"{word} {SENTENCE[word]}")
    box, size = note.bounding_box(), visitor.page.locator("html").bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= visitor.page.viewport_size["height"]


def expect_no_note(visitor):
    expect(visitor.page.locator(".word-note:popover-open")).to_have_count(0)


def sheet(visitor):
    return visitor.page.locator(".page-sheet[open]")


def test_words_explain_themselves_at_a_projector(visit):
    visitor = visit("view=gap", reduced_motion="reduce")
    page = visitor.page
    term = visitor.panel.locator(".look dfn.explained").first
    term.hover()
    expect_note(visitor, "encoder")
    page.mouse.move(3, 3)
    expect_no_note(visitor)
    page.mouse.move(*place_of(visitor.panel.locator(".look"), "log p(x)"))
    expect_note(visitor, "log p(x)")
    # What a script has written is found without a mark; what acts stays silent.
    page.mouse.move(*place_of(visitor.panel.locator(".parts"), "ELBO"))
    expect_note(visitor, "ELBO")

    # By keyboard, while the page is on a wall: Escape ends the note alone.
    page.keyboard.press("p")
    term.focus()
    expect_note(visitor, "encoder")
    assert page.locator(f"#{term.get_attribute('aria-describedby')}").is_visible()
    page.keyboard.press("Escape")
    expect_no_note(visitor)
    assert term.get_attribute("aria-describedby") is None
    assert page.evaluate("document.body.classList.contains('presenting')")

    # All words, those of the view first, even when the server does not answer any more.
    visitor.until(
        lambda: any("words_dialog" in url for url in visitor.scripts), "the list is fetched ahead"
    )
    visitor.settle()
    page.context.set_offline(True)
    page.keyboard.press("?")
    sections = sheet(visitor).locator("section")
    expect(sections).to_have_count(2)
    first, others = sections.all()
    assert "true posterior" in first.inner_text()
    assert "disentanglement" in others.inner_text()
    assert sheet(visitor).locator("dt").count() == len(SENTENCE)
    page.keyboard.press("Escape")
    expect(sheet(visitor)).to_have_count(0)
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    assert page.evaluate(TORN) == []


def test_about_is_at_the_foot_of_the_index(visitor):
    index = visitor.page.get_by_role("button", name="All views")
    index.click()
    visitor.page.locator("#index").get_by_role("button", name="About").click()
    expect(sheet(visitor)).to_be_visible()
    foreign = sheet(visitor).locator("a[href^=http]")
    assert foreign.count() > 20
    assert foreign.evaluate_all(
        "all => all.every(a => a.target === '_blank' && a.rel === 'noopener')"
    )
    sheet(visitor).locator(".bibtex").click()
    assert visitor.page.evaluate("getSelection().toString()").startswith("@software{")
    sheet(visitor).get_by_role("button", name="KL divergence").click()
    expect(sheet(visitor)).to_have_count(0)
    visitor.expect_open("kl")
    index.click()
    visitor.page.locator("#index").get_by_role("button", name="Words and symbols").click()
    expect(sheet(visitor).get_by_role("heading", name="Words and symbols")).to_be_visible()
    sheet(visitor).get_by_role("button", name="Close").click()
    expect(index).to_be_focused()


def test_on_a_phone_a_tap_explains_a_word(visit):
    visitor = visit("view=kl", viewport=PHONE, has_touch=True)
    visitor.page.touchscreen.tap(*place_of(visitor.panel.locator(".look"), "mass"))
    expect_note(visitor, "mass")
    visitor.page.touchscreen.tap(*place_of(visitor.panel.locator(".densities"), "q"))
    expect_note(visitor, "q(z|x)")
    visitor.page.touchscreen.tap(200, 20)
    expect_no_note(visitor)
