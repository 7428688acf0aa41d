"""Custom parts of the page: each a `gr.HTML` subclass with its .html, .js and .css beside it."""

from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def assets(name: str, *shared: str) -> dict[str, Any]:
    """The template, style and script of a component, as `gr.HTML` takes them.

    Every script begins with pixels.js, which all components share, and what else of the scripts
    in this folder it names in `shared`.
    """
    script = "".join(
        (_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in ("pixels", *shared, name)
    )
    return {
        "html_template": (_FOLDER / f"{name}.html").read_text(encoding="utf-8"),
        "css_template": (_FOLDER / f"{name}.css").read_text(encoding="utf-8"),
        "js_on_load": script,
        "apply_default_css": False,
    }
