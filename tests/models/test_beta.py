"""Beta: its objective, the linear optimum in closed form, and what the scrubber is told."""

import base64
from typing import Any

import pytest
import torch
from safetensors.torch import load
from torch.distributions import MultivariateNormal, kl_divergence

from explore import beta as rate_distortion
from explore.beta import Point
from models import Batch, build, portable, zoo
from models.beta import BetaConfig, beta_of
from tests import nonsense
from tests.asking import asking
from tests.made_up import metric
from tests.sheet import sent
from training.recipes import RECIPES
from views.beta import beta as view
from views.kit.lab import Lab
from views.kit.samples import Samples

EIGENVALUES = torch.tensor([4.0, 1.5, 0.4, 0.05], dtype=torch.float64)
NOISE = 0.1
BETAS = (0.3, 1.0, 2.0, 8.0, 20.0)


def linear_terms(weights, eigenvalues, noise):
    """R and D, exactly, of z = Vx + s epsilon and p(x|z) = N(Wz, noise I): all are Gaussian."""
    v, w, log_var = weights
    s = torch.diag(eigenvalues)
    of_mean = v @ s @ v.T
    rate = 0.5 * (torch.diagonal(of_mean) + log_var.exp() - 1 - log_var).sum()
    left = torch.eye(len(s), dtype=s.dtype) - w @ v
    spread = torch.trace(left @ s @ left.T) + (w**2 @ log_var.exp()).sum()
    return rate, spread / (2 * noise)


@pytest.mark.parametrize("beta", BETAS)
def test_the_closed_form_is_what_minimising_finds(beta, generator):
    shapes = ((4, 4), (4, 4), (4,))
    weights = [torch.randn(s, generator=generator, dtype=torch.float64) * 0.5 for s in shapes]
    weights = [w.requires_grad_() for w in weights]
    optimizer = torch.optim.LBFGS(
        weights,
        max_iter=400,
        tolerance_grad=1e-10,
        tolerance_change=1e-14,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        rate, distortion = linear_terms(weights, EIGENVALUES, NOISE)
        loss = distortion + beta * rate
        loss.backward()
        return loss

    optimizer.step(closure)
    found = Point(*(float(v.detach()) for v in linear_terms(weights, EIGENVALUES, NOISE)))
    assert found == pytest.approx(
        rate_distortion.gaussian_optimum(EIGENVALUES, NOISE, beta), abs=1e-4
    )


def test_beta_one_is_probabilistic_pca():
    """At beta 1 with every direction above the noise, -(D + R) is the likelihood, up to ln 2 pi."""
    eigenvalues = EIGENVALUES[:3]
    elbo = rate_distortion.elbo(rate_distortion.gaussian_optimum(eigenvalues, NOISE, 1.0))
    constant = -0.5 * 3 * torch.log(torch.tensor(2 * torch.pi * NOISE)).item()
    data = MultivariateNormal(torch.zeros(3).double(), torch.diag(eigenvalues))
    assert elbo + constant == pytest.approx(-float(data.entropy()), abs=1e-6)


def test_on_the_optimal_curve_the_slope_is_minus_beta():
    at = {b: rate_distortion.gaussian_optimum(EIGENVALUES, NOISE, b) for b in (1.999, 2.0, 2.001)}
    assert rate_distortion.slope(at[1.999], at[2.001]) == pytest.approx(-2.0, abs=1e-4)
    optima = [rate_distortion.gaussian_optimum(EIGENVALUES, NOISE, b) for b in BETAS]
    for (low, a), (high, b) in zip(
        zip(BETAS, optima, strict=True), list(zip(BETAS, optima, strict=True))[1:], strict=False
    ):
        assert -high <= rate_distortion.slope(a, b) <= -low
    with pytest.raises(ValueError, match="same rate"):
        rate_distortion.slope(Point(1.0, 2.0), Point(1.0, 3.0))


def test_a_collapsed_optimum_codes_nothing():
    point = rate_distortion.gaussian_optimum(EIGENVALUES, NOISE, 1000.0)
    assert point == (0.0, pytest.approx(float(EIGENVALUES.sum()) / (2 * NOISE)))


def test_mirrored_and_swapped_axes_are_found(generator):
    z = torch.randn(500, 3, generator=generator) * torch.tensor([1.0, 2.0, 0.5])
    other = torch.stack([-z[:, 2], z[:, 0], -z[:, 1]], 1)
    other = other + 0.1 * torch.randn(other.shape, generator=generator)
    axes = rate_distortion.same_axes(other, z)
    assert axes == [(1, 1), (2, -1), (0, -1)]
    assert rate_distortion.same_axes(z, z) == [(0, 1), (1, 1), (2, 1)]
    dead = torch.cat([z[:, :2], torch.zeros(500, 1)], 1)
    assert rate_distortion.same_axes(dead, z) == [(0, 1), (1, 1), (2, 1)]


def test_only_the_weight_of_the_kl_differs(small_config, x):
    """The objective is D + beta R of the very terms that the VAE has."""
    config = small_config("beta-vae", beta=4.0)
    torch.manual_seed(0)
    model = build(config)
    terms = model.terms(Batch(x, None, torch.Generator().manual_seed(1)))
    weights = model.objective(0)["model"]
    q = model.encode(x)
    exact = kl_divergence(
        torch.distributions.Normal(q.mean, q.variance.sqrt()), torch.distributions.Normal(0.0, 1.0)
    ).sum(-1)
    assert torch.allclose(terms["kl"], exact, atol=1e-5)
    loss = torch.stack([w * terms[name] for name, w in weights.items()]).sum(0)
    assert torch.allclose(loss, terms["reconstruction"] + 4.0 * exact, atol=1e-3)
    with pytest.raises(ValueError, match="must lie between 0 and"):
        BetaConfig("beta-vae", 2, beta=-1.0)
    with pytest.raises(ValueError, match="must lie between 0 and"):
        BetaConfig("beta-vae", 2, beta=float("nan"))


def test_the_recipes_differ_in_nothing_but_beta():
    recipes = [r for r in RECIPES.values() if r.name.startswith("vae-2-beta-")]
    assert len({beta_of(r.config) for r in recipes}) == len(recipes) >= 6
    plain: list[dict[str, Any]] = [r.to_dict() | {"name": ""} for r in recipes]
    for recipe in plain:
        recipe["config"] = {k: v for k, v in recipe["config"].items() if k != "beta"}
    assert all(recipe == plain[0] for recipe in plain)


@pytest.fixture(scope="module")
def scrubbed(small_config, digits, tmp_path_factory):
    """A lab of three untrained networks with made-up cards, saved in another order than beta's."""
    root = tmp_path_factory.mktemp("beta")
    images = torch.nn.functional.interpolate(digits.test.images[:40] / 255, (28, 28))
    for beta in (4.0, 0.0, 1.0):
        config = small_config("beta-vae", latent=2, beta=beta, x_shape=(1, 28, 28))
        torch.manual_seed(int(beta))
        model = zoo.round_weights(build(config)).eval().requires_grad_(False)
        metrics = {
            name: metric(name, beta + i, words=f'<{name}> by "nobody"')
            for i, name in enumerate(view.METRICS)
        }
        latent = {"mean": [0.0, 0.0], "std": [1.0, 1.0], "kl": [beta, 1.0]}
        facts = {"recipe": {"name": f"vae-2-beta-{beta:g}"}, "metrics": metrics, "latent": latent}
        facts["data"] = {"name": "digits"}
        card = zoo.Card(f"b{beta:g}", config, **facts)
        codes = zoo.Codes(model.encode(images).mean, digits.test.labels[:40])
        zoo.save(root / f"b{beta:g}", model, codes, card)
    return Lab(zoo.Zoo(root), Samples())


def test_the_page_is_told_the_cards_numbers_in_order_of_beta(scrubbed):
    entries = view.shown(scrubbed)
    stops = view.stops_of(scrubbed, entries)
    assert [stop.beta for stop in stops] == [0.0, 1.0, 4.0]
    for stop in stops:
        card = scrubbed.entry(stop.name).card
        for name in view.METRICS:
            told, on_card = stop.metrics[name], card.metrics[name]
            assert told.value == on_card.value
            # A card may be anybody's words: as they are, for the script makes text of them.
            assert told.protocol.startswith(f'<{name}> by "nobody"; ')
        assert stop.dimensions == card.latent["kl"]
        assert view.Stop.model_validate_json(stop.model_dump_json()) == stop
    assert all(load(portable.decoder(entry.model).content()) for entry in entries)


def test_digits_land_where_each_encoder_puts_them(scrubbed):
    entries, x = view.shown(scrubbed), torch.rand(1, 28, 28)
    x = (x * 255).round() / 255
    found = asking(view.place_digit, entries)({"digit": sent(x)})["places"]
    for entry, place in zip(entries, found, strict=True):
        q = entry.model.encode(x.unsqueeze(0))
        assert place["z"] == pytest.approx(q.mean[0].tolist(), abs=1e-6)
        exact = kl_divergence(
            torch.distributions.Normal(q.mean, q.variance.sqrt()),
            torch.distributions.Normal(0.0, 1.0),
        )
        assert place["kl"] == pytest.approx(float(exact.sum()), abs=1e-5)


@pytest.mark.parametrize(
    "message", [{}, "text", None, {"pixels": "AAAA"}, *({"digit": d} for d in nonsense.DIGITS)]
)
def test_what_is_no_digit_is_answered_with_a_sentence(scrubbed, message, assert_sentence):
    ask = asking(view.place_digit, view.shown(scrubbed))
    assert_sentence(ask(message)["error"])


def test_codes_are_those_of_the_checkpoints(scrubbed):
    entries = view.shown(scrubbed)
    told = view.codes_of(entries)
    for entry, text in zip(entries, told.codes, strict=True):
        z = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float16)
        assert torch.equal(z.view(-1, 2).float(), entry.codes.z)
    assert list(base64.b64decode(told.classes)) == entries[0].codes.y.tolist()
