"""Every view at both sizes is a picture of something; LATENT_SCREENSHOTS names where to keep it."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from .visitor import DESKTOP, PHONE, VIEWS

# A path from an 8 to a 0 that goes round the 6 and the 2.
PINNED = "a=-0.3,0.7&b=-1.0,-1.4"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["projector", "phone"])
def test_no_view_is_blank(visit, size):
    folder = os.environ.get("LATENT_SCREENSHOTS")
    pinned = size is DESKTOP  # a phone shows three maps or their films, not both
    visitor = visit(viewport=size, color_scheme="light", fragment=PINNED if pinned else "")
    for view in VIEWS:
        visitor.open(view)
        if view == "Maps" and pinned:
            visitor.page.get_by_text("shortest (solid)").wait_for()
        visitor.page.mouse.move(0, 0)  # nothing is to look hovered
        if folder:
            visitor.page.wait_for_timeout(1_500)  # strips are drawn at rest
        long = size is PHONE and view != "Maps"  # the three maps fit one screen
        if size is PHONE and not long:
            visitor.page.locator(".maps").evaluate("maps => maps.scrollIntoView()")
        shot = visitor.page.screenshot(full_page=long, animations="disabled")
        with Image.open(BytesIO(shot)) as image:
            below = image.convert("L").crop((0, image.height // 3, *image.size))
        darkest, brightest = below.getextrema()
        assert brightest - darkest > 200
        assert len(below.getcolors()) > 50
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            name = f"{view.lower().replace(' ', '-')}-{size['width']}.png"
            (Path(folder) / name).write_bytes(shot)
