"""The digits that ship with the page, for machines without MNIST: one sheet of pictures.

No person wrote them: `python -m experiments.embedded` draws them with the conditional VAE cvae-16
and says how they are chosen.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

SHEET = Path(__file__).with_name("embedded.png")  # ROWS x CLASSES tiles; a row holds 0 to 9
SIDE, CLASSES, ROWS = 28, 10, 24


def load() -> tuple[Tensor, Tensor]:
    """The digits, uint8 [ROWS * CLASSES, 1, 28, 28], row by row, and their labels, int64."""
    with Image.open(SHEET) as sheet:
        tiles = np.asarray(sheet).reshape(ROWS, SIDE, CLASSES, SIDE).swapaxes(1, 2)
    images = torch.from_numpy(tiles.reshape(-1, 1, SIDE, SIDE).copy())
    return images, torch.arange(CLASSES).repeat(ROWS)


def save(images: Tensor) -> None:
    """Write digits, uint8 [ROWS * CLASSES, 1, 28, 28] in the order of `load`, to SHEET."""
    tiles = images.numpy().reshape(ROWS, CLASSES, SIDE, SIDE).swapaxes(1, 2)
    Image.fromarray(tiles.reshape(ROWS * SIDE, CLASSES * SIDE)).save(SHEET, optimize=True)
