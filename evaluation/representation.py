"""Measures of codes [N, D], without the model that made them.

Sums and moments are float64.
"""

import math

import torch
from torch import Tensor

NEIGHBOURS = 5
ACTIVE = 0.01  # variance of the mean code from which Burda et al. 2015 call a unit active
PENALTY = 1.0  # of the linear probe: half its squared weights, beside the summed cross-entropy


@torch.no_grad()
def neighbour_accuracy(train: Tensor, train_labels: Tensor, test: Tensor, labels: Tensor) -> float:
    """Share of test codes whose NEIGHBOURS nearest training codes vote for their class."""
    hits = 0
    for z, y in zip(test.split(500), labels.split(500), strict=True):
        nearest = torch.cdist(z, train).topk(NEIGHBOURS, largest=False).indices
        hits += int((train_labels[nearest].mode(1).values == y).sum())
    return hits / len(test)


def probe_accuracy(train: Tensor, train_labels: Tensor, test: Tensor, labels: Tensor) -> float:
    """Share of test codes that a linear classifier of training codes puts into their class.

    Multinomial logistic regression (L-BFGS, L2 penalty PENALTY) on codes standardised by the
    training codes' mean and standard deviation; a dimension that never moves is left at zero.
    """
    from sklearn.linear_model import LogisticRegression  # slow to import

    train, test = train.double(), test.double()
    mean, std = train.mean(0), train.std(0)
    std = torch.where(std > 0, std, torch.ones_like(std))
    z, z_test = (((c - mean) / std).cpu().numpy() for c in (train, test))
    probe = LogisticRegression(C=1 / PENALTY, max_iter=200, tol=1e-3)
    return float(probe.fit(z, train_labels.cpu().numpy()).score(z_test, labels.cpu().numpy()))


def active_units(means: Tensor) -> int:
    """How many dimensions have Var_x(E_q[z]) > ACTIVE, for the posterior means [N, D].

    Burda et al. 2015 (arXiv 1509.00519), section 5.2.
    """
    return int((means.double().var(0) > ACTIVE).sum())


def aggregate_moments(means: Tensor, variances: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [D] and covariance [D, D] of the aggregate posterior, the mixture of all q(z|x_n).

    Law of total variance: the covariance of the means plus the mean of the (diagonal) variances.
    """
    means = means.double()
    centred = means - means.mean(0)
    covariance = centred.T @ centred / len(means) + torch.diag(variances.double().mean(0))
    return means.mean(0), covariance


def moment_divergence(mean: Tensor, covariance: Tensor) -> float:
    """KL(N(mean, covariance) || N(0, I)), nats: how far two moments of a code are from the prior's.

    Of the aggregate posterior's own divergence KL(q(z) || N(0, I)) it is a part: the rest, which it
    misses, is KL(q(z) || N(mean, covariance)), the holes and clumps that no covariance shows.
    """
    trace = torch.trace(covariance) + mean @ mean - len(mean)
    return float(0.5 * (trace - torch.linalg.slogdet(covariance).logabsdet))


def squared_mmd(z: Tensor) -> tuple[float, float]:
    """Squared maximum mean discrepancy between draws z [N, D] and N(0, I); its standard error.

    Kernel exp(-|a - b|^2 / (2 D)): 1/e at sqrt(2 D), the usual distance between two draws of the
    prior. Unbiased (Gretton et al. 2012, JMLR 13, eq. 3), with the prior's two expectations in
    closed form, so that 0 is expected of a perfect match. It sees holes, but only those as wide as
    the kernel: in many dimensions few. The error is that of the linear part: too small near 0.
    """
    z = z.double()
    n, d = z.shape
    to_others = torch.cat(
        [torch.exp(-(torch.cdist(p, z) ** 2) / (2 * d)).sum(1) for p in z.split(500)]
    )
    to_others = (to_others - 1) / (n - 1)
    to_prior = (d / (d + 1)) ** (d / 2) * torch.exp(-(z**2).sum(1) / (2 * (d + 1)))
    within_prior = (d / (d + 2)) ** (d / 2)
    witness = to_others - to_prior
    value = (to_others - 2 * to_prior).mean() + within_prior
    return float(value), float(2 * witness.std() / math.sqrt(n))
