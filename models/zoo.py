"""Checkpoints on disk: a folder with weights, codes, a card, and perhaps a mixture.

Weights are data, never code: safetensors only, loaded strictly, refused unless their SHA-256 is the
card's and every number is finite. Of a folder that cannot be loaded the zoo says why, in a
sentence, and the others work.

All of a checkpoint is checked when it is looked at, but its weights and codes are not kept: most
are never asked for. They are read, and checked again, when somebody first asks.
"""

import hashlib
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor
from torch.nn import Parameter

from files import LFS_POINTER, MAC_ARCHIVE, check_writable, printable

from . import FAMILIES, MOST_WEIGHTS, architecture, build
from .base import Config, Model
from .gaussian_mixture import GaussianMixture
from .metrics import Metric
from .records import UnknownError

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"  # the shipped ones
FORMAT = 2
CONVERTIBLE = (1,)  # older formats that models.convert turns into this one
WEIGHTS, CODES, CARD = "weights.safetensors", "codes.safetensors", "card.json"
MIXTURE = "mixture.safetensors"  # of those whose card has its hash
NEXT = ".next"
MOST_CARD = 4 * 2**20  # bytes; a shipped card has up to 42 kB
MOST_IN_FILE = {WEIGHTS: 4 * MOST_WEIGHTS + 2**20, CODES: 2**25, MIXTURE: 2**25}  # bytes
MOST_CHECKPOINTS = 256  # in a folder; a hundred take a second to check
MOST_BYTES = 2 * 2**30  # of the weights of all checkpoints together; a gigabyte takes a second

# What the fields of a card are in JSON.
KINDS = {
    "name": str,
    "config": dict,
    "recipe": dict,
    "seed": int,
    "data": dict,
    "weights_sha256": str,
    "codes_sha256": str,
    "mixture_sha256": str,
    "curve": list,
    "machine": dict,
    "metrics": dict,
    "latent": dict,
}
# And what is read of fields that may hold more; each may be absent.
PARTS = {
    "recipe": {"name": str, "solver": str, "epochs": int, "labels": int | None, "measures": list},
    "data": {"name": str, "train_sha256": str, "test_sha256": str},
    "machine": {"training_seconds": int | float},
}
STATISTICS = ("mean", "std", "kl")  # of each dimension of the code
WHOLE = (torch.uint8, torch.int16, torch.int32, torch.int64)  # that classes may be
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)  # that weights may be
MIXTURE_PARTS = tuple(f.name for f in fields(GaussianMixture))


class CheckpointError(ValueError):
    """Why a checkpoint cannot be used: one sentence that names it and holds no path."""


class OutdatedError(ValueError):
    """A card of an older format, which models.convert turns into this one."""


@dataclass(frozen=True)
class Card:
    """All there is to know about one checkpoint, as JSON.

    `metrics` holds each measured number by its name; `latent` holds per-dimension statistics of the
    codes of the training images; `curve` one record of averaged terms per epoch, nats per image.
    `mixture_sha256` is empty where no mixture was fitted to the codes.
    """

    name: str
    config: Config
    recipe: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    data: dict[str, str] = field(default_factory=dict)
    weights_sha256: str = ""
    codes_sha256: str = ""
    mixture_sha256: str = ""
    curve: list[dict[str, float]] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    latent: dict[str, list[float]] = field(default_factory=dict)

    def to_json(self) -> str:
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["config"] = self.config.to_dict()
        plain["metrics"] = {name: metric.to_dict() for name, metric in self.metrics.items()}
        return json.dumps({"format": FORMAT} | plain, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Raises ValueError, one sentence, for anything but a card of this format.

        It is an UnknownError for what a newer version may have written, an OutdatedError for what
        models.convert can turn into this format.
        """
        plain = json.loads(text, parse_float=_finite, parse_constant=_finite, parse_int=_whole)
        if not isinstance(plain, dict) or not isinstance(version := plain.pop("format", None), int):
            raise ValueError("it is not a card of this program.")
        if version > FORMAT or plain.keys() - KINDS.keys():
            raise UnknownError("its card is of a newer format.")
        if version in CONVERTIBLE:
            raise OutdatedError("its card is of an older format.")
        fits = all(isinstance(value, KINDS[name]) for name, value in plain.items())
        if version != FORMAT or not fits or not {"name", "config"} <= plain.keys():
            raise ValueError("its card has missing fields or fields of another type.")
        metrics = plain.get("metrics", {}).items()
        card = cls(
            **plain
            | {
                "config": Config.from_dict(plain["config"]),
                "metrics": {name: Metric.from_dict(name, metric) for name, metric in metrics},
            }
        )
        if not _can_be_read(card):
            raise ValueError("its card has missing values or values of another type.")
        return card


def _can_be_read(card: Card) -> bool:
    """Whether the card has all values that the page and scripts read, of the expected types."""
    family = FAMILIES.get(card.config.family)  # None: of a newer version, which `load` refuses
    needed = {"mean", "std"} if family and family.has_encoder else set()
    return (
        "name" in card.data
        and all(_fits(getattr(card, part), kinds) for part, kinds in PARTS.items())
        and needed <= card.latent.keys()
        and all(map(_are_numbers, card.latent.values()))
        and all(len(card.latent[s]) == card.config.latent for s in STATISTICS if s in card.latent)
    )


def _fits(part: dict[str, Any], kinds: dict[str, Any]) -> bool:
    return all(isinstance(part[key], kind) for key, kind in kinds.items() if key in part)


def _finite(text: str) -> float:
    """A number of a card. Raises ValueError unless it is finite."""
    if not math.isfinite(value := float(text)):
        raise ValueError("its card has a number that is not finite.")
    return value


def _whole(text: str) -> int:
    """A whole number of a card. Raises ValueError if it is too large for a float."""
    _finite(text)
    return int(text)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Codes:
    """The points of a latent map: mean codes z [N, D] of test images, and their labels y [N]."""

    z: Tensor
    y: Tensor


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


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """A context in which no other process writes to the checkpoint in `folder`, which is there.

    Raises CheckpointError while another process is in such a context, and OSError if no file can be
    created there. Windows and network drives that lock no folder refuse nobody.
    """
    check_writable(folder)
    if sys.platform == "win32":
        yield
        return
    import fcntl  # Windows has none

    opened = os.open(folder, os.O_RDONLY)
    try:
        # The lock is on the open folder: it leaves no file, and ends with the process in any case.
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(opened)
        raise CheckpointError(
            f"Another command writes to checkpoint {folder.name} now: wait until it has ended."
        ) from error
    except OSError:  # no locks on this drive
        pass
    try:
        yield
    finally:
        os.close(opened)


def round_weights(model: Model) -> Model:
    """Round the weights, in place, to the float16 a checkpoint stores.

    Done before the metrics are taken, so that what is measured is what is shipped. Raises
    ValueError, one sentence, for weights that float16 does not hold.
    """
    with torch.no_grad():
        for parameter in model.state_dict().values():
            parameter.copy_(_rounded(parameter))
    return model


def _rounded(weights: Tensor) -> Tensor:
    """In float16. Raises ValueError if that makes them infinite, or they were not finite."""
    rounded = weights.half()
    if not torch.isfinite(rounded).all():
        raise ValueError(
            "The weights have become too large for a checkpoint; lower the learning rate."
        )
    return rounded


def save(
    folder: Path, model: Model, codes: Codes, card: Card, mixture: GaussianMixture | None = None
) -> Card:
    """Write the checkpoint into `folder`; return the card with the hashes of its tensors in it.

    Weights are stored in half precision: see `round_weights`, which says what is refused. New
    tensors wait under NEXT until the card that vouches for them is written, so whatever interrupts,
    one whole checkpoint loads.
    """
    weights = _half(model.state_dict())
    points = save_tensors({"z": codes.z.cpu().half(), "y": codes.y.cpu().to(torch.uint8)})
    contents = {WEIGHTS: weights, CODES: points}
    if mixture:
        contents[MIXTURE] = _of_mixture(mixture)
    hashes = {f"{Path(file).stem}_sha256": sha256_of(c) for file, c in contents.items()}
    card = replace(card, **{"mixture_sha256": ""} | hashes)
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder, contents, card.to_json())
    return card


def write_files(folder: Path, contents: Mapping[str, bytes], card: str) -> None:
    """Replace files of tensors, by name, together with the text of the card that has their hashes.

    Whatever interrupts it, either the old files load or the new ones.
    """
    for file, content in contents.items():
        write_atomically(folder / (file + NEXT), content)
    write_atomically(folder / CARD, card.encode())  # from here on the new one counts
    for file in contents:
        (folder / (file + NEXT)).replace(folder / file)


def add_mixture(folder: Path, mixture: GaussianMixture) -> None:
    """Put the mixture into a checkpoint that is there, in place of one it may have."""
    content = _of_mixture(mixture)
    card = replace(load(folder).card, mixture_sha256=sha256_of(content))
    write_files(folder, {MIXTURE: content}, card.to_json())


def _of_mixture(mixture: GaussianMixture) -> bytes:
    parts = {name: getattr(mixture, name) for name in MIXTURE_PARTS}
    return save_tensors({k: v.detach().cpu().float().contiguous() for k, v in parts.items()})


def amend(
    folder: Path, metrics: Mapping[str, Metric], latent: Mapping[str, Any] | None = None
) -> None:
    """Add to the card of a checkpoint, as it is now; nothing else in it changes."""
    card = load(folder).card
    card = replace(
        card, metrics={**card.metrics, **metrics}, latent={**card.latent, **(latent or {})}
    )
    write_atomically(folder / CARD, card.to_json().encode())


def read_file(folder: Path, file: str, sha256: str) -> bytes:
    """The content of a file of tensors; `sha256` is what the card says of it, and is not checked.

    A save that was killed may have left the card's file under NEXT: then it is that one. Raises
    OSError, and ValueError for more bytes than MOST_IN_FILE.
    """
    most = MOST_IN_FILE[file]
    staged = folder / (file + NEXT)
    if staged.is_file() and sha256_of(content := _bounded(staged, most)) == sha256:
        return content
    return _bounded(folder / file, most)


def _half(state: Mapping[str, Tensor]) -> bytes:
    return save_tensors({k: _rounded(v.detach()).cpu().contiguous() for k, v in state.items()})


def sha256_of(content: bytes) -> str:
    """The hash that a card has of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


T = TypeVar("T")


class Once(Generic[T]):
    """What is made when it is first asked for, once for all threads; a failure is not kept."""

    def __init__(self, make: Callable[[], T]):
        self._make = make
        self._lock = Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


@dataclass(frozen=True)
class Entry:
    """A checkpoint, read-only, because all visitors share it.

    digest: of the card, which has those of the files. size: bytes of the file of weights.
    architecture: the model without its weights, which answers what depends on the config alone and
    costs nothing. mixture: fitted to the codes of training images. `weights` and `points` read what
    `model` and `codes` are.
    """

    card: Card
    digest: str
    size: int
    architecture: Model
    weights: Callable[[], Model]
    points: Callable[[], Codes]
    mixture: GaussianMixture | None = None

    @property
    def model(self) -> Model:
        """The model, in evaluation mode, read when first asked for. Raises CheckpointError."""
        return self.weights()

    @property
    def log_var(self) -> float | None:
        """log sigma^2 of p(x|z), as its config says or as it was learned; None where it has none.

        Weights are read only if it was learned.
        """
        likelihood = getattr(self.architecture, "likelihood", None)
        if isinstance(getattr(likelihood, "log_var", None), Parameter):
            likelihood = self.model.likelihood
        else:
            likelihood = self.card.config.likelihood.build()
        log_var = getattr(likelihood, "log_var", None)
        return None if log_var is None else float(log_var)

    @property
    def codes(self) -> Codes:
        """Codes of test images, read when first asked for. Raises CheckpointError."""
        return self.points()


def _check_files(folder: Path) -> None:
    """Raises CheckpointError for Git LFS pointers, unreadable files and unprintable names."""
    name = printable(folder.name)
    if name != folder.name:
        raise CheckpointError(
            f"Checkpoint {name!r} cannot be shown by its name: rename its folder."
        )
    for file in (CARD, WEIGHTS, CODES):
        try:
            with (folder / file).open("rb") as opened:
                start = opened.read(len(LFS_POINTER))
        except PermissionError as error:
            raise CheckpointError(
                f"Checkpoint {name} may not be read: change the permissions of its files."
            ) from error
        except OSError:
            continue  # a save that was killed leaves files under other names: see `read_file`
        if start == LFS_POINTER:
            raise CheckpointError(
                f"Checkpoint {name} is not downloaded, it holds Git LFS pointers: run git lfs pull."
            )


def load(folder: Path) -> Entry:
    """Read a checkpoint onto the CPU, whole: what later happens to the folder changes nothing.

    Raises CheckpointError.
    """
    entry = _look(folder, torch.device("cpu"))
    entry.weights()
    entry.points()
    return entry


def _look(folder: Path, device: torch.device) -> Entry:
    """Check all of a checkpoint and keep what is small. Raises CheckpointError.

    Nothing is allocated for a model before its card's sizes are those of the file of weights.
    """
    _check_files(folder)
    card, digest = _card(folder)
    name = folder.name
    weights = _content(folder, WEIGHTS, card.weights_sha256)
    points = _content(folder, CODES, card.codes_sha256)
    parts = _content(folder, MIXTURE, card.mixture_sha256) if card.mixture_sha256 else None
    if card.config.family not in FAMILIES:
        raise _newer(name)
    model = _architecture(name, card.config)
    _state(name, model, weights)
    _codes(name, card.config, points)
    return Entry(
        card=card,
        digest=digest,
        size=len(weights),
        architecture=model,
        weights=Once(partial(_read_model, folder, card, model, device)),
        points=Once(partial(_read_codes, folder, card)),
        mixture=None if parts is None else _mixture(name, card.config, parts),
    )


def _card(folder: Path) -> tuple[Card, str]:
    """The card and a hash of its text, under the folder's name. Raises CheckpointError."""
    name = folder.name
    try:
        # The name is the folder's: folders get renamed.
        text = _bounded(folder / CARD, MOST_CARD)
        return replace(Card.from_json(text.decode()), name=name), sha256_of(name.encode() + text)
    except OSError as error:
        raise _incomplete(name) from error
    except UnknownError as error:
        raise _newer(name) from error
    except OutdatedError as error:
        raise CheckpointError(
            f"Checkpoint {name} is of an older version: run python -m models.convert on its folder."
        ) from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"Checkpoint {name} has an unreadable card: train it anew."
        ) from error


def _bounded(file: Path, most: int) -> bytes:
    """The content of a file. Raises ValueError, one sentence, for more than `most` bytes."""
    if file.stat().st_size > most:
        raise ValueError(f"the file has more than {most:,} bytes.")
    return file.read_bytes()


def _content(folder: Path, file: str, sha256: str) -> bytes:
    """The content of a file of tensors, which is what the card says. Raises CheckpointError."""
    name = folder.name
    try:
        content = read_file(folder, file, sha256)
    except OSError as error:
        raise _incomplete(name) from error
    except ValueError as error:
        raise CheckpointError(
            f"Checkpoint {name} has a file of more than {MOST_IN_FILE[file]:,} bytes: train a "
            "smaller model."
        ) from error
    if sha256_of(content) != sha256:
        raise CheckpointError(f"Checkpoint {name} is damaged: its files do not match its card.")
    return content


def _incomplete(name: str) -> CheckpointError:
    return CheckpointError(f"Checkpoint {name} is incomplete: a file is missing.")


def _newer(name: str) -> CheckpointError:
    return CheckpointError(f"Checkpoint {name} needs a newer version of Latent Lab: update it.")


def _does_not_fit(name: str) -> CheckpointError:
    return CheckpointError(
        f"Checkpoint {name} does not fit the model its card describes; train it again."
    )


def _architecture(name: str, config: Config) -> Model:
    try:
        return architecture(config).eval().requires_grad_(False)
    except (ValueError, RuntimeError, TypeError) as error:
        raise _does_not_fit(name) from error


def _tensors(content: bytes) -> dict[str, Tensor]:
    """The tensors in a file. Raises ValueError for whatever is none."""
    try:
        return load_tensors(content)
    except (SafetensorError, KeyError, TypeError, RuntimeError, OverflowError) as error:
        raise ValueError("these are no tensors.") from error  # also of a size that none can have


def _state(name: str, model: Model, content: bytes) -> dict[str, Tensor]:
    """The weights in a file, if they are those of the model and finite; else CheckpointError."""
    try:
        state = _tensors(content)
    except ValueError as error:
        raise _does_not_fit(name) from error
    expected = {key: value.shape for key, value in model.state_dict().items()}
    if {key: value.shape for key, value in state.items()} != expected:
        raise _does_not_fit(name)
    if not all(value.dtype in FLOATS for value in state.values()):
        raise _does_not_fit(name)
    # One that is not finite makes the sum so; no sum of weights that can be used overflows.
    if not all(value.sum(dtype=torch.float32).isfinite() for value in state.values()):
        raise CheckpointError(f"Checkpoint {name} holds weights that are not numbers.")
    return state


def _read_model(folder: Path, card: Card, architecture: Model, device: torch.device) -> Model:
    state = _state(folder.name, architecture, _content(folder, WEIGHTS, card.weights_sha256))
    model = build(card.config)
    model.load_state_dict(state, strict=True)
    return model.eval().requires_grad_(False).to(device)


def _read_codes(folder: Path, card: Card) -> Codes:
    return _codes(folder.name, card.config, _content(folder, CODES, card.codes_sha256))


def _codes(name: str, config: Config, points: bytes) -> Codes:
    try:
        tensors = _tensors(points)
        z, y = tensors["z"], tensors["y"]
    except (ValueError, KeyError) as error:
        raise CheckpointError(f"Checkpoint {name} has unreadable codes: train it anew.") from error
    fits = z.shape == (*y.shape, config.latent) and z.dtype in FLOATS and y.dtype in WHOLE
    if not (fits and z.isfinite().all()):
        raise CheckpointError(f"Checkpoint {name} has codes that do not fit its model.")
    return Codes(z=z.float(), y=y.long())


def _mixture(name: str, config: Config, content: bytes) -> GaussianMixture:
    try:
        tensors = _tensors(content)
        if not all(part.dtype in FLOATS for part in tensors.values()):
            raise ValueError("the parts of a mixture must be floating-point numbers.")
        mixture = GaussianMixture(**tensors)
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            f"Checkpoint {name} has an unreadable mixture: fit it to the codes anew."
        ) from error
    if mixture.latent != config.latent:
        raise CheckpointError(f"Checkpoint {name} has a mixture that does not fit its model.")
    return mixture


def _folders(root: Path) -> dict[str, Path]:
    """The folders in `root` by name, without the hidden ones: no checkpoint is called .git."""
    folders = root.iterdir() if root.is_dir() else ()
    shown = (p for p in folders if not p.name.startswith(".") and p.name != MAC_ARCHIVE)
    return {p.name: p for p in sorted(shown) if p.is_dir()}


class Zoo(Mapping[str, Entry]):
    """The checkpoints in `root` by folder name; their models are on `device` once asked for.

    unavailable: {name: sentence}, of folders that could not be loaded and why: those that are
    damaged when the zoo is made, and those found damaged when their weights are asked for. `own` is
    a second folder, whose checkpoints replace those of the same name in `root`. Of each folder the
    first 256 by name are taken, and of all no more than 2 GB of weights.
    """

    def __init__(self, root: Path, device: torch.device | str = "cpu", own: Path | None = None):
        self.device = torch.device(device)
        self.unavailable: dict[str, str] = {}
        self._entries: dict[str, Entry] = {}
        self._lock = Lock()
        folders: dict[str, Path] = {}
        for place in (root, own):
            folders |= self._taken(_folders(place) if place else {})
        room = MOST_BYTES
        for name, folder in sorted(folders.items()):
            try:
                entry = self._look(folder)
                room -= entry.size
                if room < 0:
                    raise CheckpointError(
                        f"Checkpoint {name} is left out, for all together have more than "
                        f"{MOST_BYTES:,} bytes: move it elsewhere."
                    )
            except CheckpointError as error:
                self.unavailable[printable(name)] = str(error)
            else:
                self._entries[name] = entry

    def _taken(self, folders: dict[str, Path]) -> dict[str, Path]:
        """The first of the folders; of the others one sentence says that they are left out."""
        names = list(folders)
        if len(names) > MOST_CHECKPOINTS:
            rest = len(names) - MOST_CHECKPOINTS
            self.unavailable[f"{rest:,} further folders"] = (
                f"A folder holds {len(names):,} checkpoints, and the first {MOST_CHECKPOINTS} are "
                "shown: move those you do not need elsewhere."
            )
        return {name: folders[name] for name in names[:MOST_CHECKPOINTS]}

    def _look(self, folder: Path) -> Entry:
        """A checked checkpoint, which is withdrawn once its files turn out to have changed."""
        entry = _look(folder, self.device)
        weights = partial(self._asked, folder.name, entry.weights)
        points = partial(self._asked, folder.name, entry.points)
        return replace(entry, weights=weights, points=points)

    def _asked(self, name: str, read: Callable[[], T]) -> T:
        try:
            return read()
        except CheckpointError as error:
            with self._lock:  # others may be walking through both: they are replaced whole
                self.unavailable = self.unavailable | {name: str(error)}
                self._entries = {n: e for n, e in self._entries.items() if n != name}
            raise

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
