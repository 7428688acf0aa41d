"""python -m models: lists every family, its class and the file it is defined in."""

import inspect
from pathlib import Path

from . import FAMILIES

if __name__ == "__main__":
    for name, family in FAMILIES.items():
        print(f"{name:12} {family.__name__:36} models/{Path(inspect.getfile(family)).name}")
