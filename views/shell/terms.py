"""The first occurrence of each of the glossary's words in a view is marked when it is laid out.

A mark is <dfn class="explained" tabindex="0">: views/shell/words.js explains it when it is pointed
at, tapped or has the focus. Only prose and headings of what Python writes are marked; what scripts
write later explains itself without one.
"""

import re
from html.parser import HTMLParser

import gradio as gr
from gradio.blocks import Block, BlockContext

from views.kit.component import Component
from views.shell.glossary import Glossary

PROSE = {"p", "h3", "h4", "li", "figcaption", "dd"}
# A mark is a stop of the keyboard, and none may stand within another; nor where text is no prose.
CLOSED = {
    "a",
    "button",
    "label",
    "select",
    "option",
    "summary",
    "svg",
    "code",
    "pre",
    "dfn",
    "output",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What looks as narrow as this is widened for a finger, without moving its neighbours.
SHORT = 3
_PLACEHOLDER = re.compile(r"(\{\{.*?\}\}|\$\{.*?\})", re.DOTALL)
# Of Markdown: formulas, code, and addresses of links.
_NO_PROSE = re.compile(r"(\$\$.+?\$\$|\$.+?\$|```.+?```|`.+?`|\]\(.+?\))", re.DOTALL)


class Marker:
    """Marks the words of one view, each once: texts are to be given in reading order."""

    def __init__(self, glossary: Glossary):
        self._glossary = glossary
        self._seen: set[str] = set()

    def text(self, text: str) -> str:
        """Plain text with marks."""
        parts: list[str] = []
        at = 0
        for found in self._glossary.find(text):
            if found.entry.word in self._seen:
                continue
            self._seen.add(found.entry.word)
            parts += [text[at : found.start], _marked(text[found.start : found.end])]
            at = found.end
        return "".join([*parts, text[at:]])

    def html(self, text: str) -> str:
        """HTML with marks in its prose; all else is as it was, to the letter."""
        parts: list[str] = []
        at = 0
        for start, prose in _prose(text):
            marked = "".join(
                piece if i % 2 else self.text(piece)
                for i, piece in enumerate(_PLACEHOLDER.split(prose))
            )
            parts += [text[at:start], marked]
            at = start + len(prose)
        return "".join([*parts, text[at:]])

    def markdown(self, text: str) -> str:
        """Markdown with marks in its prose."""
        parts = _NO_PROSE.split(text)
        return "".join(part if i % 2 else self.text(part) for i, part in enumerate(parts))


def _marked(word: str) -> str:
    short = " short" if len(word) <= SHORT else ""
    return f'<dfn class="explained{short}" tabindex="0">{word}</dfn>'


class _Reader(HTMLParser):
    """Finds the prose of HTML: each piece, and its line and column."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[tuple[int, int], str]] = []
        self._open: list[tuple[str, bool]] = []  # each tag with whether nothing in it is marked

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            hidden = dict(attrs).get("aria-hidden") == "true"
            self._open.append((tag, tag in CLOSED or hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(closed for _, closed in self._open) or not {tag for tag, _ in self._open} & PROSE:
            return
        self.found.append((self.getpos(), data))


def _prose(text: str) -> list[tuple[int, str]]:
    """Each piece of prose in HTML, and where it begins."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [0, *(line.end() for line in re.finditer("\n", text))]
    return [(lines[line - 1] + column, data) for (line, column), data in reader.found]


def mark_view(view: BlockContext, glossary: Glossary) -> None:
    """Mark the words of all that a view has laid out."""
    marker = Marker(glossary)
    for block in _blocks(view):
        if isinstance(block, Component):
            block.html_template = marker.html(block.html_template)
        elif isinstance(block, gr.HTML) and isinstance(block.value, str):
            block.value = marker.html(block.value)
        elif isinstance(block, gr.Markdown) and "steps" in (block.elem_classes or []):
            block.value = marker.markdown(block.value)


def _blocks(block: Block) -> list[Block]:
    """A block and all that are in it, in reading order."""
    inner = block.children if isinstance(block, BlockContext) else []
    return [block, *(each for child in inner for each in _blocks(child))]
