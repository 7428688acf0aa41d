"""DRAW: its path, its posterior, its bound and its canvases, against what is known of them."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors import safe_open
from torch import nn
from torch.distributions import Independent, Normal

from data.binarize import SEED, binarize
from explore import draw
from models import Batch, Config, build, portable
from models.bounds import importance_bound, log_importance_weights
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig
from models.portable import NotPortableError
from models.recurrent import DrawConfig
from training.recipes import RECIPES

STEPS, NUMBERS = 3, 2


def made(**choices: Any) -> Any:
    """A small model in float64 whose weights are large enough to matter."""
    torch.manual_seed(0)
    choices = {"step_latent": NUMBERS, "hidden": 8} | choices
    latent = choices.pop("latent", STEPS * NUMBERS)
    model = build(DrawConfig("draw", latent, likelihood=Bernoulli(), **choices)).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3)
    return model.eval()


@pytest.fixture(scope="module")
def model():
    return made()


@pytest.fixture
def seen(x):
    return x.double().round()


def by_hand(model, x, noise):
    """The equations of Gregor et al., one image and one step at a time, with a GRU in full."""

    def gru(cell, given, h):
        """Cho et al. 2014 (arXiv 1406.1078), eq. 5 to 8, reset after the product as in torch."""
        of_input = (given @ cell.weight_ih.T + cell.bias_ih).chunk(3, -1)
        of_state = (h @ cell.weight_hh.T + cell.bias_hh).chunk(3, -1)
        reset, update = (torch.sigmoid(of_input[i] + of_state[i]) for i in (0, 1))
        return update * h + (1 - update) * torch.tanh(of_input[2] + reset * of_state[2])

    enc, dec = model.encoder, model.decoder[0]
    h_enc, h_dec, canvas = enc.initial_h[None], dec.initial_h[None], dec.initial_canvas[None]
    z, factors = [], []
    for epsilon in noise.split(NUMBERS):
        error = x - torch.sigmoid(canvas)
        read = enc.read_image(x) + enc.read_error(error) + h_dec @ enc.read_decoder.weight.T
        h_enc = gru(enc.cell, read, h_enc)
        mu, log_var = enc.head(h_enc).chunk(2, -1)
        factors.append(Normal(mu, (0.5 * log_var).exp()))
        z.append(mu + (0.5 * log_var).exp() * epsilon)
        h_dec = gru(dec.cell, z[-1], h_dec)
        canvas = canvas + dec.write(h_dec)
    return z, factors, canvas


def test_the_path_is_that_of_the_paper(model, seen, generator):
    noise = torch.randn(len(seen), model.latent, generator=generator).double()
    z, q, canvas = model.follow(seen, noise=noise)
    for i in range(len(seen)):
        codes, factors, last = by_hand(model, seen[i : i + 1], noise[i])
        torch.testing.assert_close(z[i], torch.cat(codes, -1)[0])
        torch.testing.assert_close(q.mu[i], torch.cat([f.mean for f in factors], -1)[0])
        torch.testing.assert_close(q.stddev[i], torch.cat([f.stddev for f in factors], -1)[0])
        torch.testing.assert_close(canvas[i], last[0])


def test_log_prob_is_the_sum_over_steps_along_the_path(model, seen, generator):
    """Draws of rsample, scored by each step's own Gaussian given the draws before it."""
    q = model.encode(seen)
    z = q.rsample((4,), generator)
    again = torch.Generator().manual_seed(generator.initial_seed())
    noise = torch.randn(z.shape, generator=again, dtype=torch.float64)
    log_prob = q.log_prob(z)
    for k in range(4):
        for i in range(len(seen)):
            codes, factors, _ = by_hand(model, seen[i : i + 1], noise[k, i])
            torch.testing.assert_close(z[k, i], torch.cat(codes, -1)[0])
            steps = [Independent(f, 1).log_prob(c) for f, c in zip(factors, codes, strict=True)]
            torch.testing.assert_close(log_prob[k, i], torch.stack(steps).sum(0)[0])


SIX = torch.tensor([[1.0, 0, 1], [0, 0, 1]], dtype=torch.float64).reshape(1, 1, 2, 3)


def test_the_posterior_is_normalised():
    """T = 2, d = 1: q(z_1, z_2|x) sums to one over the plane, although z_2's factor moves."""
    model = made(latent=2, step_latent=1, x_shape=(1, 2, 3))
    axis = torch.linspace(-8, 8, 161, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis).unsqueeze(1)
    with torch.no_grad():
        density = model.encode(SIX).log_prob(grid).exp()
    assert density.sum().item() * 0.1**2 == pytest.approx(1, abs=1e-5)


def test_kl_is_that_of_monte_carlo(model, seen, generator, assert_mean):
    """E_q[log q(z|x) - log p(z)] = the mean of the term, which is closed form given the path."""
    one = seen[:1]
    many = one.expand(1_000, -1, -1, -1)
    with torch.no_grad():
        q = model.encode(one)
        z = q.rsample((1_000,), generator)[:, 0]
        term = model.terms(Batch(many, generator=generator))["kl"]
        sampled = q.log_prob(z.unsqueeze(1))[:, 0] - model.prior().log_prob(z)
    assert_mean(sampled - term, 0.0)


def test_the_kl_of_the_page_is_that_of_the_terms(model, seen, generator, assert_mean):
    kls = torch.stack([draw.kl_by_step(model, seen[:1], generator) for _ in range(30)])
    with torch.no_grad():
        many = seen[:1].expand(1_000, -1, -1, -1)
        terms = model.terms(Batch(many, generator=generator))["kl"]
    assert kls.shape == (30, STEPS)
    assert_mean(kls.sum(1), terms.mean())


class _Once(nn.Module):
    """DRAW of one step as an encoder or a decoder of a plain VAE."""

    def __init__(self, draw, side):
        super().__init__()
        self.draw, self.side = draw, side

    def forward(self, given):
        enc, dec = self.draw.encoder, self.draw.decoder[0]
        if self.side == "decoder":
            h = dec.cell(given, dec.initial_h.expand(len(given), -1))
            return dec.initial_canvas + dec.write(h)
        error = given - torch.sigmoid(dec.initial_canvas)
        read = enc.read_image(given) + enc.read_error(error) + enc.read_decoder(dec.initial_h)
        return enc.head(enc.cell(read, enc.initial_h.expand(len(given), -1)))


def test_one_step_is_a_vae(seen):
    model = made(latent=4, step_latent=4)
    vae: Any = build(Config("vae", 4, likelihood=Bernoulli())).double()
    vae.encoder, vae.decoder = _Once(model, "encoder"), _Once(model, "decoder")
    terms = [m.terms(Batch(seen, generator=torch.Generator().manual_seed(3))) for m in (model, vae)]
    weights = [
        log_importance_weights(m, seen, 3, torch.Generator().manual_seed(3)) for m in (model, vae)
    ]
    for name, term in terms[0].items():
        torch.testing.assert_close(term, terms[1][name])
    torch.testing.assert_close(*weights)


def test_the_bound_meets_log_p_by_quadrature(generator, assert_mean):
    """T = 2, d = 1: the importance-weighted p(x) averages to the integral over the plane."""
    model = made(latent=2, step_latent=1, x_shape=(1, 2, 3))
    axis = torch.linspace(-8, 8, 161, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    prior = Normal(torch.zeros(2).double(), 1.0)
    with torch.no_grad():
        joint = model.decode(grid).log_prob(SIX) + prior.log_prob(grid).sum(1)
        log_p = torch.logsumexp(joint, 0) + 2 * math.log(0.1)
        log_weights = log_importance_weights(model, SIX, 20_000, generator)
    assert_mean((log_weights[:, 0] - log_p).exp(), 1.0)
    bound = importance_bound(log_weights)[0]
    assert abs(bound - log_p) < 0.05
    assert log_weights.mean() < bound


def test_the_last_canvas_is_the_picture(model, seen, generator):
    z = model.encode(seen).rsample(generator=generator)
    canvases = model.canvases(z)
    assert canvases.shape == (STEPS, *seen.shape)
    torch.testing.assert_close(canvases[-1], model.decode(z).mean)
    _, _, canvas = model.follow(seen, z=z)
    torch.testing.assert_close(torch.sigmoid(canvas), canvases[-1])
    with_start = draw.canvases(model, z[0])
    torch.testing.assert_close(with_start[1:], canvases[:, 0])
    torch.testing.assert_close(with_start[0], torch.sigmoid(model.decoder[0].initial_canvas))


@pytest.mark.parametrize("step", range(STEPS))
def test_a_step_leaves_the_canvases_before_it_alone(model, step):
    z = torch.zeros(1, model.latent).double()
    other = z.clone()
    other[0, step * NUMBERS] = 1.0
    same = [
        torch.equal(a, b) for a, b in zip(model.canvases(z), model.canvases(other), strict=True)
    ]
    assert same == [t < step for t in range(STEPS)]


def test_the_digit_is_seen_in_black_and_white(model, x):
    grey = x[0].double()
    found = draw.inferred(model, grey, "mean", torch.Generator().manual_seed(1))
    binary = binarize(grey, SEED)
    torch.testing.assert_close(found.z, model.encode(binary[None]).mean[0])
    drawn = draw.inferred(model, grey, "draw", torch.Generator().manual_seed(1))
    assert torch.equal(drawn.kl, found.kl)
    assert not torch.allclose(drawn.z, found.z)


@pytest.mark.parametrize("change", [{"step_latent": 4}, {"step_latent": 0}, {"hidden": 0}])
def test_sizes_that_do_not_fit_are_refused(change):
    with pytest.raises(ValueError, match=r"multiple of step_latent|must lie between"):
        replace(DrawConfig("draw", 6, step_latent=2), **change)


def test_the_one_shot_rival_is_no_smaller():
    """Otherwise its parameters, and not its one step, could be what it loses by."""
    draw, once = (
        sum(p.numel() for p in build(RECIPES[name].config).parameters())
        for name in ("draw-32", "vae-32-oneshot")
    )
    assert draw <= once < 1.1 * draw
    assert RECIPES["draw-32"].epochs == RECIPES["vae-32-oneshot"].epochs


def test_a_browser_is_given_the_decoder_and_not_the_encoder(model, tmp_path):
    path = tmp_path / "network.safetensors"
    path.write_bytes(portable.decoder(model).content())
    with safe_open(path, "pt") as file:
        network, tensors = json.loads(file.metadata()["network"]), set(file.keys())
    assert tensors == model.decoder.state_dict().keys()
    assert network["shape"] == [STEPS * NUMBERS]
    assert [layer["kind"] for layer in network["layers"]] == ["recurrent"]
    assert [layer["kind"] for layer in network["mean"]] == ["last", "sigmoid"]
    with pytest.raises(NotPortableError, match="RecurrentEncoder"):
        portable.encoder(model).content()


def test_networks_may_be_convolutions(seen):
    conv = NetworkConfig(channels=(4, 6))
    model = made(encoder=conv, decoder=conv)
    assert model.reconstruct(seen).shape == seen.shape
