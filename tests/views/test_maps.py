"""Maps' answers: codes of a digit, shortest paths, and what the script is told of each model."""

import asyncio
import base64
import threading
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import pytest
import torch
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from explore import geodesic, latent
from models import zoo
from tests import nonsense
from tests.asking import asking
from tests.sheet import sent, sheet_of
from views.kit import posteriors
from views.kit.lab import Lab
from views.kit.worker import Worker
from views.maps import maps
from views.shell.page import new_page

ENDS = {"model": "vae-2", "a": [-1.0, 1.0], "b": [0.1, 0.2], "frames": 5}
CODES = [
    *(value for value in nonsense.NAMES if value not in ([], [1])),
    *([], [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]]),
    *([1.0, value] for value in nonsense.NUMBERS if value != -1),
]
MODELS = [None, "AE", {}, 3, ["x"], ["ae"], [["AE"]], [None], [{}], [], ["ae-2"] * 9, "ae-2"]


@pytest.fixture
def three(lab):
    return sheet_of(lab)[3]


@pytest.fixture
def encode(lab):
    return asking(posteriors.encode_digit, lab)


@pytest.fixture
def seek(lab):
    return asking(maps.shortest_path, maps.Paths(lab, Worker("test", 9)))


def test_a_digit_lies_where_each_encoder_puts_it(lab, three, encode):
    found = encode({"digit": sent(three), "models": ["vae-2", "ae-2"]})["posteriors"]
    for name, posterior in zip(("vae-2", "ae-2"), found, strict=True):
        q = lab.zoo[name].model.encode(three.unsqueeze(0))
        assert posterior["z"] == pytest.approx(q.mean[0].tolist(), abs=1e-6)
        std = q.variance.sqrt()[0]
        assert posterior["std"] == (pytest.approx(std.tolist(), abs=1e-6) if std.any() else None)
    assert [posterior["std"] is None for posterior in found] == [False, True]


@pytest.mark.parametrize(("field", "values"), [("digit", nonsense.DIGITS), ("models", MODELS)])
def test_no_digit_and_no_model_get_one_sentence(three, encode, assert_sentence, field, values):
    good = {"digit": sent(three), "models": ["vae-2", "ae-2"]}
    nonsense.assert_refused(encode, good, assert_sentence, field, values)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("model", [*nonsense.NAMES, "vae-16"]),
        ("a", CODES),
        ("b", CODES),
        ("frames", [*nonsense.WHOLE, 0, 1, 65, 10**6]),
    ],
)
def test_no_path_between_nonsense(seek, assert_sentence, field, values):
    nonsense.assert_refused(seek, ENDS, assert_sentence, field, values)


def test_the_path_is_the_geodesic_and_no_longer_than_the_straight_one(lab, seek):
    found = seek(ENDS)
    entry = lab.zoo["vae-2"]
    ends = torch.tensor([ENDS["a"], ENDS["b"]])
    path = geodesic.shortest_path(
        entry.model, ends[0], ends[1], 33, tuple(latent.ranges(entry.card))
    )
    assert torch.allclose(torch.tensor(found["path"]), path)
    assert found["film"] == found["path"][::8]
    assert found["length"] == pytest.approx(geodesic.length(entry.model, path))
    assert found["straight"] == pytest.approx(geodesic.length(entry.model, ends))
    assert found["length"] <= found["straight"]


def test_a_classroom_that_pins_the_same_ends_waits_for_one_search(seek, monkeypatch):
    search, sought = geodesic.shortest_path, []
    monkeypatch.setattr(
        geodesic, "shortest_path", lambda *question: sought.append(question) or search(*question)
    )
    with ThreadPoolExecutor(8) as pupils:
        answers = [answer.result() for answer in [pupils.submit(seek, ENDS) for _ in range(8)]]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["length"] <= answers[0]["straight"]
    assert len(sought) == 1


def test_too_many_searches_are_refused(lab, monkeypatch):
    may_go_on = threading.Event()
    monkeypatch.setattr(geodesic, "shortest_path", lambda *question: may_go_on.wait(30) and 1 / 0)
    paths = maps.Paths(lab, Worker("test", 9))

    async def crowd():
        many = [
            asyncio.ensure_future(
                maps.shortest_path(paths, maps.Pins.model_validate(ENDS | {"a": [0.001 * i, 0.0]}))
            )
            for i in range(9)
        ]
        await asyncio.sleep(0.1)
        with pytest.raises(gr.Error) as refused:
            await maps.shortest_path(paths, maps.Pins.model_validate(ENDS | {"a": [9.0, 9.0]}))
        may_go_on.set()
        return refused.value.message, await asyncio.gather(*many, return_exceptions=True)

    message, others = asyncio.run(crowd())
    assert "at once" in message
    assert all(isinstance(other, ZeroDivisionError) for other in others)


def test_a_search_that_fails_is_answered_with_a_sentence(lab, monkeypatch, assert_sentence):
    monkeypatch.setattr(geodesic, "shortest_path", lambda *question: 1 / 0)
    assert_sentence(asking(maps.shortest_path, maps.Paths(lab, Worker("test", 9)))(ENDS)["error"])


def test_a_map_holds_the_codes_of_its_checkpoint(lab):
    component = maps.LatentMap(new_page(lab))
    told = {each["name"]: each for each in component.props["maps"]}
    assert component.props["start"] == list(told) == ["ae-2", "dae-2", "vae-2"]
    for name, each in told.items():
        entry = lab.zoo[name]
        codes = maps.codes_of(entry)
        z = torch.frombuffer(bytearray(base64.b64decode(codes.codes)), dtype=torch.float16)
        assert torch.equal(z.view(-1, 2), entry.codes.z.half())
        assert list(base64.b64decode(codes.classes)) == entry.codes.y.tolist()
        assert each["shape"] == list(entry.model.x_shape)
        assert each["prior"] == (name == "vae-2")
        assert each["codes"].startswith("files/map-codes-")


def test_a_damaged_checkpoint_is_named(save_six, tmp_path, lab, three, assert_sentence):
    file = save_six(tmp_path) / "ae-2" / zoo.WEIGHTS
    file.write_bytes(file.read_bytes()[:-1])
    damaged = Lab(zoo.Zoo(tmp_path), lab.samples)
    (reason,) = damaged.zoo.unavailable.values()
    ask = asking(posteriors.encode_digit, damaged)
    assert ask({"digit": sent(three), "models": ["ae-2"]}) == {"error": reason}
    assert_sentence(reason)
    assert "error" not in ask({"digit": sent(three), "models": ["dae-2"]})


def test_a_checkpoint_damaged_after_the_start_is_named(
    save_six, tmp_path, lab, three, assert_sentence
):
    """By the route that first asks for its weights, by those after it, and by its file."""
    file = save_six(tmp_path) / "ae-2" / zoo.WEIGHTS
    late = Lab(zoo.Zoo(tmp_path), lab.samples)
    address = late.networks.addresses("ae-2")["decoder"]
    file.write_bytes(file.read_bytes()[:-1])
    ask = asking(posteriors.encode_digit, late)
    first, second = (ask({"digit": sent(three), "models": ["ae-2"]}) for _ in range(2))
    assert first == second == {"error": late.zoo.unavailable["ae-2"]}
    assert_sentence(first["error"])
    answer = TestClient(Starlette(routes=[Route("/files/{name}", late.files.answer)])).get(address)
    assert (answer.status_code, answer.json()) == (404, first)
    assert "error" not in ask({"digit": sent(three), "models": ["dae-2"]})


def test_visitors_at_once_get_what_they_would_get_alone(lab, encode):
    sheet = sheet_of(lab)
    questions = [{"digit": sent(sheet[i]), "models": ["vae-2", "ae-16"]} for i in range(8)]
    alone = [encode(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(encode, questions)) == alone
