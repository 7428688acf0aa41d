"""VAE, VAE+GAN and GAN of one size: how sharp, how varied and how like digits their samples are.

Prints what the cards of the shipped checkpoints say, with the numbers of real digits beside.

    python -m experiments.gan [--checkpoints FOLDER]
"""

from experiments.frame import parser, start
from models import zoo
from models.metrics import Metric
from models.origins import CODES, MIXTURE, PRIOR, metric_name

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
    """A line for each metric and origin of z, the models side by side, then how it was measured.

    What a model has not, such as codes of a GAN, is left blank.
    """
    heading = "".join(f"{card.name:>18}" for card in cards)
    lines = [f"{'':26}{heading}{'real digits':>14}"]
    names = [metric_name(name, origin) for origin in (PRIOR, MIXTURE, CODES) for name in METRICS]
    names = [name for name in names if any(name in card.metrics for card in cards)]
    for name in names:
        found = [card.metrics.get(name) for card in cards]
        real = next(m.real for m in found if m)
        lines.append(f"{name:26}{''.join(map(_told, found))}{real:14.4f}")
    ratios = [card.metrics["sharpness"] for card in cards]
    shares = "".join(f"{m.value / m.real - 1:+18.1%}" for m in ratios)
    lines.append(f"{'sharpness off by':26}{shares}")
    lines += [f"{name}: {cards[0].metrics[name].sentence()}" for name in names]
    for card in cards:
        machine = card.machine
        lines.append(
            f"{card.name}: seed {card.seed}, {len(card.curve)} epochs, "
            f"{machine['training_seconds']:.0f} s on {machine['device']}"
        )
    return "\n".join(lines)


def _told(metric: Metric | None) -> str:
    """A value and its deviation over sets of draws, in one column."""
    if not metric:
        return f"{'':18}"
    error = "" if metric.deviation is None else f" ± {metric.deviation:.4f}"
    return f"{metric.value:.4f}{error}".rjust(18)


def main(arguments: list[str] | None = None) -> None:
    """Print the numbers of the cards side by side."""
    options = parser("gan", __doc__, "checkpoints").parse_args(arguments)
    print(report([zoo.load(options.checkpoints / name).card for name in NAMES]))


if __name__ == "__main__":
    start(main)
