"""p(x|z) as a distribution: what it draws, how sure it is, and the view that shows it."""

import base64
import math

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal

from data.binarize import SEED, binarize
from explore import likelihood
from models import build
from models.likelihoods import Bernoulli, DiscretizedLogistic, Gaussian
from tests.asking import asking
from tests.made_up import stand_in
from views.kit.pictures import encode_pixels, picture_of
from views.kit.worker import Worker
from views.likelihood import likelihood as view

DRAWS = 2_000
KINDS = {
    "bernoulli": Bernoulli(),
    "fixed": Gaussian("fixed", sigma=0.3),
    "shared": Gaussian("shared", sigma=0.2),
    "predicted": Gaussian("predicted", sigma=0.3),
    "discretized": DiscretizedLogistic(scale=0.1),
}


@pytest.fixture(params=KINDS)
def p(request, generator):
    """p(x|z) for two codes and pictures of 5x5 pixels, under each likelihood in turn."""
    spec = KINDS[request.param]
    # Within the greys: an event too rare for DRAWS has no standard error to be measured by.
    features = torch.rand(2, spec.parameters, 5, 5, generator=generator)
    return spec.build()(features)


def test_draws_have_the_mean_and_the_deviation(p, generator, assert_mean):
    draws = likelihood.sample(p, DRAWS, generator)
    assert draws.shape == (DRAWS, 2, 1, 5, 5)
    assert_mean(draws, p.mean.detach())
    # The mean square about the mean is the variance, with an error bar of its own.
    assert_mean((draws - p.mean.detach()) ** 2, p.stddev.detach() ** 2)


def test_draws_come_from_the_generator_only(p):
    def drawn(seed):
        return likelihood.sample(p, 3, torch.Generator().manual_seed(seed))

    torch.manual_seed(0)
    first = drawn(5)
    torch.manual_seed(1)
    assert torch.equal(drawn(5), first)
    assert not torch.equal(drawn(6), first)


def test_a_bernoulli_draws_black_and_white_as_sure_as_its_mean_says(generator):
    logits = torch.linspace(-4, 4, 25).reshape(1, 1, 5, 5)
    p = Bernoulli().build()(logits)
    draws = likelihood.sample(p, 10, generator)
    assert set(draws.unique().tolist()) == {0.0, 1.0}
    share = torch.sigmoid(logits.double())
    torch.testing.assert_close(p.stddev.double(), (share * (1 - share)).sqrt(), atol=1e-6, rtol=0)


def test_a_bernoulli_is_asked_about_black_and_white_a_gaussian_about_grey():
    x = torch.tensor([0.0, 0.3, 0.5, 1.0]).reshape(1, 1, 2, 2)
    bernoulli, gaussian = (
        spec.build()(torch.zeros(1, 1, 2, 2)) for spec in (KINDS["bernoulli"], KINDS["fixed"])
    )
    assert torch.equal(likelihood.fitting(bernoulli, x), binarize(x, SEED))
    assert torch.equal(likelihood.fitting(gaussian, x), x)


def test_predicted_variance_is_a_normal_of_the_two_halves(generator):
    features = torch.randn(3, 2, 4, 4, generator=generator, dtype=torch.float64)
    x = torch.rand(3, 1, 4, 4, generator=generator, dtype=torch.float64)
    mean, log_var = torch.sigmoid(features[:, :1]), features[:, 1:] + 2 * math.log(0.3)
    expected = Normal(mean, (0.5 * log_var).exp()).log_prob(x).sum((1, 2, 3))
    found = KINDS["predicted"].build().double()(features).log_prob(x)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_the_best_shared_variance_is_the_mean_squared_error(generator):
    x, mean = torch.rand(2, 500, generator=generator, dtype=torch.float64)
    best = likelihood.best_variance(mean, x)
    log_var = best.log().requires_grad_()
    log_p = Normal(mean, (0.5 * log_var).exp()).log_prob(x).sum()
    (slope,) = torch.autograd.grad(log_p, log_var)
    assert abs(slope.item()) < 1e-9
    for other in (0.9, 1.1):
        assert Normal(mean, (other * best).sqrt()).log_prob(x).sum() < log_p


def test_the_learned_shared_variance_is_near_its_optimum(shipped):
    """Within 10 %: learned on training images with z drawn, measured on test images at its mean."""
    entry = shipped.entry("vae-16-mlp-shared")
    sigma = view.shared_sigma(entry)
    assert sigma**2 == pytest.approx(entry.card.metrics["mse"].value, rel=0.1)
    assert view.shared_sigma(shipped.entry("vae-16-mlp-fixed")) == pytest.approx(0.3)
    assert view.shared_sigma(shipped.entry("vae-16-mlp-predicted")) is None


def test_the_codes_are_the_mean_the_posterior_and_the_prior(small_config, x, assert_mean):
    torch.manual_seed(0)
    model = build(small_config("vae"))
    q = model.encode(x[:1])

    def codes(code, n):
        generator = torch.Generator().manual_seed(3)
        return torch.stack([likelihood.code_of(model, x[0], code, generator) for _ in range(n)])

    with torch.no_grad():
        assert torch.equal(codes(likelihood.MEAN, 1)[0], q.mean[0])
        for code, p in ((likelihood.DRAW, q), (likelihood.PRIOR, model.prior())):
            draws = codes(code, DRAWS)
            assert_mean(draws, p.mean.squeeze(0))
            assert_mean((draws - p.mean) ** 2, p.variance.squeeze(0))


@pytest.fixture(scope="module")
def ask(shipped):
    """ask(**changes): what the server answers to a good question, but for the changes."""
    entries = [shipped.entry(name) for name in view.shown(shipped)]
    send = asking(view.decode_digit, entries, Worker("test", 1))
    x = torch.zeros(1, 28, 28)
    x[0, 6:22, 13:15] = 0.8
    digit = picture_of(x).model_dump()
    good = {"digit": digit, "code": likelihood.MEAN, "count": 4, "seed": 7}
    return lambda **changes: send(good | changes)


def floats(text):
    return np.frombuffer(base64.b64decode(text), np.float32).reshape(1, 28, 28)


def level_masses(location, scale):
    """P of the 256 levels of every pixel, [..., 256] float64, from the logistic's own function."""
    edges = (torch.arange(255, dtype=torch.float64) + 0.5) / 255
    below = torch.sigmoid((edges - location.double()[..., None]) / scale.double()[..., None])
    ends = torch.zeros_like(below[..., :1]), torch.ones_like(below[..., :1])
    return torch.cat([ends[0], below, ends[1]], -1).diff()


def test_every_row_is_what_torch_says(shipped, ask):
    names = view.shown(shipped)
    assert len(names) == 5
    answer = ask(code=likelihood.DRAW)
    x = torch.zeros(1, 1, 28, 28)
    x[0, 0, 6:22, 13:15] = 204 / 255
    for name, row in zip(names, answer["rows"], strict=True):
        model = shipped.entry(name).model
        generator = torch.Generator().manual_seed(7)
        q = model.encode(x)
        z = q.mean + q.variance.sqrt() * torch.randn(16, generator=generator)
        p = model.decode(z)
        if name == "vae-16-mlp":
            probability = p.mean
            seen = binarize(x, SEED)
            deviation = (probability * (1 - probability)).sqrt()
            expected = -torch.nn.functional.binary_cross_entropy(
                probability.double(), seen.double(), reduction="sum"
            )
            draws = (torch.rand(4, 1, 1, 28, 28, generator=generator) < probability).float()
            assert row["log_mass"] is None
        elif name == "vae-16-mlp-discretized":
            location, scale = p.base_dist.location, p.base_dist.scale
            masses = level_masses(location, scale)  # of the pixels' 256 levels
            expected = masses.gather(-1, (255 * x).round().long()[..., None]).log().sum()
            assert row["log_mass"] == row["log_p"]
            levels = torch.arange(256, dtype=torch.float64) / 255
            mean = (masses * levels).sum(-1, keepdim=True)
            deviation = (masses * (levels - mean) ** 2).sum(-1).sqrt().float()
            u = torch.rand(4, 1, 1, 28, 28, generator=generator)
            draws = ((location + scale * torch.logit(u)) * 255).round().clamp(0, 255) / 255
        else:
            deviation = p.base_dist.scale
            expected = Independent(Normal(p.mean.double(), deviation.double()), 3).log_prob(
                x.double()
            )
            noise = torch.randn(4, 1, 1, 28, 28, generator=generator)
            draws = p.mean + deviation * noise
            if name != "vae-16-mlp-predicted":  # its tails are lost in a difference of two numbers
                low = torch.where(x == 0, -torch.inf, x - 0.5 / 255).double()
                high = torch.where(x == 1, torch.inf, x + 0.5 / 255).double()
                pixels = Normal(p.mean.double(), deviation.double())
                mass = (pixels.cdf(high) - pixels.cdf(low)).log().sum()
                assert row["log_mass"] == pytest.approx(float(mass), rel=1e-4)
        assert row["log_p"] == pytest.approx(float(expected), abs=1e-2)
        np.testing.assert_allclose(floats(row["mean"]), p.mean[0], atol=1e-6)
        np.testing.assert_allclose(floats(row["deviation"]), deviation[0], atol=1e-6)
        assert row["sample"] == encode_pixels(draws[0, 0])
        assert row["average"] == encode_pixels(draws[:, 0].mean(0))
        assert row["rmse"] == pytest.approx(float((p.mean - x).square().mean().sqrt()), abs=1e-6)


def test_the_average_of_many_draws_nears_the_mean(ask):
    error = {}
    for count in (1, 256):
        rows = ask(count=count)["rows"]
        average = [np.frombuffer(base64.b64decode(row["average"]), np.uint8) / 255 for row in rows]
        mean = [floats(row["mean"]).ravel() for row in rows]
        error[count] = [np.abs(a - m).mean() for a, m in zip(average, mean, strict=True)]
    assert all(many < one / 4 for one, many in zip(error[1], error[256], strict=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"digit": None},
        {"digit": {"shape": [1, 28, 28], "pixels": None}},
        {"digit": {"shape": [1, 28, 28], "pixels": "!"}},
        {"digit": {"shape": [1, 14, 14], "pixels": "AAAA"}},
        {"code": "nobody"},
        {"code": 1},
        {"count": 0},
        {"count": 257},
        {"count": 2.5},
        {"count": math.nan},
        {"seed": -1},
        {"seed": "1"},
    ],
)
def test_nonsense_gets_a_sentence(ask, changes, assert_sentence):
    answer = ask(**changes)
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


def test_what_is_no_object_gets_a_sentence(shipped, assert_sentence):
    entries = [shipped.entry(name) for name in view.shown(shipped)]
    answer = asking(view.decode_digit, entries, Worker("test", 1))(stand_in("no object"))
    assert_sentence(answer["error"])


def test_a_lab_without_the_networks_has_no_rows(lab, assert_sentence):
    assert view.shown(lab) == ()
    assert_sentence(view.MISSING)
