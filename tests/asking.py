"""Ask a route of the page as its scripts do, without a page."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from views.kit.routes import Routes


def asking(function: Callable, *bound: Any) -> Callable[[dict], dict]:
    """ask(question) for one route: what the server answers to that JSON, {"error": ...} included."""
    routes = Routes()
    routes.add(function, *bound)
    name, _ = vars(function)["route"]
    client = TestClient(routes.bounded())
    return lambda question: client.post(f"/{name}", json=question).json()
