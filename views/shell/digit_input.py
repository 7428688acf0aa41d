"""Pick, draw or photograph a digit: the left end of every view."""

from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from data import normalize as normalizing
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.lab import Lab
from views.kit.samples import PER_CLASS

SIDE = 28
MOST_PHOTO_BYTES = 10_000_000


class DigitInput(gr.HTML):
    """The chosen digit. Python receives it as a tensor [1, 28, 28] in [0, 1].

    Fires `input` when another digit is chosen; `start` is the index of the sample it opens with.
    The one that leads also tells the page's scripts, while it is being drawn, and the address.
    """

    def __init__(
        self, lab: Lab | None = None, start: int = 0, leads: bool = False, **keywords: Any
    ):
        functions = (sample_digits, random_digit, normalize_photo)
        super().__init__(
            sample_digits(lab, {})["digits"][start] if lab else None,
            start=start,
            leads=leads,
            server_functions=[validate.serving(f, lab) for f in functions],
            elem_classes=["digit-input"],
            **assets("digit_input", "address", "normalize"),
            **keywords,
        )

    def preprocess(self, payload: Any) -> Tensor:
        """Raises gr.Error, one sentence, for anything but 784 bytes in base64."""
        return read_digit(payload)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "pixels: base64 of 28x28 grey bytes"}


def read_digit(payload: Any) -> Tensor:
    """The page's record of a digit as a tensor [1, 28, 28] in [0, 1]."""
    text = payload.get("pixels") if isinstance(payload, dict) else None
    content = validate.base64_bytes(text, SIDE * SIDE)
    if len(content) != SIDE * SIDE:
        raise gr.Error("A digit is 28 by 28 pixels; pick or draw another.", print_exception=False)
    pixels = np.frombuffer(content, np.uint8).reshape(1, SIDE, SIDE)
    return torch.from_numpy(pixels.astype(np.float32) / 255.0)


def digit_record(x: Tensor) -> dict[str, str]:
    """The other way round: a tensor [1, 28, 28] as the page's record."""
    return {"pixels": markup.encode_pixels(x)}


def _record(lab: Lab, index: int) -> dict[str, Any]:
    current = lab.samples.current
    return {"pixels": validate.base64_text(current.pixels(index)), "label": current.label(index)}


def sample_digits(lab: Lab, message: dict) -> dict[str, Any]:
    """The samples, row by row: digits 0 to 9, then 0 to 9 again."""
    current = lab.samples.current
    rows = [[shown[row] for shown in current.shown] for row in range(PER_CLASS)]
    return {"digits": [_record(lab, i) for row in rows for i in row], "name": current.name}


def random_digit(lab: Lab, message: dict) -> dict[str, Any]:
    return _record(lab, lab.samples.current.random_index())


def _step(image: np.ndarray) -> dict[str, Any]:
    height, width = image.shape
    pixels = markup.encode_pixels(image)
    return {"pixels": pixels, "width": width, "height": height}


def _steps(normalized: normalizing.Normalized) -> dict[str, Any]:
    steps = {name: _step(getattr(normalized, name)) for name in ("ink", "cropped", "digit")}
    return steps | {"inverted": normalized.inverted}


def normalize_photo(lab: Lab, message: dict) -> dict[str, Any]:
    """A picture file's bytes to an MNIST-like digit with its steps."""
    content = validate.base64_bytes(message.get("pixels"), MOST_PHOTO_BYTES)
    try:
        return _steps(normalizing.from_picture(content))
    except normalizing.DigitError as error:
        raise gr.Error(str(error), print_exception=False) from error
