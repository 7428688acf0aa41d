"""A measured number as a card holds it: value, unit, protocol, error, and what real images give.

A record with fields, so that a program can ask what a reader reads: two numbers of one name and of
the same images may be compared if their protocols are equal. `Metric.sentence` says the same in
English.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

from .protocols import Protocol

_HYPHEN = re.compile(r"(?<![\w.-])-(?=\d)")  # before a negative number, not within a name or date


def with_minus(text: str) -> str:
    """The text with a true minus sign before each negative number."""
    return _HYPHEN.sub("\N{MINUS SIGN}", text)


@dataclass(frozen=True)
class Error:
    """How far a value may be off by chance: its `value`, in the unit of the metric.

    kind: "standard error" of a mean, or "standard deviation"; over: "images", or "draws", which are
    sets of pictures drawn with different seeds.
    """

    value: float
    kind: str
    over: str

    def __post_init__(self):
        if not _is_number(self.value) or self.kind not in ("standard error", "standard deviation"):
            raise ValueError("an error is a number, a standard error or a standard deviation.")
        if self.over not in ("images", "draws"):
            raise ValueError("an error is over images or over draws.")

    def sentence(self) -> str:
        return f"{self.kind} {_short(self.value)} over {self.over}"


@dataclass(frozen=True)
class Axis:
    """What the places of a list of values stand for: `name` of the quantity, and its values."""

    name: str
    places: tuple[float | str, ...]


@dataclass(frozen=True)
class Metric:
    """One number, or a list with its `axis`, that was measured of a checkpoint.

    value: a number; or one number for each place of `axis`; or one row of numbers for each.
    error: None where there is one value and nothing to say how it varies.
    real: what real images give in the place of the model's, where that is a comparison.
    details: further results of the same measurement, by what they are.
    """

    name: str
    value: Any  # of which of these shapes the name of the metric tells, and no type
    unit: str
    protocol: Protocol
    error: Error | None = None
    real: float | None = None
    axis: Axis | None = None
    details: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def is_finite(self) -> bool:
        """Are all of its numbers finite? Of few or of equal images some are not."""
        errors = () if self.error is None else (self.error.value,)
        reals = () if self.real is None else (self.real,)
        numbers = (*_flat(self.value), *errors, *reals, *self.details.values())
        return all(map(math.isfinite, numbers))

    @property
    def deviation(self) -> float | None:
        """The standard deviation over draws, if there were several."""
        return self.error.value if self.error and self.error.over == "draws" else None

    def sentence(self) -> str:
        """How it was measured, its error and what real images give, in plain English."""
        parts = [self.protocol.sentence()]
        if self.details:
            parts.append(", ".join(f"{name} = {_short(v)}" for name, v in self.details.items()))
        if self.error:
            parts.append(self.error.sentence())
        if self.real is not None and self.protocol.reference():
            parts.append(f"{self.protocol.reference()} give {_short(self.real)}")
        return with_minus("; ".join(parts))

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, without the name, by which a card lists it, and without what is empty."""
        plain: dict[str, Any] = {"value": self.value, "unit": self.unit}
        plain["protocol"] = self.protocol.to_dict()
        if self.error:
            plain["error"] = vars(self.error)
        if self.real is not None:
            plain["real"] = self.real
        if self.axis:
            plain["axis"] = vars(self.axis)
        if self.details:
            plain["details"] = dict(self.details)
        return plain

    @classmethod
    def from_dict(cls, name: str, plain: Any) -> "Metric":
        """The metric `name` of a card. Raises ValueError for anything that `to_dict` never gives.

        It is an UnknownError where a newer version may have written it.
        """
        try:
            metric = _read(name, **plain)
            metric.sentence()  # whoever shows it calls this
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the metric {name!r} has other fields than are expected.") from error
        return metric


def _read(
    name: str,
    value: Any,
    unit: Any,
    protocol: Any,
    error: Any = None,
    real: Any = None,
    axis: Any = None,
    details: Any = None,
) -> Metric:
    """The metric of these JSON values. Raises ValueError, TypeError or AttributeError."""
    how = Protocol.from_dict(protocol)
    assert isinstance(how, Protocol)  # from_dict refuses all others
    metric = Metric(
        name,
        _tuples(value),
        unit,
        how,
        None if error is None else Error(**error),
        real,
        None if axis is None else Axis(axis["name"], tuple(axis["places"])),
        {} if details is None else dict(details.items()),
    )
    numbers = (*metric.details.values(), *(() if real is None else (real,)))
    if not isinstance(unit, str) or not all(map(_is_number, numbers)):
        raise ValueError(f"the metric {name!r} has values of other kinds than are expected.")
    if not _fits(metric.value, metric.axis):
        raise ValueError(f"the value of the metric {name!r} does not fit its axis.")
    return metric


def _fits(value: Any, axis: Axis | None) -> bool:
    """Is it a number, or with an axis a number or a row of numbers for each of its places?"""
    if axis is None:
        return _is_number(value)
    name: Any = axis.name  # a card may hold anything
    if not isinstance(name, str) or not all(
        isinstance(place, str) or _is_number(place) for place in axis.places
    ):
        return False
    if not isinstance(value, tuple):
        return False
    rows = cast(tuple[Any, ...], value)
    return len(rows) == len(axis.places) and (all(map(_is_number, rows)) or all(map(_is_row, rows)))


def _is_row(value: Any) -> bool:
    return isinstance(value, tuple) and all(map(_is_number, cast(tuple[Any, ...], value)))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, cast(list[Any], value))) if isinstance(value, list | tuple) else value


def _flat(value: Any) -> tuple[float, ...]:
    if not isinstance(value, tuple):
        return (value,)
    return tuple(chain.from_iterable(map(_flat, cast(tuple[Any, ...], value))))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: float) -> str:
    """A number with up to six digits after the point, as cards hold them, and no zeros behind."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")
