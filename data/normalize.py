"""A visitor's picture or drawing as a 28x28 digit, made the way MNIST was.

LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition",
section III-A: the digit is scaled to fit a 20x20 box, keeping its aspect ratio, with grey levels
from anti-aliasing, and is then placed in 28x28 so that its centre of mass is at the centre.
"""

from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import Any

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from scipy import ndimage as typeless_ndimage

from data import sheet

ndimage: Any = typeless_ndimage  # SciPy has no types, and those inferred of its code are wrong

# What is accepted. A bitmap format only: no SVG, EPS or PDF, which are programs to be run.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 10 * 2**20
MAX_SIDE = 4096
MAX_PIXELS = 4096 * 3072  # the usual 12-megapixel photo, 4032x3024, and no more
# JPEG decodes at an eighth of its size, unless it is progressive: then all is held in memory.
MAX_JPEG_SIDE, MAX_JPEG_PIXELS = 16384, 64 * 10**6

HEIC_BEGINS = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"))
LEAST_OF_16_BITS = 32  # of 255: where the high bytes of a colour reach no further, most is lost

WORK_SIDE = 256  # pictures are shrunk to this side first; averaging also removes most of the noise
FRAME, BOX = 28, 20  # sides of MNIST's frame and of the box that the digit fits
# MNIST's centre: in its 10,000 test digits the centre of mass lies in [13.5, 14.5), counted in
# pixel centres from 0, along both axes.
CENTRE = 14

LIT_SIDE = 32  # below this size a picture is no photo, and its paper counts as evenly lit
PAPER_SHARE = 0.4  # the share of a photo that is surely paper, however bold the digit
NOISE_FLOOR = 3.0  # in standard deviations of the paper: what is less is paper
NOISE_PEAK = 6.0  # likewise: where nothing is more, there is no digit
MIN_CONTRAST = 0.05  # darkest ink against paper; what is less is a stain on an empty sheet
MARGIN = 1 / 16  # of the shorter side: along the edges a sheet holds its lines, but no digit
LINES = 0.6  # of full ink: what is darker at the edges may be a digit that reaches them
MOST_AT_EDGE = 0.4  # of a picture's edge may be ink; of a table around a sheet there is more
MOST_CROSSINGS = 10  # so often may ink come to the edge; the lines of a sheet do so more often
SPECK = 0.05  # of the ink of the largest stroke: what is less and apart from it is no stroke
LEAST_STROKE = 12  # pixels of a photo: what is smaller is no digit
INK = 0.25  # of the strongest ink: what the digit's box must hold

_HINT = "please choose a PNG, JPEG, WebP, GIF or BMP picture"
EMPTY = f"The file is empty; {_HINT}."
HEAVY = f"The file is larger than {MAX_BYTES >> 20} MB; please choose a smaller one."
LARGE = (
    f"The picture is too large; please make it at most {MAX_SIDE:,} pixels on each side and "
    f"{MAX_PIXELS // 10**6} megapixels in all."
)
HEIC = "HEIC photos cannot be read here; please save the photo as JPEG, or draw the digit."
UNKNOWN = f"This file is not a picture that can be read here; {_HINT}."
DAMAGED = "The picture is damaged or incomplete; please save it again or choose another one."
DIM = "The picture uses too few of its 16 bits per colour; please save it with 8 bits."
NOTHING = "No digit was found in the picture; please use a dark pen and come closer."
TABLE = "The sheet was not found; please come so close that it fills the picture."
RULED = "The lines of the paper are as dark as the ink; please use a blank sheet."
NOT_A_GRID = "The drawing is empty; please draw a digit first."


class DigitError(ValueError):
    """What the visitor can do about a picture that cannot be used, in one plain sentence."""


@dataclass(frozen=True, eq=False)
class Normalized:
    """A digit and the steps that led to it, all float32 in [0, 1], white ink on black.

    ink [H, W]: the upright picture without its paper, its longer side at most WORK_SIDE;
    cropped [h, w]: the part of it that holds the digit (all of it when there is no ink);
    digit [28, 28]: the result, zeros when there is no ink;
    inverted: the ink was darker than its paper.
    """

    ink: np.ndarray
    cropped: np.ndarray
    digit: np.ndarray
    inverted: bool


def from_picture(content: bytes) -> Normalized:
    """The digit in a picture file.

    Raises DigitError when the file cannot be used, and when what it shows is no digit.
    """
    ink, inverted = _all_ink(decode_picture(content))
    _check_edges(ink)
    found = _normalized(ink, inverted)
    if not found.digit.any():
        raise DigitError(NOTHING)
    return found


def _check_edges(ink: np.ndarray) -> None:
    """Raises DigitError when the ink [H, W] at a photo's edges is that of something else."""
    if min(ink.shape) < LIT_SIDE:
        return
    margin = int(min(ink.shape) * MARGIN)
    # A row per ring around the picture, clockwise: the outermost first.
    rings = np.concatenate([np.rot90(ink, turns)[:margin] for turns in range(4)], axis=1) > 0.5
    if rings[0].mean() > MOST_AT_EDGE:
        raise DigitError(TABLE)
    if (rings & ~np.roll(rings, 1, axis=1)).sum(1).max() > MOST_CROSSINGS:
        raise DigitError(RULED)


def from_drawing(canvas: np.ndarray) -> Normalized:
    """The digit on a canvas, uint8 [H, W], already white on black: it is never inverted.

    The page does the same by itself, in views/kit/normalize.js, and is measured by this.
    Raises DigitError for an array that is no canvas, or one larger than a picture may be.
    """
    ink = _shrunk(_checked(canvas) / np.float32(255))
    return Normalized(ink, *_placed(ink), inverted=False)


def normalize(grey: np.ndarray) -> Normalized:
    """The digit in a grey picture, float [H, W] in [0, 1], dark on light or light on dark.

    Of a photo that shows a darker table around the sheet, only the sheet counts.
    Raises DigitError for an array that is no picture, or one larger than a picture may be.
    """
    return _normalized(*_all_ink(_checked(grey)))


def _all_ink(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """Whatever stands out from the paper of a picture, as ink [H, W]; was it darker than that?"""
    grey = np.nan_to_num(grey, nan=0.0, posinf=1.0, neginf=0.0)
    grey = _shrunk(grey.clip(0, 1).astype(np.float32))
    within = sheet.find(grey) if min(grey.shape) >= LIT_SIDE else None
    if within is not None:
        grey = sheet.spread(grey, within)
    relief = grey - _paper(grey)
    # Paper scatters evenly about its level, so the longer tail of the values is the ink.
    inverted = bool((relief**3).sum() < 0)
    return _ink(-relief if inverted else relief), inverted


def _normalized(ink: np.ndarray, inverted: bool) -> Normalized:
    ink = _without_specks(ink)
    return Normalized(ink, *_placed(ink), inverted)


# From bytes to grey values.


def decode_picture(content: bytes) -> np.ndarray:
    """A picture file as upright grey values, float32 [H, W] in [0, 1].

    Larger pictures come back shrunk to a longer side of WORK_SIDE; of an animation, the first
    frame. Raises DigitError when the file is no picture, is damaged or is too large.
    """
    if not content:
        raise DigitError(EMPTY)
    if len(content) > MAX_BYTES:
        raise DigitError(HEAVY)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            # From the header: no pixel has been decoded yet.
            if image.format == "JPEG" and not image.info.get("progressive"):
                _check_size(*image.size, MAX_JPEG_SIDE, MAX_JPEG_PIXELS)
            else:
                _check_size(*image.size)
            return _grey(image)
    except DigitError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DigitError(LARGE) from error
    except UnidentifiedImageError as error:
        raise DigitError(HEIC if content[4:12] in HEIC_BEGINS else UNKNOWN) from error
    except Exception as error:  # a decoder may raise anything on bytes made to break it
        raise DigitError(DAMAGED) from error


def _check_size(width: int, height: int, side: int = MAX_SIDE, pixels: int = MAX_PIXELS) -> None:
    if max(width, height) > side or width * height > pixels:
        raise DigitError(LARGE)


def _grey(opened: ImageFile.ImageFile) -> np.ndarray:
    """An opened picture as upright grey values, float32 [H, W] in [0, 1], at most WORK_SIDE."""
    # Pillow drops the low byte of a colour of 16 bits.
    halved = any(";16" in str(tile.args) for tile in opened.tile)
    opened.draft(None, (WORK_SIDE, WORK_SIDE))  # lets JPEG decode at 1/2, 1/4 or 1/8 of its size
    if opened.mode.startswith("I"):
        image = _from_16_bits(opened)
    elif opened.has_transparency_data:
        image = opened.convert("LA")
    else:
        image = opened.convert("L")
        if halved and _brightest(image) < LEAST_OF_16_BITS:
            raise DigitError(DIM)
    image.thumbnail((WORK_SIDE, WORK_SIDE), Image.Resampling.HAMMING)
    image = ImageOps.exif_transpose(image)
    bands = [np.asarray(band, np.float32) / 255 for band in image.split()]
    return bands[0] if len(bands) == 1 else _on_paper(*bands)


def _brightest(image: Image.Image) -> float:
    """The largest value of a picture of one band."""
    _, most = image.getextrema()
    assert not isinstance(most, tuple)  # it is one only of several bands
    return most


def _from_16_bits(image: Image.Image) -> Image.Image:
    """Grey values of up to 16 bits as floats of which 255 is white; convert("L") would clip them.

    Cameras write 8, 10 or 12 bits into 16: white is the most that the bits in use can say. That
    brightens a dark picture, which is no matter here, where only the ink's contrast to its own
    paper counts; training.folder, which compares pictures, must not.
    """
    image = image.convert("F")
    white = 2 ** int(_brightest(image)).bit_length() - 1
    scale = 255 / max(white, 1)
    return image.point(lambda value: value * scale)


def _on_paper(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Values [H, W] of opacity alpha [H, W], laid on a paper that lets the ink be seen.

    What is opaque may be a sheet with ink on it, all of the picture or not: its own paper is
    carried on. Or it is ink alone, which gets black or white paper, whichever is farther from it,
    and a margin, because ink cut out of its paper often touches every edge.
    """
    seen = alpha > 0.9
    if not seen.any():
        return np.zeros_like(grey)
    low, middle, high = np.percentile(grey[seen], (0.5, 50, 99.5))
    around = seen[np.ix_(seen.any(1), seen.any(0))]
    if high - low > (0.15 if around.mean() > 0.75 else 0.5):
        return sheet.spread(grey, seen)
    paper = float(middle < 0.5)
    laid = (grey * alpha + paper * (1 - alpha)).astype(np.float32)
    return np.pad(laid, max(1, max(grey.shape) // 4), constant_values=paper)


# From grey values to ink.


def _checked(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 2 or not values.size:
        raise DigitError(NOT_A_GRID)
    _check_size(*values.shape)
    return values


def _resized(values: np.ndarray, width: int, height: int) -> np.ndarray:
    """Float32 [H, W] as [height, width], anti-aliased.

    Hamming's kernel is never negative: Lanczos would leave rings of faint ink around the strokes.
    """
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.HAMMING)).clip(0, 1)


def _shrunk(values: np.ndarray) -> np.ndarray:
    """Values [H, W] with a longer side of at most WORK_SIDE."""
    height, width = values.shape
    scale = WORK_SIDE / max(height, width)
    if scale >= 1:
        return values
    return _resized(values, max(1, round(width * scale)), max(1, round(height * scale)))


def _paper(grey: np.ndarray) -> np.ndarray:
    """The brightness [H, W] that the sheet would have without ink, from grey values [H, W].

    The border says what is paper. In a photo the light falls off smoothly, so a plane, then a
    quadratic surface, is fitted to the pixels nearest to the paper found so far (least trimmed
    squares with concentration steps, Rousseeuw & Van Driessen 2006). Evenly lit paper is itself
    the exact fit.
    """
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.full_like(grey, np.median(border))
    even = np.quantile(np.abs(grey - paper), 0.25) < 2 / 255
    if even or min(grey.shape) < LIT_SIDE:
        return paper
    rows, columns = (np.linspace(-1, 1, n) for n in grey.shape)
    y, x = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    plane = np.stack([np.ones_like(x), x, y], axis=1)
    quadratic = np.concatenate([plane, np.stack([x * x, x * y, y * y], axis=1)], axis=1)
    for surface in [plane] * 5 + [quadratic] * 5:
        distance = np.abs(grey - paper).ravel()
        near = distance <= np.quantile(distance, PAPER_SHARE)
        weights = np.linalg.lstsq(surface[near], grey.ravel()[near], rcond=None)[0]
        paper = (surface @ weights).reshape(grey.shape)
    return paper


def _ink(relief: np.ndarray) -> np.ndarray:
    """Ink in [0, 1] from relief [H, W], the brightness above (or below) the paper's.

    Full ink becomes 1, the paper's noise and its lines become 0, and so does a sheet that holds
    nothing else.
    """
    # The quartile of |N(0, 1)| is 0.3186. Not the median: bold ink may cover half the picture.
    noise = np.quantile(np.abs(relief), 0.25) / 0.3186
    peak = relief.max()
    if peak < max(MIN_CONTRAST, NOISE_PEAK * noise):
        return np.zeros(relief.shape, np.float32)
    full = np.quantile(relief[relief > peak / 2], 0.75)
    lines = _lines(relief)
    floor = max(NOISE_FLOOR * noise, lines if lines < LINES * full else 0)
    return ((relief - floor) / (full - floor)).clip(0, 1).astype(np.float32)


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """Ink [H, W] of a photo, where only strokes are left of it."""
    if min(ink.shape) < LIT_SIDE:
        return ink
    parts, count = ndimage.label(ink > 0, np.ones((3, 3)))
    amount = ndimage.sum_labels(ink, parts, np.arange(count + 1))
    amount[0] = 0
    return np.where((amount >= max(SPECK * amount.max(), LEAST_STROKE))[parts], ink, 0)


def _lines(relief: np.ndarray) -> float:
    """How dark the paper's lines are: the most that is seen along the edges of a photo's relief."""
    margin = int(min(relief.shape) * MARGIN)
    if min(relief.shape) < LIT_SIDE:
        return 0.0
    inside = np.zeros(relief.shape, bool)
    inside[margin:-margin, margin:-margin] = True
    return float(np.quantile(relief[~inside], 0.995))


# From ink to MNIST's frame.


def _placed(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of ink [H, W] that holds the digit, and the digit [28, 28] made from it."""
    digit = np.zeros((FRAME, FRAME), np.float32)
    if not ink.any():
        return ink, digit
    rows, columns = (_extent(ink.max(axis)) for axis in (1, 0))
    cropped = ink[rows, columns]
    boxed = _boxed(cropped)
    height, width = boxed.shape
    top, left = (_start(boxed.sum(axis)) for axis in (1, 0))
    # Thin strokes fade when they shrink; MNIST's digits all reach white.
    digit[top : top + height, left : left + width] = boxed / boxed.max()
    return cropped, digit


def _extent(profile: np.ndarray) -> slice:
    """From the first to the last strong ink of a profile [n], and one more pixel where it fades."""
    strong, any_ink = np.flatnonzero(profile > INK * profile.max()), np.flatnonzero(profile)
    return slice(max(strong[0] - 1, any_ink[0]), min(strong[-1] + 1, any_ink[-1]) + 1)


def _boxed(cropped: np.ndarray) -> np.ndarray:
    """A digit [h, w] scaled so that its longer side is BOX.

    One that fits but for a faint edge stays as it is: to scale it by 5 % would only blur it.
    """
    side = max(cropped.shape)
    if BOX - 2 <= side <= BOX:
        return cropped
    # Made square first: a shorter side rounded to whole pixels would stretch the digit.
    height, width = cropped.shape
    square = np.pad(cropped, ((0, side - height), (0, side - width)))
    rows, columns = (ceil(n * BOX / side) for n in cropped.shape)
    return _resized(square, BOX, BOX)[:rows, :columns]


def _start(profile: np.ndarray) -> int:
    """Where a digit's ink, summed to a profile [n], must begin for its centre of mass at CENTRE.

    A whole number of pixels, so that nothing is blurred, and one that keeps the digit in the frame.
    """
    mass = (profile * np.arange(len(profile))).sum() / profile.sum()
    return int(np.clip(np.floor(CENTRE + 0.5 - mass), 0, FRAME - len(profile)))
