"""Serve the page: python app.py. Its options, and what stands for them, are told by --help."""

import argparse
import logging
import os
import re
import socket
import sys
import tempfile
from pathlib import Path

if sys.version_info < (3, 11):  # before anything that an older one cannot even read
    here = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        f"Latent Lab needs Python 3.11 or newer, and this is {here}: start it with a newer one."
    )

CHECKPOINTS = Path(__file__).parent / "checkpoints"
NAME = re.compile(r"[\w.-]+", re.ASCII)
SITE = re.compile(r"https?://(\*\.)?[\w.-]+(:\d{1,5})?", re.ASCII)
PREFIX = re.compile(r"/[\w.~%/-]*|https?://[\w.~%/:\[\]-]+", re.ASCII)


def main(arguments: list[str] | None = None) -> None:
    """Serve until stopped; a value that cannot be used ends in one sentence."""
    options = _parse(arguments)
    _check_machine()
    # Gradio asks its own server whether it is up, and a proxy would answer instead.
    for name in ("NO_PROXY", "no_proxy"):
        names = (os.environ.get(name), "localhost", "127.0.0.1", options.host.strip("[]"))
        os.environ[name] = ",".join(filter(None, names))
    try:
        _serve(options)
    except (ImportError, MemoryError, OSError, RuntimeError) as error:
        if not _lacks_memory(error):
            raise
        sys.exit("There is too little memory; close other programs, or raise a limit set on it.")


def _serve(options: argparse.Namespace) -> None:
    # Only now: they take seconds, and Gradio reads the environment.
    from views.kit.lab import open_lab
    from views.shell.page import serve
    from views.shell.policy import Policy

    if options.log:
        _log_requests()
    try:
        lab = open_lab(CHECKPOINTS, options.checkpoints)
    except ValueError as error:
        sys.exit(str(error))
    policy = Policy.of(options.allowed_hosts, options.framed_by, options.root_path)
    place = {"server_name": options.host, "server_port": options.port}
    try:
        serve(lab, policy=policy, **place, root_path=options.root_path)
    except OSError as error:
        if error.filename:  # a file of ours is missing, which has nothing to do with ports
            raise
        tried = options.port or "7860 and those after it"
        sys.exit(f"Port {tried} cannot be used; choose a free one with --port or LATENT_PORT.")


def _lacks_memory(error: Exception) -> bool:
    """Did an allocation fail, of Python, of PyTorch, of a thread or of a library's code?"""
    told = ("failed to map", "allocate memory", "start new thread")
    return isinstance(error, MemoryError) or any(part in str(error) for part in told)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Serve Latent Lab, a page that shows what autoencoders know.",
        epilog="The README lists further settings.",
    )
    parser.add_argument(
        "--host",
        type=_host,
        default=os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1",
        help="address to listen on: 127.0.0.1 lets in this machine alone, 0.0.0.0 everybody who "
        "reaches it (default: GRADIO_SERVER_NAME, or 127.0.0.1)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("LATENT_PORT"),
        help="port to listen on (default: LATENT_PORT, or the first free one from 7860 on)",
    )
    parser.add_argument(
        "--root-path",
        type=_root_path,
        default=os.environ.get("GRADIO_ROOT_PATH", ""),
        help="what a proxy puts before every path, as in /lab, or the page's whole address "
        "(default: GRADIO_ROOT_PATH)",
    )
    parser.add_argument(
        "--allowed-hosts",
        type=_hosts,
        default=os.environ.get("LATENT_ALLOWED_HOSTS", ""),
        help="further names by which the page is reached, with commas between; addresses and names "
        "of the local network are answered anyway (default: LATENT_ALLOWED_HOSTS)",
    )
    parser.add_argument(
        "--framed-by",
        type=_sites,
        default=os.environ.get("LATENT_FRAMED_BY", ""),
        help="sites that may show the page in a frame, as in https://learn.example.org, with "
        "commas between; files and Hugging Face may anyway (default: LATENT_FRAMED_BY)",
    )
    parser.add_argument(
        "--log",
        action="store_true",
        default=bool(os.environ.get("LATENT_LOG")),
        help="write a line for every request: method, path, status, milliseconds "
        "(default: LATENT_LOG)",
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


def _port(text: str) -> int | None:
    """The port to listen on; None for the first that is free."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65_536):
        sys.exit("--port, or LATENT_PORT, must be a number from 1 to 65535.")
    return int(text)


def _root_path(text: str) -> str:
    """What stands before the page's own path, without a slash at its end."""
    if text and not PREFIX.fullmatch(text):
        sys.exit(
            "--root-path must begin with a slash, or be a whole http(s) address, and hold no "
            "space, question mark or #."
        )
    return text.rstrip("/")


def _hosts(text: str) -> list[str]:
    """Names of this server, without a port."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not all(NAME.fullmatch(name) for name in names):
        sys.exit("--allowed-hosts must be names such as lab.example.org, with commas between.")
    return names


def _sites(text: str) -> list[str]:
    """Origins of other sites."""
    sites = [site.strip() for site in text.split(",") if site.strip()]
    if not all(SITE.fullmatch(site) for site in sites):
        sys.exit("--framed-by must be http(s) addresses without a path, with commas between.")
    return sites


def _check_machine() -> None:
    """End with a sentence, or mend it, where Gradio would end in a traceback."""
    try:
        tempfile.gettempdir()
    except OSError:
        sys.exit("No folder for temporary files can be written; set TMPDIR to one that can.")
    # Gradio's client refuses to start with one, although it asks nobody but its own server.
    for name, value in list(os.environ.items()):
        if name.lower().endswith("_proxy") and value.lower().startswith("socks"):
            del os.environ[name]


def _log_requests() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    requests = logging.getLogger("latent.requests")
    requests.addHandler(handler)
    requests.setLevel(logging.INFO)


if __name__ == "__main__":
    main()
