"""Interpolate: the film plays, obeys its settings, and can be taken home."""

import pytest
from PIL import Image

STRIPS, NOW = ".path .strip", ".path .now"


@pytest.fixture
def at_film(visitor):
    """A visitor with the paths drawn: the cross-fade and two per model."""
    visitor.open("interpolate")
    visitor.until(lambda: visitor.panel.locator(".path").count() == 7, "seven paths")
    return visitor


def test_play_pause_and_place(at_film):
    visitor = at_film
    visitor.watch(visitor.panel.locator(NOW).nth(1))
    visitor.page.clock.install()
    visitor.press("Play")
    visitor.until(lambda: visitor.seen >= 5, "five different pictures")
    visitor.press("Pause")
    at_rest = visitor.sources(NOW)
    visitor.page.clock.run_for(500)  # several frames' time, were it still running
    assert visitor.sources(NOW) == at_rest
    assert visitor.panel.get_by_role("button", name="Play", exact=True).is_visible()
    visitor.panel.locator(".film input[type=range]").focus()
    visitor.page.keyboard.press("Home")
    first = visitor.sources(NOW)
    last = visitor.change(lambda: visitor.sources(NOW), lambda: visitor.page.keyboard.press("End"))
    assert all(a != b for a, b in zip(first, last, strict=True))
    assert "1.00" in visitor.panel.locator(".film output").inner_text()


def test_the_slider_and_the_pictures_are_aligned(at_film):
    """The picture at the slider is as large as in the path, and the thumb stands over it."""
    row = at_film.panel.locator(".path").nth(1)
    slider = at_film.panel.locator(".scrub input")
    now, mark = row.locator(".now"), row.locator(".place i")
    track = slider.bounding_box()
    for key, end in (("Home", 8), ("End", track["width"] - 8)):  # half of a thumb from either end
        slider.press(key)
        marked = mark.bounding_box()
        for side in ("width", "height"):
            assert abs(now.bounding_box()[side] - marked[side]) < 1
        assert abs(marked["x"] + marked["width"] / 2 - (track["x"] + end)) < 1


def test_another_b_changes_where_paths_end(at_film):
    visitor = at_film
    strips = visitor.panel.locator(STRIPS)

    def last_frames():
        return [visitor.pixels(strip)[:, -28:, 0].tobytes() for strip in strips.all()]

    def first_frames():
        return [visitor.pixels(strip)[:, :28, 0].tobytes() for strip in strips.all()]

    start, end = first_frames(), last_frames()
    visitor.sample(1, within=visitor.panel.locator(".second-digit"))
    visitor.until(lambda: last_frames()[0] != end[0], "another end")
    assert all(a != b for a, b in zip(end, last_frames(), strict=True))
    assert first_frames() == start


def test_an_unticked_model_leaves(at_film):
    visitor, panel = at_film, at_film.panel

    def names():
        return panel.locator(".path .name b").all_inner_texts()

    assert names() == ["Pixels", "AE", "AE", "DAE", "DAE", "VAE", "VAE"]
    visitor.pick("DAE")
    visitor.until(lambda: names() == ["Pixels", "AE", "AE", "VAE", "VAE"], "the DAE leaves")
    strips = visitor.sources(STRIPS)
    sixteen = visitor.change(lambda: visitor.sources(STRIPS), lambda: visitor.pick("2 numbers"))
    assert sixteen[0] == strips[0]  # pixels know nothing of codes
    assert all(a != b for a, b in zip(strips[1:], sixteen[1:], strict=True))


def test_the_film_is_saved(at_film):
    with at_film.page.expect_download() as started:
        at_film.press("Save GIF")
    assert started.value.suggested_filename == "interpolation.gif"
    with Image.open(started.value.path()) as image:
        assert image.format == "GIF"
        assert getattr(image, "n_frames", 1) > 10
        assert len(image.convert("L").getcolors() or ()) > 2
