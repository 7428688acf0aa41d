"""Linear autoencoders, whose best weights are found without training in steps.

Their squared error depends on the images through the mean and the covariance only, so all images
are read once, and float64 does from there. Solver "pca" writes the solution down; "lbfgs" starts
from random weights and knows nothing of it. Baldi & Hornik 1989, "Neural networks and principal
component analysis: learning from examples without local minima", prove that every minimum spans the
leading eigenvectors and that all other points of rest are saddles.
"""

import copy
import math
import time
from collections.abc import Iterator
from math import prod
from typing import Any

import torch
from torch import Tensor

from data.datasets import Split, unit_interval
from models import Config, Model
from models.networks import NetworkConfig

from .loop import Finished, Progress
from .recipes import Recipe

ITERATIONS_PER_ROUND = 50  # iterations of L-BFGS that count as an epoch


def solve(recipe: Recipe, model: Model, split: Split) -> Iterator[Progress | Finished]:
    """Bring `model` to its optimum on all images of `split`, none held out, by the recipe's solver.

    Yields what `loop.fit` does: `Progress` after each round, its term averaged over the images,
    then `Finished`. There are at most `recipe.epochs` rounds. Raises ValueError for a model that
    is not linear.
    """
    config = recipe.config
    check_linear(config)
    started = time.perf_counter()
    mean, covariance = moments(split)
    start = model.decoder[0].weight.detach().cpu().double()
    curve = []
    for a in SOLVERS[recipe.solver](start, covariance, recipe.epochs):
        terms = {"reconstruction": to_nats(config, float(reconstruction_error(a, covariance)))}
        curve.append({"epoch": len(curve) + 1, "train reconstruction": terms["reconstruction"]})
        yield Progress(len(curve), len(curve), recipe.epochs, terms)
    set_weights(model, a, mean)
    yield Finished(len(curve), curve, time.perf_counter() - started)


def check_linear(config: Config) -> None:
    """Raises ValueError unless both maps are affine and all errors count alike."""
    flat = config.encoder == config.decoder == NetworkConfig()
    likelihood = config.likelihood
    if not flat or likelihood.mean != "identity" or likelihood.variance != "fixed":
        raise ValueError("This solver is for linear autoencoders with a fixed variance only.")


def moments(split: Split) -> tuple[Tensor, Tensor]:
    """Mean [P] and covariance [P, P], float64, of the images as vectors of P pixels in [0, 1]."""
    pixels = prod(split.images.shape[1:])
    total = torch.zeros(pixels, dtype=torch.float64)
    products = torch.zeros(pixels, pixels, dtype=torch.float64)
    for images in split.images.split(5_000):
        x = unit_interval(images).flatten(1).cpu().double()
        total += x.sum(0)
        products += x.T @ x
    mean = total / len(split)
    return mean, products / len(split) - torch.outer(mean, mean)


def reconstruction_error(a: Tensor, covariance: Tensor) -> Tensor:
    """Mean squared error, summed over pixels, that decoder weights A [P, k] leave at their best.

    The best code of x is then least squares, z = A^+ (x - mean), so A^+ is the best encoder, and
    the variance S along the columns of A is kept: tr S - tr((A^T A)^-1 A^T S A).
    """
    return covariance.trace() - torch.linalg.solve(a.T @ a, a.T @ covariance @ a).trace()


def minimize_with_lbfgs(start: Tensor, covariance: Tensor, rounds: int) -> Iterator[Tensor]:
    """Decoder weights A [P, k] after each round of L-BFGS on `reconstruction_error`, from `start`.

    Ends when a round finds nothing lower, to the last bit of float64.
    """
    a = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [a],
        max_iter=ITERATIONS_PER_ROUND,
        history_size=ITERATIONS_PER_ROUND,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        error = reconstruction_error(a, covariance)
        error.backward()
        return error

    lowest = math.inf
    for _ in range(rounds):
        optimizer.step(closure)
        yield a.detach()
        error = float(reconstruction_error(a.detach(), covariance))
        if not error < lowest:
            return
        lowest = error


def principal_components(start: Tensor, covariance: Tensor, rounds: int) -> Iterator[Tensor]:
    """The leading eigenvectors V [P, k] of the covariance, the largest variance first."""
    yield torch.linalg.eigh(covariance).eigenvectors.flip(1)[:, : start.shape[1]]


SOLVERS = {"lbfgs": minimize_with_lbfgs, "pca": principal_components}


def set_weights(model: Model, a: Tensor, mean: Tensor) -> None:
    """z = A^+ (x - mean) and x^ = A z + mean, for A [P, k] and the mean [P]; A^+ is V^T for V."""
    back = torch.linalg.pinv(a)
    with torch.no_grad():
        model.encoder[-1].weight.copy_(back)
        model.encoder[-1].bias.copy_(-back @ mean)
        model.decoder[0].weight.copy_(a)
        model.decoder[0].bias.copy_(mean)
    model.eval()


def to_nats(config: Config, error: float) -> float:
    """The reconstruction term, nats per image, of a squared error summed over pixels."""
    variance = config.likelihood.sigma**2
    constant = 0.5 * prod(config.x_shape) * math.log(2 * math.pi * variance)
    return error / (2 * variance) + constant


@torch.no_grad()
def errors_by_size(model: Model, split: Split) -> dict[str, dict[str, Any]]:
    """The metric "mse by size": test error per pixel of PCA with the first k components, k from 0.

    With k = 0 every image becomes the mean of the training images: that is the variance to explain.
    """
    precise = copy.deepcopy(model).cpu().double()
    totals = torch.zeros(model.latent + 1, dtype=torch.float64)
    for images in split.images.split(1_000):
        x = unit_interval(images).cpu().double()
        error = x.flatten(1) - precise.decoder[0].bias
        totals[0] += (error**2).sum()
        for k, (z, direction) in enumerate(
            zip(precise.encode(x).mean.T, precise.decoder[0].weight.T, strict=True), start=1
        ):
            error -= torch.outer(z, direction)
            totals[k] += (error**2).sum()
    values = (totals / split.images.numel()).tolist()
    return {
        "mse by size": {
            "value": [round(value, 8) for value in values],
            "k": list(range(len(values))),
            "unit": "squared error per pixel",
            "protocol": f"the first k components alone; {len(split):,} grey test images",
        }
    }
