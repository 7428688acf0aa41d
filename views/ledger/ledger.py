"""Ledger: the loss of the digit, term by term, down to the pixel and the latent dimension."""

from typing import Any

import gradio as gr
import torch
from torch import Tensor

from data.binarize import SEED
from explore import latent, ledger
from explore import ledger as ledgers
from models import Model, likelihoods
from models.distributions import kl_to_standard_normal
from models.vae import MAX_LOG_VAR, MIN_LOG_VAR
from models.zoo import Entry
from views.kit import markup, parts, validate
from views.kit.component import assets
from views.kit.decoding import Decoding, decode_codes
from views.kit.derivation import fold_out
from views.kit.lab import DIGIT, Lab, Page
from views.shell.digit_input import read_digit
from views.sliders.sliders import DEAD_NATS

TITLE = "Ledger"
LOOK = (
    "The loss of this digit, term by term: drag a dimension's handle or its bar, and see what it "
    "draws and costs."
)
DRAWS = 16  # of epsilon, the same for every visitor
REACH = 3.5  # of the handles of a model with a prior: 1 draw in 2,000 lies beyond


class LossLedger(gr.HTML):
    """The ledger of one model at a time; visitors, not Python, say which and what it shows.

    It works while the view of that title is open.
    """

    def __init__(
        self,
        lab: Lab | None = None,
        decoding: Decoding | None = None,
        view: str = "",
        **keywords: Any,
    ):
        groups = groups_of(lab) if lab else {}
        names = [name for group in groups.values() for name in group]
        functions = [(decode_codes, decoding), (read_ledger, lab.interactive)] if lab else []
        super().__init__(
            view=view,
            models={name: model_of(lab, lab.entry(name)) for name in names},
            groups=groups,
            start="vae-16" if "vae-16" in names else next(iter(names), None),
            bounds={
                "code": [MIN_LOG_VAR, MAX_LOG_VAR],
                "pixel": [likelihoods.MIN_LOG_VAR, likelihoods.MAX_LOG_VAR],
            },
            thresholds=validate.base64_text(thresholds(DIGIT).byte().numpy().tobytes()),
            server_functions=[validate.serving(*f) for f in functions] or None,
            elem_classes=["loss-ledger"],
            **assets("loss_ledger", "kernel", "decoding", "numbers", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the ledger answers in the page"}


def groups_of(lab: Lab) -> dict[str, list[str]]:
    """{heading: names of the models of digits offered under it}"""
    # Grey levels are not what the ledger's pixels are: Bernoulli or Gaussian.
    gaussian = [
        name
        for name, entry in lab.part(parts.LIKELIHOOD).items()
        if entry.model.config.likelihood.kind == likelihoods.Gaussian.kind
    ]
    offered = {"AE, DAE, VAE": lab.names, "VAE with Gaussian pixels": gaussian}
    return {heading: names for heading, names in offered.items() if names}


def model_of(lab: Lab, entry: Entry) -> dict[str, Any]:
    """What the script needs to compute a model's ledger; no more of it depends on the family."""
    model, card = entry.model, entry.card
    likelihood = model.likelihood
    (weights,) = model.objective(step=0).values()
    shift = ledgers.noise_shift(model, SEED)
    worth = latent.importance(card)
    has_prior = model.prior() is not None
    return {
        "family": model.family,
        "prior": has_prior,
        "binary": ledgers.is_binary(model),
        # log sigma^2 of every pixel, to which a decoder with two channels adds one for each.
        "log_var": float(getattr(likelihood, "log_var", 0.0)),
        "predicted": model.config.likelihood.parameters > 1,
        "weights": [weights.pop(ledgers.RECONSTRUCTION), *weights.values()],
        "order": sorted(range(model.latent), key=lambda i: -worth[i]),
        "dead": [has_prior and nats < DEAD_NATS for nats in worth],
        "spans": [[-REACH, REACH]] * model.latent if has_prior else latent.ranges(card),
        "epsilon": noise(model.latent) if has_prior else [],
        "shift": shift.flatten().tolist() if shift.any() else None,
    } | lab.networks.addresses(card.name)


def thresholds(shape: tuple[int, int, int]) -> Tensor:
    """The least grey byte of each pixel that becomes 1 in black and white, [C, H, W]."""
    greys = (torch.full(shape, byte / 255) for byte in range(256))
    return sum(1 - ledgers.binarize(grey, SEED) for grey in greys)


def noise(dimensions: int) -> list[list[float]]:
    """The draws of epsilon, [DRAWS, D], to as many digits as travel."""
    draws = latent.prior_draws(dimensions, DRAWS, 1.0, SEED)
    return [[round(v, 4) for v in draw] for draw in draws.tolist()]


def read_ledger(lab: Lab, message: dict) -> dict[str, Any]:
    """The ledger of a digit for browsers that cannot compute it, and q(z|x) for those that can.

    {"model": name, "pixels": digit, "mu", "log_var": lists, or null for the encoder's own, "draw":
    which epsilon, or null for z = mu}.
    """
    offered = [name for names in groups_of(lab).values() for name in names]
    model = lab.entry(validate.choice(message.get("model"), "The model", offered)).model
    x, shift = read_digit(message), ledgers.noise_shift(model, SEED)
    x = ledgers.target(model, x, SEED)
    if message.get("mu") is None:
        mu, log_var = ledgers.encoded(model, x, shift)
    else:
        mu, log_var = validate.code(message["mu"], model.latent), read_log_var(model, message)
    found = ledgers.ledger(model, x, mu, log_var, read_epsilon(model, message))
    return {
        "mu": mu.tolist(),
        "log_var": log_var.tolist() if model.prior() is not None else None,
        "z": found.z.tolist(),
        "per_dimension": found.per_dimension.tolist(),
        "per_pixel": found.per_pixel.flatten().tolist(),
        "picture": markup.encode_pixels(found.picture),
    }


def read_log_var(model: Model, message: dict) -> Tensor:
    """log sigma^2 [D] of q within the bounds of models/vae.py; -inf for a point mass."""
    if model.prior() is None:
        return torch.full((model.latent,), -torch.inf)
    values = message.get("log_var")
    if not isinstance(values, list) or len(values) != model.latent:
        raise gr.Error(f"This model's code has {model.latent} variances.", print_exception=False)
    bounds = MIN_LOG_VAR - 1e-3, MAX_LOG_VAR + 1e-3  # a logarithm may come back rounded
    return torch.tensor([validate.number(v, "A log variance", *bounds) for v in values])


def read_epsilon(model: Model, message: dict) -> Tensor:
    """The chosen draw of epsilon [D], or 0."""
    draw = message.get("draw")
    if draw is None:
        return torch.zeros(model.latent)
    draw = validate.whole(draw, "The draw", 0, DRAWS - 1)
    return torch.tensor(noise(model.latent)[draw], dtype=torch.float64)


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    LossLedger(page.lab, page.decoding, view=TITLE)
    fold_out("ledger", ledger.ledger, kl_to_standard_normal, ledger.hidden_beta)
