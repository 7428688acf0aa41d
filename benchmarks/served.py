"""The page in a process of its own, and clients that cost little: for measuring it under load."""

import asyncio
import gzip
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 120  # for the page to come up, and for any answer


class Answer(NamedTuple):
    """What a client got: `seconds` from the question to the last byte."""

    status: int
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


class Served:
    """`with Served() as server`: the page as `make app` starts it, on a free port of loopback.

    Figures of its process are read from /proc, so this is for Linux.
    """

    def __init__(self, **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._environment = os.environ | {"LATENT_OFFLINE": "1"} | environment
        self.seconds_to_start = 0.0

    def __enter__(self) -> "Served":
        started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(self.port)],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not asyncio.run(self._is_ready()):
            if time.monotonic() - started > MOST_SECONDS or self._process.poll() is not None:
                raise RuntimeError("The page did not start.")
            time.sleep(0.05)
        self.seconds_to_start = time.monotonic() - started
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(MOST_SECONDS)

    async def _is_ready(self) -> bool:
        try:
            async with Client(self) as client:
                return (await client.get("/health")).status == 200
        except OSError:
            return False

    def _status(self, name: str) -> str:
        text = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        return next(line for line in text.splitlines() if line.startswith(f"{name}:")).split()[1]

    @property
    def megabytes(self) -> float:
        """The memory it holds now."""
        return int(self._status("VmRSS")) / 1024

    @property
    def descriptors(self) -> int:
        """How many files and connections it has open."""
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    @property
    def processor_seconds(self) -> float:
        """What it has computed so far, on all cores together."""
        text = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Client:
    """One connection, which stays open: `async with Client(server) as client`.

    An HTTP library would cost as much of the shared cores as the server takes. `address` is the
    one of loopback that it comes from; `page`: the number that an open page gives itself.
    """

    def __init__(self, server: Served, address: str = "127.0.0.1", page: str = ""):
        self._server, self._address, self._page = server, address, page

    async def __aenter__(self) -> "Client":
        await self._connect()
        return self

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._server.port, local_addr=(self._address, 0)
        )

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def get(self, path: str) -> Answer:
        """Ask for a page or a file, as browsers do, compressed."""
        return await self._send("GET", path, b"")

    async def ask(self, route: str, question: Any) -> Answer:
        """Ask a route of ours."""
        return await self._send("POST", f"/ask/{route}", json.dumps(question).encode())

    async def post(self, path: str, body: bytes) -> Answer:
        """Send JSON, or what pretends to be."""
        return await self._send("POST", path, body)

    async def _send(self, method: str, path: str, body: bytes) -> Answer:
        # The server closes connections that are idle for seconds. Where it does so just as we ask,
        # we ask again, as browsers do.
        if self._reader.at_eof():
            await self._reconnect()
        try:
            return await self._exchange(method, path, body)
        except (ConnectionResetError, asyncio.IncompleteReadError):
            await self._reconnect()
            return await self._exchange(method, path, body)

    async def _reconnect(self) -> None:
        self._writer.close()
        await self._connect()

    async def _exchange(self, method: str, path: str, body: bytes) -> Answer:
        started = time.perf_counter()
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n"
            f"Content-Type: application/json\r\nAccept-Encoding: gzip\r\nX-Page: {self._page}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        async with asyncio.timeout(MOST_SECONDS):
            await self._writer.drain()
            status, headers = await self._head()
            content = await self._body(headers)
        return Answer(status, content, time.perf_counter() - started)

    async def _head(self) -> tuple[int, dict[str, str]]:
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            content = await self._reader.readexactly(int(headers["content-length"]))
        else:
            content = await self._chunks()
        return gzip.decompress(content) if headers.get("content-encoding") == "gzip" else content

    async def _chunks(self) -> bytes:
        content = b""
        while size := int(await self._reader.readline(), 16):
            content += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return content
