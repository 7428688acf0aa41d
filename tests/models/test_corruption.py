"""Corruptions q(x~|x): what they do on average, and the denoiser each asks for."""

import math

import pytest
import torch

from models.corruption import CORRUPTIONS, AdditiveGaussian, Masking, OneOf, SaltAndPepper

MIXTURE = OneOf((AdditiveGaussian(0.5), Masking(0.5), SaltAndPepper(0.5)))
EVERY = [
    AdditiveGaussian(0.0),
    AdditiveGaussian(0.3),
    AdditiveGaussian(2.0),
    AdditiveGaussian(0.7, clip=False),
    Masking(0.0),
    Masking(0.35),
    Masking(1.0),
    SaltAndPepper(0.0),
    SaltAndPepper(0.35),
    SaltAndPepper(1.0),
    MIXTURE,
]


def describe(corruption):
    return f"{corruption.kind}-{getattr(corruption, 'strength', '')}"


@pytest.mark.parametrize("v", [0.1, 0.5, 0.9])
def test_masking_zeroes_a_fraction_v(v, generator, assert_mean):
    masked = Masking(v).sample(torch.ones(100_000), generator) == 0
    assert_mean(masked, v)


def test_masking_keeps_what_it_does_not_zero(x, generator):
    masked = Masking(0.5).sample(x, generator)
    assert ((masked == x) | (masked == 0)).all()
    assert not torch.equal(masked, x)


@pytest.mark.parametrize("v", [0.2, 0.8])
def test_salt_and_pepper_are_equally_likely(v, generator, assert_mean):
    grey = torch.full((100_000,), 0.5)
    seen = SaltAndPepper(v).sample(grey, generator)
    for value, share in ((0.0, v / 2), (1.0, v / 2), (0.5, 1 - v)):
        assert_mean(seen == value, share)


@pytest.mark.parametrize("corruption", EVERY, ids=describe)
def test_mean_is_the_average_draw(corruption, generator, assert_mean):
    x = torch.linspace(0, 1, 7, dtype=torch.float64)
    # The examples lie along the first dimension: a mixture chooses anew for each of them.
    draws = corruption.sample(x.expand(40_000, 7), generator)
    assert_mean(draws, corruption.mean(x))


@pytest.mark.parametrize("corruption", EVERY, ids=describe)
def test_draws_follow_their_generator_alone(corruption, x):
    torch.manual_seed(1)
    first = corruption.sample(x, torch.Generator().manual_seed(5))
    torch.manual_seed(2)
    assert torch.equal(first, corruption.sample(x, torch.Generator().manual_seed(5)))


@pytest.mark.parametrize("kind", CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_corrupted_images_stay_images(kind, x, generator):
    """At every strength, up to the strongest: in [0, 1], and the image itself at strength 0."""
    low, high = kind.strength_range
    seen = kind(high).sample(x, generator)
    assert seen.shape == x.shape
    assert seen.min() >= 0
    assert seen.max() <= 1
    assert torch.equal(kind(low).sample(x, generator), x)


def test_one_of_gives_each_example_one_corruption_fairly(generator, assert_mean):
    """Of three corruptions one blackens the image whole: a third of the images, never a part."""
    mixture = OneOf((Masking(0.0), Masking(1.0), SaltAndPepper(0.0)))
    seen = mixture.sample(torch.ones(20_000, 1, 2, 2), generator).flatten(1)
    assert set(seen.sum(1).tolist()) == {0.0, 4.0}
    assert_mean(seen[:, 0], 2 / 3)


@pytest.mark.parametrize("kind", CORRUPTIONS.values(), ids=CORRUPTIONS)
@pytest.mark.parametrize("strength", [-0.01, 2.01, math.inf, -math.inf, math.nan])
def test_strength_out_of_range_is_refused(kind, strength):
    with pytest.raises(ValueError, match="strength must lie between"):
        kind(strength)
    with pytest.raises(ValueError, match="strength must lie between"):
        kind(0.5).at(strength)


def test_at_changes_the_strength_only():
    assert AdditiveGaussian(0.5, clip=False).at(0.1) == AdditiveGaussian(0.1, clip=False)


def test_optimal_linear_masking_denoiser(generator, assert_mean):
    """W = P Q^-1 leaves an error that is uncorrelated with what the denoiser sees.

    For centred x with covariance S: P = E[x x~^T] = (1-v) S, and Q = E[x~ x~^T] is (1-v)^2 S off
    the diagonal and (1-v) S on it. Zero correlation is the normal equation of least squares.
    """
    v, n, d = 0.4, 100_000, 4
    factor = torch.randn(d, d, generator=generator, dtype=torch.float64)
    s = factor @ factor.T
    p = (1 - v) * s
    q = (1 - v) ** 2 * s + torch.diag((1 - v) * v * s.diag())
    x = torch.randn(n, d, generator=generator, dtype=torch.float64) @ factor.T
    seen = Masking(v).sample(x, generator)

    def correlation(w):
        return torch.einsum("ni,nj->nij", x - seen @ w.T, seen)

    assert_mean(correlation(p @ q.inverse()), 0.0)
    with pytest.raises(AssertionError):  # and 100,000 draws are enough to tell: copying is not it
        assert_mean(correlation(torch.eye(d).double()), 0.0)


class PlantedMixture:
    """Two Gaussians in the plane, and what is known of them after noise of deviation sigma."""

    weight = torch.tensor([0.3, 0.7], dtype=torch.float64)
    mean = torch.tensor([[-1.0, 0.5], [1.2, -0.3]], dtype=torch.float64)
    variance = torch.tensor([0.2, 0.5], dtype=torch.float64)

    def sample(self, n, generator):
        which = torch.multinomial(self.weight, n, True, generator=generator)
        noise = torch.randn(n, 2, generator=generator, dtype=torch.float64)
        return self.mean[which] + self.variance[which].sqrt().unsqueeze(1) * noise

    def log_joint(self, seen, sigma):
        """log p(component, x~) [N, 2]: noise adds sigma^2 to every variance."""
        total = self.variance + sigma**2
        squared = ((seen.unsqueeze(1) - self.mean) ** 2).sum(-1)
        return self.weight.log() - squared / (2 * total) - (2 * math.pi * total).log()

    def denoiser(self, seen, sigma):
        """E[x|x~]: the components' posterior means, weighted by how likely each one is."""
        shrink = (self.variance / (self.variance + sigma**2)).unsqueeze(1)
        means = self.mean + shrink * (seen.unsqueeze(1) - self.mean)
        return (self.log_joint(seen, sigma).softmax(1).unsqueeze(2) * means).sum(1)


@pytest.mark.parametrize("sigma", [0.1, 0.5, 1.5])
def test_optimal_denoiser_points_along_the_score(sigma, generator, assert_mean):
    """(E[x|x~] - x~) / sigma^2 = grad log p_sigma(x~): Vincent 2011."""
    mixture = PlantedMixture()
    x = mixture.sample(20_000, generator)
    seen = AdditiveGaussian(sigma, clip=False).sample(x, generator).requires_grad_()
    log_p = mixture.log_joint(seen, sigma).logsumexp(1)
    (score,) = torch.autograd.grad(log_p.sum(), seen)
    denoised = mixture.denoiser(seen, sigma)
    torch.testing.assert_close((denoised - seen) / sigma**2, score, rtol=1e-9, atol=1e-9)
    # That it is the optimum for the noise we draw: its error is orthogonal to functions of x~.
    error = x - denoised
    for function in (torch.ones_like(seen), seen, seen**2, seen.tanh()):
        assert_mean(error * function, 0.0)
