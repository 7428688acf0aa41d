"""Burda et al.'s VAE and IWAE, for as many epochs as fit into SECONDS each."""

from dataclasses import replace
from pathlib import Path

import torch

from data import datasets
from data.datasets import Split, unit_interval
from evaluation.metric import mean_and_error, seeded_generator
from explore.classes import log_likelihoods
from training.loop import train_model
from training.recipes import RECIPES, Recipe

from .table import Table

CUDA = torch.device("cuda")
SECONDS = 60.0  # of training, each
IMAGES, SAMPLES = 1_000, 5_000
AT_ONCE = 50_000  # pictures decoded
# Burda et al. 2015, arXiv 1509.00519, table 1, MNIST, one stochastic layer, k = 1 and k = 50.
THEIRS = {"vae-50-burda": -86.76, "iwae-50-burda": -84.78}


def long_enough(recipe: Recipe, split: Split) -> Recipe:
    """The recipe with as many epochs as SECONDS hold: two are timed, the first warms up."""
    _, last = train_model(replace(recipe, epochs=1), split, CUDA)
    _, both = train_model(replace(recipe, epochs=2), split, CUDA)
    epoch = max(both.seconds - last.seconds, both.seconds / 3)
    epochs = max(1, int(SECONDS / epoch))
    return replace(recipe, epochs=epochs, patience=epochs)


def measure(root: Path | None, checkpoints: Path) -> Table:
    """A row for each published number: ours, trained here, beside theirs."""
    dataset, rows = datasets.load("mnist", root), []
    grey = unit_interval(dataset.test.images[:IMAGES]).to(CUDA)
    x = torch.bernoulli(grey, generator=seeded_generator(CUDA))
    for name, theirs in THEIRS.items():
        recipe = long_enough(replace(RECIPES[name], precision="float32"), dataset.train)
        model, last = train_model(recipe, dataset.train, CUDA)
        _, log_p = log_likelihoods(model, x, None, SAMPLES, seeded_generator(CUDA), AT_ONCE)
        value, error = mean_and_error(log_p)
        epochs = f"{len(last.curve)} (best: {last.best_epoch})"
        ours = f"{value:.2f} (standard error {error:.2f} over images)"
        rows.append((name, epochs, f"{last.seconds:.0f} s", ours, f"{theirs:.2f}"))
    return Table(
        "Burda et al. 2015, table 1",
        f"Their network and batch size of 20, dynamic binarization, float32; {SECONDS:.0f} s of "
        "training each, with one cycle of the learning rate, where the paper trains for 3,280 "
        f"epochs. log p(x) is the bound of {SAMPLES:,} importance samples, on the first "
        f"{IMAGES:,} test images (the paper: all 10,000), binarized once.",
        ("recipe", "epochs", "training", "log p(x), nats per image", "theirs"),
        rows,
    )
