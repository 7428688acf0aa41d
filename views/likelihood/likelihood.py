"""Likelihood: the same digit under five p(x|z)."""

import math
from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor
from torch.distributions import Distribution

from explore import likelihood
from models.likelihoods import MIN_LOG_VAR, GaussianLikelihood, Rounded, RoundedLogistic
from models.zoo import Entry
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import measured, told
from views.shell.digit_input import read_digit

TITLE = "Likelihood"
LOOK = (
    "p(x|z) is a distribution over images: its mean is a blur, a draw that blur under pixel noise, "
    "not a sharp digit."
)
BERNOULLI = "vae-16-mlp"  # the others have its network, and other pixels
MISSING = "The networks of this view are missing; train vae-16-mlp and the four beside it."
COUNTS = (1, 4, 16, 64, 256)  # of draws to average
MOST_DEVIATION = 0.5  # white in the pictures of the deviation: no Bernoulli pixel has more


class LikelihoodSwitch(gr.HTML):
    """A row for each checkpoint of `names`; visitors, not Python, say what it shows."""

    def __init__(self, lab: Lab | None = None, names: tuple[str, ...] = (), **keywords: Any):
        super().__init__(
            rows=[row_of(lab.entry(name)) for name in names] if lab else [],
            counts=COUNTS,
            most=MOST_DEVIATION,
            floor=math.exp(0.5 * MIN_LOG_VAR),
            server_functions=[validate.serving(show_likelihoods, lab.interactive, names)]
            if lab
            else None,
            elem_classes=["likelihood-switch"],
            **assets("likelihood_switch", "decoding", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the rows ask for what they show"}


def row_of(entry: Entry) -> dict[str, Any]:
    """What is said of one likelihood whatever the digit."""
    spec = entry.model.config.likelihood
    metrics = entry.card.metrics
    mse, bits = metrics["mse"], metrics.get("bits per pixel")
    return {
        "name": entry.card.name,
        "kind": getattr(spec, "variance", spec.kind),
        "sigma": shared_sigma(entry),
        "error": math.sqrt(mse.value),
        "protocol": told(mse),
        "bits": bits and measured(bits),
    }


def shared_sigma(entry: Entry) -> float | None:
    """The sigma of every pixel, fixed or learned; None where pixels differ."""
    log_var = getattr(entry.model.likelihood, "log_var", None)
    if log_var is None or entry.model.config.likelihood.variance == "predicted":
        return None
    return math.exp(0.5 * float(log_var))


def show_likelihoods(lab: Lab, names: tuple[str, ...], message: dict) -> dict[str, Any]:
    """All rows for one digit: {"pixels": base64, "code": ..., "count": of draws, "seed": ...}.

    Every row draws from a generator of the same seed, so z and the noise differ only by the model.
    """
    x = read_digit(message)
    code = validate.choice(message.get("code"), "The code", likelihood.CODES)
    count = validate.whole(message.get("count"), "The number of draws", COUNTS[0], COUNTS[-1])
    seed = validate.seed(message.get("seed"))
    rows = []
    for name in names:
        generator = torch.Generator().manual_seed(seed)
        found = likelihood.decoded(lab.entry(name).model, x, code, count, generator)
        rows.append(row_shown(found))
    return {"rows": rows}


def row_shown(found: likelihood.Decoded) -> dict[str, Any]:
    """One row as the script takes it: bytes of what is only seen, numbers of what is read, too."""
    return {
        "mean": numbers(found.mean),
        "deviation": numbers(found.deviation),
        "sample": markup.encode_pixels(found.sample),
        "average": markup.encode_pixels(found.average),
        "logP": found.log_p,
        "logMass": found.log_mass,
        "rmse": found.rmse,
    } | logistic_pixels(found.pixels)


def logistic_pixels(p: Distribution) -> dict[str, str]:
    """Location and scale of every pixel where these are rounded logistics, for their charts."""
    if not isinstance(p, RoundedLogistic):
        return {}
    return {"location": numbers(p.location[0].cpu()), "scale": numbers(p.scale[0].cpu())}


def numbers(picture: Tensor) -> str:
    """A picture's values in base64, four bytes each."""
    return validate.base64_text(picture.numpy().astype(np.float32).tobytes())


def build(page: Page) -> None:
    """Lay the view out; its rows ask for what they show."""
    names = shown(page.lab)
    if names:
        LikelihoodSwitch(page.lab, names)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "likelihood",
        GaussianLikelihood.forward,
        Rounded.log_prob,
        RoundedLogistic.log_between,
        likelihood.sample,
        likelihood.best_variance,
    )


def shown(lab: Lab) -> tuple[str, ...]:
    """The checkpoints that are there: Bernoulli, Gaussians of more and more freedom, levels."""
    kinds = ("fixed", "shared", "predicted", "discretized")
    wanted = (BERNOULLI, *(f"{BERNOULLI}-{kind}" for kind in kinds))
    return tuple(name for name in wanted if name in lab.zoo)
