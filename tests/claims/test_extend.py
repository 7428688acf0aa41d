"""What the views of "extend" say, held against the shipped networks; see also test_lecture_*.py.

Claims about digits are asked of the sixty samples of the page, of the embedded ones and of MNIST
where it is at hand, and of the one that each view opens with.
"""

import dataclasses
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from data.morphology import MEASURES
from experiments import shapes as shapes_benchmark
from explore import latent, seeds
from models import zoo
from models.beta import beta_of
from tests.places import ROOT
from training.recipes.few_labels import LABELS, semi_supervised
from training.recipes.importance import averaged
from views.beta import beta as beta_view
from views.draw import draw as drawing_component
from views.gan import gan as gan_component
from views.iwae import iwae as iwae_component
from views.kit.lab import Lab
from views.kit.pictures import Picture, read_picture
from views.kit.samples import EIGHT, THREE, Samples
from views.shapes import shapes as shapes_view
from views.shell.digit_input import Nothing, sample_digits

SHIPPED = zoo.Zoo(ROOT / "checkpoints")
MNIST = (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir()


def card(name):
    return SHIPPED[name].card


def value(name, metric):
    return card(name).metrics[metric].value


def model(name) -> Any:
    return SHIPPED[name].model


@pytest.fixture(scope="module", params=["embedded", "MNIST"] if MNIST else ["embedded"])
def samples(request):
    """The digits that the page offers: x [60, 1, 28, 28], y [60]; it opens with `THREE`."""
    offered = Samples()
    if request.param == "MNIST":
        offered.look_for_mnist(download=False).join()
        assert "MNIST" in offered.current.name
    shape = offered.current.shape
    records = sample_digits(Lab(SHIPPED, offered), Nothing()).digits
    digits = [Picture(shape=list(shape), pixels=record.pixels) for record in records]
    x = torch.stack([read_picture(digit, shape) for digit in digits])
    return SimpleNamespace(x=x, y=torch.tensor([record.label for record in records]))


# Trainings with other seeds.


def test_a_lead_is_told_with_its_spread_over_the_seeds_that_both_have(monkeypatch, tmp_path):
    file = tmp_path / "seeds.json"
    monkeypatch.setattr(seeds, "FILE", file)
    assert seeds.in_words(seeds.gain("a", "b", "elbo"), "nats") == "one training each"
    file = tmp_path / "more.json"
    file.write_text(
        '{"a": {"0": {"elbo": -9}, "1": {"elbo": -8}, "2": {"kl": 1}},'
        ' "b": {"0": {"elbo": -10}, "1": {"elbo": -10}, "2": {"elbo": 0}}}',
        encoding="utf-8",
    )
    monkeypatch.setattr(seeds, "FILE", file)
    found = seeds.gain("a", "b", "elbo")
    assert (found.mean, found.least, found.seeds) == (1.5, 1, 2)
    assert found.spread == pytest.approx(0.5**0.5)
    assert seeds.in_words(found, "nats") == "with 2 seeds each +1.5 ± 0.7 nats"
    assert seeds.in_words(seeds.gain("b", "a", "elbo"), "nats").startswith("with 2 seeds each −1.5")
    assert seeds.gain("a", "unknown", "elbo") is None


# DRAW.


def test_drawing_in_steps_helps_after_as_many_epochs_and_not_in_less_time():
    found = drawing_component.compared(Lab(SHIPPED, Samples()), "draw-32")
    ours, once, longer = (found[role].card for role in ("ours", "epochs", "time"))
    assert ours.recipe["epochs"] == once.recipe["epochs"] < longer.recipe["epochs"]
    assert longer.machine["training_seconds"] < ours.machine["training_seconds"] / 4
    elbo = {role: entry.card.metrics["elbo"].value for role, entry in found.items()}
    assert elbo["time"] > elbo["ours"] > elbo["epochs"]


@pytest.mark.parametrize("name", [n for n, e in SHIPPED.items() if "kl" in e.card.metrics])
def test_a_kl_says_whether_it_is_exact(name):
    """DRAW's is closed for one path of z only: its q(z_t|x, z_<t) depends on the draws before."""
    protocol = card(name).metrics["kl"].sentence()
    assert protocol.startswith(f"{model(name).kl_estimator()}; ")
    assert ("one path" in protocol) == (model(name).family == "draw")


# IWAE.


def test_the_control_is_told_once_it_was_trained(monkeypatch, tmp_path):
    names = ("iwae-50-burda", iwae_component.CONTROL)
    assert averaged().name == iwae_component.CONTROL
    monkeypatch.setattr(seeds, "FILE", tmp_path / "none.json")
    assert "was not trained here" in iwae_component.control(names[0])
    runs = [{str(seed): {"log p(x)": v - seed} for seed in range(3)} for v in (-93.0, -95.5)]
    file = tmp_path / "seeds.json"
    file.write_text(json.dumps(dict(zip(names, runs, strict=True))), encoding="utf-8")
    monkeypatch.setattr(seeds, "FILE", file)
    assert "still 2.5 ± 0.0 nats behind (3 trainings each)" in iwae_component.control(names[0])


# Beta.

BETAS = {beta_of(e.card.config): e for e in beta_view.shown(Lab(SHIPPED, Samples()))}
CHEAP = [beta for beta in BETAS if beta < 1]


def at(beta, metric):
    return BETAS[beta].card.metrics[metric].value


@torch.no_grad()
def test_below_one_draws_fall_into_no_holes(generator):
    """They are as clear as at beta = 1: what is missing is variety, not clearness."""
    z = torch.randn(1_000, 2, generator=generator)
    sure = {}
    for beta, entry in BETAS.items():
        shares = model("classifier").classify(entry.model.decode(z).mean).probs
        sure[beta] = float((shares.max(1).values > 0.9).double().mean())
    assert all(sure[beta] > sure[1] - 0.05 for beta in CHEAP)


def test_the_lead_of_beta_one_is_told_with_what_it_rests_on(monkeypatch, tmp_path):
    monkeypatch.setattr(seeds, "FILE", tmp_path / "none.json")
    entries = list(BETAS.values())
    lead = beta_view.lead_of(entries)
    assert [beta_of(entries[i].card.config) for i in (lead.best, lead.second)] == [1, 2]
    assert lead.nats == pytest.approx(at(1, "elbo") - at(2, "elbo"), abs=1e-5)
    assert lead.sure == "one training each"
    assert beta_view.lead_of(entries[:1]) is None


# Few labels.


@pytest.mark.parametrize("labels", LABELS)
def test_on_average_m2_reads_better_than_labels_alone(labels):
    """With standard errors over 10,000 images; three splits of each: docs/family.md."""
    ours, alone = (value(f"{family}-{labels}", "accuracy") for family in ("m2", "classifier"))
    assert ours > alone


def test_alpha_is_ten_times_the_papers():
    """Kingma et al. 2014, eq. 9: 0.1 N times the mean of -log q(y|x) over the labelled images."""
    for labels in LABELS:
        recipe = semi_supervised(labels)
        config: Any = recipe.config
        told = torch.arange(recipe.batch_size) < recipe.labelled_share * recipe.batch_size
        losses = torch.where(told, torch.rand(recipe.batch_size), 0.0)
        weighed = config.alpha * losses.mean()  # beside bounds averaged over all
        assert float(weighed / losses[told].mean()) == pytest.approx(10 * 0.1)
    text = (ROOT / "views" / "few_labels" / "derivation.md").read_text(encoding="utf-8")
    assert "so $\\alpha = N$, ten times the paper's" in text


@torch.no_grad()
def test_one_code_writes_ten_digits(samples):
    """The third row of Few labels; read by the classifier that judges the samples of all models."""
    m2, classes = model("m2-100"), torch.arange(10)
    z = m2.encode(samples.x).mean.repeat_interleave(10, 0)
    written = m2.decode(z, classes.repeat(60)).mean
    read = model("classifier").classify(written).probs.argmax(1).view(60, 10)
    assert float((read == classes).double().mean()) > 0.9


# GAN.

COMPARED = ("vae-16-conv", "vae-gan-16", "gan-16")


def test_the_non_saturating_loss_follows_kl_minus_twice_js():
    """Arjovsky & Bottou 2017, theorem 2.5, on five pictures, under the best discriminator."""
    logits = torch.tensor([0.3, -1.0, 0.5, 2.0, -0.4], dtype=torch.float64, requires_grad=True)
    p = torch.tensor([0.3, 0.3, 0.2, 0.1, 0.1], dtype=torch.float64)

    def kl(a, b):
        return (a * (a / b).log()).sum()

    def gradient(of):
        return torch.autograd.grad(of(torch.softmax(logits, 0)), logits)[0]

    fixed = torch.softmax(logits, 0).detach()
    best = p / (p + fixed)  # D*, which does not follow the generator within a step
    found = gradient(lambda q: -(q * best.log()).sum())
    js = gradient(lambda q: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2)
    torch.testing.assert_close(found, gradient(lambda q: kl(q, p)) - 2 * js)
    saturating = gradient(lambda q: (q * (1 - best).log()).sum())
    torch.testing.assert_close(saturating, 2 * js)
    assert torch.cosine_similarity(found, js, 0) < 0.99, "it would be JS after all"
    assert model("gan-16").objective(0)["generator"] == {"generator loss": 1.0}


def test_a_discriminator_draws_sharper_than_an_average():
    assert value(COMPARED[0], "sharpness") < min(value(name, "sharpness") for name in COMPARED[1:])


def test_what_the_three_do_not_share_is_what_their_recipes_do_not(monkeypatch):
    entries = [SHIPPED[name] for name in COMPARED]
    told = gan_component.differences(entries)
    assert {entry.card.recipe["epochs"] for entry in entries} == {24}
    assert told.startswith("Decoders and epochs (24) are alike, discriminators (10,065 and 108,977")
    assert len({str(entry.card.config.decoder) for entry in entries}) == 1
    assert told.endswith("FID of 3 trainings each: VAE 59 ± 1, VAE+GAN 22 ± 4, GAN 6 ± 1.")
    longer = dataclasses.replace(entries[0].card, recipe={"epochs": 12})
    other = [dataclasses.replace(entries[0], card=longer), *entries[1:]]
    assert "Decoders are alike" in gan_component.differences(other)
    assert "epochs (12, 24, 24) are not" in gan_component.differences(other)
    monkeypatch.setattr(gan_component.seeds, "of", lambda name, metric: {})
    assert gan_component.differences(entries).endswith("one training each.")


# Sliders named by what they do.


def test_a_code_hardly_tells_the_height():
    told = {trait: value("vae-16", f"R^2 {trait}") for trait in MEASURES}
    assert told.pop("height") < 0.5 < min(told.values())


# Shapes.


def test_of_the_three_beta_tcvae_has_the_largest_gap():
    migs = [value(name, "mig") for name in shapes_view.WANTED]
    assert sorted(migs) == migs
    held_out = [float(shapes_benchmark.by_part(model(n)).split()[0]) for n in shapes_view.WANTED]
    assert sorted(held_out) == held_out, "by the validation pictures alone, too"
    assert "chosen with the factors" in shapes_view.LOOK


# Interpolate.


@torch.no_grad()
def test_half_way_the_cross_fade_shows_two_ghosts_and_codes_one_digit(samples):
    """From what Interpolate opens with to its digit B: ink that is half black, and ink that is not.

    And between the other samples on average.
    """
    half, vae = torch.tensor([0.5]), model("vae-16")
    grey = {"cross-fade": [], "codes": []}
    for a, b in [(THREE, EIGHT), *((i, (i + 11) % 60) for i in range(0, 60, 5))]:
        x, y = samples.x[a], samples.x[b]
        codes = latent.linear_path(latent.encode(vae, x), latent.encode(vae, y), half)
        found = {
            "cross-fade": latent.linear_path(x, y, half)[0],
            "codes": latent.decode(vae, codes)[0],
        }
        for name, picture in found.items():
            # Of the ink that is there at all, how much is about half as bright as ink is.
            inked = picture > 0.35
            grey[name].append(float((inked & (picture < 0.65)).sum() / inked.sum()))
    assert grey["codes"][0] < 0.6 * grey["cross-fade"][0]
    assert sum(grey["codes"]) < 0.6 * sum(grey["cross-fade"])
