"""Numbers of a card, as the scripts of the page take them."""

from html import escape
from typing import Any

from views.kit.routes import Message


class Average(Message):
    """A measured number: its unit, how it was measured, as plain text, and what real data have."""

    value: float
    unit: str
    protocol: str
    real: float | None = None


def measured(metric: dict[str, Any]) -> dict[str, Any]:
    """The fields of Average from a card's metric; a protocol may be anybody's, so escaped."""
    protocol = escape(str(metric.get("protocol", "protocol unknown")))
    kept = {name: metric.get(name) for name in ("value", "unit", "real")}
    return kept | {"protocol": protocol}
