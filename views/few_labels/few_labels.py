"""Few labels: M2 beside the classifier that has the same labels and the same network."""

from typing import cast

import gradio as gr
from torch import Tensor

from explore import few_labels
from models.semi_supervised import SemiSupervisedAutoencoder
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.pictures import Picture, encode_pixels, read_picture
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Few labels"
QUESTION = "What do digits without labels teach?"
LOOK = (
    "Both know the same few labels; M2 also saw thousands of images without one, and reads better "
    "on average. Yours?"
)
MISSING = "The networks of this view are missing; train m2-100 and classifier-100."
TRAINING_IMAGES = 60_000  # of MNIST


class ErrorRate(Message):
    """The share of test images read wrongly, in percent, and how it was measured."""

    percent: float
    protocol: str


class Pair(Message):
    """M2 and the classifier that know as many labels; lists hold the former's, then the latter's.

    `names` of both; `unlabelled`: how many training images M2 saw without a label. `published`:
    percent of test images that the paper's models misread, by their names.
    """

    labels: int
    names: list[str]
    unlabelled: int
    classifiers: list[str | None]
    errors: list[ErrorRate]
    published: dict[str, float]


class Props(Message):
    """`shape` [C, H, W] is that of a picture; the pairs have few labels first."""

    classes: int
    shape: list[int]
    pairs: list[Pair]


class FewLabels(Component):
    """Both posteriors q(y|x), the digit under each class, and the errors for every label count.

    `pairs` are the checkpoints for each number of labels: M2, then the classifier.
    """

    PROPS = Props

    def __init__(self, page: Page, pairs: dict[int, tuple[str, str]]):
        near = page.lab.interactive
        entries = {
            labels: (near.entry(m2), near.entry(classifier))
            for labels, (m2, classifier) in pairs.items()
        }
        page.routes.add(read_with_labels, entries, page.workers.quick)
        m2 = cast(SemiSupervisedAutoencoder, next(iter(entries.values()))[0].architecture)
        props = Props(
            classes=m2.config.classes,
            shape=list(m2.x_shape),
            pairs=[pair_of(page.lab, labels, pair) for labels, pair in pairs.items()],
        )
        super().__init__(props, elem_classes=["few-labels"])


def pair_of(lab: Lab, labels: int, names: tuple[str, str]) -> Pair:
    """What the script needs of both networks before there is a digit."""
    return Pair(
        labels=labels,
        names=list(names),
        unlabelled=unlabelled(lab.entry(names[0])),
        classifiers=[lab.networks.addresses(name).get("classifier") for name in names],
        errors=[error_of(lab.entry(name)) for name in names],
        published=few_labels.PUBLISHED.get(labels, {}),
    )


def unlabelled(entry: Entry) -> int:
    """How many training images M2 saw without a label."""
    recipe = entry.card.recipe
    return TRAINING_IMAGES - recipe["validation"] - recipe["labels"]


def error_of(entry: Entry) -> ErrorRate:
    """What the card says."""
    accuracy = entry.card.metrics["accuracy"]
    return ErrorRate(percent=100 * (1 - accuracy.value), protocol=accuracy.sentence())


class Question(Message):
    """A digit, and how many labels the pair that reads it knows."""

    digit: Picture
    labels: int


class Reading(Message):
    """What M2 and the classifier make of a digit.

    posteriors: q(y|x) of each, [2, classes]. styled, fitted: pictures of each class, as base64 of
    one byte a value. bounds: log p(x|y) is at least that, nats, [classes]. See explore.few_labels.
    """

    posteriors: list[list[float]]
    styled: str
    fitted: str
    bounds: list[float]


@route("few_labels/reading")
async def read_with_labels(
    pairs: dict[int, tuple[Entry, Entry]], worker: Worker, question: Question
) -> Reading:
    """One digit under the pair for a number of labels.

    Raises gr.Error, one sentence, for a digit of another shape or a number of labels that is not
    offered, and Busy if too many wait.
    """
    labels = validate.choice(str(question.labels), "The number of labels", map(str, pairs))
    m2, classifier = pairs[int(labels)]
    x = read_picture(question.digit, m2.architecture.x_shape)
    return await worker.run(_read, m2, classifier, x)


def _read(m2: Entry, classifier: Entry, x: Tensor) -> Reading:
    found = few_labels.explain(cast(SemiSupervisedAutoencoder, m2.model), x)
    return Reading(
        posteriors=[found.posterior.tolist(), few_labels.posterior(classifier.model, x).tolist()],
        styled=encode_pixels(found.styled),
        fitted=encode_pixels(found.fitted),
        bounds=found.bounds.tolist(),
    )


def build(page: Page) -> None:
    """Lay the view out; it asks for what it shows."""
    pairs = shown(page.lab)
    if pairs:
        FewLabels(page, pairs)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "few_labels",
        SemiSupervisedAutoencoder.condition,
        SemiSupervisedAutoencoder.terms_by_class,
        SemiSupervisedAutoencoder.terms,
        few_labels.explain,
    )


def _has_facts(entry: Entry) -> bool:
    """Does its card say how many labels it knew, and how well it reads?"""
    recipe = entry.card.recipe
    counted = all(isinstance(recipe.get(name), int) for name in ("labels", "validation"))
    return counted and "accuracy" in entry.card.metrics


def shown(lab: Lab) -> dict[int, tuple[str, str]]:
    """{number of labels: names of M2 and of the classifier}, where both are there, few first."""
    found: dict[int, dict[str, str]] = {}
    for name, entry in lab.part(parts.FEW_LABELS).items():
        if entry.architecture.x_shape == lab.shape and _has_facts(entry):
            found.setdefault(entry.card.recipe["labels"], {})[entry.architecture.family] = name
    return {
        labels: (names["m2"], names["classifier"])
        for labels, names in sorted(found.items())
        if {"m2", "classifier"} <= names.keys()
    }
