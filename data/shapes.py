"""Pictures of which every cause is known: one white shape on black, drawn from five factors.

A factor is a whole number, its place in a list of values. No picture has two causes: rotations stay
within 45 degrees of upright, because a bar and an ellipse look the same again after 180; and within
such a range a rotation is a line and not a circle, so one number can hold it.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

SIDE = 64
AREA = 2.0  # of every shape at scale 1: size is how much is white, whatever the shape


def bar(x: Tensor, y: Tensor) -> Tensor:
    """Signed distance to a rectangle three times as tall as wide: the corners are exact too."""
    wide = math.sqrt(AREA / 3) / 2
    across, down = x.abs() - wide, y.abs() - 3 * wide
    outside = torch.hypot(across.clamp(min=0), down.clamp(min=0))
    return outside + torch.maximum(across, down).clamp(max=0)


def ellipse(x: Tensor, y: Tensor) -> Tensor:
    """Signed distance to an ellipse 2.5 times as tall as wide, to first order at its edge.

    The equation over the length of its gradient: what is left of it one pixel away is far below a
    grey level's worth.
    """
    wide = math.sqrt(AREA / (2.5 * math.pi))
    u, v = x / wide, y / (2.5 * wide)
    radius = torch.hypot(u, v)
    slope = torch.hypot(u / wide, v / (2.5 * wide)).clamp(min=1e-6)
    return radius * (radius - 1) / slope


def rhombus(x: Tensor, y: Tensor) -> Tensor:
    """Signed distance to a rhombus 2.25 times as tall as wide, exact: one side, mirrored."""
    wide = math.sqrt(AREA / (2 * 2.25))
    tall = 2.25 * wide
    across, down = x.abs(), y.abs()
    along = (((wide - across) * wide + down * tall) / (wide**2 + tall**2)).clamp(0, 1)
    edge = torch.hypot(across - wide * (1 - along), down - tall * along)
    return edge * torch.sign(across * tall + down * wide - wide * tall)


# All are long, so that a turn changes much the same pixels of each: of a heart, no code found it.
SHAPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "bar": bar,
    "ellipse": ellipse,
    "rhombus": rhombus,
}


def _evenly(low: float, high: float, n: int) -> tuple[float, ...]:
    return tuple(low + (high - low) * i / (n - 1) for i in range(n))


# name: its values. Size is in pixels (a bar is 2.4 of it tall), rotation in degrees
# clockwise, x and y are where the middle is, in pixels from the left and from the top.
FACTORS: dict[str, Sequence[Any]] = {
    "shape": tuple(SHAPES),
    "size": _evenly(9.5, 14.5, 5),
    "rotation": _evenly(-45, 45, 7),
    "x position": _evenly(23, 41, 10),
    "y position": _evenly(23, 41, 10),
}


def draw(shape: str, size: Tensor, rotation: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Pictures [B, 1, SIDE, SIDE] in [0, 1] of one shape; the other factors are values, [B].

    A pixel's grey is the share of it that the shape covers, as its distance from the edge says.
    """
    pixel = torch.arange(SIDE, device=x.device) + 0.5
    right = pixel - x[:, None, None]
    down = pixel[:, None] - y[:, None, None]
    angle, size = torch.deg2rad(rotation)[:, None, None], size[:, None, None]
    # Turned back by the rotation, and to scale 1.
    across = (angle.cos() * right + angle.sin() * down) / size
    along = (angle.cos() * down - angle.sin() * right) / size
    return (0.5 - size * SHAPES[shape](across, along)).clamp(0, 1).unsqueeze(1)


def picture(factors: Sequence[int]) -> Tensor:
    """The picture [1, SIDE, SIDE] of one place on the grid, one index a factor."""
    shape, *rest = (v[i] for v, i in zip(FACTORS.values(), factors, strict=True))
    return draw(shape, *(torch.tensor([value]) for value in rest))[0]
