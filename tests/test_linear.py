"""The optimum of a linear autoencoder is principal component analysis (Baldi & Hornik 1989)."""

import math

import pytest
import torch

from models import Batch, Config, build
from models.likelihoods import Gaussian
from training.data import unit_interval

# With this sigma a nat is a squared error, but for a constant: the gradient is that of x^ - x.
SQUARED = Gaussian("fixed", sigma=math.sqrt(0.5), mean="identity")


def linear_autoencoder(x_shape, latent):
    """Torsos without widths or channels: one affine map each way."""
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
