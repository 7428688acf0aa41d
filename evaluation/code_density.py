"""A mixture of Gaussians fitted to the codes of training images: what p(z) should have been.

    python -m evaluation.code_density FOLDER [NAME ...]

writes it beside the weights of the checkpoints named; if none is named, of all that are sampled on
the page and have none yet. Its pictures are then measured by python -m training.generation.
"""

import argparse
import sys
from pathlib import Path

import torch
from sklearn.mixture import GaussianMixture as Estimator
from torch import Tensor

from data import datasets
from data.datasets import Split
from evaluation.metric import MOST_AT_ONCE, SEED, batches, seeded_generator
from models import Model, zoo
from models.device import choose_device, exact_convolutions
from models.gaussian_mixture import GaussianMixture
from training.recipes.recipe import OWN

COMPONENTS = (1, 2, 5, 10, 20, 50, 100)  # how many are tried, of
FEWEST = 20  # codes for each
HELD_OUT = 2_000  # of the last training images, which most recipes hold out, too
SAMPLED = ("main", "gan", OWN)  # the exhibits whose views draw z from it


@torch.no_grad()
def posterior_draws(model: Model, split: Split) -> Tensor:
    """One draw z ~ q(z|x) for each image, [N, D]: together draws of the aggregate posterior.

    Of a point mass, which a plain autoencoder's encoder returns, the draw is the code itself.
    """
    generator = seeded_generator(model.device)
    parts = batches(split.to(model.device), MOST_AT_ONCE, model)
    return torch.cat([model.encode(x, y).rsample(generator=generator) for x, y in parts]).cpu()


def fit(z: Tensor, held_out: Tensor) -> GaussianMixture:
    """The mixture for codes z [N, D], by expectation maximisation; full covariances.

    Of COMPONENTS the number under which the codes `held_out` [M, D] have the highest likelihood.
    """
    tried = [_estimated(k, z) for k in COMPONENTS if k * FEWEST <= len(z) or k == 1]
    return max(tried, key=lambda mixture: float(mixture.log_prob(held_out).mean()))


def _estimated(components: int, z: Tensor) -> GaussianMixture:
    codes = z.double().numpy()
    floor = max(1e-6 * float(codes.var()), 1e-9)  # of a variance: codes that coincide have none
    em = Estimator(
        components, reg_covar=floor, max_iter=200, init_params="k-means++", random_state=SEED
    )
    em.fit(codes)
    weights, means, covariances = map(torch.from_numpy, (em.weights_, em.means_, em.covariances_))
    return GaussianMixture(
        weights.float(), means.float(), ((covariances + covariances.mT) / 2).float()
    )


def suits(model: Model) -> bool:
    """Are there codes, and can they be decoded without being told more?"""
    return model.has_encoder and model.has_decoder and not model.decode_needs_label


def fit_to(model: Model, train: Split) -> GaussianMixture:
    """The mixture for the codes of training images under a model that `suits`."""
    kept = len(train) - min(HELD_OUT, len(train) // 5)
    z = posterior_draws(model, train)
    return fit(z[:kept], z[kept:])


# --- checkpoints ----------------------------------------------------------------------------------


def is_wanted(entry: zoo.Entry) -> bool:
    return suits(entry.model) and entry.card.recipe.get("exhibit") in SAMPLED


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evaluation.code_density")
    parser.add_argument("folder", type=Path, help="the folder of the checkpoints")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    options = parser.parse_args(arguments)
    try:
        exact_convolutions()
        device = choose_device(options.device)
        entries = zoo.Zoo(options.folder)
        unfitted = [n for n, e in entries.items() if is_wanted(e) and e.mixture is None]
        for name in options.names or unfitted:
            if name not in entries or not suits(entries[name].model):
                raise zoo.CheckpointError(
                    f"There is no {name!r} with an encoder and a decoder of codes alone."
                )
            entry = entries[name]
            dataset = datasets.load(entry.card.data["name"], options.data)
            mixture = fit_to(entry.model.to(device), dataset.train)
            zoo.add_mixture(options.folder / name, mixture)
            print(f"{name}: {len(mixture.weights)} Gaussians", flush=True)
    except (datasets.DataError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
