"""Links: what the address says is restored, and what makes no sense is told in one sentence."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

import views
from views.shell.page import serve

from .visitor import PATIENCE, VIEWS

COMPONENTS = Path(views.__file__).parent / "components"
ADDRESS = COMPONENTS / "address.js"
PAGE = '<div id="header"><span class="notice"></span></div>'
# The navigation without Gradio: what it asks for is opened when the test says so.
NAVIGATE = """script => {
  const element = document.createElement("div");
  element.innerHTML = "<nav></nav>";
  const props = { groups: { see: ["Maps", "Sample"], understand: ["Ledger"] }, value: {} };
  const trigger = () => { window.asked = props.value.view; };
  new Function("element", "props", "trigger", script)(element, props, trigger);
}"""
TELL = "([name, detail]) => document.dispatchEvent(new CustomEvent(name, { detail }))"
READ = """([script, key]) => {
  const { linked, readNumbers } = new Function(`${script}; return { linked, readNumbers };`)();
  return linked(key, (text) => key === "z" ? readNumbers(text, 2) : text);
}"""


@pytest.fixture(scope="module")
def read(browser, tmp_path_factory):
    """read(fragment, key): what a component finds under `key`, the notice, and the address then."""
    file = tmp_path_factory.mktemp("link") / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    context = browser.new_context()

    def come(fragment, key):
        page = context.new_page()
        page.goto(f"{file.as_uri()}#{fragment}")
        found = page.evaluate(READ, [ADDRESS.read_text(encoding="utf-8"), key])
        page.wait_for_timeout(350)  # the address follows once it has been quiet
        notice = page.locator(".notice").inner_text()
        rest = page.evaluate("location.hash")
        page.close()
        return found, notice, rest

    yield come
    context.close()


@pytest.mark.parametrize(
    ("fragment", "key", "found"),
    [
        ("z=1.5,-2", "z", [1.5, -2]),
        ("z=1,2&show=holes,lattice", "show", "holes,lattice"),
        ("digit=4.abc-_", "digit", "4.abc-_"),
        ("view=Maps", "z", None),
        ("", "z", None),
    ],
)
def test_a_link_is_read(read, fragment, key, found):
    assert read(fragment, key) == (found, "", f"#{fragment}" if fragment else "")


@pytest.mark.parametrize(
    "nonsense",
    [
        *("garbage", "z=nan,nan", "z=1e400,0", "z=Infinity,0", "z=0x10,1", "z=,", "z=", "z=1,,2"),
        *("draws=-1", "draws=99999999999", "a=1,2,x", "view=../etc", "z=%00", "show=%FF"),
        *("z=<script>alert(1)</script>", "__proto__=1", "constructor=1", "toString=1"),
        *("digit=.%%%", "digit=", "digit=.", "digit=42.abc", "digit=x.abc"),
        *("digit=4." + "a" * 5000, "digit=..", "maps=ae-2,,vae-2", "z=1;2", "z=1 2"),
    ],
)
def test_a_link_with_nonsense_in_it_is_the_usual_start(read, nonsense, assert_sentence):
    # What else it says is not trusted, either.
    found, notice, rest = read(f"{nonsense}&z=1,2", "z")
    assert found is None
    assert rest == ""
    assert_sentence(notice)


@pytest.mark.parametrize("numbers", ["1", "1,2,3", "9999999,0", ",".join(["1"] * 5000)])
def test_numbers_that_are_no_place_are_forgotten(read, numbers, assert_sentence):
    found, notice, rest = read(f"z={numbers}&show=holes", "z")
    assert found is None
    assert rest == "#show=holes"
    assert_sentence(notice)


def test_a_linked_view_stays_in_the_address_until_it_opens(browser, tmp_path):
    """The page opens its first view on the way; a slow machine wrote that into the address."""
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    page = browser.new_page()
    page.goto(f"{file.as_uri()}#view=Ledger&ledger=ae-2")
    page.evaluate(
        NAVIGATE,
        ADDRESS.read_text(encoding="utf-8")
        + (COMPONENTS / "navigation.js").read_text(encoding="utf-8"),
    )

    def address_after(name, detail):
        page.evaluate(TELL, [name, detail])
        page.wait_for_timeout(350)  # the address follows once it has been quiet
        return page.evaluate("location.hash")

    assert address_after("latent-lab:view", "Maps") == "#view=Ledger&ledger=ae-2"
    assert address_after("latent-lab:digit", {}) == "#view=Ledger&ledger=ae-2"
    assert page.evaluate("window.asked") == "Ledger"
    assert address_after("latent-lab:view", "Ledger") == "#view=Ledger&ledger=ae-2"
    assert address_after("latent-lab:view", "Maps") == "#ledger=ae-2"
    page.close()


# Around the page: a query, another page's fragment, a frame, a path prefix.


def copied(visitor):
    """The link that "copy link" gives."""
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.press("copy link", within=visitor.page.locator("#header"))
    expect(visitor.page.get_by_text("copied")).to_be_visible()
    return visitor.page.evaluate("navigator.clipboard.readText()")


def test_the_query_of_an_address_is_kept(visit, url):
    asked = f"{url}?__theme=dark&__sign=a.b-c"
    visitor = visit(at=asked)
    visitor.open("Compare")
    visitor.until(lambda: visitor.page.url == f"{asked}#view=Compare", "the address follows")
    assert copied(visitor) == f"{asked}#view=Compare"
    # Opened in another tab, a link of the table keeps it, too.
    for link in visitor.panel.locator("a[href]").all()[:3]:
        resolved = link.evaluate(
            "link => new URL(link.getAttribute('href'), document.baseURI).href"
        )
        assert resolved.startswith(f"{asked}#view=")
    assert visitor.page.locator("body.dark").count() == 1


def test_the_fragment_of_another_page_is_left_alone(visit, url):
    """A page that has ours inside it uses the address, too: for its own chapters, say."""
    visitor = visit(fragment="week3")
    visitor.page.evaluate("window.stayed = true")
    visitor.open("Sample")
    link = copied(visitor)  # writes whatever there is to write
    assert visitor.page.url == f"{url}#week3"
    assert visitor.page.locator("#header .notice").inner_text() == ""
    visitor.page.evaluate("location.hash = 'week4'")
    visitor.page.evaluate("location.hash = ''")
    visitor.page.evaluate("location.hash = '#week4'")
    visitor.open("Sample")
    assert visitor.page.evaluate("window.stayed")
    # A link to what is shown there leads to it all the same, also when it is pasted here.
    assert link == f"{url}#view=Sample"
    visitor.page.evaluate("hash => { location.hash = hash; }", link.partition("#")[2])
    visitor.page.wait_for_function("!window.stayed", timeout=PATIENCE * 1000)
    tab = visitor.page.get_by_role("tab", name="Sample", exact=True)
    expect(tab).to_have_attribute("aria-selected", "true", timeout=PATIENCE * 1000)


def test_a_page_in_a_frame_keeps_its_query_and_lets_the_outer_address_be(browser, url, tmp_path):
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<iframe src="{url}?__theme=dark#view=Sample" width=1300 height=900></iframe>',
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(f"{outer.as_uri()}?mine#week3")
    frame = page.frame_locator("iframe")
    frame.locator(VIEWS["Sample"]).first.wait_for(timeout=PATIENCE * 1000)
    frame.get_by_role("tab", name="KL", exact=True).click()
    frame.locator(VIEWS["KL"]).first.wait_for(timeout=PATIENCE * 1000)
    inner = page.frames[1]
    inner.wait_for_function("location.hash === '#view=KL'", timeout=PATIENCE * 1000)
    assert inner.evaluate("location.search") == "?__theme=dark"
    assert page.url.endswith("outer.html?mine#week3")
    page.close()


def test_the_page_works_behind_a_path_prefix(visit, lab):
    """Its networks, its icon, its events and its links; `visit` fails on whatever is not found."""
    app, address, _ = serve(
        lab, root_path="/lab", prevent_thread_lock=True, server_name="127.0.0.1", quiet=True
    )
    try:
        prefixed = f"{address}lab/"
        visitor = visit(at=f"{prefixed}?__theme=dark", fragment="view=Sample")
        visitor.open("Maps")
        visitor.open("Sliders")
        visitor.open("Reconstruct")
        visitor.sample(4)
        visitor.until(lambda: "view=Reconstruct" in visitor.page.url, "the address follows")
        assert visitor.page.url.startswith(f"{prefixed}?__theme=dark#")
        visitor.settle()
        # Everything was asked for below the prefix: a proxy hands nothing else on.
        ours = [asked for asked in visitor.requests if asked.startswith("http")]
        assert [asked for asked in ours if not asked.startswith(prefixed)] == []
        assert any("/lab/networks/" in asked for asked in ours)
    finally:
        app.get_blocks().close(verbose=False)
