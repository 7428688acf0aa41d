"""python -m tests.browser.preview: the pictures that stand for the page elsewhere, drawn anew.

preview.png, the Machine, is what a link shows where it is shared; apple-touch-icon.png is the icon
on the first screen of a phone.
"""

import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from views.shell import head

from .pictures import picture_at_rest

COLOURS = 256  # enough for what is mostly flat, in half as many bytes
SIZE = {"width": 1200, "height": 630}


def keep(name: str, png: bytes) -> None:
    """The picture in few colours, in its place."""
    image = Image.open(BytesIO(png)).convert("RGB")
    few = image.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(head.FOLDER / name, optimize=True)


def test_keep_the_preview(visit):
    visitor = visit(viewport=SIZE, scheme="light", fragment="machine.family=vae")
    visitor.page.add_style_tag(content="#rail, .tools, .step { visibility: hidden !important }")
    keep(head.PREVIEW, picture_at_rest(visitor, full_page=False))


def test_keep_the_touch_icon(browser):
    page = browser.new_page(viewport={"width": 180, "height": 180})
    icon = (head.FOLDER / "icon.svg").read_text(encoding="utf-8")
    page.set_content(f"<body style='margin: 0; background: #faf9f6'>{icon}")
    keep(head.TOUCH_ICON, page.screenshot())
    page.close()


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", str(Path(__file__))]))
