"""The sample digits that the page shows, as tensors and as scripts send them."""

import base64

import numpy as np
import torch
from torch import Tensor

from views.kit.lab import Lab
from views.kit.pictures import picture_of
from views.kit.samples import PER_CLASS


def sheet_of(lab: Lab) -> Tensor:
    """The digits row by row, [60, C, H, W] in [0, 1]: a column for each class."""
    current = lab.samples.current
    indices = [shown[row] for row in range(PER_CLASS) for shown in current.shown]
    return current.split.images[indices].float() / 255


def sent(x: Tensor) -> dict:
    """A picture [C, H, W] in [0, 1] as a question to the server holds it."""
    return picture_of(x).model_dump()


def pixels_of(text: str, *shape: int) -> np.ndarray:
    """Pictures that an answer holds, as bytes of that shape."""
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def floats_of(text: str, *shape: int) -> Tensor:
    """Numbers of four bytes each that an answer holds."""
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), "<f4").reshape(shape).copy())


def bytes_of(pictures: Tensor) -> np.ndarray:
    """What a picture in [0, 1] looks like in bytes, computed apart from figures.py."""
    return (pictures.clamp(0, 1) * 255).round().byte().numpy()


def same_picture(found: np.ndarray, expected: np.ndarray) -> bool:
    """Equal but for the last bit, which a sum in another order may move across a half."""
    return bool(np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= 1)


def mse_of(picture: Tensor, target: Tensor) -> float:
    """Mean squared error per pixel, summed one pixel after another."""
    pairs = zip(picture.flatten().tolist(), target.flatten().tolist(), strict=True)
    return sum((p - t) ** 2 for p, t in pairs) / picture.numel()
