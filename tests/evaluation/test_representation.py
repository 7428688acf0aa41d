"""What a code is worth, on codes whose worth is known."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from evaluation.representation import (
    active_units,
    aggregate_moments,
    moment_divergence,
    neighbour_accuracy,
    probe_accuracy,
    squared_mmd,
)


def test_neighbours_vote_by_majority():
    """Seven codes on a line; five are nearest to 0, and three of those are of class 1."""
    train = torch.tensor([-2.0, -1.0, 0.1, 1.0, 2.0, 9.0, 10.0]).unsqueeze(1)
    labels = torch.tensor([0, 1, 1, 1, 0, 0, 0])
    test = torch.zeros(1, 1)
    assert neighbour_accuracy(train, labels, test, torch.tensor([1])) == 1
    assert neighbour_accuracy(train, labels, test, torch.tensor([0])) == 0


def test_neighbour_accuracy_is_the_share_of_right_votes(generator):
    """Two far clusters; the labels of a quarter of the test codes are wrong."""
    centres = torch.tensor([[-5.0, 0.0], [5.0, 0.0]])
    labels = torch.arange(1_200) % 2
    codes = centres[labels] + torch.randn(1_200, 2, generator=generator)
    wrong = labels.clone()
    wrong[:300] = 1 - wrong[:300]
    assert neighbour_accuracy(codes, labels, codes, labels) == 1
    assert neighbour_accuracy(codes, labels, codes, wrong) == 0.75


def test_a_linear_probe_tells_separable_codes_apart(generator):
    """Three clusters on a line far from zero, in units of 1/1000, beside a dimension that never
    moves: standardising makes both harmless. The middle class needs more than one direction."""
    labels = torch.arange(600) % 3
    angle = labels * 2 * math.pi / 3
    codes = torch.stack([angle.cos(), angle.sin(), torch.full((600,), 5.0)], 1)
    codes[:, :2] += 0.1 * torch.randn(600, 2, generator=generator)
    codes[:, 0] = 40 + codes[:, 0] / 1_000
    assert probe_accuracy(codes[:300], labels[:300], codes[300:], labels[300:]) == 1


def test_a_linear_probe_cannot_see_a_ring(generator):
    """A ring around a disc: neighbours tell them apart, no straight line does."""
    labels = torch.arange(1_000) % 2
    angle = 2 * math.pi * torch.rand(1_000, generator=generator)
    codes = torch.stack([angle.cos(), angle.sin()], 1) * (1.0 + 2.0 * labels).unsqueeze(1)
    halves = codes[:500], labels[:500], codes[500:], labels[500:]
    assert neighbour_accuracy(*halves) == 1
    assert probe_accuracy(*halves) < 0.7


def test_a_linear_probe_is_hardly_held_back(generator):
    """One code in ten lies on the other side: a heavier penalty would call all of them alike."""
    labels = (torch.arange(50) % 10 == 0).long()
    codes = (2.0 * labels - 1).unsqueeze(1) + 0.05 * torch.randn(50, 1, generator=generator)
    assert probe_accuracy(codes, labels, codes, labels) == 1


def test_a_unit_just_above_a_hundredth_is_active_and_one_just_below_is_not():
    variances = torch.tensor([0.0099, 0.0101], dtype=torch.float64)
    signs = 1 - 2 * (torch.arange(1_000_000) % 2).double()
    assert active_units(signs[:, None] * variances.sqrt()) == 1


def test_units_are_active_from_a_variance_of_a_hundredth_on(generator):
    """Posterior means with standard deviations on both sides of 0.1; their own mean is no sign."""
    scales = torch.tensor([1.0, 0.12, 0.08, 0.0])
    means = scales * torch.randn(5_000, 4, generator=generator) + torch.tensor([0.0, 0, 0, 7])
    assert active_units(means) == 2


def test_an_exact_match_of_the_prior_is_at_distance_zero():
    """Means at +-a with variance 1 - a^2 have the moments of N(0, 1) in each dimension."""
    a = torch.tensor([0.6, 0.8])
    means = torch.stack([a, -a, a * torch.tensor([1, -1]), a * torch.tensor([-1, 1])])
    moments = aggregate_moments(means, (1 - a**2).expand(4, 2))
    torch.testing.assert_close(moments[1], torch.eye(2, dtype=torch.float64), atol=1e-6, rtol=0)
    assert moment_divergence(*moments) == pytest.approx(0, abs=1e-9)


def test_a_shifted_prior_is_half_its_squared_shift_away():
    means = torch.tensor([[0.6, -0.8]]).expand(10, 2)
    assert moment_divergence(*aggregate_moments(means, torch.ones(10, 2))) == pytest.approx(0.5)


def test_the_divergence_of_moments_is_that_of_gaussians(generator):
    """Correlated means and unequal variances, against torch's own closed form."""
    mix = torch.randn(3, 3, generator=generator)
    means = torch.randn(500, 3, generator=generator) @ mix + 0.3
    variances = torch.rand(500, 3, generator=generator) + 0.1
    mean, covariance = aggregate_moments(means, variances)
    # The same moments of the aggregate from its definition, sum of second moments minus square.
    second = (means.T @ means + torch.diag(variances.sum(0))).double() / 500
    torch.testing.assert_close(covariance, second - torch.outer(mean, mean), atol=1e-5, rtol=0)
    prior = MultivariateNormal(torch.zeros(3).double(), torch.eye(3).double())
    expected = kl_divergence(MultivariateNormal(mean, covariance), prior)
    assert moment_divergence(mean, covariance) == pytest.approx(expected.item(), rel=1e-10)


def test_moments_miss_a_hole_that_the_discrepancy_sees(generator):
    """Two points with the prior's moments: no divergence of moments, a discrepancy known exactly.

    Between two draws at +-1 the kernel is 1 or exp(-2), half and half, against the prior it is
    sqrt(1/2) exp(-1/4), within the prior sqrt(1/3).
    """
    signs = torch.randint(0, 2, (4_000, 1), generator=generator) * 2.0 - 1
    mean, covariance = aggregate_moments(signs, torch.zeros(4_000, 1))
    assert moment_divergence(mean, covariance) < 1e-3
    expected = (1 + math.exp(-2)) / 2 - 2 * math.sqrt(0.5) * math.exp(-0.25) + math.sqrt(1 / 3)
    value, _ = squared_mmd(signs)
    assert value == pytest.approx(expected, abs=3e-3)


@pytest.mark.parametrize("d", [1, 2, 16])
def test_the_discrepancy_of_prior_draws_is_zero_in_expectation(d, generator, assert_mean):
    draws = [squared_mmd(torch.randn(100, d, generator=generator))[0] for _ in range(200)]
    assert_mean(torch.tensor(draws), 0.0)


def test_the_discrepancy_of_a_shifted_prior_is_known(generator):
    """N(s, 1) in one dimension: 2 sqrt(1/3) (1 - exp(-s^2 / 6)), within 4 of its own errors."""
    shift = 1.5
    value, error = squared_mmd(torch.randn(4_000, 1, generator=generator) + shift)
    expected = 2 * math.sqrt(1 / 3) * (1 - math.exp(-(shift**2) / 6))
    assert value == pytest.approx(expected, abs=4 * error)
    assert error < 0.05
