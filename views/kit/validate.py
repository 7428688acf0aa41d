"""Nothing from outside reaches a tensor unchecked: each check returns a clean value or says why.

A `gr.Error` is the only exception whose text Gradio shows to a visitor.
"""

import base64
import binascii
import logging
import math
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, TypeGuard, cast

import gradio as gr
import torch
from torch import Tensor

from models.metrics import with_minus
from models.zoo import CheckpointError

MAX_SEED = 2**32 - 1
MAX_LATENT = 1e6  # no shipped code is beyond 10^3; far above, a decoder's sums overflow

UNFORESEEN = "Something went wrong on the server; try again, or reload the page."

log = logging.getLogger(__name__)


def refusal(sentence: str) -> gr.Error:
    """A refusal in one sentence that says what to do."""
    return gr.Error(sentence, print_exception=False)


class Busy(gr.Error):
    """Too many wait already; refused at once, and worth another try after some `seconds`."""

    def __init__(self, seconds: float = 0.0):
        self.seconds = max(1, math.ceil(seconds))
        plural = "s" * (self.seconds > 1)
        super().__init__(
            f"Too many questions at once; try again in {self.seconds} second{plural}.",
            print_exception=False,
        )


def number(value: Any, name: str, low: float, high: float) -> float:
    """A finite number between low and high."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise gr.Error(f"{name} must be a number.", print_exception=False)
    # Compared before conversion: a whole number of 400 digits does not fit a float.
    if not low <= value <= high:
        sentence = with_minus(f"{name} must lie between {low:g} and {high:g}.")
        raise gr.Error(sentence, print_exception=False)
    return float(value)


def whole(value: Any, name: str, low: int, high: int) -> int:
    """A whole number between low and high; 4.0 counts as one."""
    result = number(value, name, low, high)
    if result != math.floor(result):
        raise gr.Error(f"{name} must be a whole number.", print_exception=False)
    return int(result)


def seed(value: Any) -> int:
    """A seed that a visitor may choose."""
    return whole(value, "The seed", 0, MAX_SEED)


def latent_size(value: Any, sizes: Iterable[int]) -> int:
    """One of the latent sizes that are offered."""
    if isinstance(value, bool) or value not in sizes:
        raise gr.Error("That code size is not offered; pick another.", print_exception=False)
    return int(value)


def choice(value: Any, name: str, choices: Iterable[str]) -> str:
    """One of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise gr.Error(f"{name} is not one of those offered; pick another.", print_exception=False)
    return value


def code(values: Any, size: int) -> Tensor:
    """A latent code: exactly `size` finite numbers, [D] float32."""
    if not _is_list(values, size):
        raise gr.Error(f"This model's code is a list of {size} numbers.", print_exception=False)
    return torch.tensor([number(v, "A latent value", -MAX_LATENT, MAX_LATENT) for v in values])


def image(rows: Any, shape: tuple[int, int, int]) -> Tensor:
    """A picture given as rows of numbers in [0, 1], one list of rows a channel if it has several.

    [C, H, W] float32.
    """
    channels, height, width = shape
    planes = [rows] if channels == 1 else rows
    if not _is_list(planes, channels) or not all(
        _is_list(plane, height) and all(_is_list(row, width) for row in plane) for plane in planes
    ):
        each = "" if channels == 1 else f"{channels} channels of "
        raise gr.Error(
            f"The image must be {each}{height} rows of {width} numbers from 0, black, to 1, white.",
            print_exception=False,
        )
    return torch.tensor(
        [[[number(v, "A pixel", 0.0, 1.0) for v in row] for row in plane] for plane in planes]
    )


def _is_list(value: Any, length: int) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and len(cast(list[Any], value)) == length


def base64_bytes(text: Any, most: int) -> bytes:
    """Bytes that arrived as base64 text, at most `most` of them."""
    if not isinstance(text, str):
        raise gr.Error("There is no picture yet; draw, pick or upload one.", print_exception=False)
    if len(text) > most * 4 // 3 + 4:
        raise gr.Error("That picture is too large; use a smaller one.", print_exception=False)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise gr.Error("That is not a picture; use PNG or JPEG.", print_exception=False) from error


def base64_text(content: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(content).decode()


@contextmanager
def in_words(name: str) -> Generator[None, None, None]:
    """Whatever goes wrong inside, the visitor gets words and the log gets the rest."""
    try:
        yield
    except gr.Error:
        raise
    except CheckpointError as error:  # found damaged now, when its weights were first asked for
        raise refusal(str(error)) from error
    except Exception as error:
        log.exception("%s failed.", name)
        raise refusal(UNFORESEEN) from error
