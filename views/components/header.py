"""The top of the page: its name, where its networks run, the light switch, and the link to it."""

from typing import Any

import gradio as gr

from models.device import describe
from views.lab import Lab

from . import assets


class Header(gr.HTML):
    """Its value["view"] is the one of `views` that is open; `select`: a link asks for another."""

    def __init__(self, lab: Lab | None = None, views: tuple[str, ...] = (), **keywords: Any):
        super().__init__(
            {"view": views[0]} if views else None,
            views=views,
            device=describe(lab.device) if lab else "",
            trained=", ".join(lab.zoo) if lab and lab.zoo else "no checkpoint",
            elem_id="header",
            **assets("header", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "view: the tab that is open"}
