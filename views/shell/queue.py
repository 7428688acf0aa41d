"""Gradio's queue, which programs ask by name, with an end: of what waits and of what nobody reads.

Gradio refuses nothing and keeps every answer until it is read. Here each program has so many
questions open, all together so many wait, and an answer that nobody listens for is dropped.
"""

import asyncio
import math
import time
from typing import Any, NoReturn
from urllib.parse import parse_qs

from gradio import Blocks
from gradio.queueing import Queue
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from views.kit.worker import REFUSED_AFTER
from views.shell.guard import is_stream, route_path

AT_ONCE = 2  # questions that the worker has; the others wait here
MOST_WAITING = 32  # questions, of everybody
MOST_OPEN = 8  # questions of one session, waiting, running or answered and not read
MOST_STREAMS = 256  # answers that are being read
MOST_KEPT = 16  # sessions with answers that nobody listens for, at up to 4 MB each
KEPT = 60.0  # seconds that those are kept
USUAL = 0.5  # seconds of a question, until one has been answered


class BoundedQueue(Queue):
    """Refuses with a sentence what would not be answered soon."""

    def __init__(self, blocks: Blocks):
        super().__init__(
            live_updates=True,
            concurrency_count=blocks.max_threads,
            update_intervals=1,
            max_size=None,  # Gradio's own refusal is a 503 and says nothing of the time
            blocks=blocks,
            default_concurrency_limit=AT_ONCE,
        )
        self.listening: dict[str, int] = {}  # how many read the answers of a session
        self._heard: dict[str, float] = {}  # when a session last asked or listened, oldest first

    async def push(self, body: Any, request: Any, username: Any) -> Any:
        """As Gradio's; HTTPException 404 for what Python does not answer, 429 for too much."""
        function = self.blocks.fns.get(body.fn_index)
        if function is None or function.fn is None:
            raise HTTPException(404, "Nothing answers this; use one of the named endpoints.")
        self.forget()
        if len(self) >= MOST_WAITING:
            wait = self.seconds()
            await _refuse(
                f"Too many ask at once; try again in {wait} seconds.", {"Retry-After": str(wait)}
            )
        if len(self.pending_event_ids_session.get(body.session_hash, ())) >= MOST_OPEN:
            await _refuse("Too many questions are open; read their answers first.")
        success, event, state = await super().push(body, request, username)
        self.hear(body.session_hash)
        return success, event, state

    def hear(self, session: str) -> None:
        """This session is still there."""
        self._heard.pop(session, None)
        self._heard[session] = time.monotonic()

    def seconds(self) -> int:
        """How long whoever waits last will wait, by what questions have taken so far."""
        times = list(self.process_time_per_fn.values())
        count = sum(found.count for found in times)
        usual = sum(found.process_time for found in times) / count if count else USUAL
        return max(1, math.ceil(len(self) * usual / AT_ONCE))

    def forget(self) -> None:
        """Drop answers that nobody listens for: those older than KEPT, and all but MOST_KEPT."""
        asking = {event.session_hash for event in self.event_ids_to_events.values()}
        idle = [s for s in self._heard if s not in asking and s not in self.listening]
        now = time.monotonic()
        for position, session in enumerate(idle):
            if len(idle) - position > MOST_KEPT or now - self._heard[session] > KEPT:
                del self._heard[session]
                self.pending_messages_per_session.pop(session, None)
                self.pending_event_ids_session.pop(session, None)

    def session_of(self, event: str) -> str | None:
        """Whose answers are read by the id of one of their events; None if nobody's."""
        waiting = self.event_ids_to_events.get(event)
        if waiting is not None:
            return waiting.session_hash
        sessions = self.pending_event_ids_session.items()
        return next((session for session, events in sessions if event in events), None)

    def is_busy(self) -> bool:
        """Is a question not answered yet, or an answer being read?"""
        return bool(self.event_ids_to_events or self.listening)

    def compute_analytics_summary(self, records: Any) -> Any:
        """Nothing: nobody may see it, and it costs more than most answers."""
        return self.cached_event_analytics_summary


async def _refuse(sentence: str, headers: dict[str, str] | None = None) -> NoReturn:
    """Raises HTTPException 429 after a pause, which slows down who asks without listening."""
    await asyncio.sleep(REFUSED_AFTER)
    raise HTTPException(429, sentence, headers)


class Streams:
    """An ASGI application in front of Gradio: only sessions with something to read get a stream."""

    def __init__(self, app: ASGIApp, queue: BoundedQueue):
        self._app, self._queue = app, queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as Gradio does, or refuse a stream."""
        path = route_path(scope) if scope["type"] == "http" else ""
        if not is_stream(path):
            return await self._app(scope, receive, send)
        queue, session = self._queue, self._session(scope, path)
        if session is None or session not in queue.pending_messages_per_session:
            refused = JSONResponse({"error": "There is no answer to read; ask first."}, 404)
            return await refused(scope, receive, send)
        if sum(queue.listening.values()) >= MOST_STREAMS:
            refused = JSONResponse({"error": "Too many read at once; try again in a minute."}, 429)
            return await refused(scope, receive, send)
        queue.listening[session] = queue.listening.get(session, 0) + 1
        try:
            await self._app(scope, receive, send)
        finally:
            queue.hear(session)
            queue.listening[session] -= 1
            if not queue.listening[session]:
                del queue.listening[session]

    def _session(self, scope: Scope, path: str) -> str | None:
        if not path.endswith("/queue/data"):
            return self._queue.session_of(path.rpartition("/")[2])
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        return asked.get("session_hash", [None])[0]
