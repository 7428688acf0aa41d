"""What the views share on the server: routes, files, scripts, the worker, pictures."""

import asyncio
import base64
import gzip
import json
import re
import threading
from pathlib import Path

import gradio as gr
import pytest
import torch
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

import views
from views.kit import files, pictures, routes, scripts, validate
from views.kit.component import MOUNT
from views.kit.derivation import Derivation, DerivationProps
from views.kit.files import Files
from views.kit.pictures import Hashed, Picture, encode_doubles, picture_of, read_picture
from views.kit.routes import Message, Routes, models_of, route
from views.kit.worker import CLIENT, Client, Turns, Worker
from views.shell.header import Header

VIEWS = Path(views.__file__).parent


class Number(Message):
    value: float


class Doubled(Message):
    value: float


@pytest.fixture
def served(monkeypatch):
    """served(function, *bound): post(json) to the one route, as the page mounts it."""
    monkeypatch.setattr(routes, "FUNCTIONS", {})

    def serve(function, *bound):
        found = Routes(Worker("test", 9))
        found.add(route("test/one")(function), *bound)
        app = Starlette(routes=[Mount(routes.PATH, app=found.app)])
        client = TestClient(app)
        return lambda **body: client.post(f"{routes.PATH}/test/one", **body)

    return serve


def double(factor: float, question: Number) -> Doubled:
    if question.value < 0:
        raise validate.refusal("The value must not be negative.")
    return Doubled(value=factor * question.value)


async def double_later(factor: float, question: Number) -> Doubled:
    return double(factor, question)


@pytest.mark.parametrize("function", [double, double_later])
def test_a_route_is_a_function_of_one_model_that_gives_another(served, function):
    answer = served(function, 2.0)(json={"value": 21})
    assert (answer.status_code, answer.json()) == (200, {"value": 42.0})
    assert models_of(function) == (Number, Doubled)


@pytest.mark.parametrize(
    "body",
    [
        *({"value": v} for v in ("1", None, True, [1], {"a": 1})),
        *({}, [], None, {"value": 1, "more": 2}, "text", 7),
    ],
)
def test_what_does_not_fit_the_model_is_refused_in_a_sentence(served, assert_sentence, body):
    answer = served(double, 2.0)(json=body)
    assert answer.status_code == 422
    assert_sentence(answer.json()["error"])


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"value": NaN}', b'{"value": 1e999}', b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_json_is_refused_in_a_sentence(served, assert_sentence, content):
    answer = served(double, 2.0)(content=content, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert_sentence(answer.json()["error"])


def test_a_refusal_is_the_functions_own_sentence(served):
    answer = served(double, 2.0)(json={"value": -1})
    assert answer.status_code == 422
    assert answer.json() == {"error": "The value must not be negative."}


def test_a_fault_of_ours_says_so_and_no_more(served, assert_sentence):
    def fail(question: Number) -> Doubled:
        raise RuntimeError("/secret/path")

    answer = served(fail)(json={"value": 1})
    assert_sentence(answer.json()["error"])
    assert "secret" not in answer.text


def test_no_two_routes_have_one_name(monkeypatch):
    monkeypatch.setattr(routes, "FUNCTIONS", {})
    route("test/twice")(double)
    with pytest.raises(ValueError, match="test/twice"):
        route("test/twice")(double_later)


# The worker.


def test_a_worker_gives_what_the_function_gives_and_raises_what_it_raises():
    worker = Worker("test", 2)
    assert asyncio.run(worker.run(divmod, 7, 2)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(worker.run(divmod, 7, 0))


def test_who_comes_when_too_many_wait_is_refused_and_later_is_not(assert_sentence):
    async def crowd():
        worker, hold = Worker("test", 2), threading.Event()
        first = [asyncio.ensure_future(worker.run(hold.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(validate.Busy) as refusal:
            await worker.run(hold.wait)
        hold.set()
        assert await asyncio.gather(*first) == [True, True]
        assert await worker.run(hold.wait)
        return refusal.value.message

    assert_sentence(asyncio.run(crowd()))


def test_every_client_has_a_turn_before_anybody_has_a_second():
    turns = Turns()
    for client, items in (
        (Client("one address", "a"), "aaa"),
        (Client("one address", "b"), "b"),
        (Client("another", "c"), "cc"),
    ):
        for number, letter in enumerate(items):
            turns.add(client, f"{letter}{number}")
    assert turns.of(Client("one address", "a")) == 3
    assert turns.next() == "a0"
    assert [turns.take() for _ in range(6)] == ["a0", "c0", "b0", "c1", "a1", "a2"]
    assert not turns


def test_who_floods_a_worker_delays_others_by_one_question():
    done: list[object] = []
    started, hold = threading.Event(), threading.Event()

    def begin():
        started.set()
        return hold.wait(30)

    async def asks(worker, client, work, *arguments):
        CLIENT.set(client)
        return await worker.run(work, *arguments)

    async def flood():
        worker, flooding = Worker("test", 20, most_of_one=10), Client("flood")
        asked = [asyncio.ensure_future(asks(worker, flooding, begin))]
        await asyncio.to_thread(started.wait)
        asked += [asyncio.ensure_future(asks(worker, flooding, done.append, i)) for i in range(10)]
        await asyncio.sleep(0)
        asked.append(asyncio.ensure_future(asks(worker, Client("other"), done.append, "other")))
        await asyncio.sleep(0)
        refused = asks(worker, flooding, done.append, "one too many")
        with pytest.raises(validate.Busy):
            await asyncio.create_task(refused)
        hold.set()
        await asyncio.gather(*asked)

    asyncio.run(flood())
    assert done.index("other") <= 1
    assert [each for each in done if each != "other"] == list(range(10))


async def turn_over():
    """Let everything that is ready on the event loop have its turn."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_what_nobody_waits_for_is_not_worked_on():
    done = []

    async def leave():
        worker, hold = Worker("test", 9), threading.Event()
        first = asyncio.ensure_future(worker.run(hold.wait))
        await asyncio.sleep(0)
        left = asyncio.ensure_future(worker.run(done.append, "left"))
        stays = asyncio.ensure_future(worker.run(done.append, "stays"))
        await asyncio.sleep(0)
        left.cancel()
        await turn_over()
        hold.set()
        await asyncio.gather(first, stays)

    asyncio.run(leave())
    assert done == ["stays"]


def test_who_hangs_up_is_not_worked_for(monkeypatch):
    """A question that waits while its connection closes is dropped."""
    hold, done = threading.Event(), []

    def work(question: Number) -> Doubled:
        assert hold.wait(30)
        done.append(question.value)
        return Doubled(value=question.value)

    async def visit():
        worker = Worker("test", 9)
        found = Routes(worker)
        found.add(route("test/slow")(work))

        def request(value, leaves):
            body = json.dumps({"value": value}).encode()
            messages = [{"type": "http.request", "body": body, "more_body": False}]

            async def receive():
                if messages:
                    return messages.pop()
                await leaves.wait()
                return {"type": "http.disconnect"}

            async def send(message):
                sent.append(message)

            sent = []
            scope = {
                **{"type": "http", "method": "POST", "path": "/test/slow", "query_string": b""},
                "headers": [(b"content-type", b"application/json")],
                "client": ("127.0.0.1", 1),
            }
            return asyncio.ensure_future(found.app(scope, receive, send))

        stays, leaves = asyncio.Event(), asyncio.Event()
        first, second = request(1, stays), request(2, leaves)
        await turn_over()
        leaves.set()
        await second
        await turn_over()
        hold.set()
        await first
        await worker.run(done.append, "the end")

    monkeypatch.setattr(routes, "FUNCTIONS", {})
    asyncio.run(visit())
    assert done == [1, "the end"]


# Files and scripts.


@pytest.fixture(scope="module")
def browser():
    """A client of a server that has nothing but one file and the page's scripts."""
    published = Files()
    address = published.publish_json("numbers", {"a": [1.5, 2]})
    app = Starlette(
        routes=[
            Route(f"/{files.PATH}/{{name}}", published.answer),
            Route(f"/{scripts.PATH}/{{digest}}/{{path:path}}", scripts.answer),
        ]
    )
    client = TestClient(app)
    client.headers["accept-encoding"] = "identity"
    return client, address


def test_a_file_is_kept_for_good_under_its_hash(browser):
    client, address = browser
    answer = client.get(f"/{address}")
    assert answer.json() == {"a": [1.5, 2]}
    assert "immutable" in answer.headers["cache-control"]
    zipped = client.get(f"/{address}", headers={"accept-encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.json() == answer.json()
    other = Files()
    assert other.publish_json("numbers", {"a": [1.5, 2]}) == address
    assert other.publish_json("numbers", {"a": [1.5, 3]}) != address
    with pytest.raises(ValueError, match="JSON"):
        other.publish_json("numbers", {"a": float("nan")})


@pytest.mark.parametrize("path", ["none.json", "..%2f..%2fetc%2fpasswd", "numbers.json"])
def test_an_unknown_file_is_refused(browser, assert_sentence, path):
    answer = browser[0].get(f"/{files.PATH}/{path}")
    assert answer.status_code == 404
    if answer.headers["content-type"] == "application/json":
        assert_sentence(answer.json()["error"])


def test_every_script_is_served_as_it_stands(browser):
    names = list(scripts.all_scripts())
    assert "kit/view.js" in names
    for name in names:
        answer = browser[0].get(f"/{scripts.address(name)}")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.content == (VIEWS / name).read_bytes()


@pytest.mark.parametrize(
    "path",
    ["0000000000000000/kit/view.js", "{digest}/kit/view.py", "{digest}/../app.py", "{digest}/"],
)
def test_what_is_no_script_is_refused(browser, path):
    answer = browser[0].get(f"/{scripts.PATH}/{path.format(digest=scripts.digest())}")
    assert answer.status_code == 404


def test_imports_are_followed_to_files_that_are_there():
    """Every relative import of every script names a script, also one that nothing else does."""
    for name in scripts.all_scripts():
        assert set(scripts.with_imports(name)) <= set(scripts.all_scripts())
    assert scripts.with_imports("kit/signal.js") == ["kit/signal.js"]
    assert {"kit/store.js", "kit/signal.js"} < set(scripts.with_imports("kit/view.js"))


def test_an_unknown_script_has_no_address():
    with pytest.raises(FileNotFoundError, match="none"):
        scripts.address("kit/none.js")


def test_no_script_has_globals_of_ours():
    for name, file in scripts.all_scripts().items():
        text = file.plain.decode()
        assert not re.search(r"\b(window|globalThis|self)\.(latent|lab)", text, re.IGNORECASE), name
        assert "new CustomEvent(" not in text, name


# Components.


def test_a_component_knows_its_view_by_its_folder(lab):
    assert Derivation(DerivationProps(section="iwae")).props["view"] == "kit"
    assert Header(lab).props["view"] == "shell"


def test_the_mounting_text_does_not_depend_on_where_the_page_lies():
    text = MOUNT.format(mounting="scripts/0/m.js", script="scripts/0/a.js")
    assert "import(new URL(address, document.baseURI))" in text
    assert "load('scripts/0/m.js'), load('scripts/0/a.js')" in text


# Pictures.


def test_a_picture_survives_the_way_there_and_back():
    x = torch.randint(0, 256, (3, 4, 5)).float() / 255
    assert torch.equal(read_picture(picture_of(x), (3, 4, 5)), x)
    assert Hashed(x) == Hashed(x.clone())
    assert len({Hashed(x), Hashed(x.clone()), Hashed(1 - x)}) == 2


@pytest.mark.parametrize(
    "picture",
    [
        Picture(shape=[1, 2, 2], pixels=base64.b64encode(bytes(6)).decode()),
        Picture(shape=[1, 2, 3], pixels=base64.b64encode(bytes(5)).decode()),
        Picture(shape=[1, 2, 3], pixels=base64.b64encode(bytes(7)).decode()),
        Picture(shape=[1, 2, 3], pixels="§"),
        Picture(shape=[1, 2, 3], pixels=""),
    ],
)
def test_a_picture_of_another_size_is_refused(assert_sentence, picture):
    with pytest.raises(gr.Error) as refusal:
        read_picture(picture, (1, 2, 3))
    assert_sentence(refusal.value.message)


def test_numbers_travel_in_the_bytes_that_scripts_read():
    values = torch.tensor([[0.1, -2.0], [3e-7, 1e6]], dtype=torch.float64)
    assert base64.b64decode(encode_doubles(values)) == values.numpy().tobytes()
    halves = base64.b64decode(pictures.encode_halves(values[0]))
    assert len(halves) == 4
    assert gzip.decompress(gzip.compress(halves)) == halves
