"""The classes view: its questions to the server, its facts, and what its script is given."""

import base64
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from models import build, zoo
from tests.asking import asking
from tests.made_up import metric, stand_in
from views.classes import classes as view
from views.kit.lab import Lab
from views.kit.pictures import picture_of
from views.kit.samples import Samples
from views.kit.worker import Worker


@pytest.fixture(scope="module")
def told(tmp_path_factory, small_config):
    """A lab with small untrained networks under the names the view looks for."""
    root = tmp_path_factory.mktemp("told")
    for name, family in (("cvae-16", "cvae"), ("vae-16-unconditional", "vae"), ("classifier",) * 2):
        config = small_config(family, latent=16)
        torch.manual_seed(0)
        model = build(config)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(0.2 * torch.randn_like(parameter))
        model = zoo.round_weights(model).eval()
        worse = 5.0 * (family == "vae")
        metrics = {
            key: metric(key, value, "", words=f"{key} <by nobody>")
            for key, value in (
                ("elbo", -88.04 - worse),
                ("log p(x)", -86.0 - worse / 2),
                ("linear probe accuracy", 0.1667 + worse / 10),
                ("5-nn accuracy", 0.4 + worse / 10),
            )
        }
        statistics = {"mean": [0.0] * 16, "std": [1.0] * 16, "kl": [0.001, *range(1, 16)]}
        card = zoo.Card(name, config, data={"name": "digits"}, metrics=metrics, latent=statistics)
        points = zoo.Codes(torch.zeros(2, 16), torch.zeros(2, dtype=torch.long))
        zoo.save(root / name, model, points, card)
    return Lab(zoo.Zoo(root), Samples())


@pytest.fixture
def encode(told):
    """What the page asks for the code of a digit."""
    networks = (told.entry(name) for name in (view.CONDITIONAL, view.JUDGE))
    return asking(view.encode_with_class, *networks, Worker("test", 9))


@pytest.fixture
def draw(told):
    """What the page asks for the ten pictures of a code."""
    entry = told.entry(view.CONDITIONAL)
    return asking(view.draw_every_class, entry, Worker("test", 9))


def question(x, y):
    return {"digit": picture_of(x).model_dump(), "y": y}


def test_a_digit_is_encoded_with_its_class_or_as_it_is_read(told, encode, x):
    model, judge = (told.entry(name).model for name in (view.CONDITIONAL, view.JUDGE))
    grey = ((x[0] * 255).round() / 255).unsqueeze(0)
    read = int(judge.classify(grey).probs.argmax())
    answers = {y: encode(question(x[0], y)) for y in (None, read, 0, 9)}
    for y, answer in answers.items():
        given = torch.tensor([read if y is None else y])
        expected = model.encode(grey, given).mean[0]
        torch.testing.assert_close(torch.tensor(answer["z"]), expected)
        assert sum(answer["shares"]) == pytest.approx(1, abs=1e-5)
    assert answers[None] == answers[read]
    assert answers[0]["z"] != answers[9]["z"]


def test_all_ten_pictures_have_one_code(told, draw):
    z = torch.linspace(-1, 1, 16)
    model = told.entry(view.CONDITIONAL).model
    pixels = base64.b64decode(draw({"z": z.tolist()})["pixels"])
    shown = np.frombuffer(pixels, np.uint8).reshape(10, 28, 28)
    for y in range(10):
        wanted = model.decode(z.unsqueeze(0), torch.tensor([y])).mean[0, 0].numpy()
        assert np.abs(shown[y] - 255 * wanted).max() <= 0.51


@pytest.mark.parametrize("y", [10, -1, 2.5, math.nan, math.inf, 10**400, "3", True, [1], {}])
def test_a_class_outside_the_set_gets_a_sentence(encode, x, y, assert_sentence):
    answer = encode(question(x[0], y))
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


@pytest.mark.parametrize("pixels", [None, "", "!", 5, "QUJD", "A" * 2_000])
def test_what_is_no_digit_gets_a_sentence(encode, pixels, assert_sentence):
    answer = encode({"digit": {"shape": [1, 28, 28], "pixels": pixels}, "y": 3})
    assert_sentence(answer["error"])


@pytest.mark.parametrize("z", [None, [], [0.0] * 15, [math.nan] * 16, [1e38] * 16, ["0"] * 16, 3])
def test_what_is_no_code_gets_a_sentence(draw, z, assert_sentence):
    answer = draw({"z": z})
    assert_sentence(answer["error"])


def test_facts_are_the_cards_with_their_protocols(told):
    nats, probe = view.facts_of(told)
    assert nats.number == "5.0 nats"
    assert all(part in nats.words for part in ("−88.0", "−93.0", "2.5 saved"))
    assert (probe.number, "67 %" in probe.words) == ("17 %", True)
    assert "vae-16-unconditional, elbo: elbo <by nobody>; " in nats.protocol
    bare = {n: replace(e, card=replace(e.card, metrics={})) for n, e in told.zoo.items()}
    assert view.facts_of(Lab(stand_in(bare), told.samples)) == []
    assert view.facts_of(Lab(stand_in({"cvae-16": bare["cvae-16"]}), told.samples)) == []


def test_sliders_go_from_the_most_active_number_to_those_that_say_nothing(told):
    found = view.dimensions_of(told.entry(view.CONDITIONAL))
    assert [dimension.index for dimension in found] == [*range(15, 0, -1), 0]
    assert [dimension.used for dimension in found] == [True] * 15 + [False]
    assert found[0].nats == "15.00 nats"


def test_the_class_embedding_travels_exactly(told):
    model, props = told.entry(view.CONDITIONAL).model, view.props_of(told)
    served = TestClient(Starlette(routes=[Route("/files/{name}", told.files.answer)]))
    text = served.get(f"/{props.class_embedding}").json()
    sent = np.frombuffer(base64.b64decode(text), np.float16)
    assert np.array_equal(
        sent.reshape(10, 1, 28, 28), model.class_embedding.detach().numpy().astype(np.float32)
    )
    addresses = (props.encoder, props.decoder, props.classifier)
    assert all(address.startswith("files/") for address in addresses)


def test_without_its_networks_the_view_says_which(lab, told, assert_sentence):
    assert view.is_ready(told)
    assert not view.is_ready(lab)
    swapped = dict(told.zoo) | {"cvae-16": told.zoo["vae-16-unconditional"]}
    assert not view.is_ready(Lab(stand_in(swapped), told.samples))
    assert_sentence(view.MISSING)
