"""One digit read by M2 and by the classifier of the same labels, and as every class explains it."""

from typing import Any

import gradio as gr

from explore import few_labels
from models.zoo import Entry
from views import checks, markup
from views.lab import Lab

from . import assets
from .digit_input import read_digit

TRAINING_IMAGES = 60_000  # of MNIST


class FewLabels(gr.HTML):
    """Both posteriors q(y|x), the digit under each class, and the errors for every label count.

    `pairs` are the checkpoints for each number of labels: M2, then the classifier.
    """

    def __init__(
        self,
        lab: Lab | None = None,
        pairs: dict[int, tuple[str, str]] | None = None,
        view: str = "",
        **keywords: Any,
    ):
        pairs = pairs or {}
        super().__init__(
            view=view,
            pairs=[pair_of(lab, labels, names) for labels, names in pairs.items()],
            server_functions=[checks.serving(read_with_labels, lab.near, pairs)] if lab else None,
            elem_classes=["few-labels"],
            **assets("few_labels", "kernel", "decoding", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the panel asks for itself"}


def pair_of(lab: Lab, labels: int, names: tuple[str, str]) -> dict[str, Any]:
    """What the script needs of both networks before there is a digit."""
    return {
        "labels": labels,
        "unlabelled": unlabelled(lab.entry(names[0])),
        "addresses": [lab.networks.addresses(name).get("classifier") for name in names],
        "errors": [error_of(lab.entry(name)) for name in names],
        "published": few_labels.PUBLISHED.get(labels, {}),
    }


def unlabelled(entry: Entry) -> int:
    """How many training images M2 saw without a label."""
    recipe = entry.card.recipe
    return TRAINING_IMAGES - recipe["validation"] - recipe["labels"]


def error_of(entry: Entry) -> dict[str, Any]:
    """The share of test images read wrongly, in percent, and how it was measured."""
    accuracy = entry.card.metrics["accuracy"]
    return {"percent": 100 * (1 - accuracy["value"]), "protocol": accuracy["protocol"]}


def read_with_labels(lab: Lab, pairs: dict[int, tuple[str, str]], message: dict) -> dict[str, Any]:
    """One digit under the pair for a number of labels: {"pixels": base64, "labels": 100}."""
    x = read_digit(message)
    labels = checks.choice(str(message.get("labels")), "The number of labels", map(str, pairs))
    m2, classifier = (lab.entry(name).model for name in pairs[int(labels)])
    found = few_labels.explain(m2, x)
    return {
        "posteriors": [found.posterior.tolist(), few_labels.posterior(classifier, x).tolist()],
        "styled": markup.pixels(found.styled),
        "fitted": markup.pixels(found.fitted),
        "bounds": found.bounds.tolist(),
    }
