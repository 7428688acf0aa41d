"""The importance weighted autoencoder: its bound, its gradient, and what its view is told."""

import base64
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from data.binarize import SEED, binarize
from evaluation.representation import ACTIVE
from experiments import iwae as benchmark
from explore import iwae
from models import Batch, Config, build
from models.bounds import effective_sample_size, importance_bound, log_importance_weights
from models.importance import ImportanceConfig
from models.networks import NetworkConfig
from tests.asking import asking
from tests.made_up import stand_in
from tests.nonsense import DIGITS, WHOLE, assert_refused
from training.recipes import RECIPES
from training.recipes.importance import averaged
from views.iwae import iwae as view
from views.kit.pictures import picture_of
from views.kit.worker import Worker

SMALL = NetworkConfig(widths=(12,), activation="tanh")


def small(samples, family="iwae", seed=0, **choices) -> Any:
    """A model whose posterior is off, so that weights differ."""
    torch.manual_seed(seed)
    if family == "vae":
        model: Any = build(Config("vae", 3, SMALL, SMALL))
    else:
        model = build(ImportanceConfig("iwae", 3, SMALL, SMALL, samples=samples, **choices))
    with torch.no_grad():
        model.encoder[-1].bias[:3] += 1.0
        for parameter in model.decoder.parameters():
            parameter.mul_(2.0)
    return model


def many(x, n):
    return x[:1].round().expand(n, 1, 28, 28)


def seeded():
    return torch.Generator().manual_seed(7)


def test_no_samples_are_refused():
    with pytest.raises(ValueError, match="samples must lie between 1 and"):
        ImportanceConfig("iwae", 3, samples=0)


def test_an_unknown_bound_is_refused():
    with pytest.raises(ValueError, match="bound must be"):
        ImportanceConfig("iwae", 3, bound="log p(x)")


def test_one_sample_is_the_vae_on_average(x, generator, assert_mean):
    """Burda et al. 2015: k = 1 is the VAE; so is the ELBO that is there to be read."""
    n = 2_000
    with torch.no_grad():
        vae = small(1, "vae").terms(Batch(many(x, n), generator=generator))
        one = small(1).terms(Batch(many(x, n), generator=generator))
    negative_elbo = vae["reconstruction"] + vae["kl"]
    assert_mean(one["iwae"] - negative_elbo, 0.0)
    torch.testing.assert_close(one["reconstruction"] + one["kl"], one["iwae"])
    torch.testing.assert_close(one["kl"], vae["kl"])


def test_terms_are_the_bound_and_the_parts_of_the_elbo(x, assert_mean):
    model, n = small(20), 200
    with torch.no_grad():
        terms = model.terms(Batch(many(x, n), generator=seeded()))
        log_weights = log_importance_weights(model, many(x, n), 20, seeded())
        vae = small(1, "vae").terms(Batch(many(x, 2_000), generator=seeded()))
    torch.testing.assert_close(terms["iwae"], -importance_bound(log_weights))
    assert_mean(terms["reconstruction"] - vae["reconstruction"].mean(), 0.0)
    assert (terms["iwae"] < terms["reconstruction"] + terms["kl"]).all(), "Jensen's inequality"
    assert model.objective(0) == {"model": {"iwae": 1.0}}


def test_the_gradient_is_that_of_the_paper(x):
    """Eq. 13 and 14: each sample's grad log w_i, times its normalised weight."""
    model, k = small(6).double(), 6
    one = x[:1].round().double()
    parameters = list(model.parameters())
    noise = torch.randn(k, 1, 3, generator=seeded(), dtype=torch.float64)
    terms = model.terms(Batch(one, generator=seeded()))
    found = torch.autograd.grad(-terms["iwae"].sum(), parameters)

    def log_weight(epsilon):
        q = model.encode(one)
        sigma = torch.exp(0.5 * q.log_var)
        z = q.mu + sigma * epsilon
        normal = torch.distributions.Normal
        prior = normal(torch.zeros_like(z), 1.0).log_prob(z).sum()
        return model.decode(z).log_prob(one).sum() + prior - normal(q.mu, sigma).log_prob(z).sum()

    logs = [log_weight(epsilon) for epsilon in noise]
    weights = torch.softmax(torch.stack(logs).detach(), 0)
    assert weights.max() > 1.5 / k, "equal weights would test nothing"
    each = [torch.autograd.grad(log, parameters) for log in logs]
    for i, gradient in enumerate(found):
        expected = sum(w * grads[i] for w, grads in zip(weights, each, strict=True))
        torch.testing.assert_close(gradient, expected)


def test_the_averaged_elbo_gives_every_sample_the_same_weight(x):
    """Burda et al. 2015, section 5: the VAE of k samples, -1/k sum_i log w_i, and its gradient."""
    model = small(6, bound="elbo").double()
    one, parameters = x[:1].round().double(), list(model.parameters())
    terms = model.terms(Batch(one, generator=seeded()))
    (weights,) = model.objective(0).values()
    loss = torch.stack([weight * terms[name] for name, weight in weights.items()]).sum(0)
    expected = -log_importance_weights(model, one, 6, seeded()).mean(0)
    torch.testing.assert_close(loss, expected)
    assert (loss > terms["iwae"]).all()
    for found, wanted in zip(
        torch.autograd.grad(loss, parameters),
        torch.autograd.grad(expected, parameters),
        strict=True,
    ):
        torch.testing.assert_close(found, wanted)


def test_log_weights_stay_in_float32_under_bfloat16_layers(x):
    """Only the layers lose digits: the spread of the weights over samples stays what it was."""
    model = small(50)
    full = log_importance_weights(model, many(x, 1), 50, seeded())
    with torch.autocast("cpu", torch.bfloat16):
        half = log_importance_weights(model, many(x, 1), 50, seeded())
    assert half.dtype == torch.float32
    assert (half - full).std() < 0.05 * full.std()


def test_the_recipes_differ_in_the_objective_alone():
    """Same network, same images, same number of steps: what `experiments.iwae` compares."""
    vae = RECIPES["vae-50-burda"]
    other = RECIPES["iwae-50-burda"]
    config: Any = other.config
    assert config.samples == 50
    assert replace(other, name=vae.name, config=vae.config) == vae
    for size in ("latent", "encoder", "decoder", "likelihood"):
        assert getattr(other.config, size) == getattr(vae.config, size)


def test_the_control_differs_from_the_iwae_in_the_bound_alone():
    iwae_recipe, control = RECIPES["iwae-50-burda"], averaged(seed=2)
    assert control.config == replace(iwae_recipe.config, bound="elbo")
    assert replace(control, name=iwae_recipe.name, config=iwae_recipe.config, seed=0) == iwae_recipe
    assert control.seed == 2
    assert build(control.config).objective(0) == {"model": {"reconstruction": 1.0, "kl": 1.0}}


# What the view asks for.


def test_pictures_are_those_of_the_weighed_samples(x):
    model, one = small(5), x[0].round()
    weights = iwae.log_weights(model, one, 40, seed=3)
    drawn = iwae.pictures(model, one, 40, seed=3, count=7)
    assert drawn.shape == (7, 1, 28, 28)
    with torch.no_grad():
        q = model.encode(one.unsqueeze(0))
        z = q.rsample((40,), torch.Generator().manual_seed(3))[:, 0]
        torch.testing.assert_close(drawn, model.decode(z[:7]).mean)
        log_w = model.decode(z).log_prob(one) + model.prior().log_prob(z) - q.log_prob(z)
    torch.testing.assert_close(weights, log_w.double(), rtol=1e-5, atol=1e-4)


def test_normalised_weights_sum_to_one_and_say_how_many_count(generator):
    log_weights = -1e5 + 3 * torch.randn(50, generator=generator).double()
    weights = iwae.normalised(log_weights)
    assert float(weights.sum()) == pytest.approx(1, abs=1e-12)
    count = float(effective_sample_size(log_weights))
    assert float(1 / (weights**2).sum()) == pytest.approx(count)
    assert 1 < count < 50


class CardOf:
    latent = {"std": [0.05, 0.9, 0.1, 0.11, 0.0]}


def test_units_are_sorted_and_counted_as_the_metric_counts_them():
    assert iwae.ACTIVE == ACTIVE
    units = iwae.units(stand_in(CardOf))
    assert [round(u.variance, 4) for u in units] == [0.81, 0.0121, 0.01, 0.0025, 0.0]
    assert [u.active for u in units] == [True, True, ACTIVE < 0.1**2, False, False]


class LabOf:
    """Two small models under the names of the view."""

    def __init__(self):
        self.models = {"vae-50-burda": small(1, "vae"), "iwae-50-burda": small(50)}

    def entry(self, name):
        model = self.models[name]
        return type("Entry", (), {"model": model, "architecture": model})


@pytest.fixture
def sampling():
    return view.Sampling(stand_in(LabOf()), view.NAMES, Worker("test", 9))


@pytest.fixture
def ask(sampling, x):
    """ask(**changes): the answer to a good question about one digit, but for the changes."""
    post = asking(view.draw_samples, sampling)
    good = {"draw": 0, "part": 0, "digit": picture_of(x[0]).model_dump()}
    return lambda **changes: post(good | changes)


def test_the_view_gets_weights_of_both_models_in_parts(ask, sampling, x):
    first, second = ask(), ask(part=1)
    one = binarize(x[0], SEED)
    for row, entry in zip(first["rows"], sampling.entries, strict=True):
        found = np.frombuffer(base64.b64decode(row["log_weights"]))
        expected = iwae.log_weights(entry.model, one, view.PART, 0)
        assert np.array_equal(found, expected.numpy())
        assert len(base64.b64decode(row["pictures"])) == view.SHOWN * x[0].numel()
    assert first["digit"] == picture_of(one).model_dump()
    assert second["rows"][0]["pictures"] is None
    assert second["rows"][0]["log_weights"] != first["rows"][0]["log_weights"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("part", [*WHOLE, view.DRAWS // view.PART]),
        ("draw", [*WHOLE, view.MOST_DRAWS + 1]),
        ("digit", DIGITS),
    ],
)
def test_what_makes_no_sense_is_answered_in_a_sentence(ask, field, values, assert_sentence):
    assert_refused(lambda question: ask(**question), {}, assert_sentence, field, values)


def test_too_many_at_once_are_told_so(ask, sampling, assert_sentence):
    sampling.worker = Worker("nobody", most_waiting=0)
    assert_sentence(ask()["error"])


def test_the_view_is_shown_where_both_networks_are():
    vae, iwae_name = view.NAMES
    assert view.is_shown(stand_in(SimpleNamespace(zoo={vae: None, iwae_name: None})))
    assert not view.is_shown(stand_in(SimpleNamespace(zoo={vae: None})))


# The figure.


def test_differences_are_paired():
    """The standard error is that of the difference image by image, not of two means apart."""
    hard = torch.tensor([-60.0, -90.0, -120.0])
    line = benchmark.difference("log p(x)", hard, hard + torch.tensor([1.0, 2.0, 3.0]))
    assert line.split()[-4:] == ["+2.00", "+-", "0.58", "nats"]
