"""Likelihoods p(x|z): against torch, at their extremes, and what minimises them."""

from math import exp, log
from typing import Any

import pytest
import torch
from scipy.integrate import quad
from scipy.stats import logistic, norm
from torch.distributions import Normal

from models import Config, build
from models.likelihoods import (
    GREY_LEVELS,
    MAX_LOG_SCALE,
    MAX_LOG_VAR,
    MIN_LOG_SCALE,
    MIN_LOG_VAR,
    Bernoulli,
    DiscretizedLogistic,
    Gaussian,
    RoundedLogistic,
    RoundedNormal,
    over_grey_levels,
)

SHAPE = (5, 3, 4, 6)
LEVELS = torch.arange(GREY_LEVELS, dtype=torch.float64) / (GREY_LEVELS - 1)
ROUNDED = {RoundedLogistic: logistic, RoundedNormal: norm}
# Within the greys, at their edges and beyond; narrower than a grey level and wider than all.
LOCATIONS = torch.tensor([-0.4, 0.0, 0.003, 0.5, 0.99, 1.0, 1.3], dtype=torch.float64)
SCALES = torch.tensor([exp(MIN_LOG_SCALE), 0.01, 0.3, exp(MAX_LOG_SCALE)], dtype=torch.float64)


@pytest.fixture(params=ROUNDED, ids=lambda kind: kind.__name__)
def rounded(request):
    """A distribution of grey levels for every location [7, 1, 1] with every scale [4, 1]."""
    location, scale = torch.broadcast_tensors(LOCATIONS.view(-1, 1, 1), SCALES.view(-1, 1))
    return request.param(location, scale)


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
    likelihood: Any = Gaussian("shared", mean="identity").build().double()
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


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_meaningless_scale_is_refused(scale):
    with pytest.raises(ValueError, match="scale"):
        DiscretizedLogistic(scale)


@pytest.mark.parametrize(
    "fields", [{"variance": "free"}, {"mean": "tanh"}, {"sigma": 0.0}, {"sigma": float("nan")}]
)
def test_meaningless_gaussians_are_refused(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        Gaussian(**fields)


def test_the_masses_of_the_grey_levels_sum_to_one(rounded):
    masses = rounded.log_prob(LEVELS).exp()
    assert masses.shape == (len(LOCATIONS), len(SCALES), GREY_LEVELS)
    torch.testing.assert_close(masses.sum(-1), torch.ones_like(masses[..., 0]), atol=1e-12, rtol=0)


def test_a_mass_is_the_integral_of_the_density(rounded):
    """From half a level below to half a level above; the outermost take the tails."""
    density, half = ROUNDED[type(rounded)], 0.5 / (GREY_LEVELS - 1)
    for i, j, k in ((1, 1, 0), (2, 2, 0), (3, 2, 128), (3, 1, 129), (4, 1, 255), (6, 2, 255)):
        location, scale = float(LOCATIONS[i]), float(SCALES[j])
        at = k / (GREY_LEVELS - 1)
        low = -float("inf") if k == 0 else at - half
        high = float("inf") if k == GREY_LEVELS - 1 else at + half
        expected, _ = quad(density(location, scale).pdf, low, high, epsabs=1e-12)
        found = rounded.log_prob(LEVELS)[i, j, k].exp().item()
        assert found == pytest.approx(expected, abs=1e-9), (location, scale, k)


def test_mean_and_variance_are_those_of_the_levels(rounded):
    masses = rounded.log_prob(LEVELS).exp()
    mean = (masses * LEVELS).sum(-1, keepdim=True)
    torch.testing.assert_close(rounded.mean, mean, atol=1e-12, rtol=0)
    variance = (masses * (LEVELS - mean) ** 2).sum(-1, keepdim=True)
    torch.testing.assert_close(rounded.variance, variance, atol=1e-12, rtol=0)


def test_draws_are_levels_as_often_as_their_mass_says(generator):
    p = RoundedLogistic(torch.tensor([-0.05, 0.5, 0.99]), torch.tensor([0.05, 0.002, 0.1]))
    k = (GREY_LEVELS - 1) * p.icdf(torch.rand(20_000, 3, generator=generator))
    torch.testing.assert_close(k, k.round())
    for level in (0, 127, 128, 250, 255):
        mass = p.log_prob(torch.tensor(level / (GREY_LEVELS - 1))).exp()
        share = (k.round() == level).float().mean(0)
        assert ((share - mass).abs() <= 4 * (mass * (1 - mass) / len(k)).sqrt()).all(), level


@pytest.mark.parametrize("far", [-50.0, 50.0])
@pytest.mark.parametrize("pixel", [0.0, 100 / 255, 1.0])
@pytest.mark.parametrize("log_scale", [-100.0, 0.0, 100.0])
def test_a_discretized_logistic_is_finite_wherever_its_location(far, pixel, log_scale):
    """In value and slope: one pixel that the decoder did not expect must not end a training."""
    features = torch.tensor([far, log_scale]).view(1, 2, 1, 1).requires_grad_()
    log_prob = DiscretizedLogistic().build()(features).log_prob(torch.full((1, 1, 1, 1), pixel))
    assert log_prob.item() <= 0
    assert log_prob.isfinite().all()
    (slope,) = torch.autograd.grad(log_prob.sum(), features)
    assert slope.isfinite().all()


def test_no_floor_on_the_scale_raises_a_mass_above_one(features, images):
    """What lifts a density without limit lifts the probability of a grey level to 1 at most."""
    greys = (images * (GREY_LEVELS - 1)).round() / (GREY_LEVELS - 1)
    scale = torch.full_like(greys, exp(MIN_LOG_SCALE))
    assert RoundedNormal(greys, scale).log_prob(greys).max() <= 0
    assert Normal(greys, scale).log_prob(greys).min() > 6


def test_a_gaussian_over_grey_levels_is_its_density_times_a_level_where_it_is_smooth():
    """And its code, its mean of q and its prior are those of the model it was made of."""
    torch.manual_seed(0)
    model = build(Config("vae", 3, likelihood=Gaussian("shared", sigma=0.2)))
    rounded = over_grey_levels(model)
    z = torch.randn(2, 3)
    greys = torch.full((2, 1, 28, 28), 128 / 255)
    density = model.decode(z).log_prob(greys) - 784 * log(GREY_LEVELS - 1)
    torch.testing.assert_close(rounded.decode(z).log_prob(greys), density, atol=0.02, rtol=0)
    assert torch.equal(rounded.encode(greys).mean, model.encode(greys).mean)
    discrete = build(Config("vae", 3, likelihood=DiscretizedLogistic()))
    assert over_grey_levels(discrete) is discrete
