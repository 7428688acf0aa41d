"""Maps: AE, DAE and VAE side by side under one cursor."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from pydantic import Field

from explore import geodesic, latent
from models.origins import PRIOR
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.lab import Lab, Page
from views.kit.pictures import encode_halves
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Latent maps"
QUESTION = "Where does the code of each digit lie?"
LOOK = (
    "Each dot is a test image at its code. Point anywhere: every decoder draws that place. "
    "What does N(0, I) miss?"
)
SIZE = 2
START = ("ae-2", "dae-2", "vae-2")
FALLEN = 10_000  # draws of N(0, I), of which a share falls into holes
EFFECTIVE = "effective classes"
MOST_FRAMES = 64
KEPT = 256  # paths, for a classroom that opens one link
PIECES = 8  # of the path that is drawn, from one frame of its film to the next


class MapCodes(Message):
    """Codes z [N, 2] of test images, base64 of two bytes a number, and their classes, one byte.

    `bandwidth` and `least` say what a hole is (explore.latent.KernelDensity), `shade` is a sentence
    about them.
    """

    codes: str
    classes: str
    bandwidth: float
    least: float
    shade: str


class MapProps(Message):
    """All the script needs of one model. `codes` is the address of a file with its MapCodes.

    `centre` and `half` say which square of latent space the map shows, `drawn` is a sentence.
    `reached` is the share of codes where N(0, I) has 95 % of its mass.
    """

    name: str
    family: str
    title: str
    shape: list[int]
    prior: bool
    codes: str
    centre: list[float]
    half: float
    reached: float
    drawn: str
    decoder: str | None
    encoder: str | None


class Props(Message):
    """`start` are the maps that are shown at first."""

    maps: list[MapProps]
    start: list[str]


class LatentMap(Component):
    """One map per 2-D model; visitors, not Python, say what it shows."""

    PROPS = Props
    FILES = (MapCodes,)

    def __init__(self, page: Page):
        lab = page.lab
        page.routes.add(shortest_path, Paths(lab.interactive, page.workers.long))
        entries = lab.sampleable(SIZE)
        names = [entry.card.name for entry in entries]
        props = Props(
            maps=[map_of(lab, entry) for entry in entries],
            start=[name for name in names if name in START] or names[:1],
        )
        super().__init__(props, elem_classes=["latent-map"])


def title(lab: Lab, entry: Entry) -> str:
    """The family in words; of what somebody added also its name and what it knows."""
    data = lab.trained_on(entry.card.name)
    added = f", {entry.card.name} on {data}" if data else ""
    return f"{entry.architecture.title}{added}"


def map_of(lab: Lab, entry: Entry) -> MapProps:
    """What the script is told of a model; its codes are published as a file."""
    z = entry.codes.z
    centre, half = latent.map_extent(z)
    networks = lab.networks.addresses(entry.card.name)
    return MapProps(
        name=entry.card.name,
        family=entry.architecture.family,
        title=title(lab, entry),
        shape=list(entry.architecture.x_shape),
        prior=entry.architecture.has_prior,
        codes=lab.files.promise_json("map-codes", [entry], lambda: codes_of(entry).model_dump()),
        centre=centre,
        half=half,
        reached=latent.share_within_prior(z),
        drawn=drawn(entry),
        decoder=networks.get("decoder"),
        encoder=networks.get("encoder"),
    )


def codes_of(entry: Entry) -> MapCodes:
    """The codes of the test images that a checkpoint keeps, and how dense they lie."""
    density = latent.kernel_density(entry.codes.z)
    classes = entry.codes.y.numpy().astype(np.uint8).tobytes()
    return MapCodes(
        codes=encode_halves(entry.codes.z),
        classes=validate.base64_text(classes),
        bandwidth=density.bandwidth,
        least=density.least,
        shade=shade(density),
    )


def shade(density: latent.KernelDensity) -> str:
    """What is shaded as a hole, and how much of N(0, I) falls there."""
    fallen = density.share_in_holes(latent.prior_draws(SIZE, FALLEN, 1.0, 0))
    return (
        f"shaded: codes are rarer there than around {100 * latent.MOST:.0f} % of them, each "
        f"counted without itself; {100 * fallen:.1f} % of N(0, I) lies there"
    )


def drawn(entry: Entry) -> str:
    """What N(0, I) draws under this model, by our classifier; nothing where nobody measured it."""
    shares, classes = latent.classes_drawn(entry.card, PRIOR), entry.card.metrics.get(EFFECTIVE)
    if not (shares and classes):
        return ""
    rare = ", ".join(map(str, latent.rare_classes(*shares)))
    none = f", hardly any {rare}" if rare else ""
    return f"many draws: e^H = {classes.value:.1f} of {classes.real:.1f} classes{none}"


class Pins(Message):
    """Two codes a and b [2] of a model, and how many frames a film from a to b is to have."""

    model: str
    a: list[float]
    b: list[float]
    frames: int = Field(ge=2, le=MOST_FRAMES)


class Path(Message):
    """The shortest path from a to b as codes: fine, and at the film's frames.

    Its length and that of the straight path are those of explore.geodesic.
    """

    path: list[list[float]]
    film: list[list[float]]
    length: float
    straight: float


class Search(NamedTuple):
    """What identifies a path: the model's name, both codes, and the number of frames."""

    model: str
    a: tuple[float, ...]
    b: tuple[float, ...]
    frames: int


class Paths:
    """Where shortest paths are sought, and on which thread; the last answers are kept."""

    def __init__(self, lab: Lab, worker: Worker):
        self.lab, self.worker = lab, worker
        self.seek = lru_cache(KEPT)(self._seek)

    def _seek(self, search: Search) -> Path:
        entry, ends = self.lab.entry(search.model), torch.tensor([search.a, search.b])
        box = tuple(latent.ranges(entry.card))
        points = PIECES * (search.frames - 1) + 1
        path = geodesic.shortest_path(entry.model, ends[0], ends[1], points, box)
        return Path(
            path=path.tolist(),
            film=path[::PIECES].tolist(),
            length=geodesic.length(entry.model, path),
            straight=geodesic.length(entry.model, ends),
        )


@route("maps/path")
async def shortest_path(paths: Paths, question: Pins) -> Path:
    """The shortest path between two codes under the decoder's metric, beside the straight one.

    Raises gr.Error, one sentence, for a model without a map and for no codes of it, and Busy if
    too many wait.
    """
    entry = paths.lab.entry(question.model)
    if entry.architecture.latent != SIZE:
        raise validate.refusal("Paths are drawn on maps only; pick a 2-D model.")
    a, b = (tuple(validate.code(z, SIZE).tolist()) for z in (question.a, question.b))
    search = Search(entry.card.name, a, b, question.frames)
    return await paths.worker.run(paths.seek, search)


def build(page: Page) -> None:
    """The maps answer in the visitor's browser: there is nothing to wire."""
    LatentMap(page)
