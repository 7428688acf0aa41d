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
    """{value, unit, protocol: a sentence, std: over draws, real}, without those it has not.

    What a card says may be anybody's words: unit and protocol are escaped, for HTML.
    """
    plain = {"value": metric.value, "unit": escape(metric.unit), "protocol": told(metric)}
    known = {"std": metric.deviation, "real": metric.real}
    return plain | {key: number for key, number in known.items() if number is not None}


def told(metric: Metric) -> str:
    """How it was measured, as a sentence, escaped for HTML."""
    return escape(metric.sentence())
