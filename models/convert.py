"""python -m models.convert FOLDER...: brings checkpoints of an older version to this one's form.

A FOLDER is a checkpoint, or holds checkpoints. What changed is names: of kinds and fields of a
configuration, of weights and of terms, and the English of protocols became records: see
models/english.py. No number changes.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save

import commands
from files import printable

from .english import recipe_with_measures, records
from .zoo import CARD, CONVERTIBLE, FORMAT, WEIGHTS, read_file, sha256_of, write_files, writing

# Old kind of a record -> new kind.
KINDS = {"torso": "network-config", "jitter": "random-affine"}
# Kind of a record -> {old field: new field}.
_ANNEALING = {"start": "beta_start", "annealed": "anneal_steps"}
FIELDS = {
    "beta-config": _ANNEALING,
    "beta-tcvae-config": _ANNEALING | {"images": "dataset_size"},
    "m2-config": {
        "classification": "alpha",
        "kl": "kl_start",
        "class_kl": "class_kl_start",
        "annealed": "anneal_steps",
    },
    "recipe": {"layers": "precision"},
}
MACHINE = {"layers": "precision"}
# family -> {old term: new term}, of the curve.
TERMS = {
    "gan": {
        "real": "real loss",
        "sample": "fake loss",
        "fooling": "generator loss",
        "gradient": "gradient penalty",
    },
    "vae-gan": {
        "features": "feature reconstruction",
        "real": "real loss",
        "reconstruction": "fake loss of reconstruction",
        "sample": "fake loss of sample",
        "fooling by reconstruction": "generator loss of reconstruction",
        "fooling by sample": "generator loss of sample",
        "gradient": "gradient penalty",
    },
}
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
    "cvae": ((r"^pictures$", "class_embedding"),),
    "m2": ((r"^pictures$", "class_embedding"),),
}


def convert(folder: Path) -> bool:
    """Convert the checkpoint in `folder`; returns whether it was of an older form.

    Raises ValueError, one sentence, if its files cannot be read or do not match its card, and
    OSError if they cannot be written.
    """
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if card["format"] not in CONVERTIBLE:
            return False
        contents = _renamed_weights(folder, card)
        card["metrics"] = records(card.get("metrics", {}), card["config"].get("corruption"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, SafetensorError) as error:
        raise ValueError(
            f"Checkpoint {printable(folder.name)} cannot be read: train it anew."
        ) from error
    card |= {"format": FORMAT, "config": _record(card["config"])}
    card["recipe"] = recipe_with_measures(_record(card.get("recipe", {})))
    card["machine"] = {MACHINE.get(k, k): v for k, v in card.get("machine", {}).items()}
    terms = TERMS.get(card["config"]["family"], {})
    card["curve"] = [_epoch(row, terms) for row in card.get("curve", [])]
    if WEIGHTS in contents:
        card["weights_sha256"] = sha256_of(contents[WEIGHTS])
    with writing(folder):
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
    """A configuration as JSON, all records within it and their fields under their new names."""
    if isinstance(value, list):
        return [_record(v) for v in value]
    if not isinstance(value, dict):
        return value
    kind = str(value.get("kind", ""))
    kind = KINDS.get(kind, kind)
    names = FIELDS.get(kind, {})
    return {
        names.get(name, name): kind if name == "kind" else _record(v) for name, v in value.items()
    }


def _epoch(row: dict[str, Any], terms: dict[str, str]) -> dict[str, Any]:
    """A row of the curve, its terms under their new names: "train TERM", "validation TERM"."""
    renamed = {}
    for key, value in row.items():
        split, _, term = key.partition(" ")
        renamed[f"{split} {terms.get(term, term)}" if term else key] = value
    return renamed


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
    folders = parser.parse_args(arguments).folders
    return commands.run(lambda: _convert_all(folders))


def _convert_all(folders: Iterable[Path]) -> int:
    """Convert all there are, and say what became of each; the exit status."""
    status = 0
    for folder in folders:
        found = list(checkpoints(folder))
        if not found:
            print(f"There is no checkpoint in {printable(str(folder))}.", file=sys.stderr)
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
