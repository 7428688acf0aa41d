"""GET / rendered once: Gradio renders the same document anew for every visitor."""

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_ADDRESSES = 8  # under which the page is known, such as its name, its number and a proxy's
# What Gradio reads the page's own address from, which stands in the document.
NAMING = ("host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix")


class Document(NamedTuple):
    """What the application answered, and the nonce of the request that it answered."""

    content: bytes
    nonce: bytes

    def for_visitor(self, scope: Scope) -> bytes:
        """The document with the nonce of another request."""
        return self.content.replace(self.nonce, _nonce(scope))


class FrontPage:
    """Middleware that keeps what the application answers to GET /, for each address of the page.

    The query is the page's script's to read: deep links, for which Gradio reads it, are closed.
    What differs from visitor to visitor is the nonce of the page's own scripts (see policy.py).
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._kept: OrderedDict[tuple[str, ...], Document] = OrderedDict()
        self._rendering = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET / from what is kept; hand everything else on."""
        if not _asks_for_the_page(scope):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        address = (
            scope["scheme"],
            scope.get("root_path", ""),
            *(headers.get(name, "") for name in NAMING),
        )
        async with self._rendering:
            if address not in self._kept:
                document = await self._render(scope)
                if document is None:
                    return await self._app(scope, receive, send)
                self._keep(address, document)
            self._kept.move_to_end(address)
            kept = self._kept[address]
        # Asked for anew each time: a page that is opened again is today's.
        answer = HTMLResponse(kept.for_visitor(scope), headers={"Cache-Control": "no-cache"})
        await answer(scope, receive, send)

    async def _render(self, scope: Scope) -> Document | None:
        """What the application answers; None for anything but a document."""
        parts: list[bytes] = []
        statuses: list[int] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            parts.append(message.get("body", b""))

        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self._app({**scope, "headers": plain, "query_string": b""}, receive, send)
        return Document(b"".join(parts), _nonce(scope)) if statuses == [200] else None

    def _keep(self, address: tuple[str, ...], document: Document) -> None:
        self._kept[address] = document
        if len(self._kept) > MOST_ADDRESSES:
            self._kept.popitem(last=False)


def _asks_for_the_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and scope["path"].removeprefix(scope.get("root_path", "")) in ("", "/")
    )


def _nonce(scope: Scope) -> bytes:
    return scope["nonce"].encode()
