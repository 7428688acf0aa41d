"""Serve the page: python app.py. LATENT_PORT chooses the port."""

import os
import sys
from pathlib import Path

# Before Gradio: it asks its own server whether it is up, and a proxy would answer instead.
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = ",".join(filter(None, (os.environ.get(name), "localhost", "127.0.0.1")))

from views.lab import open_lab
from views.page import serve

CHECKPOINTS = Path(__file__).parent / "checkpoints"


def main() -> None:
    """Serve until stopped; a port or device that cannot be had ends in one line."""
    port = os.environ.get("LATENT_PORT") or None
    if port and not (port.isdecimal() and len(port) < 6 and 0 < int(port) < 65_536):
        sys.exit("LATENT_PORT must be a number from 1 to 65535.")
    try:
        lab = open_lab(CHECKPOINTS)
    except ValueError as error:
        sys.exit(str(error))
    try:
        serve(lab, server_port=port and int(port))
    except OSError as error:
        if error.filename:  # a file of ours is missing, which has nothing to do with ports
            raise
        tried = port or "7860 and those after it"
        sys.exit(f"Port {tried} cannot be used; set LATENT_PORT to a free one.")


if __name__ == "__main__":
    main()
