"""Frozen dataclasses that go to JSON and come back as what they were.

A record is written as its fields plus `kind`, the name it is registered under; reading is strict,
because a card may come from a newer version, or from anybody.
"""

from dataclasses import fields
from typing import Any, ClassVar


class UnknownError(ValueError):
    """A kind or a field that this version has no word for: a newer one wrote it, or somebody."""


class Record:
    """Base of every dataclass that a card holds. Subclasses name themselves by `kind`."""

    kind: ClassVar[str]
    _registry: ClassVar[dict[str, type["Record"]]] = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "kind" in vars(cls):
            if cls.kind in Record._registry:
                raise TypeError(f"two records are called {cls.kind!r}")
            Record._registry[cls.kind] = cls

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: lists for tuples, and `kind` for the class."""
        return {"kind": self.kind} | {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, data: Any) -> "Record":
        """Rebuild the record `data` describes; it must be a `cls`.

        Raises ValueError, one sentence, for an unknown kind or for fields that do not fit; it is
        an UnknownError for a kind or field that a newer version may know.
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
    if data.keys() - {"kind"} - {f.name for f in fields(known)}:
        raise UnknownError(f"this version does not know all fields of {known.kind!r}.")
    try:
        return known(**{k: _record(v) for k, v in data.items() if k != "kind"})
    except TypeError as error:
        raise ValueError(f"the fields of {known.kind!r} are not the expected ones.") from error
