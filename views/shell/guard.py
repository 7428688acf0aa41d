"""What every request passes before anything is parsed: who asks, for what, and how much they send.

Gradio brings routes that this page has no use for (uploads, files, a proxy, deep links) and reads a
body whole, on the event loop, before it asks whether anybody wants it. So only the routes listed
here are open, each with a bound, and every refusal is one sentence with a status of 4xx.
"""

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from views.kit.routes import MOST_BODY, PATH
from views.kit.validate import UNFORESEEN
from views.shell.policy import Policy

READ = ("GET", "HEAD")
# Below /ask, among the files and the lectures, whoever answers says what is missing.
OPEN = (
    (READ, r"/|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/health|/ready"),
    (READ, r"/(assets|static|scripts|files|lectures)/.+"),
    (READ, r"/(preview|apple-touch-icon)\.png"),
    (READ, r"/gradio_api/(info/?|openapi\.json|app_id/?|startup-events|theme\.css|queue/data)"),
    (READ, r"/gradio_api/call/(v2/)?[^/]+/[^/]+"),
    (("POST",), rf"{PATH}/.+"),
    (("POST",), r"/gradio_api/call/(v2/)?[^/]+/?"),
    (("POST",), r"/gradio_api/(queue/join|cancel)"),
)
MOST_ADDRESS = 1024  # bytes of a path; a file's name may have 255
MOST_QUERY = 4096
MOST_PARTS = 20_000  # commas and opening brackets in JSON: twelve of the largest images
MOST_DEPTH = 32
MOST_HELD = 64 * 2**20  # bytes of bodies that are being read, of all visitors together
PART_PATIENCE = 20.0  # seconds until the next part of a body must have come
BODY_PATIENCE = 180.0  # and until the last: a photo of 14 MB at a megabit a second takes 110
TOO_MUCH = "That is too much to send; send less."
CROWDED = "Too many send pictures at once; try again in five seconds."
AGAIN = {"Retry-After": "5"}
_BRACKETS = re.compile(rb"[\[\]{}]")
_OPEN = tuple((methods, re.compile(pattern, re.ASCII)) for methods, pattern in OPEN)

log = logging.getLogger(__name__)
requests = logging.getLogger("latent.requests")


class RefusedError(Exception):
    """What the visitor is told, and the status."""

    def __init__(self, status: int, sentence: str, **headers: str):
        super().__init__(sentence)
        self.response = JSONResponse({"error": sentence}, status, headers)


class _LeftError(Exception):
    """Whoever asked is gone before the question was complete."""


@dataclass
class Guard:
    """An ASGI application in front of another.

    `most_body` says, by path, how many bytes a question may have where that is not MOST_BODY.
    `closing` refuses whatever is new; `running` counts what is being answered, streams aside.
    """

    app: ASGIApp
    policy: Policy
    most_body: Mapping[str, int]
    closing: bool = False
    running: int = 0
    _held: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, or refuse."""
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008, "reason": ""})
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        answer = _Answer(send, self.policy.headers(scope))
        begun = time.perf_counter()
        try:
            await self._answer(scope, receive, answer)
        except _LeftError:
            pass
        except RefusedError as refused:
            await refused.response(scope, receive, answer)
        except Exception:
            # Whatever is known to be nonsense has been refused by now: this is a fault of ours.
            log.exception("%s %s failed.", scope["method"], plain(scope["path"]))
            if not answer.status:
                await JSONResponse({"error": UNFORESEEN}, 500)(scope, receive, answer)
        took = 1000 * (time.perf_counter() - begun)
        told = (scope["method"], plain(scope["path"]), answer.status, took)
        requests.info("%s %s %d %.0f ms", *told)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.closing:
            # Not 4xx: nothing is wrong with the question, and a balancer must look elsewhere.
            raise RefusedError(503, "The page is being stopped; come back in a moment.", **AGAIN)
        path = route_path(scope)
        _check_address(scope, path)
        if fault := self.policy.fault(scope):
            raise RefusedError(*fault)
        waits = not is_stream(path)  # a stream lasts as long as its visitor wants it to
        self.running += waits
        try:
            if scope["method"] == "POST":
                await self._run(scope, receive, send, self.most_body.get(path, MOST_BODY))
            else:
                await self.app(scope, receive, send)
        finally:
            self.running -= waits

    async def _run(self, scope: Scope, receive: Receive, send: Send, room: int) -> None:
        body = await self._read(scope, receive, room)
        try:
            _check_shape(body)
            await self.app(scope, _replay(body, receive), send)
        finally:
            self._held -= len(body)

    async def _read(self, scope: Scope, receive: Receive, room: int) -> bytes:
        """The whole body, if it fits; whatever else is refused as soon as that is known."""
        if _declared(scope) > room:
            raise RefusedError(413, TOO_MUCH)
        end = asyncio.get_running_loop().time() + BODY_PATIENCE
        parts: list[bytes] = []
        size = elements = 0
        more = True
        try:
            while more:
                message = await _next(receive, end)
                part, more = message.get("body", b""), message.get("more_body", False)
                parts.append(part)
                size += len(part)
                self._held += len(part)
                elements += part.count(b",") + part.count(b"[") + part.count(b"{")
                if size > room:
                    raise RefusedError(413, TOO_MUCH)
                if elements > MOST_PARTS:
                    raise RefusedError(413, "That has too many parts; send less.")
                if self._held > MOST_HELD:
                    raise RefusedError(429, CROWDED, **AGAIN)
        except BaseException:
            self._held -= size
            raise
        return b"".join(parts)


class _Answer:
    """A `send` that adds headers and remembers the status, 0 until there is one."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]):
        self._send, self._headers, self.status = send, headers, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
        await self._send(message)


def route_path(scope: Scope) -> str:
    """The path without what a proxy puts before it."""
    path, root = scope["path"], scope.get("root_path", "")
    inside = root and (path == root or path.startswith(f"{root}/"))
    return (path[len(root) :] or "/") if inside else path


def is_stream(path: str) -> bool:
    """Is this the path of an answer that comes bit by bit, of Gradio's queue?"""
    return bool(re.fullmatch(r"/gradio_api/(queue/data|call/(v2/)?[^/]+/[^/]+)", path))


def _check_address(scope: Scope, path: str) -> None:
    """Raises RefusedError unless something answers at this path by this method."""
    if len(path) > MOST_ADDRESS or len(scope["query_string"]) > MOST_QUERY:
        raise RefusedError(414, "That address is too long; open the page by a link or without one.")
    methods = {m for found, pattern in _OPEN if pattern.fullmatch(path) for m in found}
    if not methods or "\0" in path:
        raise RefusedError(404, "There is nothing at this address; go back to the page.")
    if scope["method"] not in methods:
        raise RefusedError(
            405, f"Ask this by {sorted(methods)[0]}.", Allow=", ".join(sorted(methods))
        )


def _check_shape(body: bytes) -> None:
    """Raises RefusedError for JSON that is nested deeper than any question is.

    Brackets within texts count, too. Whoever uses them to hide some nesting only gets it as far as
    the parser, which has a bound of its own.
    """
    depth = 0
    for bracket in _BRACKETS.finditer(body):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MOST_DEPTH:
            raise RefusedError(413, "That is nested too deep; send plain lists.")


async def _next(receive: Receive, end: float) -> Message:
    """The next part of a body. Raises RefusedError if it does not come, _LeftError if all left."""
    soon = asyncio.get_running_loop().time() + PART_PATIENCE
    try:
        async with asyncio.timeout_at(min(soon, end)):
            message = await receive()
    except TimeoutError:
        raise RefusedError(408, "The rest did not come in time; send it again.") from None
    if message["type"] == "http.disconnect":
        raise _LeftError
    return message


def _declared(scope: Scope) -> int:
    """The length that the request says its body has; 0 if it does not say."""
    text = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(text) if text.isdigit() and len(text) < 20 else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives this body at once, and then waits until the visitor leaves."""
    told = False

    async def whole() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return whole


def plain(path: str) -> str:
    """A path as one short line, whatever was in it."""
    return ascii(path[:200])[1:-1]
