"""Test metrics, on models whose numbers are known exactly."""

import json
import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.distributions import Normal

import evaluation
from data import datasets
from data.datasets import Dataset, Split, unit_interval
from evaluation import __main__ as cli
from evaluation import codes, likelihood, pictures
from evaluation.checkpoints import Evaluator
from evaluation.measures import DEFAULT, Measure
from evaluation.metric import MOST_AT_ONCE
from evaluation.representation import neighbour_accuracy
from models import Config, build
from models.corruption import AdditiveGaussian, Masking
from models.likelihoods import Bernoulli, DiscretizedLogistic, Gaussian
from training.recipes import RECIPES

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


@pytest.fixture
def binary(digits):
    """300 digits to train on and 120 to test, black or white: binarizing them changes nothing."""
    parts = []
    for split, n in ((digits.train, 300), (digits.test, 120)):
        white = (split.images[:n] >= 128).to(torch.uint8) * 255
        parts.append(Split.of(white, split.labels[:n]))
    return Dataset("binary digits", *parts)


def constant_decoder(config, picture) -> Any:
    """A linear model whose decoder ignores z and always puts out `picture`, as log-odds if told."""
    model: Any = build(config)
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


CLEAN = tuple(measure for measure in DEFAULT if measure is not Measure.CORRUPTION)


def measured(model, dataset, images=2, measures=DEFAULT):
    """Few images side by side: quadrature of a posterior as wide as the prior takes a second."""
    return evaluation.evaluate(model, dataset, CPU, lambda n: None, measures, images)


@pytest.fixture
def few_samples(monkeypatch):
    """few_samples(n): every estimate of log p(x) draws n, and IWAE takes a fifth of them."""

    def change(n):
        monkeypatch.setattr(likelihood, "IMPORTANCE_SAMPLES", n)
        monkeypatch.setattr(likelihood, "SIDE_BY_SIDE_SAMPLES", n)
        monkeypatch.setattr(likelihood, "IWAE", n // 5)

    return change


def test_log_likelihood_is_exact_when_the_decoder_ignores_the_code(
    indifferent, binary, log_odds, few_samples
):
    """With q = p(z) every importance weight is p(x) itself, and the bound is tight."""
    few_samples(20)
    with torch.no_grad():
        indifferent.encoder[-1].weight.zero_()
        indifferent.encoder[-1].bias.zero_()
    metrics, latent = measured(indifferent, binary)
    exact = exact_log_likelihood(binary.test, log_odds).mean().item()
    for name, expected in {"log p(x)": exact, "elbo": exact, "reconstruction": -exact}.items():
        assert metrics[name].value == pytest.approx(expected, rel=1e-6), name
    assert metrics["kl"].value == 0
    assert latent == {"mean": [0, 0], "std": [0, 0], "kl": [0, 0]}


def test_a_wrong_posterior_costs_the_bound_its_divergence(
    indifferent, binary, log_odds, few_samples
):
    """The decoder still ignores z, but q is N(mu, 1): ELBO = log p(x) - |mu|^2 / 2."""
    few_samples(200)
    mu = torch.tensor([0.6, -0.8])
    with torch.no_grad():
        indifferent.encoder[-1].weight.zero_()
        indifferent.encoder[-1].bias.copy_(torch.cat([mu, torch.zeros(2)]))
    metrics, latent = measured(indifferent, binary)
    exact = exact_log_likelihood(binary.test, log_odds).mean().item()
    assert metrics["kl"].value == pytest.approx(0.5)
    assert latent["kl"] == pytest.approx([0.18, 0.32])
    assert latent["mean"] == pytest.approx([0.6, -0.8])
    # log p(z) - log q(z) has mean -|mu|^2 / 2 and variance |mu|^2 = 1 over the draws.
    draws = len(binary.test) * 200
    assert metrics["elbo"].value == pytest.approx(exact - 0.5, abs=4 / math.sqrt(draws))
    # The weights p(z)/q(z) have mean 1 and variance e - 1; logarithms of their means, bias
    # (e - 1) / 400 at most.
    error = math.sqrt((math.e - 1) / draws)
    assert metrics["log p(x)"].value == pytest.approx(exact, abs=4 * error + 1.72 / 400)
    assert metrics["log p(x)"].value > metrics["elbo"].value + 0.4


@pytest.fixture
def identity():
    """A linear autoencoder with as many codes as pixels that copies its input."""
    likelihood = Gaussian("fixed", mean="identity")
    model: Any = build(Config("ae", 784, likelihood=likelihood))
    with torch.no_grad():
        for layer in (model.encoder[-1], model.decoder[0]):
            layer.weight.copy_(torch.eye(784))
            layer.bias.zero_()
    return model


def test_squared_error_of_the_identity_is_zero(identity, digits):
    assert pictures.squared_error(identity, digits.test) == (0, 0)


def test_squared_error_is_against_the_clean_image(identity, digits):
    """The identity keeps the damage: masking costs v x^2 a pixel on average."""
    v = 0.3
    error, deviation = pictures.squared_error(identity, digits.test, Masking(v))
    expected = v * unit_interval(digits.test.images).square().mean().item()
    assert deviation > 0
    assert error == pytest.approx(expected, abs=4 * deviation)


def test_squared_error_of_a_constant_picture(digits):
    """Mean and standard error over images of the squared distance to that picture."""
    picture = torch.linspace(0, 1, 784)
    likelihood = Gaussian("fixed", mean="identity")
    model = constant_decoder(Config("ae", 2, likelihood=likelihood), picture)
    each = (unit_interval(digits.test.images).flatten(1) - picture).square().mean(1)
    error, deviation = pictures.squared_error(model, digits.test)
    assert error == pytest.approx(each.mean().item(), rel=1e-5)
    assert deviation == pytest.approx(each.std().item() / math.sqrt(len(each)), rel=1e-5)


def test_raw_pixels_of_digits_are_easy_to_tell_apart(identity, digits):
    """5-NN on pixels, by scikit-learn: an independent count of the same votes, nearly."""
    from sklearn.neighbors import KNeighborsClassifier

    train, test = (codes.codes(identity, split) for split in (digits.train, digits.test))
    accuracy = neighbour_accuracy(train, digits.train.labels, test, digits.test.labels)
    other = KNeighborsClassifier(5).fit(train.numpy(), digits.train.labels.numpy())
    expected = other.score(test.numpy(), digits.test.labels.numpy())
    assert accuracy == pytest.approx(expected, abs=1 / len(test))  # a tie may go either way


def test_every_metric_carries_unit_and_protocol(indifferent, binary, few_samples):
    few_samples(5)
    metrics, latent = measured(indifferent, binary)
    for name, metric in metrics.items():
        assert metric.unit, name
        n = "first 2 " if "side by side" in name else "120"
        assert n in metric.sentence(), name  # how many images it was taken on
    assert "5 samples" in metrics["log p(x)"].sentence()
    assert {name: len(values) for name, values in latent.items()} == {
        "mean": 2,
        "std": 2,
        "kl": 2,
    }


def test_metrics_are_the_same_each_time(indifferent, binary, few_samples):
    """Every draw comes from one fixed seed; the global seed has no say."""
    few_samples(5)
    runs = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        runs.append(measured(indifferent, binary))
    assert runs[0] == runs[1]


def test_denoising_curves_start_at_the_clean_error(identity, digits):
    """A curve has an error for each strength; for the identity it grows with the damage."""
    curves = pictures.denoising_curves(identity, digits.test)
    for curve in curves.values():
        assert len(curve.value) == len(curve.axis.places)
        assert curve.axis.places[0] == curve.value[0] == 0
        assert curve.value == tuple(sorted(curve.value))
        assert curve.value[-1] > 0.05


def test_progress_reaches_the_total_it_announces(indifferent, binary, few_samples):
    few_samples(5)
    for measures in (DEFAULT, (Measure.TERMS,)):
        done = [0]
        evaluation.evaluate(indifferent, binary, CPU, done.append, measures, 3)
        assert sum(done) == evaluation.images_to_sample(indifferent, binary, measures, 3)


SIDE_BY_SIDE = ("elbo", "iwae-4", "log p(x)", "log p(x) by quadrature")


def test_estimates_side_by_side_rise_to_the_integral(indifferent, binary, few_samples):
    """On the same images and draws, in order; the last, by quadrature, is exact."""
    few_samples(20)
    with torch.no_grad():
        indifferent.encoder[-1].weight.zero_()
        indifferent.encoder[-1].bias.copy_(torch.tensor([0.6, -0.8, 0, 0]))
    metrics, _ = measured(indifferent, binary, images=4)
    values = [metrics[f"{name}, side by side"].value for name in SIDE_BY_SIDE]
    assert values[0] < values[1] < values[2]
    first = Split(binary.test.images[:4], binary.test.labels[:4], "")
    exact = exact_log_likelihood(first, torch.linspace(-3, 1, 784)).mean().item()
    assert values[3] == pytest.approx(exact, abs=1e-4)
    assert values[2] == pytest.approx(exact, abs=0.3)
    assert "first 4 test images" in metrics["elbo, side by side"].sentence()
    # elbo and exact value differ by |mu|^2 / 2, give or take 1 / sqrt(4 * 20) of a draw.
    gap, error = metrics["elbo, side by side"].details.values()
    assert gap == pytest.approx(0.5, abs=4 * error)
    assert gap == pytest.approx(values[3] - values[0], abs=1e-5)


def test_a_density_is_measured_on_grey_images(digits, few_samples):
    """A Gaussian that ignores z: log p(x) is that of the grey levels, not of binarized ones."""
    few_samples(5)
    picture = torch.linspace(0, 1, 784)
    config = Config("vae", 3, likelihood=Gaussian("fixed", sigma=0.5, mean="identity"))
    torch.manual_seed(0)
    model = constant_decoder(config, picture)
    with torch.no_grad():
        model.encoder[-1].weight.zero_()
        model.encoder[-1].bias.zero_()
    few = Dataset(
        "few", Split.of(digits.train.images[:300], digits.train.labels[:300]), digits.test
    )
    metrics, _ = measured(model, few, images=5, measures=CLEAN)
    x = unit_interval(digits.test.images).flatten(1).double()
    exact = Normal(picture.double(), 0.5).log_prob(x).sum(1).mean().item()
    for name in ("elbo", "log p(x)", "iwae-1"):
        assert metrics[name].value == pytest.approx(exact, rel=1e-5), name
        assert "not a probability" in metrics[name].sentence()
        assert "binarized once" not in metrics[name].sentence()
    low = torch.where(x == 0, -torch.inf, x - 0.5 / 255)
    high = torch.where(x == 1, torch.inf, x + 0.5 / 255)
    p = Normal(picture.double(), 0.5)
    bits = -(p.cdf(high) - p.cdf(low)).log2().mean().item()  # sums over 784 pixels, divided by 784
    assert metrics["bits per pixel"].value == pytest.approx(bits, rel=1e-4)
    assert "256 grey levels" in metrics["bits per pixel"].sentence()


def test_a_mass_of_grey_levels_is_a_probability_and_says_so(digits, few_samples):
    few_samples(5)
    torch.manual_seed(0)
    model = constant_decoder(
        Config("vae", 3, likelihood=DiscretizedLogistic()), torch.zeros(2 * 784)
    )
    with torch.no_grad():
        model.encoder[-1].weight.zero_()
        model.encoder[-1].bias.zero_()
    few = Dataset(
        "few", Split.of(digits.train.images[:300], digits.train.labels[:300]), digits.test
    )
    metrics, _ = measured(model, few, images=5, measures=CLEAN)
    bits = -metrics["log p(x)"].value / (784 * math.log(2))
    assert metrics["bits per pixel"].value == pytest.approx(bits, rel=1e-5)
    assert "a probability of their 256 grey levels" in metrics["elbo"].sentence()


def test_black_and_white_pixels_have_no_grey_levels(indifferent, binary, few_samples):
    few_samples(5)
    assert "bits per pixel" not in measured(indifferent, binary, images=5, measures=CLEAN)[0]


def test_never_more_pictures_at_once_than_are_bounded(indifferent, binary, monkeypatch):
    """The largest batch that is decoded or encoded, with as many samples as are really drawn."""
    largest = {"encode": 0, "decoder": 0}

    def watch(name, module):
        def seen(_, inputs):
            largest[name] = max(largest[name], len(inputs[0]))

        return module.register_forward_pre_hook(seen)

    hooks = [watch("encode", indifferent.encoder), watch("decoder", indifferent.decoder)]
    many = torch.cat([binary.train.images] * 8)
    train = Split.of(many, torch.cat([binary.train.labels] * 8))
    few = Split.of(binary.test.images[:12], binary.test.labels[:12])
    measured(indifferent, Dataset("binary", train, few), images=2, measures=CLEAN)
    assert largest["encode"] == MOST_AT_ONCE
    assert 0 < largest["decoder"] <= 1_024  # the quadrature's own bound
    monkeypatch.setattr(likelihood, "posterior", lambda model, x: SimpleNamespace(log_p=0.0))
    largest["decoder"] = 0
    likelihood.side_by_side(indifferent, few, lambda n: None)
    assert largest["decoder"] == MOST_AT_ONCE
    for hook in hooks:
        hook.remove()


def test_what_a_recipe_does_not_name_is_not_measured(indifferent, binary):
    metrics, latent = measured(indifferent, binary, measures=(Measure.BASICS, Measure.TERMS))
    assert set(metrics) == {
        "mse",
        "variance explained",
        "active units",
        "elbo",
        "kl",
        "reconstruction",
    }
    total = metrics["kl"].value + metrics["reconstruction"].value
    assert metrics["elbo"].value == pytest.approx(-total, abs=2e-6)
    assert latent["kl"]


@pytest.mark.parametrize("measure", Measure)
def test_each_measure_is_taken_alone(measure, indifferent, binary, few_samples):
    """What one measure gives no other gives, but for those of which one is the more precise."""
    few_samples(5)
    metrics, latent = measured(indifferent, binary, measures=(measure,))
    others = [each for each in Measure if each not in (measure, Measure.TERMS, Measure.LIKELIHOOD)]
    assert not metrics.keys() & measured(indifferent, binary, measures=others)[0].keys()
    assert bool(latent) == (measure is Measure.BASICS)
    elsewhere = (Measure.MIXTURE, Measure.GENERATION)
    assert bool(metrics) == (measure not in (*elsewhere, Measure.DIRECTIONS))


def test_every_recipe_measures_the_basics_and_one_estimate_of_the_bound():
    for recipe in RECIPES.values():
        assert Measure.BASICS in recipe.measures
        assert not {Measure.TERMS, Measure.LIKELIHOOD} <= set(recipe.measures)


def test_variance_explained_of_the_identity_and_of_the_mean(identity, digits):
    """1 of the identity; 0 of the training images' mean, to which the variance refers."""
    mean = pictures.mean_image(digits.train)
    torch.testing.assert_close(
        mean, unit_interval(digits.train.images).double().mean(0), atol=1e-12, rtol=0
    )
    constant = constant_decoder(
        Config("ae", 2, likelihood=Gaussian("fixed", mean="identity")), mean.float()
    )
    for model, expected in ((identity, 1), (constant, 0)):
        found = pictures.reconstruction_errors(model, digits.train, digits.test)
        assert found["variance explained"].value == pytest.approx(expected, abs=1e-4)
        assert set(found) == {"mse", "variance explained"}


@pytest.mark.parametrize("dataset", ["noise", "mixture"])
def test_synthetic_data_can_be_evaluated(dataset, few_samples):
    """All of it: pixels of pure chance have one class only, points of the plane no rows."""
    few_samples(5)
    whole = datasets.load(dataset)
    train, test = (Split.of(s.images[:300], s.labels[:300]) for s in (whole.train, whole.test))
    few = Dataset(dataset, train, test)
    c, h, w = test.images.shape[1:]
    config = Config(
        "dae",
        2,
        likelihood=Gaussian("fixed", mean="identity"),
        corruption=AdditiveGaussian(0.1, clip=False),
        x_shape=(c, h, w),
    )
    metrics, _ = measured(build(config), few)
    assert ("linear probe accuracy" in metrics) == (dataset == "mixture")
    assert metrics["mse as trained"].value > 0
    assert math.isfinite(metrics["variance explained"].value)


def test_a_standard_error_needs_two_images(tmp_path):
    with pytest.raises(ValueError, match="2 images or more"):
        Evaluator(tmp_path, CPU, images=1)


def test_the_command_line_chooses_how_many_stand_side_by_side(checkpoints, few_samples, capsys):
    few_samples(5)
    evaluating = ["vae-16", "--checkpoints", str(checkpoints), "--device", "cpu", "--json"]
    assert cli.main([*evaluating, "--images", "3"]) == 0
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    protocol = metrics["iwae-1, side by side"]["protocol"]
    assert (protocol["images"], protocol["first"]) == (3, True)
    protocol = metrics["iwae-1"]["protocol"]
    assert (protocol["images"], protocol["first"]) == (360, False)
    with pytest.raises(SystemExit) as ended:
        cli.main([*evaluating, "--images", "1"])
    assert ended.value.code == 2
    assert "'1' is not a whole number of 2 or more" in capsys.readouterr().err
