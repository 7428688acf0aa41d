"""What the short lectures say, one for each confusion, on the shipped networks.

Each test has the name of the claim that slides give; `said` is what these slides say. What they
share with the lecture "The notes" is tested with it.
"""

import pytest
import torch

from data.binarize import SEED
from data.sharpness import sharpness
from explore import latent, ledger, likelihood, trick
from models.beta import beta_of
from models.origins import CODES, MIXTURE, PRIOR, metric_name
from tests.places import ROOT
from views.beta import beta as beta_view
from views.kit.samples import THREE
from views.trick.trick import MODEL

N = 1_000


@pytest.fixture(scope="module")
def drawn(shipped, model):
    """drawn(name, origin): q(y|x) [N, 10] of pictures of N draws, by the page's classifier."""
    known = {}

    @torch.no_grad()
    def probabilities(name, origin=PRIOR):
        if (name, origin) not in known:
            entry = shipped.entry(name)
            pictures = latent.decode(entry.model, latent.drawn_codes(entry, origin, N, 1))
            known[name, origin] = model("classifier").classify(pictures).probs
        return known[name, origin]

    return probabilities


def recognised(probabilities):
    """The share that is surely a digit: more than 90 % sure of one class."""
    return float((probabilities.max(1).values > 0.9).float().mean())


# --- Why can an autoencoder not be sampled? -----------------------------------------------------


def test_sixteen_random_numbers_are_garbage_to_an_autoencoder(drawn, value):
    """Garbage: less than half of them is surely a digit, where most of the VAE's are."""
    assert recognised(drawn("ae-16")) < 0.5 < 0.7 < recognised(drawn("vae-16"))
    assert recognised(drawn("dae-16")) < 0.6
    for name in ("ae-16", "dae-16"):
        assert value(name, "classifier FID") > 3 * value("vae-16", "classifier FID")


def test_no_code_of_the_autoencoder_lies_where_the_prior_falls(shipped):
    """Where N(0, I) has 95 % of its mass; codes distributed like it would give 95 %."""
    within = {n: latent.share_within_prior(shipped.entry(n).codes.z) for n in ("ae-16", "vae-16")}
    assert within["ae-16"] < 0.01
    assert within["vae-16"] > 0.9
    network = shipped.entry("ae-16").model
    assert network.config.code_penalty == 0
    asked = {name for name, weight in network.objective(0)["model"].items() if weight}
    assert asked == {"reconstruction"}


def test_in_two_dimensions_the_autoencoder_misses_a_1_and_a_7(drawn):
    probabilities = drawn("ae-2")
    assert recognised(probabilities) > 0.8
    counts = torch.bincount(probabilities.argmax(1), minlength=10)
    assert max(counts[1], counts[7]) < 0.01 * N


def test_the_draws_fall_into_no_hole_and_reach_half_of_the_codes(shipped, said):
    assert "only about half of these codes" in said
    for name in ("ae-2", "dae-2"):
        entry = shipped.entry(name)
        density = latent.kernel_density(entry.codes.z)
        assert density.share_in_holes(latent.prior_draws(2, 10_000, 1.0, 0)) < 0.01
        assert latent.share_within_prior(entry.codes.z) == pytest.approx(0.5, abs=0.06)
        assert entry.card.config.code_penalty > 0
        assert not entry.architecture.has_prior


def test_from_a_density_of_its_codes_the_autoencoder_draws_digits(drawn, value):
    assert recognised(drawn("ae-16", MIXTURE)) > 0.9
    fid = {
        origin: value("ae-16", metric_name("classifier FID", origin)) for origin in (PRIOR, MIXTURE)
    }
    assert fid[MIXTURE] < fid[PRIOR] / 100


def test_the_kl_in_the_loss_keeps_the_codes_at_the_prior(shipped, value):
    network = shipped.entry("vae-16").model
    assert all(network.objective(step)["model"]["kl"] == 1 for step in (0, 1_000))
    z = shipped.entry("vae-16").codes.z
    assert latent.share_within_prior(z) > 0.9
    assert value("vae-16", "aggregate kl") < 0.1  # nats, of all codes together to the prior


# --- Why are a VAE's pictures blurred? ----------------------------------------------------------


@torch.no_grad()
def test_the_picture_is_a_mean_and_softer_than_real_digits(shipped, model, sheet):
    """Grey is what a mean is where draws disagree; of MNIST's test digits it is softer than they.

    Not of the embedded digits, which a VAE has drawn.
    """
    network = model("vae-16")
    p = network.decode(network.encode(sheet).mean)
    torch.testing.assert_close(network.reconstruct(sheet), p.mean)
    grey = (p.mean > 0.3) & (p.mean < 0.7)
    assert grey.flatten(1).any(1).all()
    assert p.stddev[grey].min() > 0.45  # 0.5 is the most that pixels of black and white can have
    for name in ("vae-16", "vae-16-conv"):
        metric = shipped.entry(name).card.metrics[metric_name("sharpness", CODES)]
        assert metric.value < 0.8 * metric.real, name


@torch.no_grad()
def test_many_draws_average_to_the_mean(model, opening, said):
    assert "256 draws" in said
    for name in ("vae-16", "vae-16-mlp-fixed"):
        found = {
            count: likelihood.decoded(
                model(name), opening, likelihood.MEAN, count, torch.Generator().manual_seed(1)
            )
            for count in (1, 256)
        }
        off = {n: float((each.average - each.mean).square().mean()) for n, each in found.items()}
        assert off[256] < off[1] / 100, name


def test_fewer_numbers_blur_more(model, value, sheet):
    for family in ("ae", "dae", "vae"):
        with torch.no_grad():
            two, sixteen = (sharpness(model(f"{family}-{n}").reconstruct(sheet)) for n in (2, 16))
        assert (two < sixteen).double().mean() > 0.9, family
        assert two[THREE] < sixteen[THREE], family
    assert value("vae-2", "sharpness") < value("vae-16", "sharpness")


COMPARED = ("vae-16-conv", "vae-gan-16", "gan-16")  # what the view VAE and GAN shows


def test_sharp_is_neither_right_nor_varied(shipped, value, sheet):
    """None of the three is the best by every bar; the blurriest has the highest recall."""
    real = shipped.entry(COMPARED[0]).card.metrics["sharpness"].real
    bars = {
        "sharpness": lambda v: abs(v - real),
        "precision": lambda v: -v,
        "recall": lambda v: -v,
        "classifier FID": lambda v: v,
    }
    best = {min((bar(value(name, m)), name) for name in COMPARED)[1] for m, bar in bars.items()}
    assert len(best) > 1
    blurriest = min(COMPARED, key=lambda name: value(name, "sharpness"))
    assert blurriest == min(COMPARED, key=lambda name: value(name, "precision"))
    assert blurriest == max(COMPARED, key=lambda name: value(name, "recall"))
    noise = torch.randn(sheet.shape, generator=torch.Generator().manual_seed(0))
    assert (sharpness((sheet + 0.2 * noise).clamp(0, 1)) > sharpness(sheet)).all()


# --- What does beta do? -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def betas(shipped):
    """{beta: its network's entry}, in order."""
    return {beta_of(entry.card.config): entry for entry in beta_view.shown(shipped)}


def at(entry, metric):
    return entry.card.metrics[metric].value


def spread(entry):
    return float(entry.codes.z.std(0).mean())


def test_beta_is_the_weight_of_the_kl(betas):
    for beta, entry in betas.items():
        last = entry.model.objective(10**9)["model"]
        assert last == {"reconstruction": 1.0, "kl": beta}


def test_at_beta_0_the_codes_leave_the_prior(betas, said):
    """Below 1 they spread, and draws vary less: what is missing is variety, not clearness."""
    cheap = [beta for beta in betas if beta < 1]
    assert 0 in cheap
    assert sorted(cheap, key=lambda beta: -spread(betas[beta])) == cheap
    one = betas[1]
    for entry in (betas[beta] for beta in cheap):
        assert spread(entry) > spread(one)
        assert at(entry, "aggregate kl") > 5 * at(one, "aggregate kl")
        assert at(entry, "effective classes") < at(one, "effective classes")
        assert at(entry, "recognised") > at(one, "recognised") - 0.1
        paid = at(entry, "kl") - at(one, "kl")
        assert paid > at(one, "reconstruction") - at(entry, "reconstruction")
    classes = {beta: f"{at(betas[beta], 'effective classes'):.1f}" for beta in (0, 0.1, 1)}
    assert f"show {classes[0]} of ten classes" in said
    family = (ROOT / "docs" / "family.md").read_text(encoding="utf-8")
    assert f"{classes[0]} at beta 0, {classes[0.1]} at 0.1, {classes[1]} at 1" in family


def test_at_beta_20_there_is_hardly_a_code(betas, said):
    assert "Less than half a nat" in said
    assert max(betas) == 20
    assert at(betas[20], "kl") < 0.5  # nats
    assert at(betas[1], "kl") > 5
    # "nearly the same blur for every digit": the pictures of test digits' codes hardly differ.
    codes = {beta: betas[beta].codes.z[:200].float() for beta in (1, 20)}
    varied = {b: latent.decode(betas[b].model, z).std(0).mean() for b, z in codes.items()}
    assert varied[20] < 0.5 * varied[1]


def test_above_1_codes_crowd_and_pictures_blur(betas):
    order = [beta for beta in betas if beta >= 1]
    assert sorted(order, key=lambda beta: -spread(betas[beta])) == order
    assert sorted(order, key=lambda beta: -at(betas[beta], "sharpness")) == order


def test_rate_is_traded_for_distortion(betas):
    entries = list(betas.values())
    rates, distortions = ([at(e, m) for e in entries] for m in ("kl", "reconstruction"))
    assert rates == sorted(rates, reverse=True)
    dearer = [d for beta, d in zip(betas, distortions, strict=True) if beta >= 1]
    assert dearer == sorted(dearer)


def test_of_these_networks_beta_1_has_the_highest_elbo(betas):
    assert max(betas, key=lambda beta: at(betas[beta], "elbo")) == 1


# --- Sum or mean? -------------------------------------------------------------------------------

PIXELS, NUMBERS = 784, 16


@pytest.fixture(scope="module")
def account(model, opening):
    """The ledger of the opening digit under vae-16, at the mean of q."""
    network = model("vae-16")
    x = ledger.target(network, opening, SEED)
    mu, log_var = ledger.encoded(network, x, torch.zeros_like(x))
    return ledger.ledger(network, x, mu, log_var, torch.zeros(NUMBERS))


def test_the_elbo_sums_pixels_and_dimensions(account, said):
    assert f"{PIXELS} pixels" in said
    assert (account.per_pixel.numel(), account.per_dimension.numel()) == (PIXELS, NUMBERS)
    total = float(account.per_pixel.sum() + account.per_dimension.sum())
    assert account.objective == pytest.approx(total)


def test_a_mean_divides_one_term_only(account, said):
    assert "divides the reconstruction by 784" in said
    summed, cost = account.per_pixel.sum(), account.per_dimension.sum()
    assert float(summed / account.per_pixel.mean()) == pytest.approx(PIXELS)
    assert summed > cost > 10 * account.per_pixel.mean()


def test_a_mean_over_pixels_hides_a_beta_of_784(backward):
    """Its gradient points where that of the sum with beta 784 points, and not where beta 1 does."""
    assert ledger.hidden_beta(PIXELS) == PIXELS
    _, found = backward(trick_used=True)
    mean = found.through / PIXELS + found.by_kl
    with_beta, with_one = (found.through + beta * found.by_kl for beta in (PIXELS, 1))
    torch.testing.assert_close(PIXELS * mean, with_beta)

    def cosine(of):
        return float(torch.cosine_similarity(mean.flatten(), of.flatten(), 0))

    assert cosine(with_beta) == pytest.approx(1)
    assert cosine(with_one) < 0.9


def test_a_mean_over_both_hides_a_beta_of_49(said):
    assert "784 / 16 = 49" in said
    assert ledger.hidden_beta(PIXELS, NUMBERS) == 49


# --- Why the trick? -----------------------------------------------------------------------------


def test_the_gradient_of_the_kl_needs_no_draw(seen, backward):
    """It is the formula's slope: mu, and sigma - 1/sigma; and no epsilon enters."""
    q = seen(MODEL).q
    mu, sigma = q.mean, q.variance.sqrt()
    exact = torch.stack([mu, sigma - 1 / sigma])
    torch.testing.assert_close(trick.kl_gradient(mu, sigma), exact)
    for used in (True, False):
        _, at_a_draw = backward(trick_used=used)
        torch.testing.assert_close(at_a_draw.by_kl, exact)
