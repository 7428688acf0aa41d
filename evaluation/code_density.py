"""A mixture of Gaussians fitted to the codes of training images, as a density to draw z from."""

from collections.abc import Iterator
from typing import Any

import torch
from sklearn.mixture import GaussianMixture as Estimator
from torch import Tensor

from data.datasets import Split
from evaluation.metric import MOST_AT_ONCE, SEED, batches, seeded_generator
from models import Model
from models.gaussian_mixture import GaussianMixture

COMPONENTS = (1, 2, 5, 10, 20, 50, 100)  # how many are tried, of
FEWEST = 20  # codes for each
HELD_OUT = 2_000  # of the last training images, which most recipes hold out, too


@torch.no_grad()
def posterior_draws(model: Model, split: Split) -> Tensor:
    """One draw z ~ q(z|x) for each image, [N, D]: together draws of the aggregate posterior.

    Of a point mass, which a plain autoencoder's encoder returns, the draw is the code itself.
    """
    generator = seeded_generator(model.device)
    parts = batches(split.to(model.device), MOST_AT_ONCE, model)
    # Ours draw from a generator of their own, as those of torch.distributions cannot.
    posteriors: Iterator[Any] = (model.encode(x, y) for x, y in parts)
    return torch.cat([q.rsample(generator=generator) for q in posteriors]).cpu()


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
    """Whether the model encodes images, and decodes codes without a class."""
    return model.has_encoder and model.has_decoder and not model.decode_needs_label


def fit_to(model: Model, train: Split) -> GaussianMixture:
    """The mixture for the codes of training images under a model that `suits`."""
    kept = len(train) - min(HELD_OUT, len(train) // 5)
    z = posterior_draws(model, train)
    return fit(z[:kept], z[kept:])
