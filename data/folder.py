"""A folder of pictures, one sub-folder per class, as a data set: --dataset folder:PATH."""

import hashlib
import logging
import os
import stat
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from data.datasets import DataError, Dataset, Split
from data.layout import BESIDE, TEST, TRAIN, File, Layout, Notes
from files import LFS_POINTER, printable

PREFIX = "folder:"
# Bitmaps only: Pillow also opens formats that are programs to be run.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
MOST_PIXELS = 50_000_000  # of one picture, by its header
MOST_BYTES = 2**28  # of all pictures together, as they are held in memory
LEAST_PICTURES, LEAST_TRAIN, LEAST_TEST = 20, 10, 2  # a standard error takes two
TEST_SHARE = 10  # one picture in so many is kept for the test
COLOURED = 16  # levels between two channels of one pixel; grey photos are not perfectly grey
WHITES = (2**8 - 1, 2**12 - 1, 2**16 - 1)  # of files with more than 8 bits, by what they hold

# What is noted of files that are not used.
NO_PICTURE = "hold no readable picture"
POINTERS = "are Git LFS pointers, which git lfs pull replaces by the pictures"
FORBIDDEN = "may not be read; change their permissions"
LARGE = f"have more than {MOST_PIXELS // 10**6} million pixels; make them smaller"
EQUAL = "equal another picture, and are left out"

log = logging.getLogger(__name__)


class UnusableError(Exception):
    """Raised for a file that gives no picture; its text is the reason, for `Notes`."""


def located(text: str) -> Path:
    """The folder that folder:PATH names. Raises DataError if it names none."""
    path = text.removeprefix(PREFIX)
    if not path.strip():
        raise DataError(f"There is no path after {PREFIX!r}; name a folder, as in folder:letters.")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # ~somebody, of whom the system does not know
        raise DataError(f"There is no home folder for {path!r}; write the whole path.") from error


def read(path: Path, height: int, width: int) -> Dataset:
    """The pictures in `path`, stretched to height x width; grey, or RGB where any has colour.

    Classes are the sub-folders in the order of their names; without any, all is one class. What is
    trained on and what is tested is chosen by the hashes of the file names, so it does not change
    between runs; where there are folders train and test, they say it. Of equal pictures one is
    used, else a model would be tested on what it was trained on. What is not used is told in
    warnings: how many files, and the first names.

    Raises DataError, before a picture is opened where it can be told by counting.
    """
    name = printable(Path(os.path.abspath(path)).name)
    if not name:
        raise DataError("The whole disk is no data set; name a folder of pictures.")
    notes = Notes(name)
    files = Layout(path, notes, MOST_BYTES // (3 * height * width)).files()
    found, used = [], []
    pixels = np.empty((0, 3, height, width), np.uint8)
    for file in files:
        try:
            found.append(_picture(file.path, height, width))
            used.append(file)
        except UnusableError as reason:
            notes.add(str(reason), file.name)
    if found:
        pixels, used = _different(_in_least_channels(np.stack(found)), used, notes)
    sentences = notes.sentences(len(files) + len(notes.files_by_note.get(BESIDE, ())))
    if len(used) < LEAST_PICTURES:
        advice = "; ".join(sentences) or "put them into one sub-folder per class"
        raise DataError(
            f"The folder {name!r} has {len(used)} readable pictures, and {LEAST_PICTURES} are "
            f"needed; {advice}."
        )
    for sentence in sentences:
        log.warning("%s.", sentence)
    return _split(name, pixels, used)


def _different(
    pixels: np.ndarray, files: list[File], notes: Notes
) -> tuple[np.ndarray, list[File]]:
    """Pictures [N, C, H, W] and their files, without those equal to an earlier one."""
    kept, seen = [], set()
    for i, each in enumerate(pixels):
        if (content := each.tobytes()) in seen:
            notes.add(EQUAL, files[i].name)
        else:
            seen.add(content)
            kept.append(i)
    return pixels[kept], [files[i] for i in kept]


def _picture(file: Path, height: int, width: int) -> np.ndarray:
    """RGB uint8 [3, height, width], upright. Raises UnusableError."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise UnusableError(NO_PICTURE)  # a pipe would be waited for
        with file.open("rb") as opened:
            if opened.read(len(LFS_POINTER)) == LFS_POINTER:
                raise UnusableError(POINTERS)
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnusableError(LARGE)
            image.draft(None, (4 * width, 4 * height))  # lets JPEG decode at a part of its size
            image = ImageOps.exif_transpose(_opaque(image))
            image = image.resize((width, height), Image.Resampling.HAMMING)
    except UnusableError:
        raise
    except PermissionError as error:
        raise UnusableError(FORBIDDEN) from error
    except Image.DecompressionBombError as error:
        raise UnusableError(LARGE) from error
    except Exception as error:  # a decoder may raise anything on bytes made to break it
        raise UnusableError(NO_PICTURE) from error
    return np.asarray(image).transpose(2, 0, 1)


def _opaque(image: Image.Image) -> Image.Image:
    """As RGB; transparent pixels become black or white, whichever is farther from the others."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_in_8_bits(np.asarray(image))).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    levels, alpha = np.asarray(seen.convert("L")), np.asarray(seen.getchannel("A"))
    opaque = levels[alpha > 127]
    ground = "white" if opaque.size and np.median(opaque) < 128 else "black"
    return Image.alpha_composite(Image.new("RGBA", seen.size, ground), seen).convert("RGB")


def _in_8_bits(levels: np.ndarray) -> np.ndarray:
    """Whole numbers or floats [H, W] as uint8; which white they go to, their range says.

    Files of 16 bits often hold 8 or 12. Floats not within [0, 1], and what no white holds, are
    stretched from their darkest to their brightest. There are few whites, because the pictures of a
    folder are compared with each other: a dark one must not be made brighter. explore.digit, where
    only the contrast of one picture counts, takes any number of bits.
    """
    whites = WHITES if levels.dtype.kind in "iu" else (1,)
    levels = levels.astype(np.float32)
    low, high = levels.min(), levels.max()
    if not np.isfinite(high - low):
        raise UnusableError(NO_PICTURE)
    white = next((each for each in whites if low >= 0 and high <= each), None)
    if white is None:
        levels, white = levels - low, max(high - low, 1e-12)
    return (levels / white * 255).round().astype(np.uint8)


def _in_least_channels(pixels: np.ndarray) -> np.ndarray:
    """RGB pictures [N, 3, H, W], as grey ones [N, 1, H, W] if none of them has colour."""
    spread = (each.max(0) - each.min(0) for each in pixels)
    if any(each.max() > COLOURED for each in spread):
        return pixels
    return pixels[:, 1:2].copy()


def _split(name: str, pixels: np.ndarray, files: list[File]) -> Dataset:
    """The data set: split as its files are; if not, every TEST_SHARE-th of a class is for testing.

    Pictures are ordered by hashes, so that the last ones, which training holds out, are of all
    classes. Raises DataError if either part is too small or lacks a class.
    """
    classes, y = np.unique([file.label for file in files], return_inverse=True)
    seen = np.zeros(len(classes), int)
    parts = {TRAIN: [], TEST: []}
    order = sorted(
        range(len(files)), key=lambda i: hashlib.sha256(os.fsencode(files[i].name)).digest()
    )
    for i in order:
        # The second of each class first: a class of one picture is trained on.
        drawn = TEST if seen[y[i]] % TEST_SHARE == 1 else TRAIN
        parts[files[i].part or drawn].append(i)
        seen[y[i]] += 1
    train, test = parts.values()
    _check_parts(name, train, test, classes[np.setdiff1d(y[test], y[train])])
    images, labels = torch.from_numpy(pixels), torch.from_numpy(y).long()
    of_train, of_test = (Split.of(images[part], labels[part]) for part in (train, test))
    return Dataset(PREFIX + name, of_train, of_test)


def _check_parts(name: str, train: list[int], test: list[int], unknown: np.ndarray) -> None:
    """Raises DataError for too few pictures in a part, and for classes that only the test has."""
    if len(train) < LEAST_TRAIN or len(test) < LEAST_TEST:
        raise DataError(
            f"The folder {name!r} leaves {len(train)} pictures to train on and {len(test)} to test "
            f"on, and {LEAST_TRAIN} and {LEAST_TEST} are needed; put more pictures into each class."
        )
    if unknown.size:
        of = f"of the class {printable(unknown[0])!r}" if unknown[0] else "of no class"
        raise DataError(
            f"The folder {name!r} has pictures {of} in its test and none in its train; sort both "
            "into the same sub-folders."
        )
