"""Frozen dataclasses that are written to JSON and read back as equal objects.

A record is written as its fields and its `kind`, the name of its class. Reading is strict, because
a card may come from a newer version, or from anybody.
"""

from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Self, cast, get_args, get_origin, get_type_hints


class UnknownError(ValueError):
    """A kind or field that this version does not know, perhaps of a newer version."""


class Record:
    """Base class of dataclasses that cards hold; `kind` is the name of a subclass in JSON.

    Raises TypeError when a second class of one kind is defined.
    """

    kind: ClassVar[str]
    _registry: ClassVar[dict[str, type["Record"]]] = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "kind" in vars(cls):
            if cls.kind in Record._registry:
                raise TypeError(f"two records are called {cls.kind!r}")
            Record._registry[cls.kind] = cls

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values, lists for tuples, and `kind`."""
        names = [f.name for f in fields(cast(Any, self))]
        return {"kind": self.kind} | {name: _plain(getattr(self, name)) for name in names}

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The record of class `cls`, or a subclass, that `to_dict` wrote as `data`.

        Raises ValueError, one sentence, for another class and for fields that do not fit, and its
        subclass UnknownError for a kind or field that a newer version may know.
        """
        record = _record(data)
        if not isinstance(record, cls):
            raise ValueError(f"expected a {cls.__name__}, found {type(record).__name__}.")
        return record


def require_between(low: float, high: float, **values: float) -> None:
    """Raises ValueError, one sentence, for the first value outside [low, high], or NaN."""
    for name, value in values.items():
        if not low <= value <= high:
            raise ValueError(f"{name} must lie between {low:,} and {high:,}.")


def require_at_most(most: int, **lists: Iterable[Any]) -> None:
    """Raises ValueError, one sentence, for the first list of more than `most` values."""
    for name, values in lists.items():
        if len(tuple(values)) > most:
            raise ValueError(f"{name} must hold at most {most:,} values.")


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def _record(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_record(v) for v in data)
    if not isinstance(data, dict):
        return data
    known = Record._registry.get(str(data.get("kind")))
    if known is None:
        raise UnknownError(f"this version does not know the kind {data.get('kind')!r}.")
    if data.keys() - {"kind"} - {f.name for f in fields(cast(Any, known))}:
        raise UnknownError(f"this version does not know all fields of {known.kind!r}.")
    values = {k: _record(v) for k, v in data.items() if k != "kind"}
    kinds = _kinds(known)
    if not all(_is_a(value, kinds[name]) for name, value in values.items()):
        raise ValueError(f"the fields of {known.kind!r} have values of other kinds.")
    try:
        return known(**values)
    except TypeError as error:
        raise ValueError(f"the fields of {known.kind!r} are not the expected ones.") from error


@cache
def _kinds(known: type[Record]) -> dict[str, Any]:
    """{field: its annotation} of a class of records."""
    return get_type_hints(known)


def _is_a(value: Any, kind: Any) -> bool:
    """Is a value, as read from JSON, of the annotated kind? A whole number is a float, too."""
    if isinstance(kind, UnionType):
        return any(_is_a(value, each) for each in get_args(kind))
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and _are(cast(tuple[Any, ...], value), get_args(kind))
    if kind in (int, float):
        numbers = int if kind is int else int | float
        return isinstance(value, numbers) and not isinstance(value, bool)
    if issubclass(kind, StrEnum):
        return value in list(kind)
    return isinstance(value, kind)


def _are(values: tuple[Any, ...], kinds: tuple[Any, ...]) -> bool:
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(values)
    return len(values) == len(kinds) and all(map(_is_a, values, kinds))
