"""One's own digit, by mouse, finger and photo, and what is done to it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from .visitor import PHONE, Visitor

OUTPUTS = ".spine-row img:nth-of-type(2)"
STEPS = ".steps canvas"


@pytest.fixture
def phone(visit):
    """Somebody with a phone."""
    return visit(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def photo():
    """A PNG photo of a dark 7 in one corner of a light sheet."""
    sheet = Image.new("L", (300, 240), 225)
    ImageDraw.Draw(sheet).line([(30, 30), (90, 30), (50, 120)], fill=40, width=10)
    content = BytesIO()
    sheet.save(content, "PNG")
    return {"name": "seven.png", "mimeType": "image/png", "buffer": content.getvalue()}


def upload(visitor: Visitor, file: dict) -> None:
    visitor.rail.locator("input[type=file]").set_input_files(file)


def assert_shown_and_encoded(visitor: Visitor, before: list[str]) -> None:
    """The steps are there, the last one looks like MNIST, and the models were given it."""
    visitor.rail.locator(".steps").wait_for()
    canvases = visitor.rail.locator(STEPS)
    shown = [visitor.pixels(canvas)[..., 0] for canvas in canvases.all()]
    assert len(shown) == 3
    assert all(step.max() > 200 for step in shown)
    digit = shown[-1]
    assert digit.shape == (28, 28)
    rows, columns = (np.flatnonzero(digit.max(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)
    mass = (digit * np.indices(digit.shape)).sum((1, 2)) / digit.sum()
    assert np.abs(mass - 14).max() < 1
    visitor.until(lambda: visitor.sources(OUTPUTS) != before, "the reconstructions follow")
    step = canvases.last.evaluate("c => c.getContext('2d').getImageData(0, 0, 28, 28).data")
    given = visitor.panel.locator(".spine-row img").first.evaluate(
        """async picture => {
          const c = new OffscreenCanvas(28, 28).getContext("2d");
          await picture.decode();
          c.drawImage(picture, 0, 0);
          return c.getImageData(0, 0, 28, 28).data;
        }"""
    )
    assert given == step


def assert_pad_is_empty(visitor: Visitor) -> None:
    assert not visitor.pixels(visitor.pad).any()
    assert not visitor.pixels(visitor.rail.locator("canvas.picture"))[..., :3].any()
    expect(visitor.rail.locator(".steps")).to_be_hidden()


def test_a_drawing_by_mouse_is_normalized_and_cleared(visitor):
    before = visitor.sources(OUTPUTS)
    visitor.draw_with_mouse()
    assert visitor.pixels(visitor.pad).any()
    assert_shown_and_encoded(visitor, before)
    assert "drawing" in visitor.rail.locator(".said").inner_text()
    visitor.press("Clear", visitor.rail)
    assert_pad_is_empty(visitor)


def test_a_finger_draws_and_does_not_scroll(phone):
    page = phone.page
    before = phone.sources(OUTPUTS)
    phone.drag_with_finger(phone.stroke())
    assert page.evaluate("scrollY") == 0
    assert phone.pixels(phone.pad).any()
    assert_shown_and_encoded(phone, before)
    phone.press("Clear", phone.rail)
    assert_pad_is_empty(phone)
    # The same finger elsewhere does scroll: the page is long enough for the above to mean it.
    phone.drag_with_finger([(195, y) for y in range(700, 300, -40)])
    phone.until(lambda: page.evaluate("scrollY") > 0, "the page scrolls under other fingers")


def test_a_photo_is_inverted_and_normalized(visitor, photo):
    before = visitor.sources(OUTPUTS)
    upload(visitor, photo)
    assert_shown_and_encoded(visitor, before)
    assert "inverted" in visitor.rail.locator(".said").inner_text()


def test_what_is_no_picture_gets_a_sentence(visitor, photo, assert_sentence):
    before = visitor.sources(OUTPUTS)
    upload(visitor, photo | {"buffer": b"I am no picture, whatever my name says."})
    said = visitor.rail.locator(".said.wrong")
    said.wait_for()
    assert_sentence(said.inner_text())
    assert visitor.sources(OUTPUTS) == before
    upload(visitor, photo)
    assert_shown_and_encoded(visitor, before)
    expect(said).to_have_count(0)
