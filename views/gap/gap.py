"""Gap: the true posterior against the encoder's, and what the ELBO leaves out."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import gradio as gr
import numpy as np
from torch import Tensor

from data.binarize import binarize
from explore import gap, latent
from figures import CLASS_COLOURS
from models import quadrature
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.likelihoods import Bernoulli
from models.zoo import Entry
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.decoding import BUSY
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.shell.digit_input import read_digit

TITLE = "Gap"
LOOK = (
    "Drag the encoder's q over the true posterior: what it misses, KL(q‖p(z|x)), is exactly what "
    "the ELBO lacks of log p(x)."
)
MAIN = ("vae-2", "vae-16")
DRAWS, PART = 5_000, 500  # importance samples, and how many one question brings
MOST_WAITING = 20
KEPT = 64  # answers, for a classroom that opens one link: 60 KB each
MOST_SIDE = {False: 112, True: 24}  # points along a side of the window, at rest and while it moves
LEAST_SIGMA, MOST_SIGMA, MOST_MU = 1e-3, 2.0, 7.0


class TruePosterior(gr.HTML):
    """Window, overview, bar and bound; the page drags, the server decodes grids."""

    def __init__(self, lab: Lab | None = None, **keywords: Any):
        gaps = Gaps(lab.interactive) if lab else None
        super().__init__(
            models=[model_of(entry) for entry in offered(lab)] if lab else [],
            colours=CLASS_COLOURS,
            draws=DRAWS,
            part=PART,
            server_functions=[
                validate.serving(see_posterior, gaps),
                validate.serving(find_best, gaps),
                validate.serving(draw_weights, gaps),
            ]
            if lab
            else None,
            elem_classes=["true-posterior"],
            **assets(
                "posterior", "address", "numbers", "kernel", "decoding", "plot", "posterior_sums"
            ),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the panel asks for itself"}


def offered(lab: Lab) -> list[Entry]:
    """The models with a prior and binary pixels: those made for this view first."""
    entries = [*lab.exhibit("gap").values(), *(lab.zoo[n] for n in MAIN if n in lab.zoo)]
    return [
        entry
        for entry in entries
        if entry.model.prior() is not None and entry.model.config.likelihood.kind == Bernoulli.kind
    ]


def model_of(entry: Entry) -> dict[str, Any]:
    """What the script needs of a model: its size, and for a map its codes of test images."""
    about = {"name": entry.card.name, "latent": entry.model.latent}
    if entry.model.latent != 2:
        return about
    z = entry.codes.z
    return about | {
        "codes": validate.base64_text(z.numpy().astype(np.float16).tobytes()),
        "classes": validate.base64_text(entry.codes.y.numpy().astype(np.uint8).tobytes()),
        "half": max(latent.map_extent(z)[1], 3.0),
    }


class Gaps:
    """The threads that sum grids for everybody: one for what moves, one for what may take longer.

    The last answers at rest are kept.
    """

    def __init__(self, lab: Lab):
        self.lab = lab
        self.names = [entry.card.name for entry in offered(lab)]
        self._waiting = 0
        self._threads = {live: ThreadPoolExecutor(1, "posteriors") for live in (False, True)}
        self.posterior = lru_cache(KEPT)(self._posterior)

    async def run(self, function: Callable, *arguments: Any, live: bool = False) -> Any:
        """Call the function in a thread. Raises gr.Error if too many wait."""
        if self._waiting >= MOST_WAITING:
            raise gr.Error(BUSY, print_exception=False)
        self._waiting += 1
        try:
            return await asyncio.wrap_future(self._threads[live].submit(function, *arguments))
        finally:
            self._waiting -= 1

    def _posterior(self, name: str, x: "Digit") -> quadrature.Posterior:
        return quadrature.posterior(self.lab.entry(name).model, x.tensor)


class Digit:
    """A binary digit that can be a key: equal pixels are the same digit."""

    def __init__(self, tensor: Tensor):
        self.tensor = tensor
        self.bytes = markup.encode_pixels(tensor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digit) and self.bytes == other.bytes

    def __hash__(self) -> int:
        return hash(self.bytes)


def read_question(gaps: Gaps, message: dict, flat: bool) -> tuple[Entry, Digit]:
    """The model, which must have a 2-D code if `flat`, and the digit with its pixels drawn."""
    name = validate.choice(message.get("model"), "The model", gaps.names)
    entry = gaps.lab.entry(name)
    if flat and entry.model.latent != 2:
        raise gr.Error("Grids are for models with a 2-D code only.", print_exception=False)
    x = read_digit(message)
    return entry, Digit(binarize(x, validate.seed(message.get("seed"))))


def read_q(message: dict) -> DiagonalGaussian | None:
    """A q that was dragged, {"mu": [2], "sigma": [2]}; None without one."""
    value = message.get("q")
    if value is None:
        return None
    given = value if isinstance(value, dict) else {}
    mu, sigma = (validate.code(given.get(name), 2).double() for name in ("mu", "sigma"))
    for m, s in zip(mu.tolist(), sigma.tolist(), strict=True):
        validate.number(m, "A mean", -MOST_MU, MOST_MU)
        validate.number(s, "A standard deviation", LEAST_SIGMA, MOST_SIGMA)
    return gap.gaussian(mu, sigma)


def encoder_gaussian(entry: Entry, x: Tensor) -> DiagonalGaussian:
    """The encoder's q(z|x), float64."""
    mean, std = latent.posterior(entry.model, x)
    return gap.gaussian(mean, std)


async def see_posterior(gaps: Gaps, message: dict) -> dict[str, Any]:
    """log p(x), where the posterior's mass lies, and log p(x|z) around q on a grid.

    {"model", "pixels", "seed"}, "live" for what moves, and "q" for another than the encoder's.
    """
    entry, x = read_question(gaps, message, flat=True)
    live = message.get("live") is True
    q = read_q(message)
    return await gaps.run(_see, gaps, entry, x, q, live, live=live)


def _see(
    gaps: Gaps, entry: Entry, x: Digit, q: DiagonalGaussian | None, live: bool
) -> dict[str, Any]:
    precision = quadrature.LIVE if live else quadrature.EXACT
    if live:
        found = quadrature.posterior(entry.model, x.tensor, precision)
    else:
        found = gaps.posterior(entry.card.name, x)
    encoder = encoder_gaussian(entry, x.tensor)
    wide = 1.0 if live else gap.WIDE  # nobody drags q and the digit at once
    q = q or encoder
    window = gap.look(entry.model, x.tensor, found, q, precision, MOST_SIDE[live], wide)
    return {
        "pixels": x.bytes,
        "encoder": as_record(encoder),
        "log_p": found.log_p,
        "peak": float(found.log_joint.max()),
        "spots": gap.spots(found),
        "window": window_record(window),
    }


def as_record(q: DiagonalGaussian) -> dict[str, list[float]]:
    return {"mu": q.mu.tolist(), "sigma": q.variance.sqrt().tolist()}


def window_record(window: gap.Window) -> dict[str, Any]:
    """The window for the script; its values lie below their largest, and float32 will do."""
    top = float(window.log_likelihood.max())
    below = (window.log_likelihood - top).numpy().astype("<f4")
    return {
        "centre": window.centre.tolist(),
        "half": window.half,
        "view": window.view,
        "n": window.n,
        "top": top,
        "below": validate.base64_text(below.tobytes()),
    }


async def find_best(gaps: Gaps, message: dict) -> dict[str, Any]:
    """The diagonal Gaussian of the largest ELBO near the posterior's peak."""
    entry, x = read_question(gaps, message, flat=True)
    return await gaps.run(_best, gaps, entry, x)


def _best(gaps: Gaps, entry: Entry, x: Digit) -> dict[str, Any]:
    found = gaps.posterior(entry.card.name, x)
    start = gap.peak(found)
    window = gap.look(entry.model, x.tensor, found, start, quadrature.EXACT, MOST_SIDE[False])
    return as_record(gap.best_gaussian(start, window))


async def draw_weights(gaps: Gaps, message: dict) -> dict[str, Any]:
    """One part of the importance samples: log weights, and codes z where they can be mapped.

    They are drawn from the encoder's q, or with a 2-D code from another, "q".
    """
    entry, x = read_question(gaps, message, flat=message.get("q") is not None)
    q = read_q(message)
    draw = validate.whole(message.get("draw"), "The draw", 0, 10**6)
    part = validate.whole(message.get("part"), "The part", 0, DRAWS // PART - 1)
    return await gaps.run(_draw, entry, x, q, draw * (DRAWS // PART) + part)


def _draw(entry: Entry, x: Digit, q: DiagonalGaussian | None, seed: int) -> dict[str, Any]:
    q = q or encoder_gaussian(entry, x.tensor)
    z, log_weights = gap.importance_draws(entry.model, x.tensor, q, PART, seed)
    return {
        "pixels": x.bytes,
        "log_weights": validate.base64_text(log_weights.numpy().astype("<f8").tobytes()),
        "z": z.tolist() if entry.model.latent == 2 else None,
        "kl": float(kl_to_standard_normal(q).sum()),
    }


def build(page: Page) -> None:
    """Lay the view out; the component asks the server by itself."""
    TruePosterior(page.lab)
    fold_out("gap", gap.mass, gap.evidence, gap.elbo, gap.gap, gap.importance_draws)
