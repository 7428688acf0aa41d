"""What the experiments share: their options, device and images, and how numbers are printed."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor

import commands
from data import datasets
from data.datasets import DataError, Split
from evaluation.metric import SEED, mean_and_error
from models.device import choose_device, describe, exact_convolutions
from models.zoo import CHECKPOINTS
from training.errors import TrainingError

OPTIONS = {
    "checkpoints": {"type": Path, "default": CHECKPOINTS, "help": "folder of the checkpoints"},
    "data": {"type": Path, "help": "folder of the data sets"},
    "device": {"default": "auto", "choices": ("auto", "cpu", "cuda")},
}


def parser(name: str, description: str | None, *options: str) -> argparse.ArgumentParser:
    """The parser of `python -m experiments.NAME`, with those of OPTIONS that it takes.

    description: the module's docstring, of which the first line is told by --help.
    """
    made = argparse.ArgumentParser(
        prog=f"python -m experiments.{name}",
        description=(description or "").strip().splitlines()[0],
    )
    for option in options:
        made.add_argument(f"--{option}", **OPTIONS[option])
    return made


def start(main: Callable[[], None]) -> NoReturn:
    """Run an experiment; what a user can mend ends it with one sentence on standard error."""
    sys.exit(commands.run(main, DataError, TrainingError))


def device_of(name: str = "auto") -> torch.device:
    """The device of that name, with convolutions in full float32."""
    exact_convolutions()
    return choose_device(name)


def machine(device: torch.device) -> str:
    """What computed the numbers, for the first line that is printed."""
    return f"{describe(device)}, torch {torch.__version__}"


def binary_images(test: Split, n: int) -> Tensor:
    """The first n test images, [n, C, H, W] float32, each pixel drawn once as Bernoulli(grey)."""
    grey = datasets.unit_interval(test.images[:n])
    return torch.bernoulli(grey, generator=torch.Generator().manual_seed(SEED))


def with_error(each: Tensor, decimals: int = 2, sign: str = "") -> str:
    """The mean of one number an image [N], +- its standard error over images."""
    mean, error = mean_and_error(each)
    return f"{mean:{sign}.{decimals}f} +- {error:.{decimals}f}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    head, *body = (f"| {' | '.join(line)} |" for line in (columns, *rows))
    return "\n".join([head, f"|{'---|' * len(columns)}", *body])
