"""Likelihood: the same digit under five p(x|z)."""

import math
from typing import Literal, cast

import gradio as gr
import torch
from pydantic import Field
from torch import Tensor
from torch.distributions import Distribution

from explore import likelihood
from models.likelihoods import MIN_LOG_VAR, GaussianLikelihood, Rounded, RoundedLogistic
from models.zoo import Entry
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import Average, measured
from views.kit.pictures import Picture, encode_floats, encode_pixels, read_picture
from views.kit.routes import Message, route
from views.kit.validate import MAX_SEED
from views.kit.worker import Worker

TITLE = "Output distribution"
QUESTION = "Why is the decoder's picture blurred?"
LOOK = (
    "p(x|z) is a distribution over images: its mean is a blur, a draw that blur under pixel noise, "
    "not a sharp digit."
)
BERNOULLI = "vae-16-mlp"  # the others have its network, and other pixels
MISSING = "The networks of this view are missing; train vae-16-mlp and the four beside it."
COUNTS = (1, 4, 16, 64, 256)  # of draws to average
MOST_DEVIATION = 0.5  # white in the pictures of the deviation: no Bernoulli pixel has more
Kind = Literal["bernoulli", "fixed", "shared", "predicted", "discretized-logistic"]


class Likelihood(Message):
    """What is said of one model's p(x|z) whatever the digit.

    sigma: of every pixel, fixed or learned; null where pixels differ. error: the root mean square
    per pixel that the mean misses test digits by, measured by `protocol`. bits: per pixel of test
    digits, where they were measured.
    """

    name: str
    kind: Kind
    sigma: float | None
    error: float
    protocol: str
    bits: Average | None


class Props(Message):
    """`shape` [C, H, W] of a digit; `floor`: the least sigma that a network may predict."""

    rows: list[Likelihood]
    shape: list[int]
    counts: list[int]
    most_deviation: float
    floor: float
    most_seed: int


class LikelihoodSwitch(Component):
    """A row for each checkpoint of `names`; visitors, not Python, say what it shows."""

    PROPS = Props

    def __init__(self, page: Page, names: tuple[str, ...]):
        entries = [page.lab.interactive.entry(name) for name in names]
        page.routes.add(decode_digit, entries, page.workers.quick)
        props = Props(
            rows=[likelihood_of(page.lab.entry(name)) for name in names],
            shape=list(entries[0].architecture.x_shape),
            counts=list(COUNTS),
            most_deviation=MOST_DEVIATION,
            floor=math.exp(0.5 * MIN_LOG_VAR),
            most_seed=MAX_SEED,
        )
        super().__init__(props, elem_classes=["likelihood-switch"])


def likelihood_of(entry: Entry) -> Likelihood:
    """What the script is told of a checkpoint."""
    spec = entry.architecture.config.likelihood
    metrics = entry.card.metrics
    mse, bits = metrics["mse"], metrics.get("bits per pixel")
    return Likelihood(
        name=entry.card.name,
        kind=cast(Kind, getattr(spec, "variance", spec.kind)),
        sigma=shared_sigma(entry),
        error=math.sqrt(mse.value),
        protocol=mse.sentence(),
        bits=Average(**measured(bits)) if bits else None,
    )


def shared_sigma(entry: Entry) -> float | None:
    """The sigma of every pixel, fixed or learned; None where pixels differ."""
    predicted = getattr(entry.card.config.likelihood, "variance", None) == "predicted"
    return None if entry.log_var is None or predicted else math.exp(0.5 * entry.log_var)


class DigitToDecode(Message):
    """A digit, where its code comes from, and how many draws of the seed are averaged."""

    digit: Picture
    code: Literal["mean", "draw", "prior"]
    count: int = Field(ge=COUNTS[0], le=COUNTS[-1])
    seed: int = Field(ge=0, le=MAX_SEED)


class Row(Message):
    """p(x|z) of one model, in base64: bytes of what is only seen, else four bytes a value.

    location and scale: of every pixel where these are rounded logistics. log_p: log p(x|z) of the
    digit, nats summed over pixels; log_mass: that of its grey levels, null of black and white.
    rmse: root mean square of the mean's difference from the digit, per pixel.
    """

    mean: str
    deviation: str
    sample: str
    average: str
    location: str | None
    scale: str | None
    log_p: float
    log_mass: float | None
    rmse: float


class DecodedDigit(Message):
    """A row for each model, in the order of the page."""

    rows: list[Row]


@route("likelihood/rows")
async def decode_digit(
    entries: list[Entry], worker: Worker, question: DigitToDecode
) -> DecodedDigit:
    """All rows for one digit.

    Raises gr.Error, one sentence, for a digit of another shape, and Busy if too many wait.
    """
    x = read_picture(question.digit, entries[0].architecture.x_shape)
    return await worker.run(decoded, entries, x, question)


def decoded(entries: list[Entry], x: Tensor, question: DigitToDecode) -> DecodedDigit:
    """The answer for the digit x [C, H, W] in [0, 1].

    Every row draws from a generator of the same seed, so z and the noise differ only by the model.
    """
    rows = []
    for entry in entries:
        generator = torch.Generator().manual_seed(question.seed)
        found = likelihood.decoded(entry.model, x, question.code, question.count, generator)
        rows.append(row_of(found))
    return DecodedDigit(rows=rows)


def row_of(found: likelihood.Decoded) -> Row:
    """One row as the script takes it."""
    location, scale = logistic_pixels(found.pixels)
    return Row(
        mean=encode_floats(found.mean),
        deviation=encode_floats(found.deviation),
        sample=encode_pixels(found.sample),
        average=encode_pixels(found.average),
        location=location,
        scale=scale,
        log_p=found.log_p,
        log_mass=found.log_mass,
        rmse=found.rmse,
    )


def logistic_pixels(p: Distribution) -> tuple[str, str] | tuple[None, None]:
    """Location and scale of every pixel where these are rounded logistics, for their charts."""
    if not isinstance(p, RoundedLogistic):
        return None, None
    return encode_floats(p.location[0].cpu()), encode_floats(p.scale[0].cpu())


def build(page: Page) -> None:
    """Lay the view out; its rows ask for what they show."""
    names = shown(page.lab)
    if names:
        LikelihoodSwitch(page, names)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "likelihood",
        GaussianLikelihood.forward,
        Rounded.log_prob,
        RoundedLogistic.log_between,
        likelihood.sample,
        likelihood.best_variance,
    )


def shown(lab: Lab) -> tuple[str, ...]:
    """The checkpoints that are there: Bernoulli, Gaussians of more and more freedom, levels."""
    kinds = ("fixed", "shared", "predicted", "discretized")
    wanted = (BERNOULLI, *(f"{BERNOULLI}-{kind}" for kind in kinds))
    return tuple(name for name in wanted if name in lab.zoo)
