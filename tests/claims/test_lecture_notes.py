"""What the lecture "The notes" says up to training, and others with it, on the shipped networks.

Each test has the name of the claim that slides give; `said` is what these slides say. What is said
of a digit is asked of the one that the page opens with, and where one could be an accident of the
others of the sample sheet, too.
"""

import math

import pytest
import torch

from data.binarize import SEED, binarize
from data.morphology import MEASURES
from explore import compress, gap, kl, latent, likelihood, machine, trick
from models import Batch, quadrature
from models.bounds import iwae, log_importance_weights
from models.corruption import CORRUPTIONS
from models.distributions import kl_to_standard_normal
from views.interpolate import interpolate
from views.kit.samples import EIGHT, THREE
from views.likelihood import likelihood as likelihood_view
from views.trick.trick import LEAST_SIGMA, MODEL, MOST_MU, MOST_SIGMA

FAMILIES = ("ae", "dae", "vae")
SIZES = (2, 16)
PLANES = ("vae-2", "vae-2-davidson")  # whose posterior can be computed on a grid


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def squared_errors(model, shown, clean):
    """Per pixel, [B], of what the model makes of `shown` against the clean images."""
    with torch.no_grad():
        return (model.reconstruct(shown) - clean).square().flatten(1).mean(1)


def noisy(x, kind="gaussian-noise", strength=0.5):
    return CORRUPTIONS[kind](strength).sample(x, generator())


def weights_of(network):
    return sum(parameter.numel() for parameter in network.parameters())


# --- Autoencoder --------------------------------------------------------------------------------


@torch.no_grad()
def test_the_target_is_the_input(model, sheet):
    """The loss asks p(x|z) about x itself, labels change nothing, and x comes back as x.

    As x: among the sixty digits, the nearest to what comes back is nearly always what went in.
    """
    network = model("ae-16")
    found = network.terms(Batch(sheet))["reconstruction"]
    p = network.decode(network.encode(sheet).mean)
    torch.testing.assert_close(found, -p.log_prob(sheet))
    labels = torch.arange(60) % 10
    torch.testing.assert_close(found, network.terms(Batch(sheet, labels))["reconstruction"])
    for name, share in (("ae-2", 0.5), ("ae-16", 0.95)):
        distance = torch.cdist(model(name).reconstruct(sheet).flatten(1), sheet.flatten(1))
        assert (distance.argmin(1) == torch.arange(60)).double().mean() > share, name


def test_two_numbers_between_784_pixels(model):
    network = model("ae-2")
    encoder = machine.stages(network.encoder, network.x_shape)
    decoder = machine.stages(network.decoder, (2,))
    assert math.prod(network.x_shape) == math.prod(decoder[-1].shape) == 784
    assert encoder[-1].shape == [2]


def test_two_numbers_lose_what_sixteen_keep(model, sheet, read):
    """Which digit it is, by the classifier; how it was written, by the slant that comes back."""
    slant = MEASURES["slant"]
    for family in FAMILIES:
        errors = [squared_errors(model(f"{family}-{n}"), sheet, sheet) for n in SIZES]
        assert (errors[1] < errors[0]).all(), family
        kept = []
        for n in SIZES:
            with torch.no_grad():
                again = model(f"{family}-{n}").reconstruct(sheet)
            assert (read(again) == read(sheet)).double().mean() > 0.9, (family, n)
            pair = torch.stack([slant(sheet[:, 0]), slant(again[:, 0])]).double()
            kept.append(float(torch.corrcoef(pair)[0, 1]))
        assert kept[1] > 0.95 > kept[0], family


def test_the_decoder_is_no_mirror(model, said):
    assert "a tenth of the encoder's weights" in said
    for family in FAMILIES:
        network = model(f"{family}-2")
        assert network.config.encoder != network.config.decoder
        share = weights_of(network.decoder) / weights_of(network.encoder)
        assert share == pytest.approx(0.1, abs=0.01)


def test_eight_numbers_beat_32_components(value, said):
    assert "with 8 numbers than PCA with 32, and less with 16 than PCA with 64" in said
    errors = value("pca-64", "mse by size")
    for k in (8, 16):
        assert value(f"ae-{k}-mlp", "mse") < errors[4 * k]
    assert value("ae-8-mlp", "mse") < errors[33], "so it takes more than 32"


def test_a_linear_autoencoder_finds_the_subspace_of_pca(model, value):
    for k in (2, 4, 8, 16, 32, 64):
        pca = value("pca-64", "mse by size")[k]
        assert value(f"linear-{k}", "mse") == pytest.approx(pca, abs=1e-4)
    linear = compress.directions(model("linear-8"))
    pca = compress.directions(model("pca-64"))[:, :8]
    assert compress.principal_angles(linear, pca).max() < 0.01  # radians
    cosines = torch.nn.functional.normalize(linear, dim=0).T @ pca
    assert cosines.abs().max() < 0.95, "they would be the same vectors"


def test_chance_cannot_be_compressed(value):
    """Networks keep k of 784; a VAE, which also pays for its code, keeps nothing."""
    for k in (2, 8, 32):
        for name in (f"linear-{k}-noise", f"ae-{k}-mlp-noise"):
            kept = value(name, "variance explained")
            assert kept == pytest.approx(k / 784, abs=0.0025), name
        assert abs(value(f"vae-{k}-mlp-noise", "variance explained")) < 0.001
    assert value("linear-8-gaussian-noise", "variance explained") == pytest.approx(
        8 / 784, abs=0.0025
    )


def test_digits_of_a_class_lie_together(shipped):
    """The nearest of the other test images' codes is mostly of the same class: of ten classes."""
    for family in FAMILIES:
        entry = shipped.entry(f"{family}-2")
        assert not entry.architecture.encode_needs_label
        apart = torch.cdist(entry.codes.z.float(), entry.codes.z.float()).fill_diagonal_(math.inf)
        same = entry.codes.y[apart.argmin(1)] == entry.codes.y
        assert same.double().mean() > 0.7, family


# --- Denoising autoencoder ----------------------------------------------------------------------


def test_masking_sets_pixels_to_0(sheet):
    seen = noisy(sheet, "masking", 0.3)
    gone = seen != sheet
    assert (seen[gone] == 0).all()
    assert gone.sum() / (sheet > 0).sum() == pytest.approx(0.3, abs=0.02)


def test_gaussian_noise_is_added_to_every_pixel(sheet):
    seen = noisy(sheet, "gaussian-noise", 0.1)
    assert seen.min() >= 0
    assert seen.max() <= 1
    inside = (sheet > 0.4) & (sheet < 0.6)  # where nothing is cut off
    added = (seen - sheet)[inside]
    assert added.mean() == pytest.approx(0, abs=0.01)
    assert added.std() == pytest.approx(0.1, abs=0.01)


@torch.no_grad()
def test_the_loss_compares_with_the_clean_digit(model, sheet):
    network = model("dae-2")
    found = network.terms(Batch(sheet, generator=generator()))["reconstruction"]
    damaged = network.corrupt(Batch(sheet, generator=generator()))
    assert not torch.equal(damaged, sheet)
    p = network.decode(network.encode(damaged).mean)
    torch.testing.assert_close(found, -p.log_prob(sheet))


def test_the_dae_leaves_a_tenth_of_the_noise(model, sheet, value, said):
    assert "leave about half of the noise's error. The DAE leaves a tenth or less" in said
    seen = noisy(sheet)
    damage = (seen - sheet).square().flatten(1).mean(1)
    left = {
        family: squared_errors(model(f"{family}-16"), seen, sheet) / damage for family in FAMILIES
    }
    assert left["dae"].mean() < 0.1
    assert left["dae"][THREE] < 0.1
    for family in ("ae", "vae"):
        assert 0.4 < left[family].mean() < 0.7
        assert left[family][THREE] > 3 * left["dae"][THREE]
    # MNIST's test images under the same noise, whose own error there is .115.
    assert value("dae-16", "mse gaussian-noise 0.5") < 0.0115


@torch.no_grad()
def test_the_code_of_a_dae_is_robust(shipped, model, sheet, read):
    """How far noise moves a code, in standard deviations of the network's own codes."""
    seen, moved, kept = noisy(sheet), {}, {}
    for family in FAMILIES:
        network = model(f"{family}-16")
        spread = shipped.entry(f"{family}-16").codes.z.float().std(0)
        step = (network.encode(seen).mean - network.encode(sheet).mean) / spread
        moved[family] = float(step.norm(dim=1).median())
        kept[family] = float((read(network.reconstruct(seen)) == read(sheet)).double().mean())
    assert moved["dae"] < 0.7 * min(moved["ae"], moved["vae"])
    assert kept["dae"] > 0.9 > 0.7 > max(kept["ae"], kept["vae"])


# --- Variational autoencoder, the idea ----------------------------------------------------------


@torch.no_grad()
def test_a_mean_and_a_deviation_for_each_number(model, sheet):
    for size in SIZES:
        q = model(f"vae-{size}").encode(sheet)
        assert q.mean.shape == q.stddev.shape == (60, size)
        assert (q.stddev > 0).all()
        assert (model(f"ae-{size}").encode(sheet).variance == 0).all()


@torch.no_grad()
def test_each_sample_draws_the_digit_a_little_differently(model, sheet, opening, read):
    network = model("vae-16")
    z = network.encode(sheet).sample((10,), generator()).flatten(0, 1)
    again = read(network.decode(z).mean) == read(sheet).repeat(10)
    assert again.double().mean() > 0.95
    pictures = network.decode(network.encode(opening[None]).sample((50,), generator())[:, 0]).mean
    assert 0.1 < pictures.std(0).max() < 0.5


def test_the_codes_of_a_vae_are_kept_near_the_prior(shipped, said):
    assert "four times as wide, or wider" in said
    z = {family: shipped.entry(f"{family}-2").codes.z.float() for family in FAMILIES}
    assert z["vae"].mean(0).abs().max() < 0.2
    spread = {family: each.std(0) for family, each in z.items()}
    assert ((spread["vae"] - 1).abs() < 0.2).all()
    for family in ("ae", "dae"):
        assert spread[family].mean() > 4 * spread["vae"].mean(), family


def test_no_gradient_passes_a_sample(backward):
    _, found = backward(trick_used=False)
    assert found.by_z.abs().min() > 0, "the loss has a slope at z"
    assert found.through is None
    torch.testing.assert_close(found.total, found.by_kl)


@torch.no_grad()
def test_first_z_then_x(model, value):
    """Drawn so, pictures are mostly digits; and codes tell class, slant and thickness."""
    network = model("vae-2")
    z = network.prior().sample((400,), generator())
    sure = model("classifier").classify(network.decode(z).mean).probs.max(1).values > 0.9
    assert sure.double().mean() > 0.8
    assert value("vae-16", "linear probe accuracy") > 0.9
    assert min(value("vae-16", f"R^2 {trait}") for trait in ("slant", "thickness")) > 0.8


DRAWS = 20_000


@pytest.fixture(scope="module")
def of_prior_draws(model):
    """of_prior_draws(x): log p(x|z) of images x [B, C, H, W] at DRAWS codes, [DRAWS, B] nats."""
    network = model("vae-2")
    z = network.prior().sample((DRAWS,), generator())
    with torch.no_grad():
        logits = torch.cat([network.decoder(part).flatten(1) for part in z.split(2_000)])
    normalizer = torch.nn.functional.softplus(logits).sum(1, keepdim=True)
    return lambda x: (logits @ x.flatten(1).T - normalizer).double()


def test_p_of_x_is_an_integral_over_z(seen, of_prior_draws):
    """By two grids, and by draws from the prior within four of their standard errors."""
    found = seen()
    assert gap.evidence(found.window) == pytest.approx(found.log_p, abs=1e-3)
    log_p = of_prior_draws(found.x[None])[:, 0]
    weights = (log_p - log_p.max()).exp()
    error = float(weights.std() / weights.mean()) / math.sqrt(DRAWS)
    by_draws = float(torch.logsumexp(log_p, 0)) - math.log(DRAWS)
    assert by_draws == pytest.approx(found.log_p, abs=4 * error)


def test_few_draws_carry_the_integral(sheet, of_prior_draws, said):
    assert f"{DRAWS:,}" in said
    assert "Fewer than 200" in said
    log_p = of_prior_draws(binarize(sheet, SEED))
    shares = torch.softmax(log_p, 0).sort(0, descending=True).values.cumsum(0)
    assert ((shares < 0.99).sum(0) + 1 < 200).all()


def test_no_grid_in_sixteen_dimensions(model, opening, value, said):
    assert "16, with 100 points a side, it would need 10³² points" in said
    assert model("vae-16").latent == 16
    assert 100**16 == 10**32
    with pytest.raises(ValueError, match="2-D"):
        quadrature.posterior(model("vae-16"), opening)
    # What samples estimate lies below what a grid knows, on average.
    by_grid = value("vae-2", "log p(x) by quadrature, side by side")
    assert value("vae-2", "log p(x), side by side") < by_grid


# --- Choices ------------------------------------------------------------------------------------


def test_the_prior_is_a_unit_gaussian(model):
    for size in SIZES:
        prior = model(f"vae-{size}").prior()
        assert torch.equal(prior.mean, torch.zeros(size))
        assert torch.equal(prior.variance, torch.ones(size))
        trained = {name.split(".")[0] for name, _ in model(f"vae-{size}").named_parameters()}
        assert trained == {"encoder", "decoder"}


@torch.no_grad()
def test_a_network_predicts_mean_and_variance(model, sheet):
    spread = {}
    for kind in ("fixed", "predicted"):
        network = model(f"vae-16-mlp-{kind}")
        p = network.decode(network.encode(sheet).mean)
        assert isinstance(p.base_dist, torch.distributions.Normal)
        assert p.mean.std() > 0.1
        spread[kind] = p.stddev
    assert (spread["fixed"] == spread["fixed"].flatten()[0]).all()
    assert spread["predicted"].max() > 3 * spread["predicted"].min()
    p = model("vae-16").decode(torch.zeros(1, 16))
    assert isinstance(p.base_dist, torch.distributions.Bernoulli)


def neighbours(residual):
    """Correlation of a picture [28, 28] with itself one pixel further right and further down."""
    r = residual - residual.mean()
    return float((r[:, 1:] * r[:, :-1]).mean() + (r[1:] * r[:-1]).mean()) / float(2 * r.var())


def test_a_draw_is_the_blur_under_pixel_noise(shipped, model, opening):
    """What a draw adds to the mean knows nothing of its neighbours; what the digit adds does."""
    for name in likelihood_view.shown(shipped):
        found = likelihood.decoded(model(name), opening, likelihood.MEAN, 64, generator(1))
        drawn = neighbours((found.sample - found.mean)[0])
        real = neighbours((opening - found.mean)[0])
        assert abs(drawn) < 0.15, name
        assert real > 0.25, name


def test_densities_are_not_ranked_as_probabilities_are(value, said):
    """Ten times the standard error lies between all numbers but two: fixed and predicted sigma."""
    names = {kind: f"vae-16-mlp-{kind}" for kind in ("fixed", "shared", "predicted")}
    density = {kind: value(name, "log p(x)") for kind, name in names.items()}
    assert density["predicted"] > density["shared"] + 1_000 > density["fixed"] + 1_500
    bits = {kind: value(name, "bits per pixel") for kind, name in names.items()}
    assert abs(bits["predicted"] - bits["fixed"]) < 0.03
    assert bits["shared"] > bits["predicted"] + 0.3
    trained = value("vae-16-mlp-discretized", "bits per pixel")
    assert trained < min(bits.values()) - 0.8
    assert (
        f"Fixed σ needs {bits['fixed']:.2f} of them, predicted {bits['predicted']:.2f}, shared "
        f"{bits['shared']:.2f}, and a network that was trained on these probabilities {trained:.2f}"
    ) in said


def log_posterior(seen, z):
    """log p(z|x) at codes z [N, 2] by Bayes' rule, with the grid's log p(x)."""
    return quadrature.log_joint_at(seen.model, seen.x, z) - seen.log_p


def test_bayes_on_a_grid(seen):
    """So computed, p(z|x) is a density: on another grid than log p(x)'s it integrates to 1."""
    found = seen()
    density = log_posterior(found, found.window.z).exp()
    assert float(density.sum()) * found.window.step**2 == pytest.approx(1, abs=1e-3)


@torch.no_grad()
def test_a_reconstruction_loss_and_a_pull(model, sheet):
    network = model("vae-2")
    assert network.objective(0) == {"model": {"reconstruction": 1.0, "kl": 1.0}}
    terms = network.terms(Batch(binarize(sheet, SEED), generator=generator()))
    torch.testing.assert_close(
        terms["kl"], kl_to_standard_normal(network.encode(binarize(sheet, SEED))).sum(1)
    )
    assert (kl_to_standard_normal(network.prior()) == 0).all()
    assert (terms["kl"] > 0).all()


# --- The mathematics ----------------------------------------------------------------------------


def test_the_product_underflows_and_the_sum_of_logs_does_not(model, sheet, said):
    assert "seven digits is already 0" in said
    network, x = model("vae-2-davidson"), binarize(sheet, SEED)
    for first in (0, 20, 40):
        logs = [
            quadrature.posterior(network, each, quadrature.LIVE).log_p
            for each in x[first : first + 7]
        ]
        assert math.prod(map(math.exp, logs)) == 0.0
        assert -1_500 < sum(logs) < -700


def expectations(seen, q):
    """Under q: of log p(x|z), log q/p(z) and log q/p(z|x), nats, each on the grid."""
    mass, z = gap.mass(q, seen.window), seen.window.z
    log_q = q.log_prob(z)
    ratios = log_q - quadrature.log_prior(z), log_q - log_posterior(seen, z)
    return [float(mass @ each) for each in (seen.window.log_likelihood, *ratios)]


def moved(q, by, widths=1.0):
    """q with its mean moved by so many of its standard deviations, and as many times as wide."""
    sigma = q.variance.sqrt()
    return gap.gaussian(q.mean + by * sigma, widths * sigma)


def several(q):
    return [q, moved(q, 1.0), moved(q, -2.0, 1.5), moved(q, 0.5, 0.6)]


def test_bayes_holds_at_every_z(seen):
    """p(x|z) p(z) / p(z|x) is one number at every z, and its average under any q is that number.

    p(z|x) is taken from the grid's own masses, so that no log p(x) enters.
    """
    for found in map(seen, PLANES):
        cells = found.posterior.mass > 1e-6
        log_density = (found.posterior.mass[cells] / found.posterior.step**2).log()
        ratio = found.posterior.log_joint[cells] - log_density
        assert ratio.max() - ratio.min() < 1e-6
        assert ratio.mean() == pytest.approx(found.log_p, abs=1e-6)
        for q in several(found.q):
            assert gap.mass(q, found.window).sum() == pytest.approx(1, abs=1e-3)


def test_multiplying_by_one_changes_nothing(seen):
    """The terms with q depend on q; what they add up to does not."""
    for found in map(seen, PLANES):
        parts = torch.tensor([expectations(found, q) for q in several(found.q)])
        assert (parts[1:, 2] - parts[0, 2]).abs().max() > 1
        total = parts @ torch.tensor([1.0, -1.0, 1.0])
        assert total.max() - total.min() < 2e-3


def test_three_terms_add_up_to_log_p(seen):
    for found in map(seen, PLANES):
        reconstruction, pull, missing = expectations(found, found.q)
        assert reconstruction - pull + missing == pytest.approx(found.log_p, abs=2e-3)
        assert float(gap.elbo(found.q, found.window)) == pytest.approx(
            reconstruction - pull, abs=1e-3
        )
        assert float(gap.gap(found.q, found.window, found.log_p)) == pytest.approx(
            missing, abs=1e-3
        )


def test_the_elbo_is_a_lower_bound(seen):
    for found in map(seen, PLANES):
        for q in several(found.q):
            assert gap.gap(q, found.window, found.log_p) > 0
            assert gap.elbo(q, found.window) < found.log_p


def test_moving_q_leaves_log_p(seen):
    for found in map(seen, PLANES):
        elbos = torch.stack([gap.elbo(q, found.window) for q in several(found.q)])
        gaps = torch.stack([gap.gap(q, found.window, found.log_p) for q in several(found.q)])
        assert elbos.max() - elbos.min() > 1
        assert (elbos + gaps - found.log_p).abs().max() < 2e-3


def test_one_term_is_sampled_and_one_is_closed(seen):
    """Draws of the first average to its expectation; the formula of the second is its integral."""
    found = seen()
    reconstruction, pull, _ = expectations(found, found.q)
    z = found.q.sample((2_000,), generator())
    draws = quadrature.log_likelihood(found.model, found.x, z)
    error = float(draws.std()) / math.sqrt(len(draws))
    assert error > 0
    assert float(draws.mean()) == pytest.approx(reconstruction, abs=4 * error)
    assert float(kl_to_standard_normal(found.q).sum()) == pytest.approx(pull, abs=1e-3)


# --- Inference ----------------------------------------------------------------------------------


@torch.no_grad()
def test_a_network_answers_for_the_posterior(seen, sheet):
    """What it says of this digit explains it better than what it says of any other one."""
    found = seen()
    q = found.model.encode(binarize(sheet, SEED))
    z = q.sample((20,), generator()).double()
    bounds = quadrature.log_likelihood(found.model, found.x, z.flatten(0, 1)).view(20, 60).mean(0)
    bounds = bounds - kl_to_standard_normal(q).sum(1)
    assert bounds.argmax() == THREE
    assert bounds.sort().values[-2] < bounds[THREE] - 1


def test_a_search_for_one_image_closes_a_part(seen):
    for found in map(seen, PLANES):
        best = gap.best_gaussian(found.q, found.window)
        closed, before = (float(gap.gap(q, found.window, found.log_p)) for q in (best, found.q))
        assert 0.01 < closed < 0.5 * before


def test_more_samples_tighten_the_bound(seen):
    """Of a gap of more than a nat less than a quarter is left, with 500 of the same q."""
    found = seen("vae-2-davidson")
    with torch.no_grad():
        weights = log_importance_weights(found.model, found.x[None], 5_000, generator()).double()
    bounds = [float(iwae(weights, k)) for k in (1, 5, 50, 500)]
    assert bounds == sorted(bounds)
    missing = [found.log_p - bound for bound in bounds]
    assert missing[0] > 1
    assert -0.1 < missing[-1] < missing[0] / 4


# --- Reparameterization -------------------------------------------------------------------------


def test_epsilon_is_an_input(backward):
    _, found = backward(trick_used=True)
    assert found.through is not None
    torch.testing.assert_close(found.total, found.by_kl + found.through)
    _, without = backward(trick_used=False)
    assert found.reconstruction == pytest.approx(without.reconstruction), "it is the same z"


def test_the_slope_at_z_reaches_mu_and_sigma(backward, said):
    epsilon, found = backward(trick_used=True)
    torch.testing.assert_close(found.through, torch.stack([found.by_z, found.by_z * epsilon]))
    assert "slope 2 at z, and ε = −0.5" in said
    one = torch.ones(1, dtype=torch.float64)
    line = trick.pathwise(lambda z: 2 * z.sum(-1), one, one, -0.5 * one[None])
    assert line.flatten().tolist() == [2, -1]


def test_the_score_function_needs_thousands_of_draws(model, sheet, said):
    """Draws for an equal error are as their variances; on the opening digit and two others."""
    assert "Thousands of times" in said
    assert "three to thirty times as many" in said
    network = model(MODEL)
    epsilon = torch.randn(400, 2, generator=generator(), dtype=torch.float64)
    for x in (sheet[THREE], sheet[THREE + 2], sheet[EIGHT]):
        x = binarize(x, SEED)
        mu, sigma = (v.double() for v in latent.posterior(network, x))
        f = trick.once(trick.reconstruction_loss(network, x))
        path = trick.pathwise(f, mu, sigma, epsilon)
        around = trick.score_function(f, mu, sigma, epsilon)
        baseline = trick.score_function(f, mu, sigma, epsilon, baseline=True)
        least, plain, helped = (float(g.var(0).sum()) for g in (path, around, baseline))
        assert 1e3 < plain / least < 1e5
        assert 3 < helped / least < 30
        error = ((baseline.var(0) + path.var(0)) / len(epsilon)).sqrt()
        assert ((baseline.mean(0) - path.mean(0)).abs() < 5 * error).all()  # agree in the mean


# --- What VAEs can do ---------------------------------------------------------------------------


def test_another_code_draws_another_picture(shipped, model, opening):
    """Each of the numbers that are in use, from end to end of where its codes lie."""
    network, card = model("vae-16"), shipped.entry("vae-16").card
    low, high = torch.tensor(latent.ranges(card)).T
    strips = latent.traversal(network, latent.encode(network, opening), low, high, 2)
    changed = (strips[:, 1] - strips[:, 0]).abs().flatten(1).max(1).values
    used = torch.tensor(latent.importance(card)) > latent.DEAD_NATS
    assert used.sum() >= 8
    assert (changed[used] > 0.5).all()


def test_along_slant_the_digit_leans(shipped, model, value, sheet, said):
    """A standard deviation further, nearly every digit leans further to the same side."""
    follow = {trait: f"{value('vae-16', f'follow {trait}'):.2f}" for trait in MEASURES}
    height = follow.pop("height")
    assert follow.keys() == {"thickness", "slant", "width"}
    assert f"{min(follow.values())} to {max(follow.values())} in thickness" in said
    assert f"by {height} in height" in said
    network = model("vae-16")
    (direction,) = (
        each
        for each in latent.named_directions(shipped.entry("vae-16").card)
        if each.name == "slant"
    )
    step = torch.tensor(direction.step)
    with torch.no_grad():
        z = network.encode(sheet).mean
    slants = [MEASURES["slant"](latent.decode(network, z + t * step)[:, 0]) for t in (-1, 0, 1)]
    assert ((slants[0] < slants[1]) & (slants[1] < slants[2])).double().mean() > 0.9
    assert slants[0][THREE] < slants[1][THREE] < slants[2][THREE]


def test_half_way_a_cross_fade_is_the_greyest(shipped, sheet):
    """Two ghosts: where only one of the digits has ink, half of it is left."""
    paths = interpolate.find_paths(
        shipped, sheet[THREE], sheet[EIGHT], set(FAMILIES), 16, interpolate.STEPS
    )
    middle = interpolate.STEPS // 2
    grey = {
        (path.family, path.note): float((p := path.pictures[middle]).mul(1 - p).mean())
        for path in paths
    }
    fade = grey.pop(("pixels", "cross-fade"))
    torch.testing.assert_close(paths[0].pictures[middle], (sheet[THREE] + sheet[EIGHT]) / 2)
    assert len(grey) == 6
    assert max(grey.values()) < fade


def test_a_gan_has_no_encoder(model):
    assert not model("gan-16").has_encoder
    assert model("vae-16-conv").has_encoder
    assert model("vae-gan-16").has_encoder


# --- KL between Gaussians -----------------------------------------------------------------------

PAIRS = [((-1, 0.8), (0.5, 1.5)), ((0, 0.5), (0, 1.5)), ((2, 1.5), (-1, 0.7)), ((0, 1), (1, 1))]
GAUSSIANS = [(kl.Gaussian(*q), kl.Gaussian(*p)) for q, p in PAIRS]


def test_the_closed_form_is_the_integral(said):
    assert "log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²) / (2σ₂²) − ½" in said
    for q, p in GAUSSIANS:
        written = (
            math.log(p.sigma / q.sigma) + (q.sigma**2 + (q.mu - p.mu) ** 2) / (2 * p.sigma**2) - 0.5
        )
        assert kl.kl(q, p) == pytest.approx(written, abs=1e-12)
        assert kl.integral(q, p) == pytest.approx(written, abs=1e-6)


def test_kl_has_a_direction():
    for q, p in GAUSSIANS:
        same = kl.kl(q, p) == pytest.approx(kl.kl(p, q), abs=1e-12)
        assert same == (q.sigma == p.sigma)
        assert kl.kl(q, p) > 0 == kl.kl(p, p)


# --- Training with backpropagation --------------------------------------------------------------


def test_one_gradient_reaches_both_networks(model, sheet):
    """Every parameter of both: by the reconstruction alone, so the encoder's came through z."""
    network = model("vae-2")
    parameters = dict(network.named_parameters())
    for parameter in parameters.values():
        parameter.requires_grad_(True)
    try:
        terms = network.terms(Batch(binarize(sheet, SEED), generator=generator()))
        found = torch.autograd.grad(terms["reconstruction"].sum(), list(parameters.values()))
    finally:
        for parameter in parameters.values():
            parameter.requires_grad_(False)
    assert {name.split(".")[0] for name in parameters} == {"encoder", "decoder"}
    for name, gradient in zip(parameters, found, strict=True):
        assert gradient.abs().max() > 0, name


def descended(f, steps, noise):
    """q from the prior on, as views/trick/descent.js steps: the gradient of one draw each time."""
    mu, sigma = torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
    for _ in range(steps):
        epsilon = torch.randn(2, generator=noise, dtype=torch.float64)
        by_mu, by_sigma = trick.backpropagate(f, mu, sigma, epsilon).total
        mu = (mu - (0.3 * sigma * by_mu).clamp(-0.5, 0.5) * sigma).clamp(-MOST_MU, MOST_MU)
        sigma = sigma * torch.exp(-(0.15 * sigma * by_sigma).clamp(-0.5, 0.5))
        sigma = sigma.clamp(LEAST_SIGMA, MOST_SIGMA)
    return gap.gaussian(mu, sigma)


def test_following_the_gradient_raises_the_bound_on_average(model, sheet):
    """Not at every step, nor always: of ten digits the bound is higher for most after 20 steps."""
    network, noise, gained = model(MODEL), generator(), []
    for x in binarize(sheet[20:30], SEED):
        f = trick.reconstruction_loss(network, x)
        bounds = []
        for steps in (0, 20):
            q = descended(f, steps, noise)
            z = q.sample((200,), generator(1))
            with torch.no_grad():
                bounds.append(float(-f(z).mean() - kl_to_standard_normal(q).sum()))
        gained.append(bounds[1] - bounds[0])
    assert sum(gained) / 10 > 20  # nats
    assert sum(each > 0 for each in gained) >= 7
