"""Files of the page that never change: each has its hash in its address and is kept for good."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PATH = "files"
FOR_EVER = "public, max-age=31536000, immutable"  # another content has another address


@dataclass(frozen=True)
class File:
    """What is served: its bytes, plain and compressed once for everybody, and its media type."""

    plain: bytes
    zipped: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "File":
        """The file of this content, compressed and named by its hash."""
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(content, gzip.compress(content), media_type, digest)

    def response(self, request: Request) -> Response:
        """The file, compressed for whoever accepts that."""
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        encodings = request.headers.get("accept-encoding", "").lower().replace(" ", "")
        if "gzip" in encodings and "gzip;q=0" not in encodings:
            headers["Content-Encoding"] = "gzip"
            return Response(self.zipped, media_type=self.media_type, headers=headers)
        return Response(self.plain, media_type=self.media_type, headers=headers)


class Files:
    """What views publish while the page is laid out: visitors fetch bytes, nothing is computed."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}

    def publish(self, name: str, content: bytes, media_type: str) -> str:
        """The address of this content, relative to the page; `name` is a stem and a suffix."""
        file = File.of(content, media_type)
        stem, _, suffix = name.partition(".")
        unique = f"{stem}-{file.digest}.{suffix}"
        self._files[unique] = file
        return f"{PATH}/{unique}"

    def publish_json(self, name: str, value: Any) -> str:
        """The address of a value as JSON. Raises ValueError for numbers that are not finite."""
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        return self.publish(f"{name}.json", text.encode(), "application/json")

    def answer(self, request: Request) -> Response:
        """What GET /files/{name} gives."""
        file = self._files.get(request.path_params["name"])
        return file.response(request) if file else missing()


def missing() -> JSONResponse:
    """There is no such file: most likely the page is older than the server."""
    return JSONResponse({"error": "There is no such file; reload the page."}, 404)
