"""Gap: the true posterior against the encoder's, and what the ELBO leaves out."""

from functools import lru_cache
from typing import Annotated

import gradio as gr
import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from data.binarize import binarize
from explore import gap, latent
from models import quadrature
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.likelihoods import Bernoulli
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.files import Files
from views.kit.lab import Lab, Page
from views.kit.pictures import (
    Hashed,
    Picture,
    encode_doubles,
    encode_floats,
    encode_halves,
    picture_of,
    read_picture,
)
from views.kit.routes import Message, route
from views.kit.worker import Workers

TITLE = "True posterior"
QUESTION = "How far is the encoder from the true posterior?"
LOOK = (
    "What the encoder's q misses of the true posterior, KL(q‖p(z|x)), is exactly what the ELBO "
    "lacks of log p(x)."
)
MISSING = "There is no VAE of binary digits to look at; train one, for example vae-2."
MAIN = ("vae-2", "vae-16")
DRAWS, PART = 5_000, 500  # importance samples, and how many one question brings
MOST_TURNS = 10**6  # times that a visitor may draw the samples, or the binary pixels, anew
KEPT = 64  # answers, for a classroom that opens one link: 60 KB each
MOST_SIDE = {False: 112, True: 24}  # points along a side of the window, at rest and while it moves
LEAST_SIGMA, MOST_SIGMA, MOST_MU = 1e-3, 2.0, 7.0


class CodeMap(Message):
    """Codes of test images: the address of a file with them, see `codes_file`, and the half side of
    a square around 0 that holds them."""

    file: str
    half: float


class GapModel(Message):
    """A model that is offered; `map` only where the code has two dimensions."""

    name: str
    latent: int
    map: CodeMap | None


class GapProps(Message):
    """`models`: the first is what the view opens with. The last three bound a q that is dragged.

    `most_side`: of a window at rest, in points.
    """

    models: list[GapModel]
    draws: int
    part: int
    most_turns: int
    most_side: int
    most_mu: float
    least_sigma: float
    most_sigma: float


class TruePosterior(Component):
    """Window, overview, bar and bound; the page drags, the server decodes grids."""

    PROPS = GapProps

    def __init__(self, page: Page, entries: list[Entry]):
        gaps = Gaps(page.lab.interactive, page.workers)
        for function in (sum_posterior, find_best, draw_weights):
            page.routes.add(function, gaps)
        props = GapProps(
            models=[model_of(entry, page.lab.files) for entry in entries],
            draws=DRAWS,
            part=PART,
            most_turns=MOST_TURNS,
            most_side=MOST_SIDE[False],
            most_mu=MOST_MU,
            least_sigma=LEAST_SIGMA,
            most_sigma=MOST_SIGMA,
        )
        super().__init__(props, elem_classes=["true-posterior"])


def offered(lab: Lab) -> list[Entry]:
    """The models with a prior and binary pixels: those made for this view first."""
    entries = [*lab.part(parts.GAP).values(), *(lab.zoo[n] for n in MAIN if n in lab.zoo)]
    return [
        entry
        for entry in entries
        if entry.architecture.has_prior and entry.card.config.likelihood.kind == Bernoulli.kind
    ]


def model_of(entry: Entry, files: Files) -> GapModel:
    """What the script is told of a model; its codes are published where they can be mapped."""
    code_map = None
    if entry.architecture.latent == 2:
        half = max(latent.map_extent(entry.codes.z)[1], 3.0)
        code_map = CodeMap(
            file=files.promise_json("gap-codes", [entry], lambda: codes_file(entry)), half=half
        )
    return GapModel(name=entry.card.name, latent=entry.architecture.latent, map=code_map)


def codes_file(entry: Entry) -> dict[str, str]:
    """The codes [N, 2] of test images as base64 of two bytes a number, and of one byte a class."""
    classes = entry.codes.y.numpy().astype(np.uint8).tobytes()
    return {"codes": encode_halves(entry.codes.z), "classes": validate.base64_text(classes)}


# What is asked and answered.


Mean = Annotated[float, Field(ge=-MOST_MU, le=MOST_MU)]
Sigma = Annotated[float, Field(ge=LEAST_SIGMA, le=MOST_SIGMA)]


class DraggedGaussian(Message):
    """A q with a diagonal covariance over a 2-D code, as a visitor drags it."""

    mu: list[Mean] = Field(min_length=2, max_length=2)
    sigma: list[Sigma] = Field(min_length=2, max_length=2)


class Gaussian(Message):
    """Means and standard deviations [D] of a Gaussian with a diagonal covariance."""

    mu: list[float]
    sigma: list[float]


class BinarizedDigit(Message):
    """A model, and a digit whose grey pixels are drawn as black or white from the seed."""

    model: str
    digit: Picture
    seed: int = Field(ge=0, le=MOST_TURNS)


class PosteriorQuestion(BinarizedDigit):
    """`live` for what moves; `q` for another than the encoder's."""

    live: bool
    q: DraggedGaussian | None


class GridWindow(Message):
    """A window of the latent plane, see `gap.Window`.

    log p(x|z) [n * n] in nats is `top`, the largest, plus `below`: base64 of four bytes a number.
    """

    centre: list[float]
    half: float
    view: float
    n: int
    top: float
    below: str


class TruePosteriorSums(Message):
    """What quadrature finds of one digit made binary, in nats.

    `peak` is the largest log p(x, z); `spots` are rows [z1, z2, mass], see `gap.spots`.
    """

    digit: Picture
    encoder: Gaussian
    log_p: float
    peak: float
    spots: list[list[float]]
    window: GridWindow


class WeightsQuestion(BinarizedDigit):
    """Part `part` of the `draw`-th set of samples from the encoder's q, or from another, `q`."""

    q: DraggedGaussian | None
    draw: int = Field(ge=0, le=MOST_TURNS)
    part: int = Field(ge=0, lt=DRAWS // PART)


class DrawnWeights(Message):
    """PART importance samples of one digit made binary.

    `log_weights`: in nats, base64 of eight bytes a number; `z`: codes [PART, 2] where they can be
    mapped; `kl`: KL(q || p(z)) of the q that they are from, in nats.
    """

    digit: Picture
    log_weights: str
    z: list[list[float]] | None
    kl: float


class Gaps:
    """Whose posteriors are summed, and on which threads; the last answers at rest are kept."""

    def __init__(self, lab: Lab, workers: Workers):
        self.lab, self.workers = lab, workers
        self.names = [entry.card.name for entry in offered(lab)]
        self.posterior = lru_cache(KEPT)(self._posterior)

    def _posterior(self, name: str, x: Hashed) -> quadrature.Posterior:
        return quadrature.posterior(self.lab.entry(name).model, x.tensor)


def read_question(gaps: Gaps, question: BinarizedDigit, flat: bool) -> tuple[Entry, Hashed]:
    """The model, which must have a 2-D code if `flat`, and the digit with its pixels drawn."""
    entry = gaps.lab.entry(validate.choice(question.model, "The model", gaps.names))
    if flat and entry.architecture.latent != 2:
        raise validate.refusal("Grids are for models with a 2-D code only.")
    x = read_picture(question.digit, entry.architecture.x_shape)
    return entry, Hashed(binarize(x, question.seed))


def read_q(q: DraggedGaussian | None) -> DiagonalGaussian | None:
    """A q that was dragged, float64; None without one."""
    return q and gap.gaussian(*(torch.tensor(v, dtype=torch.float64) for v in (q.mu, q.sigma)))


def encoder_gaussian(entry: Entry, x: Tensor) -> DiagonalGaussian:
    """The encoder's q(z|x), float64."""
    return gap.gaussian(*latent.posterior(entry.model, x))


def gaussian_of(q: DiagonalGaussian) -> Gaussian:
    """A q as the script takes it."""
    return Gaussian(mu=q.mu.tolist(), sigma=q.variance.sqrt().tolist())


@route("gap/posterior")
async def sum_posterior(gaps: Gaps, question: PosteriorQuestion) -> TruePosteriorSums:
    """log p(x), where the posterior's mass lies, and log p(x|z) around q on a grid.

    Raises gr.Error, one sentence, for another model or digit than these, and Busy.
    """
    entry, x = read_question(gaps, question, flat=True)
    worker = gaps.workers.quick if question.live else gaps.workers.long
    return await worker.run(_sum, gaps, entry, x, read_q(question.q), question.live)


def _sum(
    gaps: Gaps, entry: Entry, x: Hashed, q: DiagonalGaussian | None, live: bool
) -> TruePosteriorSums:
    precision = quadrature.LIVE if live else quadrature.EXACT
    if live:
        found = quadrature.posterior(entry.model, x.tensor, precision)
    else:
        found = gaps.posterior(entry.card.name, x)
    encoder = encoder_gaussian(entry, x.tensor)
    wide = 1.0 if live else gap.WIDE  # nobody drags q and the digit at once
    window = gap.window_around(
        entry.model, x.tensor, found, q or encoder, precision, MOST_SIDE[live], wide
    )
    return TruePosteriorSums(
        digit=picture_of(x.tensor),
        encoder=gaussian_of(encoder),
        log_p=found.log_p,
        peak=float(found.log_joint.max()),
        spots=gap.spots(found),
        window=window_of(window),
    )


def window_of(window: gap.Window) -> GridWindow:
    """The window for the script; its values lie below their largest, and float32 will do."""
    top = float(window.log_likelihood.max())
    return GridWindow(
        centre=window.centre.tolist(),
        half=window.half,
        view=window.view,
        n=window.n,
        top=top,
        below=encode_floats(window.log_likelihood - top),
    )


@route("gap/best")
async def find_best(gaps: Gaps, question: BinarizedDigit) -> Gaussian:
    """The diagonal Gaussian of the largest ELBO near the posterior's peak.

    Raises gr.Error, one sentence, for another model or digit than these, and Busy.
    """
    entry, x = read_question(gaps, question, flat=True)
    return await gaps.workers.long.run(_best, gaps, entry, x)


def _best(gaps: Gaps, entry: Entry, x: Hashed) -> Gaussian:
    found = gaps.posterior(entry.card.name, x)
    start = gap.peak(found)
    window = gap.window_around(
        entry.model, x.tensor, found, start, quadrature.EXACT, MOST_SIDE[False]
    )
    return gaussian_of(gap.best_gaussian(start, window))


@route("gap/weights")
async def draw_weights(gaps: Gaps, question: WeightsQuestion) -> DrawnWeights:
    """One part of the importance samples.

    Raises gr.Error, one sentence, for another model or digit than these, and Busy.
    """
    entry, x = read_question(gaps, question, flat=question.q is not None)
    seed = question.draw * (DRAWS // PART) + question.part
    return await gaps.workers.quick.run(_draw, entry, x, read_q(question.q), seed)


def _draw(entry: Entry, x: Hashed, q: DiagonalGaussian | None, seed: int) -> DrawnWeights:
    q = q or encoder_gaussian(entry, x.tensor)
    z, log_weights = gap.importance_draws(entry.model, x.tensor, q, PART, seed)
    return DrawnWeights(
        digit=picture_of(x.tensor),
        log_weights=encode_doubles(log_weights),
        z=z.tolist() if entry.architecture.latent == 2 else None,
        kl=float(kl_to_standard_normal(q).sum()),
    )


def build(page: Page) -> None:
    """Lay the view out; the component asks the server by itself."""
    entries = offered(page.lab)
    if entries:
        TruePosterior(page, entries)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out("gap", gap.mass, gap.evidence, gap.elbo, gap.gap, gap.importance_draws)
