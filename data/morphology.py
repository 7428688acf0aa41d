"""Thickness, slant, width and height of digits, from their pixels.

The measures are those of Morpho-MNIST (Castro et al. 2019, arXiv 1809.10780, section 2.2), with one
simplification: no skeleton is drawn, see `thickness`. Images are [N, H, W], ink bright; lengths
are pixels of the image, angles degrees.
"""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

FINER = 3  # edges are found on a grid this much finer than the image
REACH = 5  # pixels: no stroke is thicker than twice this
AT_ONCE = 32  # images: they stay within a processor's caches
SHARE = 0.98  # of the ink lies within width and height; the rest may be a stray pixel


def thickness(x: Tensor) -> Tensor:
    """How broad the strokes are, pixels [N].

    In a stroke of even breadth w the distances from its points to its edge are spread evenly from
    0 to w/2, so their mean is w/4. The edge is where half of the image's brightest is reached.
    An image without ink has 0.
    """
    return torch.cat([_thickness(part) for part in x.split(AT_ONCE)])


def _thickness(x: Tensor) -> Tensor:
    fine = interpolate(x[:, None].float(), scale_factor=FINER, mode="bilinear")[:, 0]
    brightest = x.amax((1, 2), keepdim=True)
    ink = (fine >= 0.5 * brightest) & (brightest > 0)
    # From a pixel's centre to that of the nearest outside is half a pixel further than the edge.
    distance = (distance_to_edge(ink, FINER * REACH) - 0.5).clamp(min=0)
    return 4 / FINER * distance.sum((1, 2)) / ink.sum((1, 2)).clamp(min=1)


def distance_to_edge(ink: Tensor, reach: int) -> Tensor:
    """Euclidean distance from each pixel [N, H, W] to the nearest without ink; at most `reach`.

    The squared distance is a minimum over columns of one over rows (Felzenszwalb & Huttenlocher
    2012, "Distance transforms of sampled functions").
    """
    squared = torch.where(ink, float(reach**2), 0.0)
    for axis in (1, 2):
        squared = _least_around(squared, axis, reach)
    return squared.sqrt()


def _least_around(squared: Tensor, axis: int, reach: int) -> Tensor:
    """min over k of squared[i + k] + k^2 along an axis; outside the image there is no ink."""
    size = squared.shape[axis]
    far = min(reach, size)
    border = list(squared.shape)
    border[axis] = far
    empty = squared.new_zeros(border)
    padded = torch.cat([empty, squared, empty], axis)
    least = squared.clone()
    for k in range(1, far + 1):
        for start in (far - k, far + k):
            torch.minimum(least, padded.narrow(axis, start, size) + k * k, out=least)
    return least


def slant(x: Tensor) -> Tensor:
    """How far strokes lean to the right of upright, degrees [N]: a shear, from second moments."""
    return torch.rad2deg(torch.atan(_lean(x)))


def height(x: Tensor) -> Tensor:
    """From top to bottom of the ink, pixels [N]."""
    down, _ = _places(x)
    return _extent(down.expand(len(x), -1), x)


def width(x: Tensor) -> Tensor:
    """From left to right of the ink, measured along the slant, pixels [N]."""
    down, right = _places(x)
    return _extent(right + _lean(x)[:, None] * (down - x.shape[1] / 2), x)


MEASURES = {"thickness": thickness, "slant": slant, "width": width, "height": height}


def _places(x: Tensor) -> tuple[Tensor, Tensor]:
    """Row and column of each pixel, [H W]."""
    rows, columns = (torch.arange(n, device=x.device, dtype=torch.float64) for n in x.shape[1:])
    down, right = torch.meshgrid(rows, columns, indexing="ij")
    return down.flatten(), right.flatten()


def _lean(x: Tensor) -> Tensor:
    """Columns to the right for each row up, [N]: the regression of column on row."""
    down, right = _places(x)
    weight = x.flatten(1).double()
    weight = weight / weight.sum(1, keepdim=True).clamp(min=1e-12)
    from_middle = down - (weight @ down)[:, None]
    crossed = (weight * from_middle * right).sum(1)
    return -crossed / (weight * from_middle**2).sum(1).clamp(min=1e-12)


def _extent(places: Tensor, x: Tensor) -> Tensor:
    """The length [N] that the middle SHARE of the ink takes along an axis, at these places [N, P].

    A pixel between two places of the axis is shared by both; within a place ink is spread evenly.
    """
    room = max(x.shape[1:])  # on either side, for what leans out of the image
    ink, low = x.flatten(1).double(), places.floor()
    last = places - low
    axis = ink.new_zeros(len(x), 3 * room + 2)
    index = (low.long() + room).clamp(0, axis.shape[1] - 2)
    axis.scatter_add_(1, index, ink * (1 - last)).scatter_add_(1, index + 1, ink * last)
    below = torch.nn.functional.pad(axis.cumsum(1), (1, 0))
    below = below / below[:, -1:].clamp(min=1e-12)
    start, end = (_where(below, level) for level in ((1 - SHARE) / 2, (1 + SHARE) / 2))
    return end - start


def _where(below: Tensor, level: float) -> Tensor:
    """Where a rising share [N, K], known at whole places, passes the level, [N]."""
    after = (below < level).sum(1, keepdim=True).clamp(1, below.shape[1] - 1)
    left, right = below.gather(1, after - 1), below.gather(1, after)
    return (after - 1 + (level - left) / (right - left).clamp(min=1e-12)).squeeze(1)
