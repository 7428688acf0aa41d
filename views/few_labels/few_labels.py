"""Few labels: M2 beside the classifier that has the same labels and the same network."""

from typing import Any

import gradio as gr

from explore import few_labels
from models.semi_supervised import SemiSupervisedAutoencoder
from models.zoo import Entry
from views.kit import markup, parts, validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import DIGIT, Lab, Page
from views.kit.measured import told
from views.shell.digit_input import read_digit

TITLE = "Few labels"
LOOK = (
    "Both know the same few labels; M2 also saw thousands of images without one, and reads better "
    "on average. Yours?"
)
MISSING = "The networks of this view are missing; train m2-100 and classifier-100."
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
            server_functions=[validate.serving(read_with_labels, lab.interactive, pairs)]
            if lab
            else None,
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
    return {"percent": 100 * (1 - accuracy.value), "protocol": told(accuracy)}


def read_with_labels(lab: Lab, pairs: dict[int, tuple[str, str]], message: dict) -> dict[str, Any]:
    """One digit under the pair for a number of labels: {"pixels": base64, "labels": 100}."""
    x = read_digit(message)
    labels = validate.choice(str(message.get("labels")), "The number of labels", map(str, pairs))
    m2, classifier = (lab.entry(name).model for name in pairs[int(labels)])
    found = few_labels.explain(m2, x)
    return {
        "posteriors": [found.posterior.tolist(), few_labels.posterior(classifier, x).tolist()],
        "styled": markup.encode_pixels(found.styled),
        "fitted": markup.encode_pixels(found.fitted),
        "bounds": found.bounds.tolist(),
    }


def build(page: Page) -> None:
    """Lay the view out; it asks for what it shows."""
    pairs = shown(page.lab)
    if pairs:
        FewLabels(page.lab, pairs, TITLE)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "few_labels",
        SemiSupervisedAutoencoder.condition,
        SemiSupervisedAutoencoder.terms_by_class,
        SemiSupervisedAutoencoder.terms,
        few_labels.explain,
    )


def _is_told(entry: Entry) -> bool:
    """Does its card say how many labels it knew, and how well it reads?"""
    recipe = entry.card.recipe
    counted = all(isinstance(recipe.get(name), int) for name in ("labels", "validation"))
    return counted and "accuracy" in entry.card.metrics


def shown(lab: Lab) -> dict[int, tuple[str, str]]:
    """{number of labels: names of M2 and of the classifier}, where both are there, few first."""
    found: dict[int, dict[str, str]] = {}
    for name, entry in lab.part(parts.FEW_LABELS).items():
        if entry.model.x_shape == DIGIT and _is_told(entry):
            found.setdefault(entry.card.recipe["labels"], {})[entry.model.family] = name
    return {
        labels: (names["m2"], names["classifier"])
        for labels, names in sorted(found.items())
        if {"m2", "classifier"} <= names.keys()
    }
