"""The optimum of a linear autoencoder is principal component analysis (Baldi & Hornik 1989)."""

import math
from typing import Any

import pytest
import torch

from data.datasets import Split, unit_interval
from evaluation.checkpoints import Measured
from models import Batch, Config, build, zoo
from models.likelihoods import Gaussian
from training import __main__ as cli
from training import linear
from training.loop import Finished, Progress
from training.recipes import RECIPES, Recipe

pytestmark = pytest.mark.slow

# With this sigma a nat is a squared error, but for a constant: the gradient is that of x^ - x.
SQUARED = Gaussian("fixed", sigma=math.sqrt(0.5), mean="identity")


def linear_autoencoder(x_shape, latent):
    """Networks without widths or channels: one affine map each way."""
    return build(Config("ae", latent, likelihood=SQUARED, x_shape=x_shape)).double()


def principal_components(x, k):
    """(mean [D], the k leading directions [D, k], mean squared error per pixel) of images."""
    flat = x.flatten(1)
    centred = flat - flat.mean(0)
    _, singular, directions = torch.linalg.svd(centred, full_matrices=False)
    return flat.mean(0), directions[:k].T, (singular[k:] ** 2).sum() / flat.numel()


def principal_angle(a, b):
    """The largest angle, radians, between the spaces that the columns of a and b span."""
    a, b = torch.linalg.qr(a).Q, torch.linalg.qr(b).Q
    # By the sine: the cosine of a small angle is 1 to within rounding.
    return torch.linalg.matrix_norm(a - b @ (b.T @ a), 2).asin()


def minimise(model, x):
    """The reconstruction term by full-batch L-BFGS, until its gradient vanishes."""
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=600,
        history_size=30,
        tolerance_grad=1e-7,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        objective = model.terms(Batch(x))["reconstruction"].mean()
        objective.backward()
        return objective

    optimizer.step(closure)


def planted(generator):
    """Images of 4x5 pixels with a known spectrum, away from zero mean."""
    scales = torch.tensor([3.0, 2.0, 1.5, *[0.5] * 17], dtype=torch.float64)
    directions = torch.linalg.qr(torch.randn(20, 20, generator=generator).double()).Q
    codes = torch.randn(300, 20, generator=generator, dtype=torch.float64) * scales
    return (codes @ directions.T + 1.0).view(-1, 1, 4, 5), 3


def handwriting(digits):
    """Every fourth pixel of half of the digits: real data whose spectrum has no large gaps."""
    return unit_interval(digits.train.images[::2, :, 4:24:2, 4:24:2]).double(), 3


@pytest.fixture(params=["planted", "handwriting"])
def data(request, generator, digits):
    """(images, size of the code)."""
    return planted(generator) if request.param == "planted" else handwriting(digits)


def test_training_from_anywhere_finds_the_principal_subspace(data):
    x, k = data
    torch.manual_seed(0)
    model = linear_autoencoder(tuple(x.shape[1:]), k)
    minimise(model, x)
    mean, directions, expected = principal_components(x, k)
    picture = model.reconstruct(x).detach()
    assert ((picture - x) ** 2).mean().item() == pytest.approx(expected.item(), rel=1e-4)
    assert principal_angle(model.decoder[0].weight, directions) < 1e-3
    projected = mean + (x.flatten(1) - mean) @ directions @ directions.T
    torch.testing.assert_close(picture.flatten(1), projected, atol=1e-2, rtol=0)


def set_to_components(model, mean, directions):
    """Encoder z = V^T (x - mean), decoder x^ = V z + mean."""
    with torch.no_grad():
        model.encoder[-1].weight.copy_(directions.T)
        model.encoder[-1].bias.copy_(-directions.T @ mean)
        model.decoder[0].weight.copy_(directions)
        model.decoder[0].bias.copy_(mean)


def gradient(model, x):
    objective = model.terms(Batch(x))["reconstruction"].mean()
    return torch.cat([g.flatten() for g in torch.autograd.grad(objective, model.parameters())])


def test_principal_components_leave_nothing_to_learn(data):
    x, k = data
    model = linear_autoencoder(tuple(x.shape[1:]), k)
    mean, directions, expected = principal_components(x, k)
    set_to_components(model, mean, directions)
    mse = ((model.reconstruct(x) - x) ** 2).mean()
    torch.testing.assert_close(mse, expected, atol=0, rtol=1e-10)
    assert gradient(model, x).abs().max() < 1e-10


def test_forgetting_the_mean_is_noticed(data):
    """Components about the mean without the biases that carry it: no point of rest."""
    x, k = data
    model = linear_autoencoder(tuple(x.shape[1:]), k)
    mean, directions, _ = principal_components(x, k)
    set_to_components(model, torch.zeros_like(mean), directions)
    assert gradient(model, x).abs().max() > 1e-3


# The solvers of training/linear.py, which read the images once.


def solved(solver, split, latent=5, rounds=20) -> tuple[Any, list[Any]]:
    """(model in float64, events) of a run on `split`."""
    recipe = Recipe("tiny", Config("ae", latent, likelihood=SQUARED), solver=solver, epochs=rounds)
    torch.manual_seed(0)
    model = build(recipe.config).double()
    return model, list(linear.solve(recipe, model, split))


@pytest.fixture(scope="module")
def some(digits):
    """Four hundred digits as a split, and the same as images [N, 1, 28, 28] of float64."""
    split = Split.of(digits.train.images[:400], digits.train.labels[:400])
    return split, unit_interval(split.images).double()


@pytest.mark.parametrize("solver", linear.SOLVERS)
def test_both_solvers_end_where_pca_does_and_nothing_is_left_to_learn(solver, some):
    split, x = some
    model, events = solved(solver, split)
    mean, directions, expected = principal_components(x, 5)
    assert ((model.reconstruct(x) - x) ** 2).mean().item() == pytest.approx(
        expected.item(), rel=1e-6
    )
    assert principal_angle(model.decoder[0].weight, directions) < 1e-4
    # Of all four tensors of the real model, not only of what the solver moves.
    assert gradient(model, x).abs().max() < 1e-5
    torch.testing.assert_close(model.decoder[0].bias.detach(), mean, atol=1e-6, rtol=0)
    *progress, finished = events
    assert all(isinstance(event, Progress) for event in progress)
    assert isinstance(finished, Finished)
    assert finished.best_epoch == len(finished.curve) == len(progress)


def test_what_is_reported_is_the_models_own_term(some):
    split, x = some
    model, events = solved("lbfgs", split)
    term = model.terms(Batch(x))["reconstruction"].mean().item()
    assert events[-2].terms["reconstruction"] == pytest.approx(term, abs=1e-6)
    rows = [row["train reconstruction"] for row in events[-1].curve]
    assert rows == sorted(rows, reverse=True)
    assert len(rows) > 1


def test_lbfgs_stops_after_the_rounds_it_is_given(some):
    _, events = solved("lbfgs", some[0], rounds=1)
    assert len(events) == 2


def test_the_components_are_orthonormal_and_the_largest_variance_comes_first(some):
    model, _ = solved("pca", some[0])
    v = model.decoder[0].weight.detach()
    torch.testing.assert_close(v.T @ v, torch.eye(5).double(), atol=1e-6, rtol=0)
    torch.testing.assert_close(model.encoder[-1].weight.detach(), v.T, atol=1e-6, rtol=0)
    variances = model.encode(some[1]).mean.var(0)
    assert variances.tolist() == sorted(variances.tolist(), reverse=True)


def test_lost_is_the_error_of_least_squares(some, generator):
    split, x = some
    _, covariance = linear.moments(split)
    a = torch.randn(784, 4, generator=generator).double()
    centred = (x.flatten(1) - x.flatten(1).mean(0)).T
    residual = centred - a @ torch.linalg.lstsq(a, centred).solution
    expected = (residual**2).sum(0).mean()
    torch.testing.assert_close(
        linear.reconstruction_error(a, covariance), expected, atol=0, rtol=1e-9
    )


def test_moments_are_those_of_all_images(digits):
    mean, covariance = linear.moments(digits.train)
    flat = unit_interval(digits.train.images).double().flatten(1)
    torch.testing.assert_close(mean, flat.mean(0), atol=1e-9, rtol=0)
    torch.testing.assert_close(covariance, flat.T.cov(correction=0), atol=1e-9, rtol=0)


@pytest.mark.parametrize("name", ["ae-2", "vae-2-mlp", "ae-2-mlp"])
def test_what_is_not_linear_is_refused(name, some, assert_sentence):
    recipe = RECIPES[name]
    with pytest.raises(ValueError, match="linear") as caught:
        list(linear.solve(recipe, build(recipe.config), some[0]))
    assert_sentence(str(caught.value))


def test_the_command_line_solves_and_ships_the_errors_of_every_size(tmp_path, monkeypatch, capsys):
    recipe = Recipe("tiny", Config("ae", 4, likelihood=SQUARED), "digits", solver="pca")
    monkeypatch.setitem(RECIPES, "tiny", recipe)
    latent = {"mean": 4 * [0.0], "std": 4 * [1.0]}
    monkeypatch.setattr(cli.Evaluator, "measure", lambda *_: Measured({}, latent, None))
    assert cli.main(["tiny", "--out", str(tmp_path)]) == 0
    card = zoo.load(tmp_path / "tiny").card
    assert card.metrics["mse by size"].axis.places == (0, 1, 2, 3, 4)
    assert card.metrics["mse by size"].value == tuple(
        sorted(card.metrics["mse by size"].value, reverse=True)
    )
    assert card.machine["precision"] == "float64"
