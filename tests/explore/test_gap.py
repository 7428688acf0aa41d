"""The true posterior by quadrature: known answers, finer lattices, and importance sampling."""

import base64
import copy
from math import log, pi
from typing import Any

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from data import datasets
from data.binarize import binarize
from explore import gap, latent
from models import Config, bounds, build, quadrature
from models.likelihoods import Gaussian
from models.networks import NetworkConfig
from tests.asking import asking
from views.kit import true_posterior as view
from views.kit.pictures import picture_of
from views.kit.worker import Workers

pytestmark = pytest.mark.slow

# How many digits each is asked about: a convolutional decoder takes 0.1 ms a code, and these
# digits take it some 10,000 codes each.
DIGITS = {"vae-2": 3, "vae-2-davidson": 12}
NAMES = tuple(DIGITS)


@pytest.fixture(scope="module")
def grey(digits):
    """Twenty digits of scikit-learn's, two of each class."""
    return datasets.unit_interval(digits.test.images[:20])


@pytest.fixture(scope="module")
def seen(shipped, grey):
    """seen(name): the model, and for each digit x its posterior, encoder's q and window."""
    made = {}

    def make(name):
        if name not in made:
            model = shipped.entry(name).model
            made[name] = model, [look(model, binarize(x, 0)) for x in grey[: DIGITS[name]]]
        return made[name]

    return make


def look(model, x):
    found = quadrature.posterior(model, x)
    q = gap.gaussian(*latent.posterior(model, x))
    return x, found, q, gap.window_around(model, x, found, q, quadrature.EXACT, 96)


@pytest.fixture(scope="module")
def linear():
    """x = W z + b + noise of variance s^2 on 2 x 2 images: the posterior is a Gaussian."""
    torch.manual_seed(0)
    likelihood = Gaussian(sigma=0.2, mean="identity")
    config = Config("vae", 2, NetworkConfig(), NetworkConfig(), likelihood, x_shape=(1, 2, 2))
    model: Any = build(config)
    with torch.no_grad():
        model.decoder[0].weight.copy_(torch.tensor([[2.0, 1.0], [0.5, -1.0], [0, 3], [1, 1]]))
    return model.eval().requires_grad_(False)


def exact_posterior(model, x):
    """p(z|x), and log p(x) = log N(x; b, W W^T + s^2 I), of the linear model."""
    w, b = model.decoder[0].weight.double(), model.decoder[0].bias.double()
    noise = 0.2**2
    evidence = MultivariateNormal(b, w @ w.T + noise * torch.eye(4, dtype=torch.float64))
    covariance = torch.linalg.inv(torch.eye(2, dtype=torch.float64) + w.T @ w / noise)
    mean = covariance @ w.T @ (x.flatten().double() - b) / noise
    return MultivariateNormal(mean, covariance), float(evidence.log_prob(x.flatten().double()))


# Known answers.


def test_a_linear_gaussian_model_has_the_posterior_of_the_textbook(linear):
    x = torch.tensor([[[0.9, -0.2], [1.4, 0.3]]])
    exact, log_p = exact_posterior(linear, x)
    found = quadrature.posterior(linear, x)
    assert found.log_p == pytest.approx(log_p, abs=1e-5)
    assert found.mean.tolist() == pytest.approx(exact.mean.tolist(), abs=1e-5)
    torch.testing.assert_close(found.covariance, exact.covariance_matrix, atol=1e-6, rtol=1e-4)
    narrowest = float(torch.linalg.eigvalsh(exact.covariance_matrix)[0].sqrt())
    assert found.least_std == pytest.approx(narrowest, rel=0.05)
    assert found.step <= 0.5 * found.least_std


def test_the_gap_and_the_best_gaussian_of_a_linear_model_are_the_closed_form(linear):
    x = torch.tensor([[[0.9, -0.2], [1.4, 0.3]]])
    exact, log_p = exact_posterior(linear, x)
    found = quadrature.posterior(linear, x)
    start = gap.peak(found)
    window = gap.window_around(linear, x, found, start, quadrature.EXACT, 96)

    def dense(q):
        return MultivariateNormal(q.mu, torch.diag(q.variance))

    for q in (start, gap.gaussian(exact.mean + 0.02, torch.tensor([0.05, 0.09]))):
        want = float(kl_divergence(dense(q), exact))
        assert float(gap.gap(q, window, found.log_p)) == pytest.approx(want, abs=1e-4)
        assert float(gap.elbo(q, window)) == pytest.approx(log_p - want, abs=1e-4)
    # Where KL(q || N) is least, q has its mean, and the inverse of its precision's diagonal.
    best = gap.best_gaussian(start, window)
    assert best.mu.tolist() == pytest.approx(exact.mean.tolist(), abs=1e-4)
    want = 1 / torch.linalg.inv(exact.covariance_matrix).diagonal()
    assert best.variance.tolist() == pytest.approx(want.tolist(), rel=1e-3)


def test_a_decoder_that_ignores_the_code_leaves_the_prior(linear):
    with torch.no_grad():
        weight = linear.decoder[0].weight.clone()
        linear.decoder[0].weight.zero_()
        found = quadrature.posterior(linear, torch.zeros(1, 2, 2))
        linear.decoder[0].weight.copy_(weight)  # and the table is made anew: see the tests above
    assert found.covariance.diagonal().tolist() == pytest.approx([1, 1], rel=1e-4)
    likelihood = -0.5 * float((linear.decoder[0].bias.double() ** 2).sum()) / 0.04
    want = likelihood - 4 * log(0.2) - 2 * log(2 * pi)
    assert found.log_p == pytest.approx(want, abs=1e-4)


class Fold(torch.nn.Module):
    """z1 becomes |z1 - 0.3|: codes on both sides give the same image."""

    def forward(self, z):
        return torch.stack([(z[:, 0] - 0.3).abs(), z[:, 1]], 1)


def test_no_mode_is_dropped(linear):
    """Two modes of unequal mass, against every point of a fine lattice over the plane."""
    folded = copy.deepcopy(linear)
    folded.decoder = torch.nn.Sequential(Fold(), linear.decoder)
    x = linear.decoder(torch.tensor([[1.0, 0.4]]))[0]
    found = quadrature.posterior(folded, x)

    step = 0.01
    z = quadrature.lattice(torch.zeros(2, dtype=torch.float64), 4.0, 800)
    w, b = linear.decoder[0].weight.double(), linear.decoder[0].bias.double()
    off = x.flatten().double() - Fold()(z) @ w.T - b
    log_joint = -0.5 * (off**2).sum(1) / 0.04 - 4 * log(0.2) - 2 * log(2 * pi)
    log_joint += quadrature.log_prior(z)
    log_p = float(torch.logsumexp(log_joint, 0)) + 2 * log(step)
    left = float(torch.softmax(log_joint, 0)[z[:, 0] < 0.3].sum())
    assert 0.6 < left < 0.9
    assert found.log_p == pytest.approx(log_p, abs=1e-3)
    assert float(found.mass[found.z[:, 0] < 0.3].sum()) == pytest.approx(left, abs=1e-3)
    rows = torch.tensor(gap.spots(found))
    assert float(rows[rows[:, 0] < 0.3, 2].sum()) == pytest.approx(left, abs=0.02)


def standard_error(log_weights):
    """Of the log of the mean of S weights, [S]: their deviation over their mean and sqrt S."""
    weights = torch.exp(log_weights.double() - log_weights.max())
    return float(weights.std() / weights.mean()) / len(weights) ** 0.5


# The shipped models.


@pytest.mark.parametrize("name", NAMES)
def test_a_lattice_shifted_by_half_a_step_gives_the_same_evidence(seen, name):
    """Four such lattices, shifted, make up the one of half the step; one stands for three."""
    model, looks = seen(name)
    for x, found, _, _ in looks:
        assert found.step <= 0.5 * found.least_std
        shifted = quadrature.log_joint_at(model, x, found.z + found.step / 2, torch.float32)
        other = float(torch.logsumexp(shifted, 0)) + 2 * log(found.step)
        assert other == pytest.approx(found.log_p, abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_elbo_and_gap_add_up_to_the_evidence(seen, name):
    """Whatever log p(x) is: this checks the sums over q. The tests around it check log p(x)."""
    _, looks = seen(name)
    for _, found, q, window in looks:
        gap_ = float(gap.gap(q, window, found.log_p))
        assert float(gap.elbo(q, window)) + gap_ == pytest.approx(found.log_p, abs=1e-8)
        assert gap_ > 0
        assert float(gap.mass(q, window).sum()) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_lattice_over_the_window_has_the_same_evidence(seen, name):
    """The window does not know how quadrature chose its cells; it may miss other modes."""
    _, looks = seen(name)
    whole = 0
    for _, found, _, window in looks:
        inside = ((found.z - window.centre).abs() <= window.half).all(1)
        if found.mass[inside].sum() < 1 - 1e-6:
            continue
        whole += 1
        assert gap.evidence(window) == pytest.approx(found.log_p, abs=5e-3)
    assert whole >= len(looks) / 2


@pytest.mark.parametrize("name", NAMES)
def test_quadrature_is_what_importance_sampling_estimates(seen, name):
    model, looks = seen(name)
    checked = 0
    for seed, (x, found, _, _) in enumerate(looks[:8]):
        # From twice as wide a Gaussian around the true mean, so that no weight is far above others.
        wide = gap.gaussian(found.mean, 2 * found.covariance.diagonal().sqrt())
        z = wide.sample((2_000,), torch.Generator().manual_seed(seed))
        log_weights = quadrature.log_joint_at(model, x, z, torch.float32) - wide.log_prob(z)
        estimate = float(bounds.importance_bound(log_weights[:, None]))
        error = standard_error(log_weights)
        if error < 0.2:  # the estimate's logarithm is skewed where a few weights rule
            checked += 1
            assert abs(estimate - found.log_p) < 4 * error
    assert checked >= len(looks[:8]) / 2


def test_bounds_rise_from_the_elbo_to_the_evidence(seen):
    model, looks = seen("vae-2-davidson")
    gaps = {1: [], 5: [], 50: []}
    for x, found, q, window in looks[:8]:
        _, log_weights = gap.importance_draws(model, x, q, 2_000, seed=1)
        values = {k: float(bounds.iwae(log_weights[:, None], k)) for k in gaps}
        assert values[1] <= values[5] <= values[50]
        error = float(log_weights.std()) / 2_000**0.5
        assert abs(values[1] - float(gap.elbo(q, window))) < 4 * error
        groups = bounds.importance_bound(log_weights.reshape(-1, 50).T)
        assert values[50] <= found.log_p + 4 * float(groups.std()) / 40**0.5


def test_the_weights_of_the_encoders_q_are_those_of_the_bounds(seen, shipped):
    x = seen("vae-2")[1][0][0]
    for name in ("vae-2", "vae-16"):
        model = shipped.entry(name).model
        q = gap.gaussian(*latent.posterior(model, x))
        z, log_weights = gap.importance_draws(model, x, q, 200, seed=1)
        with torch.no_grad():
            log_prob = model.decode(z.float()).log_prob(x.expand(200, *x.shape)).double()
        want = log_prob + model.prior().log_prob(z) - q.log_prob(z)
        torch.testing.assert_close(log_weights, want, atol=1e-2, rtol=0)


def test_the_mean_weight_of_a_dragged_q_is_its_elbo_and_a_worse_q_needs_more_draws(seen):
    model, looks = seen("vae-2-davidson")
    for x, found, _, _ in looks[:2]:
        start = gap.peak(found)
        window = gap.window_around(model, x, found, start, quadrature.EXACT, 96)
        best = gap.best_gaussian(start, window)
        sigma = best.variance.sqrt()
        worse = gap.gaussian(best.mu + 2 * sigma, sigma)
        effective = []
        for dragged in (best, worse):
            _, log_weights = gap.importance_draws(model, x, dragged, 2_000, seed=2)
            error = float(log_weights.std()) / 2_000**0.5
            assert abs(float(log_weights.mean() - gap.elbo(dragged, window))) < 4 * error
            effective.append(float(bounds.effective_sample_size(log_weights[:, None])))
        assert effective[0] > 2 * effective[1]


def test_the_best_gaussian_beats_the_encoder(seen):
    model, looks = seen("vae-2-davidson")
    for x, found, q, window in looks:
        start = gap.peak(found)
        own = gap.window_around(model, x, found, start, quadrature.EXACT, 96)
        best = gap.best_gaussian(start, own)
        assert float(gap.mass(best, own).sum()) == pytest.approx(1, abs=1e-6)
        reached = float(gap.elbo(best, own))
        assert max(float(gap.elbo(q, window)), float(gap.elbo(start, own))) <= reached + 1e-2
        assert reached < found.log_p


def test_the_live_grid_is_close(seen):
    model, looks = seen("vae-2-davidson")
    for x, found, q, window in looks[:8]:
        live = quadrature.posterior(model, x, quadrature.LIVE)
        coarse = gap.window_around(model, x, live, q, quadrature.LIVE, 24, wide=1.0)
        assert live.log_p == pytest.approx(found.log_p, abs=0.05)
        assert float(gap.elbo(q, coarse)) == pytest.approx(float(gap.elbo(q, window)), abs=0.3)


def test_spots_hold_the_mass(seen):
    _, looks = seen("vae-2")
    for _, found, _, _ in looks:
        every = torch.tensor(gap.spots(found, least=0), dtype=torch.float64)
        assert float(every[:, 2].sum()) == pytest.approx(1, abs=1e-9)
        torch.testing.assert_close(every[:, 2] @ every[:, :2], found.mean, atol=1e-9, rtol=0)
        rows = gap.spots(found)
        assert rows == every[every[:, 2] >= 0.005].tolist()
        assert [mass for *_, mass in rows] == sorted((mass for *_, mass in rows), reverse=True)


def test_quadrature_is_for_two_dimensions(lab):
    with pytest.raises(ValueError, match="2-D"):
        quadrature.posterior(lab.entry("vae-16").model, torch.zeros(1, 28, 28))


# Binary digits.


def test_a_pixel_is_one_as_often_as_it_is_grey(assert_mean):
    x = torch.tensor([0.0, 0.2, 0.7, 1.0])
    drawn = torch.stack([binarize(x, seed) for seed in range(2_000)])
    assert set(drawn.flatten().tolist()) == {0.0, 1.0}
    assert_mean(drawn, x.double())
    assert torch.equal(binarize(x, 3), binarize(x, 3))


def test_more_ink_never_takes_a_pixel_away():
    x = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert (binarize((x + 0.2).clamp(max=1), 5) >= binarize(x, 5)).all()


# What the page is told.


def floats(text, kind):
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), kind).astype(np.float64))


@pytest.fixture(scope="module")
def question(grey):
    digit = picture_of(grey[3]).model_dump()
    return {"model": "vae-2-davidson", "digit": digit, "seed": 0, "q": None}


@pytest.fixture(scope="module")
def gaps(shipped):
    return view.Gaps(shipped, Workers())


@pytest.fixture(scope="module")
def ask_posterior(gaps):
    ask = asking(view.sum_posterior, gaps)
    return lambda question: ask({"live": False} | question)


@pytest.fixture(scope="module")
def ask_weights(gaps, question):
    """ask_weights(draw=..., part=..., ...): what else the question says stays."""
    ask = asking(view.draw_weights, gaps)
    return lambda **more: ask(question | {"draw": 0, "part": 0} | more)


def test_the_page_gets_the_grid(ask_posterior, gaps, seen, question):
    answer = ask_posterior(question)
    _, looks = seen("vae-2-davidson")
    _, found, q, _ = looks[3]
    assert answer["log_p"] == found.log_p
    assert answer["encoder"]["mu"] == q.mu.tolist()
    sent = answer["window"]
    z = quadrature.lattice(torch.tensor(sent["centre"]).double(), sent["half"], sent["n"])
    assert sent["n"] ** 2 == len(floats(sent["below"], "<f4")) == len(z)
    x = looks[3][0]
    want = quadrature.log_likelihood(gaps.lab.entry("vae-2-davidson").model, x, z)
    torch.testing.assert_close(sent["top"] + floats(sent["below"], "<f4"), want, atol=1e-3, rtol=0)


def test_the_parts_of_the_draws_differ_and_come_back(ask_weights):
    def ask(**more):
        return ask_weights(**more)["log_weights"]

    first = ask(draw=0, part=0)
    assert len(floats(first, "<f8")) == view.PART
    assert first == ask(draw=0, part=0)
    assert len({first, ask(draw=0, part=1), ask(draw=1, part=0)}) == 3


def test_a_dragged_q_has_its_own_draws(ask_weights):
    q = {"mu": [0.1, -0.2], "sigma": [0.02, 0.03]}
    z = torch.tensor(ask_weights(q=q)["z"])
    assert ((z - torch.tensor(q["mu"])).abs() < 5 * torch.tensor(q["sigma"])).all()


def test_the_best_q_is_that_of_the_best_gaussian(gaps, seen, question):
    answer = asking(view.find_best, gaps)({k: v for k, v in question.items() if k != "q"})
    model, looks = seen("vae-2-davidson")
    x, found, _, _ = looks[3]
    start = gap.peak(found)
    window = gap.window_around(model, x, found, start, quadrature.EXACT, view.MOST_SIDE[False])
    assert answer["mu"] == gap.best_gaussian(start, window).mu.tolist()


def test_nothing_drawn_is_a_digit_like_any_other(ask_posterior, question):
    nothing = picture_of(torch.zeros(1, 28, 28)).model_dump()
    assert -40 < ask_posterior(question | {"digit": nothing})["log_p"] < 0


NONSENSE = [
    {"model": "vae-16"},
    {"model": "nobody"},
    {"model": ["vae-2"]},
    {"seed": -1},
    {"seed": "x"},
    {"digit": {"shape": [1, 28, 28], "pixels": "AA=="}},
    {"digit": {"shape": [1, 28, 28], "pixels": None}},
    {"digit": None},
    {"q": 3},
    {"q": {"mu": [0, 0], "sigma": [0, 1]}},
    {"q": {"mu": [0, float("nan")], "sigma": [1, 1]}},
    {"q": {"mu": [0], "sigma": [1, 1]}},
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_gets_a_sentence(ask_posterior, question, nonsense, assert_sentence):
    assert_sentence(ask_posterior(question | nonsense)["error"])


NO_DRAWS = [
    {"part": 10},
    {"part": 0.5},
    {"draw": -1},
    {"draw": None},
    {"q": []},
    {"q": {"mu": [0, 0], "sigma": [0, 1]}},
    {"q": {"mu": [0, 0], "sigma": [1, float("inf")]}},
    {"q": {"mu": [0, 0], "sigma": [1, 1]}, "model": "vae-16"},
]


@pytest.mark.parametrize("nonsense", NO_DRAWS)
def test_draws_that_make_no_sense_get_a_sentence(ask_weights, nonsense, assert_sentence):
    assert_sentence(ask_weights(**nonsense)["error"])


def test_without_checkpoints_there_is_nothing_to_ask(lab):
    assert [entry.card.name for entry in view.offered(lab)] == ["vae-2", "vae-16"]
