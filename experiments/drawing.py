"""DRAW against VAEs that draw at once, in ELBO and log p(x) of the same binary images.

Reads shipped checkpoints: draw-32; vae-32-oneshot, with as many latent numbers, parameters and
epochs; vae-32-mlp, a smaller network; and vae-16-unconditional, which had more epochs in less time.
Every model sees the same images, binarized once, so that the differences vary little. Takes about
ten minutes on one core.

    python -m experiments.drawing [--checkpoints FOLDER] [--images N] [--samples K] [--data FOLDER]
"""

import torch
from torch import Tensor
from tqdm import tqdm

from commands import at_least
from data import datasets
from evaluation.metric import MOST_AT_ONCE, SEED, seeded_generator
from experiments.frame import binary_images, device_of, machine, parser, start, with_error
from explore.classes import log_likelihoods
from models import Model, zoo

DRAW, RIVALS = "draw-32", ("vae-32-oneshot", "vae-32-mlp", "vae-16-unconditional")


def bounds(model: Model, x: Tensor, samples: int) -> dict[str, Tensor]:
    """ELBO and importance-weighted log p(x) of each image, by the same draws: nats, [N] float64."""
    generator = seeded_generator(x.device)
    parts = tqdm(x.split(max(1, MOST_AT_ONCE // samples)), leave=False, dynamic_ncols=True)
    found = [log_likelihoods(model, part, None, samples, generator) for part in parts]
    elbo, log_p = (torch.cat(each).cpu() for each in zip(*found, strict=True))
    return {"ELBO": elbo, "log p(x)": log_p}


def written(each: dict[str, Tensor]) -> str:
    """Every mean with its error, one after another."""
    return ", ".join(f"{name} {with_error(values, sign='+')}" for name, values in each.items())


def trained(entry: zoo.Entry) -> float:
    """How long its training took, seconds, on the machine that its card names."""
    return entry.card.machine["training_seconds"]


def main(arguments: list[str] | None = None) -> None:
    """Print the bounds of DRAW and of the VAEs it is compared with."""
    command = parser("drawing", __doc__, "checkpoints", "data", "device")
    command.add_argument(
        "--images", type=at_least(2), default=2_000, help="the first of the test set"
    )
    command.add_argument("--samples", type=at_least(1), default=500, help="of q(z|x) an image")
    options = command.parse_args(arguments)
    device = device_of(options.device)
    x = binary_images(datasets.load("mnist", options.data).test, options.images).to(device)
    models = zoo.Zoo(options.checkpoints, device)
    print(machine(device))
    print(
        f"ELBO and log p(x), nats per image, by {options.samples} importance samples; first "
        f"{len(x):,} MNIST test images, binarized once as Bernoulli(grey), seed {SEED}; +- "
        "standard error over images"
    )
    found = {}
    for name in (DRAW, *RIVALS):
        if name not in models:
            print(f"{name:21} left out: it is not in {options.checkpoints.name}.")
            continue
        entry = models[name]
        found[name] = bounds(entry.model, x, options.samples)
        parameters = sum(p.numel() for p in entry.model.parameters())
        budget = f"{entry.card.recipe['epochs']} epochs in {trained(entry):.0f} s"
        print(f"{name:21}{written(found[name])}   {parameters:>9,} parameters, {budget}")
    for rival in RIVALS:
        if DRAW in found and rival in found:
            gaps = {key: found[DRAW][key] - found[rival][key] for key in found[rival]}
            print(f"{DRAW} - {rival:21}{written(gaps)}, on the same images")


if __name__ == "__main__":
    start(main)
