"""The ELBO, line by line: what each line of its derivation adds up to for one image.

All expectations are sums over one window of the plane (explore/gap.py) with the same masses, so
that what cancels on paper cancels here. Float64, in nats.
"""

from dataclasses import dataclass

import torch

from explore.gap import Window
from models.distributions import DiagonalGaussian
from models.quadrature import log_prior


@dataclass(frozen=True)
class Terms:
    """log p(x), and the expectations under q of log p(x|z), log p(z), log p(z|x) and log q(z)."""

    evidence: float
    likelihood: float
    prior: float
    posterior: float
    q: float

    @property
    def kl_prior(self) -> float:
        """KL(q || p(z))."""
        return self.q - self.prior

    @property
    def gap(self) -> float:
        """KL(q || p(z|x))."""
        return self.q - self.posterior

    @property
    def elbo(self) -> float:
        """E_q[log p(x|z)] - KL(q || p(z))."""
        return self.likelihood - self.kl_prior


def terms(q: DiagonalGaussian, window: Window, log_p: float) -> Terms:
    """The terms for one q, whose masses in the window's cells are made to add up to 1."""
    log_q, prior = q.log_prob(window.z), log_prior(window.z)
    mass = torch.softmax(log_q, 0)
    posterior = window.log_likelihood + prior - log_p  # Bayes
    means = (float(mass @ each) for each in (window.log_likelihood, prior, posterior, log_q))
    return Terms(log_p, *means)


def lines(t: Terms) -> list[float]:
    """What each line adds up to: all but the last, which is the bound, to log p(x)."""
    return [
        t.evidence,  # log p(x)
        t.evidence,  # log of the integral of p(x|z) p(z): on a grid that is how it was found
        t.evidence,  # E_q[log p(x)]: it does not depend on z
        t.likelihood + t.prior - t.posterior,  # Bayes
        t.likelihood + t.prior - t.posterior + t.q - t.q,  # times q/q
        t.likelihood - (t.q - t.prior) + (t.q - t.posterior),  # split the log
        t.likelihood - t.kl_prior + t.gap,  # name the KLs
        t.elbo + t.gap,  # name the ELBO
        t.elbo,  # the gap is never negative
    ]
