"""The score of a noisy digit, as an image, and the steps along it."""

import torch
from pydantic import Field
from torch import Tensor

from explore import score
from models.zoo import Entry
from views.kit.component import Component
from views.kit.lab import Page
from views.kit.pictures import Picture, encode_floats, picture_of, read_picture
from views.kit.routes import Message, route
from views.kit.validate import MAX_SEED
from views.kit.worker import Worker

LIMIT = 10.0  # full colour in the picture of the score, nats per unit of grey
MOST_STEPS = 20


class DigitProps(Message):
    """`name` of the network; `sigma`: of the noise, in grey levels; `limit`: the score that has the
    full colour, in nats per unit of grey."""

    name: str
    sigma: float
    limit: float
    most_steps: int
    most_seed: int


class ScoreDigit(Component):
    """Noise on the page's digit, the denoiser's answer, and the score; asked for as they change."""

    PROPS = DigitProps

    def __init__(self, page: Page, entry: Entry):
        near = page.lab.interactive.entry(entry.card.name)
        page.routes.add(score_digit, near, page.workers.quick)
        props = DigitProps(
            name=entry.card.name,
            sigma=score.noise_level(entry.architecture),
            limit=LIMIT,
            most_steps=MOST_STEPS,
            most_seed=MAX_SEED,
        )
        super().__init__(props, elem_classes=["score-digit"])


class NoisyDigit(Message):
    """A digit, whether noise of the seed is added to it, and `steps` of a share of the full one."""

    digit: Picture
    noisy: bool
    seed: int = Field(ge=0, le=MAX_SEED)
    share: float = Field(ge=0, le=1)
    steps: int = Field(ge=1, le=MOST_STEPS)


class Compared(Message):
    """A picture, and the root mean square per pixel of what it differs from the clean digit by."""

    picture: Picture
    error: float


class ScoredDigit(Message):
    """What the denoiser sees, what it answers, and the picture after the steps.

    slope: the score of what it sees, (r(x~) - x~) / sigma^2 in nats per unit of grey, base64 of
    four bytes a value in the order of the picture's shape; slope_size: its root mean square.
    """

    seen: Compared
    restored: Compared
    after: Compared
    slope: str
    slope_size: float


@route("score/digit")
async def score_digit(entry: Entry, worker: Worker, question: NoisyDigit) -> ScoredDigit:
    """A digit under noise, its score, and the steps along it.

    Raises gr.Error, one sentence, for a digit of another shape, and Busy if too many wait.
    """
    x = read_picture(question.digit, entry.architecture.x_shape)
    return await worker.run(scored, entry, x, question)


@torch.no_grad()
def scored(entry: Entry, x: Tensor, question: NoisyDigit) -> ScoredDigit:
    """The answer for the clean digit x [C, H, W] in [0, 1]; the noise on it is not clipped."""
    model = entry.model
    epsilon = torch.randn(x.shape, generator=torch.Generator().manual_seed(question.seed))
    seen = x + score.noise_level(model) * epsilon if question.noisy else x
    batch = seen.to(model.device).unsqueeze(0)
    slope = score.score(model, batch)[0].cpu()
    return ScoredDigit(
        seen=compared(seen, x),
        restored=compared(model.reconstruct(batch)[0].cpu(), x),
        after=compared(score.climb(model, batch, question.share, question.steps)[0].cpu(), x),
        slope=encode_floats(slope),
        slope_size=float(slope.square().mean().sqrt()),
    )


def compared(picture: Tensor, x: Tensor) -> Compared:
    """A picture [C, H, W] beside the clean digit x of the same shape."""
    error = float((picture - x).square().mean().sqrt())
    return Compared(picture=picture_of(picture), error=error)
