"""GET / written once: Gradio renders and compresses the same document anew for every visitor."""

import asyncio
import gzip
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_ADDRESSES = 8  # under which the page is known, such as its name, its number and a proxy's
# What Gradio reads the page's own address from, which stands in the document.
NAMING = ("host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix")


class FrontPage:
    """Middleware that keeps what the application answers to GET /, for each address of the page.

    The query is the page's script's to read; a document differs by it only where somebody asks for
    a stored state by `deep_link`, which is passed on.
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._kept: OrderedDict[tuple[str, ...], tuple[bytes, bytes]] = OrderedDict()
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
            plain, zipped = self._kept[address]
        await _response(Request(scope), plain, zipped)(scope, receive, send)

    async def _render(self, scope: Scope) -> bytes | None:
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
        return b"".join(parts) if statuses == [200] else None

    def _keep(self, address: tuple[str, ...], document: bytes) -> None:
        self._kept[address] = document, gzip.compress(document)
        if len(self._kept) > MOST_ADDRESSES:
            self._kept.popitem(last=False)


def _asks_for_the_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and scope["path"].removeprefix(scope.get("root_path", "")) in ("", "/")
        and b"deep_link" not in scope["query_string"]
    )


def _response(request: Request, plain: bytes, zipped: bytes) -> Response:
    """The document, compressed for whoever accepts that, and asked for anew each time."""
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(zipped, media_type="text/html", headers=headers)
    return Response(plain, media_type="text/html", headers=headers)
