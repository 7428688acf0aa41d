"""The recipes that the page compares, trained with several seeds: how far does luck reach?

    python -m experiments.seeds [NAME ...] [--seeds 0 1 2] [--data FOLDER] [--out FILE]

trains each recipe with each seed, measures it with the protocol of its card, and adds the numbers
to docs/seeds.json: recipe -> seed -> metric -> value. The checkpoints themselves are not kept. On a
CUDA device one run takes seconds to a minute, on a processor core minutes to an hour; what the
file already holds is not trained again. experiments.differences prints what follows.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch

from data import datasets
from data.datasets import Dataset
from evaluation import SCOPES, directions, evaluate, generation
from evaluation.generation import Reference
from explore.seeds import FILE, read
from models import Model, zoo
from models.device import choose_device, exact_convolutions
from training.loop import train_model
from training.recipes import RECIPES, Recipe
from training.recipes.importance import averaged

ROOT = Path(__file__).resolve().parent.parent
JUDGE = ROOT / "checkpoints" / generation.JUDGE
SEEDS = (0, 1, 2)
# Every recipe that some sentence of the page calls better than another, and what is not shipped.
KNOWN: dict[str, Recipe] = {averaged().name: averaged()} | {
    name: recipe
    for name, recipe in RECIPES.items()
    if recipe.exhibit
    in ("main", "classes", "beta", "shapes", "iwae", "few labels", "drawing", "gan", "gap")
}


def measured(
    recipe: Recipe, model: Model, dataset: Dataset, device: torch.device, real: Reference | None
) -> dict[str, float]:
    """What its card would say, without lists and without the estimates of few images."""
    scope = replace(SCOPES[recipe.exhibit], images=2)
    metrics, _ = evaluate(model, dataset, device, lambda images: None, scope)
    if scope.representation and directions.suits(model, dataset):
        metrics |= directions.directions(model, dataset.train, dataset.test)[0]
    if real is not None and model.prior() is not None and model.has_decoder:
        metrics |= generation.generation(model, real)
    return {
        name: metric["value"]
        for name, metric in metrics.items()
        if not isinstance(metric["value"], list) and "side by side" not in name
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
    references: dict[str, Reference] = {}
    judge = zoo.load(JUDGE)
    for name in names:
        recipe = KNOWN[name]
        if recipe.dataset not in sets:
            dataset = sets[recipe.dataset] = datasets.load(recipe.dataset, root)
            if judge.card.data["test_sha256"] == dataset.test.sha256:
                model = judge.model.to(device)
                references[recipe.dataset] = generation.reference(model, dataset)
        for seed in seeds:
            if str(seed) in read(out).get(name, {}):
                continue
            chosen, dataset = replace(recipe, seed=seed), sets[recipe.dataset]
            model, _ = train_model(chosen, dataset.train, device)
            zoo.round_weights(model)  # as its checkpoint would hold it
            metrics = measured(chosen, model, dataset, device, references.get(recipe.dataset))
            added(out, name, seed, metrics)
            print(name, seed, {k: round(v, 4) for k, v in metrics.items()}, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m experiments.seeds", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="recipes; none: all of them")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in KNOWN]:
        parser.error(f"there is no recipe {unknown[0]!r}; known are {', '.join(KNOWN)}")
    exact_convolutions()
    device = choose_device(options.device)
    run(options.names or KNOWN, options.seeds, options.data, device, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
