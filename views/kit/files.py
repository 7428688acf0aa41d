"""Files of the page that never change: each has its hash in its address and is kept for good."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.zoo import CheckpointError, Entry, Once

PATH = "files"
FOR_EVER = "public, max-age=31536000, immutable"  # another content has another address
JSON = "application/json"
PROGRAM = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class File:
    """What is served: its bytes, compressed once for everybody, its media type, and its hash."""

    zipped: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "File":
        """The file of this content, compressed."""
        return cls(gzip.compress(content), media_type, _digest(content))

    @property
    def plain(self) -> bytes:
        """The bytes as they were; hardly anybody asks for them, and they are not kept."""
        return gzip.decompress(self.zipped)

    def response(self, request: Request) -> Response:
        """The file, compressed for whoever accepts that, as all browsers do."""
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        encodings = request.headers.get("accept-encoding", "").lower().replace(" ", "")
        if "gzip" in encodings and "gzip;q=0" not in encodings:
            headers["Content-Encoding"] = "gzip"
            return Response(self.zipped, media_type=self.media_type, headers=headers)
        return Response(self.plain, media_type=self.media_type, headers=headers)


class Files:
    """What views publish while the page is laid out, each file made when it is first asked for."""

    def __init__(self) -> None:
        self._files: dict[str, Callable[[], File]] = {}

    def publish(self, name: str, content: bytes, media_type: str) -> str:
        """The address of this content, relative to the page; `name` is a stem and a suffix."""
        return self._add(name, content, lambda: content, media_type)

    def publish_json(self, name: str, value: Any) -> str:
        """The address of a value as JSON. Raises ValueError for numbers that are not finite."""
        return self.publish(f"{name}.json", _json(value), JSON)

    def promise(
        self, name: str, entries: Iterable[Entry], make: Callable[[], bytes], media_type: str
    ) -> str:
        """The address of what `make` will return when the file is first asked for.

        It follows from the name, these checkpoints and this program, and from nothing else that
        another page, or another start, may have otherwise.
        """
        parts = (_program(), *(entry.digest for entry in entries))
        return self._add(name, "\n".join(parts).encode(), make, media_type)

    def promise_json(self, name: str, entries: Iterable[Entry], make: Callable[[], Any]) -> str:
        """The address of what `make` will return, as JSON; see `promise`."""
        return self.promise(f"{name}.json", entries, lambda: _json(make()), JSON)

    def _add(self, name: str, identity: bytes, make: Callable[[], bytes], media_type: str) -> str:
        stem, _, suffix = name.partition(".")
        unique = f"{stem}-{_digest(identity)}.{suffix}"
        self._files[unique] = Once(lambda: File.of(make(), media_type))
        return f"{PATH}/{unique}"

    def answer(self, request: Request) -> Response:
        """What GET /files/{name} gives; of a checkpoint found damaged, the sentence that says so.

        It is a plain function, which runs in a thread: making a file may take a moment.
        """
        find = self._files.get(request.path_params["name"])
        try:
            return find().response(request) if find else missing()
        except CheckpointError as error:
            return JSONResponse({"error": str(error)}, 404)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


@cache
def _program() -> str:
    """A hash of the program's text: what it makes of a checkpoint may change with it."""
    digest = hashlib.sha256()
    for folder in ("data", "explore", "models", "views"):
        for file in sorted((PROGRAM / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def missing() -> JSONResponse:
    """There is no such file: most likely the page is older than the server."""
    return JSONResponse({"error": "There is no such file; reload the page."}, 404)
