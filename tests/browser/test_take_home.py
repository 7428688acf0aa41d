"""What can be taken home of every view: its numbers, which the Python beside them prints, too."""

import base64
import csv
import io
import re
import zlib
from contextlib import redirect_stdout
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.places import ROOT
from views import load_views
from views.kit import scripts

from .visitor import VIEWS

# Between float32 in the browser and in PyTorch, and what a link rounds: of 1, or of the number.
TOLERANCE = 2e-4
# The Machine asks the server for the encoder's numbers, which come in half precision.
HALF = 2e-3
READY = """async ([address, view]) => {
  const { homeOf } = await import(new URL(address, document.baseURI));
  return homeOf(view) !== null;
}"""
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# A print that shows no window of the browser's: what would be on paper is looked at instead.
PRINTED = """() => {
  window.print = () => {
    dispatchEvent(new Event("beforeprint"));
    const paper = document.querySelector(".paper");
    window.ground = paper.querySelector("rect").getAttribute("fill");
    window.codes = paper.querySelectorAll(".qr").length;
    dispatchEvent(new Event("afterprint"));
  };
}"""
# What is not as each view opens: what a hand has moved has to reach the Python, too.
LINK = "&".join(
    (
        "compare.text=vae-2",
        "kl.q=0.5,0.7",
        "machine.family=vae",
        "maps.shown=ae-2,vae-2",
        "reconstruct.code=draw",
        "reconstruct.seed=3",
        "score.x=0.4,0.5",
        "sample.size=2",
        "sample.temperature=0.5",
        "trick.q=0.1,-0.2,0.3,0.4",
    )
)


def sheet(visitor):
    visitor.press("take home", within=visitor.page.locator("#header"))
    dialog = visitor.page.get_by_role("dialog", name="Take home")
    expect(dialog).to_be_visible()
    return dialog


def saved(visitor, dialog, name):
    """The bytes of the file that a button of the sheet saves, and the file's name."""
    with visitor.page.expect_download() as download:
        visitor.press(name, within=dialog)
    return download.value.path().read_bytes(), download.value.suggested_filename


def printed(source):
    """What the lines print, run in a namespace of their own, as rows of cells."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(source, "taken home", "exec"), {"__name__": "__main__"})
    return list(csv.reader(io.StringIO(out.getvalue())))


def same(cell, other, tolerance):
    """Equal as text, or as numbers within the tolerance."""
    try:
        a, b = float(cell), float(other)
    except ValueError:
        return cell == other
    return abs(a - b) <= tolerance * max(1, abs(b))


def check_numbers(csv_file, python, tolerance):
    """The Python prints the first columns of every row that the file has."""
    remarks, *lines = csv.reader(io.StringIO(csv_file.decode()))
    assert remarks[0].startswith("# Latent Lab: ")
    table = [line for line in lines if not line[0].startswith("# ")]
    titles, rows = table[0], table[1:]
    assert rows
    found = printed(python)
    assert len(found) == len(rows)
    for ours, theirs in zip(found, rows, strict=True):
        assert 2 <= len(ours) <= len(titles)
        fits = [same(*pair, tolerance) for pair in zip(ours, theirs, strict=False)]
        assert all(fits), f"Python prints {ours}, the file says {theirs}"


def check_picture(svg, title):
    """It stands alone, with the title as text, and leads nowhere."""
    root = ElementTree.fromstring(svg)
    words = "".join(root.itertext())
    assert title in words
    assert "Latent Lab: http" in words
    assert not re.findall(rb'(?:href|src)="(?!data:)', svg)
    drawn = [image.get("href", "") for image in root.iter("{http://www.w3.org/2000/svg}image")]
    assert all(href.startswith("data:image/") for href in drawn)


def pages(pdf):
    """Width and height in points of each page."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(boxes)
    return [tuple(round(float(side)) for side in box) for box in boxes]


def noise():
    """A digit as a link has it, which hardly gets smaller when it is packed."""
    pixels = np.random.default_rng(0).integers(0, 256, 784, np.uint8).tobytes()
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(pixels) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def test_a_long_link_has_a_code_without_the_drawing_and_all_else(visit):
    visitor = visit(fragment=f"view=kl&digit=.{noise()}", permissions=CLIPBOARD)
    dialog = sheet(visitor)
    link = dialog.get_by_label("Link to what is shown").input_value()
    assert noise() in link
    expect(
        dialog.get_by_role("img", name="QR code of the link without the drawing")
    ).to_be_visible()
    expect(dialog).to_contain_text("too long for a code")
    for button, wanted in (
        ("Copy link", link),
        ("Copy HTML", link.replace("&", "&amp;")),
        ("Copy Python", "from explore import kl"),
    ):
        visitor.press(button, within=dialog)
        expect(dialog.get_by_role("status")).to_contain_text("copied")
        assert wanted in visitor.page.evaluate("navigator.clipboard.readText()")
    png, name = saved(visitor, dialog, "Save PNG")
    assert name == "latent-lab-kl.png"
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.width > 2 * 900
        assert len(picture.convert("RGB").getcolors(2**24) or ()) > 100
    # The page prints what the button of the sheet prints, on light ground also from a dark page.
    visitor.page.evaluate(PRINTED)
    visitor.page.evaluate("document.body.classList.add('dark')")
    visitor.press("Print one page", within=dialog)
    visitor.page.wait_for_function("window.ground")
    assert visitor.page.evaluate("[window.ground, window.codes]") == ["#faf9f6", 1]
    expect(visitor.page.locator(".paper")).to_have_count(0)
    # By the keyboard: Escape leaves, and the focus is where it was.
    opener = visitor.page.get_by_role("button", name="take home")
    opener.focus()
    visitor.page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_every_view_gives_numbers_that_its_python_prints(visit, monkeypatch):
    monkeypatch.chdir(ROOT)
    visitor = visit(fragment=LINK)
    titles = {name: view.TITLE for name, view in load_views().items()}
    for view in VIEWS:
        visitor.open(view)
        ready = [scripts.address("kit/take_home.js"), view]
        visitor.until(
            lambda ready=ready: visitor.page.evaluate(READY, ready), f"{view} has numbers"
        )
        dialog = sheet(visitor)
        svg, _ = saved(visitor, dialog, "Save SVG")
        check_picture(svg, titles[view])
        numbers, name = saved(visitor, dialog, "Save CSV")
        assert name == f"latent-lab-{view.replace('_', '-')}.csv"
        python = dialog.locator("pre").text_content()
        dialog.get_by_role("button", name="Close").click()
        check_numbers(numbers, python, HALF if view == "machine" else TOLERANCE)
        assert pages(visitor.page.pdf(prefer_css_page_size=True)) in ([(842, 595)], [(595, 842)])
