"""The shortest way between two codes, where far means that the picture changes much.

A decoder with means mu(z) and standard deviations sigma(z) of P pixels gives the space of codes the
expected metric M(z) = J_mu^T J_mu + J_sigma^T J_sigma (Arvanitidis, Hansen & Hauberg 2018, "Latent
Space Oddity", arXiv 1710.11379, theorem 1). That is the metric pulled back by
f(z) = (mu(z), sigma(z)), so a curve of codes is as long as its image under f is in R^2P: lengths
need no Jacobian. Their unit is that of a pixel's value.

Models here have two latent dimensions; codes are float32, finite and on the CPU.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from torch import Tensor

from models import Model

# Sides of a box of codes, (low, high) for each dimension: what `latent.ranges` gives.
Box = Sequence[tuple[float, float]]

SUBSTEPS = 512  # a measured curve has at least as many; 256 give the same length within 1 %
DRAFT_SUBSTEPS = 256  # where only the better of two curves is sought
POINTS = 64  # of a curve that is being relaxed
NODES = 112  # of the grid, each way; 80 miss some narrow passes between digits
# Steps to 8 of a node's 16 neighbours, the others are their opposites. Longer ones would jump
# across what changes faster than the grid can see.
MOVES = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1))
BATCH = 1024
# Added to lengths, so that where nothing changes they still grow and an edge is still an edge.
TINY = 1e-12


class Curve(NamedTuple):
    """Codes [N, 2] along a curve and the lengths [N - 1], float64, of the pieces between them."""

    codes: Tensor
    pieces: Tensor

    @property
    def length(self) -> float:
        """The sum of its pieces."""
        return float(self.pieces.sum())


class Grid(NamedTuple):
    """Codes [NODES^2, 2] and, for every pair of neighbours, the length of the step."""

    codes: Tensor
    steps: csr_array


@torch.no_grad()
def features(model: Model, z: Tensor) -> Tensor:
    """f(z) = (mean, standard deviation) of every pixel, [N, 2P], for codes [N, 2].

    Gaussian pixels with a fixed sigma add nothing by it. A Bernoulli pixel moves on a half circle:
    (mu - 1/2, sigma) has the norm 1/2, as sigma^2 = mu (1 - mu). With l = logit mu its share of
    the metric is 1/4 mu (1 - mu) J_l^T J_l, a quarter of the Fisher-Rao metric. It does not grow
    off the data: far out pixels saturate, mu (1 - mu) goes to 0 and steps become short. A paper's
    path keeps to the data because its sigma(z) was built to grow away from them; ours need not.

    Not for autograd: in a pixel that has saturated, d sigma / d mu is infinite and d mu / d z is 0.
    Differences of f stay finite there.
    """
    parts = [model.decode(batch.to(model.device)) for batch in z.split(BATCH)]
    return torch.cat([torch.cat([p.mean.flatten(1), p.stddev.flatten(1)], 1) for p in parts]).cpu()


def length(model: Model, z: Tensor, substeps: int = SUBSTEPS) -> float:
    """Length under the metric of the polyline through codes z [T, 2], T >= 2."""
    return measure(model, z, substeps).length


def shortest_path(model: Model, a: Tensor, b: Tensor, steps: int, box: Box) -> Tensor:
    """Codes [steps, 2] at equal lengths along the shortest path from a to b [2], ends included.

    It is sought on a grid over `box`, which a and b may lie outside of, and relaxed from there. The
    straight line is relaxed too, and stays as it is where nothing is shorter. Few codes cut the
    corners of a path: for nine pictures ask for 65 codes and take every eighth.

    A model's grid is computed once and kept for the last few models: its weights must not change
    any more. Visitors share it read-only; two who come first at once both compute it.
    """
    if torch.equal(a, b):
        return a.repeat(steps, 1)
    if a.tolist() > b.tolist():  # so that the way back is the way there
        return shortest_path(model, b, a, steps, box).flip(0)
    box = tuple((float(low), float(high)) for low, high in box)
    # Far below what the grid resolves, far above the rounding of f.
    nudge = torch.tensor([(high - low) / 4096 for low, high in box])
    line = torch.stack([a, b])
    relaxed = []
    for draft in (line, path_on_grid(grid(model, box), a, b)):
        even = spread(measure(model, draft, DRAFT_SUBSTEPS), POINTS)
        relaxed.append(measure(model, relax(model, even, nudge), DRAFT_SUBSTEPS))
    path = spread(min(relaxed, key=lambda curve: curve.length), steps)
    straight = measure(model, line)
    return path if length(model, path) < straight.length else spread(straight, steps)


def measure(model: Model, z: Tensor, substeps: int = SUBSTEPS) -> Curve:
    """The polyline through codes z [T, 2], each of its segments cut into as many equal pieces."""
    n = -(-substeps // (len(z) - 1))
    t = (torch.arange(n) / n).view(-1, 1)
    codes = torch.cat([(z[:-1, None] + t * z.diff(dim=0)[:, None]).flatten(0, 1), z[-1:]])
    return Curve(codes, features(model, codes).diff(dim=0).norm(dim=1).double())


def spread(curve: Curve, steps: int) -> Tensor:
    """Codes [steps, 2] at equal lengths along the curve; the first and last are its ends."""
    along = np.concatenate([[0.0], np.cumsum(curve.pieces.numpy() + TINY)])
    at = np.linspace(0.0, along[-1], steps)
    columns = [np.interp(at, along, column) for column in curve.codes.T.numpy()]
    return torch.tensor(np.stack(columns, axis=1), dtype=curve.codes.dtype)


@lru_cache(maxsize=4)
def grid(model: Model, box: tuple[tuple[float, float], ...], nodes: int = NODES) -> Grid:
    """Nodes all over the box, `nodes` each way, joined to their neighbours."""
    codes = torch.cartesian_prod(*[torch.linspace(low, high, nodes) for low, high in box])
    f = features(model, codes).view(nodes, nodes, -1)
    names = torch.arange(nodes**2).view(nodes, nodes)
    edges = []
    for down, right in MOVES:
        here = slice(0, nodes - down), slice(max(0, -right), nodes - max(0, right))
        there = slice(down, nodes), slice(max(0, right), nodes + min(0, right))
        lengths = (f[there] - f[here]).norm(dim=2).double() + TINY
        edges.append(torch.stack([names[here].double(), names[there].double(), lengths]).flatten(1))
    start, end, lengths = torch.cat(edges, dim=1).numpy()
    pairs = start.astype(int), end.astype(int)
    return Grid(codes, coo_array((lengths, pairs), shape=(nodes**2, nodes**2)).tocsr())


def path_on_grid(grid: Grid, a: Tensor, b: Tensor) -> Tensor:
    """Codes [T, 2]: from a straight to the nearest node, by the shortest way to b's, to b."""
    start, end = (int((grid.codes - code).norm(dim=1).argmin()) for code in (a, b))
    _, before = dijkstra(grid.steps, directed=False, indices=start, return_predecessors=True)
    way = [end]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return torch.cat([a.unsqueeze(0), grid.codes[way[::-1]], b.unsqueeze(0)])


def relax(
    model: Model, z: Tensor, nudge: Tensor, iterations: int = 15, tolerance: float = 1e-3
) -> Tensor:
    """Codes [T, 2] close to the nearest geodesic, from codes z [T, 2] whose ends stay put.

    Minimises the energy sum_i |f(z_i+1) - f(z_i)|^2: at its minimum the length has one too and the
    steps are even. A sum of squares, so by Levenberg-Marquardt steps, with the Jacobian J of f by
    forward differences of `nudge` [2]; until one gains less than a share `tolerance`.
    """
    inner = len(z) - 2
    d = torch.eye(len(z), dtype=torch.float64).diff(dim=0)[:, 1:-1]
    springs = torch.kron(d.T @ d, torch.ones(2, 2))  # who pulls whom: energy = |d f + ends|^2
    f, damping, known = features(model, z), 1e-3, None
    energy = f.diff(dim=0).square().sum()
    for _ in range(iterations):
        if known is None:
            nudged = (z[1:-1, None] + nudge.diag()).flatten(0, 1)
            jacobian = features(model, nudged) - f[1:-1].repeat_interleave(2, 0)  # [2 inner, 2P]
            pull = (f[2:] - 2 * f[1:-1] + f[:-2]).repeat_interleave(2, 0)
            known = (jacobian * pull).sum(1).double(), springs * (jacobian @ jacobian.T)
        downhill, hessian = known
        # The mean, so that a dimension the decoder ignores is held, too.
        held = hessian + damping * hessian.diagonal().mean() * torch.eye(2 * inner)
        step, _ = torch.linalg.solve_ex(held, downhill)  # not finite where it is singular
        trial = z.clone()
        trial[1:-1] += step.view(inner, 2) * nudge
        f_trial = features(model, trial)
        energy_trial = f_trial.diff(dim=0).square().sum()
        gain = 1 - energy_trial / energy
        moved = bool(gain > 0)  # false for a step that is not finite
        damping = damping / 5 if moved else damping * 8
        if moved:
            z, f, energy, known = trial, f_trial, energy_trial, None
            if gain < tolerance:
                break
    return z
