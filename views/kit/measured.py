"""Numbers of a card, as the scripts of the page take them."""

from html import escape
from typing import Any

from views.kit.routes import Message


class Average(Message):
    """A measured number: its unit, and how it was measured, as plain text."""

    value: float
    unit: str
    protocol: str


def measured(metric: dict[str, Any]) -> dict[str, Any]:
    """{value, unit, protocol} of a card's metric; the protocol, which may be anybody's, as text."""
    protocol = escape(str(metric.get("protocol", "protocol unknown")))
    return {"value": metric["value"], "unit": metric["unit"], "protocol": protocol}
