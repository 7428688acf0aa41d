"""Imports point one way.

app -> views -> explore -> models; training -> evaluation -> models; all but models may ask data.
"""

import ast
import re

import pytest

from tests.places import ROOT

# What each part of the house may import of the others. What a recipe measures is named by
# evaluation, which knows no recipe: so training may import it, and nothing points back.
ALLOWED = {
    "files": set(),
    "commands": {"files"},
    "data": {"files"},
    "models": {"commands", "files"},
    "evaluation": {"commands", "data", "models"},
    "training": {"commands", "data", "evaluation", "files", "models"},
    "explore": {"data", "models"},
    "figures": set(),
    "views": {"data", "explore", "figures", "models"},
    "app": {"views"},
}


def files_of(part):
    return [*ROOT.glob(f"{part}.py"), *sorted((ROOT / part).rglob("*.py"))]


# benchmarks and experiments may import every part but the tests.
FILES = {file: part for part in ALLOWED for file in files_of(part)}


def imports(tree, package):
    """Every module a file imports, by its full dotted name; `package` is where the file lies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from a import b` may import the module a.b: both names count.
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imported(file):
    package = list(file.relative_to(ROOT).parent.parts)
    return set(imports(ast.parse(file.read_text(encoding="utf-8")), package))


def of_part(part):
    return {file: imported(file) for file, owner in FILES.items() if owner == part}


def uses(modules, name):
    return any(module == name or module.startswith(f"{name}.") for module in modules)


def test_the_reader_of_imports_sees_every_form():
    source = (
        "import a.b as c\nfrom d import e\nfrom . import f\nfrom .g import h\nfrom ..i import j"
    )
    found = set(imports(ast.parse(source), ["views", "kit"]))
    assert {"a.b", "d.e", "views.kit.f", "views.kit.g.h", "views.i.j"} <= found


def test_there_are_files_to_check():
    assert set(FILES.values()) == set(ALLOWED)


@pytest.mark.parametrize("part", ALLOWED)
def test_imports_point_one_way(part):
    forbidden = ALLOWED.keys() - ALLOWED[part] - {part} | {"tests", "benchmarks", "experiments"}
    for file, modules in of_part(part).items():
        wrong = {other for other in forbidden if uses(modules, other)}
        assert not wrong, f"{file.relative_to(ROOT)} imports {wrong}"


@pytest.mark.parametrize("part", ["benchmarks", "experiments"])
def test_nothing_imports_the_tests(part):
    for file in files_of(part):
        assert not uses(imported(file), "tests"), file.relative_to(ROOT)


def test_the_parts_are_layers():
    """No circle: each part can be put after all that it may import."""
    order = []
    while len(order) < len(ALLOWED):
        ready = [part for part in ALLOWED if part not in order and ALLOWED[part] <= set(order)]
        assert ready, f"a circle among {ALLOWED.keys() - set(order)}"
        order += ready


@pytest.mark.parametrize(
    ("banned", "parts", "why"),
    [
        ("matplotlib.pyplot", ALLOWED, "pyplot is process-wide: threads would mix up figures"),
        ("pylab", ALLOWED, "pylab is pyplot"),
        ("matplotlib.pylab", ALLOWED, "pylab is pyplot"),
        ("gradio", ALLOWED.keys() - {"views", "app"}, "only views know a page"),
        ("torch", {"figures"}, "figures draws arrays"),
        ("torchvision", {"figures"}, "figures draws arrays"),
        ("pickle", ALLOWED, "nothing is ever unpickled"),
        ("cPickle", ALLOWED, "nothing is ever unpickled"),
        ("dill", ALLOWED, "nothing is ever unpickled"),
        ("joblib", ALLOWED, "nothing is ever unpickled"),
        ("shelve", ALLOWED, "nothing is ever unpickled"),
        ("torch.load", ALLOWED, "nothing is ever unpickled"),
    ],
)
def test_nothing_imports_what_its_part_must_not(banned, parts, why):
    for file, part in FILES.items():
        if part in parts:
            assert not uses(imported(file), banned), f"{file.relative_to(ROOT)}: {why}"


def unpickles(tree):
    """Does the code call torch.load, or numpy.load with allow_pickle?"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "torch.load":
            return True
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            return True
    return False


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_is_unpickled(file):
    assert not unpickles(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("torch.load(path)", True),
        ("reader = torch.load", True),
        ("np.load(path, allow_pickle=True)", True),
        ("np.load(path)", False),
        ("safetensors.torch.load(content)", False),
        ("zoo.load(folder)", False),
    ],
)
def test_unpickling_is_recognised(source, expected):
    assert unpickles(ast.parse(source)) == expected


def guesses_encoding(call):
    """Does this call read or write text in whatever encoding the machine has?"""
    named = {keyword.arg for keyword in call.keywords}
    method = getattr(call.func, "attr", None)
    return "encoding" not in named and (
        method in ("read_text", "write_text")
        or bool(named & {"text", "universal_newlines"})
        or (
            method == "open"
            and any(re.fullmatch("'[rwax+t]+'", text) for text in map(ast.unparse, call.args))
        )
    )


def calls(source):
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("part", [*ALLOWED, "benchmarks", "experiments", "tests"])
def test_text_is_read_and_written_as_utf_8(part):
    """Ruff's PLW1514 holds open(); of a path it often cannot tell that it is one."""
    for file in files_of(part):
        guessed = filter(guesses_encoding, calls(file.read_text(encoding="utf-8")))
        assert not [call.lineno for call in guessed], file.relative_to(ROOT)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("(FOLDER / 'a').read_text()", True),
        ("path.write_text(text)", True),
        ("path.open('w')", True),
        ("subprocess.run(command, text=True)", True),
        ("path.read_text(encoding='utf-8')", False),
        ("path.open('rb')", False),
        ("visitor.open('Maps')", False),
        ("subprocess.run(command, text=True, encoding='utf-8')", False),
    ],
)
def test_a_guessed_encoding_is_recognised(source, expected):
    assert any(map(guesses_encoding, calls(source))) == expected
