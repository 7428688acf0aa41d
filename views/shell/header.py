"""The top of the page: its name, where its networks run, the light switch, and the link to it."""

from typing import Any

import gradio as gr

from models.device import describe
from views.kit.component import assets
from views.kit.lab import Lab


class Header(gr.HTML):
    def __init__(self, lab: Lab | None = None, **keywords: Any):
        super().__init__(
            device=describe(lab.device) if lab else "",
            trained=", ".join(lab.names) if lab and lab.names else "no checkpoint",
            elem_id="header",
            **assets("header", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: it answers in the page"}
