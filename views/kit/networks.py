"""The networks that run in the visitor's browser, each a file under an address with its hash."""

import logging
from collections.abc import Mapping

from models.portable import NotPortableError, classifier_file, decoder_file, encoder_file
from models.zoo import Entry
from views.kit.files import Files

PARTS = {"decoder": decoder_file, "encoder": encoder_file, "classifier": classifier_file}
BINARY = "application/octet-stream"
FACTS = {"decoder": "has_decoder", "encoder": "has_encoder", "classifier": "has_classifier"}

log = logging.getLogger(__name__)


class Networks:
    """Files are made while the page is laid out, by whatever names a network: visitors fetch bytes
    and nothing is computed for them, and networks that no view runs in a browser are not packed."""

    def __init__(self, zoo: Mapping[str, Entry], files: Files):
        self._zoo = zoo
        self._files = files
        self._addresses: dict[str, dict[str, str]] = {}

    def addresses(self, name: str) -> dict[str, str]:
        """{part: address relative to the page}; a part the browser cannot run is left out."""
        if name not in self._addresses:
            self._addresses[name] = self._publish(self._zoo[name])
        return self._addresses[name]

    def _publish(self, entry: Entry) -> dict[str, str]:
        addresses = {}
        for part, export in PARTS.items():
            if not getattr(entry.model, FACTS[part]):
                continue
            try:
                content = export(entry.model)
            except NotPortableError as error:
                log.warning("%s of %s stays on the server: %s", part, entry.card.name, error)
                continue
            addresses[part] = self._files.publish(f"{part}.safetensors", content, BINARY)
        return addresses
