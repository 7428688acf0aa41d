"""How good the pictures are that a model draws from its prior: sharp, varied, and like the data.

A classifier of the same data is the judge: distances are those of its last hidden layer, so "FID"
here is that of our classifier and not comparable with any that Inception's features gave.

    python -m training.generation FOLDER [NAME ...]

writes the numbers into the cards of those named, whose other metrics stay. If none is named, it
measures all that can draw and were not measured yet, and so goes on where it was stopped.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from models import Model, zoo
from models.device import choose_device
from models.sharpness import sharpness

from . import data
from .data import Dataset, Split, unit_interval
from .evaluate.metric import MOST_AT_ONCE, SEED, Metric, metric

JUDGE = "classifier"  # the checkpoint that judges
PICTURES = 10_000
NEIGHBOURS = 3  # Kynkaanniemi et al. 2019 (arXiv 1904.06991), section 3
PAIRED = 2_000  # pictures whose distances from each other are averaged
FREE = "p(x|z), z from the prior"
# Classes in the shares of the test set are a help that families that draw no class do not have.
TOLD = "p(x|z, y), z from the prior and y the class of a test image"


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
            for part in features.split(MOST_AT_ONCE)
        ]
    )


def share_within(features: Tensor, others: Tensor, reach: Tensor) -> float:
    """Share of `features` [N, D] within `reach` [M] of at least one of `others` [M, D].

    With real `others` it is the precision of drawn pictures; the other way round, their recall:
    Kynkaanniemi et al. 2019, eq. 1 and 2.
    """
    hits = [
        (_distances(part, others) <= reach).any(1).sum() for part in features.split(MOST_AT_ONCE)
    ]
    return int(sum(hits)) / len(features)


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distances [N, M]; in float32, matrix products would blur those near zero."""
    return torch.cdist(a.double(), b.double(), compute_mode="use_mm_for_euclid_dist")


def class_entropy(probabilities: Tensor) -> float:
    """Entropy, nats, of the classes of a set, from q(y|x) [N, classes]; log(classes) at most."""
    share = probabilities.double().mean(0)
    return float(torch.special.entr(share).sum())


def mean_distance(pictures: Tensor) -> float:
    """Mean Euclidean distance between two different of the pictures [N, C, H, W]."""
    return float(torch.pdist(pictures.flatten(1)).double().mean())


# --- a set of pictures, judged --------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """What the judge makes of pictures: features [N, D], their `radii` [N], and more as numbers."""

    features: Tensor
    reach: Tensor
    sharpness: float
    entropy: float
    distance: float


@torch.no_grad()
def judged(judge: Model, pictures: Tensor) -> Judged:
    """Judge pictures [N, C, H, W] in [0, 1]."""
    parts = pictures.split(MOST_AT_ONCE)
    features = torch.cat([judge.encode(x).mean for x in parts])
    return Judged(
        features,
        radii(features),
        float(torch.cat([sharpness(x) for x in parts]).double().mean()),
        class_entropy(torch.cat([judge.classify(x).probs for x in parts])),
        mean_distance(pictures[:PAIRED]),
    )


@dataclass(frozen=True)
class Reference:
    """Real pictures: those of the test set, and as many of the training set, as if drawn."""

    judge: Model
    test: Judged
    train: Judged
    labels: Tensor


def reference(judge: Model, dataset: Dataset, pictures: int = PICTURES) -> Reference:
    """What models of `dataset` are measured against, for as many `pictures`; 20 s for 10,000."""
    judge = judge.eval()
    pictures = min(pictures, len(dataset.test), len(dataset.train))
    test, train = (_pictures(part, pictures, judge) for part in (dataset.test, dataset.train))
    labels = dataset.test.labels[:pictures].to(judge.device)
    return Reference(judge, judged(judge, test), judged(judge, train), labels)


def _pictures(split: Split, n: int, judge: Model) -> Tensor:
    return unit_interval(split.images[:n].to(judge.device))


@torch.no_grad()
def drawn(model: Model, labels: Tensor) -> Tensor:
    """A picture E[p(x|z)], z ~ p(z), for each of the labels [N], which only some families see."""
    device = labels.device
    generator = torch.Generator(device).manual_seed(SEED)
    z = model.prior(device).sample((len(labels),), generator=generator)
    parts = zip(z.split(MOST_AT_ONCE), labels.split(MOST_AT_ONCE), strict=True)
    told = model.draws_class
    return torch.cat([model.decode(z, y if told else None).mean for z, y in parts])


def generation(model: Model, real: Reference) -> dict[str, Metric]:
    """Metrics of the pictures a model draws; `real` in each says what real pictures reach.

    The model needs a prior and a decoder, and the images that the judge knows.
    """
    fake = judged(real.judge, drawn(model, real.labels))
    return compared(fake, real, TOLD if model.draws_class else FREE)


def compared(fake: Judged, real: Reference, drawn_from: str) -> dict[str, Metric]:
    """The metrics of judged pictures, means of `drawn_from`, beside those of as many real ones."""
    n = len(fake.features)
    pictures = f"{n:,} means of {drawn_from}, seed {SEED}"
    some = f"{min(n, PAIRED):,} means of {drawn_from}, seed {SEED}"
    space = f"{fake.features.shape[1]} features of our own classifier"
    test, train = real.test, real.train

    def against(pictures: Judged) -> tuple[float, float, float]:
        return (
            share_within(pictures.features, test.features, test.reach),
            share_within(test.features, pictures.features, pictures.reach),
            frechet_distance(pictures.features, test.features),
        )

    (precision, recall, fid), of_train = against(fake), against(train)
    ball = f"k = {NEIGHBOURS}, {space}, {pictures} against {n:,} test images"
    found = {
        "sharpness": (fake.sharpness, test.sharpness, "variance of the Laplacian", pictures),
        "class entropy": (fake.entropy, test.entropy, "nats", f"our own classifier on {pictures}"),
        "pairwise distance": (fake.distance, test.distance, "Euclidean, 784 greys", some),
        "precision": (precision, of_train[0], "share", ball),
        "recall": (recall, of_train[1], "share", ball),
        "classifier FID": (
            fid,
            of_train[2],
            "squared Frechet distance",
            f"{space}, not Inception's: {pictures} against {n:,} test images",
        ),
    }
    first, few = f"the first {n:,} real", f"the first {min(n, PAIRED):,} real"
    beside = {"sharpness": f"{first} test", "class entropy": f"{first} test"}
    beside["pairwise distance"] = f"{few} test"
    return {
        name: metric(
            value,
            unit,
            f"{how}; {beside.get(name, f'{first} training')} images give {of_real:.4f}",
        )
        | {"real": round(of_real, 6)}
        for name, (value, of_real, unit, how) in found.items()
    }


# --- cards ----------------------------------------------------------------------------------------


def can_draw(entry: zoo.Entry, judge: zoo.Entry) -> bool:
    """Is there a prior and a decoder, and did both learn from the same images?"""
    model, same = entry.model, entry.card.data == judge.card.data
    return model.has_prior and model.has_decoder and same


def is_unmeasured(entry: zoo.Entry, judge: zoo.Entry) -> bool:
    return can_draw(entry, judge) and "recall" not in entry.card.metrics


def update(folder: Path, real: Reference) -> dict[str, Metric]:
    """Measure one checkpoint and write the numbers into its card."""
    entry = zoo.load(folder)
    found = generation(entry.model.to(real.labels.device), real)
    zoo.amend(folder, found)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.generation")
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
        dataset = data.load(judge.card.data["name"], options.data)
        real = reference(judge.model.to(choose_device(options.device)), dataset)
        for name in names:
            found = update(options.folder / name, real)
            print(name, ", ".join(f"{k} {m['value']:.4f}" for k, m in found.items()), flush=True)
    except (data.DataError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
