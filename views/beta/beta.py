"""Beta: the same VAE trained at several weights of the KL."""

import math

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from explore import beta as rate_distortion
from explore import latent, seeds
from explore.beta import Point
from models.beta import BetaVariationalAutoencoder, beta_of
from models.distributions import GaussianFactors, kl_to_standard_normal
from models.metrics import Metric
from models.vae import MIN_LOG_VAR
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import Average, measured
from views.kit.pictures import Picture, encode_halves, read_picture
from views.kit.routes import Message, route

TITLE = "The weight β"
QUESTION = "What if the KL weighs more, or less?"
LOOK = (
    "Slide β, the price of the code. Cheap: codes leave N(0, I), whose draws vary less. "
    "Costly: codes crowd and pictures blur."
)
MISSING = "The networks of this view are missing; train vae-2-beta-1 and at least one more beta."
# The beta scrubber: one 2-D VAE trained at several beta; map, pictures and the rate-distortion
# plane move together.
SIZE = 2
FAMILY = "beta-vae"
METRICS = ("kl", "reconstruction", "aggregate kl", "aggregate mmd")
DRAWN = ("classifier FID", "effective classes")  # of what they draw: shown where all were judged
LEAST = 2  # networks: one alone does not move


class Axis(Message):
    """Which number of the network's code an axis of the map shows, and with which sign, 1 or -1."""

    number: int
    sign: int


class Measured(Average):
    """The same with what real pictures give, where that is known."""

    real: float | None


class Stop(Message):
    """What the script is told of one network.

    `axes` say how the map names the axes, so that they are the neighbour's: see
    explore.beta.same_axes; `centre` and `half` are those of the square that the map then shows.
    `metrics` are the card's by their names, `dimensions` the KL of each number of the code, nats.
    """

    name: str
    beta: float
    axes: list[Axis]
    centre: list[float]
    half: float
    metrics: dict[str, Measured]
    dimensions: list[float]
    decoder: str | None


class Lead(Message):
    """Whose ELBO is the highest, by how many nats over the next, and in words how sure that is.

    `best` and `second` are places among the stops.
    """

    best: int
    second: int
    nats: float
    sure: str


class BetaCodes(Message):
    """Codes z [N, 2] of the same test images under every network, and their classes.

    Base64 of two bytes a number and of one byte a class.
    """

    codes: list[str]
    classes: str


class Props(Message):
    """`shape` [C, H, W] of the pictures, `codes` the address of a file with the BetaCodes.

    `floor` is the least standard deviation that q(z|x) can have.
    """

    stops: list[Stop]
    lead: Lead
    shape: list[int]
    codes: str
    floor: float


class BetaScrubber(Component):
    """One slider over the networks of `shown`; codes and networks are fetched once it is open."""

    PROPS = Props
    FILES = (BetaCodes,)

    def __init__(self, page: Page, entries: list[Entry]):
        lab = page.lab
        page.routes.add(place_digit, entries)
        lead = lead_of(entries)
        assert lead is not None, "The view is laid out with at least two networks."
        props = Props(
            stops=stops_of(lab, entries),
            lead=lead,
            shape=list(entries[0].architecture.x_shape),
            codes=lab.files.promise_json(
                "beta-codes",
                entries,
                lambda: codes_of(entries).model_dump(),
            ),
            floor=math.exp(0.5 * MIN_LOG_VAR),
        )
        super().__init__(props, elem_classes=["beta-scrubber"])


def shown(lab: Lab) -> list[Entry]:
    """The networks there are, by beta: all of one size, and with what is shown of them measured."""
    entries = [
        entry
        for entry in lab.interactive.part(parts.BETA).values()
        if entry.architecture.family == FAMILY
        and (entry.architecture.x_shape, entry.architecture.latent) == (lab.shape, SIZE)
        and all(name in entry.card.metrics for name in METRICS)
    ]
    entries.sort(key=lambda entry: beta_of(entry.card.config))
    # The points of one map: codes of the same images.
    return [entry for entry in entries if torch.equal(entry.codes.y, entries[0].codes.y)]


def point_of(entry: Entry) -> Point:
    """Where the card says the network lies on the rate-distortion plane."""
    return Point(*(entry.card.metrics[name].value for name in ("kl", "reconstruction")))


def lead_of(entries: list[Entry]) -> Lead | None:
    """Which network leads in the ELBO; None of fewer than two."""
    if len(entries) < LEAST:
        return None
    elbo = [rate_distortion.elbo(point_of(entry)) for entry in entries]
    best, second = sorted(range(len(entries)), key=lambda i: -elbo[i])[:2]
    found = seeds.gain(entries[best].card.name, entries[second].card.name, "elbo")
    nats = round(elbo[best] - elbo[second], 6)
    return Lead(best=best, second=second, nats=nats, sure=seeds.in_words(found, "nats"))


def stops_of(lab: Lab, entries: list[Entry]) -> list[Stop]:
    """What the page knows of each network before it fetches anything."""
    judged = all(name in entry.card.metrics for name in DRAWN for entry in entries)
    names = METRICS + DRAWN if judged else METRICS
    stops, reference = [], None
    for entry in entries:
        z = entry.codes.z
        axes = rate_distortion.same_axes(z, z if reference is None else reference)
        order, signs = zip(*axes, strict=True)
        reference = z[:, order] * torch.tensor(signs)
        centre, half = latent.map_extent(reference)
        stops.append(
            Stop(
                name=entry.card.name,
                beta=beta_of(entry.card.config),
                axes=[Axis(number=number, sign=sign) for number, sign in axes],
                centre=centre,
                half=half,
                metrics={name: measured_with_real(entry.card.metrics[name]) for name in names},
                dimensions=entry.card.latent.get("kl", []),
                decoder=lab.networks.addresses(entry.card.name).get("decoder"),
            )
        )
    return stops


def measured_with_real(metric: Metric) -> Measured:
    """A metric of a card as the script takes it."""
    return Measured(**measured(metric), real=metric.real)


def codes_of(entries: list[Entry]) -> BetaCodes:
    """The codes of the test images under every network, and their classes."""
    classes = entries[0].codes.y.numpy().astype(np.uint8)
    return BetaCodes(
        codes=[encode_halves(entry.codes.z) for entry in entries],
        classes=validate.base64_text(classes.tobytes()),
    )


class OneDigit(Message):
    """The digit whose place is asked for."""

    digit: Picture


class Place(Message):
    """q(z|x) of one digit: mean and standard deviation [2], and KL(q || p), nats."""

    z: list[float]
    std: list[float]
    kl: float


class Places(Message):
    """One for each network."""

    places: list[Place]


@route("beta/places")
def place_digit(entries: list[Entry], question: OneDigit) -> Places:
    """q(z|x) of the digit under every network.

    Raises gr.Error, one sentence, for a digit of another shape.
    """
    x = read_picture(question.digit, entries[0].model.x_shape).unsqueeze(0)
    return Places(places=[place_of(entry, x) for entry in entries])


@torch.no_grad()
def place_of(entry: Entry, x: Tensor) -> Place:
    """q(z|x) of one image [1, C, H, W] under one network."""
    q = entry.model.encode(x.to(entry.model.device))
    assert isinstance(q, GaussianFactors)  # as that of every VAE
    return Place(
        z=q.mean[0].tolist(),
        std=q.variance[0].sqrt().tolist(),
        kl=float(kl_to_standard_normal(q).sum()),
    )


def build(page: Page) -> None:
    """Lay the view out; the scrubber asks for what it shows."""
    entries = shown(page.lab)
    if len(entries) >= LEAST:
        BetaScrubber(page, entries)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "beta",
        BetaVariationalAutoencoder.objective,
        rate_distortion.elbo,
        rate_distortion.slope,
        rate_distortion.gaussian_optimum,
    )
