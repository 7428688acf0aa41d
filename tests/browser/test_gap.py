"""Gap: three numbers that add up, as torch computes them, while q is dragged over the posterior."""

import re

import numpy as np
import pytest
import torch

from data.binarize import binarize
from explore import gap, latent
from models import bounds, quadrature

NUMBERS = (".log-p", ".elbo-value", ".gap-value")
MINUS = "\N{MINUS SIGN}"
REST, POOL = "[data-from=rest]", "[data-pool='5000']"


def cents(visitor):
    """The three numbers as they are written, in hundredths of a nat."""
    texts = [visitor.panel.locator(name).inner_text() for name in NUMBERS]
    return [round(100 * float(re.sub("[≈ ]", "", text).replace(MINUS, "-"))) for text in texts]


def first_bound(visitor):
    """L_1 and its standard error."""
    text = visitor.panel.locator(".bound").inner_text().replace(MINUS, "-")
    return [float(v) for v in re.match(r"L₁ = (\S+) ± (?:< )?([\d.]+),", text).groups()]


def first_bound_text(visitor):
    return visitor.panel.locator(".bound").inner_text()


def page_fragment(visitor):
    return visitor.page.evaluate("location.hash")


def digit(visitor):
    """The chosen digit made binary as the view does at first."""
    return binarize(torch.tensor(visitor.digit[None] / 255).float(), 0)


def wait(visitor):
    visitor.page.locator(REST).wait_for()
    visitor.page.locator(POOL).wait_for()


@pytest.fixture
def at_gap(visit, lab):
    visitor = visit(fragment="view=gap")
    wait(visitor)
    return visitor


def test_the_numbers_are_torchs_and_add_up_while_q_is_dragged(at_gap, lab):
    visitor, page = at_gap, at_gap.page
    name = visitor.panel.locator("[data-group=models] input:checked").get_attribute("value")
    model = lab.entry(name).model
    x = digit(visitor)
    found, q = quadrature.posterior(model, x), gap.gaussian(*latent.posterior(model, x))
    window = gap.window_around(model, x, found, q, quadrature.EXACT, 112)
    want = [found.log_p, float(gap.elbo(q, window)), float(gap.gap(q, window, found.log_p))]
    shown = cents(visitor)
    assert np.abs(np.array(shown) / 100 - want).max() <= 0.0101
    assert shown[0] == shown[1] + shown[2]

    visitor.watch(visitor.panel.locator(".zoom .top"))
    box = visitor.panel.locator("[data-handle=mean]").bounding_box()
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*at)
    page.mouse.down()
    for step in range(1, 30):
        page.mouse.move(at[0] + 0.6 * step, at[1] + 0.4 * step)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        now = cents(visitor)
        assert now[0] == shown[0] == now[1] + now[2]
    page.mouse.up()
    assert visitor.seen >= 10
    assert cents(visitor)[2] != shown[2]
    # The samples are of the q that is shown: L_1 estimates its ELBO.
    wait(visitor)
    mean, error = first_bound(visitor)
    assert abs(mean - cents(visitor)[1] / 100) < 4 * error + 0.02
    assert abs(mean - want[1]) > 4 * error
    # Nothing does better than the best, and the encoder's q comes back.
    visitor.change(lambda: cents(visitor), lambda: visitor.press("Best q"))
    visitor.until(lambda: 0 <= cents(visitor)[2] <= shown[2], "the best q has the smallest gap")
    visitor.change(lambda: cents(visitor), lambda: visitor.press("Encoder's q"))
    visitor.until(lambda: cents(visitor) == shown, "the encoder's q returns")
    visitor.panel.locator("[data-handle='0']").focus()
    visitor.change(lambda: cents(visitor), lambda: page.keyboard.press("ArrowRight"))


def test_a_drawn_digit_settles(at_gap):
    visitor, page = at_gap, at_gap.page
    residual = visitor.panel.locator(".residual")
    before = cents(visitor)
    *places, last = visitor.stroke()
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places:
        page.mouse.move(*place)
    # The pen rests on the pad: nothing tells of that.
    visitor.until(lambda: cents(visitor) != before, "the drawing is shown")
    wait(visitor)
    assert "decodes" in residual.inner_text()
    assert visitor.panel.locator(".climb polyline").count() == 1
    page.mouse.move(*last)
    page.mouse.up()
    visitor.until(lambda: "decodes" in residual.inner_text(), "the fine grid")
    wait(visitor)


def test_sixteen_dimensions_have_an_estimate_with_its_error(at_gap, lab):
    visitor = at_gap
    visitor.panel.locator(".choice label").get_by_text("vae-16", exact=True).click()
    visitor.until(lambda: "≈" in visitor.panel.locator(".log-p").inner_text(), "an estimate")
    wait(visitor)
    model = lab.entry("vae-16").model
    x = digit(visitor)
    q = gap.gaussian(*latent.posterior(model, x))
    parts = [gap.importance_draws(model, x, q, 500, seed)[1] for seed in range(10)]
    log_weights = torch.cat(parts)
    log_p = float(bounds.importance_bound(log_weights[:, None]))
    shown = np.array(cents(visitor)) / 100
    assert (
        abs(shown - [log_p, float(log_weights.mean()), log_p - float(log_weights.mean())]).max()
        < 0.02
    )
    weights = torch.exp(log_weights - log_weights.max())
    error = float(weights.std() / weights.mean()) / len(weights) ** 0.5
    assert f"log p(x) ± {error:.2f}" in visitor.panel.locator(".parts").inner_text()
    assert "gap.model=vae-16" in visitor.until(
        lambda: page_fragment(visitor), "the link knows the model"
    )
    slider = visitor.panel.get_by_label("Importance samples K")
    slider.focus()
    visitor.change(
        lambda: visitor.panel.locator(".bound").inner_text(),
        lambda: visitor.page.keyboard.press("End"),
    )
    bound = float(bounds.iwae(log_weights[:, None], 500))
    assert f"= {MINUS}{-bound:.2f}" in visitor.panel.locator(".bound").inner_text()


def test_a_dragged_q_is_in_the_link(at_gap, visit):
    visitor, page = at_gap, at_gap.page
    mean = visitor.panel.locator("[data-handle=mean]")
    mean.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        visitor.change(
            lambda: mean.get_attribute("aria-valuetext"), lambda k=key: page.keyboard.press(k)
        )
    wait(visitor)
    visitor.panel.get_by_label("Importance samples K").fill("5")
    visitor.change(lambda: visitor.source(".digit"), lambda: visitor.press("Binarize anew"))
    wait(visitor)
    visitor.panel.locator("[data-handle='1']").focus()
    visitor.change(lambda: cents(visitor), lambda: page.keyboard.press("ArrowUp"))
    wait(visitor)
    visitor.change(lambda: first_bound_text(visitor), lambda: visitor.press("Draw again"))
    wait(visitor)
    handles = visitor.panel.locator(".handle")

    def shown(one):
        texts = [
            handle.get_attribute("aria-valuetext") for handle in one.panel.locator(".handle").all()
        ]
        return texts, cents(one), first_bound_text(one), one.source(".digit")

    assert handles.count() == 3
    link = visitor.copied_link()
    other = visit(at=link)
    wait(other)
    assert shown(other) == shown(visitor)
    assert other.copied_link() == link
