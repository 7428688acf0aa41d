"""Numbers of a card, as the scripts of the page take them."""

from typing import Any

from models.metrics import Metric
from views.kit.routes import Message


class Average(Message):
    """A measured number: its unit, and how it was measured, as plain text."""

    value: float
    unit: str
    protocol: str


def measured(metric: Metric) -> dict[str, Any]:
    """The fields of an Average, the protocol as a sentence."""
    return {"value": metric.value, "unit": metric.unit, "protocol": metric.sentence()}
