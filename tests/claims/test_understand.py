"""What the views from Reconstruct to Compare say, on the shipped networks.

What lectures say too is in test_lecture_*.py.

Each test asks for its sentence on the digit that its view opens with, and where one digit could be
an accident on the others of the sample sheet, too. A card's number is that of MNIST's test images.
"""

from pathlib import Path

import pytest
import torch
from torch.autograd.functional import jacobian

from data.binarize import SEED
from data.mixture import MIXTURE
from explore import geodesic, latent, ledger
from models.corruption import CORRUPTIONS
from models.likelihoods import MIN_LOG_VAR
from models.zoo import Zoo
from tests.places import ROOT
from views.compare import compare
from views.reconstruct import reconstruct as reconstruct_view

CARDS = Zoo(ROOT / "checkpoints")
FAMILIES = ("ae", "dae", "vae")


def value(name, metric):
    return CARDS[name].card.metrics[metric].value


def squared_errors(model, seen, clean):
    """Per pixel, [B], of what the model makes of `seen` against the clean images."""
    with torch.no_grad():
        return (model.reconstruct(seen) - clean).square().flatten(1).mean(1)


# --- Reconstruct, Compress ----------------------------------------------------------------------


def test_most_pixels_are_off_by_less_than_the_root_mean_square(shipped, opening):
    """So it is not the error of a typical pixel, and is not called that."""
    words = Path(reconstruct_view.__file__).with_name("words.js").read_text(encoding="utf-8")
    assert "root mean square" in words
    assert "typical pixel" not in words
    for size in (2, 16):
        rows = reconstruct_view.reconstructions(shipped, opening, size, seed=None)
        for entry, row in zip(shipped.of_size(size), rows, strict=True):
            with torch.no_grad():
                error = (entry.model.reconstruct(opening[None])[0] - opening).abs()
            less = (error < error.square().mean().sqrt()).float().mean().item()
            assert less > 0.7
            assert f"{100 * row.less:.0f}" == f"{100 * less:.0f}"


def test_a_digit_that_turns_into_another_is_said_to_and_the_opening_one_does_not(
    shipped, sheet, opening
):
    def rows(x, size):
        found = reconstruct_view.reconstructions(shipped, x, size, seed=None)
        return {row.name: row for row in found}

    classifier = shipped.entry("classifier").model
    for size in (2, 16):
        assert all(row.read is None for row in rows(opening, size).values())
    model = shipped.entry("vae-2").model
    read = [classifier.classify(x).logits.argmax(1) for x in (sheet, model.reconstruct(sheet))]
    turned = torch.nonzero(read[0] != read[1]).flatten().tolist()
    assert turned
    before, after = (int(each[turned[0]]) for each in read)
    assert rows(sheet[turned[0]], 2)["vae-2"].read == [before, after]


def test_the_decoders_need_not_mirror_the_encoders_and_the_page_says_which_do(shipped):
    """ "that of the 2-D models is small enough to travel": the widths are the checkpoints'."""
    two, sixteen = (
        [reconstruct_view.model_of(entry) for entry in shipped.of_size(size)] for size in (2, 16)
    )
    config = shipped.entry("vae-2").card.config
    assert config.encoder != config.decoder
    hidden = [m.out_features for m in shipped.entry("vae-2").model.encoder if hasattr(m, "weight")]
    *_, vae = two
    assert (vae.name, vae.size) == ("vae-2", 2)
    assert (vae.encoder.channels, vae.encoder.widths) == ([], hidden[:-1])
    assert not any(model.mirrored for model in two)
    assert all(model.mirrored for model in sixteen)
    sizes = [
        sum(p.numel() for p in part.parameters())
        for part in (shipped.entry("vae-2").model.encoder, shipped.entry("vae-2").model.decoder)
    ]
    assert sizes[1] < sizes[0] / 4


# --- Denoise, Score -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_the_dae_stays_ahead_until_nothing_is_left(shipped, sheet, kind):
    """ "how far it stays ahead": at half strength on nearly every digit, whatever the damage."""

    def ahead(strength):
        seen = CORRUPTIONS[kind](strength).sample(sheet, torch.Generator().manual_seed(0))
        errors = [
            squared_errors(shipped.entry(f"{f}-16").model, seen, sheet)
            for f in ("dae", "ae", "vae")
        ]
        return (errors[0] < torch.minimum(*errors[1:])).float().mean().item(), errors[0].mean()

    share, error = ahead(0.5)
    assert share > 0.9
    assert ahead(1.0)[1] > 3 * error


@pytest.mark.parametrize("name", ["dae-mixture", "dae-64-score"])
def test_a_trained_denoiser_is_not_the_slope_of_anything(shipped, opening, name):
    """The Jacobian of a slope is symmetric; of these it is not, by far more than by rounding."""
    model = ledger.in_float64(shipped.entry(name).model)
    x = torch.tensor([[[0.4, 0.3]]]) if name == "dae-mixture" else opening
    size = x.numel()
    j = jacobian(lambda v: model.reconstruct(v.view(1, *x.shape)).flatten(), x.double().flatten())
    assert j.shape == (size, size)
    assert (j - j.T).norm() / j.norm() > 1e-3
    exact = jacobian(lambda v: MIXTURE.denoise(v, 0.08), torch.tensor([0.4, 0.3]).double())
    assert (exact - exact.T).norm() / exact.norm() < 1e-12


# --- Likelihood ---------------------------------------------------------------------------------


def test_the_floor_of_sigma_gives_nearly_all_nats_of_the_predicted_density(shipped, sheet):
    model = shipped.entry("vae-16-mlp-predicted").model
    with torch.no_grad():
        pixels = model.decode(model.encode(sheet).mean).base_dist
    low = pixels.scale < 1.0001 * torch.tensor(0.5 * MIN_LOG_VAR).exp()
    nats = pixels.log_prob(sheet)
    assert low.float().mean() > 0.6
    assert (nats * low).sum() > 0.9 * nats.sum()


# --- Gap, Ledger --------------------------------------------------------------------------------


def test_by_samples_log_p_is_on_average_estimated_from_below():
    """In 2-D, where quadrature knows it: about two nats, as README and Compare say."""
    for name in ("vae-2", "vae-2-davidson"):
        below = value(name, "log p(x) by quadrature, side by side") - value(
            name, "log p(x), side by side"
        )
        assert 1.5 < below < 2.5
    assert "about 2 nats" in compare.BOUND


def test_a_dimension_costs_nats_and_buys_reconstruction(shipped, opening):
    """Left to the prior, an important one saves its KL and loses more than that of the other term.

    In expectation over z, of which 50 draws are taken.
    """
    model = shipped.entry("vae-16").model
    x = ledger.target(model, opening, SEED)
    mu, log_var = ledger.encoded(model, x, torch.zeros_like(x))
    epsilon = torch.randn(50, 16, generator=torch.Generator().manual_seed(0))
    worth = latent.importance(CARDS["vae-16"].card)

    def entered(left_out=()):
        at = torch.tensor(left_out, dtype=torch.long)
        q = mu.index_fill(0, at, 0), log_var.index_fill(0, at, 0)
        each = [ledger.ledger(model, x, *q, e) for e in epsilon]
        return each[0], sum(one.terms["reconstruction"] for one in each) / len(each)

    kept, with_all = entered()
    for i in sorted(range(16), key=lambda i: -worth[i])[:3]:
        without, with_one_less = entered([i])
        assert without.per_dimension[i] == 0
        saved = float(kept.per_dimension[i])
        assert with_one_less - with_all > saved > 0.5


# --- Maps' metric -------------------------------------------------------------------------------


def test_the_metric_of_a_bernoulli_decoder_does_not_grow_off_the_data(shipped):
    """A step far out, three times beyond the codes, is no longer than one among them."""
    entry = shipped.entry("vae-2")
    codes = entry.codes.z.float()
    directions = torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
    step = 0.01 * directions / directions.norm(dim=1, keepdim=True)

    def steps(z):
        at = [geodesic.features(entry.model, each) for each in (z, z + step)]
        return (at[1] - at[0]).norm(dim=1).median()

    inside = codes[:200]
    far = inside / inside.norm(dim=1, keepdim=True) * 3 * codes.norm(dim=1).max()
    assert steps(far) < steps(inside)
