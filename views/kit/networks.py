"""The networks that run in the visitor's browser, each a file under an address with its hash."""

import gzip
import hashlib
import logging
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.portable import NotPortable, classifier_file, decoder_file, encoder_file
from models.zoo import Entry

PATH = "networks"
PARTS = {"decoder": decoder_file, "encoder": encoder_file, "classifier": classifier_file}
FACTS = {"decoder": "has_decoder", "encoder": "has_encoder", "classifier": "has_classifier"}
FOR_EVER = "public, max-age=31536000, immutable"  # another network has another hash

log = logging.getLogger(__name__)


class Networks:
    """Files are made while the page is laid out, by whatever names a network: visitors fetch bytes
    and nothing is computed for them, and networks that no view runs in a browser are not packed."""

    def __init__(self, zoo: Mapping[str, Entry]):
        self._zoo = zoo
        self._files: dict[str, bytes] = {}  # compressed
        self._addresses: dict[str, dict[str, str]] = {}

    def addresses(self, name: str) -> dict[str, str]:
        """{part: address relative to the page}; a part the browser cannot run is left out."""
        if name not in self._addresses:
            self._addresses[name] = self._publish(self._zoo[name])
        return self._addresses[name]

    def answer(self, request: Request) -> Response:
        """What GET /networks/{file} gives."""
        name = request.path_params["file"]
        if name not in self._files:
            return JSONResponse({"detail": "There is no such network; reload the page."}, 404)
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        content = self._files[name]
        encodings = request.headers.get("accept-encoding", "").lower().replace(" ", "")
        if "gzip" in encodings and "gzip;q=0" not in encodings:
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
        return Response(content, media_type="application/octet-stream", headers=headers)

    def _publish(self, entry: Entry) -> dict[str, str]:
        addresses = {}
        for part, export in PARTS.items():
            if not getattr(entry.model, FACTS[part]):
                continue
            try:
                content = export(entry.model)
            except NotPortable as error:
                log.warning("%s of %s stays on the server: %s", part, entry.card.name, error)
                continue
            file = f"{part}-{hashlib.sha256(content).hexdigest()[:16]}.safetensors"
            self._files[file] = gzip.compress(content)
            addresses[part] = f"{PATH}/{file}"
        return addresses
