"""KL between two Gaussians: four ways to the same number."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explore import kl, latent
from explore.kl import Gaussian
from tests.asking import asking
from views.kit.pictures import picture_of
from views.kl import kl as view

PAIRS = [
    (Gaussian(0.0, 1.0), Gaussian(1.0, 1.0)),
    (Gaussian(-1.5, 0.4), Gaussian(0.5, 1.7)),
    (Gaussian(0.7, 2.5), Gaussian(-0.2, 0.8)),
    (Gaussian(-0.039, 0.019), Gaussian(0.0, 1.0)),
]
BOTH_WAYS = [*PAIRS, *((p, q) for q, p in PAIRS)]


def normal(gaussian):
    mu, sigma = torch.tensor(gaussian, dtype=torch.float64)
    return Normal(mu, sigma)


def by_torch(q, p):
    return float(kl_divergence(normal(q), normal(p)))


@pytest.mark.parametrize(("q", "p"), BOTH_WAYS)
def test_the_closed_form_is_torchs(q, p):
    assert math.isclose(kl.kl(q, p), by_torch(q, p), rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("sigma", [1e-3, 0.1, 1 / 3, 1.0, 7.7])
def test_a_gaussian_is_exactly_zero_away_from_itself(sigma):
    same = Gaussian(0.3, sigma)
    assert kl.kl(same, same) == 0.0
    draws = kl.monte_carlo(same, same, 50, torch.Generator().manual_seed(0))
    assert draws == (0.0, 0.0)


@pytest.mark.parametrize(("q", "p"), BOTH_WAYS)
def test_it_is_the_integral_of_the_integrand(q, p):
    assert math.isclose(kl.integral(q, p), kl.kl(q, p), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize(("q", "p"), PAIRS)
def test_the_integrand_is_negative_just_where_p_is_the_higher(q, p):
    z = torch.linspace(-6, 6, 401, dtype=torch.float64)
    log_q, log_p = (normal(g).log_prob(z) for g in (q, p))
    found = kl.integrand(q, p, z)
    torch.testing.assert_close(found, log_q.exp() * (log_q - log_p))
    assert found.dtype == torch.float64
    assert (found[log_q < log_p] <= 0).all()


@pytest.mark.parametrize(("q", "p"), BOTH_WAYS)
def test_draws_agree_within_four_standard_errors(q, p, generator):
    mean, error = kl.monte_carlo(q, p, 4000, generator)
    assert abs(mean - by_torch(q, p)) < 4 * error
    # The draws scatter as a e^2 + b e + c does in the standard normal e.
    a = 0.5 * (q.sigma**2 / p.sigma**2 - 1)
    b = q.sigma * (q.mu - p.mu) / p.sigma**2
    assert math.isclose(error, math.sqrt((2 * a * a + b * b) / 4000), rel_tol=0.1)


def test_the_two_directions_differ():
    wide, narrow = Gaussian(0.0, 2.0), Gaussian(0.0, 0.5)
    # log 4 = 1.3863: worked by hand from the closed form.
    assert math.isclose(kl.kl(narrow, wide), math.log(4) + 1 / 32 - 0.5)
    assert math.isclose(kl.kl(wide, narrow), -math.log(4) + 8 - 0.5)


def test_the_page_gets_the_encoders_first_number(shipped, x):
    said = asking(view.encode_first, shipped)({"digit": picture_of(x[0]).model_dump()})
    mean, std = latent.posterior(shipped.entry(view.MODEL).model, x[0])
    assert said == {
        "mu": pytest.approx(mean[0].item(), abs=1e-2),  # its pixels travel as bytes
        "sigma": pytest.approx(std[0].item(), rel=1e-2),
    }


@pytest.mark.parametrize(
    "digit", [None, 3, {"shape": [1, 8, 8], "pixels": "AAAA"}, {"shape": [1, 28, 28], "pixels": ""}]
)
def test_nonsense_gets_a_sentence(shipped, digit, assert_sentence):
    assert_sentence(asking(view.encode_first, shipped)({"digit": digit})["error"])
