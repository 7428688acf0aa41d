"""The named endpoints on every shipped checkpoint, and on one that reads colour."""

import json

import gradio as gr
import pytest
import torch

from models import build, zoo
from training.recipes import RECIPES
from views.kit.lab import Lab
from views.kit.samples import Samples
from views.shell import api

ENDPOINTS = ("reconstruct", "denoise", "decode", "interpolate", "sample")
READING = ("reconstruct", "denoise", "interpolate")
# What a model that reads the class of a picture itself need not be told.
READ = ("reconstruct", "denoise")


def arguments(endpoint, name, model, image):
    """Good arguments of that endpoint for that model, but for the label."""
    return {
        "reconstruct": (image, name),
        "denoise": (image, name, "gaussian-noise", 0.5, 7),
        "decode": ([0.5] * model.latent, name),
        "interpolate": (image, image, name, "spherical", 3),
        "sample": (name, 2, 1.0, 7),
    }[endpoint]


def image_for(model):
    """A picture of that model's shape, as JSON."""
    x = torch.rand(model.x_shape, generator=torch.Generator().manual_seed(0))
    return x.tolist() if len(x) > 1 else x[0].tolist()


def asked(lab, endpoint, *given, **more):
    """What the endpoint answers, as it arrives: JSON knows no tensor and no NaN."""
    (function,) = (each for each in api.endpoints(lab) if each.__name__ == endpoint)
    return json.loads(json.dumps(function(*given, **more), allow_nan=False))


def shape(rows):
    return torch.tensor(rows).shape


def fits(model, endpoint, answer):
    """Has the answer everything that is promised, in that model's sizes?"""
    channels, height, width = model.x_shape
    picture = (height, width) if channels == 1 else (channels, height, width)
    sizes = {
        "reconstruct": {"code": (model.latent,), "picture": picture, "mse": ()},
        "denoise": {"corrupted": picture, "picture": picture, "mse": (), "psnr": ()},
        "decode": {"picture": picture},
        "interpolate": {"codes": (3, model.latent), "pictures": (3, *picture)},
        "sample": {"codes": (2, model.latent), "pictures": (2, *picture)},
    }[endpoint]
    return {key: tuple(shape(value)) for key, value in answer.items()} == sizes


def refusal(lab, endpoint, *given, **more):
    with pytest.raises(gr.Error) as refused:
        asked(lab, endpoint, *given, **more)
    return refused.value.message


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", RECIPES)
def test_every_checkpoint_answers_or_says_what_it_lacks(shipped, assert_sentence, name, endpoint):
    model = shipped.zoo[name].model
    given = arguments(endpoint, name, model, image_for(model))
    if not model.has_decoder:
        words = refusal(shipped, endpoint, *given)
        assert_sentence(words)
        assert "no decoder" in words
    elif endpoint in READING and not model.has_encoder:
        words = refusal(shipped, endpoint, *given)
        assert_sentence(words)
        assert "no encoder" in words
    elif model.decode_needs_label:
        assert fits(model, endpoint, asked(shipped, endpoint, *given, label=3))
        if model.encode_needs_label or endpoint not in READ:
            words = refusal(shipped, endpoint, *given)
            assert_sentence(words)
            assert "label" in words
        else:
            assert fits(model, endpoint, asked(shipped, endpoint, *given))
        for nonsense in (-1, 10, 2.5, "3", [3], True):
            assert_sentence(refusal(shipped, endpoint, *given, label=nonsense))
    else:
        assert fits(model, endpoint, asked(shipped, endpoint, *given))
        assert "leave the label out" in refusal(shipped, endpoint, *given, label=3)


@pytest.mark.parametrize("name", ["cvae-16", "m2-100"])
def test_a_label_is_what_the_model_is_told(shipped, name):
    model = shipped.zoo[name].model
    image = image_for(model)
    x = torch.tensor(image).view(1, 1, 28, 28)
    answers = [asked(shipped, "reconstruct", image, name, label=y)["picture"] for y in (3, 7)]
    for y, picture in zip((3, 7), answers, strict=True):
        expected = model.reconstruct(x, torch.tensor([y]))[0, 0]
        assert torch.allclose(torch.tensor(picture), expected, atol=1e-4)
    assert answers[0] != answers[1]
    z = torch.randn(2, model.latent, generator=torch.Generator().manual_seed(7))
    drawn = torch.tensor(asked(shipped, "sample", name, 2, 1.0, 7, label=4)["pictures"])
    assert torch.allclose(drawn, model.decode(z, torch.tensor([4, 4])).mean[:, 0], atol=1e-4)
    # A sample is a four, by the judge of the page.
    read = shipped.zoo["classifier"].model.classify(drawn.unsqueeze(1)).probs.argmax(-1)
    assert read.tolist() == [4, 4]


def test_a_class_that_is_not_told_is_read(shipped):
    model = shipped.zoo["m2-100"].model
    image = image_for(model)
    x = torch.tensor(image).view(1, 1, 28, 28)
    found = asked(shipped, "reconstruct", image, "m2-100")
    assert torch.allclose(torch.tensor(found["picture"]), model.reconstruct(x)[0, 0], atol=1e-4)
    read = int(model.classify(x).probs.argmax())
    assert found == asked(shipped, "reconstruct", image, "m2-100", label=read)


@pytest.fixture(scope="module")
def colours(small_config, tmp_path_factory):
    """A lab with an untrained VAE of 8x8 pictures in red, green and blue."""
    root = tmp_path_factory.mktemp("colours")
    torch.manual_seed(0)
    config = small_config("vae", latent=2, x_shape=(3, 8, 8))
    model = zoo.round_weights(build(config)).eval().requires_grad_(False)
    latent = {"mean": [0.0, 0.0], "std": [1.0, 1.0], "kl": [1.0, 2.0]}
    card = zoo.Card("vae-2-colours", config, data={"name": "colours"}, metrics={}, latent=latent)
    codes = zoo.Codes(torch.zeros(4, 2), torch.zeros(4, dtype=torch.long))
    zoo.save(root / "vae-2-colours", model, codes, card)
    return Lab(zoo.Zoo(root), Samples())


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_model_of_colours_reads_and_draws_all_channels(colours, endpoint):
    model = colours.zoo["vae-2-colours"].model
    given = arguments(endpoint, "vae-2-colours", model, image_for(model))
    assert fits(model, endpoint, asked(colours, endpoint, *given))


def test_the_channels_keep_their_order(colours):
    model = colours.zoo["vae-2-colours"].model
    image = image_for(model)
    expected = model.reconstruct(torch.tensor([image]))[0]
    found = asked(colours, "reconstruct", image, "vae-2-colours")["picture"]
    assert torch.allclose(torch.tensor(found), expected, atol=1e-4)


@pytest.mark.parametrize("image", [[[0.0] * 8] * 8, [[[0.0] * 8] * 8] * 2, [[[0.0] * 8] * 7] * 3])
def test_a_model_of_colours_refuses_other_channels(colours, assert_sentence, image):
    words = refusal(colours, "reconstruct", image, "vae-2-colours")
    assert_sentence(words)
    assert "3 channels" in words
