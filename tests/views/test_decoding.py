"""Decoding for many visitors at once: each gets their own pictures, and nobody spoils another's."""

import asyncio
import base64
import json
import math
import threading
from itertools import product

import gradio as gr
import numpy as np
import pytest
import torch

from explore import latent
from models import build, zoo
from tests.asking import asking
from views.kit.decoding import (
    MOST_CODES,
    MOST_MODELS,
    MOST_WAITING,
    Codes,
    Decoding,
    decode_codes,
)
from views.kit.lab import COMPARED, Lab
from views.kit.samples import Samples
from views.kit.validate import in_words

TWO = ["ae-2", "dae-2", "vae-2"]
VISITORS = 40


@pytest.fixture
def ask(lab):
    """ask(message): what the route answers a message that fits, in whichever event loop runs it."""
    return answering(Decoding(lab))


def answering(decoding):
    """What the page's route does with a message that fits its model, without HTTP between."""

    async def ask(message):
        try:
            with in_words("decode"):
                answer = await decode_codes(decoding, Codes(**message))
        except gr.Error as refusal:
            return {"error": refusal.message}
        return answer.model_dump()

    return ask


class Passes:
    """Stands in for latent.decode: counts the passes, holds them up, and fails when told to."""

    def __init__(self):
        self.decode = latent.decode
        self.sizes = []  # the number of codes in each pass so far
        self.fault = None
        self.may_run = threading.Event()
        self.may_run.set()

    def __call__(self, model, z):
        self.sizes.append(len(z))
        assert self.may_run.wait(10)
        if self.fault:
            raise self.fault
        return self.decode(model, z)


@pytest.fixture
def passes(monkeypatch):
    stand_in = Passes()
    monkeypatch.setattr(latent, "decode", stand_in)
    yield stand_in
    stand_in.may_run.set()


async def arrive(ask, messages, passes):
    """One task a message; all have arrived, and the first is held up in its first pass."""
    passes.may_run.clear()
    tasks = [asyncio.create_task(ask(messages[0]))]
    while not passes.sizes:
        await asyncio.sleep(0.001)
    tasks += [asyncio.create_task(ask(message)) for message in messages[1:]]
    await asyncio.sleep(0)  # each runs until it waits for its answer
    return tasks


async def together(ask, messages, passes):
    """The answers to messages that arrive while the first of them is decoded."""
    tasks = await arrive(ask, messages, passes)
    passes.may_run.set()
    return await asyncio.gather(*tasks)


def asked(z, models=TWO):
    return {"models": models, "z": z}


def codes(n, size=2):
    """n different codes of `size` numbers, as a script sends them."""
    return torch.randn(n, size, generator=torch.Generator().manual_seed(7)).tolist()


def assert_shows(answer, lab, z, models=TWO):
    """The answer is what each model alone makes of the codes z [N, D]."""
    assert set(answer) == {"pixels"}
    for name, text in zip(models, answer["pixels"], strict=True):
        shown = np.frombuffer(base64.b64decode(text), np.uint8).astype(int)
        alone = lab.zoo[name].model.decode(torch.tensor(z, dtype=torch.float32)).mean
        # Half a level of rounding, and the last bits of sums taken in another order.
        assert np.abs(shown - 255 * alone.flatten().numpy()).max() <= 0.51


# Pictures.


@pytest.mark.parametrize(("family", "size"), list(product(COMPARED, [2, 16])))
@pytest.mark.parametrize("n", [1, 5, MOST_CODES])
def test_the_pictures_are_those_of_the_model(ask, lab, family, size, n):
    models, z = [f"{family}-{size}"], codes(n, size)
    assert_shows(asyncio.run(ask(asked(z, models))), lab, z, models)


@pytest.mark.parametrize("models", [TWO, TWO[::-1], ["vae-2", "ae-2", "vae-2"]])
def test_models_answer_in_the_order_they_were_named(ask, lab, models):
    z = [[0, 1.5], [1, -1]]
    assert_shows(asyncio.run(ask(asked(z, models))), lab, z, models)


def test_one_loop_after_another_may_ask(ask, lab):
    for z in codes(3):
        assert_shows(asyncio.run(ask(asked([z]))), lab, [z])


# Many at once.


def test_visitors_at_once_share_passes_and_each_gets_their_own(ask, lab, passes):
    z = codes(VISITORS)
    answers = asyncio.run(together(ask, [asked([code]) for code in z], passes))
    for answer, code in zip(answers, z, strict=True):
        assert_shows(answer, lab, [code])
    # The first alone, by each model; the others had arrived by then, and went together.
    assert passes.sizes == [1] * len(TWO) + [VISITORS - 1] * len(TWO)


def test_visitors_who_ask_different_models_share_what_they_can(ask, lab, passes):
    choices = [(["ae-2"], 2), (["vae-16", "ae-16"], 16), (TWO, 2), (["vae-2", "ae-2"], 2)]
    messages = [asked(codes(1 + i, choices[i % 4][1]), choices[i % 4][0]) for i in range(12)]
    answers = asyncio.run(together(ask, messages, passes))
    for answer, message in zip(answers, messages, strict=True):
        assert_shows(answer, lab, message["z"], message["models"])
    assert len(passes.sizes) < 12


def test_no_pass_takes_more_codes_than_one_visitor_may(ask, lab, passes):
    z = codes(MOST_CODES)
    messages = [asked(z[: 1 + 9 * (i % 8)], ["ae-2"]) for i in range(20)]
    answers = asyncio.run(together(ask, messages, passes))
    for answer, message in zip(answers, messages, strict=True):
        assert_shows(answer, lab, message["z"], message["models"])
    assert max(passes.sizes) <= MOST_CODES


def test_visitors_who_leave_take_nobody_with_them(ask, lab, passes):
    z = codes(4)

    async def visit():
        tasks = await arrive(ask, [asked([code]) for code in z], passes)
        for leaving in (tasks[0], tasks[2]):  # one whose pass is under way, one who waits
            leaving.cancel()
        await asyncio.sleep(0)
        passes.may_run.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(visit())
    for i in (0, 2):
        assert isinstance(answers[i], asyncio.CancelledError)
    for i in (1, 3):
        assert_shows(answers[i], lab, [z[i]])
    assert passes.sizes == [1] * len(TWO) + [2] * len(TWO)
    assert_shows(asyncio.run(ask(asked(z))), lab, z)


def test_a_fault_reaches_all_who_wait_for_it_and_nobody_after(ask, lab, passes, assert_sentence):
    z = codes(3)
    passes.fault = RuntimeError("no such file: /home/somebody")
    for answer in asyncio.run(together(ask, [asked([code]) for code in z], passes)):
        assert_sentence(answer["error"])
        assert "somebody" not in answer["error"]
    passes.fault = None
    assert_shows(asyncio.run(ask(asked(z))), lab, z)


def test_when_too_many_wait_the_next_is_told(ask, lab, passes, assert_sentence):
    z = codes(MOST_CODES)
    fitting = MOST_WAITING // (len(TWO) * MOST_CODES)
    *answers, refused = asyncio.run(together(ask, [asked(z)] * (fitting + 1), passes))
    for answer in answers:
        assert_shows(answer, lab, z)
    assert_sentence(refused["error"])
    assert_shows(asyncio.run(ask(asked(z))), lab, z)


# Nonsense.

ONE = [[0, 0]]


def test_models_that_make_no_picture_of_a_code_alone_are_refused(
    tmp_path, small_config, passes, assert_sentence
):
    """Those that must be told a class, and one that draws nothing: none is asked in vain."""
    facts = {"data": {"name": "digits"}, "latent": {"mean": [0.0] * 3, "std": [1.0] * 3}}
    for family in ("cvae", "m2", "classifier", "vae"):
        config = small_config(family)
        codes = zoo.Codes(torch.zeros(1, 3), torch.zeros(1, dtype=torch.long))
        zoo.save(tmp_path / family, build(config), codes, zoo.Card(family, config, **facts))
    ask = answering(Decoding(Lab(zoo.Zoo(tmp_path), Samples())))
    for models in (["cvae"], ["m2"], ["classifier"], ["vae", "m2"]):
        answer = asyncio.run(ask(asked([[0, 0, 0]], models)))
        assert answer.keys() == {"error"}
        assert_sentence(answer["error"])
        assert "alone" in answer["error"]
    assert not passes.sizes
    assert len(asyncio.run(ask(asked([[0, 0, 0]], ["vae"])))["pixels"]) == 1


@pytest.mark.parametrize(
    "message",
    [
        *(asked([[value, 0]]) for value in (math.nan, math.inf, -math.inf, 1e38, 10**400)),
        *(asked([[value, 0]]) for value in (None, "1", [0], {}, True)),
        *(asked(z) for z in (None, 0, "text", {}, {"0": [0, 0]}, [], [[]], [0, 0], [None], [{}])),
        *(
            asked(z)
            for z in ([[0]], [[0, 0, 0]], [[0, 0], [0]], [ONE], [[0, 0]] * (MOST_CODES + 1))
        ),
        *(asked(ONE, models) for models in (None, "ae-2", {"ae-2": 1}, [], [None], [["ae-2"]])),
        *(asked(ONE, models) for models in ([{}], [2], ["nope"], ["ae-2", "nope"], ["\ud800"])),
        asked(ONE, ["ae-2", "ae-16"]),
        asked(ONE, ["ae-16"]),
        asked(ONE, ["ae-2"] * (MOST_MODELS + 1)),
        {},
        {"models": TWO},
        {"z": ONE},
        [],
        None,
        "text",
    ],
    ids=lambda message: repr(message)[:40],
)
def test_nonsense_gets_a_sentence(lab, passes, assert_sentence, message):
    answer = asking(decode_codes, Decoding(lab))(message)
    assert set(answer) == {"error"}
    assert_sentence(answer["error"])
    json.dumps(answer)
    assert not any(inside in answer["error"] for inside in ("nope", "vae", "["))
    assert not passes.sizes
