"""The digit that the page opens with shows what the sentence above each view says.

Asked of the embedded digits and of MNIST's, where they are at hand, with the settings and the seeds
that the views open with. What a view says of averages only, its opening digit must not deny.
"""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import views
from data.binarize import SEED, binarize
from data.sharpness import sharpness
from explore import draw, elbo, few_labels, gap, iwae, latent, score, trick
from models import quadrature
from models.beta import beta_of
from models.bounds import iwae as bound
from models.corruption import CORRUPTIONS
from tests.sheet import sheet_of
from views.beta import beta
from views.compress import compress
from views.interpolate import interpolate
from views.iwae import iwae as iwae_view
from views.kit.lab import COMPARED, JUDGE, Lab
from views.kit.samples import EIGHT, THREE, Samples
from views.trick.trick import MODEL

MNIST = (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir()
# Their sentence is of all codes, of two Gaussians, of other pictures, or tells what to do.
OF_NO_DIGIT = {"sample", "kl", "shapes", "compare", "sliders", "ledger"}
# Held by other files on every digit of the sheet, the opening one included.
ELSEWHERE = {"likelihood"}


@pytest.fixture(scope="module", params=["embedded", "MNIST"] if MNIST else ["embedded"])
def page(request, shipped):
    """The opening digit x [1, 28, 28] of class y, the second digit of Interpolate, and models."""
    samples = Samples()
    if request.param == "MNIST":
        samples.look_for_mnist(download=False).join()
    lab = Lab(shipped.zoo, samples)
    sheet = sheet_of(lab)

    def model(name) -> Any:
        return lab.zoo[name].model

    return SimpleNamespace(
        lab=lab, x=sheet[THREE], y=THREE % 10, other=sheet[EIGHT], model=model, name=request.param
    )


def error_of(page, name, seen=None):
    """Squared error per pixel of what the model makes of `seen`, or of the digit itself."""
    x = page.x if seen is None else seen
    return float((page.model(name).reconstruct(x[None])[0] - page.x).square().mean())


def read(page, pictures):
    return page.model(JUDGE).classify(pictures).probs.argmax(1)


@torch.no_grad()
def lands(page):
    """On each of the three maps the nearest test image is of its class."""
    for family in COMPARED:
        entry = page.lab.zoo[f"{family}-2"]
        z = latent.encode(entry.model, page.x)
        nearest = int((entry.codes.z.float() - z).square().sum(1).argmin())
        assert int(entry.codes.y[nearest]) == page.y, family


@torch.no_grad()
def reconstruct(page):
    """16 numbers keep more than 2, and the digit stays what it is."""
    for family in COMPARED:
        assert error_of(page, f"{family}-16") < error_of(page, f"{family}-2"), family
        for size in (2, 16):
            picture = page.model(f"{family}-{size}").reconstruct(page.x[None])
            assert int(read(page, picture)) == page.y, (family, size)


@torch.no_grad()
def denoise(page):
    """At the strength that the view opens with the DAE is far ahead, and leaves about a tenth."""
    noise = torch.Generator().manual_seed(0)
    noisy = CORRUPTIONS["gaussian-noise"](0.5).sample(page.x, noise)
    left = {family: error_of(page, f"{family}-16", noisy) for family in COMPARED}
    assert left["dae"] < 0.11 * float((noisy - page.x).square().mean())
    assert 3 * left["dae"] < min(left["ae"], left["vae"])


def interpolate_paths(page):
    """Half way the cross-fade is greyer than any path through codes."""
    paths = interpolate.find_paths(
        page.lab, page.x, page.other, set(COMPARED), 16, interpolate.STEPS
    )
    middle = interpolate.STEPS // 2
    grey = {
        (path.family, path.note): float((p := path.pictures[middle]).mul(1 - p).mean())
        for path in paths
    }
    fade = grey.pop(("pixels", "cross-fade"))
    assert max(grey.values()) < fade


@torch.no_grad()
def squeeze(page):
    """Digits can be squeezed: 8 numbers of an AE lose far less than 8 of PCA."""
    found = compress.compressed(page.lab, compress.DIGITS, page.x).pictures
    pca, ae = (found[kind]["8"].mse for kind in ("pca", "ae"))
    assert ae < 0.7 * pca


def missed(page):
    """The encoder's q misses something of the true posterior, which is not nothing to look at."""
    model, x = page.model("vae-2-davidson"), binarize(page.x, SEED)
    found = quadrature.posterior(model, x)
    q = gap.gaussian(*latent.posterior(model, x))
    window = gap.window_around(model, x, found, q, quadrature.EXACT, 96)
    assert float(gap.gap(q, window, found.log_p)) > 1


def same_sum(page):
    """Another q changes the terms, and not their sum."""
    model, x = page.model("vae-2-davidson"), binarize(page.x, SEED)
    found = quadrature.posterior(model, x)
    mu, sigma = latent.posterior(model, x)
    window = gap.window_around(model, x, found, gap.gaussian(mu, sigma), quadrature.EXACT, 96)
    qs = [gap.gaussian(mu + moved * sigma, sigma) for moved in (0, 3)]
    one, other = (elbo.terms(q, window, found.log_p) for q in qs)
    for name in ("likelihood", "kl_prior", "gap"):  # which are written with two decimals
        assert abs(getattr(one, name) - getattr(other, name)) > 0.01, name
    assert one.elbo + one.gap == pytest.approx(other.elbo + other.gap, abs=1e-9)


def slope(page):
    """With the trick the gradient varies a thousand times less than without."""
    model, x = page.model(MODEL), binarize(page.x, SEED)
    mu, sigma = (v.double() for v in latent.posterior(model, x))
    noise = torch.Generator().manual_seed(0)
    epsilon = torch.randn(400, 2, generator=noise, dtype=torch.float64)
    f = trick.once(trick.reconstruction_loss(model, x))
    path, around = (each(f, mu, sigma, epsilon) for each in (trick.pathwise, trick.score_function))
    assert float(around.var(0).sum()) > 1000 * float(path.var(0).sum())


@torch.no_grad()
def uphill(page):
    """A full step of the denoiser leads back to the digit."""
    model = page.model("dae-64-score")
    noise = torch.randn(page.x.shape, generator=torch.Generator().manual_seed(0))
    noisy = page.x + score.noise_level(model) * noise
    restored = score.climb(model, noisy, 1.0, 1)
    before, after = (float((each - page.x).square().mean()) for each in (noisy, restored))
    assert after < 0.3 * before


@torch.no_grad()
def ten_digits(page):
    """One z with ten classes writes ten digits, all of them legible."""
    told, classes = page.model("cvae-16"), torch.arange(10)
    z = told.encode(page.x[None], torch.tensor([page.y])).mean.expand(10, -1)
    assert (read(page, told.decode(z, classes).mean) == classes).all()


@torch.no_grad()
def price(page):
    """The dearer the code, the fewer nats this digit spends, and the worse its picture."""
    entries = beta.shown(page.lab)
    places = [beta.place_of(entry, page.x) for entry in entries]
    betas = [beta_of(entry.card.config) for entry in entries]
    assert betas == sorted(betas)
    costs = [place.kl for place in places]
    assert costs == sorted(costs, reverse=True)
    cheap, costly = (error_of(page, entries[i].card.name) for i in (0, -1))
    assert costly > 1.5 * cheap


def fifty_samples(page):
    """At K = 50 the IWAE is ahead, with the looser q: by the first of the view's samples."""
    x = binarize(page.x, SEED)
    logs = [
        torch.cat(
            [
                iwae.log_weights(page.model(name), x, iwae_view.PART, part)
                for part in range(iwae_view.DRAWS // iwae_view.PART)
            ]
        )
        for name in iwae_view.NAMES
    ]
    vae, other = (float(bound(each[:, None], 50)) for each in logs)
    assert other > vae + 1
    elbo, log_p = ([float(bound(each[:, None], k)) for each in logs] for k in (1, len(logs[0])))
    assert log_p[1] - elbo[1] > 2 * (log_p[0] - elbo[0])


@torch.no_grad()
def labels(page):
    """M2 reads the digit with any number of labels; 100 labels alone are less sure, or wrong."""
    for count in (100, 600, 1000, 3000):
        assert (
            int(few_labels.explain(page.model(f"m2-{count}"), page.x).posterior.argmax()) == page.y
        )
    alone = page.model("classifier-100").classify(page.x[None]).probs[0]
    m2 = page.model("m2-100").classify(page.x[None]).probs[0]
    assert m2[page.y] > alone[page.y]
    if page.name == "MNIST":  # no embedded 3 that all networks keep is misread
        assert int(alone.argmax()) != page.y


def steps(page):
    """The first steps say most, the last sharpen."""
    model = page.model("draw-32")
    found = draw.inferred(model, page.x, "mean", torch.Generator().manual_seed(0))
    half = len(found.kl) // 2
    assert found.kl[:half].sum() > found.kl[half:].sum()
    pictures = draw.canvases(model, found.z)
    assert float(sharpness(pictures[-1:])) > 2 * float(sharpness(pictures[half : half + 1]))


@torch.no_grad()
def sharp(page):
    """What the discriminator was part of is sharper, and farther from the digit."""
    vae, other = (page.model(n).reconstruct(page.x[None]) for n in ("vae-16-conv", "vae-gan-16"))
    assert float(sharpness(other)) > float(sharpness(vae))
    assert (other - page.x).square().mean() > (vae - page.x).square().mean()


CLAIMS = {
    "maps": lands,
    "reconstruct": reconstruct,
    "denoise": denoise,
    "interpolate": interpolate_paths,
    "compress": squeeze,
    "elbo": same_sum,
    "gap": missed,
    "trick": slope,
    "score": uphill,
    "classes": ten_digits,
    "beta": price,
    "iwae": fifty_samples,
    "few_labels": labels,
    "draw": steps,
    "gan": sharp,
}


@pytest.mark.parametrize("view", CLAIMS)
def test_the_opening_digit_shows_what_the_view_says(page, view):
    CLAIMS[view](page)


def test_every_view_is_asked_or_says_nothing_of_the_digit():
    """A new view has to say on which side it stands."""
    known = {view for group in views.GROUPS.values() for view in group}
    assert known - {"machine"} <= CLAIMS.keys() | OF_NO_DIGIT | ELSEWHERE
    assert not CLAIMS.keys() & (OF_NO_DIGIT | ELSEWHERE)
