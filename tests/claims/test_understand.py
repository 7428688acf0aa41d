"""What the views from Reconstruct to Compare and the lecture say, on the shipped networks.

Each test asks for its sentence on the digit that its view opens with, and where one digit could be
an accident on the others of the sample sheet, too. A card's number is that of MNIST's test images.
"""

from pathlib import Path

import pytest
import torch
from torch.autograd.functional import jacobian

from data.binarize import SEED, binarize
from data.mixture import MIXTURE
from explore import gap, geodesic, latent, ledger, likelihood, score, trick
from models import quadrature
from models.bounds import iwae, log_importance_weights
from models.corruption import CORRUPTIONS
from models.likelihoods import MIN_LOG_VAR
from models.zoo import Zoo
from tests.places import ROOT
from tests.sheet import sheet_of
from views.compare import compare
from views.interpolate import interpolate
from views.kit.samples import EIGHT, THREE
from views.likelihood import likelihood as likelihood_view
from views.reconstruct import reconstruct as reconstruct_view
from views.trick.trick import MODEL

LECTURE = (ROOT / "docs/lecture.md").read_text(encoding="utf-8")
CARDS = Zoo(ROOT / "checkpoints")
GAUSSIANS = {kind: f"vae-16-mlp-{kind}" for kind in ("fixed", "shared", "predicted")}
FAMILIES = ("ae", "dae", "vae")


def value(name, metric):
    return CARDS[name].card.metrics[metric].value


@pytest.fixture(scope="module")
def sheet(shipped):
    """The digits of the sample sheet, [60, 1, 28, 28]."""
    return sheet_of(shipped)


@pytest.fixture(scope="module")
def opening(sheet):
    """The digit that the page opens with, [1, 28, 28]."""
    return sheet[THREE]


def squared_errors(model, seen, clean):
    """Per pixel, [B], of what the model makes of `seen` against the clean images."""
    with torch.no_grad():
        return (model.reconstruct(seen) - clean).square().flatten(1).mean(1)


# --- Reconstruct, Compress ----------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_sixteen_numbers_keep_more_than_two(shipped, sheet, family):
    two, sixteen = (
        squared_errors(shipped.entry(f"{family}-{n}").model, sheet, sheet) for n in (2, 16)
    )
    assert (sixteen < two).all()


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


def test_the_autoencoder_needs_a_quarter_of_the_numbers_of_pca():
    assert "8 leave less error than 32 components, 16 less than 64." in LECTURE
    for k in (8, 16):
        assert value(f"ae-{k}-mlp", "mse") < value("pca-64", "mse by size")[4 * k]


def test_pca_and_the_linear_autoencoder_lie_on_one_curve():
    for k in (2, 4, 8, 16, 32, 64):
        pca = value("pca-64", "mse by size")[k]
        assert value(f"linear-{k}", "mse") == pytest.approx(pca, abs=1e-4)


def test_of_pure_chance_networks_keep_k_of_784_and_a_vae_nothing():
    for k in (2, 8, 32):
        for family in ("linear", "ae"):
            name = f"{family}-{k}-noise" if family == "linear" else f"{family}-{k}-mlp-noise"
            kept = value(name, "variance explained")
            assert kept == pytest.approx(k / 784, abs=0.0025), name
        assert abs(value(f"vae-{k}-mlp-noise", "variance explained")) < 0.001


# --- Denoise, Score -----------------------------------------------------------------------------


def test_ae_and_vae_leave_about_half_of_the_noise_and_the_dae_a_tenth(shipped, sheet, opening):
    assert "leave about half of its error, the DAE a tenth or less" in LECTURE
    noisy = CORRUPTIONS["gaussian-noise"](0.5).sample(sheet, torch.Generator().manual_seed(0))
    damage = (noisy - sheet).square().flatten(1).mean(1)
    left = {
        family: squared_errors(shipped.entry(f"{family}-16").model, noisy, sheet) / damage
        for family in FAMILIES
    }
    assert left["dae"].mean() < 0.1
    assert left["dae"][THREE] < 0.1
    for family in ("ae", "vae"):
        assert 0.4 < left[family].mean() < 0.7
        assert left[family][THREE] > 3 * left["dae"][THREE]
    # MNIST's test images under the same noise, whose own error there is .115.
    assert value("dae-16", "mse gaussian-noise 0.5") < 0.0115


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


def test_the_score_of_a_trained_denoiser_is_near_that_of_the_blurred_density(shipped):
    """ "nearly the slope of log p_sigma": 3.7 % off, and further from the slope of log p itself."""
    model = shipped.entry("dae-mixture").model
    sigma = score.noise_level(model)
    near = score.agreement(model, MIXTURE)
    assert near.difference < 0.06 * near.size
    points = torch.rand(500, 2, generator=torch.Generator().manual_seed(0)).double()
    learned = score.point_score(model, points)
    blurred, sharp = MIXTURE.blurred(sigma).score(points), MIXTURE.score(points)
    assert (learned - blurred).norm() < (learned - sharp).norm() / 2


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


def test_slope_and_noise_together_draw_from_the_blurred_density(shipped):
    """As the button does: 300 steps of variance .001 from anywhere. What is drawn is as probable
    as draws of p_sigma; following the slope alone ends at its peaks, more probable by far."""
    model, sigma = shipped.entry("dae-mixture").model, 0.08
    density = MIXTURE.blurred(sigma)
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(400, 2, generator=generator)
    for _ in range(300):
        noise = torch.randn(x.shape, generator=generator)
        step = score.score(model, x.view(-1, 1, 1, 2)).view(-1, 2)
        x = x + 0.5 * 0.001 * step + 0.001**0.5 * noise
    k = torch.multinomial(torch.tensor(MIXTURE.weights), 4_000, True, generator=generator)
    exact = torch.tensor(MIXTURE.means)[k] + density.std * torch.randn(
        4_000, 2, generator=generator
    )
    found, wanted = (float(density.log_density(each.double()).mean()) for each in (x, exact))
    peaks = score.climb(model, x.view(-1, 1, 1, 2), 1.0, 100).view(-1, 2).double()
    assert found == pytest.approx(wanted, abs=0.3)
    assert density.log_density(peaks).mean() > wanted + 0.7


# --- Interpolate --------------------------------------------------------------------------------


def test_half_way_a_cross_fade_is_greyer_than_any_path_through_codes(shipped, sheet):
    """ "two ghosts at once": where only one of the digits has ink, half of it is left."""
    paths = interpolate.find_paths(
        shipped, sheet[THREE], sheet[EIGHT], set(FAMILIES), 16, interpolate.STEPS
    )
    grey = {(p.family, p.note): float((p.pictures[5] * (1 - p.pictures[5])).mean()) for p in paths}
    fade = grey.pop(("pixels", "cross-fade"))
    both = (sheet[THREE] + sheet[EIGHT]) / 2
    torch.testing.assert_close(paths[0].pictures[5], both)
    assert len(grey) == 6
    assert max(grey.values()) < fade


# --- Likelihood ---------------------------------------------------------------------------------


def neighbours(residual):
    """Correlation of a picture [28, 28] with itself one pixel further right and further down."""
    r = residual - residual.mean()
    return float((r[:, 1:] * r[:, :-1]).mean() + (r[1:] * r[:-1]).mean()) / float(2 * r.var())


def test_a_draw_is_the_blur_under_pixel_noise_and_not_a_sharp_digit(shipped, opening):
    """What a draw adds to the mean knows nothing of its neighbours; what the digit adds does."""
    assert "a draw is that blur under pixel noise, not a sharp digit." in LECTURE
    for name in likelihood_view.shown(shipped):
        generator = torch.Generator().manual_seed(1)
        found = likelihood.decoded(
            shipped.entry(name).model, opening, likelihood.MEAN, 64, generator
        )
        drawn = neighbours((found.sample - found.mean)[0])
        real = neighbours((opening - found.mean)[0])
        assert abs(drawn) < 0.15, name
        assert real > 0.25, name


def test_a_gan_samples_z_too_and_is_sharper():
    assert '"Blurry because we sample" is not the reason: a GAN samples z, too.' in LECTURE
    real = CARDS["gan-16"].card.metrics["sharpness"].real
    assert real is not None
    assert value("vae-16-conv", "sharpness") < 0.6 * real < value("gan-16", "sharpness")


def test_the_floor_of_sigma_gives_nearly_all_nats_of_the_predicted_density(shipped, sheet):
    model = shipped.entry(GAUSSIANS["predicted"]).model
    with torch.no_grad():
        pixels = model.decode(model.encode(sheet).mean).base_dist
    low = pixels.scale < 1.0001 * torch.tensor(0.5 * MIN_LOG_VAR).exp()
    nats = pixels.log_prob(sheet)
    assert low.float().mean() > 0.6
    assert (nats * low).sum() > 0.9 * nats.sum()


def test_the_order_of_the_densities_is_not_that_of_the_probabilities():
    """The lecture's four numbers, and that ten times the standard error lies between them all but
    two: fixed and predicted sigma come out even."""
    density = {kind: value(name, "log p(x)") for kind, name in GAUSSIANS.items()}
    assert density["predicted"] > density["shared"] + 1_000 > density["fixed"] + 1_500
    bits = {kind: value(name, "bits per pixel") for kind, name in GAUSSIANS.items()}
    assert abs(bits["predicted"] - bits["fixed"]) < 0.03
    assert bits["shared"] > bits["predicted"] + 0.3
    trained = value("vae-16-mlp-discretized", "bits per pixel")
    assert trained < min(bits.values()) - 0.8
    assert (
        f"{bits['fixed']:.2f} (fixed), {bits['predicted']:.2f} (predicted) and "
        f"{bits['shared']:.2f} (shared) bits per pixel, a network trained on those probabilities "
        f"{trained:.2f}."
    ) in LECTURE


# --- Gap, Ledger, Trick -------------------------------------------------------------------------


def test_a_search_for_one_image_closes_a_part_of_the_gap_and_samples_more_of_it(shipped, opening):
    """ "Inference is amortised", "More samples tighten the bound", all below log p(x)."""
    model, x = shipped.entry("vae-2").model, binarize(opening, SEED)
    found = quadrature.posterior(model, x)
    q = gap.gaussian(*latent.posterior(model, x))
    window = gap.window_around(model, x, found, q, quadrature.EXACT, 96)
    encoder = float(gap.gap(q, window, found.log_p))
    best = float(gap.gap(gap.best_gaussian(q, window), window, found.log_p))
    assert 0 < best < encoder
    with torch.no_grad():
        weights = log_importance_weights(
            model, x[None], 500, torch.Generator().manual_seed(0)
        ).double()
    bounds = [float(iwae(weights, k)) for k in (1, 5, 50, 500)]
    assert bounds == sorted(bounds)
    assert bounds[-1] < found.log_p + 0.1


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


def test_a_mean_over_pixels_hides_a_beta_of_784():
    assert "A mean hides a β of 784." in LECTURE
    assert ledger.hidden_beta(784) == 784


def test_the_score_function_needs_thousands_of_times_as_many_draws(shipped, sheet):
    """Draws for an equal error are as their variances; on the opening digit and the row below."""
    assert "thousands of times as many draws, or with a baseline three to thirty times." in LECTURE
    model = shipped.entry(MODEL).model
    epsilon = torch.randn(400, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for x in (sheet[THREE], sheet[THREE + 2], sheet[EIGHT]):
        x = binarize(x, SEED)
        mu, sigma = (v.double() for v in latent.posterior(model, x))
        f = trick.once(trick.reconstruction_loss(model, x))
        path = trick.pathwise(f, mu, sigma, epsilon)
        around = trick.score_function(f, mu, sigma, epsilon)
        baseline = trick.score_function(f, mu, sigma, epsilon, baseline=True)
        least, plain, helped = (float(g.var(0).sum()) for g in (path, around, baseline))
        assert 1e3 < plain / least < 1e5
        assert 3 < helped / least < 30
        error = ((baseline.var(0) + path.var(0)) / len(epsilon)).sqrt()
        assert ((baseline.mean(0) - path.mean(0)).abs() < 5 * error).all()  # agree in the mean


# --- Maps' metric, Compare ----------------------------------------------------------------------


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


def test_which_model_is_best_depends_on_what_is_measured(shipped):
    rows = compare.rows(shipped)
    best = {}
    for column in compare.COLUMNS:
        # Among the main models, which most columns compare.
        cells = {r.name: r.cells.get(column.key) for r in rows if r.part == "main"}
        found = {name: cell.value for name, cell in cells.items() if cell}
        if column.better and found:
            best[column.key] = max(found, key=lambda name: column.better * found[name])
    assert len(set(best.values())) >= 3
