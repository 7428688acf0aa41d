"""Images per second of our loop beside the copied one, a whole recipe's time, and decoding."""

import statistics
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.training import copied_loop, copied_loss, copied_network, our_loop, seconds
from data import datasets
from data.datasets import Split
from models import Batch, Model, build, zoo
from training.loop import train_model
from training.recipes import RECIPES, Recipe

from .table import Table

CUDA = torch.device("cuda")
ROUNDS = 5
OUR_STEPS, COPIED_STEPS = 500, 50  # a round; rounds alternate
WHOLE = "vae-2"  # the recipe that is trained to its end
CONVOLUTIONAL = ("vae-2", "vae-16")
CODES = 8_192  # decoded at once


def our_loss(model: Model, x: Tensor) -> Tensor:
    """The recipe's loss as the copied loop takes it: summed over the batch, nats."""
    return torch.stack([term.sum() for term in model.terms(Batch(x)).values()]).sum()


def rates(recipe: Recipe, split: Split, example: bool) -> tuple[list[float], list[float]]:
    """Images per second of the copied loop and of ours, a pair a round; the first warms up.

    `example`: the copied loop has the network it came with, else the recipe's.
    """
    model, loss = (None, copied_loss) if example else (build(recipe.config), our_loss)
    copied = copied_loop(split, CUDA, model, loss, recipe.batch_size)
    ours = our_loop(split, CUDA, recipe)
    pairs = [
        tuple(
            steps * recipe.batch_size / seconds(lambda run=run, steps=steps: run(steps), CUDA)
            for run, steps in ((copied, COPIED_STEPS), (ours, OUR_STEPS))
        )
        for _ in range(ROUNDS + 1)
    ]
    copied_rates, our_rates = zip(*pairs[1:], strict=True)
    return list(copied_rates), list(our_rates)


def row_of(name: str, recipe: Recipe, split: Split, example: bool = False) -> tuple[str, ...]:
    """A row of the table: images per second of both loops, their ratio, and the memory."""
    torch.cuda.reset_peak_memory_stats()
    copied, ours = rates(recipe, split, example)
    ratios = [o / c for o, c in zip(ours, copied, strict=True)]
    spread = f"{statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f})"
    return (
        name,
        f"{statistics.median(copied):,.0f} images/s",
        f"{statistics.median(ours):,.0f} images/s",
        f"{spread} times",
        f"{torch.cuda.max_memory_allocated() / 2**20:,.0f} MiB",
    )


def whole(recipe: Recipe, split: Split) -> tuple[str, ...]:
    """The recipe from its first step to its last, validation included."""
    torch.cuda.reset_peak_memory_stats()
    _, last = train_model(recipe, split, CUDA)
    peak = f"{torch.cuda.max_memory_allocated() / 2**20:,.0f} MiB"
    epochs = f"the whole of {recipe.name}, {len(last.curve)} epochs"
    return epochs, "", f"{last.seconds:.1f} s", "", peak


@torch.no_grad()
def decoding(name: str, model: Model) -> tuple[str, ...]:
    """Pictures per second: many codes at once on CUDA, beside the CPU."""
    torch.cuda.reset_peak_memory_stats()
    found = []
    for device in (torch.device("cpu"), CUDA):
        z = torch.randn(CODES, model.latent, device=device)
        decode = partial(model.to(device).decode, z)
        taken = [seconds(decode, device) for _ in range(ROUNDS + 1)]
        found.append([CODES / t for t in taken[1:]])
    ratios = [b / a for a, b in zip(*found, strict=True)]
    on_cpu, on_cuda = (f"{statistics.median(rate):,.0f} pictures/s" for rate in found)
    return (
        f"{name} decodes {CODES:,} codes, CPU beside CUDA",
        on_cpu,
        on_cuda,
        f"{statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f}) times",
        f"{torch.cuda.max_memory_allocated() / 2**20:,.0f} MiB",
    )


def measure(root: Path | None, checkpoints: Path) -> Table:
    """Training and decoding on MNIST, images per second."""
    split = datasets.load("mnist", root).train
    rows = [
        row_of(f"784-400-20, {layers}", copied_network(layers), split, example=True)
        for layers in ("auto", "float32")
    ]
    rows += [row_of(f"{name}, the recipe", RECIPES[name], split) for name in CONVOLUTIONAL]
    rows.append(whole(RECIPES[WHOLE], split))
    models = [zoo.load(checkpoints / name) for name in CONVOLUTIONAL]
    rows += [decoding(entry.card.name, entry.model) for entry in models]
    return Table(
        "Speed",
        "The baseline is the loop of the PyTorch examples (DataLoader, ToTensor, loss.item() "
        "at every step, float32) with the same network and batch size. Medians and ranges are over "
        f"{ROUNDS} rounds in which both take turns. Ours has bfloat16 layers unless stated "
        "otherwise. Goals: 20 times as fast, and vae-2 in less than 60 s. Memory is the most that "
        "PyTorch allocated.",
        ("what", "baseline", "ours", "ratio (range)", "memory"),
        rows,
    )
