"""The derivation of the ELBO, a line a step, with the value of each term for one digit."""

import gradio as gr

from explore import elbo, gap
from models.distributions import kl_to_standard_normal
from models.zoo import Entry
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Page
from views.kit.routes import Message
from views.kit.true_posterior import BOUNDS, MISSING, MOST_SIDE, Bounds, offered

TITLE = "The ELBO, line by line"
QUESTION = "Why is the ELBO a bound on log p(x)?"
LOOK = (
    "Press the step after a line, and the line becomes the next. At the end drag q: the terms "
    "change, their sum does not."
)


class Props(Message):
    """`model`: the name of the VAE whose posterior is summed on a grid.

    `most_side`: of that grid, in points. `bounds`: of a q that is dragged.
    """

    model: str
    most_side: int
    bounds: Bounds


class ElboLines(Component):
    """The lines, and a picture of the plane beside them; the server decodes the grid."""

    PROPS = Props

    def __init__(self, entry: Entry):
        super().__init__(
            Props(model=entry.card.name, most_side=MOST_SIDE[False], bounds=BOUNDS),
            elem_classes=["elbo-lines"],
        )


def build(page: Page) -> None:
    """Lay the view out, with the first model that has a code of two dimensions."""
    flat = [entry for entry in offered(page.lab) if entry.architecture.latent == 2]
    if flat:
        ElboLines(flat[0])
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out("elbo", elbo.terms, elbo.lines, gap.evidence, kl_to_standard_normal)
