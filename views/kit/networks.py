"""The networks that run in the visitor's browser, each a file that is made when it is asked for."""

import logging
from collections.abc import Mapping
from functools import partial

from models import portable
from models.portable import NotPortableError
from models.zoo import Entry
from views.kit.files import Files

PARTS = {
    "decoder": portable.decoder,
    "encoder": portable.encoder,
    "classifier": portable.classifier,
}
BINARY = "application/octet-stream"
FACTS = {"decoder": "has_decoder", "encoder": "has_encoder", "classifier": "has_classifier"}

log = logging.getLogger(__name__)


class Networks:
    """Addresses are given out while the page is laid out, for which no weights are needed; a file
    is made when the first browser fetches it, and most never are."""

    def __init__(self, zoo: Mapping[str, Entry], files: Files):
        self._zoo = zoo
        self._files = files
        self._addresses: dict[str, dict[str, str]] = {}

    def addresses(self, name: str) -> dict[str, str]:
        """{part: address relative to the page}; a part the browser cannot run is left out."""
        if name not in self._addresses:
            self._addresses[name] = self._promise(self._zoo[name])
        return self._addresses[name]

    def _promise(self, entry: Entry) -> dict[str, str]:
        addresses = {}
        for part, export in PARTS.items():
            if not getattr(entry.architecture, FACTS[part]):
                continue
            try:
                export(entry.architecture)
            except NotPortableError as error:
                log.warning("%s of %s stays on the server: %s", part, entry.card.name, error)
                continue
            make = partial(_content, entry, part)
            file = f"{part}.safetensors"
            addresses[part] = self._files.promise(file, [entry], make, BINARY)
        return addresses


def _content(entry: Entry, part: str) -> bytes:
    return PARTS[part](entry.model).content()
