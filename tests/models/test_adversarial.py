"""GAN and VAE+GAN: their terms are those of the papers, and each player minds its own."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import Normal

from data import datasets
from models import Batch, build
from models.adversarial import Discriminator, he_init
from models.likelihoods import Gaussian
from models.networks import NetworkConfig
from models.vae_gan import gaussian_nll
from training.loop import Finished, fit
from training.recipes import RECIPES, Recipe


def batch(x, seed=3):
    return Batch(x, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(params=["mlp", "conv"])
def gan(request, small_config):
    torch.manual_seed(0)
    return build(small_config("gan", request.param))


@pytest.fixture(params=["mlp", "conv"])
def vae_gan(request, small_config):
    torch.manual_seed(0)
    network = (
        NetworkConfig(channels=(4, 6)) if request.param == "conv" else NetworkConfig(widths=(16,))
    )
    return build(
        small_config("vae-gan", request.param, discriminator=network, gamma=0.3, feature_sigma=0.5)
    )


def probability(model, pictures):
    """D, the sigmoid of the discriminator's last layer."""
    return model.discriminator.layers(pictures).squeeze(1).sigmoid()


def test_the_game_is_that_of_goodfellow(gan, x):
    terms = gan.terms(batch(x))
    z = gan.prior().sample((len(x),), generator=torch.Generator().manual_seed(3))
    fake = probability(gan, gan.decode(z).mean)
    torch.testing.assert_close(terms["real loss"], -probability(gan, x).log())
    torch.testing.assert_close(terms["fake loss"], -(1 - fake).log())
    torch.testing.assert_close(terms["generator loss"], -fake.log())
    assert gan.objective(0) == {
        "generator": {"generator loss": 1.0},
        "discriminator": {"real loss": 1.0, "fake loss": 1.0, "gradient penalty": 1.0},
    }


def test_the_players_of_a_gan_are_generator_and_discriminator(gan):
    players = {player: set(map(id, ps)) for player, ps in gan.players().items()}
    assert players["generator"] == {id(p) for p in gan.decoder.parameters()}
    assert players["discriminator"] == {id(p) for p in gan.discriminator.parameters()}


@pytest.mark.parametrize(
    "layer",
    [nn.Linear(400, 600), nn.Conv2d(20, 300, 3), nn.ConvTranspose2d(20, 300, 4, stride=2)],
    ids=["dense", "convolution", "transposed"],
)
def test_a_layer_keeps_the_scale_of_what_was_rectified(layer, generator):
    """relu(y), y of variance s^2, comes out with variance s^2: half is lost, and made good."""
    torch.manual_seed(1)
    he_init(layer)
    shape = (100, 400) if isinstance(layer, nn.Linear) else (20, 20, 9, 9)
    y = 3 * torch.randn(shape, generator=generator)
    out = layer(y.relu())
    inside = out if out.ndim == 2 else out[..., 2:-2, 2:-2]  # less is summed at the edge
    assert inside.var().item() == pytest.approx(9, rel=0.1)


def test_codes_begin_as_different_pictures():
    """What he_init says of PyTorch's own start, which the VAE+GAN's decoder has."""
    z = torch.randn(300, 16, generator=torch.Generator().manual_seed(0))
    spread = {}
    for name in ("gan-16", "vae-gan-16"):
        torch.manual_seed(0)
        spread[name] = build(RECIPES[name].config).decode(z).mean.std(0).mean().item()
    assert spread["gan-16"] == pytest.approx(0.19, abs=0.05)
    assert spread["vae-gan-16"] == pytest.approx(0.005, abs=0.003)


def test_the_penalty_is_half_the_squared_gradient(x):
    """By finite differences, in double precision."""
    torch.manual_seed(0)
    discriminator = Discriminator((1, 28, 28), NetworkConfig(channels=(3,))).double()
    one = x[:1].double()
    _, logit, penalty = discriminator.with_penalty(one)
    steps = 1e-5 * torch.eye(784, dtype=torch.float64).reshape(784, 1, 28, 28)
    with torch.no_grad():
        gradient = (discriminator(one + steps)[1] - discriminator(one - steps)[1]) / 2e-5
    assert penalty.item() == pytest.approx(0.5 * gradient.square().sum().item(), rel=1e-6)
    torch.testing.assert_close(logit, discriminator(one)[1])


def test_the_penalty_is_there_without_gradients(gan, x):
    """Validation runs under no_grad."""
    with torch.no_grad():
        assert gan.terms(batch(x))["gradient penalty"].gt(0).all()


def test_features_are_those_before_the_logit():
    discriminator = Discriminator((1, 8, 8), NetworkConfig(channels=(5,)))
    features, logit = discriminator(torch.rand(2, 1, 8, 8))
    assert features.shape == (2, 5 * 4 * 4)
    torch.testing.assert_close(discriminator.layers[-1](features).squeeze(1), logit)


def test_the_terms_are_those_of_larsen(vae_gan, x):
    terms = vae_gan.terms(batch(x))
    generator = torch.Generator().manual_seed(3)
    q = vae_gan.encode(x)
    again = vae_gan.decode(q.rsample(generator=generator)).mean
    sample = vae_gan.decode(vae_gan.prior().sample((len(x),), generator=generator)).mean
    before = vae_gan.discriminator.layers[:-1]
    log_p = Normal(before(again), 0.5).log_prob(before(x)).sum(-1)
    torch.testing.assert_close(terms["feature reconstruction"], -log_p, rtol=1e-5, atol=1e-4)
    standard = Normal(0.0, 1.0)
    kl = torch.distributions.kl_divergence(Normal(q.mean, q.stddev), standard).sum(-1)
    torch.testing.assert_close(terms["kl"], kl)
    expected = {"real loss": -probability(vae_gan, x).log()}
    for name, fake in {"reconstruction": again, "sample": sample}.items():
        of_fake = probability(vae_gan, fake)
        expected[f"fake loss of {name}"] = -(1 - of_fake).log()
        expected[f"generator loss of {name}"] = -of_fake.log()
    for name, loss in expected.items():
        torch.testing.assert_close(terms[name], loss, rtol=1e-4, atol=1e-6)


def test_each_player_of_a_vae_gan_minds_its_own(vae_gan):
    """Algorithm 1: no judgement for the encoder, no reconstruction for the discriminator."""
    of_fakes = ("reconstruction", "sample")
    assert vae_gan.objective(0) == {
        "encoder": {"feature reconstruction": 1.0, "kl": 1.0},
        "decoder": {"feature reconstruction": 0.3}
        | {f"generator loss of {name}": 1.0 for name in of_fakes},
        "discriminator": {"real loss": 1.0, "gradient penalty": 1.0}
        | {f"fake loss of {name}": 1.0 for name in of_fakes},
    }
    players = {player: set(map(id, ps)) for player, ps in vae_gan.players().items()}
    for player in ("encoder", "discriminator", "decoder"):
        assert players[player] == {id(p) for p in getattr(vae_gan, player).parameters()}


def test_gaussian_nll_is_normalised():
    mean, sigma = torch.zeros(1, 2), 0.3
    axis = torch.linspace(-3, 3, 241)
    grid = torch.cartesian_prod(axis, axis)
    mass = (-gaussian_nll(grid, mean, sigma)).exp().sum() * (6 / 240) ** 2
    assert mass.item() == pytest.approx(1, abs=1e-5)
    expected = math.log(sigma) * 2 + math.log(2 * math.pi)
    assert gaussian_nll(mean, mean, sigma).item() == pytest.approx(expected)


@pytest.mark.parametrize("family", ["gan", "vae-gan"])
def test_a_game_is_played_to_its_last_epoch(family, small_config, digits):
    """No objective need fall, so what is watched is the pictures: from mid grey to digits' ink."""
    torch.manual_seed(0)
    recipe = Recipe(
        "game",
        small_config(family),
        "digits",
        epochs=2,
        batch_size=32,
        learning_rate=1e-2,
        validation=0,
    )
    model = build(recipe.config)
    z = model.prior().sample((50,), generator=torch.Generator().manual_seed(0))
    ink = datasets.unit_interval(digits.train.images).mean()
    before = (model.decode(z).mean.mean() - ink).abs()
    split = datasets.Split.of(digits.train.images[:480], digits.train.labels[:480])
    *_, finished = fit(recipe, model, split, torch.device("cpu"))
    assert isinstance(finished, Finished)
    assert finished.best_epoch == 2
    assert (model.decode(z).mean.mean() - ink).abs() < 0.8 * before
    assert all("validation" not in name for row in finished.curve for name in row)


@pytest.mark.parametrize(
    "choice",
    [
        {"gamma": -1.0},
        {"gradient_penalty": math.nan},
        {"feature_sigma": 0.0},
        {"likelihood": Gaussian("shared")},
    ],
)
def test_a_game_that_makes_no_sense_is_refused(choice, small_config):
    with pytest.raises(ValueError, match=r"must lie between|can learn no variance"):
        small_config("vae-gan", **choice)
