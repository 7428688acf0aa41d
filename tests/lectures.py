"""The lectures that ship, views/lectures/*.md, read apart from the page's own reader.

A file is the lecture's fields between two lines `---`, then for each slide its fields, between two
such lines, and its body.
"""

import re
from dataclasses import dataclass, field

from tests.places import ROOT

FOLDER = ROOT / "views" / "lectures"
ANSWER = re.compile(r"- \[([ x])\] (.+)")


@dataclass(frozen=True)
class Slide:
    """One slide. `where` is its file and place there; `fields` stand before its body.

    words: its paragraphs; answers: {answer: is it right?}; why: what is told after the reveal;
    table: its rows of cells, the heading first.
    """

    where: str
    fields: dict[str, str]
    words: list[str] = field(default_factory=list)
    answers: dict[str, bool] = field(default_factory=dict)
    why: str = ""
    table: list[list[str]] = field(default_factory=list)

    @property
    def claim(self) -> str:
        """The name of the test of what it says, without `test_`."""
        return self.fields["claim"]

    @property
    def text(self) -> str:
        """All that it says, a line for each part."""
        rows = [" | ".join(row) for row in self.table]
        return "\n".join([*self.words, *self.answers, self.why, *rows])


@dataclass(frozen=True)
class Lecture:
    """One file: its name without .md, its own fields, and its slides."""

    name: str
    fields: dict[str, str]
    slides: list[Slide]


def fields_of(block: str) -> dict[str, str]:
    """{name: value} of lines `name: value`."""
    pairs = (line.split(": ", 1) for line in block.strip().splitlines())
    return {name: value.strip() for name, value in pairs}


def slide_of(where: str, block: str, body: str) -> Slide:
    """The slide with these fields and this body."""
    slide = Slide(where, fields_of(block))
    why = ""
    for part in re.split(r"\n\s*\n", body.strip()):
        if part.startswith("- ["):
            found = [ANSWER.fullmatch(line) for line in part.splitlines()]
            slide.answers.update({m[2]: m[1] == "x" for m in found if m})
        elif part.startswith(">"):
            why = " ".join(line.lstrip("> ") for line in part.splitlines())
        elif part.startswith("|"):
            rows = [line.strip("| ").split(" | ") for line in part.splitlines()]
            slide.table.extend(row for row in rows if not row[0].startswith("---"))
        else:
            slide.words.append(" ".join(part.splitlines()))
    return Slide(slide.where, slide.fields, slide.words, slide.answers, why, slide.table)


def lecture(name: str) -> Lecture:
    """The lecture that ships under this name."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    _, head, _, *rest = re.split(r"^---$", text, flags=re.MULTILINE)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    slides = [slide_of(f"{name} {n}", *pair) for n, pair in enumerate(pairs, 1)]
    return Lecture(name, fields_of(head), slides)


# The example is about lecture files, and not about networks.
LECTURES = {
    file.stem: lecture(file.stem) for file in sorted(FOLDER.glob("*.md")) if file.stem != "example"
}
SLIDES = [slide for each in LECTURES.values() for slide in each.slides]
