"""The true posterior p(z|x) of a model with a 2-D code, and log p(x), by quadrature.

p(x) is the integral of p(x|z) p(z), p(z) = N(0, I). In the plane it is summed over a lattice by the
midpoint rule. The posterior of a digit fills less than a thousandth of the plane, so cells are
halved only where the mass can be. The decoder runs in float32; log-likelihoods and their sums are
float64 with EXACT, float32 with LIVE.

For a density that is smooth on the scale of its standard deviation sigma, the relative error of the
midpoint rule with step h is about exp(-2 pi^2 sigma^2 / h^2): 3e-9 at h = sigma. A ReLU decoder has
kinks, which leave an error of order h^2, a few 1e-3 nats at h = sigma / 2. There the steps are
smaller, and refinement goes on until log p(x) changes by less than a tolerance.
"""

import threading
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log, pi

import torch
from torch import Tensor
from torch.nn.functional import softplus

from .base import Model
from .likelihoods import Bernoulli

HALF_WIDTH = 7.0  # of the square in which p(z|x) is searched; 5e-12 of N(0, I) lies outside
GRID = 100  # points along each side of the first lattice
MAX_REFINEMENTS = 12  # halvings of the first step, down to 0.00003
MAX_CELLS = 200_000  # of one lattice; test digits needed up to 66,000
MAX_BATCH = 1_024  # codes decoded at once: their pictures fit into a processor's caches
CACHED_TABLES = 3  # of the last models asked for, 31 MB each for MNIST
# The four children of a cell, in steps of their own lattice.
CHILDREN = torch.tensor([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]], dtype=torch.float64)


@dataclass(frozen=True)
class Precision:
    """When refinement drops a cell and when it ends.

    drop_below: a cell is dropped if its log density stays so many nats below the largest one.
    step_over_std: refinement may end when the step is at most that times the posterior's standard
    deviation, for a ReLU decoder `relu_factor` times that. tolerance: and when the last halving
    changed log p(x) by at most so many nats. dtype: of the sum of a log-likelihood over pixels.
    """

    drop_below: float
    step_over_std: float
    relu_factor: float
    tolerance: float
    dtype: torch.dtype

    def max_step_over_std(self, model: Model) -> float:
        """Step over standard deviation at which refinement may end, for this model's decoder."""
        is_relu = model.config.decoder.activation == "relu"
        return self.step_over_std * (self.relu_factor if is_relu else 1.0)


# A Gaussian has exp(-15) of its mass where its density is more than 15 nats below the peak.
EXACT = Precision(
    drop_below=15.0, step_over_std=0.5, relu_factor=0.5, tolerance=3e-4, dtype=torch.float64
)
# Faster and less exact: for answers while a visitor drags something.
LIVE = Precision(
    drop_below=6.0, step_over_std=1.2, relu_factor=1.0, tolerance=torch.inf, dtype=torch.float32
)


@dataclass(frozen=True)
class Posterior:
    """p(z|x) on the cells of a lattice that hold its mass.

    z [N, 2] are the midpoints of square cells with side `step`; log_joint [N] is
    log p(x|z) + log p(z) there, nats; `least_std` is 1 / sqrt of the largest eigenvalue of the
    mean precision: for one mode, its standard deviation where it is narrowest. All float64.
    """

    z: Tensor
    log_joint: Tensor
    step: float
    least_std: float

    @cached_property
    def log_p(self) -> float:
        """log p(x), nats: the midpoint rule over the cells."""
        return float(torch.logsumexp(self.log_joint, 0)) + 2 * log(self.step)

    @cached_property
    def mass(self) -> Tensor:
        """The posterior's mass in each cell, [N]; it sums to 1."""
        return torch.softmax(self.log_joint, 0)

    @cached_property
    def mean(self) -> Tensor:
        """E[z|x], [2]."""
        return self.mass @ self.z

    @cached_property
    def covariance(self) -> Tensor:
        """Cov[z|x], [2, 2]."""
        centred = self.z - self.mean
        return (self.mass[:, None] * centred).T @ centred


def posterior(model: Model, x: Tensor, precision: Precision = EXACT) -> Posterior:
    """The posterior of one image x [C, H, W], on a lattice refined as `precision` says.

    After MAX_REFINEMENTS halvings refinement ends in any case; no trained model's posterior is that
    narrow. Raises ValueError unless codes are 2-D.
    """
    if model.latent != 2:
        raise ValueError("Quadrature is for models with a 2-D code.")
    table = first_lattice(model)
    step = 2 * HALF_WIDTH / GRID
    log_joint = table.log_likelihood(x) + log_prior(table.z)
    known = max(float(log_joint.max()), _at_the_encoder(model, x))
    z = table.z[_promising(log_joint, _gain(log_joint), known - precision.drop_below)]
    resolved, before, least_std = precision.max_step_over_std(model), -torch.inf, torch.inf
    for level in range(MAX_REFINEMENTS):
        step /= 2
        z = z[:, None] + step * CHILDREN
        log_joint = log_joint_at(model, x, z.flatten(0, 1), precision.dtype).unflatten(0, (-1, 4))
        least_std = _least_std(log_joint, step)
        log_p = float(torch.logsumexp(log_joint.flatten(), 0)) + 2 * log(step)
        steady = abs(log_p - before) <= precision.tolerance or step <= resolved * least_std / 2
        if (step <= resolved * least_std and steady) or level == MAX_REFINEMENTS - 1:
            break
        before = log_p
        # Children differ by their slope times their step; within a cell it goes half as far.
        gain = (log_joint.amax(1) - log_joint.amin(1))[:, None].expand_as(log_joint)
        z = z[_promising(log_joint, gain, float(log_joint.max()) - precision.drop_below)]
    return Posterior(z.flatten(0, 1), log_joint.flatten(), step, least_std)


def _promising(log_joint: Tensor, gain: Tensor, least: float) -> Tensor:
    """Which cells may hold a log density of at least `least`: a mask of log_joint's shape.

    `log_joint` is at the midpoints, `gain` bounds how far it rises within each cell, nats. Of more
    than MAX_CELLS / 4 cells those with the highest bound.
    """
    reached = log_joint + gain
    if reached.numel() > MAX_CELLS // 4:
        least = max(least, float(reached.flatten().topk(MAX_CELLS // 4).values[-1]))
    return reached >= least


def _gain(log_joint: Tensor) -> Tensor:
    """How far the log density may rise within the cells of the first lattice, [GRID^2] nats.

    Estimated along each axis as half of the larger difference to a neighbour.
    """
    square = log_joint.reshape(GRID, GRID)
    gain = torch.zeros_like(square)
    for axis in (0, 1):
        differences = square.diff(dim=axis).abs()
        edge = torch.zeros_like(differences.narrow(axis, 0, 1))
        ahead, behind = (differences, edge), (edge, differences)
        gain += torch.maximum(torch.cat(ahead, axis), torch.cat(behind, axis)) / 2
    return gain.flatten()


def _at_the_encoder(model: Model, x: Tensor) -> float:
    """log p(x|z) + log p(z) at the encoder's mean, nats: a lower bound on the largest density."""
    with torch.no_grad():
        mean = model.encode(x.to(model.device)[None]).mean
    return float(log_joint_at(model, x, mean.double().cpu()))


def _least_std(log_joint: Tensor, step: float) -> float:
    """1 / sqrt of the largest eigenvalue of E[g g^T], g = grad log p(z|x), for log_joint [N, 4].

    A row holds the four children of a cell. E[g g^T] is the posterior mean of the precision matrix
    -d^2 log p(z|x) / dz^2 (integration by parts).
    """
    blocks = log_joint.reshape(-1, 4)
    across = (blocks[:, [1, 2]] + blocks[:, [3, 3]] - blocks[:, [0, 0]] - blocks[:, [2, 1]]) / 2
    mass = torch.softmax(torch.logsumexp(blocks, 1), 0)
    precision = (mass[:, None] * across).T @ across / step**2
    return float(torch.linalg.eigvalsh(precision)[-1] ** -0.5)


def log_joint_at(model: Model, x: Tensor, z: Tensor, dtype: torch.dtype = torch.float64) -> Tensor:
    """log p(x|z) + log p(z) of one image x [C, H, W] at codes z [N, 2]: [N] nats."""
    return log_likelihood(model, x, z, dtype) + log_prior(z)


def log_prior(z: Tensor) -> Tensor:
    """log N(z; 0, I) of codes z [..., D]: [...] nats."""
    return -0.5 * (z**2).sum(-1) - 0.5 * z.shape[-1] * log(2 * pi)


def log_likelihood(
    model: Model, x: Tensor, z: Tensor, dtype: torch.dtype = torch.float64
) -> Tensor:
    """log p(x|z) of one image x [C, H, W] at codes z [N, D]: [N] nats, float64."""
    x = x.to(model.device)
    with torch.no_grad():
        parts = [
            _of_features(model, model.decoder(part.to(x)).to(dtype), x.to(dtype))
            for part in z.split(MAX_BATCH)
        ]
    return torch.cat(parts).double().cpu()


def _of_features(model: Model, features: Tensor, x: Tensor) -> Tensor:
    """log p(x|z) [N] of one image x [C, H, W] from the decoder's features [N, C', H, W]."""
    if model.config.likelihood.kind == Bernoulli.kind:  # the same number, without [N] copies of x
        logits = features.flatten(1)
        return logits @ x.flatten() - softplus(logits).sum(1)
    return model.likelihood(features).log_prob(x.expand(len(features), *x.shape))


@dataclass(frozen=True)
class Table:
    """The decoder's features at the first lattice, which is the same for every image.

    z: [N, 2]. features: [N, C', H, W] float32. normalizer: the sum of softplus(logits) over pixels,
    [N], for a Bernoulli likelihood; None for others.
    """

    model: Model
    z: Tensor
    features: Tensor
    normalizer: Tensor | None

    def log_likelihood(self, x: Tensor) -> Tensor:
        """log p(x|z) of one image x [C, H, W] on the lattice, [N] nats: summed in float32."""
        x = x.to(self.features)
        if self.normalizer is None:
            return _of_features(self.model, self.features, x).double().cpu()
        return (self.features.flatten(1) @ x.flatten() - self.normalizer).double().cpu()


_lock = threading.Lock()


def first_lattice(model: Model) -> Table:
    """The model's table, from a cache of CACHED_TABLES; recomputed if its weights have changed."""
    with _lock:
        return _table(model, model.device, sum(p._version for p in model.parameters()))


@lru_cache(CACHED_TABLES)
def _table(model: Model, device: torch.device, version: int) -> Table:
    z = lattice(torch.zeros(2, dtype=torch.float64), HALF_WIDTH, GRID)
    with torch.no_grad():
        features = torch.cat(
            [model.decoder(part.to(device).float()) for part in z.split(MAX_BATCH)]
        )
    if model.config.likelihood.kind != Bernoulli.kind:
        return Table(model, z, features, None)
    parts = features.flatten(1).split(MAX_BATCH)
    return Table(model, z, features, torch.cat([softplus(part).sum(1) for part in parts]))


def lattice(centre: Tensor, half: float, n: int) -> Tensor:
    """Midpoints [n^2, 2] of n x n cells that fill the square centre +- half; z1 runs fastest."""
    steps = half * ((2 * torch.arange(n, dtype=torch.float64) + 1) / n - 1)
    second, first = torch.meshgrid(centre[1] + steps, centre[0] + steps, indexing="ij")
    return torch.stack([first, second], -1).flatten(0, 1)
