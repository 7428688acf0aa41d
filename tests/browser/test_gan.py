"""The GAN view: the page's samples, reconstructions and sharpness are those torch computes."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from data.sharpness import sharpness
from explore import latent
from figures import to_bytes
from models.origins import CODES, MIXTURE, metric_name
from views.gan import gan as view
from views.kit.origins import TITLES


def shown(visitor, text):
    expect(visitor.panel.locator("[data-shown]").first).to_have_attribute("data-shown", text)


def check_samples(visitor, lab):
    """Every column's chosen tile, and the number beside it; the columns' codes [3, D]."""
    root = visitor.panel.locator("[data-shown]").first
    tile = int(root.get_attribute("data-shown").split()[1])
    codes = []
    for name in view.SHOWN:
        column = visitor.panel.locator(f".column[data-name='{name}']")
        z = torch.tensor([[float(v) for v in column.get_attribute("data-z").split(",")]])
        codes.append(z)
        with torch.no_grad():
            picture = lab.entry(name).model.decode(z).mean
        wanted = to_bytes(picture[0, 0].numpy()).astype(int)
        magnified = visitor.pixels(column.locator(".picture"))[..., 0].astype(int)
        assert np.abs(magnified - wanted).max() <= 2, name
        left, top = 28 * (tile % 6), 28 * (tile // 6)
        grid = visitor.pixels(column.locator(".grid canvas"))[top : top + 28, left : left + 28, 0]
        assert np.array_equal(grid, magnified), name
        number = float(column.locator(".number").inner_text())
        assert number == pytest.approx(sharpness(picture).item(), abs=2e-3), name
    return torch.cat(codes)


def check_reconstructions(visitor, lab):
    x = torch.tensor(visitor.followed[None], dtype=torch.float32) / 255
    for name in view.SHOWN[:2]:
        column = visitor.panel.locator(f".column[data-name='{name}']")
        with torch.no_grad():
            picture = lab.entry(name).model.reconstruct(x)
        again = visitor.pixels(column.locator(".again"))[..., 0].astype(int)
        assert np.abs(again - to_bytes(picture[0, 0].numpy())).max() <= 3, name
        error = re.search(r"error ([\d.]+)", column.locator(".yours p").inner_text())[1]
        assert float(error) == pytest.approx((picture - x).square().mean().item(), abs=2e-3)


def test_the_columns_show_what_torch_says(visit, lab):
    assert view.shown(lab), "the networks of this view are not shipped"
    visitor = visit(fragment="view=gan&gan.seed=3&gan.tile=8")
    panel = visitor.panel
    shown(visitor, "3 8 0 prior")
    start = check_samples(visitor, lab)
    expect(panel.locator(".yours p").first).to_contain_text("squared error")
    check_reconstructions(visitor, lab)
    expect(panel.locator(".column.gan .yours")).to_contain_text("No encoder")
    slider = panel.get_by_label("Walk from these codes to the next")
    slider.focus()
    visitor.page.keyboard.press("End")
    shown(visitor, "3 8 100 prior")
    end = check_samples(visitor, lab)
    visitor.press("New z")
    shown(visitor, "4 8 0 prior")
    assert torch.allclose(check_samples(visitor, lab), end, atol=1e-3)
    assert not torch.allclose(start, end, atol=0.5)
    panel.get_by_label("VAE: choose a sample with the arrow keys").focus()
    visitor.page.keyboard.press("ArrowUp")
    shown(visitor, "4 2 0 prior")
    check_samples(visitor, lab)
    visitor.until(lambda: "gan.tile=2" in visitor.page.url, "the address follows")
    assert "gan.seed=4" in visitor.page.url
    assert "gan.share" not in visitor.page.url  # it is where it starts
    recall = lab.entry(view.SHOWN[1]).card.metrics["recall"]
    measured = panel.locator(".measure").filter(has_text="Recall")
    told = f"{recall.value:.2f} ± {recall.deviation:.2f}"
    expect(measured.locator(".bar-of.vae-gan em")).to_have_text(told)
    judge = sum(w.numel() for w in lab.entry(view.SHOWN[2]).model.players()["discriminator"])
    expect(panel.locator(".words")).to_contain_text(f"and {judge:,} weights")


def fid_of(panel, family):
    return panel.locator(".measure").filter(has_text="FID").locator(f".bar-of.{family} em")


def test_the_prior_was_wrong_in_one_click_and_a_link_restores_it(visit, lab):
    visitor = visit(fragment="view=gan&gan.seed=3&gan.tile=8")
    shown(visitor, "3 8 0 prior")
    usual = check_samples(visitor, lab)
    assert torch.equal(usual[0], usual[1])
    visitor.press(TITLES[MIXTURE])
    shown(visitor, "3 8 0 mixture")
    drawn = check_samples(visitor, lab)
    for i, name in enumerate(view.SHOWN):
        entry = lab.entry(name)
        told = visitor.panel.locator(f".column[data-name='{name}'] .all").inner_text()
        assert ("still N(0, I)" in told) == (MIXTURE not in latent.origins_of(entry))
        if MIXTURE not in latent.origins_of(entry):
            assert torch.equal(drawn[i], usual[i])  # a GAN has no codes
            continue
        expected = latent.drawn_codes(entry, MIXTURE, 18, 3)[8]
        assert torch.allclose(drawn[i], expected, atol=1e-4)
        metric = entry.card.metrics[metric_name("classifier FID", MIXTURE)]
        told = f"{metric.value:.1f} ± {metric.deviation:.1f}"
        expect(fid_of(visitor.panel, entry.model.family)).to_have_text(told)
    visitor.until(lambda: "gan.origin=mixture" in visitor.page.url, "the address follows")
    again = visit(fragment="view=gan&gan.seed=3&gan.tile=8&gan.origin=codes")
    shown(again, "3 8 0 codes")
    codes = check_samples(again, lab)
    for i, name in enumerate(view.SHOWN[:2]):
        known = lab.entry(name).codes.z
        assert torch.cdist(codes[i : i + 1], known).min() < 1e-3
    expect(again.panel.locator(".words")).to_contain_text("reconstructions")
    slider = again.panel.get_by_label("Walk from these codes to the next")
    slider.focus()
    again.page.keyboard.press("End")
    shown(again, "3 8 100 codes")
    following = latent.drawn_codes(lab.entry(view.SHOWN[0]), CODES, 18, 4)[8]
    assert torch.allclose(check_samples(again, lab)[0], following, atol=1e-3)


def test_a_column_draws_from_a_mixture_on_the_server_too(visit, lab):
    visitor = visit(
        fragment="view=gan&gan.seed=2&gan.tile=5&gan.origin=mixture",
        routes={"**/files/decoder*": lambda route: route.abort()},
    )
    shown(visitor, "2 5 0 mixture")
    check_samples(visitor, lab)
