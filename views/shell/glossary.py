"""Every symbol and technical word of the page, explained in one sentence: see views/glossary.md.

One pattern, which Python and the browser read alike, finds the words in a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from views.kit.routes import Message
from views.shell.papers import Paper, Reference, read_papers, reference

FILE = Path(__file__).parent.parent / "glossary.md"
MOST_LETTERS = 200  # of a sentence, which is read at one glance
_ITEM = re.compile(r"^- (.+(?:\n  .+)*)", re.MULTILINE)
_ENTRY = re.compile(r"\*\*([^*]+)\*\*((?: · [^·:]+)*): (.+?)(?: \(([^()]+ \d{4})\))?")
# Of a word's letters: Latin, Greek, and marks above them, as in an x with a tilde.
_LETTER = "0-9A-Za-z_\u00c0-\u024f\u0300-\u03ff"
_INDEX = "[\u00b2\u1d62\u2080-\u2089\u2c7c]"  # beside a symbol: a square, or a place in a list
_WORD = re.compile(r"[A-Za-z][a-z -]+")
_ABBREVIATION = re.compile(r"[A-Z][A-Za-z]*[A-Z]")


@dataclass(frozen=True)
class Entry:
    """A word, its other spellings, the sentence that explains it, and its paper, if it has one."""

    word: str
    others: tuple[str, ...]
    sentence: str
    paper: Paper | None

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that stands for it in a text, apart from capitals and plurals."""
        return (self.word, *self.others)


@dataclass(frozen=True)
class Found:
    """An entry, and where in a text one of its spellings stands."""

    entry: Entry
    start: int
    end: int


@dataclass(frozen=True)
class Glossary:
    """All entries, in the file's order."""

    entries: tuple[Entry, ...]

    @cached_property
    def _spelled(self) -> list[tuple[str, int]]:
        """Each spelling with its entry's index: the longest first, which is to win."""
        every = [(s, i) for i, entry in enumerate(self.entries) for s in entry.spellings]
        return sorted(every, key=lambda pair: -len(pair[0]))

    @property
    def pattern(self) -> str:
        """A regular expression with one group for each of `owners`; Python's and JavaScript's."""
        groups = "|".join(f"({_pattern_of(spelling)})" for spelling, _ in self._spelled)
        return f"(?<![{_LETTER}])(?:{groups})(?![{_LETTER}])"

    @property
    def owners(self) -> list[int]:
        """The index of the entry that each group of the pattern belongs to."""
        return [index for _, index in self._spelled]

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def find(self, text: str) -> Iterator[Found]:
        """Every word of the glossary in a text, from its beginning on."""
        for match in self._compiled.finditer(text):
            entry = self.entries[self.owners[(match.lastindex or 0) - 1]]
            yield Found(entry, *match.span())


def _pattern_of(spelling: str) -> str:
    """Words may begin with a capital and have a plural, and all may have an index."""
    spaced = re.sub(r"(?:\\ )+", r"\\s+", re.escape(spelling))
    if spelling[0].islower() and _WORD.fullmatch(spelling):
        spaced = f"[{spelling[0].upper()}{spelling[0]}]{spaced[1:]}"
    counts = _WORD.fullmatch(spelling) or _ABBREVIATION.fullmatch(spelling)
    return f"{spaced}{'s?' if counts else ''}{_INDEX}*"


def parse(text: str, papers: dict[str, Paper]) -> Glossary:
    """The glossary that a text of this format holds.

    Raises ValueError, one sentence, for an entry of another form or without a full stop at its
    end, for a sentence that is too long, a spelling that two entries have, and an unknown paper.
    """
    entries = tuple(_read(item, papers) for item in _ITEM.findall(text))
    known: set[str] = set()
    for spelling in (s for entry in entries for s in entry.spellings):
        if spelling in known:
            raise ValueError(f"The glossary has {spelling!r} twice.")
        known.add(spelling)
    return Glossary(entries)


def _read(item: str, papers: dict[str, Paper]) -> Entry:
    item = " ".join(item.split())
    if not (found := _ENTRY.fullmatch(item)):
        raise ValueError(
            f"The glossary's entry {item[:60]!r} must be **word** · spelling: sentence."
        )
    word, others, sentence, paper = found.groups()
    if not sentence.endswith(".") or len(sentence) > MOST_LETTERS:
        raise ValueError(
            f"The sentence of {word!r} must end in a full stop, and have at most {MOST_LETTERS} "
            f"letters; it has {len(sentence)}."
        )
    if paper and paper not in papers:
        raise ValueError(f"The glossary's {word!r} names {paper!r}, which views/papers.md lacks.")
    spellings = tuple(others.split(" · ")[1:])
    return Entry(word, spellings, sentence, papers[paper] if paper else None)


@cache
def read_glossary() -> Glossary:
    """The page's glossary. Raises ValueError as `parse` does."""
    return parse(FILE.read_text(encoding="utf-8"), read_papers())


class Word(Message):
    """A word of the glossary, its other spellings, what explains it, and the paper it is of."""

    word: str
    others: list[str]
    sentence: str
    paper: Reference | None


class Words(Message):
    """The glossary: a regular expression that finds its words, and whose word each group is."""

    pattern: str
    owners: list[int]
    words: list[Word]


def words_for_browser() -> Words:
    """The page's glossary as scripts read it."""
    glossary = read_glossary()
    words = [
        Word(
            word=entry.word,
            others=list(entry.others),
            sentence=entry.sentence,
            paper=entry.paper and reference(entry.paper),
        )
        for entry in glossary.entries
    ]
    return Words(pattern=glossary.pattern, owners=glossary.owners, words=words)
