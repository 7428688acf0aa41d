"""Arrays to pictures: the bytes are the right ones."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

import figures


@pytest.fixture
def noise():
    """Five 4x6 pictures whose bytes are all different, [5, 1, 4, 6]."""
    return np.random.default_rng(0).permutation(120).reshape(5, 1, 4, 6) / 255


@pytest.mark.parametrize(
    ("value", "byte"),
    [
        (0.0, 0),
        (1.0, 255),
        (0.5, 128),
        (0.4 / 255, 0),
        (0.6 / 255, 1),
        (254.6 / 255, 255),
        (-0.1, 0),
        (1.1, 255),
        (np.nan, 0),
        (np.inf, 255),
        (-np.inf, 0),
    ],
)
def test_to_bytes_rounds_and_clips(value, byte):
    found = figures.to_bytes(np.array([value]))
    assert found.dtype == np.uint8
    assert found.tolist() == [byte]


def test_every_byte_survives_the_way_to_a_float_and_back():
    every = np.arange(256, dtype=np.uint8)
    assert np.array_equal(figures.to_bytes((every / 255).astype(np.float32)), every)


@pytest.mark.parametrize(("shape", "mode"), [((4, 6), "L"), ((1, 4, 6), "L"), ((3, 4, 6), "RGB")])
def test_grey_keeps_every_pixel_in_its_place(shape, mode):
    values = np.arange(np.prod(shape)).reshape(shape) / 255
    image = figures.grey(values)
    assert (image.mode, image.size) == (mode, (6, 4))
    expected = values if len(shape) == 2 else np.moveaxis(values, 0, -1).squeeze()
    assert np.array_equal(np.asarray(image), np.rint(expected * 255))


def test_signed_values_have_the_colour_of_their_sign():
    error = np.array([[[1.0, 0.5, 0.0, -0.5, -1.0, 7.0, np.nan]]])
    orange, half_orange, black, half_blue, blue, beyond, unknown = np.asarray(
        figures.signed(error)
    )[0].tolist()
    assert (orange, blue) == ([255, 159, 28], [64, 156, 255])
    assert black == unknown == [0, 0, 0]
    assert beyond == orange
    assert np.allclose(half_orange, np.array(orange) / 2, atol=0.5)
    assert np.allclose(half_blue, np.array(blue) / 2, atol=0.5)


def test_the_limit_is_the_value_of_full_colour():
    error = np.array([[0.2, -0.1]])
    assert np.array_equal(
        np.asarray(figures.signed(error, 0.2)), np.asarray(figures.signed(error * 5))
    )


def test_tiles_are_laid_row_by_row_with_black_between_and_after():
    images = np.arange(1, 4).reshape(3, 1, 1, 1) * np.ones((3, 1, 1, 2), int)
    sheet = figures.tiles(images, columns=2, gap=1)
    assert sheet.tolist() == [[[1, 1, 0, 2, 2], [0, 0, 0, 0, 0], [3, 3, 0, 0, 0]]]


@pytest.mark.parametrize("columns", [1, 2, 5, 7])
def test_every_tile_can_be_cut_out_again(noise, columns):
    sheet = figures.tiles(noise, columns, gap=3)
    for i, image in enumerate(noise):
        top, left = (i // columns) * 7, (i % columns) * 9
        assert np.array_equal(sheet[:, top : top + 4, left : left + 6], image)
    assert sheet.sum() == pytest.approx(noise.sum())


def test_enlarged_repeats_every_pixel(noise):
    image = figures.grey(noise[0])
    large = np.asarray(figures.enlarged(image, 3))
    assert np.array_equal(large, np.kron(np.asarray(image), np.ones((3, 3), np.uint8)))


@pytest.mark.parametrize(
    ("count", "order"),
    [(5, [0, 1, 2, 3, 4, 3, 2, 1]), (3, [0, 1, 2, 1]), (2, [0, 1]), (1, [0])],
)
def test_a_gif_runs_there_and_back_for_ever(noise, count, order):
    frames = [figures.grey(picture) for picture in noise[:count]]
    with Image.open(io.BytesIO(figures.gif(frames, milliseconds=90))) as film:
        shown = [np.asarray(f.convert("L")) for f in ImageSequence.Iterator(film)]
        assert film.info["loop"] == 0 or count == 1
        assert film.info.get("duration", 90) == 90
    assert len(shown) == len(order)
    for picture, i in zip(shown, order, strict=True):
        assert np.array_equal(picture, frames[i])


def test_a_data_uri_holds_its_content():
    assert figures.data_uri(b"\x00\xff", "image/gif") == "data:image/gif;base64,AP8="
