"""The DRAW view: what it answers, and which bounds it compares."""

import base64
import math
from types import SimpleNamespace

import pytest
import torch

from explore import draw
from models import build
from models.likelihoods import Bernoulli
from models.recurrent import DrawConfig
from tests.asking import asking
from tests.made_up import entry_of, metric, stand_in
from views.draw import draw as view
from views.kit.worker import Worker

STEPS, NUMBERS = 3, 2
DIGIT = {"shape": [1, 28, 28], "pixels": base64.b64encode(bytes(784)).decode()}
ASKED = {"digit": DIGIT, "code": "mean", "seed": 1}


@pytest.fixture(scope="module")
def model():
    """A small one whose weights are large enough to matter."""
    torch.manual_seed(0)
    config = DrawConfig(
        "draw", STEPS * NUMBERS, likelihood=Bernoulli(), step_latent=NUMBERS, hidden=8
    )
    model = build(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3)
    return model.eval()


@pytest.mark.parametrize(
    "question",
    [
        {},
        ASKED | {"digit": DIGIT | {"pixels": "?"}},
        ASKED | {"digit": DIGIT | {"pixels": base64.b64encode(bytes(783)).decode()}},
        ASKED | {"digit": DIGIT | {"shape": [1, 28, 27]}},
        ASKED | {"code": "prior"},
        ASKED | {"code": ["mean"]},
        ASKED | {"seed": -1},
        ASKED | {"seed": 1.5},
        ASKED | {"seed": math.nan},
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_a_sentence(model, question, assert_sentence):
    answer = asking(view.infer_code, entry_of(model), Worker("test", 9))(question)
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


@pytest.mark.parametrize("z", [None, [0.0] * 5, [math.inf] * 6, ["0"] * 6, [1e38] * 6, 3])
def test_a_code_that_makes_no_sense_is_answered_in_a_sentence(model, z, assert_sentence):
    answer = asking(view.draw_canvases, entry_of(model), Worker("test", 9))({"z": z})
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


def test_what_was_not_measured_is_not_compared(model):
    def entry(name, seconds=10.0, device="CPU", **metrics):
        machine = {"training_seconds": seconds, "device": device}
        card = SimpleNamespace(name=name, metrics=metrics, machine=machine, recipe={"epochs": 3})
        return stand_in(SimpleNamespace(card=card, architecture=model))

    elbo = metric("elbo", -90.0, words="<by nobody>")
    ours, once = entry("draw-32", elbo=elbo), entry(view.ONCE)
    zoo = {e.card.name: e for e in (ours, once)}
    lab = stand_in(SimpleNamespace(zoo=zoo, entry=zoo.get, part=lambda _: {"once": once}))
    assert view.compared(lab, "draw-32") == {"ours": ours}
    told = view.bound_of(ours)
    assert told.elbo == -90.0
    assert told.protocol.startswith("<by nobody>; ")
    assert told.weights == sum(w.numel() for w in ours.architecture.parameters())
    assert (told.epochs, told.seconds) == (3, 10.0)
    for seconds, device, fair in ((9.0, "CPU", True), (11.0, "CPU", False), (9.0, "GPU", False)):
        zoo[view.LONGER] = entry(view.LONGER, seconds, device, elbo=elbo)
        assert ("time" in view.compared(lab, "draw-32")) == fair
    del zoo[view.LONGER]
    once.architecture = SimpleNamespace(family="draw")
    assert view.shown(lab) is None


def test_the_server_answers_with_all_canvases(model):
    z = [0.5, -1.0, 2.0, 0.0, 1.0, -2.0]
    answer = asking(view.draw_canvases, entry_of(model), Worker("test", 9))({"z": z})
    pictures = torch.frombuffer(
        bytearray(base64.b64decode(answer["canvases"])), dtype=torch.float32
    )
    expected = torch.cat([draw.canvases(model, torch.tensor(z))]).flatten()
    torch.testing.assert_close(pictures, expected)
    inferred = asking(view.infer_code, entry_of(model), Worker("test", 9))(ASKED)
    assert len(inferred["z"]) == STEPS * NUMBERS
    assert len(inferred["kl"]) == STEPS
