"""The document of the page: rendered once for each of its addresses, and the same for everybody."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from views.shell.front import MOST_ADDRESSES, FrontPage


@pytest.fixture
def rendered():
    """The query and host of every request that the application renders."""
    return []


@pytest.fixture
def client(rendered):
    async def page(request: Request):
        await asyncio.sleep(0)
        rendered.append((request.url.query, request.headers["host"]))
        if request.headers["host"] == "broken":
            return HTMLResponse("no", 400)
        nonce = request.scope["nonce"]
        return HTMLResponse(f"<p>{request.headers['host']}</p><script nonce={nonce}>" * 2)

    class Nonces:
        """As the guard does, for each request another."""

        def __init__(self, app):
            self.app, self.count = app, 0

        async def __call__(self, scope, receive, send):
            self.count += 1
            await self.app({**scope, "nonce": f"nonce{self.count:04}"}, receive, send)

    routes = [Route("/", page, methods=["GET", "POST"]), Route("/other", page)]
    return TestClient(
        Starlette(routes=routes, middleware=[Middleware(Nonces), Middleware(FrontPage)])
    )


def test_it_is_rendered_once_and_every_visitor_gets_a_nonce(client, rendered):
    first = client.get("/")
    again = client.get("/?view=maps&__theme=dark")
    assert first.text == "<p>testserver</p><script nonce=nonce0001>" * 2
    assert again.text == first.text.replace("nonce0001", "nonce0002")
    assert again.headers["cache-control"] == "no-cache"
    assert rendered == [("", "testserver")]


def test_every_address_has_its_own_document_and_a_few_are_kept(client, rendered):
    for number in range(MOST_ADDRESSES + 1):
        host = {"Host": f"name{number}"}
        assert client.get("/", headers=host).text.startswith(f"<p>name{number}</p>")
    client.get("/", headers={"Host": f"name{MOST_ADDRESSES}"})
    assert len(rendered) == MOST_ADDRESSES + 1
    client.get("/", headers={"Host": "name0"})  # the oldest was forgotten
    assert len(rendered) == MOST_ADDRESSES + 2


def test_what_is_no_plain_document_is_handed_on(client, rendered):
    client.get("/other")
    client.post("/")
    assert len(rendered) == 2
    assert client.get("/", headers={"Host": "broken"}).status_code == 400
    assert client.get("/", headers={"Host": "broken"}).status_code == 400
    assert len(rendered) == 6  # a refusal is not kept: asked once to keep it, once to answer
