"""The page's scripts: every .js file under views/, as it stands, under one hash of all of them.

A module imports others by their relative paths, which a hash in front of all of them leaves true.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from views.kit.files import File, missing

VIEWS = Path(__file__).resolve().parent.parent
PATH = "scripts"
_IMPORT = re.compile(r"""^(?:import|export)\s[^;]*?["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)


@cache
def all_scripts() -> dict[str, File]:
    """Every script by its path under views/."""
    return {
        file.relative_to(VIEWS).as_posix(): File.of(file.read_bytes(), "text/javascript")
        for file in sorted(VIEWS.rglob("*.js"))
    }


@cache
def digest() -> str:
    """The hash of all scripts: another text in one of them gives all of them new addresses."""
    found = hashlib.sha256()
    for name, file in all_scripts().items():
        found.update(f"{name}\0{file.digest}\0".encode())
    return found.hexdigest()[:16]


def address(script: Path | str) -> str:
    """The address of a script, relative to the page; `script` is its path, or that under views/."""
    name = script if isinstance(script, str) else script.resolve().relative_to(VIEWS).as_posix()
    if name not in all_scripts():
        raise FileNotFoundError(f"There is no script views/{name}.")
    return f"{PATH}/{digest()}/{name}"


def answer(request: Request) -> Response:
    """What GET /scripts/{digest}/{path} gives."""
    file = all_scripts().get(request.path_params["path"])
    if file is None or request.path_params["digest"] != digest():
        return missing()
    return file.response(request)


def under(folders: Iterable[str]) -> list[str]:
    """The scripts in these folders of views/, as paths under it."""
    wanted = set(folders)
    return [name for name in all_scripts() if posixpath.dirname(name) in wanted]


def with_imports(*names: str) -> list[str]:
    """These scripts and all that they import, each once, as paths under views/."""
    found: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found.append(name)
        text = all_scripts()[name].plain.decode()
        folder = posixpath.dirname(name)
        waiting += [posixpath.normpath(f"{folder}/{path}") for path in _IMPORT.findall(text)]
    return found
