"""The true posterior p(z|x) of a model with a 2-D code, and log p(x), by quadrature.

p(x) is the integral of p(x|z) p(z). In the plane it can be summed over a lattice of midpoints, but
the posterior of a digit fills less than a thousandth of the plane, so the lattice is refined only
where the mass can be. The decoder runs in float32; log-likelihoods and sums are float64, but for
what follows a hand.

For a density that is smooth on the scale of its standard deviation sigma, the midpoint rule with
step h errs by about exp(-2 pi^2 sigma^2 / h^2), relatively: 3e-9 at h = sigma. The kinks of a ReLU
decoder leave an error of order h^2, a few 1e-3 nats at h = sigma / 2, so there the steps are finer
and the change from step to step is watched, too.
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
MOST_CELLS = 200_000  # of one lattice; digits unlike a model's own needed up to 66,000
AT_ONCE = 1_024  # codes in one pass: their pictures stay within a processor's caches
TABLES = 3  # first lattices that are kept: 31 MB each for MNIST
# The four children of a cell, in steps of their own lattice.
CHILDREN = torch.tensor([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]], dtype=torch.float64)


@dataclass(frozen=True)
class Precision:
    """How far quadrature goes.

    kept: nats below the largest density at which a cell is dropped; resolved: step over standard
    deviation at which refinement may end; kinks: how much finer it is for a decoder with kinks;
    change: of log p(x) by the last halving, nats, above which there is one more; dtype: of a
    log-likelihood's sum over the pixels.
    """

    kept: float
    resolved: float
    kinks: float
    change: float
    dtype: torch.dtype

    def steps(self, model: Model) -> float:
        """Step over standard deviation at which refinement may end, for this model."""
        has_kinks = model.config.decoder.activation == "relu"
        return self.resolved * (self.kinks if has_kinks else 1.0)


# A Gaussian has exp(-15) of its mass where its density is more than 15 nats below the peak.
EXACT = Precision(kept=15.0, resolved=0.5, kinks=0.5, change=3e-4, dtype=torch.float64)
# For what follows a hand.
LIVE = Precision(kept=6.0, resolved=1.2, kinks=1.0, change=torch.inf, dtype=torch.float32)


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
    """The posterior of one image x [C, H, W]: cells are halved until they resolve it, or until
    there were MAX_REFINEMENTS halvings; then it is narrower than any trained model's.

    Raises ValueError unless the model's code has two numbers.
    """
    if model.latent != 2:
        raise ValueError("Quadrature is for models with a 2-D code.")
    table = first_lattice(model)
    step = 2 * HALF_WIDTH / GRID
    log_joint = table.log_likelihood(x) + log_prior(table.z)
    known = max(float(log_joint.max()), _at_the_encoder(model, x))
    z = table.z[_promising(log_joint, _gain(log_joint), known - precision.kept)]
    resolved, before = precision.steps(model), -torch.inf
    for level in range(MAX_REFINEMENTS):
        step /= 2
        z = z[:, None] + step * CHILDREN
        log_joint = log_joint_at(model, x, z.flatten(0, 1), precision.dtype).unflatten(0, (-1, 4))
        least_std = _least_std(log_joint, step)
        log_p = float(torch.logsumexp(log_joint.flatten(), 0)) + 2 * log(step)
        steady = abs(log_p - before) <= precision.change or step <= resolved * least_std / 2
        if (step <= resolved * least_std and steady) or level == MAX_REFINEMENTS - 1:
            break
        before = log_p
        # Children differ by their slope times their step; within a cell it goes half as far.
        gain = (log_joint.amax(1) - log_joint.amin(1))[:, None].expand_as(log_joint)
        z = z[_promising(log_joint, gain, float(log_joint.max()) - precision.kept)]
    return Posterior(z.flatten(0, 1), log_joint.flatten(), step, least_std)


def _promising(log_joint: Tensor, gain: Tensor, least: float) -> Tensor:
    """Which cells may reach the density `least`, given how far it may rise above the midpoint's.

    Of too many, those that may reach farthest.
    """
    reached = log_joint + gain
    if reached.numel() > MOST_CELLS // 4:
        least = max(least, float(reached.flatten().topk(MOST_CELLS // 4).values[-1]))
    return reached >= least


def _gain(log_joint: Tensor) -> Tensor:
    """How far the density may rise within the cells of the first lattice: [GRID^2] nats.

    Along each axis half of the larger difference to a neighbour.
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
    """The density at the encoder's mean: a floor that lets most cells be dropped at once."""
    with torch.no_grad():
        mean = model.encode(x.to(model.device)[None]).mean
    return float(log_joint_at(model, x, mean.double().cpu()))


def _least_std(log_joint: Tensor, step: float) -> float:
    """1 / sqrt of the largest eigenvalue of E[g g^T], g = grad log p(z|x), over blocks [N, 4].

    The expectation is the mean precision (integrate by parts), near every mode if there are more.
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
            for part in z.split(AT_ONCE)
        ]
    return torch.cat(parts).double().cpu()


def _of_features(model: Model, features: Tensor, x: Tensor) -> Tensor:
    """log p(x|z) [N] from what the decoder makes of N codes, [N, C', H, W]."""
    if model.config.likelihood.kind == Bernoulli.kind:  # the same number, without [N] copies of x
        logits = features.flatten(1)
        return logits @ x.flatten() - softplus(logits).sum(1)
    return model.likelihood(features).log_prob(x.expand(len(features), *x.shape))


@dataclass(frozen=True)
class Table:
    """What the decoder makes of the first lattice z [N, 2], which is the same for every image.

    features [N, C', H, W] float32; `normalizer` [N] is the sum of softplus(logits) for a Bernoulli
    likelihood, and None for others.
    """

    model: Model
    z: Tensor
    features: Tensor
    normalizer: Tensor | None

    def log_likelihood(self, x: Tensor) -> Tensor:
        """log p(x|z) of one image x [C, H, W] on the lattice: [N] nats, float64 but not exact."""
        x = x.to(self.features)
        if self.normalizer is None:
            return _of_features(self.model, self.features, x).double().cpu()
        return (self.features.flatten(1) @ x.flatten() - self.normalizer).double().cpu()


_one_at_a_time = threading.Lock()


def first_lattice(model: Model) -> Table:
    """The model's table; the last few are kept, and made anew when its weights have changed."""
    with _one_at_a_time:
        return _table(model, model.device, sum(p._version for p in model.parameters()))


@lru_cache(TABLES)
def _table(model: Model, device: torch.device, version: int) -> Table:
    z = lattice(torch.zeros(2, dtype=torch.float64), HALF_WIDTH, GRID)
    with torch.no_grad():
        features = torch.cat([model.decoder(part.to(device).float()) for part in z.split(AT_ONCE)])
    if model.config.likelihood.kind != Bernoulli.kind:
        return Table(model, z, features, None)
    parts = features.flatten(1).split(AT_ONCE)
    return Table(model, z, features, torch.cat([softplus(part).sum(1) for part in parts]))


def lattice(centre: Tensor, half: float, n: int) -> Tensor:
    """Midpoints [n^2, 2] of n x n cells that fill the square centre +- half; z1 runs fastest."""
    steps = half * ((2 * torch.arange(n, dtype=torch.float64) + 1) / n - 1)
    second, first = torch.meshgrid(centre[1] + steps, centre[0] + steps, indexing="ij")
    return torch.stack([first, second], -1).flatten(0, 1)
