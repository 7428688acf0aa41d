"""Images whose pixels are independent of each other."""

import torch
from torch import Tensor


def gaussian_pixels(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Grey levels uint8 of `shape`, drawn independently from 255 N(1/2, 1/6^2) and rounded.

    The 0.3 % that lie below 0 or above 255 are set to 0 and 255.
    """
    values = 0.5 + torch.randn(shape, generator=generator) / 6
    return (255 * values).round().clamp(0, 255).to(torch.uint8)
