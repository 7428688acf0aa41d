"""Named endpoints for programs, each plain JSON in and out; see the README for a client.

An image is 28 rows of 28 numbers from 0 (black) to 1 (white ink); a code a list of numbers.
"""

import gradio as gr
import torch
from torch import Tensor

from explore import latent
from explore.reconstruct import psnr
from explore.reconstruct import reconstruct as run
from models.corruption import CORRUPTIONS

from . import checks
from .gpu import GPU
from .lab import Lab

MAX_SAMPLES = 100
MAX_STEPS = 64
Image = list[list[float]]


def add_endpoints(lab: Lab) -> None:
    """Publish every endpoint on the Blocks being built."""
    for endpoint in endpoints(lab):
        gr.api(endpoint, api_name=endpoint.__name__, queue=True, concurrency_limit=4)


def endpoints(lab: Lab) -> list:
    """The five functions, bound to the models of `lab`. Faults are one-sentence gr.Errors."""

    def reconstruct(image: Image, model: str) -> dict:
        """Encode and decode an image: its code, the picture, and the squared error per pixel."""
        return _reconstruct(lab, image, model)

    def denoise(image: Image, model: str, corruption: str, strength: float, seed: int) -> dict:
        """Corrupt an image (gaussian-noise, masking, salt-and-pepper) and repair it; PSNR in dB."""
        return _denoise(lab, image, model, corruption, strength, seed)

    def decode(code: list[float], model: str) -> dict:
        """The picture of a latent code."""
        return _decode(lab, code, model)

    def interpolate(a: Image, b: Image, model: str, path: str, steps: int) -> dict:
        """Pictures along a linear or spherical path between the codes of two images."""
        return _interpolate(lab, a, b, model, path, steps)

    def sample(model: str, count: int, temperature: float, seed: int) -> dict:
        """Draws from N(0, temperature^2 I) and their pictures."""
        return _sample(lab, model, count, temperature, seed)

    return [GPU(f) for f in (reconstruct, denoise, decode, interpolate, sample)]


def _rows(picture: Tensor) -> Image:
    return [[round(v, 5) for v in row] for row in picture[0].tolist()]


def _reconstruct(lab: Lab, image: Image, model: str) -> dict:
    entry = lab.entry(model)
    found = run(entry.model, checks.image(image, entry.model.x_shape))
    return {"code": found.z.tolist(), "picture": _rows(found.picture), "mse": found.mse}


def _denoise(
    lab: Lab, image: Image, model: str, corruption: str, strength: float, seed: int
) -> dict:
    entry = lab.entry(model)
    x = checks.image(image, entry.model.x_shape)
    kind = CORRUPTIONS[checks.choice(corruption, "The corruption", CORRUPTIONS)]
    strength = checks.number(strength, "The strength", *kind.strength_range)
    generator = torch.Generator().manual_seed(checks.seed(seed))
    corrupted = kind(strength).sample(x, generator)
    found = run(entry.model, corrupted, target=x)
    return {
        "corrupted": _rows(corrupted),
        "picture": _rows(found.picture),
        "mse": found.mse,
        "psnr": psnr(found.mse) if found.mse else None,  # JSON has no infinity
    }


def _decode(lab: Lab, code: list[float], model: str) -> dict:
    entry = lab.entry(model)
    z = checks.code(code, entry.model.latent)
    return {"picture": _rows(latent.decode(entry.model, z.unsqueeze(0))[0])}


def _interpolate(lab: Lab, a: Image, b: Image, model: str, path: str, steps: int) -> dict:
    entry = lab.entry(model)
    paths = {"linear": latent.linear_path, "spherical": latent.spherical_path}
    along = paths[checks.choice(path, "The path", paths)]
    t = torch.linspace(0, 1, checks.whole(steps, "The number of steps", 2, MAX_STEPS))
    images = (checks.image(x, entry.model.x_shape) for x in (a, b))
    codes = along(*(latent.encode(entry.model, x) for x in images), t)
    return {
        "codes": codes.tolist(),
        "pictures": [_rows(p) for p in latent.decode(entry.model, codes)],
    }


def _sample(lab: Lab, model: str, count: int, temperature: float, seed: int) -> dict:
    entry = lab.entry(model)
    count = checks.whole(count, "The number of samples", 1, MAX_SAMPLES)
    temperature = checks.number(temperature, "The temperature", 0.0, 10.0)
    z = latent.prior_draws(entry.model.latent, count, temperature, checks.seed(seed))
    return {"codes": z.tolist(), "pictures": [_rows(p) for p in latent.decode(entry.model, z)]}
