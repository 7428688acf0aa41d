"""Grids of samples whose tiles can be picked."""

from typing import Any

import gradio as gr

from views import checks
from views.lab import Lab

from . import assets


class SampleGrid(gr.HTML):
    """`value`: {columns, count, grids, real, request}; a chosen tile joins it as `picked`.

    Fires `select` when a tile is chosen; `export` answers the download.
    """

    def __init__(self, lab: Lab | None = None, export=None, **keywords: Any):
        super().__init__(
            keywords.pop("value", None),
            server_functions=[checks.serving(export, lab.near)] if lab else None,
            elem_classes=["sample-grid"],
            **assets("sample_grid"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "pictures of draws and the draws themselves"}
