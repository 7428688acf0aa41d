"""The point mass and the diagonal Gaussian: closed forms, draws and gradients."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from models.distributions import Delta, DiagonalGaussian, kl_to_standard_normal


@pytest.fixture
def gaussians():
    """A spread of means and variances, [7, 4], in double precision."""
    draw = torch.Generator().manual_seed(1)
    mu = 2 * torch.randn(7, 4, generator=draw, dtype=torch.float64)
    log_var = torch.randn(7, 4, generator=draw, dtype=torch.float64)
    return DiagonalGaussian(mu, log_var)


def test_closed_form_kl_is_torchs(gaussians):
    standard = Normal(torch.zeros_like(gaussians.mu), 1.0)
    expected = kl_divergence(Normal(gaussians.mean, gaussians.stddev), standard)
    torch.testing.assert_close(kl_to_standard_normal(gaussians), expected, atol=1e-6, rtol=0)


def test_closed_form_kl_is_the_mean_log_ratio(gaussians, generator, assert_mean):
    prior = DiagonalGaussian(torch.zeros_like(gaussians.mu), torch.zeros_like(gaussians.mu))
    z = gaussians.rsample((20_000,), generator)
    assert_mean(gaussians.log_prob(z) - prior.log_prob(z), kl_to_standard_normal(gaussians).sum(-1))


def test_kl_of_identical_gaussians_is_zero():
    zeros = torch.zeros(3, 5)
    assert torch.equal(kl_to_standard_normal(DiagonalGaussian(zeros, zeros)), zeros)


def test_log_prob_is_the_sum_over_dimensions(gaussians):
    z = torch.zeros_like(gaussians.mu)
    expected = Normal(gaussians.mu, (0.5 * gaussians.log_var).exp()).log_prob(z).sum(-1)
    torch.testing.assert_close(gaussians.log_prob(z), expected)


def test_draws_have_the_mean_and_variance_they_say(gaussians, generator, assert_mean):
    z = gaussians.rsample((20_000,), generator)
    assert_mean(z, gaussians.mean)
    assert_mean((z - gaussians.mean) ** 2, gaussians.log_var.exp())


@pytest.mark.parametrize("draw", ["rsample", "sample"])
def test_draws_follow_their_generator_alone(gaussians, draw):
    """Visitors share the global seed, so no draw may depend on it, or move it on."""
    draws = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        before = torch.get_rng_state()
        own = torch.Generator().manual_seed(7)
        draws.append(getattr(gaussians, draw)((3,), generator=own))
        assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(*draws)
    other = getattr(gaussians, draw)((3,), generator=torch.Generator().manual_seed(8))
    assert not torch.equal(draws[0], other)


def test_gradients_reach_mean_and_variance(generator, assert_mean):
    """d/d mu of E[z^2] is 2 mu and d/d log_var is sigma^2, on average over draws."""
    mu = torch.full((50_000, 1), 1.5, dtype=torch.float64, requires_grad=True)
    log_var = torch.full((50_000, 1), 0.4, dtype=torch.float64, requires_grad=True)
    z = DiagonalGaussian(mu, log_var).rsample(generator=generator)
    by_mu, by_log_var = torch.autograd.grad((z**2).sum(), (mu, log_var))
    assert_mean(by_mu, 2 * 1.5)
    assert_mean(by_log_var, torch.tensor(0.4).double().exp())


def test_sample_carries_no_gradient(generator):
    mu = torch.zeros(2, 3, requires_grad=True)
    assert not DiagonalGaussian(mu, mu).sample(generator=generator).requires_grad


def test_delta_is_a_point_mass(generator):
    point = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    q = Delta(point)
    assert torch.equal(q.mean, point)
    assert torch.equal(q.variance, torch.zeros_like(point))
    assert torch.equal(q.rsample(generator=generator), point)
    assert torch.equal(q.rsample((4,), generator=generator), point.expand(4, 2, 2))
    beside = point + torch.tensor([[0.0, 0.0], [0.0, 1e-3]])
    assert q.log_prob(beside).tolist() == [0.0, -torch.inf]
    assert (q.batch_shape, q.event_shape) == ((2,), (2,))


def test_gradients_pass_through_a_delta():
    point = torch.randn(2, 3, requires_grad=True)
    (Delta(point).rsample((5,)) * 2).sum().backward()
    assert point.grad is not None
    assert torch.equal(point.grad, torch.full((2, 3), 10.0))
