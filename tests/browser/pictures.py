"""A picture of every view at both sizes, kept in LATENT_SCREENSHOTS: run by screenshots.py."""

import os
from pathlib import Path

import pytest

from .visitor import DESKTOP, PHONE, VIEWS

# A path from an 8 to a 0 that goes round the 6 and the 2.
PINNED = "a=-0.3,0.7&b=-1.0,-1.4"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["projector", "phone"])
def test_keep_a_picture_of_every_view(visit, size):
    folder = Path(os.environ["LATENT_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    pinned = size is DESKTOP  # a phone shows three maps or their films, not both
    visitor = visit(viewport=size, color_scheme="light", fragment=PINNED if pinned else "")
    for view in VIEWS:
        visitor.open(view)
        if view == "Maps" and pinned:
            visitor.page.get_by_text("shortest (solid)").wait_for()
        visitor.page.mouse.move(0, 0)  # nothing is to look hovered
        visitor.page.wait_for_timeout(1_500)  # strips are drawn at rest
        long = size is PHONE and view != "Maps"  # the three maps fit one screen
        if size is PHONE and not long:
            visitor.page.locator(".maps").evaluate("maps => maps.scrollIntoView()")
        shot = visitor.page.screenshot(full_page=long, animations="disabled")
        name = f"{view.lower().replace(' ', '-')}-{size['width']}.png"
        (folder / name).write_bytes(shot)
