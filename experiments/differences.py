"""What docs/seeds.json says of every pair that the page compares, as docs/seeds.md.

    python -m experiments.differences

A difference is taken seed by seed: the same seed, so the same images held out and the same order.
"""

from dataclasses import dataclass
from pathlib import Path

from experiments.frame import parser, start, table
from explore import seeds

FILE = Path(__file__).resolve().parent.parent / "docs" / "seeds.md"


@dataclass(frozen=True)
class Pair:
    """Of `metric`, does `recipe` have more than `rival`, or with `less` less?

    `equal` says what the two trainings have in common and what not.
    """

    recipe: str
    rival: str
    metric: str
    equal: str
    less: bool = False


ONE_NETWORK = "network, images, epochs"
PAIRS = (
    Pair("iwae-50-burda", "vae-50-burda", "log p(x)", f"{ONE_NETWORK}; 50 samples against 1"),
    Pair("iwae-50-burda", "vae-50-burda-k50", "log p(x)", f"{ONE_NETWORK}, samples"),
    Pair("vae-50-burda", "iwae-50-burda", "elbo", f"{ONE_NETWORK}; 1 sample against 50"),
    Pair("cvae-16", "vae-16-unconditional", "elbo", f"{ONE_NETWORK}; one is given the class"),
    Pair("cvae-16", "vae-16-unconditional", "log p(x)", f"{ONE_NETWORK}; one is given the class"),
    Pair("draw-32", "vae-32-oneshot", "elbo", "latent dimensions, weights, epochs"),
    Pair("vae-16-unconditional", "draw-32", "elbo", "images only"),
    *(
        Pair("vae-2-beta-1", f"vae-2-beta-{beta:g}", "elbo", f"{ONE_NETWORK}; beta differs")
        for beta in (0, 0.1, 0.3, 2, 4, 8, 20)
    ),
    *(
        Pair(f"m2-{n}", f"classifier-{n}", "accuracy", f"{n:,} labels; one sees the other images")
        for n in (100, 600, 1000, 3000)
    ),
    Pair("vae-gan-16", "vae-16-conv", "classifier FID", "decoder, epochs", less=True),
    Pair("gan-16", "vae-gan-16", "classifier FID", "decoder, epochs", less=True),
    Pair("vae-gan-16", "vae-16-conv", "sharpness", "decoder, epochs"),
    Pair("vae-gan-16", "vae-16-conv", "precision", "decoder, epochs"),
    Pair("vae-16-conv", "vae-gan-16", "recall", "decoder, epochs"),
    Pair("dae-16", "ae-16", "mse gaussian-noise 0.5", ONE_NETWORK, less=True),
    Pair("dae-16", "ae-16", "mse masking 0.5", ONE_NETWORK, less=True),
    Pair("ae-16", "dae-16", "mse", ONE_NETWORK, less=True),
)


def holds(pair: Pair) -> bool:
    """Is the sign of the difference the same with every seed?"""
    gain = seeds.gain(pair.recipe, pair.rival, pair.metric)
    return gain is not None and (gain.most < 0 if pair.less else gain.least > 0)


def row(pair: Pair) -> list[str]:
    """One pair of recipes: both values, their difference over seeds, and the claim."""
    ours, theirs = (_spread(name, pair.metric) for name in (pair.recipe, pair.rival))
    gain = seeds.gain(pair.recipe, pair.rival, pair.metric)
    if gain is None:
        raise ValueError(
            f"{pair.recipe} and {pair.rival} have no seeds in common; train them first."
        )
    return [
        f"{pair.recipe} {'<' if pair.less else '>'} {pair.rival}",
        pair.metric,
        ours,
        theirs,
        f"{gain.mean:+.3g} +- {gain.spread:.2g}",
        "with every seed" if holds(pair) else "not with every seed",
        pair.equal,
    ]


def _spread(recipe: str, metric: str) -> str:
    found = seeds.spread(recipe, metric)
    if found is None:
        raise ValueError(f"{recipe} has {metric} of fewer than two seeds; train more first.")
    mean, deviation, _ = found
    return f"{mean:.4g} +- {deviation:.2g}"


def single(name: str, metric: str, theirs: str) -> list[str]:
    """One recipe's values beside a published number."""
    values = ", ".join(f"{value:.2f}" for _, value in sorted(seeds.of(name, metric).items()))
    return [name, metric, values, _spread(name, metric), theirs]


def document() -> str:
    """docs/differences.md, in Markdown."""
    return "\n".join(
        [
            "# Every comparison with three seeds",
            "",
            "`python -m experiments.seeds` trained every recipe with seeds 0, 1 and 2 (weights,"
            " order, noise, and which labels are known) and measured it in the same way as the"
            " checkpoints, on the 10,000 test images; `python -m experiments.differences` wrote"
            " these tables from docs/seeds.json. The trainings ran on one NVIDIA H200, torch 2.11,"
            " bfloat16 layers; the shipped checkpoints are separate runs, most of them on a CPU."
            " Values and differences are means +- standard deviations over the seeds; differences"
            " are taken seed by seed. elbo and log p(x) are in nats per image; log p(x) is the"
            " bound of 500 samples. Measures of samples are of one set of 10,000 pictures here,"
            " while the cards contain the mean of five sets.",
            "",
            table(
                ("claim", "metric", "first", "second", "difference", "holds", "what is equal"),
                map(row, PAIRS),
            ),
            "",
            "## Beside published numbers",
            "",
            table(
                ("recipe", "metric", "seeds 0, 1, 2", "mean", "published"),
                [single("vae-2-davidson", "log p(x)", "-135.73 (Davidson et al. 2018, table 1)")],
            ),
            "",
            "## Directions",
            "",
            "R^2 is how well a measure is predicted from the code; follow is how far decoded"
            " pictures follow it. The networks are not ranked.",
            "",
            table(
                ("recipe", "metric", "seeds 0, 1, 2", "mean", ""),
                (
                    single(name, f"{what} {measure}", "")
                    for what in ("R^2", "follow")
                    for measure in ("thickness", "slant", "width", "height")
                    for name in ("ae-16", "dae-16", "vae-16")
                ),
            ),
            "",
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    """Write the document, and print it."""
    parser("differences", __doc__).parse_args(arguments)
    FILE.write_text(document(), encoding="utf-8")
    print(document())


if __name__ == "__main__":
    start(main)
