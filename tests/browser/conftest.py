"""One server with the shipped checkpoints and one headless Chromium for all visitors."""

import shutil

import pytest
import torch
from playwright.sync_api import expect, sync_playwright

from models.zoo import Zoo
from tests.places import SHIPPED
from views.kit.lab import Lab
from views.kit.samples import Samples
from views.shell.page import serve

from .visitor import DESKTOP, PATIENCE, Visitor

expect.set_options(timeout=PATIENCE * 1000)  # what is expected comes late on a busy machine

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    # What Chromium does of its own accord, and over the network.
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="package")
def lab():
    """What is shipped, with the embedded digits: nothing here depends on a download."""
    torch.set_num_threads(1)
    return Lab(Zoo(SHIPPED), Samples())


@pytest.fixture(scope="package")
def url(lab):
    """The page as `make app` serves it, on a free port, until the last test here is done."""
    app, url, _ = serve(lab, prevent_thread_lock=True, server_name="127.0.0.1", quiet=True)
    yield url
    app.get_blocks().close(verbose=False)


@pytest.fixture(scope="package")
def browser():
    """The system's Chromium, or else Playwright's own."""
    system = next(filter(None, map(shutil.which, BROWSERS)), None)
    # Ends with the package: Playwright's loop would be in the way of other tests' asyncio.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=system, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def everyone(browser):
    """The context of visitors who ask for none of their own.

    They share the cache of what they fetched, which halves the work of opening a page, and nothing
    else: what a page stores is removed after each test.
    """
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(browser, everyone, url):
    """visit(**options of a browser context, which then is the visitor's own): another visitor.

    `fragment` is what stands after the # of the link they open, `at` another page's address, and
    `routes` maps patterns to handlers of requests that are not to go their usual way. Without
    `arrives` the page is not waited for. Whatever the test was about, in the end no visitor's page
    may have failed or left loopback.
    """
    visitors = []

    def come(
        fragment="", at=url, routes=None, arrives=True, viewport=DESKTOP, scheme="light", **options
    ):
        if options:
            page = browser.new_context(viewport=viewport, color_scheme=scheme, **options).new_page()
        else:
            page = everyone.new_page()
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
        visitors.append(Visitor(page))
        for pattern, handler in (routes or {}).items():
            page.route(pattern, handler)
            visitors[-1].forgiven = "net::ERR_FAILED"
        address = f"{at}#{fragment}" if fragment else at
        visitors[-1].arrive(address) if arrives else page.goto(address)
        return visitors[-1]

    yield come
    for visitor in visitors:
        context = visitor.page.context
        if context is not everyone:
            context.close()
            continue
        if visitor.page.url.startswith("http"):
            visitor.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        visitor.page.close()
    everyone.clear_cookies()
    assert [visitor.faults for visitor in visitors] == [[] for _ in visitors]


@pytest.fixture
def visitor(visit):
    """Somebody in front of a projector's 1366x768, with the page just opened."""
    return visit()
