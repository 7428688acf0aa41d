"""Metrics that nobody measured, for cards of models that nobody trained, and parts of a whole."""

from typing import Any

from models.metrics import Metric
from models.protocols import BINARY, KlTerm


def metric(name, value: Any = 0.5, unit="nats", words="by nobody", **more):
    """A metric whose sentence begins with `words`; more: fields of Metric."""
    return Metric(name, value, unit, KlTerm(10, 0, BINARY, method=words), **more)


def stand_in(part: object) -> Any:
    """The part itself, where a test gives less than the whole that is asked for by its type."""
    return part
