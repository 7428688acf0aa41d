"""Shapes: what a code finds out about causes that are known."""

import gradio as gr

from data.shapes import FACTORS
from explore import latent, shapes
from models.total_correlation import aggregate_log_densities, log_stratified_weights
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.pictures import Picture, picture_of
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Disentanglement"
QUESTION = "Can each number of z mean one thing?"
LOOK = (
    "Move one true factor and see which numbers of the code answer, then turn the shape by one of "
    "them. No factor was told in training; its settings were chosen with the factors."
)
WANTED = ("vae-10-shapes", "beta-vae-10-shapes", "beta-tcvae-10-shapes")
MISSING = "The networks of this view are missing; train beta-tcvae-10-shapes and the two beside it."
SCORES = ("mig", "dci disentanglement", "dci completeness", "dci informativeness")
UNITS = {"size": " px", "rotation": "°", "x position": " px", "y position": " px"}


class Factor(Message):
    """A true factor: its name, and how each of its values is written."""

    name: str
    values: list[str]


class Latent(Message):
    """A number of a code: its index, the factor that it follows and what share of it, in [0, 1].

    `share` is of the factor's entropy; the slider runs from `low` to `high`.
    """

    index: int
    factor: str | None
    share: float
    low: float
    high: float


class Score(Message):
    """A measure of disentanglement and the best value that these factors allow."""

    name: str
    value: float
    ceiling: float
    protocol: str


class Model(Message):
    """All that is said of one model whatever the picture; `shape` [C, H, W] is that of a picture.

    `matrix` [factors, D]: mutual information of factor and number, over the factor's entropy.
    """

    name: str
    title: str
    shape: list[int]
    decoder: str | None
    latents: list[Latent]
    matrix: list[list[float]]
    protocol: str
    scores: list[Score]


class Props(Message):
    """The models to choose from, and what their pictures are made of."""

    models: list[Model]
    factors: list[Factor]


class Shapes(Component):
    """One of `names` at a time; visitors, not Python, say which, and what is drawn."""

    PROPS = Props

    def __init__(self, page: Page, names: tuple[str, ...]):
        page.routes.add(encode_shape, page.lab.interactive, names, page.workers.quick)
        props = Props(models=[model_of(page.lab, name) for name in names], factors=factors())
        super().__init__(props, elem_classes=["shapes"])


def factors() -> list[Factor]:
    """Every factor, in the order of the data set."""
    return [
        Factor(
            name=name,
            values=[v if isinstance(v, str) else f"{v:g}{UNITS[name]}" for v in values],
        )
        for name, values in FACTORS.items()
    ]


def model_of(lab: Lab, name: str) -> Model:
    """What the script is told of a checkpoint."""
    entry = lab.entry(name)
    matrix = entry.card.metrics["factor information"]
    return Model(
        name=name,
        title=entry.architecture.title,
        shape=list(entry.architecture.x_shape),
        decoder=lab.networks.addresses(name).get("decoder"),
        latents=latents_of(entry),
        matrix=[list(row) for row in matrix.value],
        protocol=matrix.sentence(),
        scores=[score(entry, name) for name in SCORES],
    )


def latents_of(entry: Entry) -> list[Latent]:
    """The numbers of the code, in the order of the factors that they follow."""
    found = shapes.followers(entry.card)
    ranges = [span(entry, i) for i in range(len(found))]
    return [
        Latent(
            index=i,
            factor=found[i].factor,
            share=found[i].share,
            low=ranges[i][0],
            high=ranges[i][1],
        )
        for i in shapes.order(found)
    ]


def span(entry: Entry, i: int) -> tuple[float, float]:
    """From where to where latent i's slider runs: where its codes lie, and at least the prior."""
    low, high = latent.ranges(entry.card)[i]
    return min(low, -2.0), max(high, 2.0)


def score(entry: Entry, name: str) -> Score:
    """A measure as the card has it."""
    metrics = entry.card.metrics
    return Score(
        name=name.replace("mig", "MIG").replace("dci", "DCI"),
        value=metrics[name].value,
        ceiling=metrics[f"{name} ceiling"].value,
        protocol=metrics[name].sentence(),
    )


class Question(Message):
    """A model, and which value each of the true factors has, by its place."""

    model: str
    factors: list[int]


class Encoding(Message):
    """The picture of these factors, and the mean of its q(z|x), [D]."""

    picture: Picture
    mean: list[float]


@route("shapes/encoding")
async def encode_shape(
    lab: Lab, names: tuple[str, ...], worker: Worker, question: Question
) -> Encoding:
    """The picture of true factors and its code.

    Raises gr.Error, one sentence, for a model or a value that is not offered, and Busy if too many
    wait.
    """
    model = lab.entry(validate.choice(question.model, "The model", names)).model
    if len(question.factors) != len(FACTORS):
        raise validate.refusal(f"A shape has {len(FACTORS)} factors; reload the page.")
    for place, (name, values) in zip(question.factors, FACTORS.items(), strict=True):
        validate.whole(place, f"The {name}", 0, len(values) - 1)
    x, mean, _ = await worker.run(shapes.encoded, model, question.factors)
    return Encoding(picture=picture_of(x), mean=mean.tolist())


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    names = shown(page.lab)
    if names:
        Shapes(page, names)
    else:
        gr.HTML(f"<p class='notice shapes-missing'>{MISSING}</p>", apply_default_css=False)
    fold_out("shapes", log_stratified_weights, aggregate_log_densities)


def shown(lab: Lab) -> tuple[str, ...]:
    """The checkpoints that are there and whose cards know the factors."""
    return tuple(name for name in WANTED if name in lab.zoo and _fits(lab, name))


def _fits(lab: Lab, name: str) -> bool:
    matrix = lab.entry(name).card.metrics.get("factor information")
    return bool(matrix and matrix.axis and matrix.axis.places == tuple(FACTORS))
