"""Ledger: while handles are dragged its numbers are torch's in float64, and every line adds up."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from explore import ledger
from figures import to_bytes
from views.kit import parts
from views.ledger import ledger as view

LEDGER = ".loss-ledger"
# What the page shows, and its handles; the rest of the code is the encoder's.
READ = """() => {
  const text = (name) => document.querySelector(`.loss-ledger [data-n="${name}"]`).textContent;
  const rows = [...document.querySelectorAll(".loss-ledger .dimensions .dimension")];
  return {
    rec: text("rec"), kl: text("kl"), all: text("all"), how: [text("rec-how"), text("kl-how")],
    meaning: document.querySelector(".loss-ledger .meaning").textContent,
    shares: rows.map((row) => [Number(row.dataset.index), row.querySelector(".share").textContent]),
    mu: rows.map((row) => [Number(row.dataset.index), row.querySelector(".mu-value").textContent]),
  };
}"""


def value(text):
    return float(text.replace("\N{MINUS SIGN}", "-"))


def units(text):
    """A written number in units of its last digit, so that sums of them are exact."""
    return int(re.sub(r"[^\d-]", "", text.replace("\N{MINUS SIGN}", "-")))


class Shown:
    """The ledger as it stands on the page."""

    def __init__(self, visitor):
        found = visitor.page.evaluate(READ)
        self.rec, self.kl, self.all, self.how, self.meaning = (
            found[name] for name in ("rec", "kl", "all", "how", "meaning")
        )
        self.digit = visitor.digit
        self.shares, self.mu = dict(found["shares"]), dict(found["mu"])

    def adds_up(self):
        assert units(self.rec) + units(self.kl) == units(self.all)
        raw = re.search("\N{MULTIPLICATION SIGN} (\\S+)", self.how[1])[1]
        assert sum(map(units, self.shares.values())) == units(raw)

    def has_moved(self, moved):
        assert all(abs(value(self.mu[i]) - v) < 0.011 for i, v in moved.items())

    def is_that_of(self, found, divisors=(1, 1)):
        """Every number is the true one, rounded up or down, but for single precision's error."""
        assert len(self.shares) == len(found.per_dimension)
        unit = 0.01 if divisors == (1, 1) else 1e-4
        weights = list(found.weights.values())
        terms = [w * t / d for w, t, d in zip(weights, found.terms.values(), divisors, strict=True)]
        for text, true in zip((self.rec, self.kl, self.all), (*terms, sum(terms)), strict=True):
            assert abs(value(text) - true) < unit + 1e-3 / divisors[0]
        for i, text in self.shares.items():
            assert abs(value(text) - found.per_dimension[i].item()) < unit + 1e-3


def expected(lab, name, shown, moved=None, draw=None):
    """The ledger in float64 of the page's digit, with mu moved to {index: value}."""
    model = lab.entry(name).model
    grey = torch.tensor(shown.digit / 255, dtype=torch.float32)[None]
    x = ledger.target(model, grey, view.SEED)
    mu, log_var = ledger.encoded(model, x, ledger.noise_shift(model, view.SEED))
    for i, v in (moved or {}).items():
        mu[i] = v
    epsilon = view.noise(model.latent)[draw] if draw is not None else torch.zeros(model.latent)
    return ledger.ledger(model, x, mu, log_var, epsilon)


@pytest.fixture
def at_ledger(visit):
    visitor = visit(fragment="view=ledger")
    visitor.panel.locator(f"{LEDGER}[data-from=page], {LEDGER} [data-from=page]").first.wait_for()
    return visitor


def settled(visitor, check):
    """The ledger once `check(shown)` no longer fails."""

    def passes():
        shown = Shown(visitor)
        try:
            check(shown)
        except (AssertionError, ValueError):  # numbers of before, or none yet
            return None
        return shown

    return visitor.until(passes, "the ledger")


def drag(visitor, target, share):
    """Pull what is under the middle of `target` to a share of its width, in steps."""
    box = target.bounding_box()
    y = box["y"] + box["height"] / 2
    visitor.page.mouse.move(box["x"] + box["width"] / 2, y)
    visitor.page.mouse.down()
    for step in range(1, 11):
        visitor.page.mouse.move(box["x"] + box["width"] * (0.5 + (share - 0.5) * step / 10), y)
    visitor.page.mouse.up()


@pytest.mark.parametrize("name", ["vae-2", "vae-16"])
def test_the_numbers_are_torchs_wherever_the_handles_are(at_ledger, lab, name):
    visitor, page = at_ledger, at_ledger.page
    visitor.panel.locator(".model-choice").select_option(name)
    settled(visitor, lambda s: (s.adds_up(), s.is_that_of(expected(lab, name, s))))
    row = visitor.panel.locator(".dimensions .dimension").first
    index, handle = int(row.get_attribute("data-index")), row.locator("input.mu")
    picture = visitor.source("canvas.picture")
    asked = len(visitor.requests)
    for act in (
        lambda: drag(visitor, handle, 0.9),
        lambda: drag(visitor, row.locator(".nats"), 0.6),
        lambda: (handle.focus(), [page.keyboard.press("ArrowLeft") for _ in range(9)]),
    ):
        before = Shown(visitor).mu[index]
        act()
        visitor.until(lambda before=before: Shown(visitor).mu[index] != before, "mu moves")
        # The bar sets mu finer than the handle's steps are, so it is read where it is written.
        moved = {index: float(handle.evaluate("e => e.value"))}
        shown = settled(visitor, lambda s, to=moved: s.has_moved(to))
        shown.adds_up()
        kl = expected(lab, name, shown, {index: value(shown.mu[index])}).per_dimension[index]
        assert abs(value(shown.shares[index]) - kl.item()) < 0.01 + 0.006 * (1 + abs(moved[index]))
    # The keys left the handle on one of its own steps.
    shown.is_that_of(expected(lab, name, shown, moved))
    assert visitor.source("canvas.picture") != picture
    found = expected(lab, name, shown, moved)
    drawn = visitor.pixels(visitor.panel.locator("canvas.picture"))[..., 0].astype(int)
    assert np.abs(drawn - to_bytes(found.picture[0].numpy()).astype(int)).max() <= 1
    visitor.pick("mean over both")
    shown = Shown(visitor)
    shown.adds_up()
    beta = ledger.hidden_beta(784, len(found.z))
    assert f"= {beta:g}." in shown.meaning
    mean = found.terms["reconstruction"] / 784 + found.terms["kl"] / len(found.z)
    assert abs(value(shown.all) - mean) < 2e-4
    visitor.pick("sum")
    visitor.press("Draw again")
    visitor.press("Back to the encoder's q")
    shown = settled(visitor, lambda s: s.is_that_of(expected(lab, name, s, draw=1)))
    shown.adds_up()
    dimensions = len(found.z)
    visitor.until(lambda: len(set(visitor.sources(".strip"))) == dimensions, "a strip each")
    assert [r for r in visitor.requests[asked:] if "/ask/" in r] == []


def test_every_model_adds_up_here_and_on_the_server(visit, lab):
    visitor = visit(fragment="view=ledger&ledger.model=ae-16&ledger.loss=both")
    choice, badge = visitor.panel.locator(".model-choice"), visitor.panel.locator(".where")
    expect(choice).to_have_value("ae-16")  # what the link says
    names = choice.locator("option").all_inner_texts()
    assert {*lab.names, *lab.part(parts.LIKELIHOOD)} - {"vae-16-mlp-discretized"} == set(names)
    settled(visitor, lambda s: s.is_that_of(expected(lab, "ae-16", s), divisors=(784, 16)))
    assert "has the weight 0" in Shown(visitor).meaning
    expect(visitor.panel.locator(".order")).to_have_text(
        "By variance over the training set; bars end at 29 nats."
    )
    choice.select_option("ae-2")
    settled(visitor, lambda s: s.is_that_of(expected(lab, "ae-2", s), divisors=(784, 2)))
    assert Shown(visitor).meaning.endswith("½|z|² counts 392 times its weight.")
    visitor.until(
        lambda: visitor.page.url.endswith("ledger.model=ae-2&ledger.loss=both"),
        "the address follows",
    )
    visitor.pick("sum")
    for where in ("in this page", "on the server"):
        for name in names if where == "in this page" else ("vae-2", "dae-16"):
            choice.select_option(name)
            settled(visitor, lambda s, name=name: s.is_that_of(expected(lab, name, s)))
            settled(visitor, lambda s: s.adds_up())
        expect(badge).to_contain_text(where)
        badge.click()


def test_a_link_brings_back_the_model_and_where_q_was_moved(at_ledger, visit):
    visitor = at_ledger
    panel = visitor.panel
    panel.locator(".model-choice").select_option("vae-2")
    settled(visitor, lambda s: s.adds_up())
    visitor.press("Draw again")
    row = panel.locator(".dimensions .dimension").first
    drag(visitor, row.locator("input.mu"), 0.8)
    row.locator("input.sigma").focus()
    for _ in range(40):
        visitor.page.keyboard.press("ArrowRight")
    expect(panel.locator(".meaning")).to_contain_text("You have moved q")
    visitor.until(lambda: "ledger.log_var=" in visitor.page.url, "the address follows")
    visitor.settle()
    other = visit(fragment=visitor.page.url.split("#")[1])
    other.panel.locator(f"{LEDGER}[data-from=page], {LEDGER} [data-from=page]").first.wait_for()
    for look in (".number", ".meaning", ".share", ".mu-value", ".sigma-value"):
        written = panel.locator(look).all_inner_texts()
        expect(other.panel.locator(look)).to_have_text(written)
    assert other.source("canvas.picture") == visitor.source("canvas.picture")
    # Another digit is where its encoder puts it.
    other.sample(7)
    expect(other.panel.locator(".meaning")).not_to_contain_text("You have moved")
    other.until(lambda: "ledger.mu" not in other.page.url, "the address follows")
