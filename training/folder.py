"""A folder of pictures, one sub-folder per class, as a data set: --dataset folder:PATH."""

import hashlib
import logging
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from .data import DataError, Dataset, Split

PREFIX = "folder:"
# Bitmaps only: Pillow also opens formats that are programs to be run.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
MOST_PIXELS = 50_000_000  # of one picture, by its header
MOST_BYTES = 2**28  # of all pictures together, as they are held in memory
LEAST_PICTURES = 20
MOST_CLASSES = 256  # a checkpoint stores a label as one byte
TEST_SHARE = 10  # one picture in so many is kept for the test
COLOURED = 16  # levels between two channels of one pixel; grey photos are not perfectly grey

log = logging.getLogger(__name__)


def read(path: Path, height: int, width: int) -> Dataset:
    """The pictures in `path`, stretched to height x width; grey, or RGB where any has colour.

    Classes are the sub-folders in the order of their names; without any, all is one class. Files
    that hold no picture are skipped, with one warning that counts them. What is trained on and what
    is tested is chosen by the hashes of the file names, so it does not change between runs.

    Raises DataError, before a picture is opened where it can be told by counting.
    """
    name = path.resolve().name
    if not path.is_dir():
        raise DataError(f"There is no folder {name!r}; name one with --dataset folder:PATH.")
    files, labels = _listed(path, name, MOST_BYTES // (3 * height * width))
    found = [_picture(file, height, width) for file in files]
    skipped = sum(each is None for each in found)
    if skipped:
        log.warning(
            "%s", f"{skipped:,} of {len(files):,} files in {name} hold no readable picture."
        )
    kept = [i for i, each in enumerate(found) if each is not None]
    if len(kept) < LEAST_PICTURES:
        raise DataError(
            f"The folder {name!r} has {len(kept)} readable pictures, and {LEAST_PICTURES} are "
            "needed; put them into one sub-folder per class."
        )
    pixels = _in_least_channels(np.stack([found[i] for i in kept]))
    _, y = np.unique([labels[i] for i in kept], return_inverse=True)
    return _split(PREFIX + name, pixels, y, [str(files[i].relative_to(path)) for i in kept])


def _listed(path: Path, name: str, most: int) -> tuple[list[Path], list[str]]:
    """Every file of the data set and the name of its class, in order; raises DataError."""
    folders = sorted(p for p in path.iterdir() if p.is_dir() and _is_shown(p))
    if len(folders) > MOST_CLASSES:
        raise DataError(
            f"The folder {name!r} has {len(folders):,} sub-folders; at most {MOST_CLASSES} classes "
            "can be told apart."
        )
    # One more than may be: a folder of a million is not listed to its end.
    files = sorted(islice(_files(folders or [path]), most + 1))
    if len(files) > most:
        raise DataError(
            f"The folder {name!r} holds more than {most:,} files, which is all that is kept in "
            "memory at this size; use fewer."
        )
    return files, [file.parent.name for file in files]


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        with os.scandir(folder) as entries:
            yield from (
                Path(entry.path) for entry in entries if entry.is_file() and _is_shown(entry)
            )


def _is_shown(entry: Path | os.DirEntry) -> bool:
    return not entry.name.startswith(".")


def _picture(file: Path, height: int, width: int) -> np.ndarray | None:
    """RGB uint8 [3, height, width], upright; None for what is no picture, or is too large."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft(None, (4 * width, 4 * height))  # lets JPEG decode at a part of its size
            image = ImageOps.exif_transpose(_opaque(image))
            image = image.resize((width, height), Image.Resampling.HAMMING)
    except Exception:  # a decoder may raise anything on bytes made to break it
        return None
    return np.asarray(image).transpose(2, 0, 1)


def _opaque(image: Image.Image) -> Image.Image:
    """As RGB; what is transparent becomes black or white, whichever is farther from the rest."""
    if image.mode.startswith("I"):  # 16 bits a pixel; convert would clip them at 255
        grey = np.asarray(image.convert("F")) / 257
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    levels, alpha = np.asarray(seen.convert("L")), np.asarray(seen.getchannel("A"))
    opaque = levels[alpha > 127]
    ground = "white" if opaque.size and np.median(opaque) < 128 else "black"
    return Image.alpha_composite(Image.new("RGBA", seen.size, ground), seen).convert("RGB")


def _in_least_channels(pixels: np.ndarray) -> np.ndarray:
    """RGB [N, 3, H, W] as it is, or as grey [N, 1, H, W] when no picture has colour."""
    spread = (each.max(0) - each.min(0) for each in pixels)
    if any(each.max() > COLOURED for each in spread):
        return pixels
    return pixels[:, 1:2].copy()


def _split(name: str, pixels: np.ndarray, y: np.ndarray, names: list[str]) -> Dataset:
    """Of every class, one picture in TEST_SHARE is for the test; classes follow in no order."""
    order = sorted(range(len(names)), key=lambda i: hashlib.sha256(names[i].encode()).digest())
    seen = np.zeros(y.max() + 1, int)
    train, test = [], []
    for i in order:
        # The second of each class first: a class of one picture is trained on.
        (test if seen[y[i]] % TEST_SHARE == 1 else train).append(i)
        seen[y[i]] += 1
    images, labels = torch.from_numpy(pixels), torch.from_numpy(y).long()
    return Dataset(name, *(Split.of(images[part], labels[part]) for part in (train, test)))
