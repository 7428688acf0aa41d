"""The page in use as page.webp, kept in LATENT_SCREENSHOTS: run by screenshots.py."""

import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Locator

from .visitor import DESKTOP, Visitor

WIDTH = 960  # pixels of the recording; a README shows hardly more
FRAME, PAUSE = 80, 900  # ms that a frame is shown, and one at which something has just happened
QUALITY = 38  # of WebP's 100: text stays sharp
MOST_BYTES = 1_500_000
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The pointer's outline in CSS pixels from its tip: a screenshot does not show the mouse.
ARROW = np.array([(0, 0), (0, 24), (6, 19), (10, 28), (14, 26), (10, 17), (18, 17)])

Place = tuple[float, float]


class Recording:
    """Moves a visitor's mouse and keeps a picture of the page, pointer included, at every step."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.mouse = visitor.page.mouse
        self.at: Place = (DESKTOP["width"] / 2, DESKTOP["height"] / 2)
        self.frames: list[Image.Image] = []
        self.durations: list[int] = []  # ms, one of each frame

    def keep(self, duration: int = FRAME) -> None:
        """Take a picture of what the page shows once it has answered the last move."""
        self.visitor.page.evaluate(TWO_FRAMES)
        with Image.open(BytesIO(self.visitor.page.screenshot())) as shot:
            picture = shot.convert("RGB")
        outline = [tuple(point) for point in ARROW + self.at]
        ImageDraw.Draw(picture).polygon(outline, fill="black", outline="white", width=2)
        height = round(WIDTH * picture.height / picture.width)
        self.frames.append(picture.resize((WIDTH, height), Image.Resampling.LANCZOS))
        self.durations.append(duration)

    def move(self, places: Iterable[Place]) -> None:
        for self.at in places:
            self.mouse.move(*self.at)
            self.keep()

    def go(self, to: Place, steps: int = 5) -> None:
        """Move in a straight line, slower towards the end."""
        share = np.sin(np.linspace(0, np.pi / 2, steps + 1)[1:])[:, None]
        self.move(map(tuple, np.array(self.at) * (1 - share) + np.array(to) * share))

    def drag(self, places: list[Place]) -> None:
        """Go to the first place and along the others with the button held."""
        self.go(places[0])
        self.mouse.down()
        self.move(places[1:])
        self.mouse.up()
        self.keep(PAUSE)

    def save(self, file: Path) -> None:
        first, *rest = self.frames
        first.save(
            file,
            save_all=True,
            append_images=rest,
            duration=self.durations,
            loop=0,
            quality=QUALITY,
            method=6,
        )


def within(element: Locator, shares: Iterable[Place]) -> list[Place]:
    """Places on the page, given as shares of an element's width and height from its top left."""
    box = element.bounding_box()
    assert box, "the element is not shown"
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in shares]


def middle(element: Locator) -> Place:
    return within(element, [(0.5, 0.5)])[0]


def round_trip(steps: int) -> list[Place]:
    """A way round a map: from its middle outwards, once round the origin."""
    angle = np.linspace(0.4 * np.pi, -1.6 * np.pi, steps)
    radius = np.linspace(0.16, 0.3, steps)
    return list(zip(0.54 + radius * np.cos(angle), 0.47 - radius * np.sin(angle), strict=True))


def there_and_back(start: float, steps: int) -> list[Place]:
    """Along a slider's track: from `start` to one end, to the other, and to the middle."""
    stops = (start, 0.05, 0.95, 0.5)
    along = np.interp(np.linspace(0, len(stops) - 1, steps), range(len(stops)), stops)
    return [(float(x), 0.5) for x in along]


def thumb(slider: Locator) -> float:
    """Where a slider stands, as a share of its track."""
    return slider.evaluate("s => (s.value - s.min) / (s.max - s.min)")


# A seven, as shares of the pad.
SEVEN = [
    *((0.25 + 0.05 * step, 0.25) for step in range(11)),
    *((0.75 - 0.03 * step, 0.25 + 0.05 * step) for step in range(1, 12)),
]


def test_record_the_page_in_use(visit):
    """The code is dragged in the Machine, a digit drawn on it, and its slant changed in Sliders."""
    visitor = visit("machine.family=vae", viewport=DESKTOP, scheme="light")
    visitor.settle()
    recording = Recording(visitor)
    recording.keep(PAUSE)
    recording.drag(within(visitor.panel.locator(".plot"), round_trip(30)))
    recording.drag(within(visitor.panel.locator(".pad .ink"), SEVEN))
    visitor.settle()
    recording.keep(PAUSE)

    recording.go(middle(visitor.page.get_by_role("button", name="All views")))
    visitor.open("sliders")
    visitor.settle()
    recording.keep(PAUSE)
    slant = visitor.panel.get_by_role("slider", name="slant")
    recording.drag(within(slant, there_and_back(thumb(slant), 25)))

    folder = Path(os.environ["LATENT_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    recording.save(folder / "page.webp")
    assert (folder / "page.webp").stat().st_size < MOST_BYTES
