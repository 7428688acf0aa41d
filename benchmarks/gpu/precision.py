"""Does training with bfloat16 layers cost quality? The same recipe in both, over three seeds."""

import statistics
from dataclasses import replace
from pathlib import Path

import torch

from data import datasets
from data.datasets import Dataset
from evaluation.likelihood import sampled_terms
from evaluation.pictures import reconstruction_errors
from training.loop import train_model
from training.recipes import RECIPES, Recipe

from .table import Table

CUDA = torch.device("cuda")
NAME, SEEDS = "vae-16-mlp", (0, 1, 2)


def quality(recipe: Recipe, dataset: Dataset) -> tuple[float, float]:
    """ELBO, nats per image, and squared error per pixel, on the test images, in float32."""
    model, _ = train_model(recipe, dataset.train, CUDA)
    train, test = dataset.train.to(CUDA), dataset.test.to(CUDA)
    error = reconstruction_errors(model, train, test)["mse"].value
    return sampled_terms(model, test)["elbo"].value, error


def measure(root: Path | None, checkpoints: Path) -> Table:
    """A row for each precision: ELBO and squared error, mean and deviation over the seeds."""
    dataset, rows = datasets.load("mnist", root), []
    for precision, called in (("float32", "float32"), ("auto", "bfloat16")):
        found = [
            quality(replace(RECIPES[NAME], precision=precision, seed=seed), dataset)
            for seed in SEEDS
        ]
        elbo, error = zip(*found, strict=True)
        rows.append(
            (
                called,
                f"{statistics.mean(elbo):.2f} +- {statistics.stdev(elbo):.2f}",
                f"{statistics.mean(error):.5f} +- {statistics.stdev(error):.5f}",
            )
        )
    return Table(
        "bfloat16 layers beside float32",
        f"{NAME}, mean +- standard deviation over seeds {', '.join(map(str, SEEDS))}; 10,000 test "
        "images binarized once, one sample of q(z|x) per image, evaluated in float32.",
        ("layers in training", "ELBO, nats per image", "squared error per pixel"),
        rows,
    )
