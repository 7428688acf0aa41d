"""The three parts of the KL: known answers, and the weights of a minibatch against enumeration."""

import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import MultivariateNormal

from models import Batch, build
from models.beta import BetaConfig
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.total_correlation import (
    TotalCorrelationConfig,
    aggregate_log_densities,
    log_stratified_weights,
    pairwise_log_densities,
)

N, D, B = 60, 2, 8


@pytest.fixture
def posteriors():
    """q(z|x_n) of a data set so small that q(z) can be enumerated; they hardly overlap."""
    generator = torch.Generator().manual_seed(5)
    mu = 2 * torch.randn(N, D, generator=generator, dtype=torch.float64)
    return DiagonalGaussian(mu, torch.full_like(mu, 2 * math.log(0.3)))


def test_a_minibatch_estimates_the_aggregate_posterior_without_bias(posteriors, generator):
    """E[q^(z) / q(z)] = 1 by enumeration; with the diagonal's weights in column 0 it is far off.

    Minibatches are drawn as in training, without repetition.
    """
    some = torch.rand(10_000, N, generator=generator).argsort(1)[:, :B]
    mu, log_var = posteriors.mu[some], posteriors.log_var[some]
    z = DiagonalGaussian(mu, log_var).sample(generator=generator)
    misplaced = torch.full((B, B), math.log((N - 1) / N / (B - 1)), dtype=torch.float64)
    misplaced[:, 0] = -math.log(N)

    def estimates(z, mu, log_var):
        q = DiagonalGaussian(mu, log_var)
        wrong = torch.logsumexp(pairwise_log_densities(z, q).sum(-1) + misplaced, 1)
        return aggregate_log_densities(z, q, N)[0], wrong

    joint, wrong = torch.vmap(estimates)(z, mu, log_var)
    every = pairwise_log_densities(z.flatten(0, 1), posteriors).sum(-1)
    true = torch.logsumexp(every, 1).view_as(joint) - math.log(N)
    assert (joint - true).exp().mean().item() == pytest.approx(1.0, abs=0.01)
    assert (wrong - true).exp().mean().item() > 1.2


def test_the_weights_of_a_minibatch_share_out_one():
    weights = log_stratified_weights(B, N).exp()
    torch.testing.assert_close(weights.sum(1), torch.ones(B))
    torch.testing.assert_close(weights.diag(), torch.full((B,), 1 / N))


def test_a_batch_of_all_images_gives_the_aggregate_posterior_itself(posteriors, generator):
    z = posteriors.sample(generator=generator)
    joint, product = aggregate_log_densities(z, posteriors, N)
    each = pairwise_log_densities(z, posteriors)
    torch.testing.assert_close(joint, torch.logsumexp(each.sum(-1), 1) - math.log(N))
    marginals = [torch.logsumexp(each[..., d], 1) - math.log(N) for d in range(D)]
    torch.testing.assert_close(product, sum(marginals))


def test_the_density_of_each_dimension_is_a_gaussians(posteriors):
    z = torch.randn(3, D, dtype=torch.float64)
    expected = torch.distributions.Normal(posteriors.mu, posteriors.stddev).log_prob(z[:, None])
    torch.testing.assert_close(pairwise_log_densities(z, posteriors), expected)


@pytest.mark.parametrize(("d", "known"), [(2, 0.143841), (10, 2.266788)])
def test_total_correlation_of_a_gaussian(d, known, generator):
    """-0.5 log det R, with every correlation 1/2, from a mixture of many posteriors around it.

    The mixture of N(mu_n, s^2) with mu_n ~ N(0, R - s^2 I) is N(0, R) as the images grow many.
    """
    correlation = torch.full((d, d), 0.5, dtype=torch.float64).fill_diagonal_(1.0)
    exact = -0.5 * torch.logdet(correlation).item()
    assert exact == pytest.approx(known, abs=1e-6)
    if d > 2:
        return  # a mixture fills ten dimensions only with far more images
    spread, n = 0.25, 1_500
    of_means = MultivariateNormal(torch.zeros(d), correlation.float() - spread * torch.eye(d))
    torch.manual_seed(1)
    mu = of_means.sample((n,)).double()
    q = DiagonalGaussian(mu, torch.full_like(mu, math.log(spread)))
    joint, product = aggregate_log_densities(q.sample(generator=generator), q, n)
    estimates = joint - product
    # Its own bias, of a finite mixture, is about (effective modes) / 2n and far below this.
    assert abs(estimates.mean().item() - exact) < 4 * estimates.std().item() / n**0.5


@pytest.fixture
def model(small_config):
    torch.manual_seed(0)
    return build(small_config("beta-tcvae"))


def test_the_three_parts_sum_to_the_kl_on_average(model, x, assert_mean):
    """Each draw's parts add up to log q(z|x) - log p(z), whatever the weights of the batch."""
    n = 500
    with torch.no_grad():
        terms = model.terms(Batch(x[:4].repeat(n, 1, 1, 1), None, torch.Generator().manual_seed(2)))
        kl = kl_to_standard_normal(model.encode(x[:4])).sum(-1)
    parts = ("mutual information", "total correlation", "dimension-wise kl")
    total = sum(terms[part] for part in parts)
    torch.testing.assert_close(terms["kl"], kl.repeat(n), rtol=1e-4, atol=1e-4)
    assert_mean(total - terms["kl"], 0.0)


def test_beta_weighs_the_total_correlation_alone(small_config):
    config = small_config("beta-tcvae")
    assert type(config) is TotalCorrelationConfig
    weights = build(config).objective(0)["model"]
    assert weights == {
        "reconstruction": 1.0,
        "mutual information": 1.0,
        "total correlation": config.beta,
        "dimension-wise kl": 1.0,
    }


def test_annealed_parts_fall_together_until_each_is_what_it_is_to_be(small_config):
    """From 16, by equal factors, half way its root; the total correlation stays at beta."""
    model = build(replace(small_config("beta-tcvae"), beta=8.0, beta_start=16.0, anneal_steps=8))
    for step, others, correlation in ((0, 16, 16), (2, 8, 8), (4, 4, 8), (8, 1, 8), (99, 1, 8)):
        assert model.objective(step)["model"] == {
            "reconstruction": 1.0,
            "mutual information": pytest.approx(others),
            "total correlation": pytest.approx(correlation),
            "dimension-wise kl": pytest.approx(others),
        }


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"dataset_size": 1}, "dataset_size"), ({"beta": -1}, "beta")],
)
def test_a_config_that_makes_no_sense_is_refused(change, reason, small_config):
    with pytest.raises(ValueError, match=reason):
        TotalCorrelationConfig.from_dict(small_config("beta-tcvae").to_dict() | change)


def test_a_beta_config_is_not_enough(small_config):
    plain = small_config("beta-tcvae").to_dict()
    del plain["dataset_size"]
    with pytest.raises(ValueError, match="takes a TotalCorrelationConfig"):
        build(BetaConfig.from_dict(plain | {"kind": BetaConfig.kind}))


def test_a_beta_vae_is_annealed_alike(small_config):
    """The weight of its whole KL falls to beta; without steps it is beta at once, however small."""
    config = small_config("beta-vae", beta=8.0)
    annealed = build(replace(config, beta_start=16.0, anneal_steps=8))
    weights = [annealed.objective(step)["model"]["kl"] for step in (0, 2, 4, 8, 99)]
    assert weights == pytest.approx([16, 8, 8, 8, 8])
    assert build(config).objective(0)["model"]["kl"] == 8.0
    assert build(replace(config, beta=0.1)).objective(0)["model"]["kl"] == 0.1


@pytest.mark.parametrize(
    "change", [{"beta_start": 0.5}, {"beta_start": math.nan}, {"anneal_steps": -1}]
)
def test_annealing_that_makes_no_sense_is_refused(change, small_config):
    with pytest.raises(ValueError, match=next(iter(change))):
        replace(small_config("beta-vae"), **change)
