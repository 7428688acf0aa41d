"""Likelihoods p(x|z): against torch, at their extremes, and what minimises them."""

from math import log

import pytest
import torch
from torch.distributions import Normal

from models.likelihoods import MAX_LOG_VAR, MIN_LOG_VAR, Bernoulli, Gaussian

SHAPE = (5, 3, 4, 6)


@pytest.fixture
def features(generator):
    return torch.randn(SHAPE, generator=generator, dtype=torch.float64)


@pytest.fixture
def images(generator):
    return torch.rand(SHAPE, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("mean", ["sigmoid", "identity"])
def test_predicted_variance_is_torchs_normal(mean, features, images):
    log_var = features.flip(0)
    likelihood = Gaussian("predicted", sigma=0.3, mean=mean).build().double()
    distribution = likelihood(torch.cat([features, log_var], dim=1))
    mu = features.sigmoid() if mean == "sigmoid" else features
    # The decoder's second half is relative to the configured sigma.
    expected = Normal(mu, 0.3 * (0.5 * log_var).exp()).log_prob(images).sum((1, 2, 3))
    torch.testing.assert_close(distribution.log_prob(images), expected, rtol=1e-6, atol=0)
    torch.testing.assert_close(distribution.mean, mu)


@pytest.mark.parametrize(("extreme", "bound"), [(-100.0, MIN_LOG_VAR), (100.0, MAX_LOG_VAR)])
def test_predicted_variance_is_bounded(extreme, bound, features, images):
    """Pixels that are always black would otherwise drive the likelihood to infinity."""
    likelihood = Gaussian("predicted").build()
    distribution = likelihood(torch.cat([features, torch.full_like(features, extreme)], dim=1))
    torch.testing.assert_close(distribution.variance, torch.full_like(features, bound).exp())
    assert distribution.log_prob(images).isfinite().all()


def test_fixed_variance_is_squared_error_up_to_scale(features, images):
    sigma = 0.25
    nll = -Gaussian("fixed", sigma, "identity").build()(features).log_prob(images)
    squared = ((features - images) ** 2).sum((1, 2, 3)) / (2 * sigma**2)
    pixels = images[0].numel()
    constant = pixels * (log(sigma) + 0.5 * log(2 * torch.pi))
    torch.testing.assert_close(nll, squared + constant, rtol=1e-6, atol=0)


def test_shared_variance_is_minimised_by_the_mean_squared_error(features, images):
    likelihood = Gaussian("shared", mean="identity").build().double()
    mse = ((features - images) ** 2).mean()
    with torch.no_grad():
        likelihood.log_var.copy_(mse.log())

    def slope():
        nll = -likelihood(features).log_prob(images).sum()
        return torch.autograd.grad(nll, likelihood.log_var)[0]

    assert abs(slope()) < 1e-9
    for step in (-0.1, 0.1):  # a minimum, not only a point of rest: it slopes up on either side
        with torch.no_grad():
            likelihood.log_var.copy_(mse.log() + step)
        assert slope() * step > 0


@pytest.mark.parametrize(("variance", "learned"), [("fixed", 0), ("shared", 1), ("predicted", 0)])
def test_only_a_shared_variance_is_a_parameter(variance, learned):
    likelihood = Gaussian(variance).build()
    assert len(list(likelihood.parameters())) == learned
    assert len(likelihood.state_dict()) == learned


@pytest.mark.parametrize("logit", [-100.0, 100.0])
@pytest.mark.parametrize("pixel", [0.0, 1.0])
def test_bernoulli_is_finite_at_any_log_odds(logit, pixel):
    features = torch.full((2, 1, 3, 3), logit, requires_grad=True)
    log_prob = Bernoulli().build()(features).log_prob(torch.full((2, 1, 3, 3), pixel))
    wrong = (logit > 0) != (pixel > 0)
    torch.testing.assert_close(log_prob, torch.full((2,), -900.0 if wrong else 0.0))
    (gradient,) = torch.autograd.grad(log_prob.sum(), features)
    expected = pixel - torch.sigmoid(torch.tensor(logit))
    torch.testing.assert_close(gradient, expected.expand_as(gradient))


def test_bernoulli_is_torchs_sum_over_pixels(features, images):
    x = images.round()
    distribution = Bernoulli().build()(features)
    p = features.sigmoid()
    expected = (x * p.log() + (1 - x) * (1 - p).log()).sum((1, 2, 3))
    torch.testing.assert_close(distribution.log_prob(x), expected)
    torch.testing.assert_close(distribution.mean, p)


def test_bernoulli_probabilities_sum_to_one(features):
    """Over all 2^4 images of 2x2 pixels."""
    distribution = Bernoulli().build()(features[:1, :1, :2, :2])
    every = torch.cartesian_prod(*4 * [torch.tensor([0.0, 1.0]).double()]).view(16, 1, 2, 2)
    assert distribution.log_prob(every).exp().sum().item() == pytest.approx(1)


@pytest.mark.parametrize(
    "fields", [{"variance": "free"}, {"mean": "tanh"}, {"sigma": 0.0}, {"sigma": float("nan")}]
)
def test_meaningless_gaussians_are_refused(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        Gaussian(**fields)
