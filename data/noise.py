"""Pixels that have nothing in common."""

import torch
from torch import Tensor


def gaussian_pixels(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Grey levels uint8 of the shape, each drawn by itself from 255 N(1/2, 1/6^2) and rounded.

    0.3 % of them are cut off at 0 and 255.
    """
    values = 0.5 + torch.randn(shape, generator=generator) / 6
    return (255 * values).round().clamp(0, 255).to(torch.uint8)
