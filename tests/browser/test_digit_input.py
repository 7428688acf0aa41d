"""One's own digit, by mouse, finger, photo and link, and what is done to it."""

import base64
import zlib
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from data.normalize import from_drawing
from figures import to_bytes
from views.kit import scripts

from .visitor import Visitor

OUTPUTS = ".spine-row .output"
STEPS = ".steps canvas"
SIDE = 112  # of the canvas that a drawing is normalized from
REFUSED = "422 (Unprocessable Entity)"  # the browser logs each answer of this status
PAGE = f"import(new URL('{scripts.address('kit/page.js')}', document.baseURI))"
LISTEN = f"""async () => {{
  const {{ chosenDigit }} = await {PAGE};
  window.told = [];
  chosenDigit.subscribe((digit) =>
    told.push({{ ...digit, pixels: [...digit.pixels], kept: digit === chosenDigit.value }}));
}}"""
CHOSEN = f"""async () => {{
  const {{ chosenDigit }} = await {PAGE};
  return {{ ...chosenDigit.value, pixels: [...chosenDigit.value.pixels] }};
}}"""


@pytest.fixture
def phone(visit):
    """Somebody with a phone in landscape: held upright it has another pad, see test_phone.py."""
    landscape = {"width": 844, "height": 390}
    return visit("view=maps", viewport=landscape, has_touch=True, is_mobile=True)


@pytest.fixture
def visitor(visit):
    """Somebody who opened a view that has the pad beside it."""
    return visit("view=maps")


@pytest.fixture
def photo():
    """A PNG photo of a dark 7 in one corner of a light sheet."""
    sheet = Image.new("L", (300, 240), 225)
    ImageDraw.Draw(sheet).line([(30, 30), (90, 30), (50, 120)], fill=40, width=10)
    content = BytesIO()
    sheet.save(content, "PNG")
    return {"name": "seven.png", "mimeType": "image/png", "buffer": content.getvalue()}


def upload(visitor: Visitor, file: Any) -> None:
    visitor.rail.locator("input[type=file]").set_input_files(file)


def assert_shown_and_encoded(visitor: Visitor, before: list[str]) -> None:
    """The steps are there, the last one looks like MNIST, and the models were given it."""
    visitor.rail.locator(".steps").wait_for()
    canvases = visitor.rail.locator(STEPS)
    shown = [visitor.pixels(canvas)[..., 0] for canvas in canvases.all()]
    assert len(shown) == 3
    assert all(step.max() > 200 for step in shown)
    digit = shown[-1]
    assert digit.shape == (28, 28)
    rows, columns = (np.flatnonzero(digit.max(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)
    mass = (digit * np.indices(digit.shape)).sum((1, 2)) / digit.sum()
    assert np.abs(mass - 14).max() < 1
    visitor.until(lambda: visitor.sources(OUTPUTS) != before, "the reconstructions follow")
    step = canvases.last.evaluate("c => c.getContext('2d').getImageData(0, 0, 28, 28).data")
    given = visitor.panel.locator(".spine-row .input").first.evaluate(
        "c => c.getContext('2d').getImageData(0, 0, 28, 28).data"
    )
    assert given == step


def assert_pad_is_empty(visitor: Visitor) -> None:
    assert not visitor.pixels(visitor.pad).any()
    assert not visitor.pixels(visitor.rail.locator("canvas.picture"))[..., :3].any()
    expect(visitor.rail.locator(".steps")).to_be_hidden()


def test_a_drawing_by_mouse_is_normalized_and_cleared(visitor):
    visitor.open("reconstruct")
    before = visitor.sources(OUTPUTS)
    visitor.draw_with_mouse()
    assert visitor.pixels(visitor.pad).any()
    assert_shown_and_encoded(visitor, before)
    assert "drawing" in visitor.rail.locator(".said").inner_text()
    visitor.press("Clear", visitor.rail)
    assert_pad_is_empty(visitor)


def test_a_finger_draws_and_does_not_scroll(phone):
    page = phone.page
    phone.open("reconstruct")
    before = phone.sources(OUTPUTS)
    phone.drag_with_finger(phone.stroke())
    assert page.evaluate("scrollY") == 0
    assert phone.pixels(phone.pad).any()
    assert_shown_and_encoded(phone, before)
    phone.press("Clear", phone.rail)
    assert_pad_is_empty(phone)
    # The same finger elsewhere does scroll: the page is long enough for the above to mean it.
    phone.drag_with_finger([(600, y) for y in range(360, 60, -40)])
    phone.until(lambda: page.evaluate("scrollY") > 0, "the page scrolls under other fingers")


def test_a_photo_is_inverted_and_normalized(visitor, photo):
    visitor.open("reconstruct")
    before = visitor.sources(OUTPUTS)
    upload(visitor, photo)
    assert_shown_and_encoded(visitor, before)
    assert "inverted" in visitor.rail.locator(".said").inner_text()


def test_what_is_no_picture_gets_a_sentence(visitor, photo, assert_sentence):
    visitor.forgiven = REFUSED
    visitor.open("reconstruct")
    before = visitor.sources(OUTPUTS)
    upload(visitor, photo | {"buffer": b"I am no picture, whatever my name says."})
    said = visitor.rail.locator(".said.wrong")
    said.wait_for()
    assert_sentence(said.inner_text())
    assert visitor.sources(OUTPUTS) == before
    upload(visitor, photo)
    assert_shown_and_encoded(visitor, before)
    expect(said).to_have_count(0)


def large_photo(width: int, height: int, noise: float) -> dict:
    """A JPEG photo of a dark 7 in the middle of a light sheet, with a camera's noise."""
    sheet = Image.new("L", (width, height), 215)
    x, y, size = width // 2, height // 2, min(width, height) // 5
    corners = [(x - size, y - size), (x + size, y - size), (x - size // 2, y + size)]
    ImageDraw.Draw(sheet).line(corners, fill=40, width=size // 4)
    if noise:
        sheet = Image.blend(sheet, Image.effect_noise(sheet.size, 100), noise)
    content = BytesIO()
    sheet.save(content, "JPEG", quality=95)
    return {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


@pytest.mark.parametrize("size", [(6000, 4000, 0.3), (8064, 6048, 0)], ids=["24 MP", "48 MP"])
def test_a_large_photo_is_made_smaller_before_it_is_sent(visitor, size):
    file = large_photo(*size)
    assert size[0] == 8064 or len(file["buffer"]) > 10_000_000
    visitor.open("reconstruct")
    before, sent = visitor.sources(OUTPUTS), []
    visitor.page.on("request", lambda r: sent.append(r) if "/ask/" in r.url else None)
    upload(visitor, file)
    assert_shown_and_encoded(visitor, before)
    photos = [r for r in sent if r.url.endswith("/ask/digit/photo")]
    assert len(photos) == 1
    assert len(photos[0].post_data) < 3_000_000


def blank_sheet() -> dict:
    content = BytesIO()
    Image.blend(Image.new("L", (400, 300), 215), Image.effect_noise((400, 300), 50), 0.1).save(
        content, "PNG"
    )
    return {"name": "blank.png", "mimeType": "image/png", "buffer": content.getvalue()}


HEIC = {"name": "a.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x24ftypheic" + bytes(400)}


@pytest.mark.parametrize(
    ("file", "words"),
    [(blank_sheet(), "No digit was found"), (HEIC, "HEIC")],
    ids=["blank", "heic"],
)
def test_where_nothing_is_found_it_is_said_and_the_views_wait(
    visitor, assert_sentence, file, words
):
    visitor.forgiven = REFUSED
    visitor.open("reconstruct")
    before, digit = visitor.sources(OUTPUTS), chosen(visitor)
    shown = visitor.pixels(visitor.rail.locator("canvas.picture"))
    visitor.page.evaluate(LISTEN)
    upload(visitor, file)
    said = visitor.rail.locator(".said.wrong")
    expect(said).to_contain_text(words)
    assert_sentence(said.inner_text())
    visitor.settle()
    assert told(visitor) == []
    assert chosen(visitor) == digit
    assert visitor.sources(OUTPUTS) == before
    assert np.array_equal(visitor.pixels(visitor.rail.locator("canvas.picture")), shown)


def test_the_page_says_where_its_samples_come_from(visitor, lab):
    expect(visitor.rail.locator(".source")).to_have_text(f"samples: {lab.samples.current.name}")


# In the page itself, without a server.


def assert_same_steps(steps: dict[str, np.ndarray], canvas: np.ndarray) -> None:
    reference = from_drawing(canvas)
    for step, shown in steps.items():
        expected = to_bytes(getattr(reference, step))
        assert shown.shape == expected.shape, step
        assert np.abs(shown.astype(int) - expected).max() <= 1, step


def steps_of(visitor: Visitor) -> dict[str, np.ndarray]:
    canvases = visitor.rail.locator(STEPS).all()
    return {str(c.get_attribute("data-step")): visitor.pixels(c)[..., 0] for c in canvases}


def test_what_is_drawn_by_hand_is_normalized_as_python_does(phone):
    phone.open("reconstruct")
    phone.drag_with_finger(phone.stroke())
    phone.rail.locator(".steps").wait_for()
    steps = steps_of(phone)
    assert steps["ink"].shape == (SIDE, SIDE)
    assert_same_steps(steps, steps["ink"])


def told(visitor: Visitor) -> list[dict]:
    """The digits that the page's scripts were told of since LISTEN."""
    return visitor.page.evaluate("window.told")


def test_the_digit_follows_the_stroke_and_asks_no_server(visitor):
    page = visitor.page
    visitor.open("reconstruct")
    visitor.draw_with_mouse()  # what the page fetches for a first drawing, it then has
    visitor.settle()
    visitor.press("Clear", visitor.rail)
    asked = visitor.settle()
    page.evaluate(LISTEN)
    before = visitor.sources(OUTPUTS)
    first, *places = visitor.stroke()
    page.mouse.move(*first)
    page.mouse.down()
    digits = []
    for place in places[::3]:
        page.mouse.move(*place)
        visitor.until(
            lambda: not digits or steps_of(visitor)["digit"].tobytes() != digits[-1],
            "the digit follows",
        )
        digits.append(steps_of(visitor)["digit"].tobytes())
    assert len(set(digits)) == len(digits) >= 4
    assert visitor.settle() == asked
    assert visitor.sources(OUTPUTS) == before
    under_way = told(visitor)
    assert len(under_way) >= len(digits)
    assert all(digit["live"] for digit in under_way)
    page.mouse.up()
    visitor.until(lambda: visitor.sources(OUTPUTS) != before, "the reconstructions follow")
    *live, last = told(visitor)
    assert all(digit["live"] for digit in live)
    assert not last["live"]
    assert bytes(last["pixels"]) == steps_of(visitor)["digit"].tobytes()
    assert {(d["label"], len(d["pixels"]), d["kept"]) for d in told(visitor)} == {("", 784, True)}
    # Of the drawing the server hears once: the question of the view, at its end.
    assert [url.partition("/ask/")[2] for url in visitor.requests[asked:]] == ["reconstruct/digit"]


def test_every_chosen_digit_is_told_once(visitor, photo):
    page = visitor.page
    start = page.evaluate(CHOSEN)
    assert start["label"] == "3"
    assert not start["live"]
    assert any(start["pixels"])
    page.evaluate(LISTEN)
    acts = (
        lambda: visitor.sample(4),
        lambda: visitor.press("Random", visitor.rail),
        lambda: upload(visitor, photo),
        lambda: visitor.press("Clear", visitor.rail),
    )
    for count, act in enumerate(acts, 1):
        act()
        visitor.until(lambda: len(told(visitor)) == count, "the page is told")  # noqa: B023
    sample, other, picture, nothing = told(visitor)
    assert sample["label"] == "4"
    assert other["label"].isdigit()
    assert picture["label"] == nothing["label"] == ""
    assert any(picture["pixels"])
    assert not any(nothing["pixels"])
    assert not any(digit["live"] for digit in told(visitor))


def test_the_second_digit_keeps_to_itself(visitor):
    visitor.open("interpolate")
    second = visitor.panel.locator(".second-digit")
    kept = visitor.page.evaluate(CHOSEN)["pixels"]
    visitor.page.evaluate(LISTEN)
    visitor.sample(1, within=second)
    expect(second.locator(".said")).to_contain_text("a 1")
    box = second.locator("canvas.ink").bounding_box()
    visitor.page.mouse.move(box["x"] + 60, box["y"] + 60)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 150, box["y"] + 150, steps=5)
    visitor.page.mouse.up()
    expect(second.locator(".said")).to_contain_text("your drawing")
    visitor.until(lambda: "interpolate.second=" in visitor.page.url, "the address follows")
    assert told(visitor) == []
    assert visitor.page.evaluate(CHOSEN)["pixels"] == kept
    assert not kept_digit(visitor)


def test_a_second_stroke_adds_and_a_cancelled_one_ends(visitor):
    visitor.draw_with_mouse()
    alone = visitor.pixels(visitor.pad)[..., 3]
    box = visitor.pad.bounding_box()
    corner = box["x"] + 30, box["y"] + box["height"] - 30
    visitor.page.mouse.move(*corner)
    visitor.page.mouse.down()
    visitor.page.evaluate(LISTEN)
    visitor.pad.dispatch_event("pointercancel", {"pointerId": 1})
    visitor.until(lambda: [d["live"] for d in told(visitor)][-1:] == [False], "the stroke ends")
    both = visitor.pixels(visitor.pad)[..., 3]
    assert (both >= alone).all()
    assert (both > alone).any()
    visitor.page.mouse.move(corner[0] + 100, corner[1])
    visitor.page.mouse.up()
    assert np.array_equal(visitor.pixels(visitor.pad)[..., 3], both)


def test_an_answer_that_comes_late_does_not_wipe_the_drawing(visitor):
    held = []
    visitor.page.route("**/ask/digit/random", lambda route: held.append(route))
    visitor.press("Random", visitor.rail)
    visitor.until(lambda: held, "the question for a random digit")
    visitor.draw_with_mouse()
    drawn = visitor.pixels(visitor.pad)
    with visitor.page.expect_response("**/ask/digit/random"):
        held[0].continue_()
    visitor.settle()
    assert drawn.any()
    assert np.array_equal(visitor.pixels(visitor.pad), drawn)


# Links.


def kept_digit(visitor: Visitor) -> str:
    """What the address says of the digit; nothing where it says nothing."""
    return parse_qs(urlsplit(visitor.page.url).fragment).get("digit", [""])[0]


def digit_link(content: bytes, label: str = "") -> str:
    """What a link to a digit of these bytes ends in."""
    packed = zlib.compress(content, 9, -zlib.MAX_WBITS)
    return f"digit={label}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def chosen(visitor: Visitor) -> tuple[bytes, str]:
    digit = visitor.page.evaluate(CHOSEN)
    return bytes(digit["pixels"]), digit["label"]


def test_the_address_keeps_only_a_digit_that_was_chosen(visitor):
    visitor.settle()
    assert not kept_digit(visitor)
    visitor.sample(5)
    visitor.until(lambda: kept_digit(visitor).startswith("5."), "the address follows")


@pytest.mark.parametrize("kind", ["drawing", "sample", "random", "nothing"])
def test_a_link_restores_the_digit(visitor, visit, kind):
    visitor.open("reconstruct")
    before = visitor.sources(OUTPUTS)
    {
        "drawing": visitor.draw_with_mouse,
        "sample": lambda: visitor.sample(4, row=1),
        "random": lambda: visitor.press("Random", visitor.rail),
        "nothing": lambda: visitor.press("Clear", visitor.rail),
    }[kind]()
    link = visitor.until(lambda: kept_digit(visitor), "the address follows")
    if kind == "nothing":
        expect(visitor.panel.locator("[data-waits=ink]")).to_be_visible()
    else:
        visitor.until(lambda: visitor.sources(OUTPUTS) != before, "the reconstructions follow")
    friend = visit(urlsplit(visitor.page.url).fragment)
    expect(friend.rail.locator(".said")).to_have_text("the digit of the link")
    pixels, label = chosen(visitor)
    assert chosen(friend) == (pixels, label)
    assert label == {"sample": "4", "random": label}.get(kind, "")
    shown = friend.pixels(friend.rail.locator("canvas.picture"))[..., 0]
    assert shown.tobytes() == pixels
    if kind == "nothing":
        expect(friend.panel.locator("[data-waits=ink]")).to_be_visible()
    else:
        friend.open("reconstruct")
        same = "the same answers"
        friend.until(lambda: friend.sources(OUTPUTS) == visitor.sources(OUTPUTS), same)
    friend.settle()
    assert kept_digit(friend) == link
    expect(friend.page.locator("#header .notice")).to_have_text("")


def test_bytes_that_cannot_be_deflated_survive(visit):
    noise = np.random.default_rng(0).bytes(784)
    friend = visit(digit_link(noise, "7"))
    expect(friend.rail.locator(".said")).to_have_text("the digit of the link")
    assert chosen(friend) == (noise, "7")


def test_another_link_in_the_same_tab(visitor, url):
    visitor.page.goto(f"{url}#{digit_link(bytes(range(196)) * 4, '2')}")
    expect(visitor.rail.locator(".said")).to_have_text("the digit of the link", timeout=60_000)
    assert chosen(visitor) == (bytes(range(196)) * 4, "2")


DIGIT = bytes(range(196)) * 4
DAMAGED = {
    "text": "digit=seven",
    "base64 of no deflated bytes": "digit=." + base64.urlsafe_b64encode(DIGIT[:99]).decode(),
    "cut short": digit_link(DIGIT)[:-40],
    "more after its end": digit_link(DIGIT) + "AAAA",
    "783 bytes": digit_link(DIGIT[1:]),
    "785 bytes": digit_link(DIGIT + b"x"),
    "ten megabytes": digit_link(bytes(10_000_000)),
    "an unknown key beside one of ours": "view=maps&digits=1",
}


@pytest.mark.parametrize("link", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_link_opens_the_usual_start(visit, assert_sentence, link):
    friend = visit(link)
    notice = friend.page.locator("#header .notice")
    expect(notice).not_to_be_empty()
    assert_sentence(notice.inner_text())
    expect(friend.rail.locator(".said")).to_have_text("a 3, from the samples")
    assert chosen(friend)[1] == "3"
    # The next link copied from here is a good one.
    friend.until(lambda: not kept_digit(friend), "the address forgets it")
