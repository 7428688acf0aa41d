"""Questions to every route, as a page's scripts ask them: valid, and drawn from a seed."""

import base64
import io
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

MAPS, WIDE = ("ae-2", "dae-2", "vae-2"), ("ae-16", "dae-16", "vae-16")
Question = dict[str, Any]


def photo(width: int, height: int) -> str:
    """A photo of a dark stroke on light, noisy paper: the base64 of a JPEG."""
    noise = np.random.default_rng(0).integers(210, 250, (height, width), np.uint8)
    image = Image.fromarray(noise)
    corners = [(0.3, 0.2), (0.7, 0.2), (0.4, 0.8)]
    line = [(x * width, y * height) for x, y in corners]
    ImageDraw.Draw(image).line(line, fill=20, width=max(1, width // 12))
    file = io.BytesIO()
    image.save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


def catalogue(digits: Sequence[Question], draw: random.Random) -> dict[str, Callable[[], Question]]:
    """For each route a function that draws one more question.

    digits: pictures as the routes take them.
    """

    def digit() -> Question:
        return draw.choice(digits)

    def code(size: int, most: float = 2.0) -> list[float]:
        return [draw.uniform(-most, most) for _ in range(size)]

    def sigma() -> list[float]:
        return [draw.uniform(0.05, 2.0) for _ in range(2)]

    def seed() -> int:
        return draw.randrange(2**32)

    def ends() -> Question:
        families = ["ae", "dae", "vae"]
        return {"a": digit(), "b": digit(), "families": families, "size": draw.choice([2, 16])}

    def binarized(model: str = "vae-2") -> Question:
        return {"model": model, "digit": digit(), "seed": draw.randrange(1000)}

    def factors() -> list[int]:
        return [0, *(draw.randrange(most) for most in (3, 6, 6, 6))]

    def samples() -> Question:
        origin, temperature = draw.choice(["prior", "mixture", "codes"]), draw.uniform(0, 2)
        size = draw.choice([2, 16])
        return {"size": size, "origin": origin, "temperature": temperature, "seed": seed()}

    def noisy() -> Question:
        kind = draw.choice(["gaussian-noise", "masking", "salt-and-pepper"])
        strength, size = draw.choice([0.1, 0.3, 0.5]), draw.choice([2, 16])
        return {
            "digit": digit(),
            "kind": kind,
            "strength": strength,
            "size": size,
            "seed": seed(),
        }

    return {
        "beta/places": lambda: {"digit": digit()},
        "classes/encoding": lambda: {"digit": digit(), "y": draw.choice([None, 3])},
        "classes/pictures": lambda: {"z": code(16)},
        "compress/pictures": lambda: {"data": "mnist", "digit": digit(), "seed": None},
        "decode": lambda: {"models": list(MAPS), "z": [code(2)]},
        "denoise/digit": noisy,
        "digit/photo": lambda: {"content": photo(600, 400)},
        "digit/random": dict,
        "digit/samples": dict,
        "draw/canvases": lambda: {"z": code(32)},
        "draw/code": lambda: {
            "digit": digit(),
            "code": draw.choice(["mean", "draw"]),
            "seed": seed(),
        },
        "encode": lambda: {"digit": digit(), "models": list(MAPS)},
        "few_labels/reading": lambda: {"digit": digit(), "labels": draw.choice([100, 1000])},
        "gan/codes": lambda: {"origin": "mixture", "seed": draw.randrange(1000)},
        "gap/best": binarized,
        "gap/posterior": lambda: binarized() | {"live": draw.random() < 0.9, "q": None},
        "gap/weights": lambda: (
            binarized(draw.choice(["vae-2", "vae-16"]))
            | {"q": None, "draw": draw.randrange(1000), "part": draw.randrange(10)}
        ),
        "interpolate/film": lambda: ends() | {"kind": draw.choice(["gif", "png"])},
        "interpolate/paths": ends,
        "iwae/samples": lambda: {
            "digit": digit(),
            "draw": draw.randrange(1000),
            "part": draw.randrange(4),
        },
        "kl/encoder": lambda: {"digit": digit()},
        "ledger/terms": lambda: {
            "model": draw.choice(MAPS + WIDE),
            "digit": digit(),
            "mu": None,
            "log_var": None,
            "draw": draw.choice([None, 0, 5]),
        },
        "likelihood/rows": lambda: {
            "digit": digit(),
            "code": draw.choice(["mean", "draw"]),
            "count": draw.choice([1, 16, 64]),
            "seed": seed(),
        },
        "maps/path": lambda: {
            "model": draw.choice(MAPS),
            "a": code(2),
            "b": code(2),
            "frames": 9,
        },
        "reconstruct/digit": lambda: {
            "digit": digit(),
            "size": draw.choice([2, 16]),
            "code": draw.choice(["mean", "draw"]),
            "seed": seed(),
        },
        "sample/draw": samples,
        "sample/export": samples,
        "score/digit": lambda: {
            "digit": digit(),
            "noisy": True,
            "seed": seed(),
            "share": draw.random(),
            "steps": draw.randrange(1, 21),
        },
        "shapes/encoding": lambda: {"model": "vae-10-shapes", "factors": factors()},
        "trick/encoder": lambda: {"digit": digit()},
        "trick/estimates": lambda: {
            "digit": digit(),
            "mu": code(2),
            "sigma": sigma(),
            "seed": seed(),
            "count": draw.randrange(2, 257),
        },
        "trick/gradients": lambda: {
            "digit": digit(),
            "mu": code(2),
            "sigma": sigma(),
            "epsilon": code(2),
            "reparameterize": draw.random() < 0.5,
        },
    }
