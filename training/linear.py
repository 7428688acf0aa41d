"""The optimal weights of linear autoencoders, without stochastic gradient steps.

The squared error depends on the images only through their mean and covariance, which are computed
once, in float64. Solver "pca" takes the leading eigenvectors of the covariance; "lbfgs" minimises
the error from random weights. Baldi & Hornik 1989, "Neural networks and principal component
analysis: learning from examples without local minima", prove that every minimum spans the leading
eigenvectors and that all other stationary points are saddles.
"""

import copy
import math
import time
from collections.abc import Iterator
from math import prod
from typing import cast

import torch
from torch import Tensor, nn

from data.datasets import Split, unit_interval
from models import Config, Model
from models.likelihoods import Gaussian
from models.metrics import Axis, Metric
from models.networks import NetworkConfig
from models.protocols import LeadingComponents

from .loop import Finished, Progress
from .recipes import Recipe

ITERATIONS_PER_ROUND = 50  # iterations of L-BFGS that count as an epoch


def solve(recipe: Recipe, model: Model, split: Split) -> Iterator[Progress | Finished]:
    """Set `model` to its optimum on all images of `split`, by the recipe's solver.

    Yields, as `loop.fit`, a `Progress` after each round, with the term averaged over the images,
    then `Finished`. There are at most `recipe.epochs` rounds. Raises ValueError for a model that
    is not linear.
    """
    config = recipe.config
    likelihood = fixed_gaussian(config)
    started = time.perf_counter()
    mean, covariance = moments(split)
    _, decoder_map = affine_maps(model)
    start = decoder_map.weight.detach().cpu().double()
    curve, a = [], start
    for a in SOLVERS[recipe.solver](start, covariance, recipe.epochs):
        error = float(reconstruction_error(a, covariance))
        terms = {"reconstruction": to_nats(likelihood.sigma, prod(config.x_shape), error)}
        curve.append({"epoch": len(curve) + 1, "train reconstruction": terms["reconstruction"]})
        yield Progress(len(curve), len(curve), recipe.epochs, terms)
    set_weights(model, a, mean)
    yield Finished(len(curve), curve, time.perf_counter() - started)


def fixed_gaussian(config: Config) -> Gaussian:
    """The likelihood of a linear autoencoder.

    Raises ValueError unless encoder and decoder are affine maps, and pixels are Gaussian with a
    fixed variance and the decoder's output as mean.
    """
    flat = config.encoder == config.decoder == NetworkConfig()
    likelihood = config.likelihood
    gaussian = isinstance(likelihood, Gaussian)
    if not (flat and gaussian and likelihood.variance == "fixed" and likelihood.mean == "identity"):
        raise ValueError("This solver is for linear autoencoders with a fixed variance only.")
    return likelihood


def affine_maps(model: Model) -> tuple[nn.Linear, nn.Linear]:
    """The layers of a linear autoencoder: x to z, and z to x^."""
    encoder = cast(nn.Sequential, model.encoder)
    return cast(nn.Linear, encoder[-1]), cast(nn.Linear, model.decoder[0])


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
    """Mean squared error, summed over pixels, of decoder weights A [P, k] and the best encoder.

    The best code of x is the least squares solution z = A^+ (x - mean). What remains of the
    covariance S [P, P] is tr S - tr((A^T A)^-1 A^T S A), a scalar.
    """
    return covariance.trace() - torch.linalg.solve(a.T @ a, a.T @ covariance @ a).trace()


def minimize_with_lbfgs(start: Tensor, covariance: Tensor, rounds: int) -> Iterator[Tensor]:
    """Decoder weights A [P, k] after each round of L-BFGS on `reconstruction_error`, from `start`.

    Ends after the first round that does not reduce the error in float64.
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
    """Yields once: the leading k eigenvectors V [P, k] of the covariance, for start [P, k]."""
    yield torch.linalg.eigh(covariance).eigenvectors.flip(1)[:, : start.shape[1]]


SOLVERS = {"lbfgs": minimize_with_lbfgs, "pca": principal_components}


def set_weights(model: Model, a: Tensor, mean: Tensor) -> None:
    """Set z = A^+ (x - mean) and x^ = A z + mean, for A [P, k] and the mean [P]."""
    encoder_map, decoder_map = affine_maps(model)
    pseudoinverse = torch.linalg.pinv(a)
    with torch.no_grad():
        encoder_map.weight.copy_(pseudoinverse)
        encoder_map.bias.copy_(-pseudoinverse @ mean)
        decoder_map.weight.copy_(a)
        decoder_map.bias.copy_(mean)
    model.eval()


def to_nats(sigma: float, pixels: int, error: float) -> float:
    """-log N(x; x^, sigma^2 I), nats, of a squared error summed over so many pixels."""
    return error / (2 * sigma**2) + 0.5 * pixels * math.log(2 * math.pi * sigma**2)


@torch.no_grad()
def errors_by_size(model: Model, split: Split) -> dict[str, Metric]:
    """The metric "mse by size": test error per pixel of PCA with the first k components, k from 0.

    With k = 0 every image becomes the mean of the training images: that is the variance to explain.
    """
    precise = copy.deepcopy(model).cpu().double()
    _, decoder_map = affine_maps(precise)
    totals = torch.zeros(model.latent + 1, dtype=torch.float64)
    for images in split.images.split(1_000):
        x = unit_interval(images).cpu().double()
        error = x.flatten(1) - decoder_map.bias
        totals[0] += (error**2).sum()
        for k, z in enumerate(precise.encode(x).mean.T):
            error -= torch.outer(z, decoder_map.weight[:, k])
            totals[k + 1] += (error**2).sum()
    values = (totals / split.images.numel()).tolist()
    metric = Metric(
        "mse by size",
        tuple(round(value, 8) for value in values),
        "squared error per pixel",
        LeadingComponents(len(split)),
        axis=Axis("k", tuple(range(len(values)))),
    )
    return {metric.name: metric}
