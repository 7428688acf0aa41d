"""Few labels: M2 beside the classifier that has the same labels and the same network."""

import gradio as gr

from explore import few_labels
from models.semi_supervised import SemiSupervisedAutoencoder
from models.zoo import Entry

from .components.few_labels import FewLabels
from .derivation import fold_out
from .lab import DIGIT, Lab, Page

TITLE = "Few labels"
LOOK = (
    "Both know the same few labels; M2 also saw thousands of images without one, and reads better "
    "on average. Yours?"
)
EXHIBIT = "few labels"
MISSING = "The networks of this view are missing; train m2-100 and classifier-100."


def build(page: Page) -> None:
    """Lay the view out; it asks for what it shows."""
    pairs = shown(page.lab)
    if pairs:
        FewLabels(page.lab, pairs, TITLE)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "few_labels",
        SemiSupervisedAutoencoder.told,
        SemiSupervisedAutoencoder.every_class,
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
    for name, entry in lab.exhibit(EXHIBIT).items():
        if entry.model.x_shape == DIGIT and _is_told(entry):
            found.setdefault(entry.card.recipe["labels"], {})[entry.model.family] = name
    return {
        labels: (names["m2"], names["classifier"])
        for labels, names in sorted(found.items())
        if {"m2", "classifier"} <= names.keys()
    }
