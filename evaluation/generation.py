"""Measures of drawn pictures: sharpness, variety, and distances from real ones.

A classifier of the same data is the judge: distances are those of its last hidden layer, so "FID"
here is that of our classifier and not comparable with any that Inception's features gave.

The z come from N(0, I) and, where evaluation.code_density fitted a mixture to the codes of training
images, from that and from the codes of the test images.
"""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from data.datasets import Dataset, Split, unit_interval
from data.sharpness import sharpness
from evaluation.codes import codes
from evaluation.metric import DIGITS, MOST_AT_ONCE, SEED, by_name, metric
from models import Model
from models.classifier import Classifier
from models.gaussian_mixture import GaussianMixture
from models.metrics import Axis, Error, Metric
from models.origins import CODES, MIXTURE, PRIOR, metric_name
from models.protocols import (
    CERTAIN,
    LIKELIEST,
    PROBABILITIES,
    SHARES,
    DrawnClasses,
    DrawnFeatures,
    DrawnPixels,
    Protocol,
)

JUDGE = "classifier"  # the checkpoint that judges
PICTURES = 10_000
ROWS = 250  # of a matrix of distances at once: it stays within a processor's caches
DRAWS = 5  # sets of so many pictures; of each measure the mean is told, with its deviation
CERTAINTY = 0.9  # of a class: the judge recognises the picture
NEIGHBOURS = 3  # Kynkaanniemi et al. 2019 (arXiv 1904.06991), section 3
PAIRED = 2_000  # pictures whose distances from each other are averaged
COMPONENTS = "Gaussians in the mixture"  # among a metric's details
UNITS = {
    "sharpness": "variance of the Laplacian",
    "class entropy": "nats",
    "effective classes": "classes",
    "recognised": "share",
    "pairwise distance": "Euclidean, 784 greys",
    "precision": "share",
    "recall": "share",
    "classifier FID": "squared Frechet distance",
}


# --- measures of sets of features [N, D] ----------------------------------------------------------


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Squared Frechet distance between Gaussians with the moments of two sets [N, D], float64.

    |m_a - m_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2)): Heusel et al. 2017 (arXiv 1706.08500), eq. 6.
    """
    a, b = a.double(), b.double()
    of_a, of_b = torch.cov(a.T), torch.cov(b.T)
    # (S_a S_b)^(1/2) has the trace of the symmetric (S_a^(1/2) S_b S_a^(1/2))^(1/2).
    values, vectors = torch.linalg.eigh(of_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    shared = torch.linalg.eigvalsh(root @ of_b @ root).clamp(min=0).sqrt().sum()
    between = (a.mean(0) - b.mean(0)).square().sum()
    return float(between + of_a.trace() + of_b.trace() - 2 * shared)


def radii(features: Tensor) -> Tensor:
    """Distance of each of [N, D] to its NEIGHBOURS-th neighbour in the set, [N]."""
    # The nearest of all is the point itself.
    return torch.cat(
        [
            _distances(part, features).topk(NEIGHBOURS + 1, largest=False).values[:, -1]
            for part in features.split(ROWS)
        ]
    )


def coverage(features: Tensor, others: Tensor, radius: Tensor) -> float:
    """Share of `features` [N, D] within `radius` [M] of at least one of `others` [M, D].

    With real `others` it is the precision of drawn pictures; the other way round, their recall:
    Kynkaanniemi et al. 2019, eq. 1 and 2.
    """
    hits = [(_distances(part, others) <= radius).any(1).sum() for part in features.split(ROWS)]
    return int(sum(hits)) / len(features)


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distances [N, M]; in float32, matrix products would blur those near zero."""
    return torch.cdist(a.double(), b.double(), compute_mode="use_mm_for_euclid_dist")


def effective_classes(shares: Tensor) -> float:
    """e^H, how many equally frequent classes have the entropy H of these shares [classes]."""
    return math.exp(float(torch.special.entr(shares.double()).sum()))


def class_entropy(probabilities: Tensor) -> float:
    """Entropy, nats, of the classes of a set, from q(y|x) [N, classes]; log(classes) at most."""
    share = probabilities.double().mean(0)
    return float(torch.special.entr(share).sum())


def mean_distance(pictures: Tensor) -> float:
    """Mean Euclidean distance between two different of the pictures [N, C, H, W]."""
    return float(torch.pdist(pictures.flatten(1)).double().mean())


# --- a set of pictures, judged --------------------------------------------------------------------


@dataclass(frozen=True)
class Features:
    """What a classifier says of N pictures.

    vectors: features [N, D]; radius: the distance of each to its NEIGHBOURS-th neighbour, [N].
    classes: the share of each class among the likeliest ones of the pictures, [classes].
    recognised: the share of pictures whose class is certain.
    """

    vectors: Tensor
    radius: Tensor
    classes: Tensor
    recognised: float
    sharpness: float
    entropy: float
    distance: float


@torch.no_grad()
def features_of(judge: Classifier, pictures: Tensor) -> Features:
    """The features of pictures [N, C, H, W] in [0, 1], and measures of the whole set."""
    parts = pictures.split(MOST_AT_ONCE)
    features = torch.cat([judge.encode(x).mean for x in parts])
    probabilities = judge.head(features).softmax(-1)
    certainty, likeliest = probabilities.max(1)
    counts = torch.bincount(likeliest, minlength=probabilities.shape[1])
    return Features(
        features,
        radii(features),
        counts.double().cpu() / len(pictures),
        float((certainty > CERTAINTY).double().mean()),
        float(torch.cat([sharpness(x) for x in parts]).double().mean()),
        class_entropy(probabilities),
        mean_distance(pictures[:PAIRED]),
    )


@dataclass(frozen=True)
class Reference:
    """Real pictures: those of the test set, and as many of the training set, as if drawn.

    `split` [N] are the test images themselves.
    """

    judge: Classifier
    test: Features
    train: Features
    split: Split

    @property
    def labels(self) -> Tensor:
        """The classes of its images, [N]."""
        return self.split.labels


def reference(judge: Classifier, dataset: Dataset, pictures: int = PICTURES) -> Reference:
    """What models of `dataset` are measured against, for as many `pictures`; 10 s for 10,000."""
    judge = judge.eval()
    pictures = min(pictures, len(dataset.test), len(dataset.train))
    test, train = (p.part(slice(pictures)).to(judge.device) for p in (dataset.test, dataset.train))
    of_test, of_train = (features_of(judge, unit_interval(part.images)) for part in (test, train))
    return Reference(judge, of_test, of_train, test)


@torch.no_grad()
def pictures_of(model: Model, z: Tensor, labels: Tensor) -> Tensor:
    """The pictures E[p(x|z)] of codes [N, D], for the labels [N], which only some families see."""
    parts = zip(z.split(MOST_AT_ONCE), labels.split(MOST_AT_ONCE), strict=True)
    told = model.decode_needs_label
    return torch.cat([model.decode(z, y if told else None).mean for z, y in parts])


def standard_normal(model: Model, n: int, seed: int) -> Tensor:
    """n codes [n, D] from N(0, I), which is p(z) wherever there is one, on the model's device."""
    generator = torch.Generator(model.device).manual_seed(seed)
    return torch.randn(n, model.latent, generator=generator, device=model.device)


def origins(
    model: Model, real: Reference, mixture: GaussianMixture | None
) -> Iterator[tuple[str, list[Tensor]]]:
    """(origin of z, sets of codes [N, D]): all origins that this model has."""
    n, seeds = len(real.labels), range(SEED, SEED + DRAWS)
    yield PRIOR, [standard_normal(model, n, seed) for seed in seeds]
    if mixture:
        draws = [mixture.sample(n, torch.Generator().manual_seed(seed)) for seed in seeds]
        yield MIXTURE, [z.to(model.device) for z in draws]
        yield CODES, [codes(model, real.split)]


def generation(
    model: Model, real: Reference, mixture: GaussianMixture | None = None
) -> dict[str, Metric]:
    """Metrics of the pictures a model draws; `real` in each says what real pictures reach.

    Each is the mean over DRAWS sets of pictures, its error the deviation between them, for z from
    N(0, I) and for each other origin there is, whose metrics `origins.metric_name` names. The model
    needs a decoder, and the images that the judge knows.
    """
    found = {}
    for origin, sets in origins(model, real, mixture):
        fakes = [features_of(real.judge, pictures_of(model, z, real.labels)) for z in sets]
        components = {COMPONENTS: len(mixture.weights)} if mixture and origin == MIXTURE else {}
        found |= compared(fakes, real, origin, model.decode_needs_label, components)
    return found


def compared(
    fakes: Sequence[Features],
    real: Reference,
    origin: str,
    class_given: bool = False,
    details: Mapping[str, float] | None = None,
) -> dict[str, Metric]:
    """The metrics of sets of judged pictures, with z from `origin`, beside those of real ones.

    class_given: the pictures are E[p(x|z, y)] for the classes y of the test images. Classes in the
    shares of the test set are a help that families that draw no class do not have.
    """
    own = [_alone(fake) | _against(fake, real.test) for fake in fakes]
    of_real = _alone(real.test) | _against(real.train, real.test)
    protocols = _protocols(fakes, real, origin, class_given)
    metrics = by_name(
        *(
            metric(
                metric_name(name, origin),
                statistics.fmean(each[name] for each in own),
                UNITS[name],
                protocols[name],
                _deviation([each[name] for each in own]),
                of_real[name],
                details,
            )
            for name in UNITS
        )
    )
    shares = torch.stack([fake.classes for fake in fakes]).mean(0)
    drawn = Metric(
        metric_name("classes drawn", origin),
        tuple(tuple(round(v, DIGITS) for v in row.tolist()) for row in (shares, real.test.classes)),
        "share of pictures",
        protocols["classes drawn"],
        axis=Axis("pictures", ("drawn", "real")),
        details=details or {},
    )
    return metrics | by_name(drawn)


def _protocols(
    fakes: Sequence[Features], real: Reference, origin: str, class_given: bool
) -> dict[str, Protocol]:
    """The protocol of each measure of sets of judged pictures, by the measure's name."""
    pictures, features = fakes[0].vectors.shape
    common: dict[str, Any] = {"images": pictures, "origin": origin, "class_given": class_given}
    if origin != CODES:
        common |= {"draws": len(fakes), "seed": SEED}

    def classes(of: str, certainty: float | None = None) -> Protocol:
        return DrawnClasses(**common, classifier=JUDGE, of=of, certainty=certainty)

    pixels = DrawnPixels(**common)
    manifold = DrawnFeatures(**common, classifier=JUDGE, features=features, neighbours=NEIGHBOURS)
    return {
        "sharpness": pixels,
        "pairwise distance": replace(pixels, images=min(pictures, PAIRED)),
        "class entropy": classes(PROBABILITIES),
        "effective classes": classes(LIKELIEST),
        "recognised": classes(CERTAIN, CERTAINTY),
        "classes drawn": classes(SHARES),
        "precision": manifold,
        "recall": manifold,
        "classifier FID": replace(manifold, neighbours=None),
    }


def _alone(pictures: Features) -> dict[str, float]:
    return {
        "sharpness": pictures.sharpness,
        "class entropy": pictures.entropy,
        "effective classes": effective_classes(pictures.classes),
        "recognised": pictures.recognised,
        "pairwise distance": pictures.distance,
    }


def _against(pictures: Features, test: Features) -> dict[str, float]:
    return {
        "precision": coverage(pictures.vectors, test.vectors, test.radius),
        "recall": coverage(test.vectors, pictures.vectors, pictures.radius),
        "classifier FID": frechet_distance(pictures.vectors, test.vectors),
    }


def _deviation(values: list[float]) -> Error | None:
    """The standard deviation over draws; of one draw there is none."""
    if len(values) < 2:
        return None
    return Error(statistics.stdev(values), "standard deviation", "draws")
