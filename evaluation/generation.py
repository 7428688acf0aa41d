"""How good the pictures are that a model draws: sharp, varied, and like the data.

A classifier of the same data is the judge: distances are those of its last hidden layer, so "FID"
here is that of our classifier and not comparable with any that Inception's features gave.

    python -m evaluation.generation FOLDER [NAME ...]

writes the numbers into the cards of those named, whose other metrics stay. If none is named, it
measures all that are drawn from and were not measured yet, and so goes on where it was stopped.

The z come from N(0, I) and, where evaluation.code_density fitted a mixture to the codes of training
images, from that and from the codes of the test images.
"""

import argparse
import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from data import datasets
from data.datasets import Dataset, Split, unit_interval
from data.sharpness import sharpness
from evaluation.codes import codes
from evaluation.metric import MOST_AT_ONCE, SEED, Metric, metric
from models import Model, zoo
from models.classifier import Classifier
from models.device import choose_device, exact_convolutions
from models.gaussian_mixture import GaussianMixture
from models.origins import CODES, MIXTURE, PRIOR, measure

JUDGE = "classifier"  # the checkpoint that judges
PICTURES = 10_000
ROWS = 250  # of a matrix of distances at once: it stays within a processor's caches
DRAWS = 5  # sets of so many pictures; of each measure the mean is told, with its deviation
CERTAIN = 0.9  # of a class: the judge recognises the picture
NEIGHBOURS = 3  # Kynkaanniemi et al. 2019 (arXiv 1904.06991), section 3
PAIRED = 2_000  # pictures whose distances from each other are averaged
# Classes in the shares of the test set are a help that families that draw no class do not have.
FREE, TOLD = "p(x|z)", "p(x|z, y), y the class of a test image"
COME_FROM = {
    PRIOR: "z from N(0, I)",
    MIXTURE: "z from a mixture of {} Gaussians fitted to codes of training images",
    CODES: "z the mean codes of the test images",
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
        float((certainty > CERTAIN).double().mean()),
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
) -> Iterator[tuple[str, str, list[Tensor]]]:
    """(origin, where z comes from in words, sets of codes [N, D]): all that this model has."""
    n, seeds = len(real.labels), range(SEED, SEED + DRAWS)
    yield PRIOR, COME_FROM[PRIOR], [standard_normal(model, n, seed) for seed in seeds]
    if mixture:
        draws = [mixture.sample(n, torch.Generator().manual_seed(seed)) for seed in seeds]
        words = COME_FROM[MIXTURE].format(len(mixture.weights))
        yield MIXTURE, words, [z.to(model.device) for z in draws]
        yield CODES, COME_FROM[CODES], [codes(model, real.split)]


def generation(
    model: Model, real: Reference, mixture: GaussianMixture | None = None
) -> dict[str, Metric]:
    """Metrics of the pictures a model draws; `real` in each says what real pictures reach.

    Each is the mean over DRAWS sets of pictures, "std" its deviation between them, for z from
    N(0, I) and for each other origin there is, whose metrics `origins.measure` names. The model
    needs a decoder, and the images that the judge knows.
    """
    found = {}
    for origin, words, sets in origins(model, real, mixture):
        fakes = [features_of(real.judge, pictures_of(model, z, real.labels)) for z in sets]
        of_what = f"{TOLD if model.decode_needs_label else FREE}, {words}"
        measured = compared(fakes, real, of_what)
        found |= {measure(name, origin): m for name, m in measured.items()}
    return found


def compared(fakes: Sequence[Features], real: Reference, drawn_from: str) -> dict[str, Metric]:
    """The metrics of sets of judged pictures, means of `drawn_from`, beside one of real ones."""
    n = len(fakes[0].vectors)
    test, train = real.test, real.train
    seeds = f", {len(fakes)} draws, seeds {SEED} to {SEED + len(fakes) - 1}" * (len(fakes) > 1)
    pictures = f"{n:,} means of {drawn_from}{seeds}"
    some = f"{min(n, PAIRED):,} means of {drawn_from}{seeds}"
    space = f"{test.vectors.shape[1]} features of our own classifier"
    ball = f"k = {NEIGHBOURS}, {space}, {pictures} against {n:,} test images"
    frechet = f"{space}, not Inception's: {pictures} against {n:,} test images"
    judge = "our own classifier on"
    first, few = f"first {n:,} real", f"first {min(n, PAIRED):,} real"
    by_test, by_train, of_few = f"{first} test", f"{first} training", f"{few} test"
    found = {
        "sharpness": ("variance of the Laplacian", pictures, by_test),
        "class entropy": ("nats", f"{judge} {pictures}", by_test),
        "effective classes": (
            "classes",
            f"e^H, H the entropy of the likeliest classes, by {judge} {pictures}",
            by_test,
        ),
        "recognised": (
            "share",
            f"over {CERTAIN:.0%} sure of a class: {judge} {pictures}",
            by_test,
        ),
        "pairwise distance": ("Euclidean, 784 greys", some, of_few),
        "precision": ("share", ball, by_train),
        "recall": ("share", ball, by_train),
        "classifier FID": ("squared Frechet distance", frechet, by_train),
    }
    own = [_alone(fake) | _against(fake, test) for fake in fakes]
    of_real = _alone(test) | _against(train, test)
    metrics = {
        name: metric(
            statistics.fmean(each[name] for each in own),
            unit,
            f"{how}; the {which} images give {of_real[name]:.4f}",
        )
        | {"real": round(of_real[name], 6)}
        | _deviation([each[name] for each in own])
        for name, (unit, how, which) in found.items()
    }
    shares = torch.stack([fake.classes for fake in fakes]).mean(0)
    metrics["classes drawn"] = {
        "value": [[round(v, 6) for v in row.tolist()] for row in (shares, test.classes)],
        "rows": ["drawn", "real"],
        "unit": "share of pictures",
        "protocol": f"the likeliest class, by {judge} {pictures}, and on the {by_test} images",
    }
    return metrics


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


def _deviation(values: list[float]) -> dict[str, float]:
    """Of one value there is none."""
    return {"std": round(statistics.stdev(values), 6)} if len(values) > 1 else {}


# --- cards ----------------------------------------------------------------------------------------


def can_draw(entry: zoo.Entry, judge: zoo.Entry) -> bool:
    """Is there a decoder, and did both learn from the same images?"""
    return entry.model.has_decoder and entry.card.data == judge.card.data


def is_unmeasured(entry: zoo.Entry, judge: zoo.Entry) -> bool:
    """Is it sampled, for it was given a p(z) or a mixture later, and was that not measured?"""
    origin = PRIOR if entry.mixture is None else MIXTURE
    sampled = can_draw(entry, judge) and (entry.model.prior() is not None or origin == MIXTURE)
    return sampled and measure("recognised", origin) not in entry.card.metrics


def update(folder: Path, real: Reference) -> dict[str, Metric]:
    """Measure one checkpoint and write the numbers into its card."""
    entry = zoo.load(folder)
    found = generation(entry.model.to(real.labels.device), real, entry.mixture)
    zoo.amend(folder, found)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evaluation.generation")
    parser.add_argument("folder", type=Path, help="the folder of the checkpoints")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    options = parser.parse_args(arguments)
    try:
        judge = zoo.load(options.folder / JUDGE)
        entries = zoo.Zoo(options.folder)
        names = options.names or [n for n, e in entries.items() if is_unmeasured(e, judge)]
        for name in names:
            if name not in entries or not can_draw(entries[name], judge):
                raise zoo.CheckpointError(f"There is no {name!r} that draws what the judge knows.")
        dataset = datasets.load(judge.card.data["name"], options.data)
        exact_convolutions()
        real = reference(judge.model.to(choose_device(options.device)), dataset)
        for name in names:
            found = update(options.folder / name, real)
            print(name, ", ".join(_told(found)), flush=True)
    except (datasets.DataError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _told(found: dict[str, Metric]) -> Iterator[str]:
    for name, m in found.items():
        if not isinstance(m["value"], list):
            yield f"{name} {m['value']:.4f}" + (f" ± {m['std']:.4f}" if "std" in m else "")


if __name__ == "__main__":
    sys.exit(main())
