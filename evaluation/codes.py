"""Measures of codes: classes and factors in them, units in use, distance from the prior."""

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
    DIGITS,
    MOST_AT_ONCE,
    SEED,
    batches,
    by_name,
    first,
    mean_metric,
    metric,
    over_images,
    seeded_generator,
)
from evaluation.representation import (
    ACTIVE,
    NEIGHBOURS,
    PENALTY,
    active_units,
    aggregate_moments,
    moment_divergence,
    neighbour_accuracy,
    probe_accuracy,
    squared_mmd,
)
from models import Model, protocols
from models.distributions import (
    CodeDistribution,
    DiagonalGaussian,
    GaussianFactors,
    kl_to_standard_normal,
)
from models.metrics import Axis, Metric
from models.zoo import Codes

MAP_IMAGES = 2_000


@torch.no_grad()
def classification(model: Model, split: Split) -> dict[str, Metric]:
    """Share of images that q(y|x) puts into their class."""
    hits = [model.classify(x).probs.argmax(1) == y for x, y in batches(split, MOST_AT_ONCE)]
    each = torch.cat(hits).double()
    return by_name(mean_metric("accuracy", each, "share", protocols.Classification(len(split))))


@torch.no_grad()
def codes(model: Model, split: Split) -> Tensor:
    """Mean codes [N, D] of grey images."""
    return torch.cat([model.encode(x, y).mean for x, y in batches(split, MOST_AT_ONCE, model)])


def gaussian(q: CodeDistribution) -> GaussianFactors:
    """q(z|x) of a family with a prior as what it is: every such family has mu and log_var."""
    assert isinstance(q, GaussianFactors)
    return q


@torch.no_grad()
def aggregate(model: Model, split: Split) -> DiagonalGaussian:
    """q(z|x_n) of all N images as one batch: their mixture is the aggregate posterior."""
    parts = [gaussian(model.encode(x, y)) for x, y in batches(split, MOST_AT_ONCE, model)]
    return DiagonalGaussian(torch.cat([q.mu for q in parts]), torch.cat([q.log_var for q in parts]))


def accuracies(model: Model, train: Split, test: Split) -> dict[str, Metric]:
    """How well the mean codes tell the classes: by their neighbours, and by a linear probe."""
    of_train, of_test = codes(model, train), codes(model, test)
    n, m, told = len(test), len(train), model.encode_needs_label
    found = []
    for name, accuracy, protocol in (
        (
            f"{NEIGHBOURS}-nn accuracy",
            neighbour_accuracy,
            protocols.NearestNeighbours(n, NEIGHBOURS, m, told),
        ),
        ("linear probe accuracy", probe_accuracy, protocols.LinearProbe(n, m, PENALTY, told)),
    ):
        share = accuracy(of_train, train.labels, of_test, test.labels)
        error = over_images(math.sqrt(share * (1 - share) / n))
        found.append(metric(name, share, "share", protocol, error))
    return by_name(*found)


def disentanglement(model: Model, data: Dataset, device: torch.device) -> dict[str, Metric]:
    """How each latent follows each known factor, over the whole grid of factors, and two scores.

    Each score has its ceiling: what the same estimator says of a code that is the factors.
    """
    splits = [split.to(device) for split in (data.train, data.test)]
    parts = [aggregate(model, split) for split in splits]
    q = DiagonalGaussian(*(torch.cat([getattr(p, n) for p in parts]) for n in ("mu", "log_var")))
    factors = torch.cat([split.required_factors() for split in splits])
    best = ground_truth_code(factors, model.latent, SEED)
    entropy = entropies(factors)[:, None]
    shares, ceiling = (mutual_information(c, factors) / entropy for c in (q, best))
    ours, most = dci(q.mu, factors, SEED), dci(best.mu, factors, SEED)
    information_of = {
        code: protocols.MutualInformation(len(factors), code)
        for code in (protocols.LATENT, protocols.GROUND_TRUTH)
    }
    matrix = Metric(
        "factor information",
        tuple(tuple(round(v, DIGITS) for v in row) for row in shares.tolist()),
        "share of the factor's entropy",
        information_of[protocols.LATENT],
        axis=Axis("factor", tuple(data.factors)),
    )
    found = [
        matrix,
        metric("mig", mig(shares), "share", information_of[protocols.LATENT]),
        metric("mig ceiling", mig(ceiling), "share", information_of[protocols.GROUND_TRUTH]),
    ]
    of_code, of_factors = (
        protocols.Dci(SUBSET, SUBSET, TREES, SEED, code)
        for code in (protocols.LATENT, protocols.GROUND_TRUTH)
    )
    for name in ("disentanglement", "completeness", "informativeness"):
        found += [
            metric(f"dci {name}", getattr(ours, name), "share", of_code),
            metric(f"dci {name} ceiling", getattr(most, name), "share", of_factors),
        ]
    return by_name(*found)


def units(q: DiagonalGaussian) -> dict[str, Metric]:
    """How many dimensions of the code are active."""
    protocol = protocols.ActiveUnits(len(q.mu), ACTIVE)
    return by_name(metric("active units", active_units(q.mu), "dimensions", protocol))


def aggregate_distances(q: DiagonalGaussian) -> dict[str, Metric]:
    """Two distances of the aggregate posterior from the prior."""
    z = q.sample(generator=seeded_generator(q.mu.device))
    mmd, error = squared_mmd(z)
    divergence = moment_divergence(*aggregate_moments(q.mu, q.variance))
    return by_name(
        metric("aggregate kl", divergence, "nats", protocols.AggregateKl(len(z))),
        metric(
            "aggregate mmd",
            mmd,
            "squared maximum mean discrepancy",
            protocols.AggregateMmd(len(z), SEED, 2 * z.shape[1]),
            over_images(error),
        ),
    )


@torch.no_grad()
def latent_statistics(model: Model, train: Split) -> dict[str, list[float]]:
    """Statistics of each dimension of the code over the training images, lists of D numbers.

    "mean" and "std" of the mean codes and, with a prior, "kl", KL(q(z|x) || p(z)) in nats, averaged
    over images. The page orders and scales its sliders by them. Empty without an encoder.
    """
    if not model.has_encoder:
        return {}
    z = codes(model, train).double()
    statistics = {"mean": z.mean(0), "std": z.std(0)}
    if model.prior() is not None:
        posteriors = (gaussian(model.encode(x, y)) for x, y in batches(train, MOST_AT_ONCE, model))
        kls = [kl_to_standard_normal(q).double().sum(0) for q in posteriors]
        statistics["kl"] = torch.stack(kls).sum(0) / len(train)
    return {name: [round(v, 6) for v in values.tolist()] for name, values in statistics.items()}


def map_points(model: Model, test: Split) -> Codes:
    """Codes of the first MAP_IMAGES test images, for the page's maps; none without an encoder."""
    part = first(test, MAP_IMAGES if model.has_encoder else 0)
    if not model.has_encoder:
        return Codes(torch.empty(0, model.latent), part.labels)
    return Codes(codes(model, part), part.labels)
