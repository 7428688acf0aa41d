"""Ledger: the loss of the digit, term by term, down to the pixel and the latent dimension."""

from typing import Annotated, Any

import gradio as gr
import torch
from pydantic import Field
from torch import Tensor

from data.binarize import SEED
from explore import latent, ledger
from models import Model, likelihoods
from models.distributions import kl_to_standard_normal
from models.vae import MAX_LOG_VAR, MIN_LOG_VAR
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.pictures import (
    Picture,
    encode_doubles,
    encode_floats,
    picture_of,
    read_picture,
)
from views.kit.routes import Message, route
from views.kit.worker import Worker

TITLE = "Loss, term by term"
QUESTION = "What does each term cost for this digit?"
LOOK = (
    "The loss of this digit, term by term: drag a dimension's handle or its bar, and see what it "
    "draws and costs."
)
MISSING = "No model is here; see the notice in the header."
DRAWS = 16  # of epsilon, the same for every visitor
REACH = 3.5  # of the handles of a model with a prior: 1 draw in 2,000 lies beyond
Pair = Annotated[list[float], Field(min_length=2, max_length=2)]


class ModelFacts(Message):
    """What the script needs to compute a model's ledger; no more of it depends on the family.

    binary: are its pixels black or white? log_var: log sigma^2 of every pixel of a Gaussian, to
    which a decoder with two channels, where it is `predicted`, adds one for each. weights: of the
    reconstruction and of the other term, as in training. order: the dimensions, most important
    first; dead: those that say nothing; spans: from where to where each dimension's handle goes.
    shifted: is its encoder shown a corrupted digit? The addresses of its networks are null where
    only the server can run them.
    """

    family: str
    prior: bool
    binary: bool
    log_var: float
    predicted: bool
    weights: Pair
    order: list[int]
    dead: list[bool]
    spans: list[Pair]
    shifted: bool
    decoder: str | None
    encoder: str | None


class Props(Message):
    """`groups`: {heading: names of the models under it}; `shape` [C, H, W] of a digit.

    code_bounds and pixel_bounds: of log sigma^2 of q and of a pixel. draws: of epsilon. noise: the
    address of what `noise_of` gives.
    """

    models: dict[str, ModelFacts]
    groups: dict[str, list[str]]
    start: str
    shape: list[int]
    code_bounds: Pair
    pixel_bounds: Pair
    draws: int
    noise: str


class LossLedger(Component):
    """The ledger of one model at a time; visitors, not Python, say which and what it shows."""

    PROPS = Props

    def __init__(self, page: Page):
        lab = page.lab
        groups = groups_of(lab)
        names = [name for group in groups.values() for name in group]
        entries = [lab.entry(name) for name in names]
        page.routes.add(read_ledger, lab.interactive, page.workers.quick)
        props = Props(
            models={name: model_of(lab, lab.entry(name)) for name in names},
            groups=groups,
            start="vae-16" if "vae-16" in names else names[0],
            shape=list(lab.shape),
            code_bounds=[MIN_LOG_VAR, MAX_LOG_VAR],
            pixel_bounds=[likelihoods.MIN_LOG_VAR, likelihoods.MAX_LOG_VAR],
            draws=DRAWS,
            noise=lab.files.promise_json("ledger-noise", entries, lambda: noise_of(lab, names)),
        )
        super().__init__(props, elem_classes=["loss-ledger"])


def groups_of(lab: Lab) -> dict[str, list[str]]:
    """{heading: names of the models of digits offered under it}"""
    # Grey levels are not what the ledger's pixels are: Bernoulli or Gaussian.
    gaussian = [
        name
        for name, entry in lab.part(parts.LIKELIHOOD).items()
        if entry.card.config.likelihood.kind == likelihoods.Gaussian.kind
    ]
    offered = {"AE, DAE, VAE": lab.names, "VAE with Gaussian pixels": gaussian}
    return {heading: names for heading, names in offered.items() if names}


def model_of(lab: Lab, entry: Entry) -> ModelFacts:
    """What the script is told of a checkpoint."""
    model, card = entry.architecture, entry.card
    (weights,) = model.objective(step=0).values()
    worth = latent.importance(card)
    has_prior = model.has_prior
    addresses = lab.networks.addresses(card.name)
    spans = [(-REACH, REACH)] * model.latent if has_prior else latent.ranges(card)
    return ModelFacts(
        family=model.family,
        prior=has_prior,
        binary=card.config.likelihood.binary,
        log_var=entry.log_var or 0.0,
        predicted=model.config.likelihood.parameters > 1,
        weights=[weights.pop(ledger.RECONSTRUCTION), *weights.values()],
        order=sorted(range(model.latent), key=lambda i: -worth[i]),
        dead=[has_prior and nats < latent.DEAD_NATS for nats in worth],
        spans=[list(span) for span in spans],
        shifted=bool(ledger.noise_shift(model, SEED).any()),
        decoder=addresses.get("decoder"),
        encoder=addresses.get("encoder"),
    )


def noise_of(lab: Lab, names: list[str]) -> dict[str, Any]:
    """What is drawn once for all visitors, in base64.

    thresholds: of every pixel, a byte each; epsilon: {D: the draws [DRAWS, D]}, eight bytes a
    value; shifts: {name: what is added to each pixel for that encoder, four bytes a value}.
    """
    models = {name: lab.entry(name).architecture for name in names}
    sizes = sorted({model.latent for model in models.values() if model.has_prior})
    shifts = {name: ledger.noise_shift(model, SEED) for name, model in models.items()}
    return {
        "thresholds": validate.base64_text(thresholds(lab.shape).byte().numpy().tobytes()),
        "epsilon": {str(size): encode_doubles(noise(size)) for size in sizes},
        "shifts": {name: encode_floats(shift) for name, shift in shifts.items() if shift.any()},
    }


def thresholds(shape: tuple[int, int, int]) -> Tensor:
    """The least grey byte of each pixel that becomes 1 in black and white, [C, H, W]."""
    greys = (torch.full(shape, byte / 255) for byte in range(256))
    return torch.stack([1 - ledger.binarize(grey, SEED) for grey in greys]).sum(0)


def noise(dimensions: int) -> Tensor:
    """The draws of epsilon, [DRAWS, D] float64."""
    return latent.prior_draws(dimensions, DRAWS, 1.0, SEED).double()


class CodeToCharge(Message):
    """A digit, a model, and where q is: mu and log_var [D], or null for the encoder's own.

    draw: which epsilon z is drawn with, or null for z = mu.
    """

    model: str
    digit: Picture
    mu: list[float] | None
    log_var: list[float] | None
    draw: int | None = Field(ge=0, lt=DRAWS)


class LedgerOfDigit(Message):
    """The ledger, in nats, with the q and the z that it is of; a point mass has no log_var.

    per_dimension [D]; per_pixel: base64 of eight bytes a value, in the order of the picture's
    shape.
    """

    mu: list[float]
    log_var: list[float] | None
    z: list[float]
    per_dimension: list[float]
    per_pixel: str
    picture: Picture


@route("ledger/terms")
async def read_ledger(lab: Lab, worker: Worker, question: CodeToCharge) -> LedgerOfDigit:
    """The ledger of a digit for browsers that cannot compute it, and q(z|x) for those that can.

    Raises gr.Error, one sentence, for an unknown model, a digit of another shape and a code that
    does not fit; Busy if too many wait.
    """
    offered = [name for names in groups_of(lab).values() for name in names]
    model = lab.entry(validate.choice(question.model, "The model", offered)).model
    x = ledger.target(model, read_picture(question.digit, model.x_shape), SEED)
    q = read_q(model, question)
    return await worker.run(charged, model, x, q, read_epsilon(model, question))


def charged(
    model: Model, x: Tensor, q: tuple[Tensor, Tensor] | None, epsilon: Tensor
) -> LedgerOfDigit:
    """The ledger of x [C, H, W], as p(x|z) is asked about it, for q or the encoder's own."""
    mu, log_var = q or ledger.encoded(model, x, ledger.noise_shift(model, SEED))
    found = ledger.ledger(model, x, mu, log_var, epsilon)
    return LedgerOfDigit(
        mu=mu.tolist(),
        log_var=log_var.tolist() if model.prior() is not None else None,
        z=found.z.tolist(),
        per_dimension=found.per_dimension.tolist(),
        per_pixel=encode_doubles(found.per_pixel),
        picture=picture_of(found.picture),
    )


def read_q(model: Model, question: CodeToCharge) -> tuple[Tensor, Tensor] | None:
    """mu and log sigma^2 [D] of a q that was moved; a point mass has log sigma^2 -inf."""
    if question.mu is None:
        return None
    mu = validate.code(question.mu, model.latent)
    if model.prior() is None:
        return mu, torch.full((model.latent,), -torch.inf)
    if question.log_var is None or len(question.log_var) != model.latent:
        raise validate.refusal(f"This model's code has {model.latent} variances.")
    bounds = MIN_LOG_VAR - 1e-3, MAX_LOG_VAR + 1e-3  # a logarithm may come back rounded
    values = [validate.number(v, "A log variance", *bounds) for v in question.log_var]
    return mu, torch.tensor(values)


def read_epsilon(model: Model, question: CodeToCharge) -> Tensor:
    """The chosen draw of epsilon [D], or 0."""
    if question.draw is None:
        return torch.zeros(model.latent)
    return noise(model.latent)[question.draw]


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    if groups_of(page.lab):
        LossLedger(page)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out("ledger", ledger.ledger, kl_to_standard_normal, ledger.hidden_beta)
