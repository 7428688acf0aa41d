"""Under each view of the mathematics: its derivation in LaTeX, and the formula as Python.

A derivation is Markdown in its view's folder, with TeX between dollars; Gradio sets it with the
KaTeX it ships, so no network is needed. Symbols take the colours their controls have on the page.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import gradio as gr

from views.kit.component import Component
from views.kit.routes import Message

_VIEWS = Path(__file__).parent.parent
_DELIMITERS = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]
# KaTeX knows colours by name only, and kit.css gives each name the page's own colour in light
# and dark: [style*="dodgerblue"] is whatever --mu is.
COLOURS = {
    r"\\mu(?![a-zA-Z])": "dodgerblue",
    r"\\sigma(?![a-zA-Z])": "darkorange",
    r"\\(?:var)?epsilon(?![a-zA-Z])": "seagreen",
    r"(?<![a-zA-Z\\{])z(?![a-zA-Z])": "rebeccapurple",
}
_SYMBOL = re.compile("|".join(f"({pattern})" for pattern in COLOURS))
_FORMULA = re.compile(r"\$\$.+?\$\$|\$.+?\$", re.DOTALL)


class DerivationProps(Message):
    """`section`: the folder of the view whose derivation it is."""

    section: str


class Derivation(Component):
    """Nothing to be seen: its script keeps in the link whether the derivation is open."""

    PROPS = DerivationProps


def fold_out(name: str, *functions: Callable) -> None:
    """Lay out the derivation `name`, folded, with the source of `functions` beside it."""
    with (
        gr.Accordion("Derivation, and the code", open=False, elem_classes="derivation"),
        gr.Row(),
    ):
        gr.Markdown(derivation(name), latex_delimiters=_DELIMITERS, elem_classes="steps")
        code = "\n\n".join(source(function) for function in functions)
        gr.Markdown(f"```python\n{code}\n```", elem_classes="source")
    Derivation(DerivationProps(section=name), elem_classes=["derivation-link"])


def derivation(name: str) -> str:
    """The text of a derivation, its symbols coloured."""
    text = (_VIEWS / name / "derivation.md").read_text(encoding="utf-8")
    return _FORMULA.sub(lambda formula: coloured(formula[0]), text)


def coloured(formula: str) -> str:
    r"""TeX with each symbol in its colour: \mu becomes {\textcolor{dodgerblue}{\mu}}.

    The outer braces let it stand where TeX takes one token, as after an underscore.
    """
    names = list(COLOURS.values())

    def dress(match: re.Match) -> str:
        assert match.lastindex is not None  # each of the patterns is a group
        return rf"{{\textcolor{{{names[match.lastindex - 1]}}}{{{match[0]}}}}}"

    return _SYMBOL.sub(dress, formula)


def source(function: Callable) -> str:
    """The function as it stands in the project, without its docstring, under its address."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    if ast.get_docstring(definition) is not None:
        said = definition.body[0]
        del lines[said.lineno - 1 : said.end_lineno]
    path = function.__module__.replace(".", "/")
    return "\n".join([f"# {path}.py", *lines])
