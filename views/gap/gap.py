"""Gap: the true posterior against the encoder's, and what the ELBO leaves out."""

import gradio as gr
import numpy as np

from explore import gap, latent
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.files import Files
from views.kit.lab import Page
from views.kit.pictures import encode_halves
from views.kit.routes import Message
from views.kit.true_posterior import (
    BOUNDS,
    DRAWS,
    MISSING,
    MOST_SIDE,
    MOST_TURNS,
    PART,
    Bounds,
    offered,
)

TITLE = "True posterior"
QUESTION = "How far is the encoder from the true posterior?"
LOOK = (
    "What the encoder's q misses of the true posterior, KL(q‖p(z|x)), is exactly what the ELBO "
    "lacks of log p(x)."
)


class CodeMap(Message):
    """Codes of test images: the address of a file with them, see `codes_file`, and the half side of
    a square around 0 that holds them."""

    file: str
    half: float


class GapModel(Message):
    """A model that is offered; `map` only where the code has two dimensions."""

    name: str
    latent: int
    map: CodeMap | None


class GapProps(Message):
    """`models`: the first is what the view opens with.

    `most_side`: of a window at rest, in points.
    """

    models: list[GapModel]
    draws: int
    part: int
    most_turns: int
    most_side: int
    bounds: Bounds


class TruePosterior(Component):
    """Window, overview, bar and bound; the page drags, the server decodes grids."""

    PROPS = GapProps

    def __init__(self, page: Page, entries: list[Entry]):
        props = GapProps(
            models=[model_of(entry, page.lab.files) for entry in entries],
            draws=DRAWS,
            part=PART,
            most_turns=MOST_TURNS,
            most_side=MOST_SIDE[False],
            bounds=BOUNDS,
        )
        super().__init__(props, elem_classes=["true-posterior"])


def model_of(entry: Entry, files: Files) -> GapModel:
    """What the script is told of a model; its codes are published where they can be mapped."""
    code_map = None
    if entry.architecture.latent == 2:
        half = max(latent.map_extent(entry.codes.z)[1], 3.0)
        code_map = CodeMap(
            file=files.promise_json("gap-codes", [entry], lambda: codes_file(entry)), half=half
        )
    return GapModel(name=entry.card.name, latent=entry.architecture.latent, map=code_map)


def codes_file(entry: Entry) -> dict[str, str]:
    """The codes [N, 2] of test images as base64 of two bytes a number, and of one byte a class."""
    classes = entry.codes.y.numpy().astype(np.uint8).tobytes()
    return {"codes": encode_halves(entry.codes.z), "classes": validate.base64_text(classes)}


def build(page: Page) -> None:
    """Lay the view out; the component asks the server by itself."""
    entries = offered(page.lab)
    if entries:
        TruePosterior(page, entries)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out("gap", gap.mass, gap.evidence, gap.elbo, gap.gap, gap.importance_draws)
