"""VAE, VAE+GAN and GAN of one size: how sharp, how varied and how like digits their samples are.

Prints what the cards of the shipped checkpoints say, with the numbers of real digits beside.

    python -m benchmarks.gan [--checkpoints FOLDER]
"""

import argparse
import sys
from pathlib import Path

from models import zoo
from training.__main__ import CHECKPOINTS

NAMES = ("vae-16-conv", "vae-gan-16", "gan-16")
METRICS = (
    "sharpness",
    "class entropy",
    "pairwise distance",
    "precision",
    "recall",
    "classifier FID",
)


def report(cards: list[zoo.Card]) -> str:
    """A line for each metric, the models side by side, then how each was measured."""
    heading = "".join(f"{card.name:>14}" for card in cards)
    lines = [f"{'':20}{heading}{'real digits':>14}"]
    for name in METRICS:
        found = [card.metrics[name] for card in cards]
        values = "".join(f"{m['value']:14.4f}" for m in found)
        lines.append(f"{name:20}{values}{found[0]['real']:14.4f}")
    ratios = [card.metrics["sharpness"] for card in cards]
    shares = "".join(f"{m['value'] / m['real'] - 1:+14.1%}" for m in ratios)
    lines.append(f"{'sharpness off by':20}{shares}")
    lines += [f"{name}: {cards[0].metrics[name]['protocol']}" for name in METRICS]
    for card in cards:
        machine = card.machine
        lines.append(
            f"{card.name}: seed {card.seed}, {len(card.curve)} epochs, "
            f"{machine['training_seconds']:.0f} s on {machine['device']}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gan")
    parser.add_argument("--checkpoints", type=Path, default=CHECKPOINTS)
    options = parser.parse_args(arguments)
    try:
        cards = [zoo.load(options.checkpoints / name).card for name in NAMES]
    except zoo.CheckpointError as error:
        print(error, file=sys.stderr)
        return 1
    print(report(cards))
    return 0


if __name__ == "__main__":
    sys.exit(main())
