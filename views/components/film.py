"""Several paths from A to B, played side by side in step."""

from typing import Any

import gradio as gr

from views import checks
from views.lab import Lab

from . import assets


class Film(gr.HTML):
    """`value`: {count, rows, request}, a row being {family, name, note, pixels of its pictures}.

    `export` answers the downloads.
    """

    def __init__(self, lab: Lab | None = None, export=None, **keywords: Any):
        super().__init__(
            keywords.pop("value", None),
            server_functions=[checks.serving(export, lab.near)] if lab else None,
            elem_classes=["film"],
            **assets("film"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "pictures along the paths"}
