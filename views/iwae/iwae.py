"""IWAE: a VAE trained on one sample a digit against the same network trained on fifty."""

from functools import lru_cache

import gradio as gr
from pydantic import Field

from data.binarize import SEED, binarize
from explore import iwae, seeds
from models.bounds import effective_sample_size, importance_bound
from models.importance import ImportanceWeightedAutoencoder
from models.zoo import Entry
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import Average, measured
from views.kit.pictures import (
    Hashed,
    Picture,
    encode_doubles,
    encode_pixels,
    picture_of,
    read_picture,
)
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Importance weighting"
QUESTION = "Does a tighter bound train a better model?"
LOOK = (
    "Slide K, the samples in the bound. Trained with 50, not 1, IWAE affords a looser q: better on "
    "average, with more code in use."
)
NAMES = ("vae-50-burda", "iwae-50-burda")
MISSING = "The networks of this view are missing; train vae-50-burda and iwae-50-burda."
DRAWS, PART = 5_000, 500  # importance samples, and how many one question brings
SHOWN = 50  # of them as pictures: as many as the IWAE was trained on
MOST_DRAWS = 1_000  # times that a visitor may draw anew
KEPT = 128  # answers, for a classroom that looks at one digit: 10 KB each, the first part 90 KB
AVERAGES = ("elbo", "iwae-50", "log p(x)", "active units")
CONTROL = "vae-50-burda-k50"  # trained for docs/seeds.json, not shipped: see training.recipes


class Model(Message):
    """What is said of a model whatever the digit; `averages` are its card's, by their names."""

    name: str
    family: str
    samples: int
    variances: list[float]
    active: int
    epochs: int
    seconds: float | None
    averages: dict[str, Average]


class Props(Message):
    """`control` answers whether it is the bound or the number of samples that helps."""

    models: list[Model]
    draws: int
    part: int
    most_draws: int
    pictures: int
    threshold: float
    control: str


class VaeAgainstIwae(Component):
    """Both models beside each other; visitors choose K, and the page asks for samples."""

    PROPS = Props

    def __init__(self, page: Page, names: tuple[str, ...]):
        page.routes.add(draw_samples, Sampling(page.lab.interactive, names, page.workers.quick))
        props = Props(
            models=[model_of(page.lab.entry(name)) for name in names],
            draws=DRAWS,
            part=PART,
            most_draws=MOST_DRAWS,
            pictures=SHOWN,
            threshold=iwae.ACTIVE,
            control=control(names[-1]),
        )
        super().__init__(props, elem_classes=["vae-against-iwae"])


def model_of(entry: Entry) -> Model:
    """What the script is told of a checkpoint."""
    units = iwae.units(entry.card)
    averages = {n: entry.card.metrics[n] for n in AVERAGES if n in entry.card.metrics}
    return Model(
        name=entry.card.name,
        family=entry.architecture.family,
        samples=samples_of(entry),
        variances=[unit.variance for unit in units],
        active=sum(unit.active for unit in units),
        epochs=len(entry.card.curve),
        seconds=entry.card.machine.get("training_seconds"),
        averages={n: Average(**measured(metric)) for n, metric in averages.items()},
    )


def samples_of(entry: Entry) -> int:
    """How many samples a training bound took; 1 for whatever is trained on the ELBO."""
    return getattr(entry.card.config, "samples", 1)


def control(iwae: str) -> str:
    """Is it the bound, or the samples? What the VAE of 50 averaged samples says, if it is there.

    Burda et al. 2015, section 5, compare the IWAE of k samples with the VAE of as many.
    """
    found = seeds.gain(iwae, CONTROL, "log p(x)")
    other = "A VAE that averages 50 samples, trained here as in Burda et al. 2015,"
    if found is None:
        return f"{other.replace(', trained here as', '')} was not trained here."
    which = "behind" if found.mean > 0 else "ahead"
    return (
        f"Is it the bound, or just more samples? {other} is still {abs(found.mean):.1f} ± "
        f"{found.spread:.1f} nats {which} ({found.seeds} trainings each)."
    )


class Samples(Message):
    """Which samples are asked for: part `part` of the `draw`-th set for this digit."""

    digit: Picture
    draw: int = Field(ge=0, le=MOST_DRAWS)
    part: int = Field(ge=0, lt=DRAWS // PART)


class Row(Message):
    """Of one model: PART log weights in nats, and what the first SHOWN samples draw.

    Base64 of eight bytes a weight and of one byte a pixel. Only the first part brings pictures.
    """

    log_weights: str
    pictures: str | None


class DrawnSamples(Message):
    """The digit made binary, and a row for each model."""

    digit: Picture
    rows: list[Row]


class Sampling:
    """Both models, and the thread that samples from them; the last answers are kept."""

    def __init__(self, lab: Lab, names: tuple[str, ...], worker: Worker):
        self.entries = [lab.entry(name) for name in names]
        self.worker = worker
        self.rows = lru_cache(KEPT)(self._rows)

    def _rows(self, x: Hashed, seed: int) -> list[Row]:
        return [
            Row(
                log_weights=encode_doubles(iwae.log_weights(entry.model, x.tensor, PART, seed)),
                pictures=encode_pixels(iwae.pictures(entry.model, x.tensor, PART, seed, SHOWN)),
            )
            for entry in self.entries
        ]


@route("iwae/samples")
async def draw_samples(sampling: Sampling, question: Samples) -> DrawnSamples:
    """One part of the samples of both models.

    Raises gr.Error, one sentence, for a digit of another shape, and Busy if too many wait.
    """
    shape = sampling.entries[0].architecture.x_shape
    x = Hashed(binarize(read_picture(question.digit, shape), SEED))
    seed = question.draw * (DRAWS // PART) + question.part
    rows = await sampling.worker.run(sampling.rows, x, seed)
    if question.part:
        rows = [row.model_copy(update={"pictures": None}) for row in rows]
    return DrawnSamples(digit=picture_of(x.tensor), rows=rows)


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    if is_shown(page.lab):
        VaeAgainstIwae(page, NAMES)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "iwae",
        ImportanceWeightedAutoencoder.terms,
        importance_bound,
        iwae.normalised,
        effective_sample_size,
    )


def is_shown(lab: Lab) -> bool:
    """Are both of the networks there?"""
    return all(name in lab.zoo for name in NAMES)
