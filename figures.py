"""Arrays in, pictures out: Pillow images, PNG and GIF bytes. No torch, no page, no state.

Images are float [H, W] or [C, H, W] in [0, 1].
"""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image


def to_bytes(image: np.ndarray) -> np.ndarray:
    """Float [0, 1] to uint8, rounding; values outside are clipped and NaN becomes 0."""
    return np.rint(np.clip(np.nan_to_num(image), 0.0, 1.0) * 255).astype(np.uint8)


def grey(image: np.ndarray) -> Image.Image:
    """A picture of [H, W], [1, H, W] or [3, H, W] in [0, 1]."""
    pixels = to_bytes(image)
    if pixels.ndim == 3:
        pixels = pixels[0] if pixels.shape[0] == 1 else np.moveaxis(pixels, 0, -1)
    return Image.fromarray(pixels)


def signed(error: np.ndarray, limit: float = 1.0) -> Image.Image:
    """Signed values [H, W] or [1, H, W]: orange above 0, blue below, black at 0."""
    amount = np.clip(np.nan_to_num(error).reshape(error.shape[-2:]) / limit, -1, 1)[..., None]
    orange, blue = np.array([255, 159, 28]), np.array([64, 156, 255])
    colour = np.where(amount > 0, orange, blue) * np.abs(amount)
    return Image.fromarray(np.rint(colour).astype(np.uint8))


def tiles(images: np.ndarray, columns: int, gap: int = 0) -> np.ndarray:
    """Lay [N, C, H, W] out row by row: one image [C, H', W'], black between and after."""
    n, channels, height, width = images.shape
    rows = -(-n // columns)
    sheet = np.zeros(
        (channels, rows * (height + gap) - gap, columns * (width + gap) - gap), images.dtype
    )
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[:, top : top + height, left : left + width] = image
    return sheet


def enlarged(image: Image.Image, factor: int) -> Image.Image:
    """Nearest-neighbour magnification by a whole factor, for files that leave the page."""
    size = (image.width * factor, image.height * factor)
    return image.resize(size, Image.Resampling.NEAREST)


def gif(frames: Sequence[Image.Image], milliseconds: int = 80) -> bytes:
    """A GIF that runs forwards and back again, for ever."""
    there_and_back = [*frames, *frames[-2:0:-1]]
    buffer = io.BytesIO()
    there_and_back[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=there_and_back[1:],
        duration=milliseconds,
        loop=0,
    )
    return buffer.getvalue()


def data_uri(content: bytes, kind: str) -> str:
    """The file as an address that holds it whole."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
