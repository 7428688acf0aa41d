"""Shortest paths: known answers on known surfaces, and what must hold on the shipped model."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch.distributions import Bernoulli, Independent, Normal

from explore import geodesic
from explore.latent import linear_path, ranges
from models import Config, build, zoo
from models.likelihoods import Gaussian
from tests.made_up import stand_in
from tests.places import SHIPPED
from views.kit.lab import COMPARED

pytestmark = pytest.mark.slow

SQUARE = [(-2.0, 2.0), (-2.0, 2.0)]
# Pairs of the 2000 shipped codes.
PAIRS = [(0, 1), (10, 500), (20, 1500), (42, 1000), (77, 1234)]


def constant(z):
    return torch.full((len(z), 1), 0.5)


class Surface:
    """A decoder with a known mean [N, P] and standard deviation [N, 1]."""

    device = torch.device("cpu")

    def __init__(self, mean, sigma=constant):
        self.mean, self.sigma = mean, sigma

    def decode(self, z) -> Independent:
        mean = self.mean(z)[:, None, None]
        sigma = self.sigma(z)[:, None, None].expand_as(mean)
        return Independent(Normal(mean, sigma), 3)


def sphere(z):
    """The unit sphere by latitude and longitude, radians."""
    latitude, longitude = z.T
    flat = latitude.cos()
    return torch.stack([flat * longitude.cos(), flat * longitude.sin(), latitude.sin()], 1)


def cone(z):
    """A plane with a cone on it that has radius 1 and height 10."""
    return torch.cat([z, 10 * (1 - z.norm(dim=1, keepdim=True)).clamp(min=0)], 1)


@pytest.fixture(scope="module")
def shipped():
    return zoo.load(SHIPPED / "vae-2")


@pytest.fixture(scope="module")
def box(shipped):
    return ranges(shipped.card)


@pytest.fixture(scope="module")
def paths(shipped, box):
    """{pair: (a, b, path [65, 2])}: five paths that nobody changes."""
    found = {}
    for pair in PAIRS:
        a, b = shipped.codes.z[list(pair)]
        found[pair] = a, b, geodesic.shortest_path(shipped.model, a, b, 65, box)
    return found


def straight(a, b, steps=65):
    return linear_path(a, b, torch.linspace(0, 1, steps))


# The metric.


def test_bernoulli_pixels_have_a_quarter_of_the_fisher_metric(shipped, generator):
    """J^T J of f, by central differences, is 1/4 sum_p mu_p (1 - mu_p) (d logit_p)^2."""
    model = zoo.build(shipped.card.config).double().eval()
    model.load_state_dict(shipped.model.state_dict())
    z = torch.randn(3, 2, generator=generator).double()
    h = 1e-5
    for code in z:
        nudged = torch.cat([code + h * torch.eye(2), code - h * torch.eye(2)])
        f = geodesic.features(model, nudged)
        jacobian = (f[:2] - f[2:]) / (2 * h)

        def logits(code):
            pixels: Any = model.decode(code.unsqueeze(0)).base_dist
            return pixels.logits.flatten()

        d_logit = torch.autograd.functional.jacobian(logits, code)
        mu = model.decode(code.unsqueeze(0)).mean.detach().flatten()
        fisher = d_logit.T @ (d_logit * (mu * (1 - mu)).unsqueeze(1))
        torch.testing.assert_close(jacobian @ jacobian.T, fisher / 4, rtol=1e-6, atol=1e-8)


def test_bernoulli_pixels_lie_on_a_circle(shipped):
    mu, sigma = geodesic.features(shipped.model, shipped.codes.z[:50]).chunk(2, dim=1)
    assert torch.allclose(torch.hypot(mu - 0.5, sigma), torch.tensor(0.5))


def test_one_pixel_from_black_to_white_is_half_a_circle():
    class Pixel(Surface):
        def decode(self, z):
            return Independent(Bernoulli(logits=z[:, :1, None, None]), 3)

    ends = torch.tensor([[-15.0, 0.0], [15.0, 0.0]])
    assert geodesic.length(stand_in(Pixel(None)), ends) == pytest.approx(math.pi / 2, rel=1e-3)


def test_a_change_of_the_standard_deviation_is_a_distance():
    model = stand_in(Surface(constant, lambda z: z[:, :1].exp()))
    ends = torch.tensor([[-1.0, 3.0], [1.0, -2.0]])
    assert geodesic.length(model, ends) == pytest.approx(math.e - 1 / math.e, rel=1e-5)


def test_a_length_is_converged(shipped, paths):
    for a, b, path in paths.values():
        for curve in (path, torch.stack([a, b])):
            halved = geodesic.length(shipped.model, curve, geodesic.SUBSTEPS // 2)
            assert halved == pytest.approx(geodesic.length(shipped.model, curve), rel=0.01)


# Known answers.


def test_a_linear_decoder_is_flat(generator):
    """x = W z + c: the metric is W^T W everywhere, the path straight, its length |W (b - a)|."""
    torch.manual_seed(0)
    likelihood = Gaussian("fixed", sigma=0.1, mean="identity")
    config = Config("ae", 2, likelihood=likelihood, x_shape=(1, 4, 5))
    model: Any = build(config).requires_grad_(False)
    a, b = 2 * torch.rand(2, 2, generator=generator) - 1
    path = geodesic.shortest_path(model, a, b, 17, SQUARE)
    assert torch.allclose(path, straight(a, b, 17), atol=1e-3)
    expected = (model.decoder[0].weight @ (b - a)).norm().item()
    assert geodesic.length(model, path) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("latitude", [0.0, 0.6, 1.1])
def test_on_a_sphere_it_is_the_great_circle(latitude):
    a, b = torch.tensor([[latitude, -1.2], [latitude, 1.2]])
    model = stand_in(Surface(sphere))
    path = geodesic.shortest_path(model, a, b, 65, SQUARE)
    ends = sphere(path[[0, -1]])
    expected = math.acos(ends[0] @ ends[1])
    assert geodesic.length(model, path) == pytest.approx(expected, rel=1e-3)
    # A great circle lies in the plane of its ends and the centre.
    normal = torch.linalg.cross(ends[0], ends[1])
    assert (sphere(path) @ normal).abs().max() < 0.01 * normal.norm()


def test_it_goes_round_a_hill_that_the_straight_line_would_stick_to():
    """Two tangents and an arc: crossing the foot of so steep a cone saves less than 1 %.

    The straight line over the top is a geodesic too, by symmetry: only the grid finds the other.
    """
    a, b = torch.tensor([[-1.8, 0.0], [1.8, 0.0]])
    model = stand_in(Surface(cone))
    path = geodesic.shortest_path(model, a, b, 129, SQUARE)
    arc = math.pi - 2 * math.acos(1 / 1.8)
    expected = 2 * math.sqrt(1.8**2 - 1) + arc
    assert geodesic.length(model, path) == pytest.approx(expected, rel=0.01)
    assert geodesic.length(model, straight(a, b)) > 20


# What must hold on any surface.


def test_it_is_never_longer_than_the_straight_line_and_often_shorter(shipped, paths):
    ratios = {}
    for pair, (a, b, path) in paths.items():
        lengths = [geodesic.length(shipped.model, curve) for curve in (straight(a, b), path)]
        ratios[pair] = lengths[0] / lengths[1]
    print({pair: round(ratio, 3) for pair, ratio in ratios.items()})
    assert min(ratios.values()) >= 1
    assert sum(ratio > 1.05 for ratio in ratios.values()) >= 3


def test_its_ends_are_the_codes_themselves(paths):
    for a, b, path in paths.values():
        assert path.shape == (65, 2)
        assert torch.equal(path[0], a)
        assert torch.equal(path[-1], b)


def test_its_steps_are_equally_long(shipped, paths):
    for _, _, path in paths.values():
        steps = torch.tensor(
            [geodesic.length(shipped.model, path[i : i + 2], 8) for i in range(64)]
        )
        assert torch.allclose(steps, steps.mean(), rtol=0.03)


def test_there_and_back_and_again_are_the_same(shipped, box, paths):
    a, b, path = paths[PAIRS[0]]
    state = torch.get_rng_state()
    assert torch.equal(geodesic.shortest_path(shipped.model, a, b, 65, box), path)
    assert torch.equal(geodesic.shortest_path(shipped.model, b, a, 65, box), path.flip(0))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_finer_search_finds_the_same_length(shipped, box, paths):
    """A grid of twice the nodes, a curve of twice the points, relaxed for longer."""
    grid = geodesic.grid(shipped.model, tuple(box), nodes=round(2**0.5 * geodesic.NODES))
    nudge = torch.tensor([1e-3, 1e-3])
    for a, b, path in list(paths.values())[:3]:
        curve = geodesic.measure(shipped.model, geodesic.path_on_grid(grid, a, b))
        even = geodesic.spread(curve, 2 * geodesic.POINTS)
        finer = geodesic.relax(shipped.model, even, nudge, iterations=30, tolerance=3e-4)
        expected = geodesic.length(shipped.model, finer)
        assert geodesic.length(shipped.model, path) == pytest.approx(expected, rel=0.02)


def test_nowhere_to_go(shipped, box):
    a = shipped.codes.z[0]
    path = geodesic.shortest_path(shipped.model, a, a, 9, box)
    assert torch.equal(path, a.expand(9, 2))
    assert geodesic.length(shipped.model, path) == pytest.approx(0, abs=1e-2)


def test_codes_may_lie_outside_the_box():
    a, b = torch.tensor([[0.0, -3.0], [1.5, 2.5]])
    model = stand_in(Surface(sphere))
    path = geodesic.shortest_path(model, a, b, 33, [(-0.5, 0.5), (-1.0, 1.0)])
    assert torch.equal(path[[0, -1]], torch.stack([a, b]))
    assert geodesic.length(model, path) <= geodesic.length(model, straight(a, b, 33))


@pytest.mark.parametrize(
    "mean",
    [constant, lambda z: z[:, :1], lambda z: (1e3 * z).sigmoid()],
    ids=["nothing changes", "one dimension is ignored", "pixels saturate"],
)
def test_degenerate_surfaces_have_paths_too(mean):
    class Degenerate(Surface):
        def decode(self, z):
            return Independent(Bernoulli(probs=self.mean(z.clamp(0, 1))[:, None, None]), 3)

    model = stand_in(Degenerate(mean))
    a, b = torch.tensor([[-1.0, 0.5], [1.0, -0.3]])
    path = geodesic.shortest_path(model, a, b, 33, SQUARE)
    assert path.isfinite().all()
    assert torch.equal(path[[0, -1]], torch.stack([a, b]))
    # The straight line's: half a circle, by one pixel or in two halves by two, or nothing.
    assert geodesic.length(model, path) <= math.pi / 2 + 1e-3


@pytest.mark.parametrize("family", COMPARED)
def test_any_model_will_do(family, small_config, generator):
    torch.manual_seed(1)
    model = build(small_config(family, latent=2, likelihood=Gaussian("predicted"))).eval()
    a, b = torch.randn(2, 2, generator=generator)
    path = geodesic.shortest_path(model, a, b, 9, SQUARE)
    assert torch.equal(path[[0, -1]], torch.stack([a, b]))
    assert not path.requires_grad
    most = geodesic.length(model, straight(a, b, 9))
    assert geodesic.length(model, path) <= most * (1 + 1e-4)
    # Nothing is left behind: training may go on as if nobody had asked.
    assert all(p.requires_grad and p.grad is None for p in model.parameters())


# Sharing.


def test_a_grid_is_computed_once_and_a_few_are_kept():
    geodesic.grid.cache_clear()
    models = [stand_in(Surface(sphere)) for _ in range(6)]
    corners = tuple(SQUARE)
    first = geodesic.grid(models[0], corners, nodes=8)
    assert geodesic.grid(models[0], corners, nodes=8) is first
    for model in models:
        geodesic.grid(model, corners, nodes=8)
    assert geodesic.grid.cache_info().currsize == 4


def test_visitors_do_not_disturb_each_other():
    model = stand_in(Surface(sphere))
    ends = [torch.tensor([[0.1 * i, -1.0], [1.0, 1.0]]) for i in range(6)]

    def path(pair):
        return geodesic.shortest_path(model, pair[0], pair[1], 17, SQUARE)

    geodesic.grid.cache_clear()
    with ThreadPoolExecutor(4) as visitors:
        together = list(visitors.map(path, ends))
    assert all(torch.equal(path(pair), found) for pair, found in zip(ends, together, strict=True))
