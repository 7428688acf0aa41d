"""Classes: one digit's code with every class."""

import math
from html import escape
from typing import Any

import gradio as gr
import numpy as np
import torch

from explore import classes, latent, seeds
from models.conditional import ConditionalVariationalAutoencoder
from models.metrics import Metric
from models.zoo import Entry
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import DIGIT, Lab, Page
from views.shell.digit_input import read_digit

TITLE = "Classes"
LOOK = (
    "Draw one digit: the same z with each of the ten classes writes ten, nearly all legible, in a "
    "hand like yours."
)
CONDITIONAL, UNCONDITIONAL, JUDGE = "cvae-16", "vae-16-unconditional", "classifier"
MISSING = (
    f"The networks of this view are missing; train {CONDITIONAL}, {UNCONDITIONAL} and {JUDGE}."
)
DEAD_NATS = 0.01  # a dimension of less KL than this says nothing about the image


class Classes(gr.HTML):
    """A picture of each class from one code, the class picker and the sliders of the code.

    All of it happens in the visitor's browser, or else by the server functions.
    """

    def __init__(self, lab: Lab | None = None, **keywords: Any):
        functions = (encode_told, draw_every_class)
        super().__init__(
            told=model_of(lab) if lab else {},
            server_functions=[validate.serving(f, lab) for f in functions],
            elem_classes=["classes"],
            **assets("classes", "kernel", "decoding", "address", "normals"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "the ten pictures of one code"}


def model_of(lab: Lab) -> dict[str, Any]:
    """What the script needs of the networks, and what was measured of them."""
    entry = lab.entry(CONDITIONAL)
    parts = lab.networks.addresses(CONDITIONAL)
    return {
        "size": entry.model.latent,
        "classes": entry.model.classes,
        "encoder": parts.get("encoder"),
        "decoder": parts.get("decoder"),
        "judge": lab.networks.addresses(JUDGE).get("classifier"),
        "pictures": halves(entry.model.class_embedding),
        "rows": rows_of(entry),
        "facts": facts_of(lab),
    }


def halves(values: torch.Tensor) -> str:
    """Values in base64, two bytes each: as exact as a checkpoint stores them."""
    return validate.base64_text(values.detach().cpu().numpy().astype(np.float16).tobytes())


def rows_of(entry: Entry) -> list[dict[str, Any]]:
    """The numbers of the code, from the one of the largest KL on."""
    worth = latent.importance(entry.card)
    order = sorted(range(len(worth)), key=lambda i: -worth[i])
    return [
        {"index": i, "nats": f"{worth[i]:.2f} nats", "used": worth[i] >= DEAD_NATS} for i in order
    ]


def facts_of(lab: Lab) -> list[dict[str, str]]:
    """What knowing the class changes, in words with their protocols: from both cards."""
    if UNCONDITIONAL not in lab.zoo:
        return []
    pair = [lab.entry(name).card.metrics for name in (CONDITIONAL, UNCONDITIONAL)]
    needed = {
        "nats": ("elbo", "log p(x)"),
        "probe": ("linear probe accuracy", "5-nn accuracy"),
    }
    sentences = {"nats": _nats, "probe": _probe}
    return [
        {"kind": kind, "protocol": _protocols(pair, names)}
        | sentences[kind](*([m[name].value for m in pair] for name in names))
        for kind, names in needed.items()
        if all(name in metrics for metrics in pair for name in names)
    ]


def _protocols(pair: list[dict[str, Metric]], names: tuple[str, ...]) -> str:
    return escape(
        " \n".join(
            f"{model}, {name}: {metrics[name].sentence()}."
            for name in names
            for model, metrics in zip((CONDITIONAL, UNCONDITIONAL), pair, strict=True)
        )
    )


def _nats(elbo: list[float], log_p: list[float]) -> dict[str, str]:
    told, untold = (f"−{-v:.1f}" for v in elbo)
    gained, most = log_p[0] - log_p[1], math.log(10)
    sure = seeds.told(seeds.gain(CONDITIONAL, UNCONDITIONAL, "elbo"), "nats")
    better = " It saves more: the told network is also the better model."
    return {
        "number": f"{elbo[0] - elbo[1]:.1f} nats",
        "words": f"an image is what knowing the class saves: the ELBO is {told}, and {untold} for "
        f"the same network untold, {sure} (importance sampling: {gained:.1f} saved). The class is "
        f"worth at most log 10 = {most:.1f}.{better if gained > most else ''}",
    }


def _probe(probe: list[float], neighbours: list[float]) -> dict[str, str]:
    told, untold, near, near_untold = (f"{100 * v:.0f} %" for v in (*probe, *neighbours))
    return {
        "number": told,
        "words": "of test digits have a class that a linear probe reads off <i>z</i> (chance is "
        f"10 %); off the untold network's <i>z</i> it reads {untold}. By five neighbours: {near} "
        f"and {near_untold}. Told the class, <i>z</i> keeps mostly the handwriting.",
    }


@torch.no_grad()
def encode_told(lab: Lab, message: dict) -> dict[str, Any]:
    """{"pixels", "y"} to the code's mean, given class y; null: the class the classifier reads.

    {"shares": q(y|x) of each class, "z"}.
    """
    x = read_digit(message)
    near = lab.interactive
    model, judge = near.entry(CONDITIONAL).model, near.entry(JUDGE).model
    shares = classes.class_posterior(judge, x)
    y = message.get("y")
    y = int(shares.argmax()) if y is None else validate.whole(y, "The class", 0, model.classes - 1)
    x, y = x.to(model.device).unsqueeze(0), torch.tensor([y], device=model.device)
    return {"shares": shares.tolist(), "z": model.encode(x, y).mean[0].tolist()}


def draw_every_class(lab: Lab, message: dict) -> dict[str, Any]:
    """{"z"} to the pictures of that code with each class."""
    model = lab.interactive.entry(CONDITIONAL).model
    z = validate.code(message.get("z"), model.latent)
    return {"pixels": markup.encode_pixels(classes.every_class(model, z))}


def build(page: Page) -> None:
    """Lay the view out; the script does the rest."""
    if is_ready(page.lab):
        Classes(page.lab)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    told = ConditionalVariationalAutoencoder
    fold_out("classes", told.encode, told.condition, classes.every_class, classes.without_class)


def is_ready(lab: Lab) -> bool:
    """Are there a model of digits that is told their class, and a classifier to read it?"""
    told, judge = (
        lab.zoo[name].model if name in lab.zoo else None for name in (CONDITIONAL, JUDGE)
    )
    return (
        told is not None
        and judge is not None
        and (told.encode_needs_label and told.has_encoder and judge.has_classifier)
        and told.x_shape == judge.x_shape == DIGIT
        and told.config.classes == judge.config.classes
    )
