"""Random damage to the files of a checkpoint, each time with hashes that vouch for it.

python -m tests.models.mutations COUNT [SEED] loads so many, in a process of bounded memory, and
prints the slowest, how much memory was used, and whatever was not refused as it should be.
"""

import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from models import zoo
from models.zoo import CARD, CODES, MIXTURE, WEIGHTS
from tests.places import SHIPPED

# What stands in a card, or in the header of a file of tensors, instead of what stood there.
HOSTILE = (
    *(0, 1, -1, 2, 3, 17, 255, 4_096, 30_000, 65_536, 10**5, 2**31, 2**63, 10**30, 10**300),
    *(0.5, -0.0, 1e-300, 1e308, -1e308, 28.0, True, False, None, "", "a", "vae", "\ud800"),
    *(
        [],
        {},
        [[]],
        [0],
        [1, 28],
        [1, -28, 28],
        [10**6] * 3,
        [30_000] * 2,
        [4] * 1_000,
        [1] * 10**4,
    ),
    *({"kind": "config"}, {"kind": None}, {"kind": "bernoulli"}, {"a": {}}),
)
NAMES = ("linear-2", "draw-32", "gan-16", "m2-100", "dae-2", "vae-16-mlp-shared")
SECONDS, MEGABYTES = 2, 500  # that no checkpoint may take to be refused, or to be loaded


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values within JSON."""
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(each, (*path, key))
    return found


def mutate(value: Any, draw: random.Random) -> None:
    """Change one place of a JSON object: another value, none, or a copy of another place's."""
    where = draw.choice(places(value))
    *parents, last = where
    for key in parents:
        value = value[key]
    choice = draw.random()
    if choice < 0.1 and isinstance(value, dict):
        del value[last]
    elif choice < 0.2 and isinstance(value, list):
        value.append(deepcopy(draw.choice(HOSTILE)))
    elif choice < 0.3 and isinstance(value[last], int | float) and not isinstance(last, int):
        value[last] = value[last] * draw.choice((-1, 2, 10, 1_000, 10**6))
    else:
        value[last] = deepcopy(draw.choice(HOSTILE))


def damaged_tensors(content: bytes, draw: random.Random) -> bytes:
    """A file of tensors with a changed header, a changed byte or another length."""
    size = int.from_bytes(content[:8], "little")
    header, values = content[8 : 8 + size], content[8 + size :]
    choice = draw.random()
    if choice < 0.2:
        place = draw.randrange(len(content))
        return content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :]
    if choice < 0.3:
        return content[: draw.randrange(len(content))]
    parts = json.loads(header)
    if choice < 0.4:
        for part in parts.values():
            if "dtype" in part:
                part["dtype"] = draw.choice(("F64", "F32", "BF16", "I64", "BOOL", "F8_E4M3", "C64"))
    else:
        mutate(parts, draw)
    text = json.dumps(parts).encode(errors="replace")
    return len(text).to_bytes(8, "little") + text + values


class Mutations:
    """Copies of shipped checkpoints in `folder`, each damaged anew by `damage`."""

    def __init__(self, folder: Path, names: tuple[str, ...] = NAMES):
        self.folders = [Path(shutil.copytree(SHIPPED / name, folder / name)) for name in names]
        self.whole = {file: file.read_bytes() for each in self.folders for file in each.iterdir()}
        self.damaged: set[Path] = set()

    def damage(self, seed: int) -> Path:
        """Damage one of the copies, as the seed says; return its folder."""
        draw = random.Random(seed)
        while self.damaged:
            file = self.damaged.pop()
            file.write_bytes(self.whole[file])
        folder = draw.choice(self.folders)
        card = json.loads(self.whole[folder / CARD])
        for name in (WEIGHTS, CODES, MIXTURE):
            if folder / name in self.whole and draw.random() < 0.15:
                content = damaged_tensors(self.whole[folder / name], draw)
                card[f"{Path(name).stem}_sha256"] = zoo.sha256_of(content)
                self._write(folder / name, content)
        for _ in range(draw.choice((0, 1, 1, 1, 2, 4))):
            config = card.get("config") if draw.random() < 0.8 else card
            mutate(config if isinstance(config, dict) and config else card, draw)
        text = json.dumps(card, ensure_ascii=draw.random() < 0.9).encode(errors="surrogatepass")
        if draw.random() < 0.05:
            text = text[: draw.randrange(len(text))]
        self._write(folder / CARD, text)
        return folder

    def _write(self, file: Path, content: bytes) -> None:
        file.write_bytes(content)
        self.damaged.add(file)


def outcome(folder: Path) -> str:
    """How loading the checkpoint ends: "loaded", "CheckpointError", or another error's name."""
    try:
        entry = zoo.load(folder)
        entry.card.to_json()
    except zoo.CheckpointError:
        return "CheckpointError"
    except Exception as error:  # the very thing that is sought
        return f"{type(error).__name__}: {error}"
    return "loaded"


def main(count: int, seed: int = 0) -> int:
    """Load `count` damaged checkpoints, from that seed on; 1 if one broke a bound."""
    outcomes: Counter[str] = Counter()
    slow, wrong = [], []
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as root:
        mutations = Mutations(Path(root))
        outcome(mutations.damage(seed))  # what is imported on the way is no checkpoint's memory
        before = _peak()
        for each in range(seed, seed + count):
            folder = mutations.damage(each)
            began = time.monotonic()
            found = outcome(folder)
            slow.append((time.monotonic() - began, each))
            outcomes[found if found in ("loaded", "CheckpointError") else "other"] += 1
            if found not in ("loaded", "CheckpointError"):
                wrong.append((each, found))
    grown = _peak() - before
    print(f"{count:,} in {time.monotonic() - start:.0f} s: {dict(outcomes)}")
    print(f"slowest: {max(slow)[0]:.2f} s (seed {max(slow)[1]}); memory grew by {grown:.0f} MB")
    for each, found in wrong[:20]:
        print(f"seed {each}: {found}")
    return int(bool(wrong) or max(slow)[0] > SECONDS or grown > MEGABYTES)


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    sys.exit(main(*map(int, sys.argv[1:])))
