"""A visitor: a page in a browser with what people do on it and what they would notice."""

import itertools
import time
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, expect

from views import HOME
from views.kit import scripts
from views.lectures import lectures

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
AHEAD = (scripts.PATH, lectures.PATH)  # what the page fetches while nobody needs it yet
PATIENCE = 60  # seconds; long, because other work may hold the machine's cores
# Each view by its folder, and what is there once it has been drawn.
VIEWS = {
    "machine": ".machine .stage:is([data-state=rest], [data-state=waiting])",
    "maps": ".map[data-from]",
    "reconstruct": ".spine .digit",
    "denoise": ".gallery .digit",
    "sliders": ".dimension .strip",
    "interpolate": ".path .strip",
    "sample": ".sampled .tiles canvas",
    "compress": ".compression tbody td",
    "ledger": ".loss-ledger[data-from] .dimension",
    "elbo": ".elbo-lines[data-from=rest] .lines",
    "gap": ".true-posterior[data-from=rest] .bound",
    "trick": ".trick .verdict",
    "kl": ".gaussian-kl .densities text",
    "likelihood": ".likelihood-switch canvas",
    "score": ".score-digit [data-shown], .score-digit[data-shown]",
    "classes": ".classes[data-shown], .classes [data-shown]",
    "beta": ".beta-scrubber[data-still] .here",
    "shapes": ".shapes[data-shown] .latents, .shapes [data-shown] .latents, .shapes-missing",
    "iwae": ".vae-against-iwae .climb polyline, .vae-against-iwae[data-shown]",
    "few_labels": ".few-labels [data-shown], .few-labels[data-shown], p.notice",
    "draw": ".drawing[data-shown] .tile, .drawing [data-shown] .tile",
    "gan": ".column .picture, .notice:has-text('missing')",
    "compare": ".comparison tbody td",
}
FOLLOWED = """async (address) => {
  const { chosenDigit } = await import(new URL(address, document.baseURI));
  return [chosenDigit.value.shape, [...chosenDigit.value.pixels]];
}"""
ON_SERVER = """async (address) => {
  const { onServer } = await import(new URL(address, document.baseURI));
  onServer.value = true;
}"""
WATCH = """canvas => {
  const seen = window.seen = new Set();
  const look = () => {
    if (window.seen !== seen) return;
    seen.add(canvas.toDataURL());
    requestAnimationFrame(look);
  };
  look();
}"""


class Visitor:
    """Drives `page`; `faults` and `requests` tell what happened to it since it was opened."""

    def __init__(self, page: Page):
        self.page = page
        self.faults: list[str] = []
        self.requests: list[str] = []  # but for what the page also fetches ahead
        self.scripts: list[str] = []
        self.unanswered = 0  # requests
        self.forgiven = ""  # console errors that hold this text are of the test's own making
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("request", lambda request: self._note(request.url))
        page.on("request", lambda request: self._count(1))
        page.on("requestfinished", lambda request: self._count(-1))
        page.on("requestfailed", lambda request: self._count(-1))

    def _hear(self, message) -> None:
        ours = self.forgiven and self.forgiven in message.text
        if message.type == "error" and not ours:
            self.faults.append(f"console: {message.text}")

    def _count(self, more: int) -> None:
        self.unanswered += more

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        ahead = any(f"/{path}/" in parts.path for path in AHEAD)
        (self.scripts if ahead else self.requests).append(url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            self.faults.append(f"left loopback: {url}")

    # Waiting for what will happen.

    def until(self, check: Callable[[], Any], what: str) -> Any:
        """The first true answer of `check`."""
        end = time.monotonic() + PATIENCE
        while not (answer := check()):
            assert time.monotonic() < end, f"waited in vain: {what}"
            self.page.wait_for_timeout(50)
        return answer

    def change(self, look: Callable[[], Any], act: Callable[[], Any]) -> Any:
        """Act, and wait until `look` answers something else; that answer."""
        before = look()
        act()
        self.until(lambda: look() != before, "nothing changed")
        return look()

    def settle(self) -> int:
        """How many requests there were, once they are answered and none has begun for a while.

        The while is longer than any pause that a script makes before it asks.
        """
        counts = []

        def quiet() -> bool:
            counts.append((len(self.requests), self.unanswered))
            # A test may hold an answer back.
            looks = 40 if self.unanswered else 20
            return len(counts) > looks and len(set(counts[-looks:])) == 1

        self.until(quiet, "the page is at rest")
        return counts[-1][0]

    # Getting about.

    def copied_link(self) -> str:
        """The link that "copy link" gives."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.press("copy link", within=self.page.locator("#header"))
        expect(self.page.get_by_text("copied")).to_be_visible()
        return self.page.evaluate("navigator.clipboard.readText()")

    def arrive(self, url: str) -> None:
        self.page.goto(url)
        # Once the digit is there, the view opens that the link names.
        expect(self.rail.locator(".said")).not_to_be_empty(timeout=PATIENCE * 1000)
        (named,) = parse_qs(urlsplit(url).fragment).get("view", [HOME])
        view = named.lower().replace(" ", "_")  # links of before say a title
        self.expect_open(view if view in VIEWS else HOME)
        if view not in VIEWS or view == HOME:
            self.page.locator(VIEWS[HOME]).first.wait_for(timeout=PATIENCE * 1000)

    def open(self, view: str) -> Locator:
        """Open a view by its folder's name, as people do, and wait until it is drawn; its panel."""
        header = self.page.locator("#header")
        if view == HOME:
            header.locator(".home").click()
        else:
            self.press("All views", within=header)
            header.locator(f'#index a[data-view="{view}"]').click()
        self.expect_open(view)
        self.panel.locator(VIEWS[view]).first.wait_for(timeout=PATIENCE * 1000)
        return self.panel

    def expect_open(self, view: str) -> None:
        """Wait until this view, by its folder's name, is the open one."""
        expect(self.page.locator("body")).to_have_attribute(
            "data-view", view, timeout=PATIENCE * 1000
        )

    @property
    def panel(self) -> Locator:
        """The view that is open."""
        return self.page.locator("[role=tabpanel]:visible")

    @property
    def rail(self) -> Locator:
        """The digit beside the views."""
        return self.page.locator("#rail")

    def press(self, name: str, within: Locator | None = None) -> None:
        (within or self.panel).get_by_role("button", name=name, exact=True).click()

    def pick(self, option: str) -> None:
        """Choose among the open view's radio buttons or tick boxes, by the words on them."""
        self.panel.locator(":is(.choice, .ticks) label").get_by_text(option, exact=True).click()

    def slide(self, name: str, share: float) -> None:
        """Click on the track of the open view's setting `name`."""
        track = self.panel.locator(f'.settings input[type=range][aria-label*="{name}"]')
        box = track.bounding_box()
        track.click(position={"x": 1 + share * (box["width"] - 2), "y": box["height"] / 2})

    def sample(self, digit: int, row: int = 0, within: Locator | None = None) -> None:
        """Choose a sample digit; on a phone they are folded."""
        folded = self.rail.get_by_role("button", name="Samples", expanded=False)
        if within is None and folded.is_visible():
            folded.click()
        (within or self.rail).locator(".samples button").nth(10 * row + digit).click()

    # Looking.

    @property
    def digit(self) -> np.ndarray:
        """The bytes of the chosen digit [H, W], as it is shown beside the views."""
        return self.pixels(self.rail.locator("canvas.picture"))[..., 0]

    @property
    def followed(self) -> np.ndarray:
        """The bytes [C, H, W] of the digit that the views follow, be it a drawing."""
        shape, pixels = self.page.evaluate(FOLLOWED, scripts.address("kit/page.js"))
        return np.array(pixels, np.uint8).reshape(shape)

    def decode_on_server(self) -> None:
        """What a view's badge does, for views that have none."""
        self.page.evaluate(ON_SERVER, scripts.address("kit/page.js"))

    def sources(self, selector: str) -> list[str]:
        """Every picture `selector` finds in the open view, as text to compare."""
        return self.panel.locator(selector).evaluate_all(
            "all => all.map(e => e.toDataURL ? e.toDataURL() : e.src)"
        )

    def source(self, selector: str) -> str:
        return self.sources(selector)[0]

    def pixels(self, canvas: Locator) -> np.ndarray:
        """What a canvas shows: bytes [height, width, RGBA]."""
        png = b64decode(canvas.evaluate("c => c.toDataURL().split(',')[1]"))
        with Image.open(BytesIO(png)) as image:
            return np.asarray(image.convert("RGBA"))

    def watch(self, canvas: Locator) -> None:
        """Remember from now on every different picture that the canvas shows."""
        canvas.evaluate(WATCH)

    @property
    def seen(self) -> int:
        """How many different pictures there were since `watch`."""
        return self.page.evaluate("window.seen.size")

    # Drawing.

    @property
    def pad(self) -> Locator:
        return self.rail.locator("canvas.ink")

    def stroke(self) -> list[tuple[float, float]]:
        """Places on the pad along a 7, from its top left downwards."""
        box = self.pad.bounding_box()
        corners = np.array([(0.25, 0.2), (0.75, 0.2), (0.4, 0.85)])
        places = [
            start + (end - start) * t
            for start, end in itertools.pairwise(corners)
            for t in np.linspace(0, 1, 8)
        ]
        return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]

    def draw_with_mouse(self) -> None:
        first, *rest = self.stroke()
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in rest:
            self.page.mouse.move(*place)
        self.page.mouse.up()

    def drag_with_finger(self, places: list[tuple[float, float]]) -> None:
        """A finger put down at the first place, moved through all, and lifted."""
        session: CDPSession = self.page.context.new_cdp_session(self.page)
        kinds = ["touchStart", *["touchMove"] * (len(places) - 1)]
        for kind, (x, y) in zip(kinds, places, strict=True):
            point = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            session.send("Input.dispatchTouchEvent", point)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        session.detach()
