"""The base of all custom components: a class with its .html, .css and .js beside it."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import component_meta
from pydantic import BaseModel

from views.kit import scripts

# Gradio runs this text when the component is mounted. The module lies beside the page, behind
# whatever prefix a proxy gives it; a relative specifier would not resolve here.
MOUNT = (
    "const load = (address) => import(new URL(address, document.baseURI));"
    " Promise.all([load({mounting!r}), load({script!r})])"
    ".catch((error) => {{ element.textContent = 'This part did not load; reload the page.';"
    " element.dataset.mounted = ''; throw error; }})"
    ".then(([mounting, script]) =>"
    " mounting.mountComponent({{ element, props, mount: script.default }}))"
)
# A template's parts are not where they will be until its script has run.
UNMOUNTED = "&:not([data-mounted]) { visibility: hidden; }\n"


def _write_no_stub(*_: Any) -> None:
    pass


# Gradio writes a stub, name.pyi, beside every class of components, and never anew: type checkers
# would read these old copies instead of the classes.
component_meta.create_or_modify_pyi = _write_no_stub


class Component(gr.HTML):
    """A `gr.HTML` whose template, style and script bear the name of the Python file of its class.

    `props` is what the script is given, as JSON, and of the model PROPS; to it is added `view`,
    the folder of the view that it is a part of. FILES are models of what
    the files hold whose addresses the props have. No event of a component reaches Python: what
    needs the server asks a route.
    """

    PROPS: type[BaseModel] | None = None
    FILES: tuple[type[BaseModel], ...] = ()

    def __init__(self, props: BaseModel | None = None, value: Any = None, **keywords: Any):
        file = Path(import_module(type(self).__module__).__file__ or "")
        super().__init__(
            value,
            html_template=_text(file.with_suffix(".html")),
            css_template=UNMOUNTED + _text(file.with_suffix(".css")),
            js_on_load=MOUNT.format(
                mounting=scripts.address("kit/mounting.js"),
                script=scripts.address(file.with_suffix(".js")),
            ),
            apply_default_css=False,
            view=file.parent.name,
            **(props.model_dump(mode="json") if props else {}),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        """Components take no part in the public interface: see views/shell/api.py."""
        return {"type": "object", "description": "nothing: the component asks for itself"}


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
