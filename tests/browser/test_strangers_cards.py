"""Checkpoints of a stranger: HTML in every text of every card, and no view reads any of it."""

import json
import re
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from models.zoo import CARD, CODES, MIXTURE, WEIGHTS, Zoo
from tests.places import SHIPPED
from views.kit import parts
from views.kit.lab import Lab
from views.kit.samples import Samples
from views.shell.page import serve

from .visitor import VIEWS

MARK = "<img src=x onerror=ran.push("
OWN = f"{MARK}0)>own \"'`${{ran.push(0)}}{{{{7}}}}"  # no slash: it is the name of a folder
BROKEN = f"{MARK}1)>broken"
WORD = f"{MARK}2)>"  # what a link says
# Texts by which the program chooses what to do, so that others would show less.
CHOSEN_BY = {"kind", "of", "over", "origin", "code", "pixels", "places"}
KEPT = {"config", "name", "weights_sha256", "codes_sha256", "mixture_sha256"}
# Where such a text belongs. The views that are left out say nothing of a card's words.
TOLD_IN = {
    *("maps", "reconstruct", "denoise", "sliders", "sample", "compress", "likelihood", "classes"),
    *("beta", "shapes", "iwae", "few_labels", "draw", "gan", "compare"),
}
# All that can be read in an element: its text, and the words that show above it or are spoken.
TEXTS = """panel => [panel, ...panel.querySelectorAll("*")].flatMap(e => [
  [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.data).join(""),
  e.getAttribute("title") ?? "",
  e.getAttribute("aria-label") ?? "",
]).join("\\n")"""
# What is escaped twice, and markup of ours that is shown as text.
MISREAD = re.compile('&(lt|gt|quot|amp|#39);(?!b>)|</[a-z]|/>|="')
UNFOLD = """panel => {
  for (const e of panel.querySelectorAll("details")) e.open = true;
  panel.querySelector(".derivation > button:not(.open)")?.click();
}"""


def hostile(value, numbers, name=""):
    """`value` of a card with HTML in the place of every text that nothing is chosen by."""
    if isinstance(value, str) and name not in CHOSEN_BY:
        return f"{MARK}{next(numbers)})>\"'`${{ran.push(3)}}{{{{7}}}}&lt;b>"
    if isinstance(value, list):
        return [hostile(each, numbers, name) for each in value]
    if isinstance(value, dict):
        return {key: hostile(each, numbers, key) for key, each in value.items()}
    return value


def poisoned(card, numbers):
    """The text of a card as a stranger might have written it, with keys of HTML, too."""
    plain = json.loads(card)
    recipe, data = plain["recipe"], plain["data"]
    changed = plain | {part: hostile(plain[part], numbers) for part in plain.keys() - KEPT}
    changed["recipe"] |= {key: recipe[key] for key in ("name", "solver")} | {WORD: WORD}
    if re.fullmatch(parts.CODE_SIZE.recipes, recipe["name"]):
        changed["data"]["name"] = data["name"]  # Compress compares networks of the same data
    changed["machine"] |= {key: f"{MARK}{next(numbers)})>" for key in ("device", "threads")}
    changed["latent"][WORD] = [1.0]
    for name, metric in [*changed["metrics"].items()]:
        changed["metrics"] |= {
            name: metric | {"details": {WORD: 1.0} | metric.get("details", {})},
            WORD: metric,
        }
    return json.dumps(changed)


def add(root: Path, name: str, source: Path, card: str) -> None:
    """A checkpoint with the files of another one, and a card of its own."""
    (root / name).mkdir()
    (root / name / CARD).write_text(card, encoding="utf-8")
    for file in (WEIGHTS, CODES, MIXTURE):
        if (source / file).is_file():
            (root / name / file).symlink_to(source / file)


@pytest.fixture(scope="module")
def strange(tmp_path_factory):
    """The address of a page with the shipped checkpoints, their cards a stranger's, and another."""
    root = tmp_path_factory.mktemp("stranger")
    numbers = count(4)
    for folder in SHIPPED.iterdir():
        add(
            root,
            folder.name,
            folder,
            poisoned((folder / CARD).read_text(encoding="utf-8"), numbers),
        )
    own = json.loads((root / "vae-2" / CARD).read_text(encoding="utf-8")) | {"recipe": {}}
    add(root, OWN, SHIPPED / "vae-2", json.dumps(own))
    (root / BROKEN).mkdir()
    zoo = Zoo(root)
    assert [*zoo.unavailable] == [BROKEN]
    lab = Lab(zoo, Samples())
    app, url, _ = serve(lab, prevent_thread_lock=True, server_name="127.0.0.1", quiet=True)
    yield url
    app.get_blocks().close(verbose=False)


def test_no_view_reads_a_strangers_words_as_html(strange, visit):
    own, word = quote(OWN, safe=""), quote(WORD, safe="")
    visitor = visit(arrives=False)
    visitor.page.add_init_script("window.ran = []")
    # Compress tells protocols only of what is trained on noise.
    said = f"sliders.model={own}&compress.data=noise&beta.seed={word}"
    visitor.arrive(f"{strange}#maps.shown={quote(own, safe='')}&{said}")
    texts = {}
    for view in VIEWS:
        panel = visitor.open(view)
        panel.evaluate(UNFOLD)
        visitor.settle()
        texts[view] = panel.evaluate(TEXTS)
    assert visitor.page.evaluate("ran") == []
    assert visitor.page.locator("img[src=x], [onerror]").count() == 0
    assert {view for view, text in texts.items() if MARK in text} == TOLD_IN
    assert [view for view, text in texts.items() if MISREAD.search(text)] == []
