"""The recipes that the page compares, trained with several seeds: how much do numbers vary?

    python -m experiments.seeds [NAME ...] [--seeds 0 1 2] [--data FOLDER] [--out FILE]

trains each recipe with each seed, measures it with the protocol of its card, and adds the numbers
to docs/seeds.json: recipe -> seed -> metric -> value. The checkpoints themselves are not kept. On a
CUDA device one run takes seconds to a minute, on a processor core minutes to an hour; what the
file already holds is not trained again. experiments.differences prints what follows.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch

from commands import at_least
from data import datasets
from data.datasets import Dataset
from evaluation.checkpoints import Evaluator
from evaluation.measures import Measure
from experiments.frame import device_of, parser, start
from explore.seeds import FILE, read
from files import check_writable
from models import Model, zoo
from training.loop import train_model
from training.recipes import (
    Recipe,
    adversarial,
    beta,
    conditional,
    few_labels,
    importance,
    mathematics,
    recurrent,
    shapes,
)
from training.recipes import main as main_recipes
from training.recipes.importance import averaged

SEEDS = (0, 1, 2)
# Every recipe that some sentence of the page calls better than another, and what is not shipped.
KNOWN: dict[str, Recipe] = {averaged().name: averaged()} | {
    recipe.name: recipe
    for part in (
        main_recipes,
        conditional,
        beta,
        shapes,
        importance,
        few_labels,
        recurrent,
        adversarial,
    )
    for recipe in (*part.RECIPES, mathematics.VAE_2_DAVIDSON)
}


def measured(
    recipe: Recipe, model: Model, dataset: Dataset, evaluator: Evaluator
) -> dict[str, float]:
    """What its card would say, without lists, a mixture, and the estimates of few images."""
    measures = [measure for measure in recipe.measures if measure is not Measure.MIXTURE]
    metrics = evaluator.measure(model, dataset, measures).metrics
    return {
        name: metric.value
        for name, metric in metrics.items()
        if not isinstance(metric.value, tuple) and "side by side" not in name
    }


def added(path: Path, name: str, seed: int, metrics: dict[str, float]) -> None:
    """Write one run into the file, which another process may have changed meanwhile."""
    runs = read(path)
    runs.setdefault(name, {})[str(seed)] = metrics
    text = json.dumps(runs, indent=1, sort_keys=True, allow_nan=False) + "\n"
    zoo.write_atomically(path, text.encode())


def run(
    names: Iterable[str], seeds: Iterable[int], root: Path | None, device: torch.device, out: Path
) -> None:
    """Train and measure what `out` does not hold yet."""
    sets: dict[str, Dataset] = {}
    evaluator = Evaluator(zoo.CHECKPOINTS, device, images=2)
    for name in names:
        recipe = KNOWN[name]
        if recipe.dataset not in sets:
            sets[recipe.dataset] = datasets.load(recipe.dataset, root)
        for seed in seeds:
            if str(seed) in read(out).get(name, {}):
                continue
            chosen, dataset = replace(recipe, seed=seed), sets[recipe.dataset]
            model, _ = train_model(chosen, dataset.train, device)
            zoo.round_weights(model)  # as its checkpoint would hold it
            metrics = measured(chosen, model, dataset, evaluator)
            added(out, name, seed, metrics)
            print(name, seed, {k: round(v, 4) for k, v in metrics.items()}, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Train the recipes with every seed, and write what is measured to a file."""
    command = parser("seeds", __doc__, "data", "device")
    command.add_argument("names", nargs="*", metavar="NAME", help="recipes; none: all of them")
    command.add_argument("--seeds", type=at_least(0), nargs="+", default=SEEDS)
    command.add_argument("--out", type=Path, default=FILE)
    options = command.parse_args(arguments)
    if unknown := [name for name in options.names if name not in KNOWN]:
        command.error(f"there is no recipe {unknown[0]!r}; known are {', '.join(KNOWN)}")
    device = device_of(options.device)
    check_writable(options.out.parent)
    run(options.names or KNOWN, options.seeds, options.data, device, options.out)


if __name__ == "__main__":
    start(main)
