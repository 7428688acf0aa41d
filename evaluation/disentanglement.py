"""Mutual information, MIG and DCI: how far each latent number follows one known factor.

Latents are the D dimensions of q(z|x_n), factors whole numbers [N, F], one row an image.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.special import ndtr

from models.distributions import DiagonalGaussian

_CELLS = 8  # a standard deviation of the narrowest q(z|x) is so many cells of the lattice
_MOST_CELLS = 1_500
_AT_ONCE = 4_000  # images
_REACH = 4.0  # standard deviations beyond the outermost mean: 6e-5 of one image lies further
SUBSET = 3_000  # images that the forests learn from, and as many again that they are asked about
TREES = 40
# Every split may choose among all latents: a forest that must take what it is offered spreads the
# importance over latents that know nothing.
_FOREST = {"max_features": None, "min_samples_leaf": 2}


@dataclass(frozen=True)
class Dci:
    """Shares from 0 to 1 (Eastwood & Williams 2018, section 2)."""

    disentanglement: float
    completeness: float
    informativeness: float


def mutual_information(q: DiagonalGaussian, factors: Tensor) -> Tensor:
    """I(z_d; v_k) in nats, [F, D] float64, of a draw z from q(z|x_n) of a random image n.

    Chen et al. 2018 (arXiv 1802.04942), section 4: z_d is continuous and its conditional density
    given v_k = v is the mixture of q(z_d|x_n) over the images with that v. What they average over
    samples is summed here over a lattice finer than the narrowest q(z_d|x_n), without chance.
    """
    mu, deviation = q.mu.double(), torch.exp(0.5 * q.log_var.double())
    return torch.stack([_of_one(m, s, factors) for m, s in zip(mu.T, deviation.T, strict=True)], 1)


def _of_one(mu: Tensor, deviation: Tensor, factors: Tensor) -> Tensor:
    """I(z; v_k), [F], of one dimension: masses of cells of the line, summed by each factor."""
    edges = _edges(mu, deviation)
    tables = [mu.new_zeros(int(v.max()) + 1, len(edges) - 1) for v in factors.T]
    for m, s, rows in zip(
        mu.split(_AT_ONCE), deviation.split(_AT_ONCE), factors.split(_AT_ONCE), strict=True
    ):
        below = ndtr(((edges - m[:, None]) / s[:, None]).float())
        mass = below.diff(dim=1).double()
        for table, v in zip(tables, rows.T, strict=True):
            table.index_add_(0, v, mass)
    return torch.stack([_mutual_information_of(table / len(mu)) for table in tables])


def _edges(mu: Tensor, deviation: Tensor) -> Tensor:
    low, high = (mu - _REACH * deviation).min(), (mu + _REACH * deviation).max()
    cells = math.ceil(float(_CELLS * (high - low) / deviation.min()))
    edges = torch.linspace(0, 1, min(cells, _MOST_CELLS) + 1, dtype=mu.dtype, device=mu.device)
    edges = low + (high - low) * edges
    edges[0], edges[-1] = -math.inf, math.inf
    return edges


def _mutual_information_of(joint: Tensor) -> Tensor:
    """I(a; b), nats, of a table of probabilities [A, B]."""
    independent = joint.sum(1, keepdim=True) * joint.sum(0)
    return torch.special.xlogy(joint, joint / independent.clamp(min=1e-300)).sum()


def entropies(factors: Tensor) -> Tensor:
    """H(v_k), nats, [F] float64."""
    counts = (torch.unique(v, return_counts=True)[1].double() / len(v) for v in factors.T)
    return torch.stack([torch.special.entr(p).sum() for p in counts])


def mig(shares: Tensor) -> float:
    """The mutual information gap: how far the best latent of a factor is ahead of the second best.

    shares: I(z_d; v_k) / H(v_k), [F, D]; averaged over factors (Chen et al. 2018, eq. 6).
    """
    best, second = shares.topk(2, dim=1).values.T
    return float((best - second).mean())


def dci(codes: Tensor, factors: Tensor, seed: int) -> Dci:
    """Disentanglement, completeness, informativeness of mean codes [N, D], by random forests.

    One forest of TREES a factor learns it from SUBSET codes; importances are its decrease of
    impurity. Informativeness is the share of other codes whose factor it names, averaged.
    """
    from sklearn.ensemble import RandomForestClassifier  # slow to import

    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(codes), generator=generator)[: 2 * SUBSET]
    z, v = codes.cpu()[chosen].numpy(), factors.cpu()[chosen].numpy()
    half = len(chosen) // 2
    importances, hits = [], []
    for k in range(v.shape[1]):
        forest = RandomForestClassifier(TREES, random_state=seed, **_FOREST)
        forest.fit(z[:half], v[:half, k])
        importances.append(torch.from_numpy(forest.feature_importances_))
        hits.append(forest.score(z[half:], v[half:, k]))
    return Dci(*_scores(torch.stack(importances)), sum(hits) / len(hits))


def _scores(importances: Tensor) -> tuple[float, float]:
    """Disentanglement and completeness of importances [F, D]: one less the entropy, in its units.

    Of each latent over factors, weighed by its share of all importance, and the other way round.
    """
    factors, latents = importances.shape
    total = importances.sum(0)
    of_latents = importances / total.clamp(min=1e-12)
    of_factors = importances / importances.sum(1, keepdim=True).clamp(min=1e-12)
    disentangled = 1 - torch.special.entr(of_latents).sum(0) / math.log(factors)
    complete = 1 - torch.special.entr(of_factors).sum(1) / math.log(latents)
    return float((total / total.sum() * disentangled).sum()), float(complete.mean())


def ground_truth_code(factors: Tensor, latents: int, seed: int) -> DiagonalGaussian:
    """The best code there could be: a latent is one factor, the rest are the prior's noise."""
    centred = factors.double() - factors.double().mean(0)
    scaled = centred / centred.std(0)
    generator = torch.Generator(factors.device).manual_seed(seed)
    shape = len(factors), latents - factors.shape[1]
    noise = torch.randn(shape, generator=generator, dtype=torch.float64, device=factors.device)
    mu = torch.cat([scaled, noise], 1)
    log_var = torch.full_like(mu, 2 * math.log(0.01))
    log_var[:, factors.shape[1] :] = 0
    mu[:, factors.shape[1] :] *= 0.01  # an unused dimension: the prior, whatever the image
    return DiagonalGaussian(mu, log_var)
