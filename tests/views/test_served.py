"""The page as it is served: named endpoints through a client, and what HTTP may bring."""

import base64
import copy
import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import quote

import httpx
import numpy as np
import pytest
import torch
from gradio import routes
from gradio.utils import get_upload_folder
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from models import portable, zoo
from models.corruption import CORRUPTIONS
from models.zoo import Zoo
from tests.nonsense import NAMES
from tests.places import ROOT
from views.kit.lab import Lab
from views.kit.pictures import Picture, read_picture
from views.kit.samples import EMBEDDED, Samples
from views.shell import connections, page
from views.shell.digit_input import Nothing, sample_digits

pytestmark = pytest.mark.slow

APP = ROOT / "app.py"
COMPONENT = "/gradio_api/component_server"
JSON = {"content-type": "application/json"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def url(lab):
    """The address of the page, served to the whole session."""
    blocks = []
    build, page.build_page = page.build_page, lambda lab: blocks.append(build(lab)) or blocks[0]
    try:
        _, address, _ = page.serve(
            lab,
            prevent_thread_lock=True,
            server_name="127.0.0.1",
            server_port=free_port(),
            quiet=True,
        )
    finally:
        page.build_page = build
    yield address.rstrip("/")
    blocks[0][0].close(verbose=False)


@pytest.fixture(scope="session")
def http(url):
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def client(url):
    return Client(url, verbose=False)


@pytest.fixture(scope="session")
def config(http):
    return http.get("/config").json()


@pytest.fixture(scope="session")
def three(lab):
    sample = sample_digits(lab, Nothing()).digits[3]
    return read_picture(Picture(shape=list(lab.shape), pixels=sample.pixels), lab.shape)


@pytest.fixture(scope="session")
def image(three):
    """A three as 28 rows of 28 numbers."""
    return [[round(v, 5) for v in row] for row in three[0].tolist()]


@pytest.fixture(scope="session")
def healthy(http):
    """healthy(): the page still answers."""

    def check():
        answer = http.get("/health")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ok"

    return check


def refused(answer):
    """A refusal: a status 4xx, with no path of this machine and no traceback in it."""
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:200]}"
    assert "Traceback" not in answer.text
    assert "root:" not in answer.text  # the beginning of /etc/passwd
    assert str(APP.parent) not in answer.text


# Programs.


def test_health_is_json(http, lab):
    answer = http.get("/health")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "status": "ok",
        "device": "CPU",
        "checkpoints": dict.fromkeys(sorted(lab.zoo), "ready"),
        "samples": lab.samples.current.name,
    }


def test_ready_says_that_a_model_decodes(http):
    answer = http.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_the_client_of_the_readme(client, lab, three, image):
    """Every endpoint, as a program calls it; the answers are the models' own."""
    model = lab.zoo["vae-2"].model
    x = torch.tensor(image).view(1, 1, 28, 28)

    found = client.predict(image, "vae-2", api_name="/reconstruct")
    picture = model.reconstruct(x)[0, 0]
    assert found["code"] == pytest.approx(model.encode(x).mean[0].tolist(), abs=1e-5)
    assert np.allclose(found["picture"], picture, atol=1e-4)
    assert found["mse"] == pytest.approx(float(((picture - x) ** 2).mean()), rel=1e-4)

    found = client.predict(image, "vae-2", "gaussian-noise", 0.5, 7, api_name="/denoise")
    noisy = CORRUPTIONS["gaussian-noise"](0.5).sample(x[0], torch.Generator().manual_seed(7))
    assert np.allclose(found["corrupted"], noisy[0], atol=1e-4)
    assert found["psnr"] == pytest.approx(-10 * np.log10(found["mse"]))

    found = client.predict([0.5, -1.0], "vae-2", api_name="/decode")
    expected = model.decode(torch.tensor([[0.5, -1.0]])).mean[0, 0]
    assert np.allclose(found["picture"], expected, atol=1e-4)

    found = client.predict(image, image, "vae-2", "spherical", 3, api_name="/interpolate")
    assert np.allclose(found["pictures"], picture.expand(3, 28, 28), atol=1e-4)

    found = client.predict("vae-2", 2, 1.0, 7, api_name="/sample")
    z = torch.randn(2, 2, generator=torch.Generator().manual_seed(7))
    assert np.allclose(found["codes"], z, atol=1e-5)
    assert np.allclose(found["pictures"], model.decode(z).mean[:, 0], atol=1e-4)


def test_arguments_have_names(client, image):
    found = client.predict(model="vae-2", code=[0.0, 0.0], api_name="/decode")
    again = client.predict([0.0, 0.0], "vae-2", api_name="/decode")
    assert found == again
    named = client.predict(model="ae-2", count=1, temperature=0.0, seed=0, api_name="/sample")
    assert named["codes"] == [[0.0, 0.0]]


def test_only_the_five_endpoints_are_documented(client):
    described = client.view_api(return_format="dict", print_info=False)
    assert set(described["named_endpoints"]) == {
        "/reconstruct",
        "/denoise",
        "/decode",
        "/interpolate",
        "/sample",
    }
    assert not described["unnamed_endpoints"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("/sample", ("nope", 1, 1.0, 0)),
        ("/sample", (None, None, None, None)),
        ("/sample", ({"ae-2": 1}, 1, 1.0, 0)),
        ("/sample", ("ae-2", -5, 1.0, 0)),
        ("/sample", ("ae-2", 10**9, 1.0, 0)),
        ("/sample", ("ae-2", 2.7, 1.0, 0)),
        ("/sample", ("ae-2", "4", 1.0, 0)),
        ("/sample", ("ae-2", 1, 1e38, 0)),
        ("/sample", ("ae-2", 1, 1.0, 2**64 - 1)),
        ("/sample", ("ae-2", 1, 1.0, -1)),
        ("/decode", ([0.0], "ae-2")),
        ("/decode", ([None, 0.0], "ae-2")),
        ("/decode", ("text", "ae-2")),
        ("/decode", ([1e38, 0.0], "ae-2")),
        ("/reconstruct", ([], "ae-2")),
        ("/reconstruct", ("text", "ae-2")),
        ("/reconstruct", (None, "ae-2")),
        ("/interpolate", ([], [], "ae-2", "linear", 10**6)),
        ("/denoise", ([], "ae-2", "masking", 0.5, 0)),
    ],
)
def test_bad_arguments_get_a_sentence(client, healthy, assert_sentence, name, arguments):
    with pytest.raises(AppError) as caught:
        client.predict(*arguments, api_name=name)
    assert_sentence(caught.value.message)
    assert "nope" not in caught.value.message
    healthy()


def called(http, name, data):
    """What the queue answers to a raw call: its last event and its data."""
    event = http.post(f"/gradio_api/call/{name}", json={"data": data}).json()["event_id"]
    lines = http.get(f"/gradio_api/call/{name}/{event}").text.strip().splitlines()
    return lines[-2].removeprefix("event: "), json.loads(lines[-1].removeprefix("data: "))


def test_a_raw_call_may_leave_out_what_has_a_default(http, client):
    event, answer = called(http, "sample", ["ae-2", 1, 1.0, 0])
    assert event == "complete"
    assert answer == [client.predict("ae-2", 1, 1.0, 0, api_name="/sample")]


@pytest.mark.parametrize(
    "data",
    [
        [],
        ["ae-2"],
        ["ae-2", 1, 1.0, 0, None, 5],
        ["ae-2", 1, 1.0, 0, 5],
        [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, 1, 1.0, 0],
        [{"path": "http://127.0.0.1/health", "meta": {"_type": "gradio.FileData"}}, 1, 1.0, 0],
    ],
    ids=["none", "too few", "too many", "a label", "a path", "a loopback address"],
)
def test_raw_calls_that_do_not_fit_get_a_sentence(http, healthy, assert_sentence, data):
    event, answer = called(http, "sample", data)
    assert event == "error"
    assert_sentence(answer["error"])
    assert "passwd" not in answer["error"]
    healthy()


# What stands around the page.


def test_the_preview_of_a_link_is_ours(http):
    text = http.get("/").text
    assert re.findall(r'"og:title" content="([^"]*)"', text) == ["Latent Lab"]
    assert len(re.findall(r'"og:description" content="See what autoencoders know', text)) == 1
    head = text[:4096]  # few who preview a link read further
    assert '"og:title"' in head
    assert "<title>Latent Lab</title>" in head
    assert not any("gradio" in tag.lower() for tag in re.findall("<meta[^>]*>", text))


def test_the_preview_of_a_link_has_a_picture_at_its_whole_address(http):
    text = http.get(
        "/", headers={"x-forwarded-host": "lab.localhost", "x-forwarded-proto": "https"}
    )
    (whole,) = re.findall(r'"og:image" content="([^"]*)"', text.text[:4096])
    assert whole == "https://lab.localhost/preview.png"
    (here,) = re.findall(r'"og:image" content="([^"]*)"', http.get("/").text)
    answer = http.get(here)
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) < 150_000
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (1200, 630)


def test_the_icon_for_phones_is_a_picture_of_the_size_they_ask_for(http):
    (address,) = re.findall(r'"apple-touch-icon" href="([^"]*)"', http.get("/").text)
    with Image.open(BytesIO(http.get(f"/{address}").content)) as icon:
        assert icon.size == (180, 180)


def test_the_icon_is_ours_and_a_drawing(http, healthy):
    icon = http.get("/favicon.ico")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert icon.content == (Path(page.__file__).parent / "icon.svg").read_bytes()
    refused(http.get("/pwa_icon/512"))  # in another size, which costs memory
    healthy()


# What the page's scripts ask.

DIGIT = {"shape": [1, 28, 28], "pixels": base64.b64encode(bytes(784)).decode()}


@pytest.fixture(scope="session")
def ask(http):
    """ask(route, question): the answer to a script's question."""

    def post(name, question):
        # By hand: httpx refuses to send the NaN that a script can.
        return http.post(f"/ask/{name}", content=json.dumps(question), headers=JSON)

    return post


def test_no_event_of_the_page_reaches_python(config):
    """The page opens views itself; whatever needs Python asks a route, without a session."""
    assert {d["api_visibility"] for d in config["dependencies"]} == {"public"}


def test_a_page_of_no_models_opens_without_an_error(tmp_path):
    app, address, _ = page.serve(
        Lab(Zoo(tmp_path), Samples()),
        prevent_thread_lock=True,
        server_name="127.0.0.1",
        server_port=free_port(),
        quiet=True,
    )
    try:
        with httpx.Client(base_url=address.rstrip("/"), timeout=60) as http:
            assert http.get("/").status_code == 200
            assert len(http.post("/ask/digit/samples", json={}).json()["digits"]) == 60
            assert http.get("/health").status_code == 200
            assert http.get("/ready").status_code == 503  # there is nothing to be seen yet
            for name in ("reconstruct/digit", "decode"):
                refused(http.post(f"/ask/{name}", json={"digit": DIGIT}))
    finally:
        app.get_blocks().close(verbose=False)


def test_a_slider_gets_its_picture_without_the_queue(ask, lab):
    answer = ask("decode", {"models": ["vae-2"], "z": [[0, 1.5]]})
    shown = np.frombuffer(base64.b64decode(answer.json()["pixels"][0]), np.uint8)
    expected = lab.zoo["vae-2"].model.decode(torch.tensor([[0, 1.5]])).mean.flatten() * 255
    assert np.allclose(shown, expected, atol=0.51)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        *(
            ("decode", {"models": ["vae-2"], "z": [z]})
            for z in ([float("nan"), 0], [float("inf"), 0], [1e38, 0], [10**400, 0], None, [0], "z")
        ),
        ("decode", {"models": ["\ud800"], "z": [[0, 0]]}),
        ("decode", {"models": "vae-2", "z": [[0, 0]]}),
        ("decode", None),
        ("encode", {"models": ["vae-2"], "digit": DIGIT | {"pixels": "AAAA"}}),
        ("encode", {"models": "vae-2", "digit": DIGIT}),
        ("maps/path", {"model": "vae-16", "a": [0, 0], "b": [1, 1], "frames": 9}),
        ("maps/path", {"model": "vae-2", "a": [0], "b": [1, 1], "frames": 9}),
        ("digit/photo", {"path": "/etc/passwd"}),
        ("digit/photo", {"content": DIGIT["pixels"]}),
        ("digit/photo", [1]),
    ],
)
def test_a_question_that_is_nonsense_gets_a_sentence(ask, healthy, assert_sentence, name, question):
    answer = ask(name, question)
    refused(answer)
    assert_sentence(answer.json()["error"])
    healthy()


@pytest.mark.parametrize("name", ["nope", "", "..%2fhealth", "__init__", "%00", "a" * 5000])
def test_an_unknown_route_is_refused(ask, http, healthy, name):
    refused(ask(name, {}))
    refused(http.get(f"/ask/{name}"))
    healthy()


@pytest.mark.parametrize("component", [99_999, -1, 10**30, "x", None, [1], 1.5, 3])
@pytest.mark.parametrize("function", ["decode_codes", "__init__", "preprocess"])
def test_no_component_has_functions_to_be_called(http, healthy, component, function):
    body = {"session_hash": "s", "component_id": component, "fn_name": function, "data": {}}
    refused(http.post(COMPONENT, json=body))
    healthy()


# Networks for the browser.


def test_a_network_is_sent_once_and_kept(http, lab):
    address = lab.networks.addresses("vae-2")["decoder"]
    packed = http.get(f"/{address}", headers={"Accept-Encoding": "gzip"})
    plain = http.get(f"/{address}", headers={"Accept-Encoding": "identity"})
    assert packed.content == plain.content == portable.decoder(lab.zoo["vae-2"].model).content()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "immutable" in plain.headers["Cache-Control"]


def test_the_page_is_laid_out_without_any_weights(checkpoints, monkeypatch):
    monkeypatch.setattr(zoo, "build", lambda config: 1 / 0)
    page.build_page(Lab(Zoo(checkpoints), Samples()))


def test_a_network_has_an_address_of_its_own_for_which_no_weights_are_read(
    lab, checkpoints, monkeypatch
):
    """Another start of the same page gives the same address, or browsers would fetch anew."""
    addresses = [a for name in lab.zoo for a in lab.networks.addresses(name).values()]
    assert len(set(addresses)) == len(addresses) == 2 * len(lab.zoo)
    monkeypatch.setattr(zoo, "build", lambda config: 1 / 0)
    again = Lab(Zoo(checkpoints), Samples())
    assert [a for name in again.zoo for a in again.networks.addresses(name).values()] == addresses


@pytest.mark.parametrize("file", ["nope", "..%2Fapp.py", "%00", "decoder-.safetensors", "x" * 5000])
def test_an_unknown_network_is_refused(http, healthy, file):
    refused(http.get(f"/files/{file}"))
    healthy()


# What HTTP may bring.

MALFORMED = {
    "half": b'{"data": [',
    "empty": b"",
    "a list": b"[]",
    "null": b"null",
    "no fields": b"{}",
    "text": b'"x"',
    "bytes": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
}
POSTED = [
    COMPONENT,
    "/gradio_api/call/sample",
    "/gradio_api/call/v2/sample",
    "/gradio_api/run/predict",
    "/gradio_api/run/sample",
    "/gradio_api/api/sample",
    "/gradio_api/queue/join",
    "/gradio_api/cancel",
    "/gradio_api/upload",
]


@pytest.mark.parametrize("path", POSTED)
def test_malformed_json_is_refused(http, healthy, path):
    for body in MALFORMED.values():
        refused(http.post(path, content=body, headers=JSON))
    healthy()


@pytest.mark.parametrize(
    "body",
    [
        {"content": b"abc", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"content": b"abc", "headers": {"content-type": "multipart/form-data"}},
        {"files": {"a": ("a.png", b"x")}},
        {"content": b"hello", "headers": {"content-type": "text/plain"}},
    ],
    ids=["broken", "no boundary", "no fields", "text"],
)
def test_a_component_refuses_what_is_no_json(http, healthy, body):
    refused(http.post(COMPONENT, **body))
    healthy()


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/gradio_api/nope",
        "/gradio_api/call/nope",
        "/gradio_api/call/v2/nope",
        "/gradio_api/run/nope",
        "/gradio_api/api/nope",
        "/gradio_api/queue/nope",
    ],
)
def test_an_unknown_endpoint_is_refused(http, healthy, path):
    if "/call/v2/" not in path:  # there a GET names an event of the endpoint v2
        refused(http.get(path))
    refused(http.post(path, json={"data": []}))
    healthy()


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
@pytest.mark.parametrize("index", [99_999, -1, 10**30, None, "x", 1.5])
def test_an_unknown_event_is_refused(http, healthy, path, index):
    refused(http.post(path, json={"data": [], "fn_index": index, "session_hash": "s"}))
    healthy()


@pytest.mark.parametrize("arguments", [{}, {"model": "ae-2"}, {"model": "ae-2", "bogus": 1}])
def test_named_arguments_that_do_not_fit_are_refused(http, healthy, arguments):
    refused(http.post("/gradio_api/call/v2/sample", json=arguments))
    healthy()


def test_the_queue_cannot_be_bypassed(http, config):
    (index,) = (d["id"] for d in config["dependencies"] if d["api_name"] == "sample")
    body = {"data": ["ae-2", 1, 1.0, 0]}
    refused(http.post("/gradio_api/run/sample", json=body))
    refused(http.post("/gradio_api/api/sample", json=body))
    refused(http.post("/gradio_api/run/predict", json=body | {"fn_index": index}))


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../../../etc/passwd",
        "/gradio_api/file=..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/gradio_api/file=app.py",
        f"/gradio_api/file={APP}",
        "/gradio_api/file=/proc/self/environ",
        "/gradio_api/file=file:///etc/passwd",
        "/gradio_api/file=%00",
        "/gradio_api/file=" + "a" * 5000,
        "/gradio_api/file=",
        "/gradio_api/file/etc/passwd",
        "/file=/etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_file_of_this_machine_leaves_it(http, healthy, path):
    answer = http.get(path)
    # The path that was asked for may be repeated; what lies there may not be shown.
    assert 400 <= answer.status_code < 500
    assert "root:" not in answer.text
    assert "import os" not in answer.text
    healthy()


@pytest.mark.parametrize("form", ["/gradio_api/file={}", "/gradio_api/proxy={}"])
def test_the_page_fetches_nothing_for_a_visitor(http, url, form):
    answer = http.get(form.format(f"{url}/health"))
    refused(answer)
    assert "checkpoints" not in answer.text


@pytest.mark.parametrize("path", ["/monitoring", "/monitoring/summary"])
def test_nobody_can_watch_the_others(http, path):
    refused(http.get(path))


def test_nothing_is_uploaded(http, healthy):
    before = sorted(Path(get_upload_folder()).rglob("*"))
    answer = http.post("/gradio_api/upload", files={"files": ("a.png", bytes(1000))})
    assert answer.status_code == 404
    refused(answer)
    assert sorted(Path(get_upload_folder()).rglob("*")) == before
    healthy()


@pytest.mark.parametrize(
    "path", [COMPONENT, "/ask/digit/photo", "/gradio_api/call/sample", "/gradio_api/run/predict"]
)
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_twenty_megabytes_of_json_are_refused(http, healthy, path, chunked):
    body = b'{"data": ["' + b"A" * 20_000_000 + b'"]}'
    # An iterator is sent in chunks, so that no header tells how long it will be.
    content = (body[i : i + 2**20] for i in range(0, len(body), 2**20)) if chunked else body
    refused(http.post(path, content=content, headers=JSON))
    healthy()


def test_a_photo_of_ten_megabytes_is_read(ask, healthy):
    # The largest that the page promises to take must pass every limit on the way to its sentence.
    photo = base64.b64encode(bytes(9_999_999)).decode()
    answer = ask("digit/photo", {"content": photo})
    assert answer.status_code == 422
    assert "large" not in answer.json()["error"]
    healthy()


# Whatever else is sent.

GOOD = {
    "/ask/decode": {"models": ["vae-2"], "z": [[0, 1.5]]},
    "/ask/digit/samples": {},
    "/ask/digit/photo": {"content": "AAAA"},
    "/gradio_api/call/sample": {"data": ["ae-2", 1, 1.0, 0]},
    "/gradio_api/call/v2/decode": {"code": [0, 0], "model": "ae-2"},
    "/gradio_api/queue/join": {"data": ["ae-2", 1, 1.0, 0], "fn_index": 1, "session_hash": "s"},
    "/gradio_api/cancel": {"session_hash": "s", "fn_index": 1, "event_id": "e"},
}
ASKED_FOR = [
    *("/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/health", "/ready"),
    *("/assets/a.js", "/static/a", "/scripts/a/b.js", "/files/a", "/gradio_api/info"),
    *("/gradio_api/openapi.json", "/gradio_api/app_id", "/gradio_api/queue/data"),
    *("/gradio_api/call/sample/e", "/gradio_api/startup-events", "/gradio_api/theme.css"),
]
TEXTS = ["", "\0", "%", "é", "\ud800", "../", "\\", "a" * 300, "{}", "'", "\n", "💥", "9" * 400]
VALUES = [*NAMES, *TEXTS, [[]], {"a": {}}, {"path": "/etc/passwd"}, -0.0, 2**63, "1e9", False]
HEADERS = [
    *(
        {"Content-Type": kind}
        for kind in ("", "text/plain", "multipart/form-data", "a/b; charset=x")
    ),
    *({"Accept-Encoding": kind} for kind in ("", "gzip;q=0", "br, *", ",,,", "x" * 2000)),
    *({"Content-Encoding": "gzip"}, {"Transfer-Encoding": "gzip"}, {"Range": "bytes=9-1"}),
    *({"Cookie": "a=\x7f; ;=;"}, {"Authorization": "Basic !"}, {"X-Forwarded-Proto": "\x00"}),
    *({"X-Forwarded-Host": "["}, {"X-Gradio-Server": "http://["}, {"If-None-Match": "*" * 999}),
    *({"Forwarded": "for=[::]"}, {"X-Forwarded-For": "a,,b"}, {"Host": "a:b:c"}, {"Origin": "["}),
]


def malformed(random):
    """One request that no page and no program of ours would send, as arguments of httpx."""
    method, path = random.choice([*(("POST", p) for p in GOOD), *(("GET", p) for p in ASKED_FOR)])
    body = copy.deepcopy(GOOD.get(path, {}))
    for _ in range(random.choice([0, 1, 1, 2])):
        if body and random.random() < 0.8:
            data = body.get("data")
            place = data if isinstance(data, list) and data and random.random() < 0.5 else body
            keys = list(body) if place is body else range(len(data))
            place[random.choice(keys)] = random.choice(VALUES)
        else:
            body[random.choice(["", "data", "fn_index", "more"])] = random.choice(VALUES)
    content = json.dumps(body).encode()
    if random.random() < 0.3:  # cut off, or with a byte changed
        at = random.randrange(len(content))
        content = content[:at] + random.choice([b"", b"\0", b"\xff", b"["]) + content[at + 1 :]
    if random.random() < 0.4:
        path += random.choice(["/", "?", "?a", "/..", "%2f", "%00", "%", "/" + quote(path), "//a"])
    if random.random() < 0.3:
        names = ["deep_link", "page", "session_hash", "event_id", "__theme", "view", ""]
        path += f"?{random.choice(names)}={quote(random.choice(TEXTS).encode('utf-8', 'replace'))}"
    if random.random() < 0.15:
        method = random.choice(
            ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "BREW", "get"]
        )
    headers = random.choice(HEADERS) if random.random() < 0.4 else {}
    sends = {"content": content} if method not in ("GET", "HEAD") or random.random() < 0.1 else {}
    return {"method": method, "url": path, "headers": JSON | headers, **sends}


@pytest.mark.parametrize("seed", range(8))
def test_nonsense_is_never_a_fault_of_the_server(http, healthy, seed, capfd):
    """Hundreds of requests, each nearly right: a refusal is 4xx, and no traceback is written."""
    random = Random(seed)
    for _ in range(100):
        sent = malformed(random)
        try:
            with http.stream(**sent) as answer:  # a stream is looked at, not read to its end
                assert answer.status_code < 500, sent
        except httpx.LocalProtocolError:
            continue  # httpx itself would not send it
    healthy()
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"POST /ask/decode HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /ask/decode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_hardly_http_is_refused(url, healthy, sent):
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(sent)
        assert re.match(rb"HTTP/1.1 4\d\d ", connection.recv(100))
    healthy()


def test_a_connection_that_says_nothing_whole_is_closed(url, healthy, monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE", 0.1)
    host, _, port = url.removeprefix("http://").partition(":")
    for begun in (b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(begun)
            assert connection.recv(1) == b""
    healthy()


def test_connections_have_an_end(url, healthy, monkeypatch):
    monkeypatch.setattr(connections, "MOST", 0)
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        assert connection.recv(1) == b""
    monkeypatch.undo()
    healthy()


# Starting.


@pytest.fixture
def start(tmp_path):
    """start(port, **environment): app.py as a process of its own, ended with the test."""
    output = tmp_path / "output"
    plain = {k: v for k, v in os.environ.items() if k.lower() != "no_proxy"}
    settings = {
        "LATENT_DATA": str(tmp_path / "data"),
        "LATENT_DEVICE": "cpu",
        "OMP_NUM_THREADS": "1",
    }
    with ExitStack() as started:

        def launch(port, **environment):
            file = started.enter_context(output.open("w", encoding="utf-8"))
            process = started.enter_context(
                subprocess.Popen(
                    [sys.executable, APP],
                    env=plain | settings | {"LATENT_PORT": str(port)} | environment,
                    stdout=file,
                    stderr=file,
                    cwd=tmp_path,
                )
            )
            started.callback(process.kill)
            return process, lambda: output.read_text(encoding="utf-8")

        yield launch


def answers(port, process):
    """Wait until the page answers or its process ends: what /health says, or None."""
    while process.poll() is None:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).json()
        except httpx.HTTPError:
            time.sleep(0.2)
    return None


def test_it_starts_with_no_network_behind_a_proxy_and_with_half_a_data_set(start, tmp_path):
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"\x00\x00\x08\x03\x00\x00")
    (raw / "t10k-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8b")
    # Nothing listens there: whatever goes through the proxy fails, as it does without a network.
    proxies = {f"{kind}_proxy": f"http://127.0.0.1:{free_port()}" for kind in ("http", "https")}
    port = free_port()
    process, said = start(port, **proxies, **{k.upper(): v for k, v in proxies.items()})
    health = answers(port, process)
    assert health is not None, said()
    assert health["samples"] == EMBEDDED
    assert "Traceback" not in said()


def test_it_starts_with_a_socks_proxy(start):
    port = free_port()
    process, said = start(port, LATENT_OFFLINE="1", ALL_PROXY=f"socks5://127.0.0.1:{free_port()}")
    assert answers(port, process) is not None, said()
    assert "Traceback" not in said()


def test_too_little_memory_is_one_line(start, assert_sentence):
    resource = pytest.importorskip("resource")
    unlimited = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2_500 * 2**20, unlimited[1]))
    try:
        process, said = start(free_port(), LATENT_OFFLINE="1")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, unlimited)
    assert process.wait() == 1
    assert_sentence(said())


def test_a_page_that_is_told_to_stop_answers_what_was_asked(start):
    """SIGTERM: no new question is taken, the one under way is answered, and that was no failure."""
    port = free_port()
    process, said = start(port, LATENT_OFFLINE="1")
    assert answers(port, process) is not None, said()
    body = b'{"models": ["vae-2"], "z": [[0, 1.5]]}'
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(
            b"POST /ask/decode HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert b"100 Continue" in connection.recv(100)  # the server is reading
        process.send_signal(signal.SIGTERM)
        while httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).is_success:
            pass
        connection.sendall(body)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    assert process.wait(30) == 0
    assert "Traceback" not in said()


def test_it_starts_where_text_is_not_utf_8_unless_one_says_so(start):
    port = free_port()
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    process, said = start(port, LATENT_OFFLINE="1", **ascii_only)
    assert answers(port, process) is not None, said()
    assert "Traceback" not in said()


def test_a_page_slower_than_gradios_check_is_served(monkeypatch, tmp_path):
    """Gradio asks for the page once it is up, and after three seconds ended the server."""
    render = routes.templates.TemplateResponse
    monkeypatch.setattr(
        routes.templates, "TemplateResponse", lambda *a, **k: time.sleep(4) or render(*a, **k)
    )
    app, address, _ = page.serve(
        Lab(Zoo(tmp_path), Samples()),
        prevent_thread_lock=True,
        server_name="127.0.0.1",
        server_port=free_port(),
        quiet=True,
    )
    try:
        assert httpx.get(f"{address}health", trust_env=False).status_code == 200
    finally:
        app.get_blocks().close(verbose=False)


@pytest.fixture
def stopped(monkeypatch, lab):
    """stopped(*arguments, **environment): app.py's main over the small models; its last words."""
    import app

    serve = page.serve  # Nothing may be left running, not even if it starts where it should not.
    monkeypatch.setattr(
        page, "serve", lambda lab, **more: serve(lab, **more, prevent_thread_lock=True, quiet=True)
    )
    monkeypatch.setattr("views.kit.lab.open_lab", lambda *folders: lab)

    def run(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as caught:
            app.main([*arguments])
        return caught.value.code

    return run


@pytest.mark.parametrize("told", ["argument", "environment"])
def test_a_port_in_use_is_one_line(stopped, url, healthy, assert_sentence, told):
    port = url.rpartition(":")[2]
    words = stopped("--port", port) if told == "argument" else stopped(LATENT_PORT=port)
    assert_sentence(words)
    assert port in words
    healthy()  # the page that has the port keeps it


@pytest.mark.parametrize("port", ["http", "-1", "0", "99999", "80.5", "9" * 5000, "٨٠"])
def test_a_port_that_is_none_is_one_line(stopped, assert_sentence, port):
    for words in (stopped(f"--port={port}"), stopped(LATENT_PORT=port)):
        assert_sentence(words)
        assert "LATENT_PORT" in words


@pytest.mark.parametrize("host", ["", "nobody.invalid", "192.0.2.1", "1.2.3.4.5", "a b", "::g"])
def test_a_host_that_is_not_this_machine_is_one_line(stopped, assert_sentence, host):
    words = stopped(f"--host={host}")
    assert_sentence(words)
    assert "--host" in words


@pytest.mark.parametrize("path", ["lab", "/a b", "/lab?x=1", "/lab#x", "ftp://lab", "/<b>"])
def test_a_prefix_that_is_none_is_one_line(stopped, assert_sentence, path):
    words = stopped(f"--root-path={path}")
    assert_sentence(words)
    assert "--root-path" in words


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--allowed-hosts", v) for v in ("http://a", "a b", "a:80", "a;b")),
        *(
            ("--framed-by", v)
            for v in ("a", "https://a/b", "https://a; script-src *", "'self'", "*")
        ),
    ],
)
def test_a_name_or_site_that_is_none_is_one_line(stopped, assert_sentence, option, value):
    words = stopped(f"{option}={value}")
    assert words.startswith(option)
    assert len(words.splitlines()) == 1


def test_no_folder_for_temporary_files_is_one_line(stopped, assert_sentence, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["nowhere"])
    words = stopped()
    assert_sentence(words)
    assert "TMPDIR" in words


def test_a_folder_of_checkpoints_that_is_not_there_is_one_line(
    monkeypatch, assert_sentence, tmp_path
):
    import app

    with pytest.raises(SystemExit) as caught:
        app.main(["--checkpoints", str(tmp_path / "none")])
    assert_sentence(caught.value.code)
    assert "--checkpoints" in str(caught.value.code)


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, ("127.0.0.1", None, "")),
        ([], {"GRADIO_SERVER_NAME": "0.0.0.0"}, ("0.0.0.0", None, "")),
        (["--host=127.0.0.1"], {"GRADIO_SERVER_NAME": "0.0.0.0"}, ("127.0.0.1", None, "")),
        (["--port", "80"], {"LATENT_PORT": "81"}, ("127.0.0.1", 80, "")),
        (["--root-path", "/lab/"], {}, ("127.0.0.1", None, "/lab")),
        ([], {"GRADIO_ROOT_PATH": "/lab"}, ("127.0.0.1", None, "/lab")),
        (["--root-path=/"], {}, ("127.0.0.1", None, "")),
    ],
)
def test_arguments_go_before_the_environment(monkeypatch, lab, arguments, environment, expected):
    import app

    seen = []
    for name in ("GRADIO_SERVER_NAME", "GRADIO_ROOT_PATH", "LATENT_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("views.kit.lab.open_lab", lambda *folders: seen.append(folders[1]) or lab)
    monkeypatch.setattr(
        page, "serve", lambda lab, policy, **rest: seen.append(tuple(rest.values()))
    )
    app.main([*arguments, "--checkpoints", "mine"])
    assert seen == ["mine", expected]


def test_help_is_there_at_once_and_names_every_option():
    """Before torch and Gradio are imported, which takes seconds."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", APP, "--help"], capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0
    options = ("--host", "--port", "--root-path", "--checkpoints", "--allowed-hosts", "--framed-by")
    for option in (*options, "--log"):
        assert option in run.stdout
    assert not re.search(r"\| +(torch|gradio)$", run.stderr, re.MULTILINE)


def test_a_python_that_is_too_old_is_one_line(monkeypatch, assert_sentence):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(APP))
    assert_sentence(caught.value.code)
    assert "3.10" in str(caught.value.code)
