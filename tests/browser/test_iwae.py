"""The IWAE view: bounds, weights and pictures of the shipped networks, as torch computes them."""

import re

import pytest
import torch
from playwright.sync_api import expect

from data.binarize import SEED, binarize
from explore import iwae
from figures import to_bytes
from models import bounds
from views.iwae import iwae as view
from views.iwae.iwae import DRAWS, PART

NUMBER = r"\u2212?\d[\d,]*\.?\d*"
ROOT = ".vae-against-iwae[data-shown='{draw}'], .vae-against-iwae [data-shown='{draw}']"


def read(text):
    """Every number in a sentence as people write it."""
    return [float(n.replace("\u2212", "-").replace(",", "")) for n in re.findall(NUMBER, text)]


@pytest.fixture
def weights(lab):
    """weights(x, draw): all log weights [K] of both models."""

    def draw_all(x, draw):
        parts = range(draw * (DRAWS // PART), (draw + 1) * (DRAWS // PART))
        models = [lab.entry(name).model for name in view.NAMES]
        return [torch.cat([iwae.log_weights(m, x, PART, seed) for seed in parts]) for m in models]

    return draw_all


def test_bounds_weights_and_pictures_are_those_of_torch(visit, lab, weights):
    visitor = visit(fragment="view=iwae&iwae.draw=3")
    panel = visitor.panel

    def settled(draw):
        found = panel.locator(ROOT.format(draw=draw)).first
        expect(found).to_have_attribute("data-shown", str(draw), timeout=60_000)

    def check(k, draw):
        x = binarize(torch.tensor(visitor.followed) / 255, SEED)
        logs = weights(x, draw)
        check_words(k, [float(bounds.iwae(w[:, None], k)) for w in logs])
        at, *found = read(panel.locator(".crossing").inner_text())[:3]
        assert at == k
        assert found == pytest.approx([float(bounds.iwae(w[:, None], k)) for w in logs], abs=0.06)
        gaps = read(panel.locator(".crossing").inner_text())[-2:]
        expected = [float(bounds.iwae(w[:, None], DRAWS) - w.mean()) for w in logs]
        assert gaps == pytest.approx(expected, abs=0.06)
        for cloud, w, name in zip(panel.locator(".cloud").all(), logs, view.NAMES, strict=True):
            counted = read(cloud.locator("h3").inner_text())[1]
            assert counted == pytest.approx(float(bounds.effective_sample_size(w[:50])), abs=0.06)
            check_heaviest(cloud, lab.entry(name).model, x, w[:50], draw)

    def check_words(k, found):
        """Who is ahead on this digit, and whether that is so on average, where a card tells it."""
        titles, said = ("VAE", "IWAE"), panel.locator(".crossing").inner_text()
        ahead = found[1] - found[0]
        assert f"{titles[ahead > 0]} is ahead by {abs(ahead):.1f} nats on this digit" in said
        name = {1: "elbo", 50: "iwae-50", 500: "log p(x)"}.get(k)
        assert ("on average" in said) == (name is not None)
        if name:
            vae, other = (lab.entry(n).card.metrics[name].value for n in view.NAMES)
            mean = other - vae
            same, contrary = (
                f", and by {abs(mean):.1f} on average",
                f"; on average {titles[mean > 0]} is, by {abs(mean):.1f}",
            )
            assert (same if mean * ahead > 0 else contrary) in said

    def check_heaviest(cloud, model, x, w, draw):
        """Its place is the first and its size the largest; bright is bright."""
        seed = draw * (DRAWS // PART)
        picture = iwae.pictures(model, x, PART, seed, 50)[w.argmax()]
        shown = visitor.pixels(cloud.locator("canvas"))[1:33, 1:33, 0].astype(int)
        wanted = to_bytes(picture[0].numpy()).astype(int)
        # Enlarged from 28 to 32.64 pixels: compared by what part of it is ink.
        assert shown.mean() == pytest.approx(wanted.mean(), rel=0.2)

    settled(3)
    check(50, 3)
    visitor.press("Draw again")
    settled(4)
    check(50, 4)
    slider = panel.get_by_label("Samples K of q(z|x)")
    slider.focus()
    for _ in range(3):
        visitor.page.keyboard.press("ArrowRight")
    check(500, 4)
    visitor.change(panel.locator(".crossing").inner_text, lambda: visitor.sample(1))
    settled(4)
    check(500, 4)
    slider.focus()
    for _ in range(2):
        visitor.page.keyboard.press("ArrowLeft")
    check(100, 4)
    expect(panel.locator(".cost")).to_contain_text("times as long")
    visitor.until(
        lambda: {"iwae.k=100", "iwae.draw=4"} <= set(visitor.page.url.partition("#")[2].split("&")),
        "the address follows",
    )
    expect(panel.locator(".units output")).to_have_text(
        [str(sum(unit.active for unit in iwae.units(lab.entry(name).card))) for name in view.NAMES]
    )
