"""Compare, as a visitor sees it: the cards' numbers, sorted fairly, each with its protocol."""

import pytest

from views.compare import compare

from .visitor import PATIENCE, VIEWS


def names(panel):
    return panel.locator("tbody tr").evaluate_all("all => all.map((tr) => tr.dataset.name)")


def test_the_table_and_the_plot_show_the_cards(visit, lab):
    visitor = visit()
    cards = {name: entry.card for name, entry in lab.zoo.items()}
    panel = visitor.open("compare")
    assert sorted(names(panel)) == sorted(cards)

    # The best first, among those measured alike; what was not measured comes last, and is no 0.
    panel.locator('[data-sort="mse"]').click()
    errors = {n: c.metrics["mse"].value for n, c in cards.items() if "mse" in c.metrics}
    other = panel.locator('td.other[data-key="mse"]').evaluate_all(
        "all => all.map((td) => td.closest('tr').dataset.name)"
    )
    alike = [n for n in names(panel) if n in errors and n not in other]
    assert alike == names(panel)[: len(alike)]
    assert alike == sorted(alike, key=lambda name: errors[name])
    assert {"ae-2", "vae-16"} <= set(alike)
    assert not {n for n in alike if cards[n].data != cards["vae-2"].data}
    missing = panel.locator('tr[data-name="ae-2"] [data-key="log-p"]')
    assert missing.inner_text() == "\N{EN DASH}"
    assert missing.get_attribute("title") == "not measured"

    # A number, its protocol in words, and a link that brings both back.
    cell = panel.locator('tr[data-name="vae-16"] [data-key="log-p"]')
    measured = cards["vae-16"].metrics["log p(x)"]
    assert float(cell.inner_text().replace("−", "-")) == round(measured.value, 2)
    cell.click()
    words = panel.locator(".protocol").inner_text()
    assert measured.sentence() in words
    assert "More is better." in words
    visitor.until(lambda: "compare.cell=vae-16,log-p" in visitor.page.url, "the address")
    assert "compare.sort=mse&compare.down=0" in visitor.page.url

    # Only what was measured alike is plotted, until one asks for the rest.
    def points():
        return panel.locator(".plane a").count()

    # A density is in another column.
    both = sum("log p(x)" in c.metrics and c.config.likelihood.discrete for c in cards.values())
    few = points()
    assert few < both
    panel.get_by_text("plot ≠", exact=True).click()
    assert points() == both
    assert panel.locator(".plane a.other").count() == both - few

    # What is sought is in the link, too.
    panel.get_by_label("Find").fill("noise")
    sought = names(panel)
    assert 0 < len(sought) < len(cards)
    visitor.until(lambda: "compare.text=noise" in visitor.page.url, "the address")
    again = visit(fragment=visitor.page.url.split("#")[1])
    again.panel.locator("tbody td").first.wait_for(timeout=PATIENCE * 1000)
    assert names(again.panel) == sought
    assert again.panel.locator('[data-choice="others"]').is_checked()
    panel.get_by_label("Find").fill("")

    # The filters, and the way to a model.
    panel.locator('.families [data-family="dae"]').click()
    assert {cards[n].config.family for n in names(panel)} == {"dae"}
    panel.locator('tr[data-name="dae-2"] a').click()
    shown = visitor.page.locator('.map[data-name="dae-2"][data-from]')
    shown.wait_for(timeout=PATIENCE * 1000)
    assert visitor.page.locator(".map[data-from]:visible").count() == 1


def test_a_link_that_names_what_every_object_has_is_a_damaged_one(visit, lab):
    visitor = visit(fragment="view=compare&compare.sort=constructor")
    visitor.panel.locator(".comparison tbody td").first.wait_for(timeout=PATIENCE * 1000)
    assert sorted(names(visitor.panel)) == sorted(lab.zoo)
    assert "incomplete or damaged" in visitor.page.locator("#header .notice").inner_text()


@pytest.mark.parametrize("view", ["maps", "sliders", "gap"])
def test_the_link_of_a_row_opens_its_model(visit, lab, view):
    """Other rows' links name a view alone: tests/views/test_compare.py."""
    links = [row.link for row in compare.rows(lab) if row.link]
    link = [each for each in links if each.startswith(f"view={view}&")][-1]
    visitor = visit(fragment=link)
    visitor.panel.locator(VIEWS[view]).first.wait_for(timeout=PATIENCE * 1000)
    assert visitor.page.locator("#header .notice").inner_text() == ""
    _, model = link.split("&")
    assert model in visitor.copied_link()


def test_the_table_shows_where_it_goes_on_and_keys_scroll_it(visitor):
    panel = visitor.open("compare")
    frame = panel.locator(".framed.right.below")
    frame.wait_for()
    region = panel.get_by_role("region")
    assert "scrolls" in region.get_attribute("aria-label")
    region.focus()
    for key, edge in (("End", "below"), ("ArrowRight", "right")):
        visitor.until(
            lambda k=key, e=edge: (
                visitor.page.keyboard.press(k)
                or e not in panel.locator(".framed").get_attribute("class").split()
            ),
            f"{key} reaches the end",
        )
