"""Ask a route of the page as its scripts do, without a page."""

import json
from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from views.kit.routes import Routes
from views.kit.worker import Worker


def asking(function: Callable, *bound: Any) -> Callable[[dict], dict]:
    """ask(question) for one route: what the server answers to that JSON, or {"error": ...}."""
    routes = Routes(Worker("test", 9))
    routes.add(function, *bound)
    name, _ = vars(function)["route"]
    client = TestClient(routes.app)
    headers = {"Content-Type": "application/json"}

    def ask(question: dict) -> dict:
        # Written out here: what sends JSON for us would refuse a NaN before the server can.
        return client.post(f"/{name}", content=json.dumps(question), headers=headers).json()

    return ask
