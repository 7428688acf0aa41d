"""The ELBO, line by line: on the shipped network every line agrees, whatever q is."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from data import datasets
from data.binarize import SEED, binarize
from explore import elbo, gap, latent
from models import quadrature
from views.kit.true_posterior import MOST_SIDE, offered

pytestmark = pytest.mark.slow

AGREE = 1e-9  # nats between lines: what is left of sums of 12,544 products of about 100 nats
CLOSED = 1e-6  # nats between a sum on the grid and the closed form
DIGITS = (0, 3, 7)
# How many of its standard deviations the encoder's mean is moved, and factors of both of these.
MOVES = ((0, 0, 1, 1), (1, -0.5, 1, 1), (-2, 1, 1.3, 0.8), (0, 0, 0.7, 1.6))


@pytest.fixture(scope="module")
def looks(shipped, digits):
    """For each digit and each q: q, the window around the encoder's, log p(x)."""
    model = offered(shipped)[0].model
    found = []
    for x in (binarize(datasets.unit_interval(digits.test.images[i]), SEED) for i in DIGITS):
        posterior = quadrature.posterior(model, x)
        mu, sigma = (v.double() for v in latent.posterior(model, x))
        window = gap.window_around(
            model, x, posterior, gap.gaussian(mu, sigma), quadrature.EXACT, MOST_SIDE[False]
        )
        for *moved, wide, high in MOVES:
            scale = torch.tensor([wide, high], dtype=torch.float64)
            q = gap.gaussian(mu + sigma * torch.tensor(moved), sigma * scale)
            found.append((q, window, posterior.log_p))
    return found


def test_every_line_but_the_bound_is_log_p(looks):
    for q, window, log_p in looks:
        *equal, bound = elbo.lines(elbo.terms(q, window, log_p))
        assert equal == pytest.approx([log_p] * len(equal), abs=AGREE)
        assert bound < log_p


def test_the_terms_are_torchs(looks):
    unit = Normal(torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64))
    for q, window, log_p in looks:
        found = elbo.terms(q, window, log_p)
        own = Normal(q.mu, q.variance.sqrt())
        assert found.q == pytest.approx(-float(own.entropy().sum()), abs=CLOSED)
        assert found.kl_prior == pytest.approx(float(kl_divergence(own, unit).sum()), abs=CLOSED)
        assert found.gap == pytest.approx(float(gap.gap(q, window, log_p)), abs=CLOSED)
        assert found.elbo == pytest.approx(float(gap.elbo(q, window)), abs=CLOSED)


def test_another_q_changes_the_terms_and_no_sum(looks):
    for first in range(0, len(looks), len(MOVES)):
        found = [elbo.terms(*each) for each in looks[first : first + len(MOVES)]]
        for name in ("likelihood", "kl_prior", "gap", "elbo"):
            values = [getattr(terms, name) for terms in found]
            assert max(values) - min(values) > 0.1, name
        assert len({round(terms.elbo + terms.gap, 8) for terms in found}) == 1
