"""python -m models.convert FOLDER...: brings checkpoints of an older version to this one's form.

A FOLDER is a checkpoint, or holds checkpoints. What changed is names: of kinds and fields of a
configuration, of weights and of terms. No number changes.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save

from .zoo import CARD, CONVERTIBLE, FORMAT, WEIGHTS, read_file, sha256_of, write_files

# Old kind of a record -> new kind.
KINDS = {"torso": "network-config"}
# family -> what to replace in the names of its weights: (regular expression, replacement).
TENSORS = {
    "draw": (
        (r"\.unit\.given\.(weight|bias)$", r".cell.\1_ih"),
        (r"\.unit\.kept\.(weight|bias)$", r".cell.\1_hh"),
        (r"^encoder\.look\.", "encoder.read_image."),
        (r"^encoder\.lack\.", "encoder.read_error."),
        (r"^encoder\.hear\.", "encoder.read_decoder."),
        (r"\.h$", ".initial_h"),
        (r"\.canvas$", ".initial_canvas"),
    ),
}


def convert(folder: Path) -> bool:
    """Convert the checkpoint in `folder`; returns whether it was of an older form.

    Raises ValueError, one sentence, if its files cannot be read or do not match its card.
    """
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if card["format"] not in CONVERTIBLE:
            return False
        contents = _renamed_weights(folder, card)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, SafetensorError) as error:
        raise ValueError(f"Checkpoint {folder.name} cannot be read: train it anew.") from error
    card |= {"format": FORMAT, "config": _record(card["config"])}
    card["recipe"] = _record(card.get("recipe", {}))
    if WEIGHTS in contents:
        card["weights_sha256"] = sha256_of(contents[WEIGHTS])
    write_files(folder, contents, json.dumps(card, indent=1, allow_nan=False) + "\n")
    return True


def _renamed_weights(folder: Path, card: dict[str, Any]) -> dict[str, bytes]:
    """{file: content} of the weights, under their new names; nothing where none changed."""
    if card["config"]["family"] not in TENSORS:
        return {}
    content = read_file(folder, WEIGHTS, card["weights_sha256"])
    if sha256_of(content) != card["weights_sha256"]:
        raise ValueError("the weights do not match the card.")
    family = TENSORS[card["config"]["family"]]
    return {WEIGHTS: save({_tensor(name, family): w for name, w in load(content).items()})}


def _tensor(name: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in replacements:
        name = re.sub(pattern, replacement, name)
    return name


def _record(value: Any) -> Any:
    """A configuration as JSON, all records within it under their new names."""
    if isinstance(value, list):
        return [_record(v) for v in value]
    if not isinstance(value, dict):
        return value
    kind = KINDS.get(value.get("kind"), value.get("kind"))
    return {name: kind if name == "kind" else _record(v) for name, v in value.items()}


def checkpoints(folder: Path) -> Iterator[Path]:
    """The folder itself if it is a checkpoint, else the checkpoints in it, by name."""
    if (folder / CARD).is_file():
        yield folder
    elif folder.is_dir():
        yield from sorted(card.parent for card in folder.glob(f"*/{CARD}"))


def main(arguments: list[str] | None = None) -> int:
    """Convert what the command line names; returns the exit status, 1 if a folder has none."""
    parser = argparse.ArgumentParser(
        prog="python -m models.convert",
        description="Bring checkpoints of an older version to the form of this one.",
    )
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    status = 0
    for folder in parser.parse_args(arguments).folders:
        found = list(checkpoints(folder))
        if not found:
            print(f"There is no checkpoint in {folder}.", file=sys.stderr)
            status = 1
        for checkpoint in found:
            try:
                print(f"{checkpoint.name}: {'converted' if convert(checkpoint) else 'up to date'}")
            except ValueError as error:
                print(error, file=sys.stderr)
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
