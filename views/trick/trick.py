"""Trick: how a gradient gets through a random draw, and how noisy it is when it goes around."""

from typing import Annotated

import gradio as gr
import torch
from pydantic import Field
from torch import Tensor

from data.binarize import SEED, binarize
from explore import latent, trick
from explore.trick import Function
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.pictures import DigitQuestion, Picture, picture_of, read_picture
from views.kit.routes import Message, route
from views.kit.validate import MAX_SEED
from views.kit.worker import Worker

TITLE = "Reparameterization"
QUESTION = "How do gradients pass a random draw?"
LOOK = (
    "With z = μ + σ·ε the loss has a slope in μ and σ, which the arrows follow: drag them, then "
    "switch the trick off."
)
MODEL = "vae-2"
MISSING = f"The model {MODEL} is not here; train it first."
MOST_MU, LEAST_SIGMA, MOST_SIGMA, MOST_EPSILON = 5.0, 1e-3, 5.0, 5.0
LEAST_DRAWS, MOST_DRAWS = 2, 256


class TrickProps(Message):
    """The model whose gradients are shown; `decoder`: the address of its network, if a browser can
    run it; `shape` [C, H, W] of its pictures."""

    model: str
    decoder: str | None
    shape: list[int]


class Trick(Component):
    """One image's loss as a computation graph, with its gradients; visitors move q(z|x)."""

    PROPS = TrickProps

    def __init__(self, page: Page):
        page.routes.add(encode_binarized, page.lab.interactive)
        for function in (find_gradients, compare_estimators):
            page.routes.add(function, page.lab.interactive, page.workers.quick)
        props = TrickProps(
            model=MODEL,
            decoder=page.lab.networks.addresses(MODEL).get("decoder"),
            shape=list(page.lab.entry(MODEL).architecture.x_shape),
        )
        super().__init__(props, elem_classes=["trick"])


class EncodedDigit(Message):
    """A digit made binary, and mean and standard deviation [D] of its q(z|x)."""

    x: Picture
    mu: list[float]
    sigma: list[float]


@route("trick/encoder")
def encode_binarized(lab: Lab, question: DigitQuestion) -> EncodedDigit:
    """The digit made binary, and mean and standard deviation of its q(z|x).

    Raises gr.Error, one sentence, without the model and for a digit of another shape.
    """
    model = lab.entry(MODEL).model
    x = binarize(read_picture(question.digit, model.x_shape), SEED)
    mu, sigma = latent.posterior(model, x)
    return EncodedDigit(x=picture_of(x), mu=mu.tolist(), sigma=sigma.tolist())


Mu = Annotated[float, Field(ge=-MOST_MU, le=MOST_MU)]
Sigma = Annotated[float, Field(ge=LEAST_SIGMA, le=MOST_SIGMA)]
Epsilon = Annotated[float, Field(ge=-MOST_EPSILON, le=MOST_EPSILON)]


class PosedDigit(Message):
    """A digit, which is made binary, and mean and standard deviation [2] of a q(z)."""

    digit: Picture
    mu: list[Mu] = Field(min_length=2, max_length=2)
    sigma: list[Sigma] = Field(min_length=2, max_length=2)


class GradientsQuestion(PosedDigit):
    """One draw, z = mu + sigma * epsilon; `reparameterize`: is that how z came about?"""

    epsilon: list[Epsilon] = Field(min_length=2, max_length=2)
    reparameterize: bool


class LossGradients(Message):
    """One draw's loss, nats, and its gradients: see `trick.Backward`."""

    reconstruction: float
    kl: float
    by_z: list[float]
    through: list[list[float]] | None
    by_kl: list[list[float]]
    total: list[list[float]]


class EstimatesQuestion(PosedDigit):
    """How many draws, and their seed."""

    seed: int = Field(ge=0, le=MAX_SEED)
    count: int = Field(ge=LEAST_DRAWS, le=MOST_DRAWS)


class Estimates(Message):
    """The loss's gradient from each draw, by each estimator.

    For each it is one list per parameter: mu_1, mu_2, sigma_1, sigma_2. The KL's gradient is part
    of all of them and the same in all.
    """

    pathwise: list[list[float]]
    score: list[list[float]]
    baseline: list[list[float]]


@route("trick/gradients")
async def find_gradients(lab: Lab, worker: Worker, question: GradientsQuestion) -> LossGradients:
    """One draw's loss, nats, and its gradients.

    Raises gr.Error, one sentence, without the model or for a digit of another shape, and Busy.
    """
    f, mu, sigma = _posed(lab, question)
    epsilon = _doubles(question.epsilon)
    found = await worker.run(trick.backpropagate, f, mu, sigma, epsilon, question.reparameterize)
    return LossGradients(
        reconstruction=found.reconstruction,
        kl=found.kl,
        by_z=found.by_z.tolist(),
        through=None if found.through is None else found.through.tolist(),
        by_kl=found.by_kl.tolist(),
        total=found.total.tolist(),
    )


@route("trick/estimates")
async def compare_estimators(lab: Lab, worker: Worker, question: EstimatesQuestion) -> Estimates:
    """The loss's gradient from each of `count` draws, by each estimator.

    Raises gr.Error, one sentence, without the model or for a digit of another shape, and Busy.
    """
    f, mu, sigma = _posed(lab, question)
    generator = torch.Generator().manual_seed(question.seed)
    epsilon = torch.randn(question.count, len(mu), generator=generator, dtype=torch.float64)
    return await worker.run(_estimate, trick.once(f), mu, sigma, epsilon)


def _estimate(f: Function, mu: Tensor, sigma: Tensor, epsilon: Tensor) -> Estimates:
    by_kl = trick.kl_gradient(mu, sigma)
    found = {
        "pathwise": trick.pathwise(f, mu, sigma, epsilon),
        "score": trick.score_function(f, mu, sigma, epsilon),
        "baseline": trick.score_function(f, mu, sigma, epsilon, baseline=True),
    }
    return Estimates(**{name: (each + by_kl).flatten(1).T.tolist() for name, each in found.items()})


def _posed(lab: Lab, question: PosedDigit) -> tuple[Function, Tensor, Tensor]:
    """f(z) = -log p(x|z) of the digit made binary, and mu and sigma [D] as asked for."""
    model = lab.entry(MODEL).model
    x = binarize(read_picture(question.digit, model.x_shape), SEED)
    f = trick.reconstruction_loss(model, x)
    return f, _doubles(question.mu), _doubles(question.sigma)


def _doubles(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    if MODEL in page.lab.zoo:
        Trick(page)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "trick",
        trick.reparameterize,
        trick.draw,
        trick.pathwise,
        trick.score_function,
    )
