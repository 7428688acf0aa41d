"""Custom parts of the page: each a `gr.HTML` subclass with its .html, .js and .css beside it."""

from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def assets(name: str) -> dict[str, Any]:
    """The template, style and script of a component, as `gr.HTML` takes them.

    Every script begins with pixels.js, the few functions that all of them share.
    """
    script = (_FOLDER / "pixels.js").read_text() + (_FOLDER / f"{name}.js").read_text()
    return {
        "html_template": (_FOLDER / f"{name}.html").read_text(),
        "css_template": (_FOLDER / f"{name}.css").read_text(),
        "js_on_load": script,
        "apply_default_css": False,
    }
