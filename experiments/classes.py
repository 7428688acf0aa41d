"""What knowing the class is worth, and whether a classifier knows what the model was told to draw.

Reads cvae-16, vae-16-unconditional (the same network without the class) and the classifier. Takes
five to ten minutes on one core, most of them for the importance bounds.

    python -m experiments.classes [--checkpoints FOLDER] [--data FOLDER] [--images N]
"""

import math

import torch
from torch import Tensor
from tqdm import tqdm

from commands import at_least
from data import datasets
from evaluation.metric import SEED, mean_and_error
from experiments.frame import binary_images, parser, start, with_error
from explore import classes
from models import Model, zoo

SAMPLES = 500  # of q(z|x, y) an image
IMAGES = 10_000
FORGOTTEN, FORGOTTEN_SAMPLES = 1_000, 100  # images whose log p(x) needs every class, draws for each
CODES = 1_000  # from N(0, I), for each class
CONDITIONAL, UNCONDITIONAL, JUDGE = "cvae-16", "vae-16-unconditional", "classifier"


def seeded() -> torch.Generator:
    """A new generator, seeded with SEED."""
    return torch.Generator().manual_seed(SEED)


def error(values: Tensor) -> float:
    """The standard error of the mean of values [N]."""
    return mean_and_error(values)[1]


def in_parts(model: Model, x: Tensor, y: Tensor | None, samples: int, name: str):
    """`classes.log_likelihoods` with a bar that moves."""
    generator, found = seeded(), []
    for i in tqdm(range(0, len(x), 100), desc=name, unit="00 images"):
        told = None if y is None else y[i : i + 100]
        found.append(classes.log_likelihoods(model, x[i : i + 100], told, samples, generator))
    return [torch.cat(parts) for parts in zip(*found, strict=True)]


def report_bounds(told: Model, untold: Model, x: Tensor, y: Tensor) -> None:
    """Both models' bounds on the same images, and their difference with its standard error."""
    print(
        f"\n{len(x):,} test images binarized once as Bernoulli(grey), seed {SEED}; nats per image,"
    )
    print(f"{SAMPLES} draws of q an image, +- the standard error over images")
    ours = in_parts(told, x, y, SAMPLES, CONDITIONAL)
    theirs = in_parts(untold, x, None, SAMPLES, UNCONDITIONAL)
    columns = f"{CONDITIONAL + ', of log p(x|y)':>28}{UNCONDITIONAL + ', of log p(x)':>34}"
    print(f"{'':18}{columns}{'gained':>18}")
    for name, a, b in zip(("ELBO", f"importance K={SAMPLES}"), ours, theirs, strict=True):
        gain = a - b
        print(
            f"{name:18}{a.mean():18.3f} +- {error(a):.3f}{b.mean():24.3f} +- {error(b):.3f}"
            f"{gain.mean():12.3f} +- {error(gain):.3f}"
        )


def report_forgotten(told: Model, x: Tensor, y: Tensor) -> None:
    """How much of log p(x|y) is the class itself: the same model with y summed out."""
    n = len(x)
    every = [
        in_parts(told, x, torch.full((n,), c), FORGOTTEN_SAMPLES, f"class {c}")[1]
        for c in range(told.config.classes)
    ]
    given = torch.stack(every)
    with_class = given[y, torch.arange(n)]
    gain = with_class - classes.without_class(given)
    right = given.argmax(0) == y
    print(f"\nthe class summed out of {CONDITIONAL}: log p(x) = log sum_y p(y) p(x|y), p(y) = 1/10")
    print(f"log p(x|y) - log p(x) = {with_error(gain, 3)} nats, at most log 10 =")
    print(
        f"{math.log(10):.3f}; first {n:,} images, importance K={FORGOTTEN_SAMPLES} for each class"
    )
    print(
        f"the class of the largest p(x|y) is the true one for {right.double().mean():.2%} of them"
    )


def report_recognised(told: Model, judge: Model, test: datasets.Split) -> None:
    """The share of class-conditional samples that the classifier takes for their class."""
    generator = seeded()
    found = [
        classes.recognised(told, judge, y, CODES, generator) for y in range(told.config.classes)
    ]
    x = datasets.unit_interval(test.images)
    right = [
        judge.classify(part).probs.argmax(1) == y
        for part, y in zip(x.split(1_000), test.labels.split(1_000), strict=True)
    ]
    print(f"\n{CODES:,} codes from N(0, I) a class, seed {SEED}: share that {JUDGE} takes for it")
    print(f"{'class':24}{'mean pictures':>16}{'Bernoulli samples':>20}")
    for y, one in enumerate(found):
        means, draws = one.means.double().mean(), one.draws.double().mean()
        print(f"{y:<24}{means:16.1%}{draws:20.1%}")
    means, draws = (torch.cat([getattr(o, k) for o in found]).double() for k in ("means", "draws"))
    print(f"{'all':24}{means.mean():16.2%}{draws.mean():20.2%}")
    print(f"{'standard error':24}{error(means):16.2%}{error(draws):20.2%}")
    own = torch.cat(right).double()
    print(f"its accuracy on {len(own):,} grey test images: {own.mean():.2%} +- {error(own):.2%}")


@torch.no_grad()
def main(arguments: list[str] | None = None) -> None:
    """Print each of the comparisons."""
    command = parser("classes", __doc__, "checkpoints", "data")
    command.add_argument(
        "--images", type=at_least(2), default=IMAGES, help="the first N test images"
    )
    options = command.parse_args(arguments)
    torch.set_num_threads(1)
    told, untold, judge = (
        zoo.load(options.checkpoints / name).model for name in (CONDITIONAL, UNCONDITIONAL, JUDGE)
    )
    test = datasets.load("mnist", options.data).test
    x, y = binary_images(test, options.images), test.labels[: options.images]
    report_recognised(told, judge, test)
    report_forgotten(told, x[:FORGOTTEN], y[:FORGOTTEN])
    report_bounds(told, untold, x, y)


if __name__ == "__main__":
    start(main)
