"""Test error with few labels: M2 and the classifier of the same network and the same labels.

Trains both for every number of labels on several splits (a split is a seed: which labels are known,
the first weights, the noise) and prints the mean error, its spread over splits and how much of the
classifier's error is left to M2. What a checkpoint of the same recipe, or a folder given by
--results, holds already is not trained again. Three minutes a split on one core.

    python -m experiments.few_labels [--labels N ...] [--splits N] [--checkpoints FOLDER]
                                    [--results FOLDER] [--epochs N] [--data FOLDER]
                                    [--dataset mnist|digits]
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import torch

from commands import at_least
from data import datasets
from evaluation.codes import classification
from experiments.frame import device_of, machine, parser, start
from experiments.published import train
from explore.few_labels import PUBLISHED
from files import check_writable
from models import zoo
from training.recipes import Recipe
from training.recipes.few_labels import LABELS, semi_supervised, supervised

# Pyro's tutorial on the semi-supervised VAE: M2, and the same network without unlabelled images.
# Percent of the 10,000 test images.
PYRO = {100: (6.81, 22.9), 600: (5.63, 12.8), 1_000: (5.13, 11.4), 3_000: (4.18, 8.9)}


def error(recipe: Recipe, dataset: datasets.Dataset, device: torch.device) -> float:
    """Train by the recipe; the share of test images then read wrongly, in percent."""
    model, _ = train(recipe, dataset.train, device)
    accuracy = classification(model.to(device), dataset.test.to(device))["accuracy"].value
    return round(100 * (1 - accuracy), 2)


def of_card(folder: Path, wanted: dict) -> float | None:
    """The error that a checkpoint's card says, in percent, if it is of this recipe and data."""
    if not (folder / zoo.CARD).exists():
        return None
    card = json.loads((folder / zoo.CARD).read_text(encoding="utf-8"))
    if {"recipe": card["recipe"], "test": card["data"]["test_sha256"]} != wanted:
        return None
    return round(100 * (1 - card["metrics"]["accuracy"]["value"]), 2)


def of_result(file: Path, wanted: dict) -> float | None:
    """The error in a file of results, in percent, if it is of this recipe and data.

    Raises ValueError, one sentence, for a file that is no such file.
    """
    if not file.exists():
        return None
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
        return float(result["error"]) if {key: result[key] for key in wanted} == wanted else None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"The file {file.name} holds no result; move it away.") from error


def errors(
    method: Callable[[int, int], Recipe],
    labels: int,
    options: argparse.Namespace,
    dataset: datasets.Dataset,
    device: torch.device,
) -> list[float]:
    """One error for each split, from a checkpoint or the folder of results where it is there."""
    found = []
    for seed in range(options.splits):
        recipe = method(labels, seed)
        if options.epochs:
            recipe = replace(recipe, epochs=options.epochs)
        stored = options.results and options.results / f"{recipe.name}-seed-{seed}.json"
        wanted = {"recipe": recipe.to_dict(), "test": dataset.test.sha256}
        if (shipped := of_card(options.checkpoints / recipe.name, wanted)) is not None:
            found.append(shipped)
            continue
        if stored and (kept := of_result(stored, wanted)) is not None:
            found.append(kept)
            continue
        found.append(error(recipe, dataset, device))
        if stored:
            zoo.write_atomically(stored, json.dumps(wanted | {"error": found[-1]}).encode())
    return found


def written(values: list[float]) -> str:
    """Mean, standard deviation and each of the values, in percent."""
    spread = f" +- {stdev(values):.2f}" if len(values) > 1 else ""
    return f"{mean(values):6.2f}{spread}  ({', '.join(f'{v:.2f}' for v in values)})"


def main(arguments: list[str] | None = None) -> None:
    """Print a block for every number of labels."""
    command = parser("few_labels", __doc__, "checkpoints", "data", "device")
    command.add_argument("--labels", type=int, nargs="+", choices=LABELS, default=LABELS)
    command.add_argument("--splits", type=at_least(1), default=3)
    command.add_argument("--results", type=Path, help="folder that keeps what was trained")
    command.add_argument("--epochs", type=at_least(1), help="instead of the recipes'")
    command.add_argument("--dataset", choices=datasets.DATASETS, default="mnist")
    options = command.parse_args(arguments)
    if options.results:
        options.results.mkdir(parents=True, exist_ok=True)
        check_writable(options.results)
    device = device_of(options.device)
    dataset = datasets.load(options.dataset, options.data)
    print(
        f"Test error in percent of {len(dataset.test):,} grey test images; mean +- standard "
        f"deviation over {options.splits} splits, (each); {machine(device)}"
    )
    for labels in options.labels:
        ours, alone = (
            errors(method, labels, options, dataset, device)
            for method in (semi_supervised, supervised)
        )
        print(f"{labels:5} labels  M2           {written(ours)}")
        print(f"              labels alone {written(alone)}")
        print(f"              ratio        {mean(ours) / mean(alone):6.2f}")
        paper, (pyro, pyro_alone) = PUBLISHED[labels], PYRO[labels]
        print(
            f"              published    {paper['M2']:6.2f} (M2) and {paper['M1+M2']:.2f} (M1+M2, "
            f"both Kingma et al.), {pyro:.2f} against {pyro_alone} (Pyro)",
            flush=True,
        )


if __name__ == "__main__":
    start(main)
