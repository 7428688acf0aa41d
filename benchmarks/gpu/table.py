"""A table in Markdown: what every part of this benchmark gives."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """`note` says how the numbers were taken; rows hold as many cells as there are headings."""

    title: str
    note: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table in Markdown, under its title and note."""
        lines = [self.headings, ["---"] * len(self.headings), *self.rows]
        cells = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"## {self.title}\n\n{self.note}\n\n{cells}"
