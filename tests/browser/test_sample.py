"""Sample: draws are repeatable, go to all models alike, and can be followed to the sliders."""

import numpy as np
import pytest
from playwright.sync_api import expect

from models.origins import CODES, MIXTURE, PRIOR, metric_name
from views.kit.origins import TITLES

TILES = ".tiles canvas"
COUNT = 24


@pytest.fixture
def at_samples(visitor):
    """A visitor with three grids of samples."""
    visitor.open("sample")
    visitor.until(lambda: len(visitor.sources(TILES)) == 3 * COUNT, "three grids")
    return visitor


def seed(visitor, value):
    """Type a seed, as people do: the number and Tab."""
    box = visitor.panel.get_by_label("Seed")
    box.fill(str(value))
    box.press("Tab")


def test_a_seed_is_a_picture(at_samples):
    visitor = at_samples

    def tiles():
        return visitor.sources(TILES)

    zero = tiles()
    seven = visitor.change(tiles, lambda: seed(visitor, 7))
    assert all(a != b for a, b in zip(zero, seven, strict=True))
    seed(visitor, 0)
    visitor.until(lambda: tiles() == zero, "the first draws return")
    visitor.change(tiles, lambda: visitor.press("Draw again"))
    expect(visitor.panel.get_by_label("Seed")).to_have_value("1")


def test_temperature_zero_leaves_one_picture_per_model(at_samples):
    visitor = at_samples

    def different():
        tiles = visitor.sources(TILES)
        return [len(set(tiles[i : i + COUNT])) for i in range(0, len(tiles), COUNT)]

    assert min(different()) > 1
    visitor.slide("Temperature", 0.0)
    visitor.until(lambda: different() == [1, 1, 1], "one picture per model")


def test_the_prior_was_wrong_in_one_click(at_samples, lab):
    """Other pictures with other numbers; a mixture has no temperature."""
    visitor = at_samples
    fid = {
        o: lab.entry("ae-16").card.metrics[metric_name("classifier FID", o)].value for o in TITLES
    }
    judged = visitor.panel.locator(".sampled.ae .judged")
    expect(judged).to_contain_text(f"FID {fid[PRIOR]:.1f}")
    for origin in (MIXTURE, CODES):
        visitor.change(lambda: visitor.sources(TILES), lambda o=origin: visitor.pick(TITLES[o]))
        expect(judged).to_contain_text(f"FID {fid[origin]:.1f}")
        expect(visitor.panel.get_by_label("Temperature").first).to_be_hidden()
    visitor.pick(TITLES[PRIOR])
    expect(visitor.panel.get_by_label("Temperature").first).to_be_visible()


def test_a_tile_opens_in_the_sliders(at_samples):
    visitor = at_samples
    tile = visitor.panel.locator(".sampled.vae .tiles button").nth(10)
    sampled = visitor.pixels(tile.locator("canvas")).astype(int)
    tile.click()
    visitor.expect_open("sliders")
    picture = visitor.panel.locator("canvas.picture")
    picture.wait_for()
    assert visitor.panel.get_by_label("vae-16", exact=True).is_checked()

    def same():
        shown = visitor.pixels(picture).astype(int)
        # One grey level: a code alone and a code among others are rounded differently.
        return shown.shape == sampled.shape and np.abs(shown - sampled).max() <= 1

    visitor.until(same, "the sliders show the tile")
    expect(visitor.panel.locator(".dimension")).to_have_count(16)
