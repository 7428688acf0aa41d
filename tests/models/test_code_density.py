"""A density fitted to codes: a planted one is found again, and it stands beside the weights."""

import pytest
import torch

from data import datasets
from evaluation import __main__ as cli
from evaluation import code_density
from evaluation.measures import Measure
from models import build, zoo
from models.distributions import DiagonalGaussian
from models.gaussian_mixture import GaussianMixture
from training import adapted
from training.recipes import RECIPES


@pytest.fixture
def planted():
    return GaussianMixture(
        torch.tensor([0.6, 0.4]),
        torch.tensor([[-3.0, 0.0], [3.0, 1.0]]),
        torch.tensor([[[1.0, 0.6], [0.6, 1.0]], [[0.3, 0.0], [0.0, 1.5]]]),
    )


def test_a_planted_mixture_is_recovered(planted, generator):
    z, held_out = planted.sample(8_000, generator), planted.sample(4_000, generator)
    found = code_density.fit(z, held_out)
    order = found.weights.argsort(descending=True)
    assert len(order) == 2
    assert torch.allclose(found.weights[order], planted.weights, atol=0.03)
    assert torch.allclose(found.means[order], planted.means, atol=0.1)
    assert torch.allclose(found.covariances[order], planted.covariances, atol=0.12)


def test_the_number_of_components_is_that_which_unseen_codes_like_best(generator):
    """Fitted to few codes, many components remember them: the codes held out tell."""
    z, held_out = (torch.randn(n, 6, generator=generator) for n in (400, 2_000))
    assert len(code_density.fit(z, held_out).weights) == 1
    assert len(code_density.fit(z, z).weights) > 1


def test_codes_of_a_vae_are_draws_of_its_posterior(digits, small_config, monkeypatch):
    """The decoder learned from draws of q(z|x), not from means; those of an AE are one."""
    images = digits.train.part(slice(300))
    for family in ("vae", "ae"):
        torch.manual_seed(0)
        model = build(small_config(family)).eval()
        z = code_density.posterior_draws(model, images)
        assert torch.equal(z, code_density.posterior_draws(model, images))
        q = model.encode(datasets.unit_interval(images.images))
        off = (z - q.mean).detach()
        if isinstance(q, DiagonalGaussian):
            assert (off / q.variance.sqrt()).std().item() == pytest.approx(1, abs=0.1)
        else:
            assert not off.any()


def test_what_has_no_codes_of_its_own_is_left_alone(small_config):
    suits = {
        family: code_density.suits(build(small_config(family)))
        for family in ("ae", "dae", "vae", "vae-gan", "gan", "cvae", "m2", "classifier")
    }
    assert {family for family, fits in suits.items() if fits} == {"ae", "dae", "vae", "vae-gan"}


def test_the_command_puts_it_beside_the_weights(tmp_path, save_checkpoint, capsys):
    save_checkpoint(tmp_path, "vae", 2)
    before = zoo.load(tmp_path / "vae-2")
    words = ["vae-2", "--only", "mixture", "--write", "--checkpoints", str(tmp_path)]
    assert cli.main(words) == 0
    after = zoo.load(tmp_path / "vae-2")
    assert f"{len(after.mixture.weights)} Gaussians in the mixture" in capsys.readouterr().out
    assert after.mixture.latent == 2
    assert after.card.metrics == before.card.metrics
    assert after.card.weights_sha256 == before.card.weights_sha256
    assert cli.main(words) == 0  # and takes the place of the old one


def test_those_that_have_one_are_left_out_if_asked(tmp_path, save_checkpoint, capsys):
    save_checkpoint(tmp_path, "vae", 2)
    words = ["--all", "--missing", "--only", "mixture", "--write", "--checkpoints", str(tmp_path)]
    for fitted in (True, False):
        assert cli.main(words) == 0
        assert ("Gaussians in the mixture" in capsys.readouterr().out) == fitted


def test_a_recipe_for_other_data_asks_for_a_mixture(digits):
    """Sample draws from what somebody trained; of the shipped ones, those that it or GAN shows."""
    wanted = {name for name, r in RECIPES.items() if Measure.MIXTURE in r.measures}
    shown = {"ae-2", "dae-2", "vae-2", "ae-16", "dae-16", "vae-16"}
    assert wanted == shown | {"vae-16-conv", "vae-gan-16", "gan-16"}
    other = adapted.on_other_data(RECIPES["ae-2-mlp"], digits, "ae-2-mlp-digits")
    assert Measure.MIXTURE in other.measures


def test_a_name_that_is_none_is_said_in_a_sentence(tmp_path, capsys):
    assert cli.main(["vae-2", "--only", "mixture", "--checkpoints", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("There is no checkpoint 'vae-2'")
