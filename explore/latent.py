"""Moving through latent space: which dimension matters, strips, paths and draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import torch
from torch import Tensor

from data.morphology import MEASURES
from models import Model
from models.metrics import Metric
from models.origins import CODES, MIXTURE, PRIOR, metric_name
from models.zoo import Card, Entry

DEAD_NATS = 0.01  # a dimension of less KL than this says nothing about the image


@torch.no_grad()
def decode(model: Model, z: Tensor, y: Tensor | None = None) -> Tensor:
    """Pictures [N, C, H, W] of codes [N, D], the means of p(x|z); y [N]: classes, if told any."""
    told = None if y is None else y.to(model.device)
    return model.decode(z.to(model.device), told).mean.cpu()


@torch.no_grad()
def posterior(model: Model, x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation [D] of q(z|x) for one image [C, H, W]; 0 for a point mass."""
    q = model.encode(x.to(model.device).unsqueeze(0))
    return q.mean[0].cpu(), q.variance[0].sqrt().cpu()


@torch.no_grad()
def encode(model: Model, x: Tensor, y: Tensor | None = None) -> Tensor:
    """Mean code [D] of one image [C, H, W]; y [1]: its class, for a model that is told it."""
    told = None if y is None else y.to(model.device)
    return model.encode(x.to(model.device).unsqueeze(0), told).mean[0].cpu()


def importance(card: Card) -> list[float]:
    """How much each dimension matters: its KL in nats with a prior, else its codes' variance."""
    return card.latent.get("kl") or [s**2 for s in card.latent["std"]]


def ranges(card: Card, widths: float = 3.0) -> list[tuple[float, float]]:
    """Where each dimension's codes lie: mean -+ `widths` standard deviations."""
    statistics = zip(card.latent["mean"], card.latent["std"], strict=True)
    return [(m - widths * max(s, 1e-3), m + widths * max(s, 1e-3)) for m, s in statistics]


@dataclass(frozen=True)
class NamedDirection:
    """A way through the latent space that changes one measure of a digit: evaluation.directions.

    `step` [D] raises the prediction of the measure by one of its standard deviations, `prediction`
    [D] are the weights that predict it, in such deviations. r2, follow and spread are metrics of
    the card: how well it is predicted, how far pictures obey, and the deviation, whose details hold
    the mean.
    """

    name: str
    step: list[float]
    prediction: list[float]
    r2: Metric
    follow: Metric
    spread: Metric


def named_directions(card: Card) -> list[NamedDirection]:
    """Those that the card holds whole; a card may come from anybody, and most hold none."""
    found = (_named_direction(card, name) for name in MEASURES)
    return [direction for direction in found if direction is not None]


def _named_direction(card: Card, name: str) -> NamedDirection | None:
    """The one of the measure `name`, or None if anything of it is missing or cannot be used."""
    step, prediction = (card.latent.get(f"{kind} {name}") for kind in ("direction", "prediction"))
    metrics = (card.metrics.get(f"{kind} {name}") for kind in ("R^2", "follow", "spread"))
    measured = [metric for metric in metrics if metric and _finite(metric.value)]
    size = card.config.latent
    if len(measured) < 3 or not (_finite_list(step, size) and _finite_list(prediction, size)):
        return None
    r2, follow, spread = measured
    if not spread.value > 0 or "mean" not in spread.details:  # it is divided by
        return None
    return NamedDirection(name, step, prediction, r2, follow, spread)


def _finite_list(value: Any, size: int) -> TypeGuard[list[float]]:
    return isinstance(value, list) and len(value) == size and all(map(_finite, value))


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def traversal(model: Model, z: Tensor, low: Tensor, high: Tensor, steps: int) -> Tensor:
    """Pictures [D, steps, C, H, W] of z [D] with one dimension at a time swept from low to high."""
    sweep = torch.linspace(0, 1, steps)
    codes = z.repeat(len(z), steps, 1)
    for i in range(len(z)):
        codes[i, :, i] = low[i] + sweep * (high[i] - low[i])
    pictures = decode(model, codes.flatten(0, 1))
    return pictures.unflatten(0, (len(z), steps))


def linear_path(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """(1 - t) a + t b for t [T] and a, b of any one shape: [T, ...]."""
    t = t.reshape(-1, *[1] * a.dim())
    return (1 - t) * a + t * b


def spherical_path(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Slerp between codes a, b [D] at t [T]: [T, D] (Shoemake 1985; White 2016, arXiv 1609.04468).

    The direction turns at constant speed and the length changes linearly. Where no great circle is
    singled out (a code at the origin, or both on one line) it is the straight line.
    """
    # In double precision throughout, or opposite codes would seem to lie beside one line.
    lengths = a.double().norm(), b.double().norm()
    if min(lengths) == 0:
        return linear_path(a, b, t)
    u, v = a.double() / lengths[0], b.double() / lengths[1]
    angle = torch.acos((u @ v).clamp(-1, 1))
    if torch.sin(angle) < 1e-6:
        return linear_path(a, b, t)
    t = t.double().unsqueeze(1)
    direction = (torch.sin((1 - t) * angle) * u + torch.sin(t * angle) * v) / torch.sin(angle)
    return (direction * ((1 - t) * lengths[0] + t * lengths[1])).to(a.dtype)


def map_extent(z: Tensor, share: float = 0.96, least: float = 2.5) -> tuple[list[float], float]:
    """Centre and half side of the square that a map of codes z [N, 2] shows.

    Along either axis it spans the middle `share` of the codes, for a few strays would shrink all
    others to a dot; and it holds -+ `least`, where draws from N(0, I) fall.
    """
    ends = torch.tensor([(1 - share) / 2, (1 + share) / 2])
    low, high = z.float().quantile(ends, dim=0)
    low, high = low.clamp(max=-least), high.clamp(min=least)
    return ((low + high) / 2).tolist(), float((high - low).max() / 2)


@dataclass(frozen=True)
class KernelDensity:
    """A kernel density of codes z [N, D], and below which of its values a place is a hole.

    The value at a place is the mean over codes of exp(-|place - z|^2 / (2 bandwidth^2)): the
    density but for a constant, which the page's script computes, too. `least` is what the share
    MOST of the codes have at least around them, each counted without itself; with itself, as `at`
    counts it, any code may have more.
    """

    z: Tensor
    bandwidth: float
    least: float

    def at(self, places: Tensor) -> Tensor:
        """The value at places [M, D], [M]."""
        squares = torch.cdist(places.float(), self.z).square()
        return torch.exp(-0.5 * squares / self.bandwidth**2).mean(1)

    def share_in_holes(self, places: Tensor) -> float:
        """Share of the places [M, D] where codes are rarer than nearly everywhere codes are."""
        return float((self.at(places) < self.least).double().mean())


MOST = 0.95  # of the codes have no hole around them: a highest density region (Hyndman 1996)
BANDWIDTHS = 15  # are tried, each the one before over sqrt(2)


def kernel_density(z: Tensor) -> KernelDensity:
    """The kernel density of codes z [N, D], N > 1, with the bandwidth under which it is likeliest.

    Each code is scored without itself (leave-one-out likelihood, Silverman 1986, section 3.4.4);
    the rarest 1 - MOST are not, for strays ask for a kernel as wide as they are far from others.
    """
    z = z.float()
    widest = max(float(z.std(0).mean()), 1e-3)
    kernel = torch.exp(-0.5 * torch.cdist(z, z).square() / widest**2).fill_diagonal_(0)
    best = (-math.inf, widest, 0.0)
    for i in range(BANDWIDTHS):
        bandwidth = widest * 2 ** (-i / 2)
        values = kernel.sum(1) / (len(z) - 1)
        ordered = values.clamp(min=1e-30).log().sort().values[round((1 - MOST) * len(z)) :]
        likelihood = float(ordered.mean()) - z.shape[1] * math.log(bandwidth)
        best = max(best, (likelihood, bandwidth, float(values.quantile(1 - MOST))))
        kernel.square_()  # the kernel of the next bandwidth
    _, bandwidth, least = best
    return KernelDensity(z, bandwidth, least)


def share_within_prior(z: Tensor, probability: float = 0.95) -> float:
    """Share of the codes z [N, D] in the ball around 0 that N(0, I) fills with `probability`.

    |z|^2 of a draw is chi-squared with D degrees of freedom; codes distributed like the prior give
    `probability` back, codes spread wider less.
    """
    half = torch.tensor(z.shape[1] / 2, dtype=torch.float64)
    reached = torch.special.gammainc(half, (z.double() ** 2).sum(1) / 2)
    return float((reached <= probability).double().mean())


def prior_draws(latent: int, n: int, temperature: float, seed: int) -> Tensor:
    """Draws [n, D] from N(0, temperature^2 I): the same for every model of that latent size."""
    generator = torch.Generator().manual_seed(seed)
    return temperature * torch.randn(n, latent, generator=generator)


def origins_of(entry: Entry) -> list[str]:
    """Where z can be drawn from for this model: N(0, I), its mixture, codes of its test images."""
    there = {PRIOR: True, MIXTURE: entry.mixture is not None, CODES: len(entry.codes.z) > 0}
    return [origin for origin, known in there.items() if known]


def drawn_codes(entry: Entry, origin: str, n: int, seed: int) -> Tensor:
    """n codes [n, D] from one of `origins_of(entry)`.

    N(0, I) is the same for every model of that latent size, and codes are those of the same test
    images for all models that were trained on the same data.
    """
    generator = torch.Generator().manual_seed(seed)
    if origin == PRIOR:
        return prior_draws(entry.architecture.latent, n, 1.0, seed)
    if origin == MIXTURE:
        assert entry.mixture is not None  # else it is none of its origins
        return entry.mixture.sample(n, generator)
    order = torch.randperm(len(entry.codes.z), generator=generator)
    return entry.codes.z[order[torch.arange(n) % len(order)]]


def classes_drawn(card: Card, origin: str) -> tuple[Sequence[float], Sequence[float]] | None:
    """Shares of ten classes among the pictures drawn, and among real ones; None if not known."""
    metric = card.metrics.get(metric_name("classes drawn", origin))
    if metric is None or metric.axis is None or metric.axis.places != ("drawn", "real"):
        return None
    drawn, real = metric.value
    return (drawn, real) if len(drawn) == len(real) == 10 else None


def rare_classes(drawn: Sequence[float], real: Sequence[float], least: float = 0.1) -> list[int]:
    """Classes drawn less than `least` times as often as they really are."""
    return [y for y, (a, b) in enumerate(zip(drawn, real, strict=True)) if a < least * b]
