"""Denoising as a score: the mixture's closed forms, the trained field, what the view is told."""

import base64
import copy
import math

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from data import datasets
from data.mixture import MIXTURE
from explore import score
from tests.asking import asking
from tests.made_up import entry_of
from views.kit import parts
from views.kit.pictures import picture_of
from views.kit.worker import Worker
from views.score import digit, field
from views.score import score as view

SIGMA = 0.08
CENTRES = torch.tensor(MIXTURE.means, dtype=torch.float64)
WEIGHTS = torch.tensor(MIXTURE.weights, dtype=torch.float64)
# Root mean square under p_sigma; measured 3.7 % of the exact field.
MOST_DISAGREEMENT = 0.06


@pytest.fixture
def points(generator):
    """Places where noisy points are: 200 draws from the blurred mixture, float64."""
    return drawn(generator, 200) + SIGMA * torch.randn(200, 2, generator=generator).double()


def drawn(generator, n):
    k = torch.multinomial(torch.tensor(MIXTURE.weights), n, True, generator=generator)
    noise = torch.randn(n, 2, generator=generator).double()
    return CENTRES[k] + MIXTURE.std * noise


def reference(std):
    """The mixture as torch.distributions has it."""
    components = Independent(Normal(CENTRES, torch.full_like(CENTRES, std)), 1)
    return MixtureSameFamily(Categorical(WEIGHTS), components)


@pytest.fixture(scope="module")
def toy(shipped):
    return shipped.part(parts.SCORE)["dae-mixture"].model


@pytest.fixture(scope="module")
def digits_model(shipped):
    return shipped.part(parts.SCORE)["dae-64-score"].model


def test_the_density_is_torchs_and_its_score_is_autograds(points):
    blurred = MIXTURE.blurred(SIGMA)
    expected = reference(math.hypot(MIXTURE.std, SIGMA)).log_prob(points.requires_grad_())
    torch.testing.assert_close(blurred.log_density(points), expected, atol=1e-10, rtol=0)
    (slope,) = torch.autograd.grad(expected.sum(), points)
    torch.testing.assert_close(blurred.score(points), slope, atol=1e-10, rtol=0)


def test_the_best_denoisers_step_is_the_slope_of_the_log_density(points):
    """Vincent 2011: the left side from Bayes' rule, the right by autograd."""
    log_density = MIXTURE.blurred(SIGMA).log_density(points.requires_grad_())
    (slope,) = torch.autograd.grad(log_density.sum(), points)
    step = (MIXTURE.denoise(points, SIGMA) - points) / SIGMA**2
    torch.testing.assert_close(step, slope, atol=1e-10, rtol=0)


@pytest.mark.parametrize("noisy", [(0.5, 0.4), (0.55, 0.6), (0.2, 0.1)])
def test_the_best_denoiser_is_the_average_of_what_may_have_been(noisy, generator):
    """E[x|x~] by weighting clean draws with q(x~|x): no closed form, no component."""
    clean = drawn(generator, 200_000)
    noisy = torch.tensor(noisy, dtype=torch.float64)
    weights = (-0.5 * ((clean - noisy) / SIGMA).square().sum(-1)).exp()
    estimate = (weights[:, None] * clean).sum(0) / weights.sum()
    residual = weights[:, None] * (clean - estimate)
    error = residual.square().sum(0).sqrt() / weights.sum()
    assert ((MIXTURE.denoise(noisy, SIGMA) - estimate).abs() <= 4 * error).all()


def test_blurring_adds_variances():
    assert MIXTURE.blurred(SIGMA).std == pytest.approx(0.1, abs=1e-12)
    assert MIXTURE.blurred(0.0) == MIXTURE


def test_the_data_are_draws_of_the_mixture(assert_mean):
    dataset = datasets.load("mixture")
    assert dataset.train.sha256.startswith("b19d3215")
    x = datasets.unit_interval(dataset.test.images).view(-1, 2).double()
    assert_mean(x, WEIGHTS @ CENTRES)
    assert_mean(x**2, MIXTURE.std**2 + WEIGHTS @ CENTRES**2)


def test_the_trained_field_is_the_exact_one(toy, generator):
    """Density-weighted, by draws here and by a grid in `agreement`."""
    assert score.noise_level(toy) == SIGMA
    fit = score.agreement(toy, MIXTURE)
    assert fit.difference < MOST_DISAGREEMENT * fit.size
    noisy = drawn(generator, 20_000) + SIGMA * torch.randn(20_000, 2, generator=generator).double()
    exact = MIXTURE.blurred(SIGMA).score(noisy)
    learned = score.score(toy, noisy.float().view(-1, 1, 1, 2)).view(-1, 2)
    by_draws = [(field**2).sum(-1).mean().sqrt().item() for field in (exact, learned - exact)]
    assert by_draws == pytest.approx(list(fit), rel=0.04)
    # The other sign would be twice the field away.
    assert ((learned * exact).sum() / (learned.norm() * exact.norm())).item() > 0.99


def test_a_network_that_knows_nothing_disagrees(toy):
    lazy = copy.deepcopy(toy)
    with torch.no_grad():
        for parameter in lazy.decoder.parameters():
            parameter.zero_()
    fit = score.agreement(lazy, MIXTURE)
    assert fit.difference > fit.size


def test_following_the_score_ends_at_modes(toy, generator):
    """From anywhere in the square, by the exact denoiser and by the network alike."""
    start = torch.rand(100, 2, generator=generator)
    exact = start.double()
    for _ in range(500):
        exact = MIXTURE.denoise(exact, SIGMA)
    assert MIXTURE.blurred(SIGMA).score(exact).abs().max() < 1e-3
    modes = torch.unique(exact.mul(1e4).round(), dim=0) / 1e4
    distance = torch.cdist(CENTRES, modes)
    assert (distance.min(1).values < 0.03).all()  # each hill has its peak, near its centre
    followed = score.climb(toy, start.view(-1, 1, 1, 2), 1.0, 200).view(-1, 2).double()
    assert torch.cdist(followed, modes).min(1).values.max() < 0.03


def test_a_step_is_a_share_of_the_way_to_the_denoised(digits_model, x):
    noisy = x[:2] + 0.3
    restored = digits_model.reconstruct(noisy)
    slope = (restored - noisy) / 0.3**2
    torch.testing.assert_close(score.score(digits_model, noisy), slope, atol=1e-4, rtol=0)
    half = noisy + 0.5 * (restored - noisy)
    torch.testing.assert_close(score.climb(digits_model, noisy, 0.5, 1), half, atol=1e-5, rtol=0)
    twice = half + 0.5 * (digits_model.reconstruct(half) - half)
    torch.testing.assert_close(score.climb(digits_model, noisy, 0.5, 2), twice, atol=1e-5, rtol=0)
    torch.testing.assert_close(score.climb(digits_model, noisy, 0.0, 3), noisy)


def test_the_page_is_told_the_density_and_the_fit(shipped, toy):
    told = field.field_of(shipped.entry("dae-mixture"), MIXTURE)
    assert told.weights == list(MIXTURE.weights)
    assert told.means == [list(mean) for mean in MIXTURE.means]
    assert (told.std, told.sigma) == (MIXTURE.std, SIGMA)
    assert (told.size, told.difference) == tuple(score.agreement(toy, MIXTURE))
    assert {"encoder", "decoder"} <= shipped.networks.addresses("dae-mixture").keys()


@pytest.fixture(scope="module")
def clean():
    """A stroke [1, 28, 28] that a byte a pixel holds exactly."""
    x = torch.zeros(1, 28, 28)
    x[0, 6:22, 13:15] = 1.0
    return x


@pytest.fixture(scope="module")
def ask(digits_model, clean):
    """ask(**changes): what the server answers to a good question, but for the changes."""
    send = asking(digit.score_digit, entry_of(digits_model), Worker("test", 1))
    good = {"digit": picture_of(clean).model_dump(), "noisy": True, "seed": 3, "share": 0.5}
    return lambda **changes: send(good | {"steps": 1} | changes)


def test_the_digits_pictures_are_what_torch_says(digits_model, clean, ask):
    answer = ask()
    noisy = clean + 0.3 * torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(3))
    restored = digits_model.reconstruct(noisy[None])[0]
    slope = (restored - noisy) / 0.09
    expected = {"seen": noisy, "restored": restored, "after": (noisy + restored) / 2}
    for name, picture in expected.items():
        assert answer[name]["picture"]["shape"] == [1, 28, 28]
        shown = np.frombuffer(base64.b64decode(answer[name]["picture"]["pixels"]), np.uint8)
        wanted = (255 * picture.clamp(0, 1)).round().numpy().ravel()
        assert np.abs(shown - wanted).max() <= 1
        mean_square = (picture - clean).square().mean().item()
        assert answer[name]["error"] == pytest.approx(math.sqrt(mean_square), abs=1e-5)
    assert answer["slope_size"] == pytest.approx(slope.square().mean().sqrt().item(), rel=1e-4)
    drawn = np.frombuffer(base64.b64decode(answer["slope"]), "<f4")
    np.testing.assert_allclose(drawn, slope.flatten(), atol=1e-4)


def test_without_noise_it_sees_the_digit_itself(clean, ask):
    answer = ask(noisy=False)
    assert answer["seen"] == {"picture": picture_of(clean).model_dump(), "error": 0}
    assert answer["slope_size"] < ask()["slope_size"]


@pytest.mark.parametrize(
    "changes",
    [
        {"digit": {"shape": [1, 28, 28], "pixels": "!"}},
        {"digit": {"shape": [1, 28, 28], "pixels": None}},
        {"digit": {"shape": [3, 28, 28], "pixels": "AAAA"}},
        {"digit": None},
        {"seed": -1},
        {"share": 1.5},
        {"share": math.nan},
        {"share": "much"},
        {"steps": 0},
        {"steps": 21},
        {"steps": 1.5},
        {"noisy": "perhaps"},
    ],
)
def test_nonsense_gets_a_sentence(ask, changes, assert_sentence):
    answer = ask(**changes)
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


def test_a_lab_without_the_networks_says_so(lab, assert_sentence):
    assert not lab.part(parts.SCORE)
    assert_sentence(view.MISSING)
