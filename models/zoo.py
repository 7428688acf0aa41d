"""Checkpoints: a folder with `weights.safetensors` and `card.json`, to a model in memory.

Weights are data, never code: safetensors only, loaded strictly, refused unless their SHA-256 is the
card's and every number is finite. A folder that fails is listed with one sentence; others work.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from . import build
from .base import Config, Model

FORMAT = 1
WEIGHTS, CARD = "weights.safetensors", "card.json"


class CheckpointError(ValueError):
    """Why a checkpoint cannot be used: one sentence that names it and holds no path."""


@dataclass(frozen=True)
class Card:
    """All there is to know about one checkpoint, as JSON.

    `metrics` maps a name to {value, unit, protocol}; `latent` holds per-dimension statistics of the
    codes of the training images; `curve` one record of averaged terms per epoch, nats per image.
    """

    name: str
    config: Config
    recipe: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    data: dict[str, str] = field(default_factory=dict)
    weights_sha256: str = ""
    curve: list[dict[str, float]] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    latent: dict[str, list[float]] = field(default_factory=dict)

    def to_json(self) -> str:
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["config"] = self.config.to_dict()
        return json.dumps({"format": FORMAT} | plain, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Raises ValueError, one sentence, for anything but a card of this format."""
        plain = json.loads(text)
        if not isinstance(plain, dict) or plain.pop("format", None) != FORMAT:
            raise ValueError("its card is of another format; update Latent Lab.")
        try:
            return cls(**plain | {"config": Config.from_dict(plain["config"])})
        except (KeyError, TypeError) as error:
            raise ValueError("its card lacks fields or has unknown ones.") from error


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` in one step, so that a crash or a full disk leaves the old file whole."""
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def round_weights(model: Model) -> Model:
    """Round the weights, in place, to the float16 a checkpoint stores.

    Done before the metrics are taken, so that what is measured is what is shipped.
    """
    with torch.no_grad():
        for parameter in model.state_dict().values():
            parameter.copy_(parameter.half())
    return model


def save(folder: Path, model: Model, card: Card) -> Card:
    """Write the checkpoint into `folder`; return the card with the hash of the weights in it.

    Weights are stored in half precision: see `round_weights`. They go first: between the two
    writes the old card refuses the new weights, loudly.
    """
    state = {k: v.detach().cpu().half().contiguous() for k, v in model.state_dict().items()}
    weights = save_tensors(state)
    card = replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / WEIGHTS, weights)
    write_atomically(folder / CARD, card.to_json().encode())
    return card


def load(folder: Path) -> tuple[Model, Card]:
    """Read a checkpoint onto the CPU, in evaluation mode. Raises CheckpointError."""
    name = folder.name
    try:
        card = Card.from_json((folder / CARD).read_text())
        weights = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise CheckpointError(f"Checkpoint {name} is incomplete: a file is missing.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"Checkpoint {name} has an unreadable card; train it again."
        ) from error
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise CheckpointError(f"Checkpoint {name} is damaged: its weights do not match its card.")
    model = _model(name, card.config, weights)
    return model, card


def _model(name: str, config: Config, weights: bytes) -> Model:
    try:
        state = load_tensors(weights)
        model = build(config)
        model.load_state_dict(state, strict=True)
    except (SafetensorError, RuntimeError, ValueError, KeyError) as error:
        raise CheckpointError(
            f"Checkpoint {name} does not fit the model its card describes; train it again."
        ) from error
    if not all(torch.isfinite(v).all() for v in state.values()):
        raise CheckpointError(f"Checkpoint {name} holds weights that are not numbers.")
    return model.eval().requires_grad_(False)


@dataclass(frozen=True)
class Entry:
    """A usable checkpoint: read-only, shared by everybody."""

    model: Model
    card: Card


class Zoo(Mapping[str, Entry]):
    """Every checkpoint found in `root`, by folder name; `unavailable` says why others are not."""

    def __init__(self, root: Path, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.unavailable: dict[str, str] = {}
        self._entries: dict[str, Entry] = {}
        for folder in sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []:
            try:
                model, card = load(folder)
            except CheckpointError as error:
                self.unavailable[folder.name] = str(error)
            else:
                self._entries[folder.name] = Entry(model.to(self.device), card)

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
