"""The reparameterization trick: what autograd finds with it and without, and known answers."""

import base64
import copy
import math

import gradio as gr
import numpy as np
import pytest
import torch

from data.binarize import binarize
from explore import trick
from tests.asking import asking
from views.kit.pictures import DigitQuestion, Picture, picture_of, read_picture
from views.kit.worker import Worker
from views.shell.digit_input import Nothing, sample_digits
from views.trick import trick as view

ONE = torch.ones(1, dtype=torch.float64)


def square(z):
    return (z**2).sum(-1)


def expectations(estimates, weights):
    """Mean and variance of a gradient [N, 2, 1] under quadrature weights [N]: exact, no draws."""
    weights = weights[:, None, None]
    mean = (weights * estimates).sum(0)
    return mean, (weights * (estimates - mean) ** 2).sum(0)


@pytest.fixture(scope="module")
def normal():
    """Nodes [N, 1] and weights [N] that integrate polynomials of epsilon exactly, to degree 31."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(16)
    return torch.tensor(nodes)[:, None], torch.tensor(weights / weights.sum())


def test_the_variances_for_z_squared_are_4_and_30(normal):
    epsilon, weights = normal
    mean, variance = expectations(trick.pathwise(square, ONE, ONE, epsilon), weights)
    assert mean[0].item() == pytest.approx(2, abs=1e-10)
    assert variance[0].item() == pytest.approx(4, abs=1e-10)
    mean, variance = expectations(trick.score_function(square, ONE, ONE, epsilon), weights)
    assert mean[0].item() == pytest.approx(2, abs=1e-10)
    assert variance[0].item() == pytest.approx(30, abs=1e-9)


@pytest.mark.parametrize(("mu", "sigma"), [(1.0, 1.0), (-0.4, 0.3), (2.0, 1.7)])
def test_both_have_the_gradient_of_the_expectation(normal, mu, sigma):
    """E[z^2] = mu^2 + sigma^2, so its gradient is (2 mu, 2 sigma)."""
    epsilon, weights = normal
    for estimator in (trick.pathwise, trick.score_function):
        mean, _ = expectations(estimator(square, mu * ONE, sigma * ONE, epsilon), weights)
        torch.testing.assert_close(mean[:, 0], torch.tensor([2 * mu, 2 * sigma]).double())


def test_a_baseline_keeps_the_mean_and_lowers_the_variance(generator, assert_mean):
    epsilon = torch.randn(20_000, 1, generator=generator, dtype=torch.float64)
    plain, based = (
        trick.score_function(square, ONE, ONE, epsilon, baseline) for baseline in (False, True)
    )
    assert_mean(based[:, 0, 0], 2.0)
    # (z^2 - 2) epsilon has the variance 18, worked by hand; the mean of the draws is nearly 2.
    assert based[:, 0, 0].var().item() == pytest.approx(18, rel=0.1)
    assert plain[:, 0, 0].var().item() == pytest.approx(30, rel=0.15)
    # Each draw is judged against the others alone, or the estimate would be biased.
    few = epsilon[:3]
    values = square(1 + few)
    others = torch.stack([(values.sum() - value) / 2 for value in values])
    expected = (values - others)[:, None] * few
    found = trick.score_function(square, ONE, ONE, few, baseline=True)
    torch.testing.assert_close(found[:, 0], expected)


# On the shipped VAE.


@pytest.fixture(scope="module")
def digit(shipped):
    sample = sample_digits(shipped, Nothing()).digits[3]
    return read_picture(Picture(shape=[1, 28, 28], pixels=sample.pixels), (1, 28, 28))


@pytest.fixture(scope="module")
def posed(shipped, digit):
    """f of the shipped VAE in double precision, and q(z|x): what the view opens with."""
    model = copy.deepcopy(shipped.entry(view.MODEL).model).double()
    x = binarize(digit, view.SEED).double()
    q = model.encode(x.unsqueeze(0))
    return trick.reconstruction_loss(model, x), q.mean[0], q.stddev[0]


def test_the_trick_gives_the_slope_of_the_loss_with_epsilon_frozen(posed, generator):
    f, mu, sigma = posed
    epsilon = torch.randn(2, generator=generator, dtype=torch.float64)
    found = trick.backpropagate(f, mu, sigma, epsilon)

    def loss(mu, sigma):
        kl = 0.5 * (mu**2 + sigma**2 - 1 - 2 * sigma.log()).sum()
        return (f((mu + sigma * epsilon)[None])[0] + kl).item()

    step = 1e-6
    for i in range(2):
        nudge = torch.eye(2, dtype=torch.float64)[i] * step
        by_mu = (loss(mu + nudge, sigma) - loss(mu - nudge, sigma)) / (2 * step)
        by_sigma = (loss(mu, sigma + nudge) - loss(mu, sigma - nudge)) / (2 * step)
        assert found.total[0, i].item() == pytest.approx(by_mu, rel=1e-5, abs=1e-3)
        assert found.total[1, i].item() == pytest.approx(by_sigma, rel=1e-5, abs=1e-3)
    assert found.reconstruction + found.kl == pytest.approx(loss(mu, sigma), abs=1e-9)
    # The chain rule, as the graph on the page shows it.
    torch.testing.assert_close(found.through, torch.stack([found.by_z, found.by_z * epsilon]))
    torch.testing.assert_close(found.total, found.through + found.by_kl)


def test_without_the_trick_only_the_kl_is_left(posed, generator):
    f, mu, sigma = posed
    epsilon = torch.randn(2, generator=generator, dtype=torch.float64)
    found = trick.backpropagate(f, mu, sigma, epsilon, trick=False)
    assert found.through is None
    torch.testing.assert_close(found.total, torch.stack([mu, sigma - 1 / sigma]))
    torch.testing.assert_close(trick.kl_gradient(mu, sigma), found.total)
    # The decoder is not to blame: the gradient does come back as far as z.
    with_it = trick.backpropagate(f, mu, sigma, epsilon)
    torch.testing.assert_close(found.by_z, with_it.by_z)
    assert found.reconstruction == with_it.reconstruction
    assert found.by_z.abs().min() > 0


def test_both_estimators_agree_on_the_vae(posed, generator):
    f, mu, sigma = posed
    epsilon = torch.randn(300, 2, generator=generator, dtype=torch.float64)
    by_path = trick.pathwise(f, mu, sigma, epsilon)
    variances = [by_path.var(0)]
    for baseline in (False, True):
        by_score = trick.score_function(f, mu, sigma, epsilon, baseline)
        gap = by_path - by_score  # the same draws
        error = gap.std(0) / math.sqrt(len(gap))
        assert (gap.mean(0).abs() < 4 * error).all()
        variances.append(by_score.var(0))
    assert (variances[1] > 1000 * variances[0]).all()
    assert (variances[2] < variances[1] / 100).all()


# What the page asks.


def question(digit):
    return {"digit": picture_of(digit).model_dump(), "mu": [0.1, 0.6], "sigma": [0.02, 0.03]}


@pytest.fixture(scope="module")
def ask_gradients(shipped, digit):
    ask = asking(view.find_gradients, shipped, Worker("test", 9))
    draw = {"epsilon": [0.5, -1.0], "reparameterize": True}
    return lambda **changes: ask(question(digit) | draw | changes)


@pytest.fixture(scope="module")
def ask_estimates(shipped, digit):
    ask = asking(view.compare_estimators, shipped, Worker("test", 9))
    return lambda **changes: ask(question(digit) | {"seed": 7, "count": 16} | changes)


@pytest.mark.parametrize("switched_on", [True, False])
def test_the_page_is_told_what_backpropagation_finds(shipped, digit, ask_gradients, switched_on):
    said = ask_gradients(reparameterize=switched_on)
    model = shipped.entry(view.MODEL).model
    f = trick.reconstruction_loss(model, binarize(digit, view.SEED))
    at = ([0.1, 0.6], [0.02, 0.03], [0.5, -1.0])
    mu, sigma, epsilon = (torch.tensor(v, dtype=torch.float64) for v in at)
    found = trick.backpropagate(f, mu, sigma, epsilon, switched_on)
    assert said["reconstruction"] == found.reconstruction
    assert said["kl"] == found.kl
    assert said["total"] == found.total.tolist()
    assert said["through"] == (found.through.tolist() if switched_on else None)
    assert said["by_z"] == found.by_z.tolist()


def test_the_page_starts_where_the_encoder_is(shipped, digit):
    said = view.encode_binarized(shipped, DigitQuestion(digit=picture_of(digit)))
    x = binarize(digit, view.SEED)
    q = shipped.entry(view.MODEL).model.encode(x.unsqueeze(0))
    assert said.mu == q.mean[0].tolist()
    assert said.sigma == pytest.approx(q.stddev[0].tolist())
    assert set(base64.b64decode(said.x.pixels)) == {0, 255}


def test_the_estimates_of_one_call_are_the_estimators_on_its_seed(shipped, digit, ask_estimates):
    said = ask_estimates()
    again, other = (ask_estimates(seed=seed) for seed in (7, 8))
    assert said == again
    assert said != other
    epsilon = torch.randn(16, 2, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    model = shipped.entry(view.MODEL).model
    f = trick.reconstruction_loss(model, binarize(digit, view.SEED))
    mu, sigma = torch.tensor([[0.1, 0.6], [0.02, 0.03]], dtype=torch.float64)
    by_kl = torch.stack([mu, sigma - 1 / sigma])
    expected = {
        "pathwise": trick.pathwise(f, mu, sigma, epsilon),
        "score": trick.score_function(f, mu, sigma, epsilon),
        "baseline": trick.score_function(f, mu, sigma, epsilon, baseline=True),
    }
    for name, gradient in expected.items():
        found = torch.tensor(said[name], dtype=torch.float64)  # mu_1, mu_2, sigma_1, sigma_2
        for i, (row, dimension) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
            wanted = gradient[:, row, dimension] + by_kl[row, dimension]
            torch.testing.assert_close(found[i], wanted)


@pytest.mark.parametrize(
    "changes",
    [
        {"mu": [0.0]},
        {"mu": ["0", 0.0]},
        {"mu": [float("nan"), 0.0]},
        {"mu": [99.0, 0.0]},
        {"sigma": [0.0, 1.0]},
        {"sigma": [1e9, 1.0]},
        {"epsilon": [7.0, 0.0]},
        {"epsilon": None},
        {"reparameterize": "yes"},
        {"digit": {"shape": [1, 28, 28], "pixels": "AAAA"}},
        {"digit": {"shape": [1, 28, 28], "pixels": None}},
        {"digit": None},
    ],
)
def test_nonsense_gets_a_sentence(ask_gradients, changes, assert_sentence):
    assert_sentence(ask_gradients(**changes)["error"])


@pytest.mark.parametrize("changes", [{"seed": -1}, {"count": 1}, {"count": 10**6}, {"seed": None}])
def test_nonsense_about_draws_gets_a_sentence(ask_estimates, changes, assert_sentence):
    assert_sentence(ask_estimates(**changes)["error"])


def test_without_the_model_there_is_a_sentence(lab, digit, assert_sentence, monkeypatch):
    monkeypatch.setattr(view, "MODEL", "vae-3")
    with pytest.raises(gr.Error) as fault:
        view.encode_binarized(lab, DigitQuestion(digit=picture_of(digit)))
    assert_sentence(fault.value.message)
