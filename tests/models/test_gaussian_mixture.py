"""A mixture of Gaussians over codes: its density is torch's, its draws are its own."""

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from models.gaussian_mixture import GaussianMixture


@pytest.fixture
def mixture(generator):
    """Three Gaussians in four dimensions, far apart and of different shapes."""
    root = torch.randn(3, 4, 4, generator=generator)
    return GaussianMixture(
        torch.tensor([0.5, 0.3, 0.2]),
        8 * torch.randn(3, 4, generator=generator),
        root @ root.mT + 0.1 * torch.eye(4),
    )


def test_the_density_is_torchs(mixture, generator):
    z = 5 * torch.randn(50, 4, generator=generator)
    covariances = mixture.covariances.double()
    expected = MixtureSameFamily(
        Categorical(mixture.weights.double()),
        MultivariateNormal(mixture.means.double(), covariances),
    ).log_prob(z.double())
    assert torch.allclose(mixture.log_prob(z), expected, atol=1e-6)
    one = GaussianMixture(torch.ones(1), torch.zeros(1, 4), torch.eye(4)[None])
    assert torch.allclose(
        one.log_prob(z), torch.distributions.Normal(0, 1).log_prob(z.double()).sum(-1)
    )


def test_draws_have_the_moments_of_the_mixture(mixture, generator, assert_mean):
    z = mixture.sample(20_000, generator).double()
    weights, means = mixture.weights.double(), mixture.means.double()
    assert_mean(z, weights @ means)
    second = mixture.covariances.double() + means[:, :, None] * means[:, None]
    assert_mean(z[:, :, None] * z[:, None], (weights[:, None, None] * second).sum(0))


def test_draws_are_the_generators(mixture):
    def drawn(seed):
        return mixture.sample(5, torch.Generator().manual_seed(seed))

    assert drawn(1).shape == (5, 4)
    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))
