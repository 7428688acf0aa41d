"""The optimum of a linear VAE is probabilistic PCA (Lucas et al. 2019, arXiv 1911.02469).

Tipping & Bishop 1999 give that optimum in closed form: W = U (L - sigma^2 I)^1/2 from the leading
eigenvectors U and eigenvalues L of the covariance, sigma^2 the mean of the eigenvalues left out.
Its posterior has the diagonal covariance sigma^2 / L, so that a VAE's encoder can be exact.
"""

import math
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.distributions import MultivariateNormal

from data import datasets
from data.datasets import unit_interval
from evaluation.representation import active_units
from models import Batch, Config, build
from models.bounds import log_importance_weights
from models.distributions import kl_to_standard_normal
from models.likelihoods import Gaussian


def moments(x):
    """Mean [D] and eigendecomposition (ascending values [D], vectors [D, D]) of the covariance."""
    flat = x.flatten(1)
    mean = flat.mean(0)
    return mean, *torch.linalg.eigh((flat - mean).T @ (flat - mean) / len(flat))


def probabilistic_pca(x_shape, mean, values, vectors, q):
    """A linear VAE at the optimum, float64."""
    kept, directions = values[-q:], vectors[:, -q:]
    variance = values[:-q].mean()
    w = directions * (kept - variance).sqrt()
    return linear_vae(x_shape, mean, w, variance)


def linear_vae(x_shape, mean, w, variance):
    """p(x|z) = N(W z + mean, variance I), W with orthogonal columns, q(z|x) its posterior."""
    q = w.shape[1]
    likelihood = Gaussian("shared", mean="identity")
    model: Any = build(Config("vae", q, likelihood=likelihood, x_shape=x_shape)).double()
    spread = (w**2).sum(0) + variance
    read = w.T / spread[:, None]
    with torch.no_grad():
        model.decoder[0].weight.copy_(w)
        model.decoder[0].bias.copy_(mean)
        model.encoder[-1].weight.copy_(torch.cat([read, torch.zeros_like(read)]))
        model.encoder[-1].bias.copy_(torch.cat([-read @ mean, (variance / spread).log()]))
        model.likelihood.log_var.copy_(variance.log())
    return model


def expected_elbo(model, x):
    """The ELBO [N] without sampling: the mean of a quadratic over q is its mean over the points
    mu +- sqrt(D) sigma_d e_d (the unscented transform)."""
    q = model.encode(x)
    d = q.mu.shape[1]
    reach = math.sqrt(d) * torch.diag_embed(torch.exp(0.5 * q.log_var)).transpose(0, 1)
    points = torch.cat([q.mu + reach, q.mu - reach])
    reconstruction = torch.stack([model.decode(z).log_prob(x) for z in points]).mean(0)
    return reconstruction - kl_to_standard_normal(q).sum(-1)


@pytest.fixture(scope="module")
def handwriting(digits):
    """Every fourth pixel of half of the digits, [718, 1, 10, 10]."""
    return unit_interval(digits.train.images[::2, :, 4:24:2, 4:24:2]).double()


@pytest.fixture(scope="module")
def optimum(handwriting):
    return probabilistic_pca((1, 10, 10), *moments(handwriting), q=3)


def test_the_bound_is_tight_at_the_optimum(optimum, handwriting):
    """ELBO = log N(x; mean, W W^T + sigma^2 I) for every image, by points and by every draw."""
    w, mean = optimum.decoder[0].weight, optimum.decoder[0].bias
    variance = optimum.likelihood.log_var.exp()
    with torch.no_grad():
        marginal = MultivariateNormal(mean, w @ w.T + variance * torch.eye(100).double())
        expected = marginal.log_prob(handwriting.flatten(1))
        elbo = expected_elbo(optimum, handwriting)
        draws = log_importance_weights(optimum, handwriting, 2)
    torch.testing.assert_close(elbo, expected, atol=1e-9, rtol=0)
    torch.testing.assert_close(draws, expected.expand(2, -1), atol=1e-9, rtol=0)


def test_the_likelihood_of_the_optimum_is_known_from_the_eigenvalues(optimum, handwriting):
    """-D/2 log 2 pi - 1/2 (sum of log L + (D - q) log sigma^2) - D/2 on its own images."""
    _, values, _ = moments(handwriting)
    logs = values[-3:].log().sum() + 97 * values[:-3].mean().log()
    expected = -0.5 * (100 * math.log(2 * math.pi) + logs + 100)
    with torch.no_grad():
        elbo = expected_elbo(optimum, handwriting).mean()
    torch.testing.assert_close(elbo, expected, atol=1e-9, rtol=0)


def gradient(model, x):
    elbo = expected_elbo(model, x).mean()
    return torch.cat([g.flatten() for g in torch.autograd.grad(elbo, model.parameters())])


def test_nothing_is_left_to_learn_at_the_optimum(optimum, handwriting):
    """Of any parameter, the variance included."""
    assert gradient(optimum, handwriting).abs().max() < 1e-9


def test_the_terms_of_training_have_that_gradient_in_mean(optimum, handwriting, generator):
    """The sampled gradient of the model's own terms vanishes on average over 200 draws."""
    x = handwriting
    drawn = []
    for _ in range(200):
        terms = optimum.terms(Batch(x, generator=generator))
        loss = (terms["reconstruction"] + terms["kl"]).mean()
        (g,) = torch.autograd.grad(loss, [optimum.likelihood.log_var])
        drawn.append(g)
    drawn = torch.stack(drawn)
    assert abs(drawn.mean()) < 4 * drawn.std() / math.sqrt(len(drawn))


@pytest.mark.parametrize("part", ["log_var", "decoder", "encoder"])
def test_any_step_away_is_downhill(part, handwriting):
    model = probabilistic_pca((1, 10, 10), *moments(handwriting), q=3)
    before = expected_elbo(model, handwriting).mean().item()
    with torch.no_grad():
        moved = {
            "log_var": model.likelihood.log_var,
            "decoder": model.decoder[0].weight,
            "encoder": model.encoder[-1].bias,
        }[part]
        moved.add_(0.05)
        assert expected_elbo(model, handwriting).mean().item() < before - 1e-3
    assert gradient(model, handwriting).abs().max() > 1e-3


def test_other_directions_are_a_saddle(handwriting):
    """The components after the leading ones: still zero gradient, but a worse bound."""
    mean, values, vectors = moments(handwriting)
    worse = torch.cat([torch.arange(96), torch.tensor([99, 96, 97, 98])])  # 96 to 98 are kept
    model = probabilistic_pca((1, 10, 10), mean, values[worse], vectors[:, worse], q=3)
    best = probabilistic_pca((1, 10, 10), mean, values, vectors, q=3)
    assert gradient(model, handwriting).abs().max() < 1e-9
    with torch.no_grad():
        bounds = [expected_elbo(m, handwriting).mean().item() for m in (model, best)]
    assert bounds[0] < bounds[1] - 1


def test_as_many_units_are_active_as_were_planted(generator):
    """Var_x(E_q[z]) of a linear VAE is w^2 / (w^2 + sigma^2): above and below 0.01, and zero."""
    sizes = torch.tensor([2.0, 1.0, 0.15, 0.05, 0.0, 0.0], dtype=torch.float64)  # sigma = 1
    w = torch.linalg.qr(torch.randn(20, 6, generator=generator).double()).Q * sizes
    model = linear_vae((1, 4, 5), torch.zeros(20).double(), w, torch.ones(()).double())
    with torch.no_grad():
        z = torch.randn(20_000, 6, generator=generator, dtype=torch.float64)
        x = model.decode(z).mean
        x = x + torch.randn(x.shape, generator=generator, dtype=torch.float64)
        means = model.encode(x).mean
    assert active_units(means) == 3
    expected = sizes**2 / (sizes**2 + 1)
    torch.testing.assert_close(means.var(0), expected, atol=2e-2, rtol=0)


# Lucas et al. 2019 on grey MNIST: nats of the training and the test images, and the variance.
KNOWN = {2: (12.43, 14.36, 0.056096), 10: (182.16, 186.02, None), 50: (507.91, 517.60, None)}
MNIST = (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir()


@pytest.fixture(scope="module")
def grey():
    """Training and test images, and the spectrum of the former: of MNIST, or else of digits."""
    splits = datasets.load("mnist" if MNIST else "digits", download=False)
    train, test = (unit_interval(s.images) for s in (splits.train, splits.test))
    flat = train.flatten(1)
    mean = flat.double().mean(0)
    second = sum(part.double().T @ part.double() for part in flat.split(10_000)) / len(flat)
    return train, test, (mean, *torch.linalg.eigh(second - torch.outer(mean, mean)))


def closed_form(values, q):
    """Mean log-likelihood of the training images under the best pPCA (Tipping & Bishop 1999, eq. 8)
    from the covariance's eigenvalues, and its variance."""
    rest = values[:-q].mean()
    logs = values[-q:].log().sum() + len(values[:-q]) * rest.log()
    return -0.5 * (len(values) * (math.log(2 * math.pi) + 1) + logs).item(), rest.item()


@pytest.mark.parametrize("q", KNOWN)
def test_the_linear_vae_has_the_known_likelihood(q, grey, generator):
    """The bound of the model, image by image: one draw each says it all, for it is tight."""
    train, test, spectrum = grey
    model = probabilistic_pca((1, 28, 28), *spectrum, q=q)
    nats = []
    for images in (train, test):
        with torch.no_grad():
            parts = (
                log_importance_weights(model, part.double(), 1, generator).sum().item()
                for part in images.split(5_000)
            )
            nats.append(sum(parts) / len(images))
    expected, variance = closed_form(spectrum[1], q)
    assert nats[0] == pytest.approx(expected, abs=1e-5)
    assert model.likelihood.log_var.exp().item() == pytest.approx(variance, rel=1e-9)
    if MNIST:
        of_train, of_test, of_variance = KNOWN[q]
        assert nats == pytest.approx([of_train, of_test], abs=0.006)
        assert of_variance is None or variance == pytest.approx(of_variance, abs=5e-7)
