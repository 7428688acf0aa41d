"""Numbers of a card, as the scripts of the page take them."""

from html import escape
from typing import Any


def measured(metric: dict[str, Any]) -> dict[str, Any]:
    """{value, unit, protocol}; the protocol, which may be anybody's words, as plain text."""
    return metric | {"protocol": escape(str(metric.get("protocol", "protocol unknown")))}
