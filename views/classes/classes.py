"""Classes: one digit's code with every class."""

import math
from typing import cast

import gradio as gr
import torch
from torch import Tensor

from explore import classes, latent, seeds
from models.conditional import ConditionalVariationalAutoencoder
from models.metrics import Metric
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.pictures import Picture, encode_halves, encode_pixels, read_picture
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Conditional VAE"
QUESTION = "What is left for z if the class is given?"
LOOK = (
    "Draw one digit: the same z with each of the ten classes writes ten, nearly all legible, in a "
    "hand like yours."
)
CONDITIONAL, UNCONDITIONAL, JUDGE = "cvae-16", "vae-16-unconditional", "classifier"
MISSING = (
    f"The networks of this view are missing; train {CONDITIONAL}, {UNCONDITIONAL} and {JUDGE}."
)


class Dimension(Message):
    """A number of the code: its KL on average, in words, and whether that is enough to be used."""

    index: int
    nats: str
    used: bool


class Fact(Message):
    """What knowing the class changes: a number, and words about it, with a protocol."""

    kind: str
    number: str
    words: str
    protocol: str


class Props(Message):
    """Addresses of networks, null where a browser cannot run one, and what was measured.

    `model` and `judge`: the names of the conditional VAE and of the classifier.

    `shape` [C, H, W] of a picture. `class_embedding`: the address of a JSON text, base64 of two
    bytes a value, of the pictures [classes, C, H, W] that the encoder adds to its input.
    """

    model: str
    judge: str
    size: int
    classes: int
    shape: list[int]
    encoder: str | None
    decoder: str | None
    classifier: str | None
    class_embedding: str
    dimensions: list[Dimension]
    facts: list[Fact]


class Classes(Component):
    """A picture of each class from one code, the class picker and the sliders of the code.

    All of it happens in the visitor's browser, or else by the routes.
    """

    PROPS = Props

    def __init__(self, page: Page):
        lab, worker = page.lab, page.workers.quick
        near = lab.interactive
        networks = (near.entry(CONDITIONAL), near.entry(JUDGE))
        page.routes.add(encode_with_class, *networks, worker)
        page.routes.add(draw_every_class, networks[0], worker)
        super().__init__(props_of(lab), elem_classes=["classes"])


def props_of(lab: Lab) -> Props:
    """What the script needs of the networks, and what was measured of them."""
    entry = lab.entry(CONDITIONAL)
    model = cast(ConditionalVariationalAutoencoder, entry.architecture)
    networks = lab.networks.addresses(CONDITIONAL)
    return Props(
        model=CONDITIONAL,
        judge=JUDGE,
        size=model.latent,
        classes=model.classes,
        shape=list(model.x_shape),
        encoder=networks.get("encoder"),
        decoder=networks.get("decoder"),
        classifier=lab.networks.addresses(JUDGE).get("classifier"),
        class_embedding=lab.files.promise_json(
            "class-embedding", [entry], lambda: embedding_of(entry)
        ),
        dimensions=dimensions_of(entry),
        facts=facts_of(lab),
    )


def embedding_of(entry: Entry) -> str:
    """What is added to a picture for each class [classes, C, H, W], as `encode_halves` does."""
    model = cast(ConditionalVariationalAutoencoder, entry.model)
    return encode_halves(model.class_embedding.detach().cpu())


def dimensions_of(entry: Entry) -> list[Dimension]:
    """The numbers of the code, from the one of the largest KL on."""
    kl = latent.importance(entry.card)
    order = sorted(range(len(kl)), key=lambda i: -kl[i])
    return [
        Dimension(index=i, nats=f"{kl[i]:.2f} nats", used=kl[i] >= latent.DEAD_NATS) for i in order
    ]


def facts_of(lab: Lab) -> list[Fact]:
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
        Fact(
            kind=kind,
            protocol=_protocols(pair, names),
            **sentences[kind](*([m[name].value for m in pair] for name in names)),
        )
        for kind, names in needed.items()
        if all(name in metrics for metrics in pair for name in names)
    ]


def _protocols(pair: list[dict[str, Metric]], names: tuple[str, ...]) -> str:
    return " \n".join(
        f"{model}, {name}: {metrics[name].sentence()}."
        for name in names
        for model, metrics in zip((CONDITIONAL, UNCONDITIONAL), pair, strict=True)
    )


def _nats(elbo: list[float], log_p: list[float]) -> dict[str, str]:
    told, untold = (f"−{-v:.1f}" for v in elbo)
    gained, most = log_p[0] - log_p[1], math.log(10)
    sure = seeds.in_words(seeds.gain(CONDITIONAL, UNCONDITIONAL, "elbo"), "nats")
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
        "words": "of test digits have a class that a linear probe reads off z (chance is "
        f"10 %); off the untold network's z it reads {untold}. By five neighbours: {near} "
        f"and {near_untold}. Told the class, z keeps mostly the handwriting.",
    }


class Question(Message):
    """A digit, and the class that the encoder is told; null: what the classifier reads."""

    digit: Picture
    y: int | None


class Encoding(Message):
    """q(y|x) of each class by the classifier, and the mean of q(z|x, y), [D]."""

    shares: list[float]
    z: list[float]


@route("classes/encoding")
async def encode_with_class(
    entry: Entry, judge: Entry, worker: Worker, question: Question
) -> Encoding:
    """What the encoder makes of a digit, given a class.

    Raises gr.Error, one sentence, for a digit of another shape or a class that there is not, and
    Busy if too many wait.
    """
    model = cast(ConditionalVariationalAutoencoder, entry.architecture)
    x = read_picture(question.digit, model.x_shape)
    if question.y is not None:
        validate.whole(question.y, "The class", 0, model.classes - 1)
    return await worker.run(_encode, entry, judge, x, question.y)


@torch.no_grad()
def _encode(entry: Entry, judge: Entry, x: Tensor, y: int | None) -> Encoding:
    model, shares = entry.model, classes.class_posterior(judge.model, x)
    given = torch.tensor([int(shares.argmax()) if y is None else y], device=model.device)
    z = model.encode(x.to(model.device).unsqueeze(0), given).mean[0]
    return Encoding(shares=shares.tolist(), z=z.tolist())


class Code(Message):
    """A code z, [D]."""

    z: list[float]


class Pictures(Message):
    """The pictures of one code with each class, as base64 of one byte a value."""

    pixels: str


@route("classes/pictures")
async def draw_every_class(entry: Entry, worker: Worker, question: Code) -> Pictures:
    """One code decoded with each class in turn.

    Raises gr.Error, one sentence, for what is no code of this model, and Busy if too many wait.
    """
    z = validate.code(question.z, entry.architecture.latent)
    return Pictures(pixels=encode_pixels(await worker.run(_every_class, entry, z)))


def _every_class(entry: Entry, z: Tensor) -> Tensor:
    return classes.every_class(entry.model, z)


def build(page: Page) -> None:
    """Lay the view out; the script does the rest."""
    if is_ready(page.lab):
        Classes(page)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    conditional = ConditionalVariationalAutoencoder
    fold_out(
        "classes",
        conditional.encode,
        conditional.decode,
        classes.every_class,
        classes.without_class,
    )


def is_ready(lab: Lab) -> bool:
    """Are there a model of digits that is told their class, and a classifier to read it?"""
    model, judge = (
        lab.zoo[name].architecture if name in lab.zoo else None for name in (CONDITIONAL, JUDGE)
    )
    return (
        model is not None
        and judge is not None
        and (model.encode_needs_label and model.has_encoder and judge.has_classifier)
        and model.x_shape == judge.x_shape == lab.shape
        and model.config.classes == judge.config.classes
    )
