"""The ELBO, line by line: unfolded by keyboard, true on every line, while q is dragged over it."""

import re

import pytest
import torch

from data.binarize import SEED, binarize
from explore import elbo, gap, latent
from models import quadrature
from views.kit.true_posterior import MOST_SIDE, offered

MINUS = "\N{MINUS SIGN}"
STEPS = 8
READ = """panel => [...panel.querySelectorAll(".lines li:not([hidden])")].map((line) => ({
  sum: line.querySelector(".sum").textContent,
  pieces: [...line.querySelectorAll(".sign, .term")].map((e) => [
    e.dataset.term ?? "", (e.querySelector("output") ?? e).textContent]),
}))"""
MOVING = "() => document.getAnimations().filter((each) => each.playState === 'running').length"


def cents(text):
    """A written number in hundredths."""
    return round(100 * float(text.replace(MINUS, "-")))


def lines(visitor):
    """Each unfolded line as (what it says it adds up to, [(term, sign, value)]), in hundredths."""
    found = []
    for line in visitor.panel.evaluate(READ):
        sign, terms = 1, []
        for name, text in line["pieces"]:
            if name:
                terms.append((name, sign, cents(text)))
            else:
                sign = -1 if re.search(f"[/{MINUS}]", text) else 1
        found.append((cents(line["sum"]), terms))
    return found


def all_digits(visitor):
    return visitor.panel.locator(".all-digits").inner_text()


def values(visitor):
    """Every term's value by its name, the same wherever it stands."""
    found = {}
    for _, terms in lines(visitor):
        for name, _, value in terms:
            assert found.setdefault(name, value) == value, name
    return found


def assert_adds_up(visitor, log_p):
    """Every line but the last is the sum of its terms as they are written; that is below it."""
    *equal, (left, bound) = lines(visitor)
    assert len(equal) == STEPS
    for total, terms in equal:
        assert sum(sign * value for _, sign, value in terms) == total
    assert sum(sign * value for _, sign, value in bound) < left == log_p
    assert {total for total, _ in equal} == {log_p}


@pytest.fixture
def at_elbo(visit):
    visitor = visit(fragment="view=elbo")
    visitor.panel.locator("[data-from=rest]").wait_for()
    return visitor


def test_the_lines_unfold_by_keyboard_and_add_up_while_q_is_dragged(at_elbo, lab):
    visitor, page = at_elbo, at_elbo.page
    panel = visitor.panel
    assert len(lines(visitor)) == panel.locator(".why:visible").count() == 1

    # By keyboard: the same key goes on from step to step.
    page.emulate_media(reduced_motion="reduce")
    panel.locator(".why").first.focus()
    for step in range(1, STEPS + 1):
        page.keyboard.press("Enter")
        assert len(lines(visitor)) == step + 1
        assert page.evaluate(MOVING) == 0
    assert panel.locator(".why[aria-expanded=true]").count() == STEPS
    visitor.until(lambda: f"elbo.steps={STEPS}" in page.url, "the link knows the steps")

    # The numbers are torch's.
    model = offered(lab)[0].model
    x = binarize(torch.tensor(visitor.digit[None] / 255).float(), SEED)
    found, q = quadrature.posterior(model, x), gap.gaussian(*latent.posterior(model, x))
    window = gap.window_around(model, x, found, q, quadrature.EXACT, MOST_SIDE[False])
    terms = elbo.terms(q, window, found.log_p)
    shown = values(visitor)
    for name, want in {
        "evidence": terms.evidence,
        "likelihood": terms.likelihood,
        "prior": terms.prior,
        "posterior": terms.posterior,
        "q": terms.q,
        "klPrior": terms.kl_prior,
        "gap": terms.gap,
        "elbo": terms.elbo,
    }.items():
        assert shown[name] / 100 == pytest.approx(want, abs=0.0201), name
    log_p = round(100 * found.log_p)
    assert_adds_up(visitor, log_p)
    whole = all_digits(visitor)
    assert whole == f"{found.log_p:.10f}".replace("-", MINUS)

    # A term lights what it is about, and is said.
    top, ground = panel.locator(".zoom .top"), panel.locator(".zoom .ground")
    pictures = set()
    for name, lit in (
        ("posterior", "posterior"),
        ("prior", "prior"),
        ("likelihood", "likelihood"),
        ("klPrior", "q prior"),
        ("gap", "q posterior"),
    ):
        panel.locator(f".term.{name}").first.focus()
        assert panel.locator("[data-lit]").get_attribute("data-lit") == lit
        assert panel.locator(f".term.{name}.lit").count() == panel.locator(f".term.{name}").count()
        pictures.add((visitor.source(".zoom .ground"), visitor.source(".zoom .top")))
    assert len(pictures) == 5
    said = panel.locator(".about").inner_text()
    panel.locator(".term.elbo").first.hover()
    assert panel.locator(".about").inner_text() not in ("", said)
    page.mouse.move(5, 5)

    # Dragged, q changes its terms at the pointer's pace, and no sum.
    box = panel.locator("[data-handle=mean]").bounding_box()
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visitor.watch(top)
    page.mouse.move(*at)
    page.mouse.down()
    asked = len(visitor.requests)
    seen = set()
    for step in range(1, 16):
        page.mouse.move(at[0] + step, at[1] + 0.7 * step)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert_adds_up(visitor, log_p)
        assert all_digits(visitor) == whole
        seen.add(tuple(values(visitor)[name] for name in ("likelihood", "klPrior", "gap", "elbo")))
    assert len(visitor.requests) == asked
    assert len(seen) >= 8
    assert visitor.seen >= 8
    page.mouse.up()
    dragged = values(visitor)
    for name in ("likelihood", "prior", "posterior", "gap", "elbo"):
        assert dragged[name] != shown[name], name
    panel.locator("[data-handle='0']").focus()
    visitor.change(lambda: values(visitor), lambda: page.keyboard.press("ArrowRight"))
    assert_adds_up(visitor, log_p)
    visitor.until(lambda: "elbo.q=" in page.url, "the link knows q")
    visitor.press("Encoder's q")
    visitor.until(lambda: values(visitor) == shown, "the encoder's q returns")

    # A step that was unfolded folds what comes after it.
    visitor.press("Bayes")
    assert len(lines(visitor)) == 3
    visitor.press("Unfold all")
    assert len(lines(visitor)) == STEPS + 1
    assert ground.is_visible()


def test_a_line_comes_from_the_one_above(at_elbo):
    visitor = at_elbo
    moving = "why => { why.click(); return document.getAnimations().length; }"
    assert visitor.panel.locator(".why").first.evaluate(moving) > 0
