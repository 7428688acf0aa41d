"""Sample: draws of z, decoded by AE, DAE and VAE, and what a classifier makes of many of them."""

import torch
from pydantic import Field
from torch import Tensor

from explore import latent
from models.origins import CODES, MIXTURE, PRIOR, metric_name
from models.protocols import DrawnClasses, Protocol
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.lab import Lab, Page
from views.kit.measured import Average, measured
from views.kit.origins import SAME_DIGITS, TITLES
from views.kit.pictures import encode_floats, encode_pixels
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Sample"
QUESTION = "Can an autoencoder draw new digits?"
LOOK = (
    "The crosses are decoded. From N(0, I), an AE of 16 numbers draws garbage: its codes lie "
    "elsewhere, though not in these two. With 2 numbers it draws digits, but hardly a 1 or a 7: "
    "what fails is coverage. Then draw z from where the codes are."
)
COLUMNS, COUNT = 8, 24
MAX_TEMPERATURE = 3.0
# Of the metrics on the cards: title, decimals.
MEASURES = {
    "effective classes": ("eᴴ", 1),
    "recognised": ("recognised", 2),
    "classifier FID": ("FID", 1),
    "precision": ("precision", 2),
    "recall": ("recall", 2),
}
NO_MIXTURE = "No mixture was fitted to the codes of this model."
EDGE = 0.01  # of the codes on each side of the map: a few strays would shrink all others to a dot


START = 16  # numbers of the code: where it is seen at once that an AE fails


class Props(Message):
    """`origins`: where z may be drawn from, {name: title}.

    `facts`: for each code size the address of a JSON file, which holds what `facts_of` gives.
    """

    sizes: list[int]
    start: int
    origins: dict[str, str]
    facts: dict[str, str]
    columns: int
    count: int
    most_temperature: float
    most_seed: int


class SampleGrid(Component):
    """For each model a grid of draws, what was measured of many, and where the codes are."""

    PROPS = Props

    def __init__(self, page: Page):
        lab = page.lab
        page.routes.add(draw_samples, lab.interactive, page.workers.quick)
        props = Props(
            sizes=lab.sizes,
            start=START,
            origins=TITLES,
            facts={str(size): publish_facts(lab, size) for size in lab.sizes},
            columns=COLUMNS,
            count=COUNT,
            most_temperature=MAX_TEMPERATURE,
            most_seed=validate.MAX_SEED,
        )
        super().__init__(props, elem_classes=["sample-grid"])


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    SampleGrid(page)


# What is said of the models, whatever is drawn.


class Measure(Message):
    """A measured number: its title, its decimals, and its deviation over sets of draws."""

    title: str
    digits: int
    average: Average
    deviation: float | None


class Shares(Message):
    """Shares of ten classes among the pictures that are drawn, and among real ones."""

    drawn: list[float]
    real: list[float]
    protocol: str


class Origin(Message):
    """Of one origin of z and one model: can it be drawn from, and what was measured of many draws.

    `note`: what the model was told of that origin.
    """

    there: bool
    note: str
    shares: Shares | None
    measures: list[Measure]


class CodeMap(Message):
    """Codes in the two dimensions that matter most, `axes`, counted from 0.

    `points`: base64 of four bytes a number, [N, 2]; `classes` [N].
    """

    axes: list[int]
    points: str
    classes: list[int]


class Model(Message):
    """`trained_on`: the data of a checkpoint that somebody added; None for ours."""

    name: str
    family: str
    title: str
    trained_on: str | None
    origins: dict[str, Origin]
    map: CodeMap | None


class Facts(Message):
    """The models of a code size, and by origin what real digits reach."""

    models: list[Model]
    real: dict[str, str]


def publish_facts(lab: Lab, size: int) -> str:
    """The address of the facts of a code size."""
    return lab.files.promise_json(
        "sample", lab.sampleable(size), lambda: facts_of(lab, size).model_dump(mode="json")
    )


def facts_of(lab: Lab, size: int) -> Facts:
    """What the script is told of all models of a code size."""
    entries = lab.sampleable(size)
    return Facts(
        models=[
            Model(
                name=entry.card.name,
                family=entry.architecture.family,
                title=entry.architecture.title,
                trained_on=lab.trained_on(entry.card.name),
                origins={origin: origin_of(entry, origin) for origin in TITLES},
                map=code_map(entry),
            )
            for entry in entries
        ],
        real={origin: real(entries, origin) for origin in TITLES},
    )


def origin_of(entry: Entry, origin: str) -> Origin:
    """What is known of pictures that this model draws from there."""
    if origin not in latent.origins_of(entry):
        return Origin(there=False, note=NO_MIXTURE, shares=None, measures=[])
    found = (_measure(entry, name, origin) for name in MEASURES)
    shares = _shares(entry, origin)
    return Origin(
        there=True,
        note=_note(entry, origin),
        shares=shares,
        measures=[each for each in found if each and shares],
    )


def _shares(entry: Entry, origin: str) -> Shares | None:
    found = latent.classes_drawn(entry.card, origin)
    if not found:
        return None
    drawn, real_ones = map(list, found)
    protocol = entry.card.metrics[metric_name("classes drawn", origin)].sentence()
    return Shares(drawn=drawn, real=real_ones, protocol=protocol)


def _measure(entry: Entry, name: str, origin: str) -> Measure | None:
    """One measure with its deviation over sets of draws; None where nobody measured it."""
    metric = entry.card.metrics.get(metric_name(name, origin))
    if not metric or isinstance(metric.value, tuple):
        return None
    title, digits = MEASURES[name]
    average = Average(**measured(metric))
    return Measure(title=title, digits=digits, average=average, deviation=metric.deviation)


def real(entries: list[Entry], origin: str) -> str:
    """What real digits reach in each measure, and the protocol: every card says the same."""
    cards = [
        entry.card.metrics for entry in entries if MEASURES.keys() <= entry.card.metrics.keys()
    ]
    if not cards:
        return ""
    reached = (
        f"{title} {cards[0][name].real:.{digits}f}"
        for name, (title, digits) in MEASURES.items()
        if cards[0][name].real is not None
    )
    name = metric_name("recognised", origin)
    how = next((_protocol(card[name].protocol) for card in cards if name in card), "")
    same = f" {SAME_DIGITS}" * (origin == CODES)
    return f"Real digits: {', '.join(reached)}.{how}{same}"


def _protocol(protocol: Protocol) -> str:
    """What the protocol of "recognised" says of all measures; nothing if it is another's."""
    if not isinstance(protocol, DrawnClasses) or protocol.certainty is None:
        return ""
    draws = protocol.draws or 1
    over = f" a draw, ± the standard deviation over {draws} draws" * (draws > 1)
    return (
        f" All by our own classifier, of {protocol.images:,} pictures{over}; "
        f"recognised: over {100 * protocol.certainty:.0f} % sure of a class."
    )


def _note(entry: Entry, origin: str) -> str:
    """What this model was told of where z comes from."""
    if origin == MIXTURE:
        assert entry.mixture is not None  # else it is none of its origins
        many = len(entry.mixture.weights)
        return f"{many} Gaussians, fitted after training to the codes of training images."
    if origin == CODES:
        return "Nothing is drawn but which test digits: these are their reconstructions."
    if not len(entry.codes.z):
        return _told(entry)
    share = latent.share_within_prior(entry.codes.z)
    return f"{_told(entry)} 95 % of N(0, I) falls where {share:.0%} of its test codes lie."


def _told(entry: Entry) -> str:
    """What training said to the codes of N(0, I)."""
    if entry.architecture.has_prior:
        return "Trained towards N(0, I)."
    if entry.card.config.code_penalty:
        return "Never given a p(z), but |z|² is penalised: a regularised AE (Ghosh et al. 2020)."
    return "Never told of N(0, I)."


def code_map(entry: Entry) -> CodeMap | None:
    """The codes of test images but the outermost EDGE a side; None where there is no plane."""
    worth = latent.importance(entry.card)
    if len(worth) < 2 or not len(entry.codes.z):
        return None
    axes = sorted(sorted(range(len(worth)), key=lambda i: -worth[i])[:2])
    points = entry.codes.z[:, axes]
    low, high = points.quantile(torch.tensor([EDGE, 1 - EDGE]), dim=0)
    kept = ((points >= low) & (points <= high)).all(1)
    return CodeMap(
        axes=axes, points=encode_floats(points[kept]), classes=entry.codes.y[kept].tolist()
    )


# What is drawn.


class Question(Message):
    """Which draws: of models of a code size, from an origin, at a temperature if it is N(0, I)."""

    size: int
    origin: str
    temperature: float = Field(ge=0, le=MAX_TEMPERATURE)
    seed: int = Field(ge=0, le=validate.MAX_SEED)


class Grid(Message):
    """The draws of one model and their pictures; None where there is nothing to draw from.

    Base64 of four bytes a number [COUNT, size], and of one byte a value.
    """

    name: str
    z: str | None
    pixels: str | None


class Grids(Message):
    """A grid for each model of the code size, in order; `shape` is a picture's."""

    shape: list[int]
    grids: list[Grid]


@route("sample/draw")
async def draw_samples(lab: Lab, worker: Worker, question: Question) -> Grids:
    """COUNT draws for each model; from N(0, I) all models get the same.

    Raises gr.Error, one sentence, for a size or origin that is not offered, and Busy if too many
    wait.
    """
    _check(lab, question)
    return Grids(shape=list(lab.shape), grids=await worker.run(grids, lab, question))


def _check(lab: Lab, question: Question) -> None:
    """Raises gr.Error, one sentence, for a size or origin that is not offered."""
    validate.latent_size(question.size, lab.sizes)
    validate.choice(question.origin, "The origin of z", TITLES)


def draws(entry: Entry, question: Question) -> Tensor | None:
    """Codes [COUNT, size], or None where this model has nothing to draw from there."""
    if question.origin not in latent.origins_of(entry):
        return None
    z = latent.drawn_codes(entry, question.origin, COUNT, question.seed)
    return question.temperature * z if question.origin == PRIOR else z


def grids(lab: Lab, question: Question) -> list[Grid]:
    """The draws of each model and their pictures."""
    return [_grid(entry, draws(entry, question)) for entry in lab.sampleable(question.size)]


def _grid(entry: Entry, z: Tensor | None) -> Grid:
    if z is None:
        return Grid(name=entry.card.name, z=None, pixels=None)
    pixels = encode_pixels(latent.decode(entry.model, z))
    return Grid(name=entry.card.name, z=encode_floats(z), pixels=pixels)
