"""What the code holds: classes, factors, how many numbers are used, how near it is to the prior."""

import math

import torch
from torch import Tensor

from data.datasets import Dataset, Split
from evaluation.disentanglement import (
    SUBSET,
    TREES,
    dci,
    entropies,
    ground_truth_code,
    mig,
    mutual_information,
)
from evaluation.metric import (
    MOST_AT_ONCE,
    SEED,
    Metric,
    batches,
    first,
    mean_metric,
    metric,
    seeded_generator,
)
from evaluation.representation import (
    ACTIVE,
    NEIGHBOURS,
    active_units,
    aggregate_moments,
    moment_divergence,
    neighbour_accuracy,
    probe_accuracy,
    squared_mmd,
)
from models import Model
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.zoo import Codes

MAP_IMAGES = 2_000


@torch.no_grad()
def classification(model: Model, split: Split) -> dict[str, Metric]:
    """Share of images that q(y|x) puts into their class."""
    hits = [model.classify(x).probs.argmax(1) == y for x, y in batches(split, MOST_AT_ONCE)]
    each = torch.cat(hits).double()
    return {"accuracy": mean_metric(each, "share", f"{len(split):,} grey test images")}


@torch.no_grad()
def codes(model: Model, split: Split) -> Tensor:
    """Mean codes [N, D] of grey images."""
    return torch.cat([model.encode(x, y).mean for x, y in batches(split, MOST_AT_ONCE, model)])


@torch.no_grad()
def aggregate(model: Model, split: Split) -> DiagonalGaussian:
    """q(z|x_n) of all N images as one batch: their mixture is the aggregate posterior."""
    parts = [model.encode(x, y) for x, y in batches(split, MOST_AT_ONCE, model)]
    return DiagonalGaussian(torch.cat([q.mu for q in parts]), torch.cat([q.log_var for q in parts]))


def accuracies(model: Model, train: Split, test: Split) -> dict[str, Metric]:
    """How well the mean codes tell the classes: by their neighbours, and by a linear probe."""
    of_train, of_test = codes(model, train), codes(model, test)
    found = {}
    for name, accuracy, how in (
        (f"{NEIGHBOURS}-nn accuracy", neighbour_accuracy, "neighbours among"),
        ("linear probe accuracy", probe_accuracy, "logistic regression, L2 penalty 1, of"),
    ):
        share = accuracy(of_train, train.labels, of_test, test.labels)
        error = math.sqrt(share * (1 - share) / len(test))
        standardised = "standardised " * (accuracy is probe_accuracy)
        told = ", which the encoder made of image and class" * model.encode_needs_label
        found[name] = metric(
            share,
            "share",
            f"{len(test):,} grey test images, {how} the {standardised}mean codes of "
            f"{len(train):,}{told}; standard error {error:.6f}",
        )
    return found


def disentanglement(model: Model, data: Dataset, device: torch.device) -> dict[str, Metric]:
    """How each latent follows each known factor, over the whole grid of factors, and two scores.

    Each score has its ceiling: what the same estimator says of a code that is the factors.
    """
    splits = [split.to(device) for split in (data.train, data.test)]
    parts = [aggregate(model, split) for split in splits]
    q = DiagonalGaussian(*(torch.cat([getattr(p, n) for p in parts]) for n in ("mu", "log_var")))
    factors = torch.cat([split.factors for split in splits])
    best = ground_truth_code(factors, model.latent, SEED)
    entropy = entropies(factors)[:, None]
    shares, ceiling = (mutual_information(c, factors) / entropy for c in (q, best))
    ours, most = dci(q.mu, factors, SEED), dci(best.mu, factors, SEED)
    images = f"all {len(factors):,} pictures of the grid"
    exact = f"I(z; v) of a draw from q(z|x) by integration over z, without bins; {images}"
    forest = (
        f"random forests of {TREES} trees on the mean codes of {SUBSET:,} random pictures, "
        f"asked about {SUBSET:,} others; seed {SEED}"
    )
    matrix = {
        "value": [[round(v, 6) for v in row] for row in shares.tolist()],
        "factors": list(data.factors),
        "unit": "share of the factor's entropy",
        "protocol": f"a row a factor, a column a latent number; {exact}",
    }
    found = {
        "factor information": matrix,
        "mig": metric(mig(shares), "share", f"Chen et al. 2018, eq. 6; {exact}"),
        "mig ceiling": metric(mig(ceiling), "share", f"of the factors themselves as code; {exact}"),
    }
    for name in ("disentanglement", "completeness", "informativeness"):
        found[f"dci {name}"] = metric(
            getattr(ours, name), "share", f"Eastwood & Williams 2018; {forest}"
        )
        found[f"dci {name} ceiling"] = metric(
            getattr(most, name), "share", f"of the factors themselves as code; {forest}"
        )
    return found


def units(q: DiagonalGaussian) -> dict[str, Metric]:
    images = f"{len(q.mu):,} grey test images"
    return {
        "active units": metric(
            active_units(q.mu), "dimensions", f"Var_x(E_q[z]) > {ACTIVE}; {images}"
        )
    }


def aggregate_distances(q: DiagonalGaussian) -> dict[str, Metric]:
    """Two distances of the aggregate posterior from the prior."""
    images = f"aggregate posterior of {len(q.mu):,} grey test images"
    z = q.sample(generator=seeded_generator(q.mu.device))
    mmd, error = squared_mmd(z)
    return {
        "aggregate kl": metric(
            moment_divergence(*aggregate_moments(q.mu, q.variance)),
            "nats",
            f"KL(N(mean, covariance) || N(0, I)), moments of the {images}; misses what two moments "
            "do not show: holes and clumps",
        ),
        "aggregate mmd": metric(
            mmd,
            "squared maximum mean discrepancy",
            f"kernel exp(-|a - b|^2 / {2 * z.shape[1]}), unbiased, one sample each of the {images},"
            f" seed {SEED}; misses holes narrower than the kernel; standard error {error:.6f}",
        ),
    }


@torch.no_grad()
def latent_statistics(model: Model, train: Split) -> dict[str, list[float]]:
    """Per latent dimension, over the training images: mean and standard deviation of the mean
    codes and, with a prior, the KL in nats. The page orders and scales its sliders by them.
    Nothing without an encoder."""
    if not model.has_encoder:
        return {}
    z = codes(model, train).double()
    statistics = {"mean": z.mean(0), "std": z.std(0)}
    if model.prior() is not None:
        parts = batches(train, MOST_AT_ONCE, model)
        kls = [kl_to_standard_normal(model.encode(x, y)).double().sum(0) for x, y in parts]
        statistics["kl"] = torch.stack(kls).sum(0) / len(train)
    return {name: [round(v, 6) for v in values.tolist()] for name, values in statistics.items()}


def map_points(model: Model, test: Split) -> Codes:
    """Codes of the first MAP_IMAGES test images, for the page's maps; none without an encoder."""
    part = first(test, MAP_IMAGES if model.has_encoder else 0)
    if not model.has_encoder:
        return Codes(torch.empty(0, model.latent), part.labels)
    return Codes(codes(model, part), part.labels)
