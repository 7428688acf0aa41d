"""Sliders: the picture follows the finger, in the page or by the server, even one lost a while."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from data.morphology import MEASURES
from explore import latent
from figures import to_bytes
from views.kit import scripts

PICTURE, STRIPS = "canvas.picture", ".dimension .strip"


@pytest.fixture
def at_sliders(visitor):
    """A visitor with the sliders open and the picture drawn."""
    panel = visitor.open("Sliders")
    visitor.until(lambda: visitor.pixels(panel.locator(PICTURE))[..., :3].any(), "a picture")
    return visitor


def values(visitor):
    written = visitor.panel.locator(".dimension output").all_inner_texts()
    return [float(v.replace("\N{MINUS SIGN}", "-")) for v in written]


def linked_code(visitor):
    """z, as the address has it."""
    parts = parse_qs(urlsplit(visitor.page.evaluate("location.href")).fragment)
    return [float(v) for v in parts["sliders.code"][0].split(",")]


def take(visitor):
    """Put the mouse down on the first slider; the places for a drag along its track."""
    slider = visitor.panel.locator(".dimension input").first
    slider.hover()  # waits until it has come to rest
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    places = [(box["x"] + box["width"] * (0.1 + 0.8 * i / 59), y) for i in range(60)]
    visitor.page.mouse.move(*places[0])
    visitor.page.mouse.down()
    return places


def test_the_most_important_comes_first(at_sliders):
    labels = at_sliders.panel.locator(".dimension label").all_inner_texts()
    worth = [float(re.search(r"KL ([\d.]+) nats$", label.strip())[1]) for label in labels]
    assert len(worth) == 16
    assert worth == sorted(worth, reverse=True)


def test_a_drag_shows_many_pictures_and_asks_nothing(at_sliders):
    visitor = at_sliders
    strips = visitor.sources(STRIPS)
    visitor.watch(visitor.panel.locator(PICTURE))
    asked = len(visitor.requests)
    for place in take(visitor):
        visitor.page.mouse.move(*place)
        visitor.page.evaluate("() => new Promise(requestAnimationFrame)")  # a hand is not faster
    visitor.page.mouse.up()
    visitor.until(lambda: visitor.seen >= 10, "10 different pictures")
    assert visitor.requests[asked:] == []
    # At rest the strips pass through the new place.
    visitor.until(lambda: visitor.sources(STRIPS) != strips, "new strips")


def test_reset_origin_randomize_and_arrow_keys(at_sliders):
    visitor = at_sliders

    def picture():
        return visitor.source(PICTURE)

    start, at_start = picture(), values(visitor)
    visitor.change(picture, lambda: visitor.press("Randomize"))
    assert values(visitor) != at_start
    visitor.change(picture, lambda: visitor.press("Origin"))
    assert values(visitor) == [0.0] * 16
    visitor.panel.locator(".dimension input").first.focus()
    for _ in range(20):  # one step may be too small to see
        visitor.page.keyboard.press("ArrowRight")
    visitor.until(lambda: values(visitor)[0] > 0, "the number follows the key")
    visitor.press("Origin")
    origin = visitor.until(lambda: not any(values(visitor)) and picture(), "the origin")
    visitor.panel.locator(".dimension input").first.focus()
    visitor.change(picture, lambda: visitor.page.keyboard.press("PageUp"))
    assert picture() != origin
    visitor.press("Reset")
    visitor.until(lambda: picture() == start, "the start's picture returns")
    assert values(visitor) == at_start


def test_another_model_has_other_sliders(at_sliders):
    visitor, panel = at_sliders, at_sliders.panel
    expect(panel.locator(STRIPS)).to_have_count(16)
    # The numbers that matter most change different traits.
    visitor.until(lambda: len(set(visitor.sources(STRIPS)[:4])) == 4, "strips of four traits")
    visitor.change(lambda: visitor.source(PICTURE), lambda: visitor.pick("ae-2"))
    expect(panel.locator(".dimension")).to_have_count(2)
    labels = panel.locator(".dimension label").all_inner_texts()
    assert {label.split()[0] for label in labels} == {"z1", "z2"}
    canvas = panel.locator(STRIPS).first
    visitor.until(lambda: visitor.pixels(canvas)[..., :3].any(), "the new strips are drawn")
    visitor.pick("the prior mean, z = 0")
    visitor.until(lambda: values(visitor) == [0.0, 0.0], "the sliders go to the prior mean")


def test_a_server_that_goes_away_and_returns(at_sliders, assert_sentence):
    visitor, page = at_sliders, at_sliders.page
    visitor.panel.locator(".where").click()
    expect(visitor.panel.locator(".where")).to_contain_text("on the server")
    visitor.forgiven = "net::ERR_FAILED"
    address = "**/ask/**"
    places = take(visitor)
    page.mouse.move(*places[10])
    page.route(address, lambda route: route.abort())
    for place in places[10:30]:
        page.mouse.move(*place)
    said = visitor.panel.locator(".said.wrong")
    said.wait_for()
    assert_sentence(said.inner_text())
    page.unroute_all(behavior="wait")  # what is being held is let go first
    visitor.change(lambda: visitor.source(PICTURE), lambda: page.mouse.move(*places[50]))
    page.mouse.up()
    expect(said).to_have_count(0)


def test_a_named_slider_adds_its_direction_and_the_picture_is_measured(visit, lab):
    start = torch.tensor([0.25 * (-1) ** i for i in range(16)])
    code = ",".join(map(str, start.tolist()))
    visitor = visit(fragment=f"view=Sliders&sliders.model=vae-16&sliders.code={code}")
    panel, entry = visitor.panel, lab.entry("vae-16")
    rows = panel.locator(".direction")
    expect(rows).to_have_count(4)
    named = latent.named_directions(entry.card)
    for direction, label in zip(named, rows.locator("label").all_inner_texts(), strict=True):
        assert label.split() == [direction.name, "R²", f"{direction.r2.value:.2f}"]

    def numbers(selector):
        texts = rows.locator(selector).all_inner_texts()
        return [float(text.split()[0].replace("−", "-")) for text in texts]

    def shown(z):
        """Is all that the page says what torch and data/morphology.py say of this code?"""
        picture = latent.decode(entry.model, z[None])[0]
        mean = torch.tensor(entry.card.latent["mean"])
        says = [float((z - mean) @ torch.tensor(d.prediction)) for d in named]
        has = [
            float(MEASURES[d.name](picture) - d.spread.details["mean"]) / d.spread.value
            for d in named
        ]
        pixels = visitor.pixels(panel.locator(PICTURE))[..., 0].astype(int)
        return (
            np.abs(pixels - to_bytes(picture[0].numpy()).astype(int)).max() <= 1
            and numbers("output") == pytest.approx(says, abs=0.06)
            and numbers(".measured") == pytest.approx(has, abs=0.08)
        )

    visitor.until(lambda: shown(start), "the linked code, measured")
    moved = start
    for index, wanted in ((0, 2.0), (1, -1.5)):
        before = numbers("output")
        slider = rows.locator("input").nth(index)
        slider.evaluate(
            "(input, value) => { input.value = value;"
            " input.dispatchEvent(new Event('input', { bubbles: true }));"
            " input.dispatchEvent(new Event('change', { bubbles: true })); }",
            wanted,
        )
        mean, d = torch.tensor(entry.card.latent["mean"]), named[index]
        steps = wanted - float((moved - mean) @ torch.tensor(d.prediction))
        moved = moved + steps * torch.tensor(d.step)
        visitor.until(lambda moved=moved: shown(moved), f"{d.name} at {wanted}")
        # The others say what they said, and the link holds the code.
        before[index] = wanted
        assert numbers("output") == before
    link = pytest.approx(moved.tolist(), abs=1e-3)
    visitor.until(lambda: linked_code(visitor) == link, "the link tells the code")
    visitor.pick("ae-2")
    expect(panel.locator(".named")).to_be_hidden()


def test_the_picture_is_what_torch_draws_here_and_there(visit, lab):
    code = [0.5, -1.25]
    visitor = visit(fragment="view=Sliders&sliders.model=dae-2&sliders.code=0.5,-1.25")
    model = lab.entry("dae-2").model
    want = to_bytes(latent.decode(model, torch.tensor([code]))[0, 0].numpy()).astype(int)
    badge = visitor.panel.locator(".where")
    for where in ("in this page", "on the server"):
        expect(badge).to_contain_text(where)
        visitor.until(
            lambda: (
                np.abs(visitor.pixels(visitor.panel.locator(PICTURE))[..., 0] - want).max() <= 1
            ),
            f"the picture, decoded {where}",
        )
        assert values(visitor) == code or values(visitor) == code[::-1]
        badge.click()


@pytest.mark.parametrize(
    "nonsense",
    ["sliders.model=nobody&sliders.code=1,2", "sliders.model=vae-16&sliders.code=1,2"],
)
def test_a_link_to_no_model_opens_the_usual_sliders(visit, nonsense, assert_sentence):
    visitor = visit(fragment=f"view=Sliders&{nonsense}")
    expect(visitor.panel.locator(".dimension")).to_have_count(16)
    assert_sentence(visitor.page.locator("#header .notice").inner_text())


def test_two_visitors_keep_to_themselves(visit):
    visitors = visit(), visit()
    choices = (0, "ae-16", 16), (7, "vae-2", 2)
    for visitor in visitors:
        visitor.open("Sliders")
    for visitor, (digit, model, _) in zip(visitors, choices, strict=True):
        visitor.sample(digit)
        visitor.pick(model)
    pictures = []
    for visitor, (digit, model, count) in zip(visitors, choices, strict=True):
        expect(visitor.panel.locator(".dimension")).to_have_count(count)
        assert visitor.panel.get_by_label(model, exact=True).is_checked()
        assert f"a {digit}" in visitor.rail.locator(".said").inner_text()
        pad = visitor.rail.locator("canvas.picture").evaluate("c => c.toDataURL()")
        visitor.open("Reconstruct")
        pictures.append((pad, visitor.source(".spine-row .input")))
    assert all(a != b for a, b in zip(*pictures, strict=True))


HAND_OVER = f"""import(new URL("{scripts.address("kit/page.js")}", document.baseURI))
  .then(({{ handedOver, requestedView }}) => {{
    handedOver.value = {{ view: "sliders", values: {{ model: "dae-2", code: [0.5, -1.25] }} }};
    requestedView.value = "sliders";
  }})"""


def test_a_code_of_another_view_opens_in_the_sliders_of_its_model(visitor):
    visitor.page.evaluate(HAND_OVER)
    expect(visitor.page.get_by_role("tab", name="Sliders")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(visitor.panel.locator(".dimension")).to_have_count(2)
    visitor.until(lambda: sorted(values(visitor)) == [-1.25, 0.5], "the code")
    assert visitor.panel.get_by_label("dae-2", exact=True).is_checked()
    assert "sliders.code=0.5,-1.25" in visitor.copied_link()
    # It is where Reset goes, and another digit begins anew.
    visitor.press("Origin")
    visitor.until(lambda: values(visitor) == [0.0, 0.0], "the origin")
    visitor.press("Reset")
    visitor.until(lambda: sorted(values(visitor)) == [-1.25, 0.5], "back to the code")
    visitor.sample(7)
    visitor.until(lambda: sorted(values(visitor)) != [-1.25, 0.5], "the digit's code")
    assert "sliders.code" not in visitor.copied_link()
