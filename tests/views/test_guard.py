"""The guard in front of the page, over an application that tells what reached it."""

import asyncio
import json
import re

import pytest
from starlette.testclient import TestClient

from views.shell import guard
from views.shell.guard import Guard
from views.shell.policy import Policy

ASK = "/ask/decode"
LARGE = "/ask/digit/photo"


class Echo:
    """An application that answers how many bytes it was given; `asked` are the paths."""

    def __init__(self):
        self.asked = []

    async def __call__(self, scope, receive, send):
        self.asked.append(scope["path"])
        if scope["path"] == "/config":
            raise RuntimeError("/secret/path")
        size = len((await receive()).get("body", b""))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % size})


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def guarded(echo):
    return Guard(echo, Policy(frozenset({"lab.example.org"})), {LARGE: 14 * 2**20})


@pytest.fixture
def client(guarded):
    return TestClient(guarded, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)


@pytest.fixture
def refused(echo, assert_sentence):
    """refused(answer, status): one sentence, and nothing of it reached the application."""

    def check(answer, status):
        assert (answer.status_code, echo.asked) == (status, [])
        assert_sentence(answer.json()["error"])

    return check


# What is asked for.


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/upload", "/gradio_api/component_server", "/gradio_api/run/predict"),
        *("/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://a", "/gradio_api/reset"),
        *("/gradio_api/vibe-edit", "/gradio_api/heartbeat/a", "/gradio_api/upload_progress"),
        *("/gradio_api/deep_link", "/gradio_api/dev/reload", "/monitoring", "/login", "/assets"),
        *("/pwa_icon", "/manifest.json", "/nope", "/ask/", "/assets/%00", "/askew/a"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_page_has_no_use_for_is_closed(client, refused, path, method):
    refused(client.request(method, path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("GET", ASK), ("PUT", ASK), ("DELETE", "/files/a"), ("OPTIONS", ASK)],
)
def test_another_method_is_told_the_right_one(client, refused, method, path):
    answer = client.request(method, path)
    refused(answer, 405)
    assert answer.headers["allow"] in ("GET, HEAD", "POST")


@pytest.mark.parametrize("path", ["/assets/" + "a" * 5000, "/?" + "a" * 5000])
def test_an_address_that_is_too_long_is_refused(client, refused, path):
    refused(client.get(path), 414)


def test_a_prefix_of_a_proxy_is_not_part_of_the_route(echo):
    guarded = Guard(echo, Policy(), {})
    client = TestClient(guarded, "http://localhost", root_path="/lab")
    assert client.get("/lab/assets/a").status_code == 200
    assert client.get("/lab").status_code == 200
    assert client.get("/laboratory").status_code == 404


# How much is sent.


def test_a_question_may_be_as_large_as_its_route_says(client, echo):
    assert client.post(ASK, content=bytes(256 * 1024)).text == str(256 * 1024)
    assert client.post(LARGE, content=bytes(14 * 2**20)).text == str(14 * 2**20)
    assert echo.asked == [ASK, LARGE]


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize(("path", "room"), [(ASK, 256 * 1024), (LARGE, 14 * 2**20)])
def test_one_byte_more_is_refused(client, refused, path, room, chunked):
    body = bytes(room + 1)
    refused(client.post(path, content=iter([body]) if chunked else body), 413)


def test_a_body_that_is_declared_too_large_is_not_waited_for(guarded):
    """Its first part never comes, and the answer does."""
    sent = []

    async def receive():
        raise AssertionError("The body is read.")

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-length", b"300000")]
    scope = {"type": "http", "method": "POST", "path": ASK, "query_string": b"", "headers": headers}
    asyncio.run(guarded(scope, receive, send))
    assert sent[0]["status"] == 413


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * 20_000 + b"0]",
        b'{"data": [' + b"{}," * 20_000 + b"0]}",
        b"[" + b"0," * 20_000 + b"0]",
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"0" + b"}" * 33,
        b"[0," * 33 + b"0" + b"]" * 33,
        b"[" * 100_000,
    ],
    ids=["lists", "objects", "numbers", "deep", "deep objects", "deep, apart", "never closed"],
)
def test_json_of_too_many_parts_is_refused_unparsed(client, refused, body):
    refused(client.post(ASK, content=body), 413)


def test_every_honest_question_fits(client):
    image = [[[0.123456789012345] * 64] * 64] * 3  # larger than any that is shipped
    question = json.dumps({"data": [image, "vae-2"]}).encode()
    assert client.post("/gradio_api/call/reconstruct", content=question[: 256 * 1024]).is_success


def test_bodies_of_all_visitors_have_one_bound(guarded, client, refused, monkeypatch):
    monkeypatch.setattr(guard, "MOST_HELD", 1000)
    guarded._held = 600  # of somebody else, still being read
    answer = client.post(ASK, content=bytes(500))
    refused(answer, 429)
    assert answer.headers["retry-after"]
    assert client.post(ASK, content=bytes(300)).is_success
    assert client.post(ASK, content=bytes(300)).is_success  # what is answered is held no longer
    assert guarded._held == 600


def test_a_body_that_does_not_come_is_given_up(client, guarded, refused, monkeypatch):
    monkeypatch.setattr(guard, "PART_PATIENCE", 0.01)
    sent = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": ASK, "query_string": b"", "headers": headers}
    asyncio.run(guarded(scope, receive, send))
    assert (sent[0]["status"], guarded.running, guarded._held) == (408, 0, 0)


# Who asks.


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:7860", "localhost", "192.168.1.20:80", "[::1]:7860", "teacher", "teacher:80"),
        *("teacher.local", "somebody-lab.hf.space", "lab.example.org", "LAB.example.org:443"),
    ],
)
def test_the_page_is_reached_by_address_and_by_names_of_the_network(client, host):
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert client.get("/", headers=headers).is_success
    assert client.post(ASK, headers=headers).is_success


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1.evil.example", "lab.example.org.evil.example", "", "a b"),
        *("local.example", "hf.space.evil.example", "localhost:port", "user@localhost"),
    ],
)
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_another_name_is_not_ours(client, refused, header, host):
    answer = client.get("/", headers={header: host})
    if header == "X-Forwarded-Host" and not host:
        return
    refused(answer, 400)
    assert host not in answer.text or not host


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000"},  # another server of this machine
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1:7860", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_may_not_ask(client, refused, headers):
    refused(client.post(ASK, headers=headers), 403)


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program
        {"Origin": "http://127.0.0.1:7860"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://lab.example.org"},  # a proxy hands on another Host
        {"Origin": "https://a.hf.space", "X-Forwarded-Host": "a.hf.space"},
    ],
)
def test_the_page_itself_and_programs_may_ask(client, headers):
    assert client.post(ASK, headers=headers).is_success


def test_a_link_from_elsewhere_opens_the_page(client):
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).is_success


# What is told.


def test_every_answer_tells_the_browser_to_be_strict(client):
    for answer in (client.get("/"), client.get("/nope"), client.post(ASK, content=bytes(10**6))):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"].split("; ")
        (scripts,) = [part for part in policy if part.startswith("script-src")]
        assert "unsafe-inline" not in scripts
        assert "frame-ancestors 'self' file: https://huggingface.co https://*.hf.space" in policy


def test_the_nonce_of_scripts_is_another_each_time(client):
    policies = [client.get("/").headers["content-security-policy"] for _ in range(5)]
    assert len({re.search(r"'nonce-([\w-]{16,})'", policy)[1] for policy in policies}) == 5


def test_a_site_that_may_frame_the_page_is_named(echo):
    client = TestClient(Guard(echo, Policy(framed_by=("https://learn.example",)), {}))
    policy = client.get("/").headers["content-security-policy"]
    assert policy.endswith(" https://learn.example")


def test_a_fault_of_ours_is_a_sentence_and_one_traceback(client, assert_sentence, caplog):
    answer = client.get("/config")
    assert answer.status_code == 500
    assert_sentence(answer.json()["error"])
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_request_is_one_line_of_the_log(client, caplog):
    caplog.set_level("INFO", "latent.requests")
    client.get("/nope%0Aforged" + "x" * 500)
    (record,) = [r for r in caplog.records if r.name == "latent.requests"]
    assert re.fullmatch(r"GET /nope\\nforgedx{100,200} 404 \d+ ms", record.message)


def test_a_page_that_is_being_stopped_takes_nothing_new(guarded, client, refused):
    guarded.closing = True
    answer = client.post(ASK)
    refused(answer, 503)
    assert answer.headers["retry-after"]
