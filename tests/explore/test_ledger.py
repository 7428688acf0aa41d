"""The ledger: its numbers are the model's own terms, its parts add up, and nonsense gets words."""

import base64

import gradio as gr
import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from data.binarize import binarize
from explore import latent, ledger
from models import Batch, build
from models.corruption import CORRUPTIONS, AdditiveGaussian, Masking, OneOf
from models.likelihoods import Bernoulli, Gaussian
from models.zoo import Zoo
from tests.asking import asking
from views.kit.lab import COMPARED, Lab
from views.kit.pictures import picture_of
from views.kit.samples import Samples
from views.kit.worker import Worker
from views.ledger import ledger as view
from views.shell.page import new_page

LIKELIHOODS = {
    "bernoulli": Bernoulli(),
    "fixed": Gaussian("fixed", sigma=0.3),
    "shared": Gaussian("shared", sigma=0.2),
    "predicted": Gaussian("predicted", sigma=0.3, mean="identity"),
}


def double(values):
    return torch.as_tensor(values, dtype=torch.float64)


@pytest.fixture(params=LIKELIHOODS)
def likelihood(request):
    return LIKELIHOODS[request.param]


@pytest.fixture(params=COMPARED)
def model(request, small_config, likelihood):
    torch.manual_seed(3)
    noise = OneOf((AdditiveGaussian(0.5), Masking(0.5)))
    config = small_config(request.param, likelihood=likelihood, code_penalty=0.1, corruption=noise)
    return build(config).eval().requires_grad_(False)


def at_the_encoder(model, x, draw):
    """The ledger of x where the encoder puts q, with the epsilon that `draw` seeds."""
    shift = ledger.noise_shift(model, draw)
    mu, log_var = ledger.encoded(model, x, shift)
    epsilon = torch.randn(1, model.latent, generator=seeded(draw), dtype=torch.float64)[0]
    return ledger.ledger(model, x, mu, log_var, epsilon)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def test_the_terms_are_the_models_own_with_the_same_noise(model, x):
    image = ledger.target(model, x[0], 0)
    found = at_the_encoder(model, image, draw=5)
    # The corruption draws in single precision, the ledger computes in double.
    noisy = (
        model.corrupt(Batch(image.unsqueeze(0), None, seeded(5))) if model.family == "dae" else None
    )
    exact = ledger.in_float64(model)
    batch = Batch(image.double().unsqueeze(0), None, seeded(5))
    if noisy is not None:
        z = exact.encode(noisy.double()).mean
        expected = {
            "reconstruction": -exact.decode(z).log_prob(batch.x),
            "code": 0.5 * (z**2).sum(-1),
        }
    else:
        expected = exact.terms(batch)
    assert found.terms.keys() == expected.keys()
    for name, value in expected.items():
        assert found.terms[name] == pytest.approx(value.item(), rel=1e-6)


def test_everything_adds_up(model, x):
    image = ledger.target(model, x[1], 0)
    found = at_the_encoder(model, image, draw=1)
    (other,) = found.terms.keys() - {"reconstruction"}
    assert found.per_pixel.dtype == found.per_dimension.dtype == torch.float64
    assert found.per_pixel.shape == model.x_shape
    assert found.per_pixel.sum().item() == pytest.approx(found.terms["reconstruction"], abs=1e-9)
    assert found.per_dimension.sum().item() == pytest.approx(found.terms[other], abs=1e-12)
    weights = model.objective(0)["model"]
    assert found.weights == weights
    weighted = weights["reconstruction"] * found.terms["reconstruction"]
    weighted += weights[other] * found.terms[other]
    assert found.objective == pytest.approx(weighted, abs=1e-9)


def test_a_pixels_nats_are_those_of_its_own_distribution(model, x):
    image = ledger.target(model, x[2], 0)
    found = at_the_encoder(model, image, draw=2)
    p = ledger.in_float64(model).decode(found.z.unsqueeze(0))
    torch.testing.assert_close(found.picture, p.mean[0])
    changed = image.double().clone()
    changed[0, 14, 14] = 1 - changed[0, 14, 14]
    difference = (p.log_prob(image.double()) - p.log_prob(changed)).item()
    again = ledger.ledger(
        model, changed, found.z, torch.full_like(found.z, -torch.inf), 0 * found.z
    )
    moved = again.per_pixel - found.per_pixel
    assert moved[0, 14, 14].item() == pytest.approx(difference, abs=1e-9)
    assert moved.count_nonzero() == 1


def test_the_kl_is_torchs_wherever_q_is_moved(small_config, x, generator):
    model = build(small_config("vae", latent=7)).eval().requires_grad_(False)
    mu = 2 * torch.randn(7, generator=generator, dtype=torch.float64)
    log_var = torch.linspace(-6, 1, 7, dtype=torch.float64)
    found = ledger.ledger(model, x[0].round(), mu, log_var, torch.zeros(7))
    prior = Normal(torch.zeros(7).double(), torch.ones(7).double())
    expected = kl_divergence(Normal(mu, (log_var / 2).exp()), prior)
    torch.testing.assert_close(found.per_dimension, expected, rtol=0, atol=1e-12)
    whole = kl_divergence(Independent(Normal(mu, (log_var / 2).exp()), 1), Independent(prior, 1))
    assert found.terms["kl"] == pytest.approx(whole.item(), abs=1e-12)
    # The prior itself costs nothing, and only it.
    free = ledger.divergences(model, torch.zeros(7), torch.zeros(7))
    assert (free == 0).all()
    assert (found.per_dimension > 0).all()


def test_z_is_the_mean_or_a_draw_with_frozen_noise(small_config, x, generator):
    model = build(small_config("vae")).eval().requires_grad_(False)
    mu, log_var = torch.tensor([0.5, -1.0, 2.0]), torch.tensor([0.0, -2.0, 1.0])
    epsilon = torch.tensor([1.0, -2.0, 0.5])
    at = [ledger.ledger(model, x[0].round(), mu, log_var, e).z for e in (0 * epsilon, epsilon)]
    torch.testing.assert_close(at[0], mu.double())
    expected = double([1.5, -1 - 2 * 2.718281828459045**-1, 2 + 0.5 * 2.718281828459045**0.5])
    torch.testing.assert_close(at[1], expected)


def test_the_mean_of_many_ledgers_is_the_negative_elbo(small_config, x, assert_mean):
    """The reconstruction averaged over draws, against 2-D Gauss-Hermite quadrature."""
    model = build(small_config("vae", latent=2)).eval().requires_grad_(False)
    image = x[0].round()
    mu, log_var = ledger.encoded(model, image, torch.zeros(model.x_shape))
    epsilons = torch.randn(400, 2, generator=seeded(0), dtype=torch.float64)
    draws = [ledger.ledger(model, image, mu, log_var, e).objective for e in epsilons]
    nodes, weights = gauss_hermite(12)
    quadrature = sum(
        weights[i]
        * weights[j]
        * ledger.ledger(model, image, mu, log_var, torch.stack([nodes[i], nodes[j]])).objective
        for i in range(12)
        for j in range(12)
    )
    assert_mean(double(draws), quadrature)


def gauss_hermite(n):
    """Nodes and weights for the mean over N(0, 1), by the eigenvalues of the Jacobi matrix."""
    off = torch.arange(1, n, dtype=torch.float64).sqrt()
    nodes, vectors = torch.linalg.eigh(torch.diag(off, 1) + torch.diag(off, -1))
    return nodes, vectors[0] ** 2


@pytest.mark.parametrize(("pixels", "dimensions"), [(784, 1), (784, 2), (784, 16), (35, 3)])
def test_a_mean_loss_is_a_beta_loss(pixels, dimensions):
    beta = ledger.hidden_beta(pixels, dimensions)
    assert beta * dimensions == pixels
    for reconstruction, kl in ((93.21, 24.83), (-693.5, 0.01)):
        mean = reconstruction / pixels + kl / dimensions
        assert mean == pytest.approx((reconstruction + beta * kl) / pixels, rel=1e-14)
    assert ledger.hidden_beta(784) == 784


@pytest.mark.parametrize(
    "corruption",
    [
        *(kind(0.5) for kind in CORRUPTIONS.values()),
        OneOf((AdditiveGaussian(0.5), Masking(0.5))),
    ],
    ids=lambda c: c.kind,
)
@pytest.mark.parametrize("seed", range(4))
def test_fixed_noise_is_a_shift_and_a_clip(small_config, x, corruption, seed):
    model = build(small_config("dae", corruption=corruption))
    shift = ledger.noise_shift(model, seed)
    seen = model.corrupt(Batch(x[:1], None, seeded(seed)))[0]
    assert shift.any()
    torch.testing.assert_close((x[0] + shift).clamp(0, 1), seen, rtol=0, atol=1e-6)


@pytest.mark.parametrize("family", ["ae", "vae"])
def test_who_corrupts_nothing_sees_the_digit(small_config, family):
    assert not ledger.noise_shift(build(small_config(family)), 0).any()


# The component: what the script is sent, and what it may ask.


def test_the_thresholds_make_the_black_and_white_digit_of_training(x):
    thresholds = view.thresholds((1, 28, 28))
    assert thresholds.min() >= 1
    assert thresholds.max() <= 255
    for image in x:
        expected = binarize((image * 255).round() / 255, view.SEED)
        assert torch.equal(((image * 255).round() >= thresholds).float(), expected)


def test_what_the_script_is_told_of_a_model_gives_its_ledger(lab, x):
    """The facts sent suffice: the same sums, written out here, are the ledger's."""
    for name in lab.names:
        entry = lab.entry(name)
        facts = view.model_of(lab, entry)
        image = ledger.target(entry.model, x[0], 0)
        mu, log_var = ledger.encoded(entry.model, image, ledger.noise_shift(entry.model, 0))
        found = ledger.ledger(entry.model, image, mu, log_var, torch.zeros(len(mu)))
        odds = ledger.in_float64(entry.model).decoder(mu.unsqueeze(0))[0]
        assert facts.binary
        lost = odds.clamp(min=0) - image * odds + torch.log1p(torch.exp(-odds.abs()))
        torch.testing.assert_close(lost, found.per_pixel)
        rec, other = facts.weights
        terms = dict(found.terms)
        total = rec * terms.pop("reconstruction") + other * sum(terms.values())
        assert total == pytest.approx(found.objective)
        assert sorted(facts.order) == list(range(entry.model.latent))
        worth = latent.importance(entry.card)
        assert [worth[i] for i in facts.order] == sorted(worth, reverse=True)
        assert facts.dead == [entry.model.prior() is not None and i == 0 for i in range(len(mu))]


@pytest.fixture(scope="module")
def ask(lab, x):
    """ask(**changes): what the server answers to a good question, but for the changes."""
    send = asking(view.read_ledger, lab, Worker("test", 1))
    digit = picture_of(x[0]).model_dump()
    good = {"model": "vae-2", "digit": digit, "mu": None, "log_var": None, "draw": None}
    return lambda **changes: send(good | changes)


def per_pixel(answer):
    return double(np.frombuffer(base64.b64decode(answer["per_pixel"]), "<f8").copy())


def test_the_server_answers_with_the_ledger(lab, x, ask):
    answer = ask(draw=3)
    model = lab.entry("vae-2").model
    image = binarize((x[0] * 255).round() / 255, view.SEED)
    mu, log_var = ledger.encoded(model, image, torch.zeros(model.x_shape))
    epsilon = view.noise(2)[3]
    found = ledger.ledger(model, image, mu, log_var, epsilon)
    for name in ("per_dimension", "z"):
        torch.testing.assert_close(double(answer[name]), getattr(found, name))
    torch.testing.assert_close(per_pixel(answer), found.per_pixel.flatten())
    torch.testing.assert_close(double(answer["mu"]), mu)
    moved = ask(mu=[1.0, -1.0], log_var=[0.0, 0.0])
    assert moved["per_dimension"] == [0.5, 0.5]
    assert moved["z"] == [1.0, -1.0]
    code = ask(model="dae-16")
    assert code["log_var"] is None
    again = ask(model="dae-16", mu=code["mu"])
    torch.testing.assert_close(per_pixel(again), per_pixel(code), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "nobody"},
        {"model": None},
        {"digit": {"shape": [1, 28, 28], "pixels": "x"}},
        {"digit": {"shape": [1, 28, 28], "pixels": None}},
        {"digit": {"shape": [28, 28, 1], "pixels": "AAAA"}},
        {"mu": [1.0]},
        {"mu": "1"},
        {"mu": [0.0, float("nan")]},
        {"mu": [0.0, 0.0], "log_var": None},
        {"mu": [0.0, 0.0], "log_var": [0.0]},
        {"mu": [0.0, 0.0], "log_var": [0.0, 1e9]},
        {"mu": [0.0, 0.0], "log_var": [0.0, "0"]},
        {"draw": -1},
        {"draw": view.DRAWS},
        {"draw": 0.5},
        {"draw": "1"},
    ],
    ids=str,
)
def test_nonsense_gets_a_sentence(ask, changed, assert_sentence):
    assert_sentence(ask(**changed)["error"])


def test_what_is_drawn_for_all_visitors_is_what_the_server_draws(lab):
    told = view.noise_of(lab, lab.names)
    thresholds = view.thresholds((1, 28, 28)).flatten()
    assert list(base64.b64decode(told["thresholds"])) == thresholds.tolist()
    assert set(told["epsilon"]) == {"2", "16"}
    for size, text in told["epsilon"].items():
        drawn = np.frombuffer(base64.b64decode(text), "<f8").reshape(view.DRAWS, int(size))
        np.testing.assert_array_equal(drawn, view.noise(int(size)))
    assert set(told["shifts"]) == {"dae-2", "dae-16"}
    for name, text in told["shifts"].items():
        shift = ledger.noise_shift(lab.entry(name).model, view.SEED).flatten()
        np.testing.assert_array_equal(np.frombuffer(base64.b64decode(text), "<f4"), shift)


def test_without_models_the_view_is_laid_out_all_the_same(tmp_path, assert_sentence):
    empty = Lab(Zoo(tmp_path), Samples())
    with gr.Blocks() as blocks:
        view.build(new_page(empty))
    assert any(view.MISSING in str(getattr(block, "value", "")) for block in blocks.blocks.values())
    assert_sentence(view.MISSING)
