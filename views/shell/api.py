"""Named endpoints for programs, each plain JSON in and out; see the README for a client.

An image is 28 rows of 28 numbers from 0 (black) to 1 (white ink), or as many as the model was
trained on, and for a model of several channels one such list each; a code is a list of numbers. A
label is the class that some models must be told, from 0 on; others take none.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import gradio as gr
import torch
from gradio.events import api
from torch import Tensor

from explore import latent
from explore.reconstruct import psnr
from models import Model
from models.corruption import CORRUPTIONS
from views.kit import validate
from views.kit.gpu import GPU
from views.kit.lab import Lab
from views.kit.worker import Worker
from views.shell.queue import AT_ONCE

MAX_SAMPLES = 100
MAX_STEPS = 64
Image = list[list[float]] | list[list[list[float]]]
Label = int | None


def add_endpoints(lab: Lab, worker: Worker) -> None:
    """Publish every endpoint on the Blocks being built; the worker answers them."""
    for endpoint in endpoints(lab):
        api(
            _on(worker, endpoint),
            api_name=endpoint.__name__,
            concurrency_id="programs",
            concurrency_limit=AT_ONCE,
        )


def _on(worker: Worker, endpoint: Callable[..., dict]) -> Callable[..., Awaitable[dict]]:
    """The endpoint, run by the worker; it looks the same to Gradio, which reads its arguments."""

    @wraps(endpoint)
    async def run(*arguments: Any) -> dict:
        return await worker.run(endpoint, *arguments)

    return run


def endpoints(lab: Lab) -> list:
    """The five functions, bound to the models of `lab`. Faults are one-sentence gr.Errors."""

    def reconstruct(image: Image, model: str, label: Label = None) -> dict:
        """Encode and decode an image: its code, the picture, and the squared error per pixel."""
        return _reconstruct(lab, image, model, label)

    def denoise(
        image: Image, model: str, corruption: str, strength: float, seed: int, label: Label = None
    ) -> dict:
        """Corrupt an image (gaussian-noise, masking, salt-and-pepper) and repair it; PSNR in dB."""
        return _denoise(lab, image, model, corruption, strength, seed, label)

    def decode(code: list[float], model: str, label: Label = None) -> dict:
        """The picture of a latent code."""
        return _decode(lab, code, model, label)

    def interpolate(
        a: Image, b: Image, model: str, path: str, steps: int, label: Label = None
    ) -> dict:
        """Pictures along a linear or spherical path between the codes of two images of a class."""
        return _interpolate(lab, a, b, model, path, steps, label)

    def sample(model: str, count: int, temperature: float, seed: int, label: Label = None) -> dict:
        """Draws from N(0, temperature^2 I) and their pictures."""
        return _sample(lab, model, count, temperature, seed, label)

    named = (reconstruct, denoise, decode, interpolate, sample)
    return [GPU(validate.in_words(function.__name__)(function)) for function in named]


def _model(lab: Lab, name: str, reads: bool = False) -> Model:
    """The model `name`, if it makes pictures, and with `reads` of pictures."""
    model = lab.entry(name).model
    if not model.has_decoder:
        raise gr.Error(
            "This model has no decoder and makes no pictures; pick another.", print_exception=False
        )
    if reads and not model.has_encoder:
        raise gr.Error(
            "This model has no encoder and reads no pictures; use decode or sample.",
            print_exception=False,
        )
    return model


def _condition(model: Model, label: Label, x: Tensor | None = None) -> Tensor | None:
    """The class [1] that the model is told: `label`, or what it reads in x [C, H, W] itself."""
    if not model.decode_needs_label:
        if label is not None:
            raise gr.Error(
                "This model is told no class; leave the label out.", print_exception=False
            )
        return None
    most = model.config.classes - 1
    if label is not None:
        return torch.tensor([validate.whole(label, "The label", 0, most)])
    if x is not None and model.has_classifier:
        return _read_class(model, x)
    raise gr.Error(
        f"This model must be told the class: give it as label, from 0 to {most}.",
        print_exception=False,
    )


@torch.no_grad()
def _read_class(model: Model, x: Tensor) -> Tensor:
    """The most probable class [1] of x [C, H, W]."""
    return model.classify(x.to(model.device).unsqueeze(0)).probs.argmax(-1).cpu()


def _rows(picture: Tensor) -> Image:
    """An image [C, H, W] as `validate.image` reads it."""
    channels = [[[round(v, 5) for v in row] for row in plane] for plane in picture.tolist()]
    return channels[0] if len(channels) == 1 else channels


def _back(model: Model, x: Tensor, y: Tensor | None, target: Tensor) -> dict:
    """An image x [C, H, W] encoded and decoded; the error is against `target`."""
    z = latent.encode(model, x, y)
    picture = latent.decode(model, z.unsqueeze(0), y)[0]
    mse = float(((picture - target) ** 2).mean())
    return {"code": z.tolist(), "picture": _rows(picture), "mse": mse}


def _reconstruct(lab: Lab, image: Image, name: str, label: Label = None) -> dict:
    model = _model(lab, name, reads=True)
    x = validate.image(image, model.x_shape)
    return _back(model, x, _condition(model, label, x), target=x)


def _denoise(
    lab: Lab,
    image: Image,
    name: str,
    corruption: str,
    strength: float,
    seed: int,
    label: Label = None,
) -> dict:
    model = _model(lab, name, reads=True)
    x = validate.image(image, model.x_shape)
    kind = CORRUPTIONS[validate.choice(corruption, "The corruption", CORRUPTIONS)]
    strength = validate.number(strength, "The strength", *kind.strength_range)
    generator = torch.Generator().manual_seed(validate.seed(seed))
    corrupted = kind(strength).sample(x, generator)
    found = _back(model, corrupted, _condition(model, label, corrupted), target=x)
    return {
        "corrupted": _rows(corrupted),
        "picture": found["picture"],
        "mse": found["mse"],
        "psnr": psnr(found["mse"]) if found["mse"] else None,  # JSON has no infinity
    }


def _decode(lab: Lab, code: list[float], name: str, label: Label = None) -> dict:
    model = _model(lab, name)
    z = validate.code(code, model.latent).unsqueeze(0)
    return {"picture": _rows(latent.decode(model, z, _condition(model, label))[0])}


def _interpolate(
    lab: Lab, a: Image, b: Image, name: str, path: str, steps: int, label: Label = None
) -> dict:
    model = _model(lab, name, reads=True)
    paths = {"linear": latent.linear_path, "spherical": latent.spherical_path}
    along = paths[validate.choice(path, "The path", paths)]
    t = torch.linspace(0, 1, validate.whole(steps, "The number of steps", 2, MAX_STEPS))
    images = [validate.image(x, model.x_shape) for x in (a, b)]
    y = _condition(model, label)
    start, end = (latent.encode(model, x, y) for x in images)
    codes = along(start, end, t)
    return {"codes": codes.tolist(), "pictures": _pictures(model, codes, y)}


def _sample(
    lab: Lab, name: str, count: int, temperature: float, seed: int, label: Label = None
) -> dict:
    model = _model(lab, name)
    count = validate.whole(count, "The number of samples", 1, MAX_SAMPLES)
    temperature = validate.number(temperature, "The temperature", 0.0, 10.0)
    z = latent.prior_draws(model.latent, count, temperature, validate.seed(seed))
    return {"codes": z.tolist(), "pictures": _pictures(model, z, _condition(model, label))}


def _pictures(model: Model, z: Tensor, y: Tensor | None) -> list[Image]:
    """The pictures of codes [N, D], all of them of one class y [1]."""
    told = None if y is None else y.expand(len(z))
    return [_rows(picture) for picture in latent.decode(model, z, told)]
