"""What the lecture "The notes" says of applications and of other families, on the shipped networks.

Each test has the name of the claim that slides give; `said` is what these slides say.
"""

import math

import pytest
import torch

from data.mixture import MIXTURE
from data.morphology import MEASURES
from data.sharpness import sharpness
from explore import draw, score, shapes
from models import FAMILIES
from tests.lectures import SLIDES
from views.compare import compare
from views.iwae import iwae
from views.kit.samples import THREE

COMPARED = ("vae-16-conv", "vae-gan-16", "gan-16")  # what the view VAE and GAN shows


@torch.no_grad()
def test_told_the_class_z_keeps_the_handwriting(model, value, sheet, read):
    """One z with ten classes writes ten legible digits, as thick and as slanted as the digit.

    And z tells next to nothing of the class to a linear probe, where without the class it did.
    """
    told, classes = model("cvae-16"), torch.arange(10)
    z = told.encode(sheet, classes.repeat(6)).mean.repeat_interleave(10, 0)
    written = told.decode(z, classes.repeat(60)).mean
    right = read(written).view(60, 10) == classes
    assert right.double().mean() > 0.95
    assert int(right[THREE].sum()) >= 9
    for trait in ("thickness", "slant"):
        of_ten = MEASURES[trait](written[:, 0]).view(60, 10).mean(1)
        pair = torch.stack([MEASURES[trait](sheet[:, 0]).double(), of_ten.double()])
        assert float(torch.corrcoef(pair)[0, 1]) > 0.5, trait
    probe = {n: value(n, "linear probe accuracy") for n in ("cvae-16", "vae-16-unconditional")}
    assert probe["cvae-16"] < 0.2 < probe["vae-16-unconditional"] / 4
    gained = value("cvae-16", "log p(x)") - value("vae-16-unconditional", "log p(x)")
    assert gained > math.log(10)  # and so it is the better model, by one training each


def test_unlabelled_digits_teach(shipped, value, said):
    assert "beside 100 labels" in said
    assert "two thirds of the errors" in said
    left = {name: 1 - value(name, "accuracy") for name in ("m2-100", "classifier-100")}
    assert left["m2-100"] / left["classifier-100"] == pytest.approx(1 / 3, abs=0.05)
    assert {shipped.entry(name).card.recipe["labels"] for name in left} == {100}


def test_trained_on_fifty_samples_q_is_looser(shipped, value, said):
    vae, other = iwae.NAMES
    for metric in ("iwae-50", "log p(x)", "active units"):
        assert value(other, metric) > value(vae, metric), metric
    gaps = [value(name, "log p(x)") - value(name, "elbo") for name in iwae.NAMES]
    assert gaps[1] > 3 * gaps[0]
    assert value(other, "elbo") < value(vae, "elbo")
    units = "{:g} numbers of the code are in use against {:g}"
    assert units.format(*(value(name, "active units") for name in (other, vae))) in said
    # As many epochs on the same machine.
    cards = [shipped.entry(name).card for name in (other, vae)]
    assert len(cards[0].curve) == len(cards[1].curve)
    assert cards[0].machine["device"] == cards[1].machine["device"]
    times = [card.machine["training_seconds"] for card in cards]
    assert f"{times[0] / times[1]:.0f}" == "5"
    assert "five times the time" in said


def test_the_first_steps_say_most(model, sheet):
    network = model("draw-32")
    for i in {THREE, *range(0, 60, 7)}:
        found = draw.inferred(network, sheet[i], "mean", torch.Generator().manual_seed(1))
        half = len(found.kl) // 2
        assert found.kl[:half].sum() > found.kl[half:].sum(), i
        pictures = draw.canvases(network, found.z)
        before, last = (float(sharpness(pictures[t][None])) for t in (half, -1))
        assert last > 2 * before, i


@torch.no_grad()
def test_the_discriminator_sharpens_and_leaves_the_digit(model, value, sheet):
    """On average over test digits, and on nearly every digit of the sheet."""
    vae, other = COMPARED[:2]
    assert value(other, "sharpness") > value(vae, "sharpness")
    assert value(other, "mse") > 2 * value(vae, "mse")
    pictures = [model(name).reconstruct(sheet) for name in (vae, other)]
    sharp = [sharpness(each) for each in pictures]
    far = [(each - sheet).square().flatten(1).mean(1) for each in pictures]
    assert (sharp[1] > sharp[0]).double().mean() > 0.9
    assert sharp[1][THREE] > sharp[0][THREE]
    assert (far[1] > far[0]).double().mean() > 0.9
    assert far[1][THREE] > far[0][THREE]


def test_a_gan_samples_z_too(shipped, value):
    """And its pictures are about as sharp as real ones, the VAE's not."""
    real = shipped.entry("gan-16").card.metrics["sharpness"].real
    assert value("vae-16-conv", "sharpness") < 0.6 * real < value("gan-16", "sharpness")
    assert shipped.entry("gan-16").model.latent == shipped.entry("vae-16-conv").model.latent


def test_shape_is_the_factor_no_number_follows(shipped):
    found = {f.factor for f in shapes.followers(shipped.entry("beta-tcvae-10-shapes").card)}
    assert found - {None} == {"size", "rotation", "x position", "y position"}


# --- Among generative models --------------------------------------------------------------------

# The rows of the map, and the families of ours that each is about.
ROWS = {
    "PCA, autoencoder, DAE": ("ae", "dae"),
    "VAE": ("vae", "iwae", "cvae", "beta-vae"),
    "GAN": ("gan",),
}
# Stems of how a family that is not here would be called.
ELSEWHERE = {
    "autoregressive model*": ("autoregressive", "pixel"),
    "normalizing flow*": ("flow", "nvp"),
    "diffusion model*": ("diffusion", "ddpm"),
}


def test_the_map_of_families():
    """The rows of what is here say what the families' classes say; no starred family is here."""
    (slide,) = (slide for slide in SLIDES if slide.table)
    head, *rows = slide.table
    assert head == ["family", "draws new images", "gives the code of an image", "tells log p(x)"]
    said = {row[0]: row[1:] for row in rows}
    assert said.keys() == ROWS.keys() | ELSEWHERE.keys()
    for row, names in ROWS.items():
        draws, gives, tells = (cell.split(",")[0] for cell in said[row])
        for name in names:
            family = FAMILIES[name]
            assert (draws == "yes") == family.has_prior, name
            assert (gives == "yes") == family.has_encoder, name
            assert (tells == "a bound") == (family.has_prior and family.has_likelihood), name
    for stems in ELSEWHERE.values():
        assert not [name for name in FAMILIES if any(stem in name for stem in stems)]


def test_best_depends_on_what_is_measured(shipped):
    """No main model, which most columns compare, leads in all columns that have a best."""
    best = {}
    main = [row for row in compare.rows(shipped) if row.part == "main"]
    for column in compare.COLUMNS:
        found = {row.name: cell.value for row in main if (cell := row.cells.get(column.key))}
        if column.better and found:
            best[column.key] = max(found, key=lambda name: column.better * found[name])
    assert len(set(best.values())) >= 3


def test_slope_and_noise_draw_samples(model):
    """As the button does: 300 steps of variance .001 from anywhere. What is drawn is as probable
    as draws of p_sigma; following the slope alone ends at its peaks, more probable by far.

    And the slope that it climbs is near that of log p_sigma: 3.7 % off, and further from that of
    the density without noise.
    """
    network, sigma = model("dae-mixture"), score.noise_level(model("dae-mixture"))
    near = score.agreement(network, MIXTURE)
    assert near.difference < 0.06 * near.size
    density = MIXTURE.blurred(sigma)
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(400, 2, generator=generator)
    learned = score.point_score(network, x.double())
    exact, sharp = density.score(x.double()), MIXTURE.score(x.double())
    assert (learned - exact).norm() < (learned - sharp).norm() / 2
    for _ in range(300):
        noise = torch.randn(x.shape, generator=generator)
        step = score.score(network, x.view(-1, 1, 1, 2)).view(-1, 2)
        x = x + 0.5 * 0.001 * step + 0.001**0.5 * noise
    k = torch.multinomial(torch.tensor(MIXTURE.weights), 4_000, True, generator=generator)
    drawn = torch.tensor(MIXTURE.means)[k] + density.std * torch.randn(
        4_000, 2, generator=generator
    )
    found, wanted = (float(density.log_density(each.double()).mean()) for each in (x, drawn))
    peaks = score.climb(network, x.view(-1, 1, 1, 2), 1.0, 100).view(-1, 2).double()
    assert found == pytest.approx(wanted, abs=0.3)
    assert density.log_density(peaks).mean() > wanted + 0.7
