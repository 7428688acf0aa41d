"""The lectures: Markdown files beside this one, with the pictures that they show.

The page's script reads them (lecture_file.js); here they are listed and served, as they are now.
"""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from views.kit.routes import Message

FOLDER = Path(__file__).parent
PATH = "lectures"
FIRST, LAST = ("ninety_seconds", "notes"), ("example",)
MEDIA_TYPES = {".md": "text/markdown; charset=utf-8", ".svg": "image/svg+xml"}
_FIELD = re.compile(r"^(title|minutes|about): *(.+?) *$", re.MULTILINE)


class ShippedLecture(Message):
    """A lecture in the list: `name`, as in a link, is its file's stem; the rest stands in it."""

    name: str
    title: str
    minutes: str
    about: str


def shipped() -> list[ShippedLecture]:
    """Every lecture that lies here, the general ones first."""
    names = sorted(file.stem for file in FOLDER.glob("*.md"))
    order = [*FIRST, *(name for name in names if name not in FIRST + LAST), *LAST]
    return [_read(name) for name in order if name in names]


def _read(name: str) -> ShippedLecture:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    head = dict(_FIELD.findall(text.split("\n---", 1)[0]))
    return ShippedLecture(
        name=name,
        title=head.get("title", name),
        minutes=head.get("minutes", ""),
        about=head.get("about", ""),
    )


def answer(request: Request) -> Response:
    """What GET /lectures/{name} gives: a lecture or a picture of one."""
    name = request.path_params["name"]
    file = FOLDER / name
    if file.parent != FOLDER or file.suffix not in MEDIA_TYPES or not file.is_file():
        return JSONResponse({"error": "There is no such lecture; open one of the list."}, 404)
    headers = {"Cache-Control": "no-cache"}  # a lecturer who writes sees the text of now
    return FileResponse(file, media_type=MEDIA_TYPES[file.suffix], headers=headers)
