"""Connections that never become a request, which uvicorn keeps for ever, are bounded here."""

import asyncio
from typing import Any

from gradio.http_server import Server

PATIENCE = 20.0  # seconds until an address and headers must have come
MOST = 800  # open ones; a browser holds six, and most systems allow a process 1,024 files


class Impatient:
    """What a connection of uvicorn's needs to end if it says nothing, or if there are too many."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    connections: set[Any]
    cycle: Any
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A visitor has connected."""
        super().connection_made(transport)  # pyright: ignore[reportAttributeAccessIssue]
        if len(self.connections) > MOST:
            transport.close()
        else:
            self._expect_request()

    def data_received(self, data: bytes) -> None:
        """A part of a request has come."""
        super().data_received(data)  # pyright: ignore[reportAttributeAccessIssue]
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """The visitor is gone."""
        super().connection_lost(exc)  # pyright: ignore[reportAttributeAccessIssue]
        self._stop_timer()

    def _expect_request(self) -> None:
        """Begin to wait for a request, or stop as it has reached the application."""
        if self._is_answering():
            self._stop_timer()
        elif self._timer is None:
            self._timer = self.loop.call_later(PATIENCE, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _give_up(self) -> None:
        self._timer = None
        if not self._is_answering():
            self.transport.close()


def bound_connections(server: Server) -> None:
    """Have a running server make its next connections impatient."""
    usual = server.config.http_protocol_class
    server.config.http_protocol_class = type("Connection", (Impatient, usual), {})
