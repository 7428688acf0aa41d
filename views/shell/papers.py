"""The papers that the page and the models follow: see views/papers.md."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from views.kit.routes import Message

FILE = Path(__file__).parent.parent / "papers.md"
_PAPER = re.compile(r"^- (.+? \d{4}): (.+?)(?: arXiv (\d{4}\.\d{4,5}))?$", re.MULTILINE)


@dataclass(frozen=True)
class Paper:
    """`name` is how it is cited: authors and year. `arxiv` is its number, or "" if it has none."""

    name: str
    title: str
    arxiv: str

    @property
    def address(self) -> str:
        """Where it can be read; "" if it is not on arXiv."""
        return self.arxiv and f"https://arxiv.org/abs/{self.arxiv}"


class Reference(Message):
    """A paper: how it is cited, its title, and its address, "" if it has none."""

    name: str
    title: str
    address: str


def reference(paper: Paper) -> Reference:
    """The paper, for the browser."""
    return Reference(name=paper.name, title=paper.title, address=paper.address)


@cache
def read_papers() -> dict[str, Paper]:
    """Each paper by its name, in the file's order."""
    text = FILE.read_text(encoding="utf-8")
    return {name: Paper(name, title, arxiv) for name, title, arxiv in _PAPER.findall(text)}
