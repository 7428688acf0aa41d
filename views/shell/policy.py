"""By which names the page answers, to pages of which origin, and what a browser may do with it."""

import ipaddress
import os
import re
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

# A file is a lecturer's slides on their own machine. There is nothing to steal by a frame: the page
# knows no accounts and does nothing for anybody else. Still, a site must be named to frame it.
FRAMED_BY = ("'self'", "file:", "https://huggingface.co", "https://*.hf.space")
HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?", re.ASCII)
# Names that nobody can register on the Internet, and those that Hugging Face gives to Spaces.
LOCAL = (".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa", ".hf.space")
STATIC = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


@dataclass(frozen=True)
class Policy:
    """`names` are further hosts by which the page is reached, `framed_by` sites that may frame it.

    A page elsewhere could have its own name point here and read all that a visitor of this machine
    or network can (DNS rebinding): so the page answers by addresses, by names of this network, and
    by those it was told.
    """

    names: frozenset[str] = frozenset()
    framed_by: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str], framed_by: Iterable[str], root_path: str) -> "Policy":
        """The policy of a server; a whole address as root path and a Space's host are names."""
        known = (urlsplit(root_path).hostname, os.environ.get("SPACE_HOST"), socket.gethostname())
        every = [name.lower() for name in (*names, *known) if name]
        return cls(frozenset(every), tuple(framed_by))

    def fault(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the sentence if this request is not to be answered; else None."""
        headers = Headers(scope=scope)
        # Gradio takes its own address from the second, if there is one.
        hosts = [headers.get("host", ""), *_first(headers, "x-forwarded-host")]
        if not all(self._is_ours(host) for host in hosts):
            return 400, (
                "This page does not go by that name; open it by its address, or start it with "
                "--allowed-hosts and the name."
            )
        if scope["method"] not in ("GET", "HEAD") and not self._same_origin(headers, hosts):
            return 403, "Another site asks this; open the page itself."
        return None

    def headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """What is added to the answer. The page's own scripts bear scope["nonce"]."""
        scope["nonce"] = secrets.token_urlsafe(16)
        csp = content_security_policy(scope["nonce"], (*FRAMED_BY, *self.framed_by))
        return [*STATIC, (b"content-security-policy", csp.encode())]

    def _is_ours(self, host: str) -> bool:
        if not (found := HOST.fullmatch(host)):
            return False
        name = found[1].lower()
        return name in self.names or "." not in name or name.endswith(LOCAL) or _is_address(name)

    def _same_origin(self, headers: Headers, hosts: list[str]) -> bool:
        """Does a page of ours ask, or no page at all?

        Browsers say so in Sec-Fetch-Site, over https and to this machine; elsewhere Origin names
        the page's host. Programs send neither.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site in ("same-origin", "none")
        if origin is None:
            return True
        try:
            asking = urlsplit(origin)
        except ValueError:
            return False
        return asking.netloc in hosts or (asking.hostname or "") in self.names


def content_security_policy(nonce: str, framed_by: Iterable[str]) -> str:
    """As strict as Gradio bears.

    It builds functions out of texts: without 'unsafe-eval' no page appears. It writes styles into
    elements and adds style sheets: without 'unsafe-inline' forty are refused. But what stands in
    the page as a script must bear the nonce, so that markup out of a card runs nothing.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",  # those of Gradio's formulas
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(framed_by)}",
        )
    )


def _first(headers: Headers, name: str) -> list[str]:
    """The first of a header's values in a list, or none."""
    return [value.partition(",")[0].strip() for value in headers.getlist(name)[:1]]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
