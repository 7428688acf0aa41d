"""A picture of every view at both sizes, kept in LATENT_SCREENSHOTS: run by screenshots.py."""

import os
from pathlib import Path

import pytest

from .visitor import DESKTOP, PHONE, VIEWS, Visitor

# A path from an 8 to a 0 that goes round the 6 and the 2.
LECTURE = "lecture=notes&slide=32"
PINNED = "maps.a=-0.3,0.7&maps.b=-1.0,-1.4"


def picture_at_rest(visitor: Visitor, full_page: bool) -> bytes:
    """The page as PNG, once it asks for nothing more and two pictures in a row are equal."""
    visitor.settle()
    shots = [b""]

    def take() -> bytes:
        shots.append(visitor.page.screenshot(full_page=full_page, animations="disabled"))
        return shots[-1] if shots[-1] == shots[-2] else b""

    return visitor.until(take, "the page stands still")


def folder_of_pictures() -> Path:
    folder = Path(os.environ["LATENT_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_keep_a_picture_of_a_lecture(visit):
    visitor = visit(fragment=LECTURE, scheme="light", arrives=False)
    visitor.page.locator(".slide[data-shown]").wait_for()
    shot = picture_at_rest(visitor, full_page=False)
    (folder_of_pictures() / "lecture-1366.png").write_bytes(shot)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["projector", "phone"])
def test_keep_a_picture_of_every_view(visit, size):
    folder = folder_of_pictures()
    pinned = size is DESKTOP  # a phone shows three maps or their films, not both
    visitor = visit(viewport=size, scheme="light", fragment=PINNED if pinned else "")
    for view in VIEWS:
        visitor.open(view)
        if view == "maps" and pinned:
            visitor.page.get_by_text("shortest (solid)").wait_for()
        visitor.page.mouse.move(0, 0)  # nothing is to look hovered
        long = size is PHONE and view != "maps"  # the three maps fit one screen
        if size is PHONE and not long:
            visitor.page.locator(".maps").evaluate("maps => maps.scrollIntoView()")
        shot = picture_at_rest(visitor, full_page=long)
        name = f"{view.replace('_', '-')}-{size['width']}.png"
        (folder / name).write_bytes(shot)
