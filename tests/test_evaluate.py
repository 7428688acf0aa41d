"""Test metrics, on models whose numbers are known exactly."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal

from models import Config, build
from models.corruption import Masking
from models.likelihoods import Bernoulli, Gaussian
from training import evaluate
from training.data import Dataset, Split, unit_interval

CPU = torch.device("cpu")


@pytest.fixture
def binary(digits):
    """300 digits to train on and 120 to test, black or white: binarizing them changes nothing."""
    parts = []
    for split, n in ((digits.train, 300), (digits.test, 120)):
        white = (split.images[:n] >= 128).to(torch.uint8) * 255
        parts.append(Split.of(white, split.labels[:n]))
    return Dataset("binary digits", *parts)


def constant_decoder(config, picture):
    """A linear model whose decoder ignores z and always puts out `picture`, as log-odds if told."""
    model = build(config)
    with torch.no_grad():
        model.decoder[0].weight.zero_()
        model.decoder[0].bias.copy_(picture.flatten())
    return model


@pytest.fixture
def log_odds():
    return torch.linspace(-3, 1, 784)


@pytest.fixture
def indifferent(log_odds):
    """A VAE whose decoder ignores z: p(x) is the same product of Bernoullis for every z."""
    torch.manual_seed(0)
    return constant_decoder(Config("vae", 2, likelihood=Bernoulli()), log_odds)


def exact_log_likelihood(split, log_odds):
    x = unit_interval(split.images).flatten(1).double()
    p = log_odds.double().sigmoid()
    return (x * p.log() + (1 - x) * (1 - p).log()).sum(1)


def measured(model, dataset):
    return evaluate.evaluate(model, dataset, CPU, lambda n: None)


def test_log_likelihood_is_exact_when_the_decoder_ignores_the_code(
    indifferent, binary, log_odds, monkeypatch
):
    """With q = p(z) every importance weight is p(x) itself, and the bound is tight."""
    monkeypatch.setattr(evaluate, "IMPORTANCE_SAMPLES", 20)
    with torch.no_grad():
        indifferent.encoder[-1].weight.zero_()
        indifferent.encoder[-1].bias.zero_()
    metrics, latent = measured(indifferent, binary)
    exact = exact_log_likelihood(binary.test, log_odds).mean().item()
    for name, expected in {"log p(x)": exact, "elbo": exact, "reconstruction": -exact}.items():
        assert metrics[name]["value"] == pytest.approx(expected, rel=1e-6), name
    assert metrics["kl"]["value"] == 0
    assert latent == {"mean": [0, 0], "std": [0, 0], "kl": [0, 0]}


def test_a_wrong_posterior_costs_the_bound_its_divergence(
    indifferent, binary, log_odds, monkeypatch
):
    """The decoder still ignores z, but q is N(mu, 1): ELBO = log p(x) - |mu|^2 / 2."""
    monkeypatch.setattr(evaluate, "IMPORTANCE_SAMPLES", 200)
    mu = torch.tensor([0.6, -0.8])
    with torch.no_grad():
        indifferent.encoder[-1].weight.zero_()
        indifferent.encoder[-1].bias.copy_(torch.cat([mu, torch.zeros(2)]))
    metrics, latent = measured(indifferent, binary)
    exact = exact_log_likelihood(binary.test, log_odds).mean().item()
    assert metrics["kl"]["value"] == pytest.approx(0.5)
    assert latent["kl"] == pytest.approx([0.18, 0.32])
    assert latent["mean"] == pytest.approx([0.6, -0.8])
    # log p(z) - log q(z) has mean -|mu|^2 / 2 and variance |mu|^2 = 1 over the draws.
    draws = len(binary.test) * 200
    assert metrics["elbo"]["value"] == pytest.approx(exact - 0.5, abs=4 / math.sqrt(draws))
    # The weights p(z)/q(z) have mean 1 and variance e - 1; logarithms of their means, bias
    # (e - 1) / 400 at most.
    error = math.sqrt((math.e - 1) / draws)
    assert metrics["log p(x)"]["value"] == pytest.approx(exact, abs=4 * error + 1.72 / 400)
    assert metrics["log p(x)"]["value"] > metrics["elbo"]["value"] + 0.4


@pytest.fixture
def linear_gaussian(generator):
    """p(x|z) = N(W z + b, sigma^2) with orthogonal columns in W: the posterior is diagonal.

    Its encoder is set to the exact posterior. Returns the VAE and p(x) = N(b, W W^T + sigma^2 I).
    """
    sigma = 0.4
    likelihood = Gaussian("fixed", sigma=sigma, mean="identity")
    model = build(Config("vae", 2, likelihood=likelihood, x_shape=(1, 2, 3))).double()
    w = torch.linalg.qr(torch.randn(6, 2, generator=generator).double()).Q
    w = w * torch.tensor([1.5, 0.7], dtype=torch.float64)
    b = torch.linspace(0, 1, 6, dtype=torch.float64)
    variance = 1 / (1 + (w**2).sum(0) / sigma**2)
    read = (variance / sigma**2).unsqueeze(1) * w.T
    with torch.no_grad():
        model.decoder[0].weight.copy_(w)
        model.decoder[0].bias.copy_(b)
        model.encoder[-1].weight.copy_(torch.cat([read, torch.zeros_like(read)]))
        model.encoder[-1].bias.copy_(torch.cat([-read @ b, variance.log()]))
    covariance = w @ w.T + sigma**2 * torch.eye(6, dtype=torch.float64)
    return model, MultivariateNormal(b, covariance)


def test_every_importance_weight_is_the_likelihood_under_the_exact_posterior(
    linear_gaussian, generator
):
    """p(x, z) / q(z|x) does not depend on z when q is the posterior: no variance is left."""
    model, marginal = linear_gaussian
    x = torch.rand(5, 1, 2, 3, generator=generator, dtype=torch.float64)
    log_weights = evaluate.log_importance_weights(model, x, 7, generator)
    expected = marginal.log_prob(x.flatten(1))
    # The likelihood keeps its fixed log variance in single precision.
    torch.testing.assert_close(log_weights, expected.expand(7, 5), atol=1e-5, rtol=0)
    torch.testing.assert_close(evaluate.importance_bound(log_weights), log_weights[0])


def test_a_narrow_proposal_is_corrected_by_its_weights(linear_gaussian, generator, assert_mean):
    """E[p(x, z) / q(z|x)] = p(x) for a q that is not the posterior: Burda et al. 2015, eq. 7."""
    model, marginal = linear_gaussian
    with torch.no_grad():
        model.encoder[-1].bias[:2] += 0.1
        model.encoder[-1].bias[2:] += 0.3  # wider than the posterior: the weights are bounded
        x = torch.rand(5, 1, 2, 3, generator=generator, dtype=torch.float64)
        log_weights = evaluate.log_importance_weights(model, x, 4_000, generator)
    assert_mean((log_weights - marginal.log_prob(x.flatten(1))).exp(), 1.0)


def test_importance_bound_is_the_log_of_the_mean_weight():
    weights = torch.tensor([[1.0, 1e-300], [3.0, 3e-300]], dtype=torch.float64)
    expected = torch.tensor([2.0, 2e-300], dtype=torch.float64).log()
    torch.testing.assert_close(evaluate.importance_bound(weights.log()), expected)
    far_below = torch.tensor([[-1_000.0], [-1_000.0]])  # whose exponentials are zero
    assert evaluate.importance_bound(far_below).item() == pytest.approx(-1_000)


@pytest.fixture
def identity():
    """A linear autoencoder with as many codes as pixels that copies its input."""
    likelihood = Gaussian("fixed", mean="identity")
    model = build(Config("ae", 784, likelihood=likelihood))
    with torch.no_grad():
        for layer in (model.encoder[-1], model.decoder[0]):
            layer.weight.copy_(torch.eye(784))
            layer.bias.zero_()
    return model


def test_squared_error_of_the_identity_is_zero(identity, digits):
    assert evaluate.squared_error(identity, digits.test) == (0, 0)


def test_squared_error_is_against_the_clean_image(identity, digits):
    """The identity keeps the damage: masking costs v x^2 a pixel on average."""
    v = 0.3
    error, deviation = evaluate.squared_error(identity, digits.test, Masking(v))
    expected = v * unit_interval(digits.test.images).square().mean().item()
    assert deviation > 0
    assert error == pytest.approx(expected, abs=4 * deviation)


def test_squared_error_of_a_constant_picture(digits):
    """Mean and standard error over images of the squared distance to that picture."""
    picture = torch.linspace(0, 1, 784)
    likelihood = Gaussian("fixed", mean="identity")
    model = constant_decoder(Config("ae", 2, likelihood=likelihood), picture)
    each = (unit_interval(digits.test.images).flatten(1) - picture).square().mean(1)
    error, deviation = evaluate.squared_error(model, digits.test)
    assert error == pytest.approx(each.mean().item(), rel=1e-5)
    assert deviation == pytest.approx(each.std().item() / math.sqrt(len(each)), rel=1e-5)


def test_neighbours_vote_by_majority():
    """Seven codes on a line; five are nearest to 0, and three of those are of class 1."""
    train = torch.tensor([-2.0, -1.0, 0.1, 1.0, 2.0, 9.0, 10.0]).unsqueeze(1)
    labels = torch.tensor([0, 1, 1, 1, 0, 0, 0])
    test = torch.zeros(1, 1)
    assert evaluate.neighbour_accuracy(train, labels, test, torch.tensor([1])) == 1
    assert evaluate.neighbour_accuracy(train, labels, test, torch.tensor([0])) == 0


def test_neighbour_accuracy_is_the_share_of_right_votes(generator):
    """Two far clusters; the labels of a quarter of the test codes are wrong."""
    centres = torch.tensor([[-5.0, 0.0], [5.0, 0.0]])
    labels = torch.arange(1_200) % 2
    codes = centres[labels] + torch.randn(1_200, 2, generator=generator)
    wrong = labels.clone()
    wrong[:300] = 1 - wrong[:300]
    assert evaluate.neighbour_accuracy(codes, labels, codes, labels) == 1
    assert evaluate.neighbour_accuracy(codes, labels, codes, wrong) == 0.75


def test_raw_pixels_of_digits_are_easy_to_tell_apart(identity, digits):
    """5-NN on pixels, by scikit-learn: an independent count of the same votes, nearly."""
    from sklearn.neighbors import KNeighborsClassifier

    train, test = (evaluate.codes(identity, split) for split in (digits.train, digits.test))
    accuracy = evaluate.neighbour_accuracy(train, digits.train.labels, test, digits.test.labels)
    other = KNeighborsClassifier(5).fit(train.numpy(), digits.train.labels.numpy())
    expected = other.score(test.numpy(), digits.test.labels.numpy())
    assert accuracy == pytest.approx(expected, abs=1 / len(test))  # a tie may go either way


def test_every_metric_carries_unit_and_protocol(indifferent, binary, monkeypatch):
    monkeypatch.setattr(evaluate, "IMPORTANCE_SAMPLES", 5)
    metrics, latent = measured(indifferent, binary)
    for name, metric in metrics.items():
        assert metric["unit"], name
        assert "120" in metric["protocol"], name  # how many images it was taken on
    assert "5 samples" in metrics["log p(x)"]["protocol"]
    assert {name: len(values) for name, values in latent.items()} == {
        "mean": 2,
        "std": 2,
        "kl": 2,
    }


def test_metrics_are_the_same_each_time(indifferent, binary, monkeypatch):
    """Every draw comes from one fixed seed; the global seed has no say."""
    monkeypatch.setattr(evaluate, "IMPORTANCE_SAMPLES", 5)
    runs = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        runs.append(measured(indifferent, binary))
    assert runs[0] == runs[1]


def test_denoising_curves_start_at_the_clean_error(identity, digits):
    """A curve has an error for each strength; for the identity it grows with the damage."""
    curves = evaluate.denoising_curves(identity, digits.test)
    for curve in curves.values():
        assert len(curve["value"]) == len(curve["strength"])
        assert curve["strength"][0] == curve["value"][0] == 0
        assert curve["value"] == sorted(curve["value"])
        assert curve["value"][-1] > 0.05


def test_progress_counts_every_test_image(indifferent, binary, monkeypatch):
    monkeypatch.setattr(evaluate, "IMPORTANCE_SAMPLES", 2)
    done = []
    evaluate.evaluate(indifferent, binary, CPU, done.append)
    assert sum(done) == len(binary.test)
