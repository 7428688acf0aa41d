"""Frozen dataclasses that are written to JSON and read back as equal objects.

A record is written as its fields and its `kind`, the name of its class. Reading is strict, because
a card may come from a newer version, or from anybody.
"""

from dataclasses import fields
from typing import Any, ClassVar, Self, cast


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
    try:
        return known(**{k: _record(v) for k, v in data.items() if k != "kind"})
    except TypeError as error:
        raise ValueError(f"the fields of {known.kind!r} are not the expected ones.") from error
