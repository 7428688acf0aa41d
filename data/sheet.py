"""Where the sheet of paper lies in a photo that also shows the darker table around it."""

from typing import Any

import numpy as np
from scipy import ndimage as typeless_ndimage

ndimage: Any = typeless_ndimage  # SciPy has no types, and those inferred of its code are wrong

LEAST = 0.3  # of the picture: a bright part that is smaller may be a digit, white on black
BRIGHT = 0.85  # of a sheet: the rest of it is ink
# A sheet, seen from aside, is a quadrangle, and no long one; an oval is pi / 2 of its quadrangle.
QUADRANGULAR = 0.88, 1.14  # area of a sheet, of that of the quadrangle between its corners
LONGEST = 0.3  # least area of a sheet, of its squared diagonal: 3 times as long as broad
ELSEWHERE = 0.25  # of the rest may be bright, too; more is paper between dark lines
STEP = 0.15  # in brightness, from table to sheet, along three quarters of the edge
EDGE = 4  # pixels: what lies nearer to the edge is blurred with the table


def find(grey: np.ndarray) -> np.ndarray | None:
    """Which pixels of grey values [H, W] in [0, 1] lie well within the sheet, bool [H, W].

    None when no darker table is seen around a bright quadrangle: the sheet may fill the picture.
    """
    smooth = ndimage.uniform_filter(grey, 3)
    bright = smooth > _threshold(smooth)
    parts, count = ndimage.label(bright)
    if not count:
        return None
    largest = parts == 1 + np.bincount(parts[parts > 0] - 1).argmax()
    sheet = ndimage.binary_fill_holes(largest)
    edge = sheet & ~ndimage.binary_erosion(sheet, border_value=1)
    if not edge.any() or sheet.mean() < LEAST or largest.sum() < BRIGHT * sheet.sum():
        return None
    if bright[~sheet].mean() > ELSEWHERE:
        return None
    # Where the light falls off, the brighter part is a quadrangle, too; but no step leads to it.
    reach = ndimage.maximum_filter(smooth, 7) - ndimage.minimum_filter(smooth, 7)
    if np.quantile(reach[edge], 0.25) < STEP:
        return None
    area, diagonal = _quadrangle(sheet)
    low, high = QUADRANGULAR
    if not low * area <= sheet.sum() <= high * area or area < LONGEST * diagonal**2:
        return None
    inner = ndimage.binary_erosion(sheet, iterations=EDGE, border_value=1)
    return inner if inner.any() else None


def spread(grey: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The part of grey [H, W] that holds the known pixels; others get the nearest one's value."""
    lines = (np.flatnonzero(known.any(axis)) for axis in (1, 0))
    rows, columns = (slice(line[0], line[-1] + 1) for line in lines)
    grey, known = grey[rows, columns], known[rows, columns]
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    return grey[tuple(nearest)]


def _threshold(grey: np.ndarray) -> float:
    """The level that parts grey values best into dark and bright: of most variance between both.

    Otsu 1979, "A threshold selection method from gray-level histograms", eq. 18.
    """
    counts, edges = np.histogram(grey, 64, (0, 1))
    share = counts.cumsum() / counts.sum()
    mean = (counts * edges[:-1]).cumsum() / counts.sum()
    spread = share * (1 - share)
    between = (mean[-1] * share - mean) ** 2 / np.where(spread > 0, spread, np.inf)
    return float(edges[between.argmax() + 1])


def _quadrangle(shape: np.ndarray) -> tuple[float, float]:
    """Area and diagonal of the quadrangle whose corners are those of shape [H, W], in pixels.

    The corners: the pixel farthest from the middle, the one farthest from it, and the ones farthest
    from the diagonal between both, on either side.
    """
    places = np.argwhere(shape & ~ndimage.binary_erosion(shape)).astype(float)
    first = places[np.hypot(*(places - places.mean(0)).T).argmax()]
    last = places[np.hypot(*(places - first).T).argmax()]
    y, x = (last - first).T
    diagonal = np.hypot(y, x)
    aside = (places - first) @ np.array([x, -y]) / max(diagonal, 1)
    return float(diagonal * np.ptp(aside) / 2), float(diagonal)
