"""The saved state of a training: one file of safetensors and JSON, under one checksum.

A file is read as a whole or refused: safetensors accepts a flipped bit, and a training that goes on
from one ends in other weights, or in none.
"""

import hashlib
import json
import math
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors
from torch import Tensor

from models.zoo import write_atomically

from .errors import TrainingError
from .recipes import Recipe

STATE_FORMAT = 2  # of saved states; 1 had other names of weights and fields


@dataclass
class State:
    """What a run keeps from one epoch to the next, besides the weights and Adam's moments."""

    epoch: int = 0
    best_epoch: int = 0
    best_objective: float = math.inf
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0


WRITTEN_AS_JSON = {f.name for f in fields(State)} - {"best_weights"}


def write_state(
    path: Path, tensors: dict[str, Tensor], state: State, recipe: Recipe, data: str
) -> None:
    """Write to `path`, atomically, the tensors, the other fields of `state`, recipe and data.

    `data` is the hash of the data. Raises OSError; the file that was there then stays.
    """
    facts = {"format": STATE_FORMAT, "recipe": recipe.to_dict(), "data": data} | {
        name: getattr(state, name) for name in sorted(WRITTEN_AS_JSON)
    }
    tensors = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    text = json.dumps(facts)
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"state": text, "sha256": _sha256(tensors, text)}
    write_atomically(path, save_tensors(tensors, metadata))


def _sha256(tensors: dict[str, Tensor], text: str) -> str:
    """The hash of all that a state holds."""
    return hashlib.sha256(save_tensors(tensors) + text.encode()).hexdigest()


def read_state(path: Path, recipe: Recipe, data: str) -> tuple[dict[str, Tensor], State]:
    """The tensors and the State, without its best weights, that `write_state` wrote.

    Raises TrainingError, one sentence, if the file is damaged, of another version, another recipe
    or other data, or if it holds what no training writes.
    """
    tensors, facts = _read_whole(path)
    if facts.pop("format", 1) != STATE_FORMAT:
        raise TrainingError(
            "The saved state is of another version of Latent Lab; start again without --resume."
        )
    saved, of_data = facts.pop("recipe", None), facts.pop("data", None)
    if of_data != data:
        raise TrainingError("The saved state is of other data; start again without --resume.")
    if saved != recipe.to_dict():
        raise TrainingError(f"The saved state is {_difference(saved, recipe)} without --resume.")
    if not _is_possible(facts, recipe.epochs):
        raise TrainingError(
            "The saved state holds what no training writes; start again without --resume."
        )
    return tensors, State(**facts)


def data_of_state(path: Path) -> str | None:
    """The hash of the data of a saved state; None if there is none that can be read."""
    try:
        return _read_whole(path)[1].get("data")
    except TrainingError:
        return None


def _read_whole(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """A saved state's tensors and JSON. Raises TrainingError if it is unreadable or damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        text = metadata["state"]
        undamaged = metadata["sha256"] == _sha256(tensors, text)
        facts = json.loads(text) if undamaged else None
    except (OSError, SafetensorError, TypeError, KeyError, ValueError, RecursionError) as error:
        raise TrainingError(
            "The saved state cannot be read; start again without --resume."
        ) from error
    if not isinstance(facts, dict):
        raise TrainingError("The saved state is damaged; start again without --resume.")
    return tensors, facts


def _difference(saved: Any, recipe: Recipe) -> str:
    """The end of a sentence: how the state's recipe differs, and how to resume it."""
    saved = saved if isinstance(saved, dict) else {}
    for name in ("epochs", "seed"):
        value = saved.get(name)
        if _is_whole(value) and value != getattr(recipe, name):
            of = f"seed {value}"
            if name == "epochs":
                of = f"a run of {value} epochs, in which the learning rate falls to zero"
            return f"of {of}; resume it with --{name} {value}, or start again"
    return "of another recipe; start again"


def _is_possible(facts: dict[str, Any], epochs: int) -> bool:
    """Whether a training of so many epochs can have written these facts after one of them."""
    if facts.keys() != WRITTEN_AS_JSON:
        return False
    epoch, best_epoch, curve = facts["epoch"], facts["best_epoch"], facts["curve"]
    return (
        _is_whole(epoch)
        and _is_whole(best_epoch)
        and 1 <= best_epoch <= epoch <= epochs
        and _is_finite(facts["best_objective"])
        and _is_finite(facts["seconds"])
        and facts["seconds"] >= 0
        and isinstance(curve, list)
        and all(isinstance(row, dict) and all(map(_is_finite, row.values())) for row in curve)
        and [row.get("epoch") for row in curve] == list(range(1, epoch + 1))
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    """Whether a value is a number, and small enough for a float."""
    return (_is_whole(value) and abs(value) < 2**63) or (
        isinstance(value, float) and math.isfinite(value)
    )
