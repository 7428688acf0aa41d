"""Numbers of a card, as the scripts of the page take them."""

from html import escape
from typing import Any

from models.metrics import Metric
from views.kit.routes import Message


class Average(Message):
    """A measured number: its unit, and how it was measured, as plain text."""

    value: float
    unit: str
    protocol: str


def measured(metric: Metric) -> dict[str, Any]:
    """The fields of an Average, the protocol as a sentence.

    What a card says may be anybody's words: unit and protocol are escaped, for HTML.
    """
    return {"value": metric.value, "unit": escape(metric.unit), "protocol": told(metric)}


def told(metric: Metric) -> str:
    """How it was measured, as a sentence, escaped for HTML."""
    return escape(metric.sentence())
