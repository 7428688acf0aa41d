"""VAE against IWAE from the shipped checkpoints: the same test images, and differences in pairs.

Same network, same images, same number of steps; see training/recipes/importance.py. ELBO, the
bound of 50 samples and log p(x) share their draws. 1,000 images take some minutes on one core.

    python -m experiments.iwae [--images N] [--samples N] [--checkpoints FOLDER] [--data FOLDER]
"""

import torch
from torch import Tensor
from tqdm import tqdm

from commands import at_least
from data import datasets
from evaluation.likelihood import IWAE, many_weights
from evaluation.metric import SEED
from evaluation.representation import ACTIVE
from experiments.frame import binary_images, device_of, machine, parser, start, with_error
from models import zoo
from models.bounds import effective_sample_size, iwae

NAMES = ("vae-50-burda", "iwae-50-burda")


@torch.no_grad()
def estimates(entry: zoo.Entry, images: Tensor, samples: int) -> dict[str, Tensor]:
    """Bounds of each binary image [N, C, H, W], nats, [N] float64, and the effective samples.

    Every model draws from a generator of the same seed.
    """
    generator = torch.Generator(images.device).manual_seed(SEED)
    rows = []
    for x in tqdm(images.split(1), desc=entry.card.name, unit="image", dynamic_ncols=True):
        log_weights = many_weights(entry.model, x, None, samples, generator)
        bounds = [iwae(log_weights, k) for k in (1, IWAE, samples)]
        rows.append(torch.stack([*bounds, effective_sample_size(log_weights)]))
    names = ("ELBO", f"IWAE-{IWAE}", "log p(x)", "effective samples")
    return dict(zip(names, torch.cat(rows, 1).cpu(), strict=True))


def difference(name: str, before: Tensor, after: Tensor) -> str:
    """How much higher `after` is on the same images, with its standard error over images."""
    return f"{name:12}{with_error(after - before, sign='+')} nats"


def report(entry: zoo.Entry, found: dict[str, Tensor]) -> str:
    """One model: its bounds on these images, and what its card says of all test images."""
    card = entry.card
    lines = [f"{card.name}: {len(card.curve)} epochs, {card.machine['training_seconds']:.0f} s"]
    for name in list(found)[:-1]:
        lines.append(f"  {name:12}{with_error(found[name])} nats")
    lines.append(f"  effective samples, median {float(found['effective samples'].median()):.0f}")
    for name in ("log p(x)", "active units"):
        metric = card.metrics[name]
        lines.append(f"  card: {name} {metric.value:g} {metric.unit} ({metric.sentence()})")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Print the bounds of both models."""
    command = parser("iwae", __doc__, "checkpoints", "data", "device")
    command.add_argument(
        "--images", type=at_least(2), default=1_000, help="the first so many test images"
    )
    command.add_argument("--samples", type=at_least(1), default=5_000, help=f"a multiple of {IWAE}")
    options = command.parse_args(arguments)
    if options.images < 2 or options.samples < IWAE or options.samples % IWAE:
        command.error(f"it takes 2 images or more, and samples in multiples of {IWAE}")
    device = device_of(options.device)
    models = zoo.Zoo(options.checkpoints, device)
    if any(name not in models for name in NAMES):
        command.error(f"it compares {' and '.join(NAMES)}; train them first")
    x = binary_images(datasets.load("mnist", options.data).test, options.images).to(device)
    print(
        f"{machine(device)}; first {len(x):,} test images of MNIST, "
        f"binarized once as Bernoulli(grey), seed {SEED}; {options.samples:,} samples an image; "
        f"standard errors over images; active: Var_x(E_q[z]) > {ACTIVE}"
    )
    entries = [models[name] for name in NAMES]
    results = [estimates(entry, x, options.samples) for entry in entries]
    for entry, found in zip(entries, results, strict=True):
        print(report(entry, found))
    before, after = results
    print(f"{NAMES[1]} minus {NAMES[0]}, image by image:")
    for name in list(before)[:-1]:
        print("  " + difference(name, before[name], after[name]))


if __name__ == "__main__":
    start(main)
