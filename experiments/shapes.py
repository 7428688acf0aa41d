"""MIG and DCI of VAE, beta-VAE and beta-TCVAE on shapes of known factors, over several seeds.

Trains each of the recipes of training/recipes/shapes.py with every seed, as `python -m training`
does; a run is one to three minutes on one core of a processor. Finished runs are kept in a folder,
one a seed, and an interrupted one goes on from its last epoch.

The cards' MIG is of the whole grid, as papers have it. Printed beside is that of the validation
pictures, on which alone a weight is to be chosen, and of the test pictures, which took no part:
--choose trains beta-TCVAE with each weight, by a seed not reported, and compares the former.

    python -m experiments.shapes [--seeds N] [--out FOLDER]
    python -m experiments.shapes --choose 15 20 25
"""

import statistics
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from commands import at_least
from data import datasets
from data.shapes import FACTORS
from evaluation.codes import aggregate
from evaluation.disentanglement import entropies, mig, mutual_information
from experiments.frame import device_of, parser, start, table
from experiments.published import train as trained_model
from models import Model, zoo
from models.metrics import Metric
from training.__main__ import main as train
from training.loop import split_validation
from training.recipes import Recipe
from training.recipes.shapes import BETA_TCVAE, RECIPES

MATRIX = "factor information"
METRICS = (
    "mig",
    "dci disentanglement",
    "dci completeness",
    "dci informativeness",
    "kl",
    "reconstruction",
)


UNREPORTED = 20  # the seed of what is trained to choose


def main(arguments: list[str] | None = None) -> None:
    """Train what is missing, and print the tables."""
    command = parser("shapes", __doc__, "checkpoints")
    command.add_argument("--choose", type=float, nargs="+", metavar="WEIGHT", help="of beta-TCVAE")
    command.add_argument("--seeds", type=at_least(1), default=3, help="how many, from 0 on")
    command.add_argument("--out", type=Path, default=Path("runs"), help="folder of the runs")
    options = command.parse_args(arguments)
    if options.choose:
        choose(options.choose)
        return
    found = {recipe.name: [] for recipe in RECIPES}
    for seed in range(options.seeds):
        for recipe in RECIPES:
            chosen = replace(recipe, seed=seed)
            found[recipe.name].append(measured(chosen, options.checkpoints, options.out))
    show(found)
    for recipe in RECIPES:
        print(
            f"{recipe.name}, shipped: MIG",
            by_part(zoo.load(options.checkpoints / recipe.name).model),
        )


def choose(weights: list[float]) -> None:
    """Print the MIG of the validation pictures for each last weight of the total correlation."""
    device = device_of()
    train_pictures = datasets.load("shapes").train
    for weight in weights:
        config = replace(BETA_TCVAE.config, beta=weight)
        recipe = replace(BETA_TCVAE, name=f"weight-{weight:g}", config=config, seed=UNREPORTED)
        model, _ = trained_model(recipe, train_pictures, device)
        _, held_out = split_validation(train_pictures, recipe, device)
        found = mig_of(model.to(device), held_out)
        print(f"weight {weight:g}: MIG {found:.3f} of {len(held_out):,} validation", flush=True)


def by_part(model: Model) -> str:
    """MIG of the validation pictures, and of the test pictures."""
    dataset = datasets.load("shapes")
    _, held_out = split_validation(dataset.train, BETA_TCVAE, model.device)
    parts = {"validation": held_out, "test": dataset.test}
    return ", ".join(f"{mig_of(model, part):.3f} of {len(part):,} {n}" for n, part in parts.items())


def mig_of(model: Model, split: datasets.Split) -> float:
    """The mutual information gap on the pictures of `split`: Chen et al. 2018, eq. 6."""
    factors = split.required_factors()
    shares = mutual_information(aggregate(model, split), factors)
    return mig(shares / entropies(factors)[:, None])


def show(found: dict[str, list[dict[str, Metric]]]) -> None:
    """Every run, then the mean of every recipe; `found` holds metrics, by recipe and seed.

    The second table has what the best number tells of each factor.
    """
    show_runs(METRICS, found, lambda metrics: [metrics[metric].value for metric in METRICS])
    show_runs(FACTORS, found, lambda metrics: [max(row) for row in metrics[MATRIX].value])
    for name, runs in found.items():
        migs = [run["mig"].value for run in runs]
        spread = statistics.stdev(migs) if len(migs) > 1 else 0.0
        print(
            f"{name}: MIG mean {statistics.mean(migs):.3f}, standard deviation {spread:.3f} over "
            f"{len(migs)} seeds, ceiling {runs[0]['mig ceiling'].value:.3f}"
        )
    *_, last = found.values()
    for name in ("mig", "dci disentanglement", MATRIX):
        print(f"{name}: {last[0][name].sentence()}")


def show_runs(
    columns: Collection[str],
    found: dict[str, list[dict[str, Metric]]],
    numbers: Callable[[dict[str, Metric]], list[float]],
) -> None:
    """A row for every run: what `numbers` takes from its metrics."""
    rows = (
        [name, str(seed), *(f"{number:.3f}" for number in numbers(metrics))]
        for name, runs in found.items()
        for seed, metrics in enumerate(runs)
    )
    print(table(["recipe", "seed", *columns], rows), end="\n\n")


def measured(recipe: Recipe, checkpoints: Path, out: Path) -> dict[str, Metric]:
    """The metrics of one run's card; what is not there yet is trained.

    Raises ValueError if that failed, which it has then said why.
    """
    of_seed = out / f"seed-{recipe.seed}"
    for folder in (checkpoints, of_seed):
        if (metrics := kept(recipe, folder / recipe.name)) is not None:
            return metrics
    words = [recipe.name, "--seed", str(recipe.seed), "--out", str(of_seed), "--resume"]
    metrics = None if train(words) else kept(recipe, of_seed / recipe.name)
    if metrics is None:
        raise ValueError(f"The training of {recipe.name} with seed {recipe.seed} failed.")
    return metrics


def kept(recipe: Recipe, folder: Path) -> dict[str, Metric] | None:
    """The metrics of a finished run of this very recipe and seed, if `folder` holds one."""
    try:
        card = zoo.load(folder).card
    except (zoo.CheckpointError, OSError):
        return None
    return card.metrics if card.recipe == recipe.to_dict() else None


if __name__ == "__main__":
    start(main)
