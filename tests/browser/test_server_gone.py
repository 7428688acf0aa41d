"""A server that goes away and comes back while a page is open."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from views.shell.header import Header
from views.shell.page import serve

from .visitor import PATIENCE

SILENT = "The server does not answer; check that it is still running."


def start(lab, port=None):
    options = {"server_port": port} if port else {}
    app, url, _ = serve(
        lab, prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **options
    )
    return app.get_blocks(), url


def all_scripts(lab):
    """The addresses of the scripts of all views, which the page fetches ahead."""
    return Header(lab).props["scripts"]


def test_what_needs_no_server_goes_on_and_the_rest_comes_back(visit, lab):
    blocks, url = start(lab)
    visitor = visit(at=url)
    visitor.forgiven = "net::ERR_CONNECTION_REFUSED"
    wanted = {url + address for address in all_scripts(lab)}
    visitor.until(lambda: wanted <= set(visitor.scripts), "all scripts are fetched")
    visitor.settle()
    visitor.open("reconstruct")
    visitor.open("maps")
    blocks.close(verbose=False)

    # Maps decode in the page; KL was never opened, and computes in the page.
    at = visitor.panel.locator(".map .at").first
    plot = visitor.panel.locator(".map .plot").first.bounding_box()
    visitor.change(
        at.inner_text,
        lambda: visitor.page.mouse.move(plot["x"] + plot["width"] / 3, plot["y"] + 60),
    )
    visitor.open("kl")
    total = visitor.panel.locator(".direction output").first
    visitor.change(total.inner_text, lambda: visitor.press("swap widths"))
    # Reconstruct asks the server, and says that it does not answer.
    visitor.open("reconstruct")
    visitor.sample(7)
    expect(visitor.panel.locator(".said")).to_have_text(SILENT, timeout=PATIENCE * 1000)

    blocks, _ = start(lab, urlsplit(url).port)
    visitor.change(lambda: visitor.source(".spine .digit"), lambda: visitor.sample(4))
    expect(visitor.panel.locator(".said")).to_have_text("")
    blocks.close(verbose=False)
