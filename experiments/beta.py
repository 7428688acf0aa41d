"""Rate and distortion of the shipped 2-D VAEs, one for each beta, from their cards.

Prints, on the 10,000 test images, the rate KL(q(z|x) || p(z)), the distortion -E[log p(x|z)] and
the ELBO, the slope to the next beta beside the interval that optimal networks keep to, and how far
all codes together are from the prior.

    python -m experiments.beta [--checkpoints FOLDER]
"""

import itertools

from experiments.frame import parser, start
from explore.beta import Point, elbo, slope
from models.beta import beta_of
from models.zoo import Entry, Zoo
from training.recipes.beta import RECIPES

OTHERS = ("aggregate kl", "aggregate mmd", "mse", "5-nn accuracy")


def point_of(entry: Entry) -> Point:
    """Where the card says the network lies on the rate-distortion plane."""
    return Point(*(entry.card.metrics[name].value for name in ("kl", "reconstruction")))


def row(entry: Entry, after: Entry | None) -> str:
    """One line of the table; `after` is the network of the next beta."""
    point, beta = point_of(entry), beta_of(entry.card.config)
    others = "".join(f"{entry.card.metrics[name].value:15.4f}" for name in OTHERS)
    numbers = f"{beta:5g}{point.rate:8.2f}{point.distortion:12.2f}"
    to_next = ""
    if after is not None:
        found = slope(point, point_of(after))
        to_next = f"{found:8.2f} in [{-beta_of(after.card.config):g}, {-beta:g}]"
    return f"{numbers}{elbo(point):10.2f}{others}   {to_next}"


def main(arguments: list[str] | None = None) -> None:
    """Print the table, and by which protocol each column was measured."""
    options = parser("beta", __doc__, "checkpoints").parse_args(arguments)
    zoo = Zoo(options.checkpoints)
    entries = [zoo[recipe.name] for recipe in RECIPES if recipe.name in zoo]
    if not entries:
        raise ValueError("There is no VAE of any beta there; train vae-2-beta-1.")
    print(
        f" beta    rate  distortion      ELBO{''.join(f'{n:>15}' for n in OTHERS)}   slope to next"
    )
    for entry, after in itertools.zip_longest(entries, entries[1:]):
        print(row(entry, after))
    for name in ("kl", "reconstruction", *OTHERS):
        print(f"{name}: {entries[0].card.metrics[name].sentence()}")


if __name__ == "__main__":
    start(main)
