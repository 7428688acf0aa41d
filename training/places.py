"""The folder that a checkpoint is written to; a checkpoint of other data is never replaced."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from data.datasets import Dataset
from data.folder import PREFIX
from files import printable
from models.zoo import CARD, writing

from .errors import TrainingError
from .recipes import RECIPES
from .state import data_of_state

STATE = "resume.safetensors"
LONGEST = 60  # letters of a data set's name in a checkpoint's


def digest(dataset: Dataset) -> str:
    """One hash of all that a card says of its data."""
    return hashlib.sha256(json.dumps(dataset.identity).encode()).hexdigest()


def name_on(recipe: str, dataset: Dataset, out: Path) -> str:
    """The name of a recipe's checkpoint on another data set, such as vae-2-letters.

    If a recipe or a checkpoint of other data in `out` has that name, the data's hash is appended.
    """
    name = f"{recipe}-{_slug(dataset.name.removeprefix(PREFIX).lower())}"
    own = f"{name}-{digest(dataset)[:8]}"
    if (out / own).is_dir():
        return own
    if name not in RECIPES and not holds_other_data(out / name, dataset):
        return name
    return own


def _slug(name: str) -> str:
    """A data set's name in lower-case letters, digits and dashes, at most LONGEST of them."""
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:LONGEST] or "folder"


def holds_other_data(folder: Path, dataset: Dataset) -> bool:
    """Whether the folder holds a checkpoint, or the saved state of a training, of other data."""
    trained_on = data_of_state(folder / STATE)
    if trained_on is not None and trained_on != digest(dataset):
        return True
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return card["data"] != dataset.identity
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False  # nothing is there, or nothing that can be used


@contextmanager
def place(out: Path, name: str, dataset: Dataset) -> Iterator[Path]:
    """A context with the folder of a checkpoint, which is created on entry.

    On exit it is removed if it is empty. Raises TrainingError, before any training, if the folder
    cannot be created or written to, or holds a checkpoint of other data, and CheckpointError if
    another process writes to it.
    """
    folder = out / name
    if holds_other_data(folder, dataset):
        raise TrainingError(
            f"Checkpoint {name} is of other data than {dataset.name} is now; move it away or name "
            "another --out."
        )
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(writing(folder))
        except OSError as error:
            _remove_if_empty(folder)
            raise TrainingError(
                f"Nothing can be written to {printable(str(out))}; name another --out."
            ) from error
        stack.callback(_remove_if_empty, folder)
        yield folder


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):  # it holds something
        folder.rmdir()
