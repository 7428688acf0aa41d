"""python -m models: every family, the file it lives in, and how many lines that file has."""

import inspect
from pathlib import Path

from . import FAMILIES, Model


def lines_of(family: type[Model]) -> int:
    """How many lines the file of a family has, whatever else lives in it."""
    return len(Path(inspect.getsourcefile(family)).read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    for name, family in FAMILIES.items():
        file = Path(inspect.getsourcefile(family)).name
        print(f"{name:12} {family.__name__:36} models/{file:24} {lines_of(family):4} lines")
