"""Which files of a folder are a data set, of which class and of which part.

    letters/a/1.png         letters/b/more/2.png     classes a and b, as deep as one likes
    letters/train/a/1.png   letters/test/a/2.png     parted already
    letters/1.png                                    nothing is labelled

What is not used, or not as it lies there, is told: how many files, and the first names.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from data.datasets import DataError
from files import MAC_ARCHIVE, printable

MOST_CLASSES = 256  # a checkpoint stores a label as one byte
NAMED = 3  # files of one kind that are told by name
TRAIN, VALIDATION, TEST = "train", "validation", "test"
PARTS = {
    TRAIN: {"train", "training"},
    VALIDATION: {"val", "valid", "validation", "dev"},
    TEST: {"test", "testing"},
}

# What is noted of files, and of folders.
BESIDE = "lie beside the folders of the classes, and are left out"
DEEPER = "lie deeper than the folder of their class, and count as that class"
ALSO_TRAINED = "are for validation, and are trained on, for training holds out some of its own"
LINKED = "are links to folders that are read in their own place, and are left out"
EMPTY = "hold no file, and are no class"
OF_FOLDERS = {LINKED, EMPTY}


@dataclass
class Notes:
    """What the user is told about files and folders of the data set `name`.

    files_by_note: {note: the names of the files it is about}.
    """

    name: str
    files_by_note: dict[str, list[str]] = field(default_factory=dict)

    def add(self, note: str, file: str) -> None:
        """One more file, or folder, that `note` is about."""
        self.files_by_note.setdefault(note, []).append(printable(file))

    def sentences(self, total: int) -> list[str]:
        """Such as: 3 of 60 files in letters hold no readable picture: a/1.txt, a/2.txt, b/1.txt."""
        return [
            f"{len(names):,} {_counted(note, total)} in {self.name} {note}: {_first(sorted(names))}"
            for note, names in self.files_by_note.items()
        ]


def _counted(note: str, total: int) -> str:
    return "folder(s)" if note in OF_FOLDERS else f"of {total:,} files"


def _first(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


@dataclass(frozen=True)
class File:
    """A file of a data set, its name within it, and its class; part: TRAIN, TEST, or None."""

    path: Path
    name: str
    label: str
    part: str | None


class Layout:
    """The files of the data set in the folder `path`, `most` of them at most.

    What else lies there goes into `notes`.
    """

    def __init__(self, path: Path, notes: Notes, most: int):
        self.path, self.notes, self.most = path, notes, most
        self.real = Path(os.path.realpath(path))
        self.followed: set[Path] = set()  # where links out of the data set led

    def files(self) -> list[File]:
        """All of them, in the order of their names, those of the test last. Raises DataError."""
        folders, beside = self.entries(self.path)
        while len(folders) == 1 and not beside:  # archives often put a folder around the folder
            folders, beside = self.entries(folders[0])
        # One more than may be: a folder of a million is not listed to its end.
        files = self.few_enough(list(islice(self.every(folders, beside), self.most + 1)))
        classes = {file.label for file in files}
        if len(classes) > MOST_CLASSES:
            raise DataError(
                f"The folder {self.notes.name!r} has {len(classes):,} sub-folders; at most "
                f"{MOST_CLASSES} classes can be told apart."
            )
        return sorted(files, key=lambda file: (file.part == TEST, file.name))

    def few_enough(self, files: list) -> list:
        """The files themselves. Raises DataError if they are more than `most`."""
        if len(files) > self.most:
            raise DataError(
                f"The folder {self.notes.name!r} holds more than {self.most:,} files, which is all "
                "that is kept in memory at this size; use fewer."
            )
        return files

    def every(self, folders: list[Path], beside: list[Path]) -> Iterator[File]:
        """All files, part by part if the folders are named after parts."""
        parts = {part: [f for f in folders if f.name.lower() in PARTS[part]] for part in PARTS}
        if not parts[TRAIN] or not (parts[TEST] or parts[VALIDATION]):
            yield from self.of_part(None, folders, beside)
            return
        if not parts[TEST]:
            parts[TEST] = parts.pop(VALIDATION)
        others = (f for f in folders if f not in chain(*parts.values()))
        for file in chain(beside, *map(self.below, others)):
            self.notes.add(BESIDE, self.name(file))
        for part, its in parts.items():
            for file in chain(*(self.of_part(part, *self.entries(f)) for f in its)):
                if part == VALIDATION:
                    self.notes.add(ALSO_TRAINED, file.name)
                yield file

    def of_part(self, part: str | None, folders: list[Path], beside: list[Path]) -> Iterator[File]:
        """The files of each class, or, where there is none, those `beside` as one."""
        part = TRAIN if part == VALIDATION else part
        for file in beside:
            if folders:
                self.notes.add(BESIDE, self.name(file))
            else:
                yield File(file, self.name(file), "", part)
        for folder in folders:
            empty = True
            for file in self.below(folder):
                empty = False
                if file.parent != folder:
                    self.notes.add(DEEPER, self.name(file))
                yield File(file, self.name(file), folder.name, part)
            if empty:
                self.notes.add(EMPTY, self.name(folder))

    def below(self, folder: Path) -> Iterator[Path]:
        """The files in a folder, at any depth: one too deep for Python's stack, too."""
        waiting = [folder]
        while waiting:
            folders, files = self.entries(waiting.pop())
            yield from files
            waiting += reversed(folders)

    def entries(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """(folders in `folder`, what else is there), in order, without what is hidden."""
        try:
            with os.scandir(folder) as entries:
                shown = (e for e in entries if not e.name.startswith(".") and e.name != MAC_ARCHIVE)
                found = self.few_enough(list(islice(shown, self.most + 1)))
        except PermissionError as error:
            raise DataError(
                f"The folder {printable(folder.name)!r} may not be read; change its permissions."
            ) from error
        except OSError as error:
            raise DataError(
                f"There is no folder {printable(folder.name)!r} that can be read; name one with "
                "--dataset folder:PATH."
            ) from error
        paths = sorted(Path(entry.path) for entry in found)
        folders = [path for path in paths if os.path.isdir(path)]
        files = [path for path in paths if not os.path.isdir(path)]
        return [each for each in folders if self.is_read(each)], files

    def is_read(self, folder: Path) -> bool:
        """Is it no link, or one to what is nowhere else in the data set?

        A link into the data set, or to what holds it, would be read twice or for ever.
        """
        if not folder.is_symlink():
            return True
        real = Path(os.path.realpath(folder))
        here = real.is_relative_to(self.real) or self.real.is_relative_to(real)
        if here or real in self.followed:
            self.notes.add(LINKED, self.name(folder))
            return False
        self.followed.add(real)
        return True

    def name(self, path: Path) -> str:
        """Where a file lies within the data set, with slashes."""
        return path.relative_to(self.path).as_posix()
