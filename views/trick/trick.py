"""Trick: how a gradient gets through a random draw, and how noisy it is when it goes around."""

from typing import Any

import gradio as gr
import torch
from torch import Tensor

from data.binarize import SEED, binarize
from explore import latent, trick
from explore.trick import Function
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.decoding import Decoding, decode_codes
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.shell.digit_input import read_digit

TITLE = "Trick"
LOOK = (
    "With z = μ + σ·ε the loss has a slope in μ and σ, which the arrows follow: drag them, then "
    "switch the trick off."
)
MODEL = "vae-2"
MOST_MU, LEAST_SIGMA, MOST_SIGMA, MOST_EPSILON = 5.0, 1e-3, 5.0, 5.0
LEAST_DRAWS, MOST_DRAWS = 2, 256


class Trick(gr.HTML):
    """One image's loss as a computation graph, with its gradients; visitors move q(z|x)."""

    def __init__(self, lab: Lab | None = None, decoding: Decoding | None = None, **keywords: Any):
        functions = (encode_binarized, find_gradients, compare_estimators)
        super().__init__(
            model=MODEL,
            decoder=lab.networks.addresses(MODEL).get("decoder") if lab else None,
            server_functions=[
                validate.serving(decode_codes, decoding),
                *(validate.serving(function, lab.interactive) for function in functions),
            ]
            if lab
            else None,
            elem_classes=["trick"],
            **assets("trick", "kernel", "decoding", "address", "normals", "numbers", "trick_graph"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the script asks the functions above"}


def encode_binarized(lab: Lab, message: dict) -> dict[str, Any]:
    """The digit made binary, and mean and standard deviation of its q(z|x)."""
    model = lab.entry(MODEL).model
    x = binarize(read_digit(message), SEED)
    mu, sigma = latent.posterior(model, x)
    return {"x": markup.encode_pixels(x), "mu": mu.tolist(), "sigma": sigma.tolist()}


def find_gradients(lab: Lab, message: dict) -> dict[str, Any]:
    """One draw's loss, nats, and its gradients: see `gradients.Backward`."""
    f, mu, sigma = _posed(lab, message)
    epsilon = _pair(message, "epsilon", -MOST_EPSILON, MOST_EPSILON)
    trick = message.get("trick")
    if not isinstance(trick, bool):
        raise gr.Error("The trick is either on or off.", print_exception=False)
    found = trick.backpropagate(f, mu, sigma, epsilon, trick)
    return {
        "reconstruction": found.reconstruction,
        "kl": found.kl,
        "byZ": found.by_z.tolist(),
        "through": None if found.through is None else found.through.tolist(),
        "byKl": found.by_kl.tolist(),
        "total": found.total.tolist(),
    }


def compare_estimators(lab: Lab, message: dict) -> dict[str, list[list[float]]]:
    """The loss's gradient from each of `count` draws, by each estimator.

    For each it is one list per parameter: mu_1, mu_2, sigma_1, sigma_2. The KL's gradient is part
    of all of them and the same in all.
    """
    f, mu, sigma = _posed(lab, message)
    count = validate.whole(message.get("count"), "The number of draws", LEAST_DRAWS, MOST_DRAWS)
    generator = torch.Generator().manual_seed(validate.seed(message.get("seed")))
    epsilon = torch.randn(count, len(mu), generator=generator, dtype=torch.float64)
    by_kl = trick.kl_gradient(mu, sigma)
    f = trick.once(f)
    found = {
        "pathwise": trick.pathwise(f, mu, sigma, epsilon),
        "score": trick.score_function(f, mu, sigma, epsilon),
        "baseline": trick.score_function(f, mu, sigma, epsilon, baseline=True),
    }
    return {name: (each + by_kl).flatten(1).T.tolist() for name, each in found.items()}


def _posed(lab: Lab, message: dict) -> tuple[Function, Tensor, Tensor]:
    """f(z) = -log p(x|z) of the digit made binary, and mu and sigma [D] as asked for."""
    f = trick.reconstruction_loss(lab.entry(MODEL).model, binarize(read_digit(message), SEED))
    mu = _pair(message, "mu", -MOST_MU, MOST_MU)
    return f, mu, _pair(message, "sigma", LEAST_SIGMA, MOST_SIGMA)


def _pair(message: dict, name: str, low: float, high: float) -> Tensor:
    """Two numbers of a message, [2] float64."""
    values = message.get(name)
    if not isinstance(values, list) or len(values) != 2:
        raise gr.Error(f"There are two numbers {name}.", print_exception=False)
    checked = [validate.number(v, name.capitalize(), low, high) for v in values]
    return torch.tensor(checked, dtype=torch.float64)


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    if MODEL in page.lab.zoo:
        Trick(page.lab, page.decoding)
    else:
        gr.HTML(f"<p class='notice'>The model {MODEL} is not here; train it first.</p>")
    fold_out(
        "trick",
        trick.reparameterize,
        trick.draw,
        trick.pathwise,
        trick.score_function,
    )
