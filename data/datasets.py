"""Data sets, each as one uint8 tensor: registry DATASETS.

Torchvision downloads what is absent and checks the archives; the unpacked files are hashed here on
every load, so that an interrupted download is repaired and never half used. `digits` ships inside
scikit-learn and needs no network.
"""

import gzip
import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from data import shapes_grid
from data.mixture import MIXTURE
from data.noise import gaussian_pixels
from data.shapes import FACTORS
from files import REASONS, printable, sentence_of

# Torchvision is imported where it is used: that takes a second and 170 MB, and whoever has MNIST
# unpacked needs none of it.
if TYPE_CHECKING:
    from torchvision import datasets


class DataError(RuntimeError):
    """Why a data set cannot be used, in one sentence."""


@dataclass(frozen=True)
class Split:
    """images uint8 [N, C, H, W], labels int64 [N], and the SHA-256 over both.

    factors: int64 [N, F] where the causes of a picture are known, else None.
    """

    images: Tensor
    labels: Tensor
    sha256: str
    factors: Tensor | None = None

    @classmethod
    def of(cls, images: Tensor, labels: Tensor, factors: Tensor | None = None) -> "Split":
        """The split of these tensors, with its hash."""
        digest = hashlib.sha256(images.contiguous().numpy().data)
        digest.update(labels.contiguous().numpy().data)
        return cls(images, labels, digest.hexdigest(), factors)

    def required_factors(self) -> Tensor:
        """factors themselves. Raises ValueError, one sentence, if they are not known."""
        if self.factors is None:
            raise ValueError("this data set does not know the factors of its pictures.")
        return self.factors

    def to(self, device: torch.device | str) -> "Split":
        """The same split on another device."""
        factors = None if self.factors is None else self.factors.to(device)
        return Split(self.images.to(device), self.labels.to(device), self.sha256, factors)

    def part(self, which: slice) -> "Split":
        """Some of its images; the hash stays that of the whole."""
        factors = None if self.factors is None else self.factors[which]
        return Split(self.images[which], self.labels[which], self.sha256, factors)

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Dataset:
    """One data set, on the CPU. `factors` names the columns of its splits' factors."""

    name: str
    train: Split
    test: Split
    factors: tuple[str, ...] = ()

    @property
    def classes(self) -> int:
        """How many classes the labels tell apart; 1 says that nothing is labelled."""
        return 1 + int(max(self.train.labels.max(), self.test.labels.max()))

    @property
    def identity(self) -> dict[str, str]:
        """What a card says of its data: two data sets are the same if they agree in all of it."""
        return {
            "name": self.name,
            "train_sha256": self.train.sha256,
            "test_sha256": self.test.sha256,
        }


def default_root() -> Path:
    """Where data sets lie and are downloaded to: LATENT_DATA, or a folder of the user's cache.

    Raises DataError if there is neither.
    """
    try:
        return Path(os.environ.get("LATENT_DATA") or Path.home() / ".cache" / "latent-lab")
    except RuntimeError as error:  # a user of whom the system knows no home
        raise DataError(
            "There is no home folder to keep data sets in; name a folder with LATENT_DATA."
        ) from error


def unit_interval(images: Tensor) -> Tensor:
    """uint8 images as floats in [0, 1]."""
    return images.float() / 255.0


# MD5 of MNIST's unpacked files. People keep MNIST unpacked and delete the archives, so the archive
# sums that torchvision knows are not enough to recognise a good copy.
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def _has_md5(file: Path, md5: str) -> bool:
    return file.is_file() and hashlib.md5(file.read_bytes()).hexdigest() == md5


def _is_whole(raw: Path, archive: str, archive_md5: str) -> bool:
    """Is the unpacked file of `archive` the original one?"""
    packed, unpacked = raw / archive, raw / archive.removesuffix(".gz")
    if raw.parent.name == "MNIST":
        return _has_md5(unpacked, MNIST_MD5[unpacked.name])
    if not (unpacked.is_file() and _has_md5(packed, archive_md5)):
        return False
    return gzip.decompress(packed.read_bytes()) == unpacked.read_bytes()


def _fetch(source: "type[datasets.MNIST]", raw: Path, archive: str, md5: str) -> None:
    """Download and unpack one archive from the first mirror that serves the right bytes."""
    from torchvision.datasets.utils import download_and_extract_archive

    *others, last = source.mirrors
    for mirror in others:
        with suppress(OSError, RuntimeError):
            download_and_extract_archive(mirror + archive, str(raw), filename=archive, md5=md5)
            return
    download_and_extract_archive(last + archive, str(raw), filename=archive, md5=md5)


def _torchvision(source: str, name: str, root: Path, download: bool) -> Dataset:
    """The data set that torchvision has as the class `source`."""
    raw = root / source / "raw"
    try:
        _make_whole(source, name, raw, download)
        train, test = (
            Split.of(
                _idx(raw / f"{part}-images-idx3-ubyte").unsqueeze(1),
                _idx(raw / f"{part}-labels-idx1-ubyte").long(),
            )
            for part in ("train", "t10k")
        )
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(_not_to_be_had(name, root, error)) from error
    return Dataset(name, train, test)


def _make_whole(source: str, name: str, raw: Path, download: bool) -> None:
    """Fetch what is not whole. Raises DataError if something is not and `download` is false."""
    refused = DataError(f"The {name} files are missing or damaged.")
    if source == "MNIST":
        if all(_has_md5(raw / file, md5) for file, md5 in MNIST_MD5.items()):
            return
        if not download:
            raise refused
    from torchvision import datasets

    known: type[datasets.MNIST] = getattr(datasets, source)
    damaged = [resource for resource in known.resources if not _is_whole(raw, *resource)]
    if damaged and not download:
        raise refused
    for archive, md5 in damaged:
        _fetch(known, raw, archive, md5)


def _idx(file: Path) -> Tensor:
    """The array of bytes in a file of MNIST's format: a magic number, one size per axis, content.

    Raises OSError, and ValueError for another file.
    """
    content = file.read_bytes()
    start = 4 + 4 * content[3]  # the magic number's last byte is the number of axes
    sizes = np.frombuffer(content[4:start], ">u4").tolist()
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=start).reshape(sizes).copy())


def _not_to_be_had(name: str, root: Path, error: Exception) -> str:
    """Why a download failed: the folder cannot be written to, the disk is full, or the network."""
    if isinstance(error, OSError) and error.errno in REASONS:
        return sentence_of(error)
    return (
        f"The {name} files are not in {printable(str(root))} and could not be downloaded; connect "
        "to the network, name another folder with --data, or use --dataset digits."
    )


EMNIST_ARCHIVE = "gzip.zip"


def _emnist_letters(root: Path, download: bool) -> Dataset:
    """145,600 handwritten letters of either case, classes A to Z (Cohen et al. 2017, 1702.05373).

    All of EMNIST is one archive, read as it is: nothing unpacked can be damaged.
    """
    from torchvision import datasets
    from torchvision.datasets.utils import check_integrity, download_url

    archive = root / "EMNIST" / "raw" / EMNIST_ARCHIVE
    source = datasets.EMNIST
    if not check_integrity(str(archive), source.md5):
        if not download:
            raise DataError("The emnist-letters archive is missing or damaged.")
        try:
            download_url(source.url, str(archive.parent), EMNIST_ARCHIVE, source.md5)
        except (OSError, RuntimeError) as error:
            raise DataError(_not_to_be_had("emnist-letters", root, error)) from error
    with ZipFile(archive) as packed:
        train, test = (_letters(packed, part) for part in ("train", "test"))
    return Dataset("emnist-letters", train, test)


def _letters(packed: ZipFile, part: str) -> Split:
    """One split, upright and with labels from 0: the archive has columns for rows, and 1 to 26."""
    images, labels = (
        gzip.decompress(packed.read(f"gzip/emnist-letters-{part}-{kind}-ubyte.gz"))
        for kind in ("images-idx3", "labels-idx1")
    )
    # After the header of the format: a magic number and one size per axis, 4 bytes each.
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 1, 28, 28).swapaxes(2, 3)
    y = np.frombuffer(labels, np.uint8, offset=8).astype(np.int64) - 1
    return Split.of(torch.from_numpy(pixels.copy()), torch.from_numpy(y))


def _as_mnist(digit: np.ndarray) -> np.ndarray:
    """An 8x8 digit with 17 grey levels, resized to MNIST's 20x20 box in a 28x28 frame."""
    grey = Image.fromarray((digit * (255 / 16)).round().astype(np.uint8))
    return np.pad(np.asarray(grey.resize((20, 20), Image.Resampling.LANCZOS)), 4)


def _digits(root: Path, download: bool) -> Dataset:
    """scikit-learn's 1,797 handwritten digits (UCI, 13 test writers); the last 360 are the test."""
    from sklearn.datasets import load_digits  # slow to import, and most runs never need it

    bunch: Any = load_digits()  # its type is that of the tuple which other arguments give
    images = torch.from_numpy(np.stack([_as_mnist(d) for d in bunch.images])).unsqueeze(1)
    labels = torch.from_numpy(bunch.target).long()
    train, test = (Split.of(images[s], labels[s]) for s in (slice(-360), slice(-360, None)))
    return Dataset("digits", train, test)


# Synthetic data are drawn with this seed, so that their hashes stay the same.
_SYNTHETIC_SEED = 20_060_728


def _noise(root: Path, download: bool) -> Dataset:
    """Pixels drawn independently and uniformly: 28x28 images that have nothing in common."""
    generator = torch.Generator().manual_seed(_SYNTHETIC_SEED)
    train, test = (
        Split.of(
            torch.randint(0, 256, (n, 1, 28, 28), generator=generator, dtype=torch.uint8),
            torch.zeros(n, dtype=torch.long),
        )
        for n in (60_000, 10_000)
    )
    return Dataset("noise", train, test)


def _gaussian_noise(root: Path, download: bool) -> Dataset:
    """Pixels drawn independently from N(1/2, 1/6^2): 28x28 images that have nothing in common."""
    generator = torch.Generator().manual_seed(_SYNTHETIC_SEED)
    train, test = (
        Split.of(gaussian_pixels((n, 1, 28, 28), generator), torch.zeros(n, dtype=torch.long))
        for n in (60_000, 10_000)
    )
    return Dataset("gaussian-noise", train, test)


def _mixture(root: Path, download: bool) -> Dataset:
    """Points of MIXTURE as images of two pixels, labelled by component.

    They are rounded to 256 levels like all images here: 1/900 of a unit, 2 % of the spread.
    """
    generator = torch.Generator().manual_seed(_SYNTHETIC_SEED)
    means = torch.tensor(MIXTURE.means)
    splits = []
    for n in (60_000, 10_000):
        labels = torch.multinomial(torch.tensor(MIXTURE.weights), n, True, generator=generator)
        points = means[labels] + MIXTURE.std * torch.randn(n, 2, generator=generator)
        levels = (255 * points).round().clamp(0, 255).to(torch.uint8)
        splits.append(Split.of(levels.view(n, 1, 1, 2), labels))
    return Dataset("mixture", *splits)


def _shapes(root: Path, download: bool) -> Dataset:
    """Every combination of five factors, drawn; labelled by shape, the first of them."""
    images, factors = shapes_grid.pictures(), shapes_grid.grid()
    train, test = (
        Split.of(images[places], factors[places, 0], factors[places])
        for places in shapes_grid.order(_SYNTHETIC_SEED)
    )
    return Dataset("shapes", train, test, tuple(FACTORS))


DATASETS: dict[str, Callable[[Path, bool], Dataset]] = {
    "mnist": partial(_torchvision, "MNIST", "mnist"),
    "fashion-mnist": partial(_torchvision, "FashionMNIST", "fashion-mnist"),
    "kmnist": partial(_torchvision, "KMNIST", "kmnist"),
    "emnist-letters": _emnist_letters,
    "digits": _digits,
    "noise": _noise,
    "gaussian-noise": _gaussian_noise,
    "mixture": _mixture,
    "shapes": _shapes,
}


# Those that are written otherwise than they are called here.
TITLES = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "emnist-letters": "EMNIST letters",
}


def title_of(identity: Mapping[str, Any], unnamed: str) -> str:
    """A data set as people write it, by what a card says of it; `unnamed` if that is no name."""
    name = str(identity.get("name", unnamed))
    return TITLES.get(name, name)


def load(name: str, root: Path | None = None, download: bool = True) -> Dataset:
    """The data set `name`, from `root` or downloaded into it.

    Raises DataError when the files are not whole and cannot be fetched (or may not: `download`),
    or may not be read.
    """
    if name not in DATASETS:
        raise DataError(f"There is no data set {name!r}; choose one of {', '.join(DATASETS)}.")
    try:
        return DATASETS[name](root or default_root(), download)
    except OSError as error:
        raise DataError(sentence_of(error)) from error
