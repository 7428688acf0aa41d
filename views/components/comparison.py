"""A table of all models and a plot of any two of their numbers, side by side and in step."""

from typing import Any

import gradio as gr

from . import assets


class Comparison(gr.HTML):
    """`columns` and `rows` as views/compare.py makes them; visitors choose what they see."""

    def __init__(
        self,
        columns: list[dict[str, Any]] | None = None,
        rows: list[dict[str, Any]] | None = None,
        **keywords: Any,
    ):
        super().__init__(
            columns=columns or [],
            rows=rows or [],
            elem_classes=["comparison"],
            **assets("comparison", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the table answers in the page"}
