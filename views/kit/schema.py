"""The JSON schema of all that travels between server and scripts: python -m views.kit.schema.

`make lint` writes views/kit/routes.d.ts from it, which `tsc` reads: an interface Routes, by the
name of the route {question, answer}, an interface Props, by the module of the component, and an
interface Files, by the module and the model of what a file holds.
"""

import json
import sys
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from views.kit.component import Component
from views.kit.routes import FUNCTIONS, models_of
from views.shell import page


def schema() -> dict[str, Any]:
    """One schema with the properties Routes, Props and Files, and every model under $defs."""
    routes = {name: models_of(function) for name, function in sorted(FUNCTIONS.items())}
    props = dict(sorted(_props().items()))
    files = _files()
    asked = [model for pair in routes.values() for model in pair]
    models = [*asked, *props.values(), *files.values()]
    refs, definitions = models_json_schema(
        [(model, "serialization") for model in dict.fromkeys(models)]
    )
    ref = {model: refs[model, "serialization"] for model in models}
    return {
        "title": "Wire",
        "type": "object",
        "properties": {
            "routes": _named(
                "Routes",
                {
                    name: _object({"question": ref[question], "answer": ref[answer]})
                    for name, (question, answer) in routes.items()
                },
            ),
            "props": _named("Props", {module: ref[model] for module, model in props.items()}),
            "files": _named("Files", {name: ref[model] for name, model in files.items()}),
        },
        "required": ["routes", "props", "files"],
        "additionalProperties": False,
        "$defs": _plain(definitions.get("$defs", {})),
    }


def _plain(node: Any) -> Any:
    """Without the titles that pydantic gives to every field: each would become a type.

    Nor with the bounds of a list's length, which the server checks and a script cannot prove to
    keep.
    """
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    dropped = {"title"} if isinstance(node.get("title"), str) else set()
    dropped |= {"minItems", "maxItems"}
    return {k: _plain(v) for k, v in node.items() if k not in dropped}


def _props() -> dict[str, type[BaseModel]]:
    """What each component gives to its script, by the script's path without its suffix."""
    found = {}
    for component in Component.__subclasses__():
        _, folder, stem = component.__module__.split(".")
        if component.PROPS:
            found[f"{folder}/{stem}"] = component.PROPS
    return found


def _files() -> dict[str, type[BaseModel]]:
    """What the files of components hold, by the script's path and the model's name."""
    found = {}
    for component in Component.__subclasses__():
        _, folder, stem = component.__module__.split(".")
        found |= {f"{folder}/{stem}/{model.__name__}": model for model in component.FILES}
    return dict(sorted(found.items()))


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _named(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, **_object(properties)}


if __name__ == "__main__":
    page.load_views()  # for the components and routes that they declare
    json.dump(schema(), sys.stdout)
