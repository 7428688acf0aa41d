"""How sharp a picture is."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

# The sum of the four neighbours minus four times the pixel.
KERNEL = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def laplacian(pictures: Tensor) -> Tensor:
    """The discrete Laplacian of grey pictures [B, 1, H, W], of the same shape; black is around.

    Grey levels per squared pixel: 0 on even ground, large where a stroke ends.
    """
    kernel = torch.tensor(KERNEL, dtype=pictures.dtype, device=pictures.device)
    return conv2d(pad(pictures, (1, 1, 1, 1)), kernel[None, None])


def sharpness(pictures: Tensor) -> Tensor:
    """Variance over its pixels of each picture's Laplacian: [B, 1, H, W] -> [B].

    Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy", table 2.
    """
    return laplacian(pictures).flatten(1).var(1, correction=0)
