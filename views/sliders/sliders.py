"""Latent sliders: what each number of a code draws."""

from explore import latent
from models.zoo import Card, Entry
from views.kit.component import Component
from views.kit.lab import Lab, Page
from views.kit.routes import Message

TITLE = "Latent sliders"
QUESTION = "What does each number of the code change?"
LOOK = (
    "Drag a slider and watch what it draws: the numbers of a code, first those that tell most by "
    "KL or variance, and above them traits, where the code tells any."
)
HARDLY = 0.5  # a code that predicts less of a measure's variance than this hardly tells it
SIGNS = {"pixels": " px", "degrees": "\N{DEGREE SIGN}"}


class Row(Message):
    """The slider of dimension `index`, from `low` to `high`; `dead`: it says nothing of images."""

    index: int
    name: str
    worth: str
    low: float
    high: float
    dead: bool


class NamedRow(Message):
    """A slider that is named by what it does: see explore.latent.NamedDirection.

    `step` and `prediction` are [D]; `mean` and `deviation` those of the measure, whose unit is
    written as `unit`. `r2`, `told` and `followed` are words, `hardly`: it deserves little trust.
    """

    name: str
    step: list[float]
    prediction: list[float]
    r2: str
    hardly: bool
    told: str
    followed: str
    mean: float
    deviation: float
    unit: str


class ModelSliders(Message):
    """All sliders of one model; `rows` go from the most to the least important number.

    `mean` and `std` [D] are those of the codes of test images. `doubts` is a sentence, or "".
    """

    rows: list[Row]
    named: list[NamedRow]
    doubts: str
    mean: list[float]
    std: list[float]


class Model(Message):
    """What the script needs of a model before it is chosen.

    `title` says what it was trained on, too; `sliders` is the address of a file with its
    ModelSliders.
    """

    name: str
    title: str
    size: int
    shape: list[int]
    sliders: str
    decoder: str | None


class Props(Message):
    """`first` is the model that the view opens with; null where there is none."""

    models: list[Model]
    first: str | None


class LatentSliders(Component):
    """Sliders over the code of one model; visitors choose it."""

    PROPS = Props
    FILES = (ModelSliders,)

    def __init__(self, page: Page):
        lab = page.lab
        props = Props(models=[model_of(lab, name) for name in lab.choices], first=first_model(lab))
        super().__init__(props, elem_classes=["latent-sliders"])


def model_of(lab: Lab, name: str) -> Model:
    """What the script is told of a model; its sliders are published as a file."""
    entry, data = lab.entry(name), lab.trained_on(name)
    return Model(
        name=name,
        title=f"{name} (on {data})" if data else name,
        size=entry.architecture.latent,
        shape=list(entry.architecture.x_shape),
        sliders=lab.files.publish_json("sliders", sliders_of(entry).model_dump()),
        decoder=lab.networks.addresses(name).get("decoder"),
    )


def sliders_of(entry: Entry) -> ModelSliders:
    """The sliders of a model, by its card."""
    worth = latent.importance(entry.card)
    spans = latent.ranges(entry.card)
    has_prior = entry.architecture.has_prior
    named = latent.named_directions(entry.card)
    return ModelSliders(
        rows=[
            Row(
                index=i,
                name=f"z{i + 1}",
                worth=f"KL {worth[i]:.2f} nats" if has_prior else f"variance {worth[i]:.2f}",
                low=spans[i][0],
                high=spans[i][1],
                dead=has_prior and worth[i] < latent.DEAD_NATS,
            )
            for i in sorted(range(len(worth)), key=lambda i: -worth[i])
        ],
        named=[named_row(direction) for direction in named],
        doubts=doubts(named),
        **statistics(entry.card),
    )


def statistics(card: Card) -> dict[str, list[float]]:
    """Mean and standard deviation [D] of the codes of test images."""
    return {name: [float(v) for v in card.latent[name]] for name in ("mean", "std")}


def named_row(direction: latent.NamedDirection) -> NamedRow:
    """What the script needs for a slider that is named by what it does."""
    r2, follow, spread = direction.r2, direction.follow, direction.spread
    return NamedRow(
        name=direction.name,
        step=direction.step,
        prediction=direction.prediction,
        r2=f"R\N{SUPERSCRIPT TWO} {r2.value:.2f}",
        hardly=r2.value < HARDLY,
        told=f"How well the code predicts the {direction.name}: {r2.sentence()}.",
        followed=f"Asked for 1, pictures change by {follow.value:.2f}: {follow.sentence()}.",
        mean=spread.details["mean"],
        deviation=spread.value,
        unit=SIGNS.get(spread.unit, ""),
    )


def doubts(named: list[latent.NamedDirection]) -> str:
    """Which of the measures the code hardly tells, so that their sliders deserve little trust."""
    hardly = [
        f"{direction.name}: R\N{SUPERSCRIPT TWO} {direction.r2.value:.2f}"
        for direction in named
        if direction.r2.value < HARDLY
    ]
    return f"This code hardly tells the {', the '.join(hardly)}." if hardly else ""


def first_model(lab: Lab) -> str | None:
    """The model the view opens with: the 16-number VAE if it is there."""
    return "vae-16" if "vae-16" in lab.names else next(iter(lab.choices), None)


def build(page: Page) -> None:
    """Lay the view out; the sliders ask for what they show."""
    LatentSliders(page)
