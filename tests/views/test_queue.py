"""The queue of named endpoints has an end, and what nobody reads is dropped."""

import threading
import time

import gradio as gr
import pytest
from gradio.events import api
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from views.shell import queue as bounds
from views.shell.guard import Guard
from views.shell.page import GuardedApp
from views.shell.policy import Policy
from views.shell.queue import BoundedQueue, Streams


@pytest.fixture
def gate():
    """What holds every answer back until it is set."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def queue(gate):
    """The queue of a page of one endpoint, /wait, and one event that the page itself answers."""

    def wait(text: str) -> str:
        gate.wait(30)
        return text

    with gr.Blocks(analytics_enabled=False) as blocks:
        api(wait, api_name="wait", queue=True, concurrency_limit=bounds.AT_ONCE)
        gr.Button().click(None, js="() => 1")
    blocks.queue(api_open=False)
    blocks._queue = BoundedQueue(blocks)
    return blocks._queue


@pytest.fixture
def client(queue):
    app = GuardedApp(
        lambda inner: Guard(inner, Policy(), {}), middleware=[Middleware(Streams, queue=queue)]
    )
    App.create_app(queue.blocks, app=app)
    queue.set_server_app(app)
    with TestClient(app, "http://localhost") as client:
        client.get("/gradio_api/startup-events")
        yield client


@pytest.fixture
def join(client):
    """join(session): ask, and what the queue says to that."""

    def ask(session):
        body = {"data": ["hello"], "fn_index": 0, "session_hash": session}
        return client.post("/gradio_api/queue/join", json=body)

    return ask


def until(happens):
    end = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_who_comes_when_the_queue_is_full_is_told_how_long_to_wait(join, queue, assert_sentence):
    for i in range(bounds.AT_ONCE):
        assert join(f"running {i}").is_success
    until(lambda: len(queue) == 0)  # these are worked on
    for i in range(bounds.MOST_WAITING):
        assert join(f"waiting {i}").is_success
    answer = join("late")
    assert answer.status_code == 429
    assert_sentence(answer.json()["detail"])
    assert f" {answer.headers['retry-after']} seconds." in answer.json()["detail"]


def test_the_time_to_wait_is_that_of_the_questions_before(join, queue):
    for i in range(bounds.AT_ONCE + 8):
        join(f"s{i}")
    until(lambda: len(queue) == 8)
    assert queue.seconds() == 8 * bounds.USUAL / bounds.AT_ONCE
    for function in queue.blocks.fns.values():
        queue.process_time_per_fn[function].add(3.0)
    assert queue.seconds() == 8 * 3 / bounds.AT_ONCE


def test_one_session_has_so_many_questions_open(join, assert_sentence):
    for _ in range(bounds.MOST_OPEN):
        assert join("one").is_success
    answer = join("one")
    assert answer.status_code == 429
    assert_sentence(answer.json()["detail"])
    assert join("another").is_success


def test_what_nobody_reads_is_dropped(join, client, queue, gate, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_KEPT", 3)
    gate.set()
    events = [join(f"s{i}").json()["event_id"] for i in range(10)]
    until(lambda: not queue.event_ids_to_events)
    queue.forget()
    assert list(queue.pending_messages_per_session) == ["s7", "s8", "s9"]
    assert client.get(f"/gradio_api/call/wait/{events[0]}").status_code == 404
    assert "hello" in client.get(f"/gradio_api/call/wait/{events[9]}").text
    monkeypatch.setattr(bounds, "KEPT", 0.0)
    queue.forget()
    assert not queue.pending_messages_per_session
    assert not queue.pending_event_ids_session


def test_what_is_worked_on_is_not_dropped(join, client, queue, gate, monkeypatch):
    monkeypatch.setattr(bounds, "KEPT", 0.0)
    event = join("s").json()["event_id"]
    join("another")  # which looks at what may be dropped
    gate.set()
    assert "hello" in client.get(f"/gradio_api/call/wait/{event}").text


def test_there_is_nothing_to_read_for_who_has_not_asked(client, assert_sentence):
    for path in ("queue/data", "queue/data?session_hash=x", "call/wait/x", "call/v2/wait/x"):
        answer = client.get(f"/gradio_api/{path}")
        assert answer.status_code == 404
        assert_sentence(answer.json()["error"])


def test_so_many_read_at_once(join, client, queue, assert_sentence):
    join("s")
    queue.listening["others"] = bounds.MOST_STREAMS
    answer = client.get("/gradio_api/queue/data?session_hash=s")
    assert answer.status_code == 429
    assert_sentence(answer.json()["error"])


def test_an_event_that_python_does_not_answer_is_refused(client, assert_sentence):
    for index in (1, 99, -1):
        body = {"data": [], "fn_index": index, "session_hash": "s"}
        answer = client.post("/gradio_api/queue/join", json=body)
        assert answer.status_code == 404
        assert_sentence(answer.json()["detail"])


def test_a_session_keeps_no_answer(join, client, queue, gate):
    """Gradio's own keeps the last value of every component, for deep links."""
    gate.set()
    event = join("s").json()["event_id"]
    assert "hello" in client.get(f"/gradio_api/call/wait/{event}").text
    session = queue.server_app.state_holder["s"]
    assert "s" in queue.server_app.state_holder.session_data
    assert not list(session.components)
