"""Links: what the address says is restored, and what makes no sense is told in one sentence."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from views import HOME
from views.shell.page import serve

from .visitor import PATIENCE, VIEWS

DAMAGED = "Part of that link is incomplete or damaged"


def fragment(visitor):
    return visitor.page.evaluate("location.hash")


@pytest.mark.parametrize(
    "nonsense",
    ["garbage", "view=../etc", "view=Nope", "nothing.k=1", "__proto__=1", "digit=4-2.abc"],
)
def test_a_link_with_nonsense_in_it_is_the_usual_start(visit, nonsense, assert_sentence):
    """What makes no sense where: tests/js/store.test.js; here, that a visitor is told once."""
    visitor = visit(fragment=f"{nonsense}&maps.at=1,2")
    notice = visitor.page.locator("#header .notice")
    visitor.until(notice.inner_text, "a notice")
    assert_sentence(notice.inner_text())
    visitor.until(lambda: nonsense not in fragment(visitor), "the address forgets it")


def test_a_linked_view_stays_in_the_address_until_it_opens(visit):
    """The page opens its first view on the way; a slow machine wrote that into the address."""
    held = []
    visitor = visit(
        fragment="ledger.model=ae-2&view=ledger",
        routes={"**/ask/digit/samples": lambda route: held.append(route)},
        arrives=False,
    )
    visitor.expect_open(HOME)
    visitor.until(lambda: held, "the digit is asked for")
    assert fragment(visitor) == "#ledger.model=ae-2&view=ledger"
    for route in held:
        route.continue_()
    visitor.page.locator(VIEWS["ledger"]).first.wait_for(timeout=PATIENCE * 1000)
    assert fragment(visitor) == "#ledger.model=ae-2&view=ledger"
    visitor.open(HOME)
    visitor.until(lambda: fragment(visitor) == "#ledger.model=ae-2", "the address follows")


def test_what_was_set_for_one_digit_is_not_said_of_another(visit):
    """Of a view that is not there yet, of one that is closed, and of one that is open."""
    moved = "gap.q=0.1,0.2,0.5,0.5"
    visitor = visit(fragment=f"{moved}&view=gap")
    visitor.until(lambda: moved in fragment(visitor), "the opening digit keeps it")
    visitor.open("maps")
    visitor.sample(4)
    visitor.until(lambda: "gap.q" not in fragment(visitor), "another digit drops it")
    stranger = visit(fragment=moved)
    stranger.sample(4)
    stranger.open("gap")
    stranger.until(lambda: "gap.q" not in fragment(stranger), "another digit drops it")


def test_without_samples_the_page_opens_the_linked_view_and_can_be_drawn_on(visit):
    visitor = visit(
        fragment="view=reconstruct",
        routes={"**/ask/digit/samples": lambda route: route.abort()},
        arrives=False,
    )
    visitor.expect_open("reconstruct")
    said = "The samples did not load; draw a digit, or reload the page."
    expect(visitor.rail.locator(".said")).to_have_text(said)
    visitor.draw_with_mouse()
    visitor.until(lambda: visitor.followed.any(), "the drawing is followed")


# Around the page: a query, another page's fragment, a frame, a path prefix.


def test_the_query_of_an_address_is_kept(visit, url):
    asked = f"{url}?__theme=dark&__sign=a.b-c"
    visitor = visit(at=asked)
    visitor.open("compare")
    visitor.until(lambda: visitor.page.url == f"{asked}#view=compare", "the address follows")
    assert visitor.copied_link() == f"{asked}#view=compare"
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
    visitor.open("sample")
    link = visitor.copied_link()  # writes whatever there is to write
    assert visitor.page.url == f"{url}#week3"
    assert visitor.page.locator("#header .notice").inner_text() == ""
    visitor.page.evaluate("location.hash = 'week4'")
    visitor.page.evaluate("location.hash = ''")
    visitor.page.evaluate("location.hash = '#week4'")
    visitor.open("sample")
    assert visitor.page.evaluate("window.stayed")
    # A link to what is shown there leads to it all the same, also when it is pasted here.
    assert link == f"{url}#view=sample"
    visitor.page.evaluate("hash => { location.hash = hash; }", link.partition("#")[2])
    visitor.page.wait_for_function("!window.stayed", timeout=PATIENCE * 1000)
    visitor.expect_open("sample")


def test_a_page_in_a_frame_keeps_its_query_and_lets_the_outer_address_be(browser, url, tmp_path):
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<iframe src="{url}?__theme=dark#view=sample" width=1300 height=900></iframe>',
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(f"{outer.as_uri()}?mine#week3")
    frame = page.frame_locator("iframe")
    frame.locator(VIEWS["sample"]).first.wait_for(timeout=PATIENCE * 1000)
    frame.get_by_role("button", name="All views").click()
    frame.locator('#index a[data-view="kl"]').click()
    frame.locator(VIEWS["kl"]).first.wait_for(timeout=PATIENCE * 1000)
    inner = page.frames[1]
    inner.wait_for_function("location.hash === '#view=kl'", timeout=PATIENCE * 1000)
    assert inner.evaluate("location.search") == "?__theme=dark"
    assert page.url.endswith("outer.html?mine#week3")
    page.close()


def test_no_other_site_shows_the_page_in_a_frame(browser, url):
    """But for those that it names, and slides on one's own machine: the test before this."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<iframe src='{url}'></iframe>".encode())

    # Not a name that the browser is told to look up: it keeps real other sites from loopback.
    page = browser.new_page()
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with page.expect_console_message(lambda told: "frame-ancestors" in told.text):
            page.goto(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    assert page.frames[1].evaluate("document.querySelector('gradio-app')") is None
    page.close()


def test_markup_that_comes_into_the_page_runs_no_script(browser, url):
    """A second lock: whoever writes a text into the page without escaping it runs nothing."""
    page = browser.new_page()
    page.goto(url)
    with page.expect_console_message(lambda told: "inline event handler" in told.text):
        page.evaluate("""document.body.insertAdjacentHTML(
            "beforeend", "<img src='data:,' onerror='window.ran = true'>")""")
    page.evaluate("""
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        const link = document.createElement("a");
        link.href = "javascript:window.ran = true";
        document.body.append(link);
        link.click();""")
    assert page.evaluate("window.ran") is None
    page.close()


def test_the_page_works_behind_a_path_prefix(visit, lab):
    """Its networks, its icon, its events and its links; `visit` fails on whatever is not found."""
    app, address, _ = serve(
        lab, root_path="/lab", prevent_thread_lock=True, server_name="127.0.0.1", quiet=True
    )
    try:
        prefixed = f"{address}lab/"
        visitor = visit(at=f"{prefixed}?__theme=dark", fragment="view=sample")
        visitor.open("maps")
        visitor.open("sliders")
        visitor.open("reconstruct")
        visitor.sample(4)
        visitor.until(lambda: "view=reconstruct" in visitor.page.url, "the address follows")
        assert visitor.page.url.startswith(f"{prefixed}?__theme=dark#")
        visitor.settle()
        # Everything was asked for below the prefix: a proxy hands nothing else on.
        ours = [asked for asked in visitor.requests if asked.startswith("http")]
        assert [asked for asked in ours if not asked.startswith(prefixed)] == []
        assert any("/lab/files/" in asked for asked in ours)
        assert visitor.scripts
        assert all(asked.startswith(prefixed) for asked in visitor.scripts)
    finally:
        app.get_blocks().close(verbose=False)
