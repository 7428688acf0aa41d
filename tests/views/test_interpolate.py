"""Interpolate's answers: paths begin and end at the digits, and files hold what the page shows."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from tests import nonsense
from tests.asking import asking
from tests.sheet import bytes_of, pixels_of, same_picture, sent, sheet_of
from views.interpolate import interpolate
from views.interpolate.interpolate import STEPS
from views.kit.lab import COMPARED
from views.kit.worker import Worker


@pytest.fixture(scope="module")
def three(lab):
    return sheet_of(lab)[3]


@pytest.fixture(scope="module")
def eight(lab):
    return sheet_of(lab)[8]


@pytest.fixture(scope="module")
def ask(lab):
    """What the page's script gets when it asks for paths."""
    return asking(interpolate.show_paths, lab, Worker("test", 1))


@pytest.fixture(scope="module")
def save(lab):
    """What it gets when it asks for a file."""
    return asking(interpolate.export_film, lab, Worker("test", 1))


@pytest.fixture
def ends(three, eight):
    """A question; only two of the models."""
    return {"a": sent(three), "b": sent(eight), "families": ["ae", "vae"], "size": 2}


def picture_in(uri):
    kind, content = uri.split(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(content)))
    assert kind == f"data:image/{image.format.lower()}"
    return image


def test_the_film_has_the_cross_fade_and_two_paths_per_model(lab, three, eight, ask, ends):
    answer = ask(ends | {"families": list(COMPARED)})
    assert answer["shape"] == [1, 28, 28]
    families = [path["family"] for path in answer["paths"]]
    assert families == ["pixels"] + [f for f in COMPARED for _ in "ab"]
    fade = pixels_of(answer["paths"][0]["pixels"], STEPS, 28, 28)
    for step in range(STEPS):
        t = step / (STEPS - 1)
        assert same_picture(fade[step], bytes_of((1 - t) * three[0] + t * eight[0]))
    for path in answer["paths"][1:]:
        model = lab.zoo[f"{path['family']}-2"].model
        shown = pixels_of(path["pixels"], STEPS, 28, 28)
        codes = model.encode(torch.stack([three, eight])).mean
        assert same_picture(shown[[0, -1]], bytes_of(model.decode(codes).mean[:, 0]))
        if path["note"] == interpolate.LINEAR:
            middle = model.decode(codes.mean(0, keepdim=True)).mean[0, 0]
            assert same_picture(shown[STEPS // 2], bytes_of(middle))


@pytest.mark.parametrize("chosen", [[], ["vae"], ["vae", "ae"], ["ae", "ae"]])
def test_the_film_shows_the_chosen_models_and_no_others(ask, ends, chosen):
    answer = ask(ends | {"families": chosen, "size": 16})
    found = {path["family"] for path in answer["paths"]} - {"pixels"}
    assert found == set(chosen)
    assert len(answer["paths"]) == 1 + 2 * len(found)


def test_the_exported_gif_runs_from_a_to_b_and_back(three, eight, save, ends):
    answer = save(ends)
    with picture_in(answer["uri"]) as film:
        frames = [np.asarray(f.convert("L"))[::4, ::4] for f in ImageSequence.Iterator(film)]
    half = len(frames) // 2
    assert frames[0].shape == (28, 28 * 5)  # the cross-fade and two paths for each of two models
    assert same_picture(frames[0][:, :28], bytes_of(three[0]))
    assert same_picture(frames[half][:, :28], bytes_of(eight[0]))
    for i in range(1, half):
        # A GIF has 256 colours a frame, so a level may move a little where there are more.
        assert np.abs(frames[half - i].astype(int) - frames[half + i]).max() <= 8


NOT_FAMILIES = [None, "ae", {}, 3, ["x"], [["ae"]], [None], [{}], ["AE"], ["ae"] * 4]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("a", nonsense.DIGITS),
        ("b", nonsense.DIGITS),
        ("families", NOT_FAMILIES),
        ("size", nonsense.SIZES),
    ],
)
def test_nonsense_gets_one_sentence(ask, save, ends, assert_sentence, field, values):
    nonsense.assert_refused(ask, ends, assert_sentence, field, values)
    nonsense.assert_refused(save, ends, assert_sentence, field, values)
