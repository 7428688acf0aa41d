"""Checkpoints of one's own, called whatever a folder may be called: chosen, and told by a link."""

import shutil
from urllib.parse import parse_qs, unquote

import pytest
from playwright.sync_api import expect

from models.zoo import Zoo
from views.kit.lab import Lab
from views.kit.samples import Samples
from views.shell.page import serve

from .visitor import PATIENCE

NAMES = (
    "my net 2.0, ünï",
    "<img src=x onerror=alert(1)> & '\"100%25+#",
    "e\N{COMBINING ACUTE ACCENT}té",
)


@pytest.fixture(scope="module")
def own(save_six, save_checkpoint, tmp_path_factory):
    """The address of a page with these checkpoints, too."""
    ours, theirs = (tmp_path_factory.mktemp(name) for name in ("ours", "theirs"))
    save_six(ours)
    for name in NAMES:
        save_checkpoint(theirs, "vae", 2)
        shutil.move(theirs / "vae-2", theirs / name)
    lab = Lab(Zoo(ours, own=theirs), Samples())
    app, url, _ = serve(lab, prevent_thread_lock=True, server_name="127.0.0.1", quiet=True)
    yield url
    app.get_blocks().close(verbose=False)


def link(visitor):
    return visitor.page.evaluate("location.hash.slice(1)")


def model_in(fragment):
    return parse_qs(fragment).get("sliders.model", [""])[0]


def maps_in(fragment):
    """Decoded as an address, and then as a list of names."""
    return [unquote(name) for name in parse_qs(fragment).get("maps.shown", [""])[0].split(",")]


def maps_shown(visitor):
    return visitor.page.locator(".map:visible").evaluate_all(
        "all => all.map((m) => m.dataset.name)"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_letters_is_chosen_and_linked(name, own, visit):
    visitor = visit(at=own, fragment="view=maps")
    for button in (name, "ae-2", "dae-2", "vae-2"):
        visitor.press(button)
    assert maps_shown(visitor) == [name]
    # It follows a moment later, and each press that came before may stand in it first.
    visitor.until(lambda: maps_in(link(visitor)) == [name], "the address knows the map")
    again = visit(at=own, fragment=link(visitor))
    again.until(lambda: maps_shown(again) == [name], "the link's map")
    assert again.page.locator("img[src=x]").count() == 0  # no name is HTML


def test_every_view_that_names_checkpoints_takes_the_name(own, visit):
    name = NAMES[1]
    visitor = visit(at=own)
    visitor.open("sliders")
    chosen = visitor.panel.get_by_label("Model", exact=True)
    chosen.select_option(label=f"{name} (on digits)")
    expect(visitor.panel.locator(".dimension")).to_have_count(2)
    visitor.until(lambda: model_in(link(visitor)) == name, "the address knows the model")
    again = visit(at=own, fragment=link(visitor))
    chosen = again.panel.get_by_label("Model", exact=True)
    expect(chosen).to_have_value(name, timeout=PATIENCE * 1000)
    assert not again.page.locator("#header .notice").inner_text()

    visitor.open("sample")
    visitor.panel.get_by_text("2 numbers", exact=True).click()
    visitor.panel.locator(".sampled h3", has_text=name).wait_for()
    headings = " ".join(visitor.panel.locator(".sampled h3").all_inner_texts())
    assert f"{name} on digits" in headings

    visitor.open("compare")
    row = visitor.panel.locator("tbody tr").filter(has=visitor.page.get_by_text(name, exact=True))
    row.locator('[data-key="mse"]').click()
    visitor.until(lambda: link(visitor).endswith(",mse"), "the address knows the number")
    again = visit(at=own, fragment=link(visitor))
    again.until(lambda: f"MSE of {name} = " in again.panel.inner_text(), "the link's number")
    with visitor.page.expect_event("load"):  # another link begins anew
        row.locator("a").click()
    visitor.until(lambda: maps_shown(visitor) == [name], "the row's map")
    assert visitor.page.locator("img[src=x]").count() == 0  # no name is HTML
