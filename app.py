"""Serve the page: python app.py. Its options, and what stands for them, are told by --help."""

import argparse
import os
import re
import socket
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # before anything that an older one cannot even read
    here = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        f"Latent Lab needs Python 3.11 or newer, and this is {here}: start it with a newer one."
    )

CHECKPOINTS = Path(__file__).parent / "checkpoints"
PREFIX = re.compile(r"/[\w.~%/-]*|https?://[\w.~%/:\[\]-]+", re.ASCII)


def main(arguments: list[str] | None = None) -> None:
    """Serve until stopped; a value that cannot be used ends in one sentence."""
    options = _parse(arguments)
    host, port, root_path = _host(options.host), _port(options.port), _root_path(options.root_path)
    # Gradio asks its own server whether it is up, and a proxy would answer instead.
    for name in ("NO_PROXY", "no_proxy"):
        names = (os.environ.get(name), "localhost", "127.0.0.1", host.strip("[]"))
        os.environ[name] = ",".join(filter(None, names))

    # Only now: they take seconds, and Gradio reads the environment.
    from views.kit.lab import open_lab
    from views.shell.page import serve

    try:
        lab = open_lab(CHECKPOINTS, options.checkpoints)
    except ValueError as error:
        sys.exit(str(error))
    try:
        serve(lab, server_name=host, server_port=port, root_path=root_path)
    except OSError as error:
        if error.filename:  # a file of ours is missing, which has nothing to do with ports
            raise
        tried = port or "7860 and those after it"
        sys.exit(f"Port {tried} cannot be used; choose a free one with --port or LATENT_PORT.")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Serve Latent Lab, a page that shows what autoencoders know.",
        epilog="The README lists further settings.",
    )
    parser.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1",
        help="address to listen on: 127.0.0.1 lets in this machine alone, 0.0.0.0 everybody who "
        "reaches it (default: GRADIO_SERVER_NAME, or 127.0.0.1)",
    )
    parser.add_argument(
        "--port",
        default=os.environ.get("LATENT_PORT"),
        help="port to listen on (default: LATENT_PORT, or the first free one from 7860 on)",
    )
    parser.add_argument(
        "--root-path",
        default=os.environ.get("GRADIO_ROOT_PATH"),
        help="what a proxy puts before every path, as in /lab, or the page's whole address "
        "(default: GRADIO_ROOT_PATH)",
    )
    parser.add_argument(
        "--checkpoints",
        help="folder of further checkpoints; of equal names these are shown "
        "(default: LATENT_CHECKPOINTS)",
    )
    return parser.parse_args(arguments)


def _host(name: str) -> str:
    """The address to listen on, as it stands in a URL."""
    try:
        kind, *_, place = socket.getaddrinfo(name.strip("[]"), 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind) as probe:
            probe.bind(place)
    except (OSError, UnicodeError):
        sys.exit("--host must be an address of this machine, as 127.0.0.1 and 0.0.0.0 are.")
    return f"[{name.strip('[]')}]" if kind == socket.AF_INET6 and ":" in name else name


def _port(text: str | None) -> int | None:
    """The port to listen on; None for the first that is free."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65_536):
        sys.exit("--port, or LATENT_PORT, must be a number from 1 to 65535.")
    return int(text)


def _root_path(text: str | None) -> str:
    """What stands before the page's own path, without a slash at its end."""
    if text and not PREFIX.fullmatch(text):
        sys.exit(
            "--root-path must begin with a slash, or be a whole http(s) address, and hold no "
            "space, question mark or #."
        )
    return (text or "").rstrip("/")


if __name__ == "__main__":
    main()
