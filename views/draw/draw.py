"""DRAW: a digit written in steps, from any code."""

from typing import Literal, cast

import gradio as gr
import torch
from pydantic import Field
from torch import Tensor

from explore import draw, seeds
from models.recurrent import RecurrentVariationalAutoencoder
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import measured
from views.kit.pictures import Picture, encode_floats, read_picture
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Recurrent VAE"
QUESTION = "What if a digit is drawn in several steps?"
LOOK = (
    "Watch the code come in steps: the first say most, the last sharpen. Change a late z: what "
    "was drawn before stays."
)
MISSING = "The network of this view is missing; train draw-32."
ONCE = "vae-32-oneshot"  # as many numbers, parameters and epochs, drawn at once
LONGER = "vae-16-unconditional"  # drawn at once, too, for more epochs in less time


class Bound(Message):
    """The ELBO of a card, in nats, with its protocol, and what it took.

    `weights`: how many. `epochs` and `seconds` are null where the card does not tell.
    """

    name: str
    elbo: float
    protocol: str
    weights: int
    epochs: int | None
    seconds: float | None


class Props(Message):
    """The network that draws, and how it compares.

    `steps`: how many canvases after the first. `numbers`: of the code, in a step. `paths`: draws
    that a step's KL is a mean of. `shape` [C, H, W] is that of a canvas. `ours`: the network shown;
    `rivals`: one of as many "epochs" and one of less "time", where there is one; `leads`: how sure
    the comparison with each is, in words.
    """

    steps: int
    numbers: int
    paths: int
    shape: list[int]
    decoder: str | None
    ours: Bound
    rivals: dict[str, Bound]
    leads: dict[str, str]


class Drawing(Component):
    """The steps of the checkpoint `name`; visitors, not Python, say what is drawn."""

    PROPS = Props

    def __init__(self, page: Page, name: str):
        entry, worker = page.lab.interactive.entry(name), page.workers.quick
        page.routes.add(infer_code, entry, worker)
        page.routes.add(draw_canvases, entry, worker)
        super().__init__(props_of(page.lab, name), elem_classes=["drawing"])


def props_of(lab: Lab, name: str) -> Props:
    """What the script is told of the checkpoint `name`."""
    model = cast(RecurrentVariationalAutoencoder, lab.entry(name).architecture)
    entries = compared(lab, name)
    bounds = {role: bound_of(entry) for role, entry in entries.items()}
    return Props(
        steps=model.steps,
        numbers=model.latent // model.steps,
        paths=draw.PATHS,
        shape=list(model.x_shape),
        decoder=lab.networks.addresses(name).get("decoder"),
        ours=bounds.pop("ours"),
        rivals=bounds,
        leads=leads(entries),
    )


def has_bound(entry: Entry) -> bool:
    """Does its card say how good it is?"""
    return "elbo" in entry.card.metrics


def compared(lab: Lab, name: str) -> dict[str, Entry]:
    """The checkpoint that is shown, and its rivals of as many epochs and of no more time.

    Those that are there and measured: a rival in time only if the same machine trained it.
    """
    roles = {"ours": name, "epochs": ONCE, "time": LONGER}
    found = {k: lab.entry(n) for k, n in roles.items() if n in lab.zoo and has_bound(lab.zoo[n])}
    if "ours" in found and "time" in found and not _cheaper(found["time"], found["ours"]):
        del found["time"]
    return found


def _cheaper(rival: Entry, entry: Entry) -> bool:
    """Was it trained in less time, on such a machine as the other?"""
    ours, theirs = entry.card.machine, rival.card.machine
    timed = all("training_seconds" in machine for machine in (ours, theirs))
    same = ours.get("device") == theirs.get("device")
    return timed and same and theirs["training_seconds"] <= ours["training_seconds"]


def bound_of(entry: Entry) -> Bound:
    """What the card says."""
    elbo = measured(entry.card.metrics["elbo"])
    return Bound(
        name=entry.card.name,
        elbo=elbo["value"],
        protocol=elbo["protocol"],
        weights=sum(w.numel() for w in entry.architecture.parameters()),
        epochs=entry.card.recipe.get("epochs"),
        seconds=entry.card.machine.get("training_seconds"),
    )


def leads(entries: dict[str, Entry]) -> dict[str, str]:
    """How sure the comparison with each rival is: over trainings with several seeds, or not."""
    ours = entries["ours"].card.name if "ours" in entries else ""
    rivals = {role: e.card.name for role, e in entries.items() if role != "ours"}
    return {
        role: seeds.in_words(seeds.gain(ours, name, "elbo"), "nats")
        for role, name in rivals.items()
    }


class Question(Message):
    """A digit, and whether its code is the path of means or a draw from q(z|x), by a seed."""

    digit: Picture
    code: Literal["mean", "draw"]
    seed: int = Field(ge=0, le=validate.MAX_SEED)


class Inferred(Message):
    """A digit's code [steps * numbers], and the KL in nats that each step costs, [steps]."""

    z: list[float]
    kl: list[float]


@route("draw/code")
async def infer_code(entry: Entry, worker: Worker, question: Question) -> Inferred:
    """A digit's code and what each step costs.

    Raises gr.Error, one sentence, for a digit of another shape, and Busy if too many wait.
    """
    x = read_picture(question.digit, entry.architecture.x_shape)
    found = await worker.run(_infer, entry, x, question.code, question.seed)
    return Inferred(z=found.z.tolist(), kl=found.kl.tolist())


def _infer(entry: Entry, x: Tensor, code: str, seed: int) -> draw.Inferred:
    model = cast(RecurrentVariationalAutoencoder, entry.model)
    return draw.inferred(model, x, code, torch.Generator().manual_seed(seed))


class Code(Message):
    """A code z, [steps * numbers]."""

    z: list[float]


class Canvases(Message):
    """The canvas before the first step and after each, as base64 of four bytes a value."""

    canvases: str


@route("draw/canvases")
async def draw_canvases(entry: Entry, worker: Worker, question: Code) -> Canvases:
    """All canvases of a code, for a browser that has no network.

    Raises gr.Error, one sentence, for what is no code of this model, and Busy if too many wait.
    """
    z = validate.code(question.z, entry.architecture.latent)
    return Canvases(canvases=encode_floats(await worker.run(_canvases, entry, z)))


def _canvases(entry: Entry, z: Tensor) -> Tensor:
    return draw.canvases(cast(RecurrentVariationalAutoencoder, entry.model), z)


def build(page: Page) -> None:
    """Lay the view out; its script asks for what it shows."""
    name = shown(page.lab)
    if name:
        Drawing(page, name)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "draw",
        RecurrentVariationalAutoencoder.follow,
        draw.kl_by_step,
        RecurrentVariationalAutoencoder.canvases,
    )


def shown(lab: Lab) -> str | None:
    """The checkpoint that draws digits in steps, if it is there."""
    entries = lab.part(parts.DRAWING)
    fitting = (n for n, e in entries.items() if e.architecture.family == "draw" and has_bound(e))
    return next((n for n in fitting if lab.entry(n).architecture.x_shape == lab.shape), None)
