"""The score of a noisy digit, as an image, and the steps along it."""

from typing import Any

import gradio as gr
import torch
from torch import Tensor

import figures
from explore import score
from models import Model
from models.zoo import Entry
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.lab import Lab
from views.shell.digit_input import read_digit

LIMIT = 10.0  # full colour in the picture of the score, nats per unit of grey
MOST_STEPS = 20


class ScoreDigit(gr.HTML):
    """Noise on the page's digit, the denoiser's answer, and the score; asked for as they change."""

    def __init__(self, lab: Lab | None = None, entry: Entry | None = None, **keywords: Any):
        model = lab.interactive.entry(entry.card.name).model if lab else None
        super().__init__(
            sigma=score.noise_level(model) if model else None,
            most=MOST_STEPS,
            limit=LIMIT,
            server_functions=[validate.serving(show_score, model)] if model else None,
            elem_classes=["score-digit"],
            **assets("score_digit"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the pictures are asked for"}


@torch.no_grad()
def show_score(model: Model, message: dict) -> dict[str, Any]:
    """{"pixels", "noisy": whether, "seed", "share" of the step, "steps"} to the four pictures.

    Errors are root mean squares per pixel against the clean digit.
    """
    x = read_digit(message)
    sigma = score.noise_level(model)
    seed = validate.seed(message.get("seed"))
    share = validate.number(message.get("share"), "The share of a step", 0.0, 1.0)
    steps = validate.whole(message.get("steps"), "The number of steps", 1, MOST_STEPS)
    epsilon = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed))
    seen = x + sigma * epsilon if flag(message.get("noisy")) else x
    batch = seen.to(model.device).unsqueeze(0)
    restored = model.reconstruct(batch)[0].cpu()
    slope = score.score(model, batch)[0].cpu()
    after = score.climb(model, batch, share, steps)[0].cpu()
    pictures = {"seen": seen, "restored": restored, "after": after}
    return {
        "pictures": {name: markup.encode_pixels(picture) for name, picture in pictures.items()},
        "errors": {name: error(picture, x) for name, picture in pictures.items()},
        "score": figures.data_uri(figures.png(figures.signed(slope.numpy(), LIMIT))),
        "slope": float(slope.square().mean().sqrt()),
    }


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise gr.Error("Noise is either added or not; say true or false.", print_exception=False)
    return value


def error(picture: Tensor, x: Tensor) -> float:
    return float((picture - x).square().mean().sqrt())
