"""Questions to models: identities that hold whatever the models have learned."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch.distributions import MultivariateNormal

from explore import latent
from explore.reconstruct import psnr, reconstruct
from models import build, zoo
from models.distributions import DiagonalGaussian
from models.gaussian_mixture import GaussianMixture
from models.metrics import Axis
from models.origins import CODES, MIXTURE, PRIOR
from tests.made_up import metric, stand_in
from views.kit.lab import COMPARED


@pytest.fixture(params=COMPARED)
def model(request, small_config):
    torch.manual_seed(1)
    return build(small_config(request.param, latent=4)).eval().requires_grad_(False)


@pytest.fixture
def vae(small_config):
    torch.manual_seed(1)
    return build(small_config("vae", latent=4)).eval().requires_grad_(False)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# Reconstructions.


def test_a_reconstruction_is_the_picture_of_the_mean_code(model, x):
    found = reconstruct(model, x[0])
    q = model.encode(x[:1])
    assert torch.equal(found.z, q.mean[0])
    assert torch.equal(found.mean, q.mean[0])
    assert torch.allclose(found.std**2, q.variance[0])
    assert torch.equal(found.picture, model.reconstruct(x[:1])[0])
    assert found.picture.shape == x[0].shape


def test_the_error_is_picture_minus_target(model, x):
    itself, other = reconstruct(model, x[0]), reconstruct(model, x[0], target=x[1])
    assert torch.equal(itself.error, itself.picture - x[0])
    assert torch.equal(other.error, other.picture - x[1])
    assert torch.equal(other.picture, itself.picture)
    for found in (itself, other):
        assert found.mse == pytest.approx(sum(e * e for e in found.error.flatten().tolist()) / 784)


def test_a_generator_draws_from_q(vae, x):
    found = reconstruct(vae, x[0], generator=seeded(3))
    q = vae.encode(x[:1])
    epsilon = torch.randn(4, generator=seeded(3))
    assert torch.allclose(found.z, q.mean[0] + q.variance[0].sqrt() * epsilon)
    assert torch.equal(found.mean, q.mean[0])
    assert torch.allclose(found.picture, vae.decode(found.z.unsqueeze(0)).mean[0])


def test_draws_follow_their_seed_and_no_other(vae, x):
    def draw(seed):
        return reconstruct(vae, x[0], generator=seeded(seed)).z

    first = draw(5)
    torch.manual_seed(99)  # the process's own seed is nobody's business here
    assert torch.equal(draw(5), first)
    assert not torch.equal(draw(6), first)


def test_draws_have_the_mean_and_spread_of_q(vae, x, assert_mean):
    generator = seeded(0)
    z = torch.stack([reconstruct(vae, x[0], generator=generator).z for _ in range(500)])
    q = vae.encode(x[:1])
    assert_mean(z, q.mean[0])
    assert_mean((z - q.mean[0]) ** 2, q.variance[0])


def test_a_point_mass_has_nothing_to_draw(small_config, x):
    torch.manual_seed(1)
    model = build(small_config("ae"))
    found = reconstruct(model, x[0], generator=seeded(0))
    assert torch.equal(found.z, found.mean)
    assert not found.std.any()


@pytest.mark.parametrize(
    ("mse", "decibels"),
    [
        (1.0, 0.0),
        (0.1, 10.0),
        (0.01, 20.0),
        (0.5, 10 * math.log10(2)),
        (4.0, -6.0206),
        (0, math.inf),
    ],
)
def test_psnr_known_answers(mse, decibels):
    assert psnr(mse) == pytest.approx(decibels, abs=1e-4)


# Dimensions.


def card(**statistics):
    return stand_in(SimpleNamespace(latent=statistics))


def test_importance_is_the_kl_where_there_is_one():
    assert latent.importance(card(kl=[0.1, 3.0], std=[1.0, 2.0])) == [0.1, 3.0]
    assert latent.importance(card(std=[0.5, 2.0])) == [0.25, 4.0]


@pytest.mark.parametrize("size", [2, 16])
@pytest.mark.parametrize(
    ("scale", "low", "high"), [(1.0, 0.95, 0.95), (0.1, 1.0, 1.0), (9.0, 0, 0.1)]
)
def test_the_prior_holds_the_codes_that_are_like_it(size, scale, low, high):
    z = scale * torch.randn(20_000, size, generator=torch.Generator().manual_seed(0))
    share = latent.share_within_prior(z)
    slack = 4 * (0.95 * 0.05 / len(z)) ** 0.5
    assert low - slack <= share <= high + slack


def test_ranges_are_centred_on_the_codes():
    both = card(mean=[1.0, -2.0], std=[0.5, 2.0])
    assert latent.ranges(both) == [(-0.5, 2.5), (-8.0, 4.0)]
    assert latent.ranges(both, widths=1) == [(0.5, 1.5), (-4.0, 0.0)]


def test_a_dimension_that_never_moves_still_has_a_range():
    ((low, high),) = latent.ranges(card(mean=[2.0], std=[0.0]))
    assert low < 2.0 < high


def test_encode_and_decode_are_the_models(model, x):
    z = latent.encode(model, x[0])
    assert torch.equal(z, model.encode(x[:1]).mean[0])
    assert torch.equal(latent.decode(model, z.unsqueeze(0)), model.decode(z.unsqueeze(0)).mean)


def test_a_traversal_sweeps_one_number_at_a_time(model):
    z = torch.tensor([0.3, -1.0, 0.0, 2.0])
    low, high = z - torch.tensor([1.0, 2.0, 3.0, 4.0]), z + torch.tensor([1.0, 2.0, 3.0, 4.0])
    pictures = latent.traversal(model, z, low, high, steps=5)
    assert pictures.shape == (4, 5, 1, 28, 28)
    for i in range(4):
        for step, share in enumerate((0, 0.25, 0.5, 0.75, 1)):
            code = z.clone()
            code[i] = low[i] + share * (high[i] - low[i])
            expected = latent.decode(model, code.unsqueeze(0))[0]
            assert torch.allclose(pictures[i, step], expected, atol=1e-6)


def test_the_middle_of_every_strip_is_the_code_itself(model):
    z = torch.tensor([0.3, -1.0, 0.0, 2.0])
    before = z.clone()
    pictures = latent.traversal(model, z, z - 2, z + 2, steps=9)
    here = latent.decode(model, z.unsqueeze(0)).expand(4, -1, -1, -1)
    assert torch.allclose(pictures[:, 4], here, atol=1e-6)
    assert torch.equal(z, before)


# Paths.

PATHS = {"linear": latent.linear_path, "spherical": latent.spherical_path}
ENDS = {
    "any": ([1.0, 2.0, -1.0], [0.5, -3.0, 2.0]),
    "orthogonal": ([2.0, 0.0, 0.0], [0.0, 5.0, 0.0]),
    "same": ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
    "parallel": ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]),
    "antiparallel": ([1.0, 2.0, 3.0], [-2.0, -4.0, -6.0]),
    "from the origin": ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]),
    "to the origin": ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
    "nowhere": ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    "nearly parallel": ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0001]),
    "large": ([1e6, -1e6, 1e6], [-1e6, 1e6, 1e5]),
    "tiny": ([1e-30, 0.0, 0.0], [0.0, 1e-30, 0.0]),
}
DEGENERATE = ["same", "parallel", "antiparallel", "from the origin", "to the origin", "nowhere"]
T = torch.linspace(0, 1, 11)


@pytest.fixture(params=ENDS)
def ends(request):
    return [torch.tensor(end) for end in ENDS[request.param]]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_begins_and_ends_where_it_should(path, ends):
    a, b = ends
    codes = PATHS[path](a, b, T)
    assert codes.shape == (11, 3)
    assert codes.dtype == a.dtype
    assert torch.allclose(codes[0], a, rtol=1e-6, atol=0)
    assert torch.allclose(codes[-1], b, rtol=1e-6, atol=0)
    assert codes.isfinite().all()


@pytest.mark.parametrize("path", PATHS)
def test_a_path_runs_backwards_as_it_runs_forwards(path, ends):
    a, b = ends
    forwards, backwards = PATHS[path](a, b, T), PATHS[path](b, a, T)
    # T is symmetric but for the last digit of its floats.
    assert torch.allclose(forwards, backwards.flip(0), rtol=1e-5, atol=1e-6 * float(a.norm()))


def test_a_linear_path_has_equal_steps(ends):
    a, b = ends
    steps = latent.linear_path(a, b, T).diff(dim=0)
    assert torch.allclose(steps, ((b - a) / 10).expand(10, 3), rtol=1e-4, atol=1e-6 * a.norm())


def test_a_linear_path_between_pictures_is_a_cross_fade(x):
    faded = latent.linear_path(x[0], x[1], torch.tensor([0.0, 0.25, 1.0]))
    assert torch.allclose(faded, torch.stack([x[0], 0.75 * x[0] + 0.25 * x[1], x[1]]))


@pytest.mark.parametrize("case", ["any", "orthogonal", "large", "tiny"])
def test_a_spherical_path_turns_at_constant_speed_and_its_length_changes_linearly(case):
    a, b = (torch.tensor(end, dtype=torch.float64) for end in ENDS[case])
    codes = latent.spherical_path(a, b, T)
    assert torch.allclose(codes.norm(dim=1), latent.linear_path(a.norm(), b.norm(), T).double())
    unit = codes / codes.norm(dim=1, keepdim=True)
    turns = torch.acos((unit[1:] * unit[:-1]).sum(1))
    whole = torch.acos(a @ b / (a.norm() * b.norm()))
    assert torch.allclose(turns, (whole / 10).expand(10), rtol=1e-5)


def test_a_spherical_path_of_unit_vectors_stays_on_the_sphere(generator):
    a, b = torch.nn.functional.normalize(torch.randn(2, 16, generator=generator), dim=1)
    assert torch.allclose(latent.spherical_path(a, b, T).norm(dim=1), torch.ones(11))


def test_half_way_round_a_right_angle():
    a, b = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    (middle,) = latent.spherical_path(a, b, torch.tensor([0.5]))
    assert torch.allclose(middle, torch.full((2,), math.sqrt(0.5)))


@pytest.mark.parametrize("case", DEGENERATE)
def test_where_no_great_circle_is_singled_out_the_path_is_straight(case):
    a, b = (torch.tensor(end) for end in ENDS[case])
    straight = latent.linear_path(a, b, T)
    assert torch.allclose(latent.spherical_path(a, b, T), straight, atol=1e-5)


# Draws.


def test_draws_follow_their_seed():
    first = latent.prior_draws(3, 5, 1.0, 7)
    torch.manual_seed(123)
    assert torch.equal(latent.prior_draws(3, 5, 1.0, 7), first)
    assert not torch.equal(latent.prior_draws(3, 5, 1.0, 8), first)
    assert first.shape == (5, 3)


def test_temperature_stretches_the_same_draws():
    assert torch.equal(latent.prior_draws(3, 5, 2.0, 7), 2 * latent.prior_draws(3, 5, 1.0, 7))
    assert not latent.prior_draws(3, 5, 0.0, 7).any()


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_draws_are_standard_normal_times_the_temperature(seed, assert_mean):
    z = latent.prior_draws(4, 20_000, 1.5, seed)
    assert_mean(z, 0.0)
    assert_mean(z**2, 1.5**2)
    assert_mean(z[:, 0] * z[:, 1], 0.0)


def test_drawing_leaves_the_process_seed_alone():
    torch.manual_seed(4)
    before = torch.get_rng_state()
    latent.prior_draws(4, 100, 1.0, 0)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_posterior_of_a_vae_is_what_reconstruct_reports(vae, x):
    assert isinstance(vae.encode(x[:1]), DiagonalGaussian)
    assert (reconstruct(vae, x[0]).std > 0).all()


def test_a_map_spans_its_codes_but_for_strays_and_holds_the_prior():
    z = torch.stack([torch.linspace(-10, 30, 1001), torch.linspace(-1, 1, 1001)], dim=1)
    z[0] = torch.tensor([-1e4, 1e4])  # a stray
    centre, half = latent.map_extent(z, share=0.9)
    # Along z1 the middle nine tenths run from -8 to 28; z2 is widened to hold -2.5 to 2.5.
    assert centre == pytest.approx([10, 0], abs=0.1)
    assert half == pytest.approx(18, abs=0.1)


def test_a_map_of_codes_in_one_place_still_has_a_size():
    assert latent.map_extent(torch.zeros(5, 2)) == ([0.0, 0.0], 2.5)


def test_codes_like_the_prior_leave_it_few_holes(generator):
    """There is one around one code in twenty by definition, and one draw in twenty falls there."""
    z, draws = (torch.randn(n, 2, generator=generator) for n in (2_000, 10_000))
    density = latent.kernel_density(z)
    assert density.share_in_holes(draws) == pytest.approx(1 - latent.MOST, abs=0.02)
    assert latent.kernel_density(3 * z).share_in_holes(3 * draws) == pytest.approx(
        density.share_in_holes(draws), abs=1e-3
    )


def test_a_dense_middle_does_not_make_what_is_around_it_a_hole(generator):
    """Half of the codes crowd in a middle as wide as a point, the others lie evenly around it.

    By the distance of nearest neighbours, which are twice as near on the whole, they would."""
    disc = torch.randn(2_000, 2, generator=generator)
    middle, around = 0.01 * disc[:1_000], disc[1_000:]
    density = latent.kernel_density(torch.cat([middle, around]))
    assert density.share_in_holes(around) < 0.15
    assert density.share_in_holes(middle) == 0


def test_a_gap_between_clusters_is_a_hole_and_strays_do_not_fill_it(generator):
    cluster = torch.randn(1_000, 2, generator=generator)
    strays = 100 * torch.randn(20, 2, generator=generator)
    density = latent.kernel_density(torch.cat([cluster - 5, cluster + 5, strays]))
    assert density.share_in_holes(torch.zeros(1, 2)) == 1
    assert density.share_in_holes(torch.tensor([[5.0, 5.0], [-5.0, -5.0]])) == 0
    assert density.share_in_holes(strays + 1) > 0.9  # but for the stray's own place


def test_the_density_is_that_of_gaussian_kernels(generator):
    """But for its constant, it is the mean of torch's."""
    z, places = torch.randn(200, 2, generator=generator), torch.randn(9, 2, generator=generator)
    density = latent.kernel_density(z)
    own = density.at(places).double() / (math.tau * density.bandwidth**2)
    kernels = MultivariateNormal(z.double(), density.bandwidth**2 * torch.eye(2).double())
    expected = kernels.log_prob(places.double()[:, None]).exp().mean(1)
    assert torch.allclose(own, expected, rtol=1e-4, atol=1e-7)


def test_codes_in_one_place_have_a_density():
    density = latent.kernel_density(torch.zeros(50, 2))
    assert density.share_in_holes(torch.zeros(1, 2)) == 0
    assert density.share_in_holes(torch.ones(1, 2)) == 1


# Where z comes from.


@pytest.fixture
def entry(tmp_path, save_checkpoint):
    save_checkpoint(tmp_path, "ae", 2)
    zoo.add_mixture(
        tmp_path / "ae-2",
        GaussianMixture(torch.ones(1), torch.tensor([[4.0, -4.0]]), torch.eye(2)[None] / 100),
    )
    return zoo.load(tmp_path / "ae-2")


def test_draws_come_from_where_they_are_said_to(entry):
    assert latent.origins_of(entry) == [PRIOR, MIXTURE, CODES]
    drawn = {o: latent.drawn_codes(entry, o, 500, 3) for o in latent.origins_of(entry)}
    assert torch.equal(drawn[PRIOR], latent.prior_draws(2, 500, 1.0, 3))
    assert torch.allclose(drawn[MIXTURE].mean(0), torch.tensor([4.0, -4.0]), atol=0.05)
    known = {tuple(z) for z in entry.codes.z.tolist()}
    assert {tuple(z) for z in drawn[CODES].tolist()} == known  # sixty of them, again and again
    few = latent.drawn_codes(entry, CODES, 40, 3)
    assert len(few.unique(dim=0)) == 40
    for origin, z in drawn.items():
        assert torch.equal(z, latent.drawn_codes(entry, origin, 500, 3))
        assert not torch.equal(z, latent.drawn_codes(entry, origin, 500, 4))


def test_a_model_has_only_the_origins_that_it_has(entry):
    assert latent.origins_of(replace(entry, mixture=None)) == [PRIOR, CODES]
    none = zoo.Codes(torch.empty(0, 2), torch.empty(0))
    assert latent.origins_of(replace(entry, mixture=None, points=lambda: none)) == [PRIOR]


def test_classes_drawn_are_read_where_a_card_has_them_whole(entry):
    def read(value=None, rows=("drawn", "real")):
        found = metric("classes drawn, mixture", value, "share", axis=Axis("pictures", rows))
        metrics = {found.name: found} if value else {}
        return latent.classes_drawn(replace(entry.card, metrics=metrics), MIXTURE)

    rows = [[0.1] * 10, [0.05] * 9 + [0.55]]
    assert read(rows) == (rows[0], rows[1])
    assert latent.rare_classes(rows[0], rows[1]) == []
    assert latent.rare_classes(rows[1], [0.6] * 9 + [0.1]) == list(range(9))
    assert read() is None
    assert read(rows, ("drawn", "true")) is None
    assert read([row[:9] for row in rows]) is None
