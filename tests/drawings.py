"""Drawings, and the digits that data/normalize.py makes of them, for tests/js/normalize.test.js.

`python -m tests.drawings` writes tests/js/drawings.json.
"""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from data.normalize import from_drawing
from figures import to_bytes

FILE = Path(__file__).parent / "js" / "drawings.json"
COMMAND = "python -m tests.drawings"
SIDE = 112  # of the canvas that the page makes a digit from


def canvases() -> dict[str, np.ndarray]:
    """Drawings, uint8 [SIDE, SIDE], by what they are."""
    random = np.random.default_rng(0)
    found = {"empty": np.zeros((SIDE, SIDE)), "full": np.full((SIDE, SIDE), 255)}
    for i in range(8):
        found[f"scribble {i}"] = _scribble(random, 0, int(random.integers(1, SIDE + 1)))
        found[f"scribble over the edge {i}"] = _scribble(random, -30, SIDE + 30)
    for i in range(2):
        found[f"faint noise {i}"] = random.integers(0, 4, (SIDE, SIDE)) // 3 * (i + 1)
    for i in range(40):
        # Symmetric: the centre of mass lies just between two pixels, up to the last bit.
        found[f"disc {i}"] = _disc(0.5 + i * 1.4, (55.5, 56)[i % 2])
        top, left, bottom, right = random.integers(0, SIDE, 4)
        part = found[f"rectangle {i}"] = np.zeros((SIDE, SIDE))
        part[min(top, bottom) : max(top, bottom) + 1, min(left, right) : max(left, right) + 1] = 200
    for corner in ((0, 0), (0, SIDE - 1), (SIDE - 1, SIDE - 1), (50, 50)):
        found[f"one pixel at {corner}"] = np.zeros((SIDE, SIDE))
        found[f"one pixel at {corner}"][corner] = 1
    return {name: np.asarray(canvas, np.uint8) for name, canvas in found.items()}


def _scribble(random: np.random.Generator, low: int, high: int) -> Image.Image:
    """A few strokes of one width between low and high, drawn four times as large."""
    sheet = Image.new("L", (4 * SIDE, 4 * SIDE))
    places = [tuple(map(int, place)) for place in 4 * random.integers(low, high, (6, 2))]
    width, grey = int(random.integers(4, 80)), int(random.integers(1, 256))
    ImageDraw.Draw(sheet).line(places, fill=grey, width=width, joint="curve")
    return sheet.resize((SIDE, SIDE), Image.Resampling.BOX)


def _disc(radius: float, centre: float) -> np.ndarray:
    distance = np.hypot(*(np.indices((SIDE, SIDE)) - centre))
    return 255 * np.clip(radius - distance + 0.5, 0, 1)


def packed(image: np.ndarray) -> dict[str, int | str]:
    """An image, uint8 [H, W], as JSON: its size, and its bytes deflated in base64."""
    height, width = image.shape
    pixels = base64.b64encode(zlib.compress(image.tobytes(), 9)).decode()
    return {"width": width, "height": height, "pixels": pixels}


def unpacked(image: dict) -> np.ndarray:
    pixels = zlib.decompress(base64.b64decode(image["pixels"]))
    return np.frombuffer(pixels, np.uint8).reshape(image["height"], image["width"])


def _case(name: str, canvas: np.ndarray) -> dict:
    """A drawing and what from_drawing makes of it."""
    found = from_drawing(canvas)
    steps = {step: packed(to_bytes(getattr(found, step))) for step in ("ink", "cropped", "digit")}
    return {"name": name} | steps


def main() -> None:
    cases = [_case(name, canvas) for name, canvas in canvases().items()]
    text = json.dumps({"written by": COMMAND, "cases": cases}, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
