"""Mutual information, MIG and DCI: known codes give known numbers."""

import math

import pytest
import torch

from evaluation.disentanglement import dci, entropies, ground_truth_code, mig, mutual_information
from models.distributions import DiagonalGaussian

FACTORS = torch.cartesian_prod(torch.arange(3), torch.arange(4), torch.arange(5))
FEW = torch.cartesian_prod(torch.arange(4), torch.arange(4)).repeat(10, 1)


def shares(q, factors=FACTORS):
    return mutual_information(q, factors) / entropies(factors)[:, None]


def test_entropy_of_a_grid_is_the_log_of_its_values():
    expected = torch.tensor([math.log(3), math.log(4), math.log(5)], dtype=torch.float64)
    torch.testing.assert_close(entropies(FACTORS), expected)


def test_the_ideal_code_tells_each_factor_by_one_latent():
    """MIG 1 without bins; the latents that are left over tell nothing."""
    found = shares(ground_truth_code(FACTORS, 5, 0))
    expected = torch.zeros(3, 5, dtype=torch.float64)
    expected[:, :3] = torch.eye(3)
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=0)
    assert mig(found) == pytest.approx(1, abs=1e-3)


def test_a_factor_told_twice_has_no_gap():
    q = ground_truth_code(FACTORS, 3, 0)
    twice = DiagonalGaussian(q.mu.repeat(1, 2), q.log_var.repeat(1, 2))
    assert mig(shares(twice)) == pytest.approx(0, abs=1e-6)


def test_a_gap_is_of_the_best_two_and_a_mean_over_factors():
    table = torch.tensor([[0.1, 0.9, 0.4], [0.3, 0.2, 0.0]])
    assert mig(table) == pytest.approx((0.5 + 0.1) / 2)


def test_noise_in_a_code_takes_the_information_it_must():
    """Two values 2 apart under noise of deviation s: what a binary Gaussian channel carries."""
    factors, s = torch.arange(2).repeat(50)[:, None], 0.8
    mu = (2.0 * factors - 1).double()
    q = DiagonalGaussian(mu, torch.full_like(mu, 2 * math.log(s)))
    z = torch.linspace(-9, 9, 20_001, dtype=torch.float64)
    normal = [torch.distributions.Normal(m, s).log_prob(z).exp() for m in (-1.0, 1.0)]
    both = (normal[0] + normal[1]) / 2
    exact = sum(torch.trapezoid(0.5 * p * (p / both).log(), z) for p in normal)
    assert mutual_information(q, factors).item() == pytest.approx(float(exact), abs=1e-3)


def test_information_is_none_in_a_code_of_the_prior():
    zeros = torch.zeros(len(FACTORS), 2)
    assert mutual_information(DiagonalGaussian(zeros, zeros), FACTORS).abs().max() < 1e-9


def test_dci_of_the_ideal_code_and_of_a_rotated_one():
    """Turned by 45 degrees each latent tells two factors; the information is the same."""
    q = ground_truth_code(FEW, 2, 0)
    best = dci(q.mu, FEW, 0)
    assert best.disentanglement > 0.98
    assert best.completeness > 0.98
    assert best.informativeness > 0.98
    turn = torch.tensor([[1.0, -1.0], [1.0, 1.0]], dtype=torch.float64) / math.sqrt(2)
    turned = dci(q.mu @ turn, FEW, 0)
    assert turned.disentanglement < 0.6
    assert turned.completeness < 0.6
    assert turned.informativeness > 0.95


def test_dci_of_noise_is_low(generator):
    noise = dci(torch.randn(len(FEW), 3, generator=generator), FEW, 0)
    assert noise.disentanglement < 0.2
    assert noise.informativeness < 0.4
