"""The contract of models/base.py, held by every family with every network and likelihood."""

import json
from dataclasses import replace
from itertools import pairwise, product

import pytest
import torch
from torch.distributions import Distribution, kl_divergence

from models import FAMILIES, Batch, Config, build
from models.bounds import importance_bound, log_importance_weights
from models.corruption import CORRUPTIONS, AdditiveGaussian, Masking, OneOf
from models.distributions import CodeDistribution
from models.likelihoods import Bernoulli, DiscretizedLogistic, Gaussian
from models.networks import NetworkConfig

LIKELIHOODS = {
    "bernoulli": Bernoulli(),
    "fixed": Gaussian("fixed"),
    "shared": Gaussian("shared"),
    "predicted": Gaussian("predicted", sigma=0.3),
    "discretized": DiscretizedLogistic(),
}

EVERY_CORRUPTION = [*(kind(0.5) for kind in CORRUPTIONS.values())]
EVERY_CORRUPTION += [AdditiveGaussian(0.5, clip=False), OneOf(tuple(EVERY_CORRUPTION)), None]


def models(*facts):
    """Parametrise by (family, network, likelihood), for the families of which `facts` hold."""
    kinds = product(FAMILIES, ("mlp", "conv"), LIKELIHOODS)
    chosen = [k for k in kinds if all(getattr(FAMILIES[k[0]], fact) for fact in facts)]
    # A game scores no p(x|z): it has no use for a learned variance, and refuses it.
    chosen = [k for k in chosen if FAMILIES[k[0]].has_likelihood or k[2] in ("bernoulli", "fixed")]
    return pytest.mark.parametrize("model", chosen, ids="-".join, indirect=True)


@pytest.fixture
def model(request, small_config):
    family, network, likelihood = request.param
    torch.manual_seed(0)
    return build(small_config(family, network, LIKELIHOODS[likelihood]))


@pytest.fixture
def batch(x, digits, generator):
    return Batch(x, digits.train.labels[: len(x)], generator)


@models("has_classifier")
def test_classify_gives_a_distribution_over_classes(model, batch):
    q = model.classify(batch.x)
    assert q.probs.shape == (len(batch.x), model.config.classes)
    torch.testing.assert_close(q.probs.sum(1), torch.ones(len(batch.x)))
    torch.testing.assert_close(q.probs[2:3], model.classify(batch.x[2:3]).probs)
    torch.testing.assert_close(model.classifier_network()(batch.x).softmax(1), q.probs)


@models("encode_needs_label")
def test_labels_are_needed_and_make_a_difference(model, batch):
    """Not in a fresh encoder: what it learns of a class starts at zero."""
    with pytest.raises(ValueError, match="needs a label"):
        model.encode(batch.x)
    z = torch.zeros(len(batch.x), model.latent)
    with pytest.raises(ValueError, match="needs a label"):
        model.decode(z)
    drawn = model.decode(z, torch.arange(len(z))).mean
    assert not torch.allclose(drawn[0], drawn[1])


@models("decode_needs_label")
def test_a_class_is_drawn_only_if_one_is_told(model):
    """Also by a family that finds a class itself before it encodes."""
    with pytest.raises(ValueError, match="needs a label"):
        model.decode(torch.zeros(1, model.latent))


@pytest.mark.parametrize(
    "family", [f.family for f in FAMILIES.values() if f.has_decoder and not f.decode_needs_label]
)
def test_all_others_decode_a_code_alone(family, small_config):
    z = torch.zeros(2, 3)
    assert build(small_config(family)).decode(z).mean.shape == (2, 1, 28, 28)


@models("has_encoder")
def test_encode_gives_a_distribution_over_codes(model, batch):
    q = model.encode(batch.x, batch.y)
    assert isinstance(q, CodeDistribution)
    assert q.batch_shape == (len(batch.x),)
    assert q.event_shape == (model.latent,)
    assert q.mean.shape == (len(batch.x), model.latent)
    assert q.rsample((4,), generator=batch.generator).shape == (4, len(batch.x), model.latent)


@models("has_decoder")
def test_decode_gives_a_distribution_over_images(model, batch, generator):
    z = torch.randn(len(batch.x), model.latent, generator=generator)
    p = model.decode(z, batch.y)
    assert isinstance(p, Distribution)
    assert p.mean.shape == batch.x.shape == (len(batch.x), *model.x_shape)
    assert p.mean.min() >= 0
    assert p.mean.max() <= 1
    assert p.log_prob(batch.x).shape == (len(batch.x),)


@models("has_decoder")
def test_codes_make_a_difference_image_by_image(model, batch, generator):
    """Other codes give other pictures, and no image of a batch depends on its neighbours."""
    z = torch.randn(len(batch.x), model.latent, generator=generator)
    together = model.decode(z, batch.y).mean
    alone = model.decode(z[2:3], batch.y[2:3]).mean
    torch.testing.assert_close(together[2:3], alone)
    assert not torch.allclose(together[0], together[1])


@models("has_encoder", "has_decoder")
def test_reconstruct_is_the_picture_of_the_mean_code(model, batch):
    code = model.encode(batch.x, batch.y).mean
    expected = model.decode(code, batch.y).mean
    torch.testing.assert_close(model.reconstruct(batch.x, batch.y), expected)


@models()
def test_terms_are_finite_numbers_per_example(model, batch):
    for name, term in model.terms(batch).items():
        assert term.shape == (len(batch.x),), name
        assert term.isfinite().all(), name


@models()
def test_terms_follow_their_generator_alone(model, batch):
    runs = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        runs.append(model.terms(Batch(batch.x, batch.y, torch.Generator().manual_seed(3))))
    for name, term in runs[0].items():
        assert torch.equal(term, runs[1][name]), name


@models()
def test_terms_survive_half_precision_layers(model, batch):
    """Layers may run in bfloat16; sums over 784 pixels may not: the terms stay as they were."""
    full = model.terms(Batch(batch.x, batch.y, torch.Generator().manual_seed(3)))
    with torch.autocast("cpu", torch.bfloat16):
        half = model.terms(Batch(batch.x, batch.y, torch.Generator().manual_seed(3)))
    for name, term in half.items():
        assert term.dtype == torch.float32, name
        torch.testing.assert_close(term, full[name], rtol=0.05, atol=0.05)


@models()
@pytest.mark.parametrize("step", [0, 1, 1_000_000])
def test_objective_weighs_terms_there_are(model, batch, step):
    terms = model.terms(batch)
    objective = model.objective(step)
    assert objective.keys() == model.players().keys()
    for weights in objective.values():
        assert weights
        assert weights.keys() <= terms.keys()


@models()
def test_players_share_out_the_parameters(model):
    """Every parameter is moved by one player, and by one only."""
    moved = [id(p) for parameters in model.players().values() for p in parameters]
    assert len(moved) == len(set(moved))
    assert set(moved) == {id(p) for p in model.parameters()}


@models()
def test_every_parameter_learns(model, batch):
    terms = model.terms(batch)
    for player, weights in model.objective(0).items():
        weighed = [weight * terms[name].mean() for name, weight in weights.items()]
        objective = torch.stack(weighed).sum()
        parameters = model.players()[player]
        gradients = torch.autograd.grad(objective, parameters, retain_graph=True)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            assert gradient.isfinite().all()
            assert gradient.any(), f"nothing teaches a parameter of shape {parameter.shape}"


@models()
def test_a_prior_is_over_codes_and_normalised(model):
    """Its log density sums to one; deterministic autoencoders and classifiers have none."""
    prior = model.prior()
    assert (prior is None) == (model.family in ("ae", "dae", "classifier"))
    assert model.has_prior == (prior is not None)
    if prior is not None:
        assert prior.event_shape == (model.latent,)
        axis = torch.linspace(-6, 6, 25)
        grid = torch.cartesian_prod(*model.latent * [axis])
        assert prior.log_prob(grid).exp().sum().item() * 0.5**model.latent == pytest.approx(1)


@models()
def test_config_survives_json(model):
    plain = json.loads(json.dumps(model.config.to_dict()))
    again = Config.from_dict(plain)
    assert again == model.config
    assert hash(again) == hash(model.config)
    shapes = {k: v.shape for k, v in build(again).state_dict().items()}
    assert shapes == {k: v.shape for k, v in model.state_dict().items()}


@pytest.mark.parametrize("corruption", EVERY_CORRUPTION, ids=lambda c: getattr(c, "kind", "none"))
@pytest.mark.parametrize("likelihood", LIKELIHOODS.values(), ids=LIKELIHOODS)
def test_every_choice_survives_json(corruption, likelihood, small_config):
    """Corruptions and likelihoods share names in the literature; on a card they must not."""
    config = small_config("ae", likelihood=likelihood, corruption=corruption)
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    "family", [f.family for f in FAMILIES.values() if f.has_encoder and f.has_decoder]
)
def test_the_two_sides_need_not_mirror(family, small_config, generator):
    """A convolutional encoder, a plain decoder, and images that are neither square nor grey."""
    asymmetric = small_config(family, x_shape=(3, 16, 24), latent=5).to_dict()
    asymmetric["encoder"] = NetworkConfig(channels=(4, 8), blocks=1).to_dict()
    model = build(Config.from_dict(asymmetric))
    x = torch.rand(2, 3, 16, 24, generator=generator)
    y = torch.tensor([0, 1])
    assert model.reconstruct(x, y).shape == x.shape
    assert all(term.shape == (2,) for term in model.terms(Batch(x, y, generator)).values())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "unheard-of"}, "does not know the kind"),
        ({"surprise": 1}, "fields"),
        ({"latent": 0}, "must lie between 1"),
        ({"latent": "2"}, "fields"),
        ({"corruption": {"kind": "masking", "strength": 1.5}}, "between 0 and 1"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(change, reason, small_config):
    with pytest.raises(ValueError, match=reason):
        Config.from_dict(small_config("ae").to_dict() | change)


def test_another_record_is_not_a_config():
    with pytest.raises(ValueError, match="expected a Config"):
        Config.from_dict(NetworkConfig().to_dict())


def test_an_unknown_family_is_refused(small_config):
    with pytest.raises(ValueError, match="does not know the family"):
        build(small_config("unheard-of"))


def test_a_config_of_another_family_is_refused(small_config):
    with pytest.raises(ValueError, match="takes a LabelledConfig"):
        build(replace(small_config("vae"), family="cvae"))


def test_a_denoising_autoencoder_needs_a_corruption(small_config):
    with pytest.raises(ValueError, match="needs a corruption"):
        build(small_config("dae", corruption=None))


def test_autoencoder_reconstruction_is_minus_log_likelihood(x, small_config):
    model = build(small_config("ae"))
    expected = -model.decode(model.encode(x).rsample()).log_prob(x)
    torch.testing.assert_close(model.terms(Batch(x))["reconstruction"], expected)


def test_denoising_autoencoder_sees_the_damage_and_answers_for_the_original(x, small_config):
    """With every pixel masked it sees black, and is scored against the clean image."""
    model = build(small_config("dae", corruption=Masking(1.0)))
    from_black = model.decode(model.encode(torch.zeros_like(x)).mean)
    expected = -from_black.log_prob(x)
    torch.testing.assert_close(model.terms(Batch(x))["reconstruction"], expected)


def test_denoising_autoencoder_without_damage_is_an_autoencoder(x, small_config):
    states = []
    for family in ("ae", "dae"):
        torch.manual_seed(0)
        model = build(small_config(family, corruption=OneOf((AdditiveGaussian(0.0), Masking(0.0)))))
        states.append(model.terms(Batch(x))["reconstruction"])
    assert torch.equal(*states)


@pytest.fixture
def vae(small_config):
    torch.manual_seed(0)
    return build(small_config("vae"))


def test_vae_terms_are_those_of_the_bound(vae, x):
    q = vae.encode(x)
    z = q.rsample(generator=torch.Generator().manual_seed(3))
    terms = vae.terms(Batch(x, generator=torch.Generator().manual_seed(3)))
    standard = torch.distributions.Normal(torch.zeros_like(q.mu), 1.0)
    kl = kl_divergence(torch.distributions.Normal(q.mean, q.stddev), standard).sum(-1)
    torch.testing.assert_close(terms["kl"], kl)
    torch.testing.assert_close(terms["reconstruction"], -vae.decode(z).log_prob(x))
    assert vae.objective(0) == {"model": {"reconstruction": 1.0, "kl": 1.0}}


def test_vae_posterior_stays_finite_for_an_extreme_encoder(vae, x, generator):
    """One untrained batch can put out a log variance of thousands; exp of that is infinite."""
    with torch.no_grad():
        vae.encoder[-1].bias[vae.latent :] = 5_000.0
    terms = vae.terms(Batch(x, generator=generator))
    assert all(term.isfinite().all() for term in terms.values())


def test_one_importance_sample_is_the_elbo_on_average(vae, x, generator, assert_mean):
    """IWAE_1 = ELBO in expectation: Burda et al. 2015, eq. 8."""
    one, n = x[:1].round(), 4_000
    with torch.no_grad():
        log_weights = log_importance_weights(vae, one.expand(n, 1, 28, 28), 1, generator)
        terms = vae.terms(Batch(one.expand(n, 1, 28, 28), generator=generator))
    elbo = -(terms["reconstruction"] + terms["kl"])
    assert_mean(importance_bound(log_weights) - elbo, 0.0)


def test_more_importance_samples_tighten_the_bound(vae, x, generator):
    """ELBO <= IWAE_5 <= IWAE_50 on average, with the gaps well above their standard errors."""
    one, n = x[:1].round(), 400
    with torch.no_grad():
        vae.encoder[-1].bias[: vae.latent] += (
            1.0  # a posterior that is off, so that the bounds part
        )
        log_weights = log_importance_weights(vae, one.expand(n, 1, 28, 28), 50, generator).double()
    estimates = [importance_bound(log_weights[:k]) for k in (1, 5, 50)]
    for looser, tighter in pairwise(estimates):
        gap = tighter - looser
        assert gap.mean() > 4 * gap.std() / n**0.5
