"""Importance-sampled bounds, against models whose log p(x) is known exactly."""

from typing import Any

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from models import Batch, Config, build
from models.bounds import effective_sample_size, importance_bound, iwae, log_importance_weights
from models.likelihoods import Gaussian


@pytest.fixture
def linear_gaussian(generator):
    """p(x|z) = N(W z + b, sigma^2) with orthogonal columns in W: the posterior is diagonal.

    Its encoder is set to the exact posterior. Returns the VAE and p(x) = N(b, W W^T + sigma^2 I).
    """
    sigma = 0.4
    likelihood = Gaussian("fixed", sigma=sigma, mean="identity")
    model: Any = build(Config("vae", 2, likelihood=likelihood, x_shape=(1, 2, 3))).double()
    w = torch.linalg.qr(torch.randn(6, 2, generator=generator).double()).Q
    w = w * torch.tensor([1.5, 0.7], dtype=torch.float64)
    b = torch.linspace(0, 1, 6, dtype=torch.float64)
    variance = 1 / (1 + (w**2).sum(0) / sigma**2)
    read = (variance / sigma**2).unsqueeze(1) * w.T
    with torch.no_grad():
        model.decoder[0].weight.copy_(w)
        model.decoder[0].bias.copy_(b)
        model.encoder[-1].weight.copy_(torch.cat([read, torch.zeros_like(read)]))
        model.encoder[-1].bias.copy_(torch.cat([-read @ b, variance.log()]))
    covariance = w @ w.T + sigma**2 * torch.eye(6, dtype=torch.float64)
    return model, MultivariateNormal(b, covariance)


def test_every_importance_weight_is_the_likelihood_under_the_exact_posterior(
    linear_gaussian, generator
):
    """p(x, z) / q(z|x) does not depend on z when q is the posterior: no variance is left."""
    model, marginal = linear_gaussian
    x = torch.rand(5, 1, 2, 3, generator=generator, dtype=torch.float64)
    log_weights = log_importance_weights(model, x, 7, generator)
    expected = marginal.log_prob(x.flatten(1))
    # The likelihood keeps its fixed log variance in single precision.
    torch.testing.assert_close(log_weights, expected.expand(7, 5), atol=1e-5, rtol=0)
    torch.testing.assert_close(importance_bound(log_weights), log_weights[0])


def test_a_narrow_proposal_is_corrected_by_its_weights(linear_gaussian, generator, assert_mean):
    """E[p(x, z) / q(z|x)] = p(x) for a q that is not the posterior: Burda et al. 2015, eq. 7."""
    model, marginal = linear_gaussian
    with torch.no_grad():
        model.encoder[-1].bias[:2] += 0.1
        model.encoder[-1].bias[2:] += 0.3  # wider than the posterior: the weights are bounded
        x = torch.rand(5, 1, 2, 3, generator=generator, dtype=torch.float64)
        log_weights = log_importance_weights(model, x, 4_000, generator)
    assert_mean((log_weights - marginal.log_prob(x.flatten(1))).exp(), 1.0)


def test_importance_bound_is_the_log_of_the_mean_weight():
    weights = torch.tensor([[1.0, 1e-300], [3.0, 3e-300]], dtype=torch.float64)
    expected = torch.tensor([2.0, 2e-300], dtype=torch.float64).log()
    torch.testing.assert_close(importance_bound(weights.log()), expected)
    far_below = torch.tensor([[-1_000.0], [-1_000.0]])  # whose exponentials are zero
    assert importance_bound(far_below).item() == pytest.approx(-1_000)


@pytest.fixture
def loose(linear_gaussian):
    """The same model with a posterior that is off, so that every bound leaves a gap."""
    model, marginal = linear_gaussian
    with torch.no_grad():
        model.encoder[-1].bias[:2] += 0.4
        model.encoder[-1].bias[2:] += 0.5
    return model, marginal


def weights_of_one(model, x, samples, n, generator):
    with torch.no_grad():
        return log_importance_weights(model, x.expand(n, *x.shape[1:]), samples, generator)


def test_bounds_rise_to_the_known_likelihood(loose, generator, assert_mean):
    """ELBO <= IWAE_5 <= IWAE_50 <= log p(x): on the same draws surely, and log p(x) is exact."""
    model, marginal = loose
    x = torch.rand(1, 1, 2, 3, generator=generator, dtype=torch.float64)
    log_weights = weights_of_one(model, x, 50, 4_000, generator)
    elbo, five, fifty = (iwae(log_weights, k) for k in (1, 5, 50))
    assert (elbo <= five + 1e-12).all()
    assert (five <= fifty + 1e-12).all()
    log_p = marginal.log_prob(x.flatten(1)).item()
    error = fifty.std().item() / len(fifty) ** 0.5
    assert fifty.mean().item() < log_p + 4 * error
    assert log_p - elbo.mean().item() > 0.2  # the bounds do part
    assert fifty.mean().item() > five.mean().item() > elbo.mean().item()
    # The gap of the ELBO is KL(q || p(z|x)), known for Gaussians.
    assert_mean(elbo, log_p - gap(model, linear_posterior(model, x), x))


def linear_posterior(model, x):
    """The encoder as it was before `loose` moved it."""
    q = model.encode(x)
    return Normal(q.mu - 0.4, torch.exp(0.5 * (q.log_var - 0.5)))


def gap(model, exact, x):
    q = model.encode(x)
    return kl_divergence(Normal(q.mu, torch.exp(0.5 * q.log_var)), exact).sum().item()


def test_one_sample_of_iwae_is_the_elbo(loose, generator, assert_mean):
    """IWAE_1 is the mean log weight, and in expectation reconstruction and KL of the terms."""
    model, _ = loose
    x = torch.rand(1, 1, 2, 3, generator=generator, dtype=torch.float64)
    log_weights = weights_of_one(model, x, 1, 4_000, generator)
    torch.testing.assert_close(iwae(log_weights, 1), log_weights[0])
    with torch.no_grad():
        terms = model.terms(Batch(x.expand(4_000, 1, 2, 3), generator=generator))
    elbo = -terms["reconstruction"] - terms["kl"]
    assert_mean(iwae(log_weights, 1) - elbo, 0.0)


def test_groups_are_disjoint_and_whole():
    log_weights = torch.tensor([1.0, 3.0, 2.0, 6.0], dtype=torch.float64).log().unsqueeze(1)
    expected = (torch.tensor([2.0, 4.0], dtype=torch.float64).log()).mean()
    torch.testing.assert_close(iwae(log_weights, 2), expected.unsqueeze(0))
    torch.testing.assert_close(iwae(log_weights, 4), importance_bound(log_weights))
    with pytest.raises(ValueError, match="4 draws do not fall into groups of 3"):
        iwae(log_weights, 3)


def test_effective_sample_size_of_known_weights():
    even, one = torch.full((8,), -900.0), torch.tensor([0.0] + [-900.0] * 7)
    counts = effective_sample_size(torch.stack([even, one], 1).double())
    torch.testing.assert_close(counts, torch.tensor([8.0, 1.0]).double())
