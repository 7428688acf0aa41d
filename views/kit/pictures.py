"""Pictures as they travel between the server and the page's scripts."""

import base64

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

import figures
from views.kit import validate
from views.kit.routes import Message


class Picture(Message):
    """One picture: its shape [C, H, W], and its pixels as base64 of one byte a value, 0 black."""

    shape: list[int] = Field(min_length=3, max_length=3)
    pixels: str


class DigitQuestion(Message):
    """A question that says no more than which digit it is about."""

    digit: Picture


def read_picture(picture: Picture, shape: tuple[int, ...]) -> Tensor:
    """The picture as a tensor [C, H, W], float32 in [0, 1].

    Raises gr.Error, one sentence, if it is not of this shape or its pixels are not as many.
    """
    if tuple(picture.shape) != tuple(shape):
        raise validate.refusal(
            f"These models read pictures of {size_of(shape)}; pick or draw another."
        )
    count = int(np.prod(shape))
    content = validate.base64_bytes(picture.pixels, count)
    if len(content) != count:
        raise validate.refusal("That picture is not whole; pick or draw another.")
    values = np.frombuffer(content, np.uint8).reshape(shape)
    return torch.from_numpy(values.astype(np.float32) / 255.0)


def picture_of(x: Tensor) -> Picture:
    """The other way round: x [C, H, W] in [0, 1]."""
    return Picture(shape=list(x.shape), pixels=encode_pixels(x))


def encode_pixels(pictures: Tensor | np.ndarray) -> str:
    """Pictures in [0, 1], of any shape, as base64 of one byte a value."""
    return base64.b64encode(figures.to_bytes(np.asarray(pictures)).tobytes()).decode()


def encode_doubles(values: Tensor) -> str:
    """Numbers as base64 of eight bytes each, little-endian, in the tensor's order."""
    return base64.b64encode(values.double().numpy().astype("<f8").tobytes()).decode()


def encode_floats(values: Tensor) -> str:
    """Numbers as base64 of four bytes each, little-endian, in the tensor's order."""
    return base64.b64encode(values.float().numpy().astype("<f4").tobytes()).decode()


def encode_halves(values: Tensor) -> str:
    """Numbers as base64 of two bytes each, half precision, little-endian."""
    return base64.b64encode(values.numpy().astype("<f2").tobytes()).decode()


def size_of(shape: tuple[int, ...]) -> str:
    """A shape [C, H, W] in words."""
    channels, height, width = shape
    return f"{width} by {height} {'grey' if channels == 1 else 'coloured'} pixels"


class Hashed:
    """A picture [C, H, W] that can be a key: equal pixels are the same picture."""

    def __init__(self, tensor: Tensor):
        self.tensor = tensor
        self.pixels = encode_pixels(tensor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hashed) and self.pixels == other.pixels

    def __hash__(self) -> int:
        return hash(self.pixels)
