"""What the page says of draws from N(0, I) and of better ones, on the shipped networks."""

import dataclasses
import re
from typing import Any

import pytest
import torch

from evaluation import generation
from explore import latent
from models.origins import CODES, MIXTURE, PRIOR, metric_name
from views.gan import gan
from views.gan.gan import offered, words
from views.kit.origins import SAME_DIGITS, TITLES
from views.maps import maps
from views.maps.maps import codes_of, map_of
from views.sample import sample

pytestmark = pytest.mark.slow

N = 2_000
FITTED = ("ae-2", "dae-2", "vae-2", "ae-16", "dae-16", "vae-16", "vae-16-conv", "vae-gan-16")


@pytest.fixture(scope="module")
def classified(shipped):
    """classified(name, origin): q(y|x) [N, 10] of the pictures of N draws, by our classifier."""
    judge, known = shipped.zoo["classifier"].model, {}

    def probabilities(name, origin=PRIOR):
        if (name, origin) not in known:
            entry = shipped.zoo[name]
            pictures = latent.decode(entry.model, latent.drawn_codes(entry, origin, N, 1))
            with torch.no_grad():
                known[name, origin] = judge.classify(pictures).probs
        return known[name, origin]

    return probabilities


def counts(probabilities):
    return torch.bincount(probabilities.argmax(1), minlength=10)


def effective(probabilities):
    """e^H of the likeliest classes."""
    shares = counts(probabilities) / len(probabilities)
    return float(torch.special.entr(shares).sum().exp())


def recognised(probabilities):
    return float((probabilities.max(1).values > 0.9).float().mean())


def value(shipped, name, metric, origin=PRIOR):
    return shipped.zoo[name].card.metrics[metric_name(metric, origin)]


def beyond_the_spread(less, more):
    """Is the one metric less than the other by more than four of their deviations?"""
    spread = 4 * ((less.deviation or 0) ** 2 + (more.deviation or 0) ** 2) ** 0.5
    return more.value - less.value > spread


# --- in two dimensions what fails is coverage ---------------------------------------------------


@pytest.mark.parametrize("name", ["ae-2", "dae-2"])
def test_draws_of_a_2d_autoencoder_lie_where_its_codes_are_and_are_digits(
    name, shipped, classified
):
    density = latent.kernel_density(shipped.zoo[name].codes.z)
    assert density.share_in_holes(latent.prior_draws(2, 10_000, 1.0, 0)) < 0.01
    assert recognised(classified(name)) > 0.8


@pytest.mark.parametrize("name", ["ae-2", "dae-2", "vae-2"])
def test_what_is_said_of_the_shaded_holes_holds(name, shipped):
    """By kernels counted here; the code's own would lift it out of any hole."""
    z = shipped.zoo[name].codes.z
    density = latent.kernel_density(z)

    def kernels(places):
        return torch.exp(-((torch.cdist(places.double(), z.double()) / density.bandwidth) ** 2) / 2)

    around = kernels(z).fill_diagonal_(0).sum(1) / (len(z) - 1)
    fallen = kernels(latent.prior_draws(2, 10_000, 1.0, 0)).mean(1) < density.least
    most, share = map(float, re.findall(r"([\d.]+) %", codes_of(shipped.zoo[name]).shade))
    assert 100 * float((around >= density.least).double().mean()) == pytest.approx(most, abs=0.1)
    assert 100 * float(fallen.double().mean()) == pytest.approx(share, abs=0.06)
    assert density.share_in_holes(z) == 0  # so it may not say that codes lie there


def test_ae_2_draws_hardly_a_1_or_a_7(classified, shipped):
    found = counts(classified("ae-2"))
    assert max(found[1], found[7]) < 0.01 * N
    assert effective(classified("ae-2")) < 7.5 < 9 < effective(classified("vae-2"))

    def rare(name):
        known: Any = latent.classes_drawn(shipped.zoo[name].card, PRIOR)
        return latent.rare_classes(*known)

    assert {1, 7} <= set(rare("ae-2"))
    assert not rare("vae-2")


def test_the_view_says_so_and_opens_where_it_fails_at_once(shipped):
    assert "hardly a 1 or a 7" in sample.LOOK
    assert "coverage" in sample.LOOK
    assert sample.START == 16
    drawn = map_of(shipped, shipped.zoo["ae-2"]).drawn
    assert "hardly any 1, 7" in drawn
    assert f"e^H = {value(shipped, 'ae-2', 'effective classes').value:.1f} of" in drawn
    assert "hardly" not in map_of(shipped, shipped.zoo["vae-2"]).drawn
    assert "What does N(0, I) miss?" in maps.LOOK


def test_two_autoencoders_were_regularised_and_the_page_says_so(shipped):
    for name in ("ae-2", "dae-2", "ae-16", "dae-16"):
        entry = shipped.zoo[name]
        note = sample.origin_of(entry, PRIOR).note
        penalised = entry.card.config.code_penalty > 0
        assert penalised == (entry.model.latent == 2)
        assert ("Ghosh et al. 2020" in note) == penalised
        assert ("Never told of N(0, I)" in note) != penalised


# --- the prior was wrong ------------------------------------------------------------------------


def test_every_model_that_is_sampled_has_a_mixture(shipped):
    assert {n for n, entry in shipped.zoo.items() if entry.mixture} == set(FITTED)


@pytest.mark.parametrize("name", FITTED)
def test_the_mixture_knows_codes_better_than_the_prior(name, shipped):
    """Codes of test images, which neither the network nor the mixture was fitted to."""
    entry = shipped.zoo[name]
    normal = torch.distributions.Normal(0, 1)
    of_prior = normal.log_prob(entry.codes.z.double()).sum(1).mean()
    assert entry.mixture.log_prob(entry.codes.z).mean() > of_prior


@pytest.mark.parametrize("name", FITTED)
def test_draws_from_the_mixture_are_nearer_to_digits_beyond_the_spread(name, shipped):
    fid = {o: value(shipped, name, "classifier FID", o) for o in (PRIOR, MIXTURE, CODES)}
    assert beyond_the_spread(fid[MIXTURE], fid[PRIOR])
    assert fid[CODES].value < fid[PRIOR].value
    precision = {o: value(shipped, name, "precision", o) for o in (PRIOR, MIXTURE)}
    assert beyond_the_spread(precision[PRIOR], precision[MIXTURE])


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("origin", [PRIOR, MIXTURE, CODES])
def test_the_cards_numbers_are_found_again_by_other_draws(name, origin, shipped, classified):
    """Of fewer pictures and another seed: within four standard errors of a share of N.

    Codes are those of the first N test images, which are no random part of all: 0.02 more."""
    card = value(shipped, name, "recognised", origin)
    error = (card.value * (1 - card.value) / N + (card.deviation or 0) ** 2) ** 0.5
    apart = 4 * error + 0.02 * (origin == CODES)
    assert recognised(classified(name, origin)) == pytest.approx(card.value, abs=apart)
    known: Any = latent.classes_drawn(shipped.zoo[name].card, origin)
    found = counts(classified(name, origin)) / N
    for share, again in zip(known[0], found.tolist(), strict=True):
        assert again == pytest.approx(share, abs=4 * (share / N) ** 0.5 + 0.01)


def test_the_mixtures_are_small(shipped, request):
    for name in FITTED:
        path = request.config.rootpath / "checkpoints" / name / "mixture.safetensors"
        assert path.stat().st_size < 200_000


def test_sample_shows_counts_beside_those_of_real_digits_with_their_protocol(shipped):
    facts = sample.facts_of(shipped, 16)
    for origin in (PRIOR, MIXTURE, CODES):
        for model in facts.models:
            metrics, found = shipped.zoo[model.name].card.metrics, model.origins[origin]
            rows = metrics[metric_name("classes drawn", origin)].value
            assert (tuple(found.shares.drawn), tuple(found.shares.real)) == rows
            fid = metrics[metric_name("classifier FID", origin)]
            (shown,) = (each for each in found.measures if each.title == "FID")
            assert (shown.average.value, shown.deviation) == (fid.value, fid.deviation)
            assert shown.average.protocol == fid.sentence()
        # Those of real digits are the same beside every model.
        real = shipped.zoo[facts.models[-1].name].card.metrics["classifier FID"].real
        told = facts.real[origin]
        assert f"FID {real:.1f}" in told
        assert f"of {generation.PICTURES:,} pictures" in told
        over = f"a draw, ± the standard deviation over {generation.DRAWS} draws"
        assert (over in told) == (origin != CODES)
        assert f"recognised: over {100 * generation.CERTAINTY:.0f} % sure" in told
        assert (SAME_DIGITS in told) == (origin == CODES)


def test_reconstructions_of_test_digits_do_come_out_better_than_other_real_ones(shipped):
    """And so better than draws of the mixture, which is no proof that the mixture is wrong."""
    for name in ("ae-16", "vae-16"):
        fid = value(shipped, name, "classifier FID", CODES)
        assert fid.value < fid.real
        assert fid.value < value(shipped, name, "classifier FID", MIXTURE).value
        precision = value(shipped, name, "precision", CODES)
        assert precision.value > precision.real


def test_gan_says_what_the_prior_cost_and_that_a_gan_has_no_codes(shipped):
    entries = [shipped.zoo[name] for name in gan.SHOWN]
    for origin in (MIXTURE, CODES):
        text = words(entries, origin)
        for name in ("vae-16-conv", "vae-gan-16"):
            for metric, digits in (("classifier FID", 1), ("precision", 2)):
                pair = [value(shipped, name, metric, o).value for o in (PRIOR, origin)]
                assert " → ".join(f"{v:.{digits}f}" for v in pair) in text
        assert "it stays at N(0, I)" in text
        assert (SAME_DIGITS in text) == (origin == CODES)
        assert ("lost by the prior, not by the decoder" in text) == (origin == MIXTURE)
    assert latent.origins_of(entries[-1]) == [PRIOR]


def test_gan_offers_no_origin_that_none_of_its_models_has(shipped):
    assert offered([shipped.zoo[name] for name in gan.SHOWN]) == TITLES
    without = dataclasses.replace(shipped.zoo["vae-16"], mixture=None)
    assert list(offered([without, shipped.zoo["gan-16"]])) == [PRIOR, CODES]
    assert list(offered([shipped.zoo["gan-16"]])) == [PRIOR]
