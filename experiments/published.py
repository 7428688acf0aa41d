"""Published log-likelihoods and ours, from the same network and the same protocol.

Trains Davidson et al.'s 2-D VAE anew and prints what they and we measure; where there is a CUDA
device, also Burda et al.'s VAE with one sample. The first takes a quarter of an hour on one core
of a processor; the checkpoint vae-2-davidson is one such run. docs/published.md holds all numbers.

    python -m experiments.published [--epochs N] [--seed N] [--data FOLDER] [--dataset mnist|digits]
"""

from dataclasses import dataclass, replace

import torch
from tqdm import tqdm

from commands import at_least
from data import datasets
from evaluation.likelihood import bounds
from experiments.frame import device_of, machine, parser, start
from models import Model, zoo
from models.metrics import Metric
from training.loop import Epoch, Finished, Progress, train_model
from training.recipes import RECIPES, Recipe


@dataclass(frozen=True)
class Row:
    """One row of a paper's table: its numbers in nats per image, as log-likelihoods and a KL.

    `samples` is how many importance samples an image both evaluate log p(x) with.
    """

    recipe: Recipe
    source: str
    theirs: dict[str, float]
    samples: int
    needs_cuda: bool = False


ROWS = (
    Row(
        RECIPES["vae-2-davidson"],
        "Davidson et al. 2018, arXiv 1804.00891, table 1, N-VAE, d = 2",
        {"log p(x)": -135.73, "reconstruction": -129.84, "kl": 7.24},
        samples=500,
    ),
    Row(
        replace(RECIPES["vae-50-burda"], epochs=400, patience=400, precision="float32"),
        "Burda et al. 2015, arXiv 1509.00519, table 1, VAE, k = 1",
        {"log p(x)": -86.76},
        samples=5_000,
        needs_cuda=True,
    ),
)


def train(recipe: Recipe, split: datasets.Split, device: torch.device) -> tuple[Model, Finished]:
    """The recipe's model with the weights of its best epoch, as a checkpoint would store them."""
    with tqdm(desc=recipe.name, total=recipe.epochs, unit="epoch", dynamic_ncols=True) as bar:

        def show(event: Progress | Epoch | Finished) -> None:
            if isinstance(event, Epoch):
                bar.set_postfix_str(f"validation {event.objective:.2f} nats", False)
                bar.update()

        model, finished = train_model(recipe, split, device, show)
    return zoo.round_weights(model), finished


def ours(model: Model, test: datasets.Split, samples: int) -> dict[str, Metric]:
    """Metrics under the papers' names and signs: the reconstruction is E_q[log p(x|z)]."""
    with tqdm(desc="evaluating", total=len(test), unit="image", dynamic_ncols=True) as bar:
        found = bounds(model, test, bar.update, samples)
    reconstruction = found["reconstruction"]
    return found | {"reconstruction": replace(reconstruction, value=-reconstruction.value)}


def report(row: Row, found: dict[str, Metric], finished: Finished) -> str:
    """Ours beside theirs, a line each, and how ours came about."""
    recipe = row.recipe
    lines = [
        row.source,
        f"ours: seed {recipe.seed}, best of {len(finished.curve)} epochs is {finished.best_epoch}, "
        f"{finished.seconds:.0f} s",
        f"{'nats per image':16}{'theirs':>10}{'ours':>10}{'ours - theirs':>16}",
    ]
    for name, theirs in row.theirs.items():
        value = found[name].value
        lines.append(f"{name:16}{theirs:10.2f}{value:10.2f}{value - theirs:+16.2f}")
    return "\n".join([*lines, f"log p(x): {found['log p(x)'].sentence()}"])


def main(arguments: list[str] | None = None) -> None:
    """Train each row, and print ours beside the published number."""
    command = parser("published", __doc__, "data", "device")
    command.add_argument("--epochs", type=at_least(1), help="instead of the recipe's, for a trial")
    command.add_argument("--seed", type=at_least(0), default=0)
    command.add_argument("--dataset", default="mnist", choices=("mnist", "digits"))
    options = command.parse_args(arguments)
    device = device_of(options.device)
    dataset = datasets.load(options.dataset, options.data)
    print(f"{machine(device)}, {options.dataset}")
    for row in ROWS:
        if row.needs_cuda and device.type != "cuda":
            print(f"{row.source}: left out, it needs a CUDA device.")
            continue
        recipe = replace(row.recipe, seed=options.seed, epochs=options.epochs or row.recipe.epochs)
        model, finished = train(recipe, dataset.train, device)
        found = ours(model, dataset.test.to(device), row.samples)
        print(report(replace(row, recipe=recipe), found, finished))


if __name__ == "__main__":
    start(main)
