"""The views by name, in two groups: what the networks do, and the mathematics of it."""

from typing import Any

import gradio as gr

from views.kit.component import assets


class Navigation(gr.HTML):
    """Its value["view"] is the one of `groups` that is open; `select`: somebody asks for another.

    Gradio's own row of tabs has no groups, and hides what does not fit behind a button.
    """

    def __init__(self, groups: dict[str, list[str]] | None = None, **keywords: Any):
        groups = groups or {}
        first = next((views[0] for views in groups.values()), None)
        super().__init__(
            {"view": first},
            groups=groups,
            elem_id="navigation",
            **assets("navigation", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "view: the tab that is open"}
