"""The handlers of every view, without a page: what they say is true, and nonsense gets words."""

import asyncio
import base64
import html
import io
import json
import math
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import gradio as gr
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence
from torch.distributions import Independent, Normal, kl_divergence

from data import datasets, embedded
from models import zoo
from models.corruption import CORRUPTIONS
from models.gaussian_mixture import GaussianMixture
from models.origins import CODES, MIXTURE, PRIOR
from views.denoise import denoise
from views.interpolate import interpolate
from views.kit import markup, validate
from views.kit.lab import COMPARED, Lab
from views.kit.origins import TITLES
from views.kit.samples import Samples
from views.maps import maps
from views.reconstruct import reconstruct
from views.sample import sample
from views.shell import api, digit_input, page
from views.shell.header import Header
from views.sliders import sliders


def picked(lab, index):
    """A sample of the page as the page sends it."""
    return digit_input.sample_digits(lab, {})["digits"][index]


@pytest.fixture(scope="module")
def three(lab):
    return digit_input.read_digit(picked(lab, 3))


@pytest.fixture(scope="module")
def eight(lab):
    return digit_input.read_digit(picked(lab, 8))


def pixels_of(text, *shape):
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def bytes_of(pictures):
    """What a picture in [0, 1] looks like in bytes, computed apart from figures.py."""
    return (pictures.clamp(0, 1) * 255).round().byte().numpy()


def picture_in(uri):
    kind, content = uri.split(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(content)))
    assert kind == f"data:image/{image.format.lower()}"
    return image


def pictures_in(panel, alt):
    """The pictures of a panel whose description is `alt`, as arrays."""
    sources = re.findall(rf'<img class="digit" src="([^"]+)" alt="{html.escape(alt)}">', panel)
    return [np.asarray(picture_in(source)) for source in sources]


def rows_of(panel):
    """The panel's part about each family."""
    return dict(zip(COMPARED, panel.split('<div class="spine-row ')[2:], strict=True))


def squared_error(picture, target):
    return sum((p - t) ** 2 for p, t in zip(picture.tolist(), target.tolist(), strict=True)) / len(
        picture
    )


def mse_of(picture, target):
    return squared_error(picture.flatten().double(), target.flatten().double())


def same_picture(found, expected):
    """Equal but for the last bit, which a sum in another order may move across a half."""
    return np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= 1


# Reconstruct.


@pytest.mark.parametrize("size", [2, 16])
def test_the_numbers_beside_a_reconstruction_are_true(lab, three, size):
    rows = rows_of(reconstruct.show_reconstructions(lab, three, size, reconstruct.MEAN, 0))
    for family, row in rows.items():
        model = lab.zoo[f"{family}-{size}"].model
        q = model.encode(three.unsqueeze(0))
        picture = model.decode(q.mean).mean[0]
        mse = mse_of(picture, three)
        assert f"<b>{mse:.4f}</b> squared error per pixel" in row
        assert f"root mean square {255 * math.sqrt(mse):.0f} of 255 grey levels" in row
        assert f"{mse / 0.05:.1f} times this model" in row
        assert "digits test images, 0.0500" in row
        (output,) = pictures_in(row, f"reconstruction by the {family.upper()}")
        assert same_picture(output, bytes_of(picture[0]))
        (given_,) = pictures_in(row, "the input")
        assert same_picture(given_, bytes_of(three[0]))
        assert row.count("<li ") == size
        for i, value in enumerate(q.mean[0].tolist(), start=1):
            assert f'title="z{i} = {value:.3f}"' in row


@pytest.mark.parametrize("size", [2, 16])
def test_only_the_vae_has_a_kl_and_it_is_the_closed_form(lab, three, size):
    rows = rows_of(reconstruct.show_reconstructions(lab, three, size, reconstruct.MEAN, 0))
    q = lab.zoo[f"vae-{size}"].model.encode(three.unsqueeze(0))
    prior = Independent(Normal(torch.zeros(size), torch.ones(size)), 1)
    posterior = Independent(Normal(q.mean, q.variance.sqrt()), 1)
    assert f" {kl_divergence(posterior, prior).item():.1f} nats" in rows["vae"]
    assert "whisker" in rows["vae"]
    for family in ("ae", "dae"):
        assert "nats" not in rows[family]
        assert "whisker" not in rows[family]


def test_the_error_picture_is_orange_where_ink_was_added_and_blue_where_it_is_missing(lab, three):
    panel = reconstruct.show_reconstructions(lab, three, 2, reconstruct.MEAN, 0)
    row = rows_of(panel)["ae"]
    model = lab.zoo["ae-2"].model
    error = (model.reconstruct(three.unsqueeze(0))[0] - three)[0].numpy()
    (drawn,) = pictures_in(row, "error: orange added, blue missing")
    red, blue = drawn[..., 0].astype(int), drawn[..., 2].astype(int)
    assert ((red > blue) == (error > 0))[np.abs(error) > 0.02].all()


def test_a_draw_moves_the_vae_and_nobody_else(lab, three):
    mean = rows_of(reconstruct.show_reconstructions(lab, three, 2, reconstruct.MEAN, 5))
    drawn = rows_of(reconstruct.show_reconstructions(lab, three, 2, reconstruct.DRAW, 5))
    assert {f for f in COMPARED if mean[f] != drawn[f]} == {"vae"}
    q = lab.zoo["vae-2"].model.encode(three.unsqueeze(0))
    epsilon = torch.randn(2, generator=torch.Generator().manual_seed(5))
    z = q.mean[0] + q.variance[0].sqrt() * epsilon
    assert f'title="z1 = {z[0]:.3f}"' in drawn["vae"]
    assert f'title="z2 = {z[1]:.3f}"' in drawn["vae"]


def test_draw_again_is_the_next_seed(lab, three):
    panel, code, seed = reconstruct.draw_again(lab, three, 2, 5)
    assert (code, seed) == (reconstruct.DRAW, 6)
    assert panel == reconstruct.show_reconstructions(lab, three, 2, reconstruct.DRAW, 6)
    assert panel != reconstruct.draw_again(lab, three, 2, 6)[0]
    # The last seed of all is followed by one that is valid too.
    assert reconstruct.draw_again(lab, three, 2, validate.MAX_SEED)[2] <= validate.MAX_SEED


# Denoise.


@pytest.mark.parametrize("kind", denoise.KINDS)
@pytest.mark.parametrize("strength", [0.25, 1.0])
def test_the_decibels_are_true(lab, three, kind, strength):
    panel = denoise.show_denoising(lab, three, kind, strength, 16, 7)
    corruption = CORRUPTIONS[denoise.KINDS[kind]](strength)
    corrupted = corruption.sample(three, torch.Generator().manual_seed(7))
    (shown,) = pictures_in(panel, "corrupted digit")
    assert same_picture(shown, bytes_of(corrupted[0]))
    (clean,) = pictures_in(panel, "the clean digit")
    assert same_picture(clean, bytes_of(three[0]))
    assert f"corrupted, {-10 * math.log10(mse_of(corrupted, three)):.1f} dB" in panel
    for family in COMPARED:
        repaired = lab.zoo[f"{family}-16"].model.reconstruct(corrupted.unsqueeze(0))[0]
        decibels = 10 * math.log10(1 / mse_of(repaired, three))
        assert f"{family.upper()}, {decibels:.1f} dB" in panel
        (shown,) = pictures_in(panel, f"the {family.upper()}'s repair")
        assert same_picture(shown, bytes_of(repaired[0]))


@pytest.mark.parametrize("kind", denoise.KINDS)
def test_no_damage_is_no_error(lab, three, kind):
    panel = denoise.show_denoising(lab, three, kind, 0, 2, 0)
    assert "corrupted, no error" in panel
    assert "inf" not in re.sub("<[^>]*>", "", panel)


def test_the_curve_is_read_at_the_strength(lab, three):
    panel = denoise.show_denoising(lab, three, "Masking", 0.75, 2, 0)
    # The cards say .02 at strength .5 and .06 at 1.
    assert "At strength 0.75" in panel
    assert "AE 0.0400, DAE 0.0400, VAE 0.0400" in panel
    assert "Measured by nobody" in panel
    assert "<svg" in panel


def test_the_same_seed_is_the_same_noise_and_draw_again_is_other(lab, three):
    arguments = (three, "Gaussian noise", 0.5, 2)
    first = denoise.show_denoising(lab, *arguments, 1)
    assert denoise.show_denoising(lab, *arguments, 1) == first
    panel, seed = denoise.draw_again(lab, *arguments, 0)
    assert (panel, seed) == (first, 1)
    assert denoise.draw_again(lab, *arguments, 1)[0] != first


# Sliders.


@pytest.mark.parametrize("name", [f"{f}-{n}" for f, n in product(COMPARED, (2, 16))])
def test_the_sliders_start_at_the_code_and_the_most_important_comes_first(lab, three, name):
    entry = lab.zoo[name]
    state = sliders.start_sliders(lab, three, name, sliders.DIGIT)
    code = entry.model.encode(three.unsqueeze(0)).mean[0].tolist()
    assert state["model"] == name
    assert state["z"] == state["start"] == pytest.approx(code, abs=1e-6)
    statistics = entry.card.latent
    worth = statistics.get("kl") or [s**2 for s in statistics["std"]]
    indices = [row["index"] for row in state["rows"]]
    assert sorted(indices) == list(range(entry.model.latent))
    assert [worth[i] for i in indices] == sorted(worth, reverse=True)
    for row in state["rows"]:
        i = row["index"]
        assert row["name"] == f"z{i + 1}"
        assert f" {worth[i]:.2f}" in row["worth"]
        assert row["low"] <= code[i] + 1e-6
        assert row["high"] >= code[i] - 1e-6
        assert row["dead"] == (entry.model.prior() is not None and worth[i] < 0.01)
    assert json.loads(json.dumps(state, allow_nan=False)) == state


def test_the_sliders_can_start_at_the_prior_mean(lab, three):
    assert sliders.start_sliders(lab, three, "vae-16", sliders.ORIGIN)["z"] == [0.0] * 16


def test_a_code_beyond_the_usual_range_has_its_place_on_the_slider(lab):
    state = sliders.slider_state("ae-2", lab.zoo["ae-2"], torch.tensor([1e4, -1e4]))
    rows = {row["index"]: row for row in state["rows"]}
    assert rows[0]["high"] == 1e4
    assert rows[1]["low"] == -1e4


def test_the_sliders_open_with_the_best_vae(lab):
    assert sliders.first_model(lab) == "vae-16"


# Interpolate.


def test_the_film_has_the_cross_fade_and_two_paths_per_model(lab, three, eight):
    film = interpolate.show_paths(lab, three, eight, ["AE", "DAE", "VAE"], 2)
    assert [row["family"] for row in film["rows"]] == ["pixels"] + [
        f for f in COMPARED for _ in "ab"
    ]
    count = film["count"]
    fade = pixels_of(film["rows"][0]["pixels"], count, 28, 28)
    for step in range(count):
        t = step / (count - 1)
        assert same_picture(fade[step], bytes_of((1 - t) * three[0] + t * eight[0]))
    for row in film["rows"][1:]:
        model = lab.zoo[f"{row['family']}-2"].model
        shown = pixels_of(row["pixels"], count, 28, 28)
        ends = model.encode(torch.stack([three, eight])).mean
        expected = bytes_of(model.decode(ends).mean[:, 0])
        assert same_picture(shown[[0, -1]], expected)
        if row["note"] == interpolate.LINEAR:
            middle = model.decode(ends.mean(0, keepdim=True)).mean[0, 0]
            assert same_picture(shown[count // 2], bytes_of(middle))


@pytest.mark.parametrize("chosen", [[], ["VAE"], ["VAE", "AE"], ["AE", "AE"]])
def test_the_film_shows_the_chosen_models_and_no_others(lab, three, eight, chosen):
    film = interpolate.show_paths(lab, three, eight, chosen, 16)
    found = {row["family"] for row in film["rows"]} - {"pixels"}
    assert found == {name.lower() for name in chosen}
    assert len(film["rows"]) == 1 + 2 * len(found)


@pytest.fixture
def request_of_a_film(lab, three, eight):
    film = interpolate.show_paths(lab, three, eight, ["AE", "VAE"], 2)
    return json.loads(json.dumps(film["request"]))  # as it comes back from the page


def test_the_exported_png_is_the_film(lab, three, eight, request_of_a_film):
    answer = interpolate.export_film(lab, request_of_a_film | {"kind": "png"})
    sheet = np.asarray(picture_in(answer["uri"]))[::3, ::3]
    film = interpolate.show_paths(lab, three, eight, ["AE", "VAE"], 2)
    count, rows = film["count"], film["rows"]
    assert sheet.shape == (28 * len(rows), 28 * count)
    for i, row in enumerate(rows):
        strip = sheet[28 * i : 28 * (i + 1)].reshape(28, count, 28).swapaxes(0, 1)
        assert np.array_equal(strip, pixels_of(row["pixels"], count, 28, 28))
    assert answer["name"] == "interpolation.png"


def test_the_exported_gif_runs_from_a_to_b_and_back(lab, three, eight, request_of_a_film):
    answer = interpolate.export_film(lab, request_of_a_film | {"kind": "gif"})
    with picture_in(answer["uri"]) as film:
        frames = [np.asarray(f.convert("L"))[::4, ::4] for f in ImageSequence.Iterator(film)]
    half = len(frames) // 2
    assert frames[0].shape == (28, 28 * 5)  # the cross-fade and two paths for each of two models
    assert same_picture(frames[0][:, :28], bytes_of(three[0]))
    assert same_picture(frames[half][:, :28], bytes_of(eight[0]))
    for i in range(1, half):
        # A GIF has 256 colours a frame, so a level may move a little where there are more.
        assert np.abs(frames[half - i].astype(int) - frames[half + i]).max() <= 8


# Sample.


def test_all_grids_show_the_same_draws(lab):
    found = sample.show_samples(lab, 2, 1.5, 11)
    expected = 1.5 * torch.randn(found["count"], 2, generator=torch.Generator().manual_seed(11))
    assert [grid["family"] for grid in found["grids"]] == list(COMPARED)
    for grid in found["grids"]:
        draws = torch.tensor(grid["draws"])
        assert torch.allclose(draws, expected)
        entry = lab.zoo[grid["model"]]
        shown = pixels_of(grid["pixels"], found["count"], 28, 28)
        assert same_picture(shown, bytes_of(entry.model.decode(draws).mean[:, 0]))
        # 95 % of a chi-squared of two degrees of freedom lies below -2 log 0.05.
        within = (entry.codes.z**2).sum(1) <= -2 * math.log(0.05)
        assert f"{within.double().mean():.0%} of its test codes" in grid["note"]
        assert grid["map"].startswith("<svg")
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_codes_are_those_of_the_same_test_images_whatever_the_temperature(lab):
    found = sample.show_samples(lab, 16, 0.0, 11, CODES)
    places = []
    for grid in found["grids"]:
        codes = lab.zoo[grid["model"]].codes.z
        at = torch.cdist(torch.tensor(grid["draws"]), codes).argmin(1)
        assert torch.allclose(torch.tensor(grid["draws"]), codes[at])
        places.append(at.tolist())
    assert places[0] == places[1] == places[2]
    assert len(set(places[0])) == found["count"]


def test_a_model_without_a_mixture_says_so_and_the_others_draw(tmp_path, save_six, assert_sentence):
    mixture = GaussianMixture(torch.ones(1), torch.ones(1, 2), 0.01 * torch.eye(2)[None])
    zoo.add_mixture(save_six(tmp_path) / "vae-2", mixture)
    lab = Lab(zoo.Zoo(tmp_path), Samples())
    ae, dae, vae = sample.show_samples(lab, 2, 3.0, 5, MIXTURE)["grids"]
    for grid in (ae, dae):
        assert "pixels" not in grid
        assert_sentence(grid["note"])
    expected = mixture.sample(sample.COUNT, torch.Generator().manual_seed(5))
    assert torch.allclose(torch.tensor(vae["draws"]), expected)
    request = {"size": 2, "temperature": 1, "seed": 5, "origin": MIXTURE}
    sheet = picture_in(sample.export_samples(lab, request)["uri"])
    assert sheet.width == 3 * 28 * sample.COLUMNS
    with pytest.raises(gr.Error, match="mixture"):
        sample.export_samples(lab, request | {"size": 16})


def test_only_the_prior_has_a_temperature():
    visible = {origin: sample.has_temperature(origin)["visible"] for origin in TITLES}
    assert visible == {PRIOR: True, MIXTURE: False, CODES: False}


def test_temperature_zero_is_one_picture_many_times(lab):
    found = sample.show_samples(lab, 16, 0, 3)
    for grid in found["grids"]:
        assert not np.any(grid["draws"])
        shown = pixels_of(grid["pixels"], found["count"], 28, 28)
        assert (shown == shown[0]).all()


def test_a_picked_tile_opens_in_the_sliders_of_its_model(lab):
    z = sample.show_samples(lab, 16, 1, 3)["grids"][1]["draws"][4]
    state, name, tabs = sliders.open_code(lab, {"picked": {"model": "dae-16", "z": z}})
    assert name == state["model"] == "dae-16"
    assert state["z"] == pytest.approx(z)
    assert tabs.selected == sliders.TITLE


def test_the_exported_samples_are_those_on_the_page(lab):
    found = sample.show_samples(lab, 2, 1, 3)
    answer = sample.export_samples(lab, json.loads(json.dumps(found["request"])))
    sheet = np.asarray(picture_in(answer["uri"]))[::3, ::3]
    columns, rows = found["columns"], found["count"] // found["columns"]
    assert sheet.shape == (28 * rows, 3 * (28 * columns + 8) - 8)
    for i, grid in enumerate(found["grids"]):
        left = i * (28 * columns + 8)
        cut = sheet[:, left : left + 28 * columns].reshape(rows, 28, columns, 28).swapaxes(1, 2)
        assert np.array_equal(cut.reshape(-1, 28, 28), pixels_of(grid["pixels"], 24, 28, 28))
    assert "3" in answer["name"]


def test_the_next_seed_is_always_valid():
    assert validate.next_seed(4) == 5
    assert validate.next_seed(4.0) == 5
    assert 0 <= validate.next_seed(validate.MAX_SEED) <= validate.MAX_SEED


# The digit.


def test_the_samples_are_six_rows_of_ten_classes(lab):
    found = digit_input.sample_digits(lab, {})
    assert [record["label"] for record in found["digits"]] == list(range(10)) * 6
    assert len({record["pixels"] for record in found["digits"]}) == 60
    assert found["name"] == lab.samples.current.name


def test_a_random_digit_is_a_test_image_with_its_label(lab):
    split = lab.samples.current.split
    images = split.images.flatten(1)
    records = [digit_input.random_digit(lab, {}) for _ in range(20)]
    for record in records:
        own = torch.from_numpy(pixels_of(record["pixels"], 784).copy())
        (index,) = (images == own).all(1).nonzero().flatten().tolist()
        assert split.labels[index] == record["label"]
    assert len({record["pixels"] for record in records}) > 5


def test_a_digit_survives_the_way_to_the_page_and_back(lab, three):
    assert three.shape == (1, 28, 28)
    assert digit_input.digit_record(three)["pixels"] == picked(lab, 3)["pixels"]
    again = digit_input.read_digit(digit_input.digit_record(three))
    assert torch.equal(again, three)


def canvas(side=56):
    """A drawing of a vertical stroke, grey bytes [side, side]."""
    drawing = np.zeros((side, side), np.uint8)
    drawing[side // 4 : -side // 4, side // 2 - 2 : side // 2 + 2] = 255
    return drawing


def photo_message(content):
    return {"pixels": base64.b64encode(content).decode()}


def encoded(array, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind)
    return buffer.getvalue()


def step(answer, name):
    return pixels_of(answer[name]["pixels"], answer[name]["height"], answer[name]["width"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_photo_of_dark_ink_is_inverted(lab, kind):
    answer = digit_input.normalize_photo(lab, photo_message(encoded(255 - canvas(112), kind)))
    assert answer["inverted"]
    digit = step(answer, "digit")
    assert digit.shape == (28, 28)
    assert digit[14, 14] > 200
    assert digit[0].max() < 30
    for name in ("ink", "cropped"):
        assert step(answer, name).any()


@pytest.mark.parametrize("level", [0, 255])
def test_of_an_even_sheet_it_is_said_that_no_digit_was_found(lab, level):
    sheet = np.full((64, 64), level, np.uint8)
    with pytest.raises(gr.Error, match="No digit was found"):
        digit_input.normalize_photo(lab, photo_message(encoded(sheet)))


def bomb():
    """A small file of 20,000 by 20,000 pixels: only its header says so."""
    content = bytearray(encoded(np.zeros((1, 1), np.uint8)))
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    return bytes(content)


# What RELIABILITY asks of numbers, and of everything else that is to be one.
NOT_NUMBERS = [
    math.nan,
    math.inf,
    -math.inf,
    1e38,
    None,
    "4",
    [],
    [1],
    {},
    10**400,
    -1,
    2**64,
    True,
]
NOT_WHOLE = [*NOT_NUMBERS, 1.5]
NOT_NAMES = [*NOT_WHOLE, "nope", "", "../../etc", "x" * 10_000, ["ae-2"], {"ae-2": 1}]
NOT_CODES = [
    *(value for value in NOT_NAMES if value not in ([], [1])),
    [],
    [1.0],
    [1.0, 2.0, 3.0],
    *([1.0, value] for value in NOT_NUMBERS if value != -1),
    [[1.0, 2.0]],
]
NOT_DIGITS = [
    None,
    3,
    "text",
    [],
    {},
    *({"pixels": value} for value in (None, 3, [], {}, "", "text", "ä", "AAAA", "A" * 10**6)),
]
NOT_PHOTOS = [
    {},
    {"pixels": "not base64"},
    {"pixels": "A" * 14_000_000},
    *map(
        photo_message,
        (
            b"",
            b"text",
            encoded(canvas())[:60],
            encoded(255 - canvas(), "JPEG")[:100],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
            b"%PDF-1.4\n",
            bomb(),
        ),
    ),
]


def good_arguments(lab):
    """{handler: its arguments by name}, all of them good."""
    x = digit_input.read_digit(picked(lab, 3))
    y = digit_input.read_digit(picked(lab, 8))
    film = {"a": picked(lab, 3), "b": picked(lab, 8), "models": ["VAE"], "size": 2, "kind": "png"}
    rows = (x[0] * 1.0).tolist()
    endpoints = {function.__name__: function for function in api.endpoints(lab)}
    return {
        "reconstruct": (
            reconstruct.show_reconstructions,
            {"lab": lab, "x": x, "size": 2, "code": reconstruct.DRAW, "seed": 0},
        ),
        "reconstruct again": (reconstruct.draw_again, {"lab": lab, "x": x, "size": 2, "seed": 0}),
        "denoise": (
            denoise.show_denoising,
            {"lab": lab, "x": x, "kind": "Masking", "strength": 0.5, "size": 2, "seed": 0},
        ),
        "denoise again": (
            denoise.draw_again,
            {"lab": lab, "x": x, "kind": "Masking", "strength": 0.5, "size": 2, "seed": 0},
        ),
        "sliders": (
            sliders.start_sliders,
            {"lab": lab, "x": x, "model": "vae-2", "start": sliders.DIGIT},
        ),
        "paths": (
            interpolate.show_paths,
            {"lab": lab, "a": x, "b": y, "models": ["AE"], "size": 2},
        ),
        "samples": (
            sample.show_samples,
            {"lab": lab, "size": 2, "temperature": 1.0, "seed": 0, "origin": CODES},
        ),
        "next seed": (lambda seed: validate.next_seed(seed), {"seed": 0}),
        "open": (
            lambda model, z: sliders.open_code(lab, {"picked": {"model": model, "z": z}})[:2],
            {"model": "vae-2", "z": [1.0, 2.0]},
        ),
        "code of digit": (
            lambda pixels, models: maps.encode_digit(lab, {"pixels": pixels, "models": models}),
            {"pixels": picked(lab, 3)["pixels"], "models": ["vae-2", "ae-2"]},
        ),
        "shortest path": (
            lambda model, z, b, frames: asyncio.run(
                maps.shortest_path(
                    maps.Paths(lab), {"model": model, "a": z, "b": b, "frames": frames}
                )
            ),
            {"model": "vae-2", "z": [0.5, -0.5], "b": [0.6, -0.5], "frames": 3},
        ),
        "film": (lambda **message: interpolate.export_film(lab, message), film),
        "sheet": (
            lambda **message: sample.export_samples(lab, message),
            {"size": 2, "temperature": 1.0, "seed": 0},
        ),
        "digit": (digit_input.read_digit, {"payload": picked(lab, 3)}),
        "photo": (
            lambda message: digit_input.normalize_photo(lab, message),
            {"message": photo_message(encoded(canvas()))},
        ),
        "/reconstruct": (endpoints["reconstruct"], {"image": rows, "model": "vae-2"}),
        "/denoise": (
            endpoints["denoise"],
            {"image": rows, "model": "vae-2", "corruption": "masking", "strength": 0.5, "seed": 0},
        ),
        "/decode": (endpoints["decode"], {"code": [1.0, 2.0], "model": "vae-2"}),
        "/interpolate": (
            endpoints["interpolate"],
            {"a": rows, "b": rows, "model": "vae-2", "path": "linear", "steps": 3},
        ),
        "/sample": (
            endpoints["sample"],
            {"model": "vae-2", "count": 2, "temperature": 1.0, "seed": 0},
        ),
    }


def one_pixel(value):
    return [[value] + [0.0] * 27] + [[0.0] * 28] * 27


NOT_IMAGES = [
    *(value for value in NOT_NAMES if not isinstance(value, list)),
    [],
    [[0.0] * 28] * 27,
    [[0.0] * 27] * 28,
    [0.0] * 28,
    [[[0.0]] * 28] * 28,
    *(one_pixel(value) for value in NOT_NUMBERS),
    one_pixel(1.001),
]
NOT_MODELS = [None, "AE", {}, 3, math.nan, ["x"], ["ae"], [["AE"]], [None], [{}]]
BAD = {
    "size": [*NOT_WHOLE, 3, 0, [2]],
    "seed": NOT_WHOLE,
    "strength": [*NOT_NUMBERS, 1.01],
    "temperature": [*NOT_NUMBERS, 10.01],
    "count": [*NOT_WHOLE, 0, 101, 1e9, -5, 2.7],
    "steps": [*NOT_WHOLE, 0, 1, 65, 10**6],
    "frames": [*NOT_WHOLE, 0, 1, 65, 10**6],
    "models": NOT_MODELS,
    "z": NOT_CODES,
    "code": NOT_CODES,
    "a": [*NOT_DIGITS, *NOT_IMAGES],
    "b": [*NOT_DIGITS, *NOT_IMAGES],
    "image": NOT_IMAGES,
    "payload": NOT_DIGITS,
    **dict.fromkeys(("model", "kind", "start", "corruption", "path", "origin"), NOT_NAMES),
}
# Some names mean different things in different places, and a tensor never comes from outside.
BAD_HERE = {
    ("photo", "message"): NOT_PHOTOS,
    ("reconstruct", "code"): NOT_NAMES,
    ("code of digit", "pixels"): ["", "AAAA", "é", None, 3, math.nan, [], {}],
    ("code of digit", "models"): [*NOT_MODELS, [], ["ae-2"] * 9, "ae-2"],
    ("shortest path", "b"): NOT_CODES,
    ("paths", "a"): [],
    ("paths", "b"): [],
    ("/denoise", "strength"): [*NOT_NUMBERS, 1.01],
}
ARGUMENTS = {
    "reconstruct": ("size", "code", "seed"),
    "reconstruct again": ("size", "seed"),
    "denoise": ("kind", "strength", "size", "seed"),
    "denoise again": ("kind", "strength", "size", "seed"),
    "sliders": ("model", "start"),
    "paths": ("models", "size"),
    "samples": ("size", "temperature", "seed", "origin"),
    "next seed": ("seed",),
    "open": ("model", "z"),
    "code of digit": ("pixels", "models"),
    "shortest path": ("model", "z", "b", "frames"),
    "film": ("a", "b", "models", "size", "kind"),
    "sheet": ("size", "temperature", "seed"),
    "digit": ("payload",),
    "photo": ("message",),
    "/reconstruct": ("image", "model"),
    "/denoise": ("image", "model", "corruption", "strength", "seed"),
    "/decode": ("code", "model"),
    "/interpolate": ("a", "b", "model", "path", "steps"),
    "/sample": ("model", "count", "temperature", "seed"),
}
CASES = [(handler, argument) for handler, names in ARGUMENTS.items() for argument in names]


@pytest.fixture(scope="module")
def good(lab):
    return good_arguments(lab)


def plain(answer):
    """An answer as something that can be compared."""
    if isinstance(answer, torch.Tensor):
        return answer.tolist()
    return list(answer) if isinstance(answer, tuple) else answer


@pytest.mark.parametrize(("handler", "argument"), CASES, ids=map(": ".join, CASES))
def test_nonsense_gets_one_sentence_and_the_next_request_its_answer(
    good, handler, argument, assert_sentence
):
    ask, arguments = good[handler]
    before = plain(ask(**arguments))
    values = BAD_HERE.get((handler, argument), BAD.get(argument))
    for value in values:
        with pytest.raises(gr.Error) as caught:
            ask(**arguments | {argument: value})
        assert_sentence(caught.value.message)
        assert "nope" not in caught.value.message  # a visitor's text never comes back
        # Gradio would print a traceback for every typing error of a visitor.
        assert not caught.value.print_exception
    assert plain(ask(**arguments)) == before


def test_every_handler_has_its_nonsense(good):
    assert good.keys() == ARGUMENTS.keys()
    # The lab is ours, and a digit has become a tensor before a handler sees it.
    ours = {"lab", "x"}
    for handler, (_, arguments) in good.items():
        left_out = arguments.keys() - ours - set(ARGUMENTS[handler])
        assert left_out <= ({"a", "b"} if handler == "paths" else set())


@pytest.mark.parametrize(
    "value", [None, 3, "x", [], {"picked": None}, {"picked": 3}, {"picked": {}}]
)
def test_a_tile_that_is_none_is_not_opened(lab, value, assert_sentence):
    with pytest.raises(gr.Error) as caught:
        sliders.open_code(lab, value)
    assert_sentence(caught.value.message)


@pytest.mark.parametrize(
    ("handler", "changes"),
    [
        ("samples", {"seed": 2.0**32 - 1}),
        ("samples", {"temperature": 0}),
        ("denoise", {"strength": 1, "seed": 3.0}),
        ("reconstruct", {"size": 2.0}),
        ("/sample", {"count": 1.0, "temperature": 10}),
        ("/sample", {"count": 100}),
        ("/interpolate", {"steps": 2}),
        ("/interpolate", {"steps": 64}),
        ("/denoise", {"corruption": "gaussian-noise", "strength": 2}),
        ("/decode", {"code": [0, 1]}),
    ],
)
def test_the_ends_of_every_range_are_inside_and_whole_numbers_do(good, handler, changes):
    ask, arguments = good[handler]
    json.dumps(plain(ask(**arguments | changes)), allow_nan=False)


# Programs.


def test_the_endpoints_agree_with_the_models(lab, good, three):
    model = lab.zoo["vae-2"].model
    x = three.unsqueeze(0)

    def ask(name):
        function, arguments = good[name]
        return function(**arguments)

    found = ask("/reconstruct")
    picture = model.reconstruct(x)[0]
    assert found["code"] == pytest.approx(model.encode(x).mean[0].tolist(), abs=1e-6)
    assert np.allclose(found["picture"], picture[0], atol=1e-5)
    assert found["mse"] == pytest.approx(mse_of(picture, three))
    found = ask("/denoise")
    corrupted = CORRUPTIONS["masking"](0.5).sample(three, torch.Generator().manual_seed(0))
    mse = mse_of(model.reconstruct(corrupted.unsqueeze(0))[0], three)
    assert np.allclose(found["corrupted"], corrupted[0], atol=1e-5)
    assert found["mse"] == pytest.approx(mse)
    assert found["psnr"] == pytest.approx(-10 * math.log10(mse))
    found = ask("/decode")
    expected = model.decode(torch.tensor([[1.0, 2.0]])).mean[0, 0]
    assert np.allclose(found["picture"], expected, atol=1e-5)
    found = ask("/interpolate")
    assert len(found["codes"]) == len(found["pictures"]) == 3
    assert found["codes"][0] == pytest.approx(model.encode(x).mean[0].tolist(), abs=1e-6)
    found = ask("/sample")
    expected = torch.randn(2, 2, generator=torch.Generator().manual_seed(0))
    assert np.allclose(found["codes"], expected)
    pictures = model.decode(expected).mean[:, 0]
    assert np.allclose(found["pictures"], pictures, atol=1e-5)


def test_a_perfect_repair_is_still_json(lab, save_checkpoint, tmp_path):
    save_checkpoint(tmp_path, "ae", 2)
    mute = Lab(zoo.Zoo(tmp_path), lab.samples)
    with torch.no_grad():
        *_, last = mute.zoo["ae-2"].model.decoder.parameters()
        last.fill_(-1000)  # log-odds of every pixel: all black, exactly
    endpoints = {function.__name__: function for function in api.endpoints(mute)}
    black = [[0.0] * 28] * 28
    found = endpoints["denoise"](black, "ae-2", "masking", 0.5, 0)
    assert found["mse"] == 0
    json.dumps(found, allow_nan=False)


# What the page's scripts may send: anything.

SERVED = {
    "sample_digits": digit_input.sample_digits,
    "random_digit": digit_input.random_digit,
    "normalize_photo": digit_input.normalize_photo,
    "encode_digit": maps.encode_digit,
    "export_film": interpolate.export_film,
    "export_samples": sample.export_samples,
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
DIGIT = {"pixels": base64.b64encode(bytes(784)).decode()}


def or_anything(*values):
    return st.sampled_from(values) | ANYTHING


# Nearly right messages get further in than arbitrary ones do.
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "model": or_anything("ae-2", "vae-16"),
        "z": or_anything([0.0, 1.0], [math.nan, 1], [0] * 16, [10**400, 0], [1e6, -1e6]),
        "pixels": or_anything(
            "", "AAAA", DIGIT["pixels"], photo_message(encoded(canvas()))["pixels"]
        ),
        "kind": or_anything("png", "gif"),
        "a": or_anything(DIGIT, [0.0, 1.0]),
        "b": or_anything(DIGIT, [0.0, 1.1]),
        "frames": or_anything(2, 10**9),
        "models": or_anything([], ["AE"], ["ae-2", "vae-2"]),
        "size": or_anything(2, 16),
        "seed": or_anything(0, 2**32 - 1, 2**64),
        "temperature": or_anything(0, 3, 1e38),
    },
)


@pytest.mark.parametrize("name", SERVED)
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(message=ANYTHING | NEARLY)
def test_whatever_a_script_sends_is_answered_in_plain_json(lab, assert_sentence, name, message):
    answer = validate.serving(SERVED[name], lab)(message)
    assert isinstance(answer, dict)
    json.dumps(answer, allow_nan=False)
    if "error" in answer:
        assert_sentence(answer["error"])


def test_an_unforeseen_fault_becomes_a_sentence_and_a_line_in_the_log(caplog, assert_sentence):
    def broken(secret, message):
        raise RuntimeError(f"no such file: {secret}")

    answer = validate.serving(broken, "/home/somebody")({})
    assert_sentence(answer["error"])
    assert "somebody" not in answer["error"]
    assert "no such file" in caplog.text
    with pytest.raises(gr.Error) as caught:
        validate.answering(broken, "/home/somebody")({})
    assert caught.value.message == answer["error"]


# Many at once.


def test_visitors_at_once_get_what_they_would_get_alone(lab, three, eight):
    jobs = []
    for seed, (size, x) in enumerate(product((2, 16), (three, eight))):
        jobs += [
            (reconstruct.show_reconstructions, x, size, reconstruct.DRAW, seed),
            (denoise.show_denoising, x, "Gaussian noise", 0.5, size, seed),
            (sample.show_samples, size, 1.0, seed),
            (interpolate.show_paths, three, x, ["AE", "VAE"], size),
            (sliders.start_sliders, x, f"vae-{size}", sliders.DIGIT),
            (api._sample, f"dae-{size}", 3, 1.0, seed),
        ]

    def visit(job):
        handler, *arguments = job
        return handler(lab, *arguments)

    alone = [visit(job) for job in jobs]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(visit, jobs))
    assert together == alone


def test_a_visitor_leaves_no_trace_in_the_process_seed(good):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    for ask, arguments in good.values():
        ask(**arguments)
    assert torch.equal(torch.get_rng_state(), before)


# Checkpoints that cannot be used.


def flip_a_bit(content):
    return content[:-1] + bytes([content[-1] ^ 1])


DAMAGE = {
    "truncated": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "one bit flipped": flip_a_bit,
    "an LFS pointer": lambda content: b"version https://git-lfs.github.com/spec/v1\n",
}


@pytest.fixture(params=DAMAGE)
def damaged(request, save_six, tmp_path, lab):
    """A lab in which ae-2 cannot be used."""
    file = save_six(tmp_path) / "ae-2" / zoo.WEIGHTS
    file.write_bytes(DAMAGE[request.param](file.read_bytes()))
    return Lab(zoo.Zoo(tmp_path), lab.samples)


def test_a_damaged_checkpoint_is_named_and_the_others_work(damaged, three, eight, assert_sentence):
    (reason,) = damaged.zoo.unavailable.values()
    assert_sentence(reason)
    assert "ae-2" in reason
    panel = reconstruct.show_reconstructions(damaged, three, 2, reconstruct.MEAN, 0)
    assert f'<p class="notice">{reason}</p>' in panel
    assert [f for f in COMPARED if f'<div class="spine-row {f}">' in panel] == ["dae", "vae"]
    assert [g["model"] for g in sample.show_samples(damaged, 2, 1, 0)["grids"]] == [
        "dae-2",
        "vae-2",
    ]
    film = interpolate.show_paths(damaged, three, eight, ["AE", "VAE"], 2)
    assert {row["family"] for row in film["rows"]} == {"pixels", "vae"}
    assert "DAE, " in denoise.show_denoising(damaged, three, "Masking", 0.5, 2, 0)
    sheet = picture_in(
        sample.export_samples(damaged, {"size": 2, "temperature": 1, "seed": 0})["uri"]
    )
    assert sheet.width == 3 * (2 * (28 * sample.COLUMNS + 8) - 8)
    for ask in (
        lambda: sliders.start_sliders(damaged, three, "ae-2", sliders.DIGIT),
        lambda: maps.encode_digit(damaged, {"models": ["ae-2"], "pixels": DIGIT["pixels"]}),
        lambda: api._sample(damaged, "ae-2", 1, 1.0, 0),
    ):
        with pytest.raises(gr.Error) as caught:
            ask()
        assert caught.value.message == reason


def test_health_tells_which_checkpoint_is_damaged(damaged):
    found = page.health(damaged)
    assert found["status"] == "degraded"
    assert found["checkpoints"].pop("ae-2") == damaged.zoo.unavailable["ae-2"]
    assert found["checkpoints"] == dict.fromkeys(damaged.zoo, "ready")


def test_a_page_can_be_built_with_no_checkpoint_at_all(tmp_path, lab, three, assert_sentence):
    bare = Lab(zoo.Zoo(tmp_path / "absent"), lab.samples)
    assert page.build_page(bare).blocks
    assert Header(bare).props["trained"] == "no checkpoint"
    assert page.health(bare)["status"] == "degraded"
    assert sliders.first_model(bare) is None
    assert sample.show_samples(bare, 2, 1, 0)["grids"] == []
    reconstruct.show_reconstructions(bare, three, 2, reconstruct.MEAN, 0)
    denoise.show_denoising(bare, three, "Masking", 0.5, 2, 0)
    request = {"size": 2, "temperature": 1, "seed": 0}
    assert_sentence(validate.serving(sample.export_samples, bare)(request)["error"])


# Small pieces.


def test_markup_escapes_what_it_is_given():
    assert "&lt;b&gt;" in markup.unavailable({"x": "<b>"})
    figure = markup.figure(torch.zeros(1, 2, 2), "<i>", '"><script>')
    assert "<i>" not in figure
    assert "<script>" not in figure


def test_bars_reach_from_zero_to_their_value():
    bars = markup.code_bars(torch.tensor([1.0, -0.5, 9.0]), torch.zeros(3), scale=2.0)
    found = re.findall(r'<b style="bottom:([\d.]+)%;height:([\d.]+)%">', bars)
    assert [tuple(map(float, bar)) for bar in found] == [(50, 25), (37.5, 12.5), (50, 50)]


def test_a_code_that_never_moves_can_still_be_drawn(save_checkpoint, tmp_path):
    save_checkpoint(tmp_path, "ae", 2)
    entry = zoo.load(tmp_path / "ae-2")
    entry.card.latent.update(mean=[0.0, 0.0], std=[0.0, 0.0])
    assert markup.code_scale(entry) > 0


# Where samples come from.


def test_half_a_data_set_leaves_the_embedded_digits(monkeypatch, tmp_path, no_network):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"\x00\x00\x08\x03\x00\x00")
    monkeypatch.setenv("LATENT_DATA", str(tmp_path))
    samples = Samples()
    before = samples.current
    samples.look_for_mnist().join()
    assert no_network  # it did try
    assert samples.current is before
    no_network.clear()
    samples.look_for_mnist(download=False).join()
    assert not no_network
    assert samples.current is before


def test_mnist_is_swapped_in_when_it_is_whole(monkeypatch, digits):
    # Some other data set in MNIST's place: its splits are the other way round.
    other = datasets.Dataset("mnist", digits.test, digits.train)
    monkeypatch.setitem(datasets.DATASETS, "mnist", lambda root, download: other)
    samples = Samples()
    before = samples.current
    samples.look_for_mnist(download=False).join()
    assert samples.current.split is digits.train
    assert "MNIST" in samples.current.name
    labels = [[samples.current.label(i) for i in shown] for shown in samples.current.shown]
    assert labels == [[digit] * 6 for digit in range(10)]
    assert torch.equal(before.split.images, embedded.load()[0])  # whoever reads it is not disturbed
