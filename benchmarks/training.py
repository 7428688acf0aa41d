"""Images per second of our training loop beside the loop people copy.

The other loop is that of the PyTorch examples' VAE (784-400-20, batch 128, Adam, torchvision's
DataLoader with ToTensor, `loss.item()` every step), in our words and with the same network. Rounds
alternate, so that both meet the same machine; the peak is the best rate of one large product.

    python -m benchmarks.training [--device auto|cpu|cuda] [--data FOLDER]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

import commands
from data import datasets
from models import Config, build
from models.device import choose_device, describe, exact_convolutions
from models.networks import NetworkConfig
from training.loop import Stepper, native_bfloat16
from training.recipes import Recipe

BATCH, HIDDEN, LATENT, PIXELS = 128, 400, 20, 784
ROUNDS, STEPS = 7, 200
SIDE = 2_048  # of the square matrices whose product gives the peak


class CopiedVAE(nn.Module):
    """The example's network: 784-400-(20, 20), 20-400-784, ReLU."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(PIXELS, HIDDEN)
        self.fc21, self.fc22 = nn.Linear(HIDDEN, LATENT), nn.Linear(HIDDEN, LATENT)
        self.fc3, self.fc4 = nn.Linear(LATENT, HIDDEN), nn.Linear(HIDDEN, PIXELS)

    def forward(self, x):
        """The picture [B, PIXELS], and mu and log_var [B, LATENT], of images x."""
        h = F.relu(self.fc1(x.view(-1, PIXELS)))
        mu, log_var = self.fc21(h), self.fc22(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * log_var)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, log_var


class AsPictures(Dataset):
    """Images one by one through Pillow and ToTensor, as torchvision's MNIST hands them out."""

    def __init__(self, split: datasets.Split):
        from torchvision.transforms import ToPILImage, ToTensor

        self.images, self.labels = split.images, split.labels
        self.to_picture, self.to_tensor = ToPILImage(), ToTensor()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int):
        return self.to_tensor(self.to_picture(self.images[i])), int(self.labels[i])


def copied_loss(model: CopiedVAE, x: Tensor) -> Tensor:
    """The example's loss, summed over the batch, nats."""
    picture, mu, log_var = model(x)
    bce = F.binary_cross_entropy(picture, x.view(-1, PIXELS), reduction="sum")
    return bce - 0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())


def copied_loop(
    split: datasets.Split,
    device: torch.device,
    model: nn.Module | None = None,
    loss_of: Callable[[Any, Tensor], Tensor] = copied_loss,
    batch: int = BATCH,
) -> Callable[[int], None]:
    """A function that runs so many steps of the copied loop, with its own network or another."""
    model = (model or CopiedVAE()).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loader = DataLoader(AsPictures(split), batch_size=batch, shuffle=True, drop_last=True)
    batches = iter(loader)

    def run(steps: int) -> None:
        nonlocal batches
        for _ in range(steps):
            x, _ = next(batches, (None, None))
            if x is None:
                batches = iter(loader)
                x, _ = next(batches)
            x = x.to(device)
            optimizer.zero_grad()
            loss = loss_of(model, x)
            loss.backward()
            loss.item()
            optimizer.step()

    return run


def copied_network(precision: str) -> Recipe:
    """Our recipe for the example's network, its layers in this precision."""
    network = NetworkConfig(widths=(HIDDEN,), activation="relu")
    config = Config("vae", LATENT, network, network)
    return Recipe("benchmark", config, batch_size=BATCH, clip=None, precision=precision)


def our_loop(split: datasets.Split, device: torch.device, recipe: Recipe) -> Callable[[int], None]:
    """A function that runs so many steps of our loop."""
    stepper = Stepper(build(recipe.config).to(device), split.to(device), recipe, device)
    if device.type == "cuda":
        stepper.capture()

    def run(steps: int) -> None:
        order = torch.randint(len(split), (steps, recipe.batch_size), device=device)
        for step in range(steps):
            stepper(order[step], 1e-3, step)
        if device.type == "cuda":
            torch.cuda.synchronize()

    return run


def multiply_adds() -> int:
    """Per image: forward, gradients of all weights, and of all inputs but the picture's."""
    forward = PIXELS * HIDDEN + HIDDEN * 2 * LATENT + LATENT * HIDDEN + HIDDEN * PIXELS
    return 3 * forward - PIXELS * HIDDEN


def peak(device: torch.device, dtype: torch.dtype) -> float:
    """Multiply-adds per second of one large matrix product, the best of ten."""
    a, b = (torch.randn(SIDE, SIDE, device=device, dtype=dtype) for _ in range(2))
    best = 0.0
    for _ in range(10):
        best = max(best, SIDE**3 / seconds(lambda: a @ b, device))
    return best


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """How long `work` takes, until the device has finished."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    started = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def main() -> int:
    """Alternate the loops, and print their images per second; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    return commands.run(lambda: compare(options))


def compare(options: argparse.Namespace) -> None:
    """Measure each loop in turn, as often as ROUNDS says, and print the table."""
    exact_convolutions()
    device = choose_device(options.device)
    try:
        split = datasets.load("mnist", options.data).train
    except datasets.DataError:
        split = datasets.load("digits").train
    loops = {
        "copied": copied_loop(split, device),
        "float32": our_loop(split, device, copied_network("float32")),
    }
    peaks = {"float32": peak(device, torch.float32)}
    if native_bfloat16(device):
        loops["bfloat16"] = our_loop(split, device, copied_network("auto"))
        peaks["bfloat16"] = peak(device, torch.bfloat16)

    rates: dict[str, list[float]] = {name: [] for name in loops}
    for round_ in range(ROUNDS + 1):  # the first warms up
        for name, run in loops.items():
            rate = STEPS * BATCH / seconds(lambda run=run: run(STEPS), device)
            if round_ > 0:
                rates[name].append(rate)

    print(f"{describe(device)}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"VAE 784-400-20, batch {BATCH}, {len(split):,} images, {ROUNDS} rounds of {STEPS} steps")
    print(f"copied loop        {statistics.median(rates['copied']):12,.0f} images/s")
    for name, best in peaks.items():
        ours = rates[name]
        ratios = [o / c for o, c in zip(ours, rates["copied"], strict=True)]
        limit = best / multiply_adds()
        print(
            f"ours, {name:8}     {statistics.median(ours):12,.0f} images/s, "
            f"{statistics.median(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f}); "
            f"{statistics.median(ours) / limit:.0%} of the {limit:,.0f} that {2 * best / 1e9:,.0f} "
            "GFLOP/s allow"
        )


if __name__ == "__main__":
    sys.exit(main())
