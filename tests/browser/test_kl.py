"""KL: every number on the page is torch's, wherever the curves are dragged."""

import torch
from playwright.sync_api import expect
from torch.distributions import Normal, kl_divergence

from explore import latent
from views.kl import kl

HANDLE = "[role=slider][aria-label='{} of {}']"


def number(text):
    return float(text.replace("\u2212", "-").replace("+", ""))


def shown(panel):
    """q and p, as the handles say."""

    def value(what, who):
        told = panel.locator(HANDLE.format(what, who)).get_attribute("aria-valuenow")
        return torch.tensor(float(told), dtype=torch.float64)

    return {who: Normal(value("mu", who), value("sigma", who)) for who in ("q", "p")}


def check_numbers(panel):
    """Both directions; the KL of q from p."""
    normals, found = shown(panel), []
    for a, b in ("qp", "pq"):
        part = panel.locator(f"[data-direction={a}{b}]")
        exact = float(kl_divergence(normals[a], normals[b]))
        said = part.locator("output").inner_text()
        digits = len(said.partition(".")[2])
        assert said == f"{exact:.{digits}f}"
        *terms, total = map(number, part.locator(".terms .value").all_inner_texts())
        assert round(sum(terms), digits) == total == round(exact, digits)
        above, below = map(number, part.locator("small b").all_inner_texts())
        assert round(above - below, digits) == total
        data = part.locator(".checks").evaluate("p => ({...p.dataset})")
        assert abs(float(data["exact"]) - exact) < 1e-12 * max(1, exact)
        assert abs(float(data["integral"]) - exact) < 1e-8 * max(1, exact)
        assert abs(float(data["mean"]) - exact) <= 4 * float(data["error"])
        found.append(exact)
    return found[0]


def test_the_numbers_are_true_before_and_after_a_drag(visit):
    visitor = visit(fragment="view=kl")
    page, panel = visitor.page, visitor.panel
    total = panel.locator("[data-direction=qp] output")
    visitor.until(lambda: total.count() and total.inner_text(), "a number")
    before = check_numbers(panel)

    def drag(what, who, by):
        box = panel.locator(HANDLE.format(what, who)).locator(".ring").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + by, y)
        page.mouse.up()

    visitor.change(total.inner_text, lambda: drag("mu", "q", 200))
    assert shown(panel)["q"].mean > 0
    assert check_numbers(panel) != before
    visitor.change(total.inner_text, lambda: drag("sigma", "q", 60))
    handle = panel.locator(HANDLE.format("sigma", "p"))
    handle.focus()
    visitor.change(total.inner_text, lambda: page.keyboard.press("ArrowRight"))
    check_numbers(panel)

    # Ten times the draws, about a third of the error, and other draws another mean.
    checks = panel.locator("[data-direction=qp] .checks")
    error = float(checks.get_attribute("data-error"))
    visitor.change(checks.inner_text, lambda: panel.locator("select").select_option("10000"))
    assert 0.2 < float(checks.get_attribute("data-error")) / error < 0.5
    visitor.change(checks.inner_text, lambda: visitor.press("Draw again"))
    check_numbers(panel)
    other = visit(at=visitor.copied_link())
    other.until(
        lambda: checks.inner_text() in other.panel.inner_text(), "a link has the same draws"
    )

    visitor.change(total.inner_text, lambda: visitor.press("equal"))
    assert panel.locator(".direction output").all_inner_texts() == ["0.0000", "0.0000"]


def test_the_encoders_q_follows_the_digit_and_a_finger_drags(visit, lab):
    visitor = visit(
        fragment="view=kl&kl.q=0,0.5&kl.p=1,1.5",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    panel = visitor.panel
    widths = {"q": 0.5, "p": 1.5}
    visitor.until(lambda: {w: float(n.stddev) for w, n in shown(panel).items()} == widths, "a link")
    visitor.press("swap widths")
    visitor.until(lambda: shown(panel)["q"].stddev == 1.5, "q is wide")
    assert [float(shown(panel)["p"].stddev), float(shown(panel)["p"].mean)] == [0.5, 1]
    visitor.press("VAE's q of this digit")
    handle = panel.locator(HANDLE.format("mu", "q"))

    def at_the_encoders_mean():
        x = torch.tensor(visitor.digit[None] / 255).float()
        mu = latent.encode(lab.entry(kl.MODEL).model, x)[0].item()
        return abs(mu - float(handle.get_attribute("aria-valuenow"))) < 1e-5

    visitor.until(at_the_encoders_mean, "q is the encoder's")
    visitor.sample(1)
    visitor.until(at_the_encoders_mean, "q is the other digit's")
    assert shown(panel)["p"].stddev == 1
    ring = panel.locator(HANDLE.format("sigma", "p")).locator(".ring")
    ring.scroll_into_view_if_needed()
    box = ring.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visitor.drag_with_finger([(x, y), (x - 20, y), (x - 40, y)])
    visitor.until(lambda: shown(panel)["p"].stddev > 1.5, "p is wider")
    expect(panel.locator("[data-preset=digit]")).to_have_attribute("aria-pressed", "false")
    check_numbers(panel)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
