"""Models that are told the class: identities, known integrals, and the view that shows one."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch.distributions import Categorical
from torch.nn.functional import one_hot

from explore import classes
from models import Batch, Config, build, portable
from models.base import LabelledConfig
from models.bounds import importance_bound, log_importance_weights
from models.corruption import RandomAffine
from models.distributions import DiagonalGaussian, kl_to_standard_normal
from models.networks import NetworkConfig
from tests.made_up import stand_in

CLASSES = 3
NETWORK = NetworkConfig(widths=(8,))
SIZES = {"latent": 2, "encoder": NETWORK, "decoder": NETWORK, "x_shape": (1, 4, 4)}
STEP, REACH = 0.06, 8.0  # of the grid over the plane


def filled(model):
    """In float64, with weights that make every input matter, and q no narrower than the grid."""
    generator = torch.Generator().manual_seed(1)
    model = model.double().requires_grad_(False)
    for parameter in model.parameters():
        parameter.copy_(0.6 * torch.randn(parameter.shape, generator=generator))
    model.encoder[-1].weight.mul_(0.1)
    model.encoder[-1].bias.copy_(torch.tensor([0.3, -0.2, -1.0, -0.9]))
    return model


@pytest.fixture
def cvae():
    return filled(build(LabelledConfig("cvae", classes=CLASSES, **SIZES)))


@pytest.fixture
def images(generator):
    """Five binary images [5, 1, 4, 4] and their classes."""
    x = (torch.rand(5, 1, 4, 4, generator=generator) < 0.4).double()
    return x, torch.tensor([0, 1, 2, 1, 0])


def log_joint(model, x, y):
    """log p(x, z|y) of one image on the grid, and the grid's codes and area of a cell."""
    axis = torch.arange(-REACH, REACH + STEP / 2, STEP, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    likelihood = model.decode(z, torch.full((len(z),), y)).log_prob(x.expand(len(z), -1, -1, -1))
    prior = -0.5 * (z**2).sum(1) - math.log(2 * math.pi)
    return likelihood + prior, z, 2 * math.log(STEP)


def exact(model, x, y):
    """log p(x|y) of one image [1, C, H, W] by the trapezoidal rule, nats."""
    joint, _, cell = log_joint(model, x, y)
    return torch.logsumexp(joint, 0) + cell


def test_one_that_hears_nothing_of_the_class_is_a_vae(cvae, images):
    """No pictures and no weights for y: encoder, decoder and terms are those of the VAE."""
    x, y = images
    vae = filled(build(Config("vae", **SIZES)))
    cvae.class_embedding.zero_()
    cvae.decoder[0].weight[:, 2:] = 0
    vae.encoder.load_state_dict(cvae.encoder.state_dict())
    state = cvae.decoder.state_dict()
    vae.decoder.load_state_dict(state | {"0.weight": state["0.weight"][:, :2]})
    told, untold = (
        model.terms(Batch(x, y, torch.Generator().manual_seed(2))) for model in (cvae, vae)
    )
    assert told.keys() == untold.keys()
    for name, term in untold.items():
        torch.testing.assert_close(told[name], term, atol=1e-12, rtol=0)
    weights = [
        log_importance_weights(model, x, 4, torch.Generator().manual_seed(2), labels)
        for model, labels in ((cvae, y), (vae, None))
    ]
    torch.testing.assert_close(*weights, atol=1e-12, rtol=0)


def test_the_class_reaches_encoder_and_decoder(cvae, images):
    """The picture of y is a bias of its own in the first layer; the decoder takes z then y."""
    x, y = images
    first = cvae.encoder[1]
    hidden = first(x.flatten(1)) + (first.weight @ cvae.class_embedding[y].flatten(1).T).T
    mu, log_var = cvae.encoder[2:](hidden).chunk(2, dim=1)
    q = cvae.encode(x, y)
    torch.testing.assert_close(q.mu, mu)
    torch.testing.assert_close(q.log_var, log_var)
    z = torch.tensor([0.3, -1.1], dtype=torch.float64)
    code = torch.cat([z.expand(CLASSES, 2), torch.eye(CLASSES).double()], 1)
    expected = torch.sigmoid(cvae.decoder(code))
    torch.testing.assert_close(classes.every_class(cvae, z), expected)


@pytest.mark.parametrize("y", [0, 2])
def test_what_the_bound_leaves_out_is_the_divergence_from_the_posterior(cvae, images, y):
    """ELBO + KL(q || p(z|x, y)) = log p(x|y), the KL to the prior in closed form."""
    x = images[0][:1]
    joint, z, cell = log_joint(cvae, x, y)
    log_p = torch.logsumexp(joint, 0) + cell
    log_q = cvae.encode(x, torch.tensor([y])).log_prob(z)
    q = (log_q + cell).exp()
    assert q.sum().item() == pytest.approx(1, abs=1e-8)
    prior = -0.5 * (z**2).sum(1) - math.log(2 * math.pi)
    kl = kl_to_standard_normal(cvae.encode(x, torch.tensor([y]))).sum()
    elbo = (q * (joint - prior)).sum() - kl
    divergence = (q * (log_q - (joint - log_p))).sum()
    assert divergence > 0.01
    assert float(elbo + divergence - log_p) == pytest.approx(0, abs=1e-6)


def test_terms_are_the_bounds(cvae, images, assert_mean):
    """-(reconstruction + kl) is the ELBO of log p(x|y) in the mean, by the grid's own sum."""
    x, y = images[0][:1], 1
    joint, z, cell = log_joint(cvae, x, y)
    q = cvae.encode(x, torch.tensor([y]))
    log_q = q.log_prob(z)
    elbo = ((log_q + cell).exp() * (joint - log_q)).sum()
    n = 4_000
    batch = Batch(x.expand(n, -1, -1, -1), torch.full((n,), y), torch.Generator().manual_seed(3))
    terms = cvae.terms(batch)
    assert_mean(-(terms["reconstruction"] + terms["kl"]), elbo)
    torch.testing.assert_close(terms["kl"][:1], kl_to_standard_normal(q).sum(-1))


@pytest.mark.parametrize("y", [0, 1])
def test_importance_weights_average_to_the_integral(cvae, images, generator, assert_mean, y):
    x = images[0][1:2]
    log_p = exact(cvae, x, y)
    log_weights = log_importance_weights(cvae, x, 20_000, generator, torch.tensor([y]))
    assert_mean((log_weights - log_p).exp(), 1.0)
    assert float(importance_bound(log_weights) - log_p) == pytest.approx(0, abs=0.05)


def test_log_likelihoods_are_in_parts_what_they_are_at_once(cvae, images):
    x, y = images
    whole = classes.log_likelihoods(cvae, x, y, 50, torch.Generator().manual_seed(4))
    weights = log_importance_weights(cvae, x, 50, torch.Generator().manual_seed(4), y)
    torch.testing.assert_close(whole, (weights.mean(0), importance_bound(weights)))
    assert (whole[0] < whole[1]).all()
    parts = classes.log_likelihoods(cvae, x, y, 50, torch.Generator().manual_seed(4), 100)
    assert parts[0].shape == whole[0].shape
    first = log_importance_weights(cvae, x[:2], 50, torch.Generator().manual_seed(4), y[:2])
    torch.testing.assert_close(parts[1][:2], importance_bound(first))


def test_the_class_is_worth_its_own_logarithm_at_most(cvae, images):
    """Summed out by hand over the grid; log p(x|y) - log p(x) averages to KL(p(y|x) || p(y))."""
    given = torch.stack([exact(cvae, images[0][:1], y) for y in range(CLASSES)]).unsqueeze(1)
    log_p = classes.without_class(given)
    assert float(log_p.exp()) == pytest.approx(float(given.exp().mean()), rel=1e-12)
    gain = given - log_p
    assert float(gain.max()) <= math.log(CLASSES)
    posterior = gain.exp() / CLASSES  # Bayes' rule
    assert float(posterior.sum()) == pytest.approx(1, abs=1e-12)
    sure = torch.tensor([[0.0], [-1e4], [-1e4]], dtype=torch.float64)
    assert float(sure[0] - classes.without_class(sure)) == pytest.approx(math.log(CLASSES))


class Striped:
    """Draws class y as a picture whose row y is white, and reads it so but for one class."""

    device = torch.device("cpu")

    def __init__(self, blind=None):
        self.blind = blind

    def prior(self):
        zeros = torch.zeros(2)
        return DiagonalGaussian(zeros, zeros)

    def decode(self, z, y):
        self.z = z
        rows = one_hot(y, 4).float()[:, None, :, None]
        return SimpleNamespace(mean=rows.expand(-1, 1, 4, 4))

    def classify(self, x):
        rows = x[:, 0].mean(-1)
        if self.blind is not None:
            rows[:, self.blind] = -1
        return Categorical(logits=rows)


def test_recognised_counts_what_the_classifier_takes_for_the_class(generator, assert_mean):
    model = stand_in(Striped())
    found = classes.recognised(model, model, 3, 500, generator)
    assert found.means.all()
    assert found.draws.all()
    assert found.means.shape == found.draws.shape == (500,)
    assert_mean(model.z, 0.0)
    assert_mean(model.z**2, 1.0)
    missed = classes.recognised(model, stand_in(Striped(blind=3)), 3, 50, generator)
    assert not missed.means.any()
    assert not missed.draws.any()


def test_a_random_affine_sees_the_image_through_an_affine_map():
    """Bilinear sampling is exact on a ramp: at (u, v) one sees the ramp at A (u, v, 1)."""
    side = 16
    centres = (torch.arange(side).double() + 0.5) * 2 / side - 1
    v, u = torch.meshgrid(centres, centres, indexing="ij")

    def ramp(u, v):
        return 0.5 + 0.2 * u - 0.1 * v

    x = ramp(u, v).expand(3, 1, side, side)
    seen = RandomAffine(0.05).sample(x, torch.Generator().manual_seed(5))
    noise = torch.randn(3, 2, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    maps = torch.eye(2, 3).double() + 0.05 * noise
    places = torch.einsum("nij,jhw->nihw", maps, torch.stack([u, v, torch.ones_like(u)]))
    inside = (places.abs() < 1 - 1 / side).all(1)
    assert inside.float().mean() > 0.5
    expected = ramp(places[:, 0], places[:, 1])
    torch.testing.assert_close(seen[:, 0][inside], expected[inside], atol=1e-12, rtol=0)
    still = RandomAffine(0.0).sample(x, torch.Generator().manual_seed(5))
    torch.testing.assert_close(still, x, atol=1e-12, rtol=0)


def test_a_classifier_is_shown_the_corruption_in_training_only(x, generator):
    torch.manual_seed(0)
    plain = build(LabelledConfig("classifier", 4, NetworkConfig(widths=(8,))))
    jittered = build(replace(plain.config, corruption=RandomAffine(0.3)))
    jittered.load_state_dict(plain.state_dict())
    y = torch.zeros(len(x), dtype=torch.long)
    torch.testing.assert_close(plain.classify(x).logits, jittered.classify(x).logits)
    seen = RandomAffine(0.3).sample(x, torch.Generator().manual_seed(6))
    term = jittered.terms(Batch(x, y, torch.Generator().manual_seed(6)))["classification"]
    torch.testing.assert_close(term, plain.terms(Batch(seen, y))["classification"])
    assert not torch.allclose(term, plain.terms(Batch(x, y))["classification"])


def test_the_classifier_network_gives_the_logits(x):
    torch.manual_seed(0)
    model = build(LabelledConfig("classifier", 4, NetworkConfig(channels=(4, 6), blocks=1)))
    shares = torch.softmax(model.classifier_network()(x), 1)
    torch.testing.assert_close(shares, model.classify(x).probs)
    torch.testing.assert_close(classes.class_posterior(model, x[0]), shares[0])
    assert b'"shape": [1, 28, 28]'.replace(b'"', b'\\"') in portable.classifier(model).content()
