"""The handlers of every view, without a page: what they say is true, and nonsense gets words."""

import base64
import io
import json
import math
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient

from data import datasets, embedded
from models import zoo
from models.corruption import CORRUPTIONS
from tests.asking import asking
from tests.nonsense import NAMES as NOT_NAMES
from tests.nonsense import NUMBERS as NOT_NUMBERS
from tests.nonsense import WHOLE as NOT_WHOLE
from views import HOME, load_views
from views.kit.lab import Lab
from views.kit.pictures import Picture, picture_of, read_picture
from views.kit.routes import FUNCTIONS, models_of
from views.kit.samples import Samples
from views.kit.worker import Worker
from views.shell import api, digit_input, page
from views.shell.header import Header

JSON = {"Content-Type": "application/json"}


def all_routes():
    """{name: function} of every route that any view declares."""
    load_views()
    return FUNCTIONS


def picked(lab, index):
    """A sample of the page as the page sends it back."""
    sample = digit_input.sample_digits(lab, digit_input.Nothing()).digits[index]
    return Picture(shape=list(lab.shape), pixels=sample.pixels)


@pytest.fixture(scope="module")
def three(lab):
    return read_picture(picked(lab, 3), lab.shape)


@pytest.fixture(scope="module")
def eight(lab):
    return read_picture(picked(lab, 8), lab.shape)


def pixels_of(text, *shape):
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def bytes_of(pictures):
    """What a picture in [0, 1] looks like in bytes, computed apart from figures.py."""
    return (pictures.clamp(0, 1) * 255).round().byte().numpy()


def picture_in(uri):
    kind, content = uri.split(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(content)))
    assert kind == f"data:image/{image.format.lower()}"
    return image


def squared_error(picture, target):
    return sum((p - t) ** 2 for p, t in zip(picture.tolist(), target.tolist(), strict=True)) / len(
        picture
    )


def mse_of(picture, target):
    return squared_error(picture.flatten().double(), target.flatten().double())


def same_picture(found, expected):
    """Equal but for the last bit, which a sum in another order may move across a half."""
    return np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= 1


# The digit.


def test_the_samples_are_six_rows_of_ten_classes(lab):
    found = digit_input.sample_digits(lab, digit_input.Nothing())
    assert [sample.label for sample in found.digits] == list(range(10)) * 6
    assert len({sample.pixels for sample in found.digits}) == 60
    assert found.name == lab.samples.current.name


def test_a_random_digit_is_a_test_image_with_its_label(lab):
    split = lab.samples.current.split
    images = split.images.flatten(1)
    drawn = [digit_input.random_digit(lab, digit_input.Nothing()) for _ in range(20)]
    for sample in drawn:
        own = torch.from_numpy(pixels_of(sample.pixels, 784).copy())
        (index,) = (images == own).all(1).nonzero().flatten().tolist()
        assert split.labels[index] == sample.label
    assert len({sample.pixels for sample in drawn}) > 5


def test_a_digit_survives_the_way_to_the_page_and_back(lab, three):
    assert three.shape == (1, 28, 28)
    assert picture_of(three) == picked(lab, 3)
    assert torch.equal(read_picture(picture_of(three), lab.shape), three)


def canvas(side=56):
    """A drawing of a vertical stroke, grey bytes [side, side]."""
    drawing = np.zeros((side, side), np.uint8)
    drawing[side // 4 : -side // 4, side // 2 - 2 : side // 2 + 2] = 255
    return drawing


def photo_message(content):
    return {"content": base64.b64encode(content).decode()}


@pytest.fixture(scope="module")
def send_photo():
    """send_photo(question): what the page's script gets."""
    return asking(digit_input.normalize_photo, Worker("photos", 1))


def encoded(array, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind)
    return buffer.getvalue()


def step(answer, name):
    return pixels_of(answer[name]["pixels"], answer[name]["height"], answer[name]["width"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_photo_of_dark_ink_is_inverted(send_photo, kind):
    answer = send_photo(photo_message(encoded(255 - canvas(112), kind)))
    assert answer["inverted"]
    digit = step(answer, "digit")
    assert digit.shape == (28, 28)
    assert digit[14, 14] > 200
    assert digit[0].max() < 30
    for name in ("ink", "cropped"):
        assert step(answer, name).any()


@pytest.mark.parametrize("level", [0, 255])
def test_of_an_even_sheet_it_is_said_that_no_digit_was_found(send_photo, level):
    sheet = np.full((64, 64), level, np.uint8)
    assert "No digit was found" in send_photo(photo_message(encoded(sheet)))["error"]


def bomb():
    """A small file of 20,000 by 20,000 pixels: only its header says so."""
    content = bytearray(encoded(np.zeros((1, 1), np.uint8)))
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    return bytes(content)


# What RELIABILITY asks of numbers, and of everything else that is to be one.
NOT_CODES = [
    *(value for value in NOT_NAMES if value not in ([], [1])),
    [],
    [1.0],
    [1.0, 2.0, 3.0],
    *([1.0, value] for value in NOT_NUMBERS if value != -1),
    [[1.0, 2.0]],
]
NOT_PHOTOS = [
    {},
    *({"content": value} for value in (None, 3, [], "", "not base64", "A" * 13_340_000)),
    {"content": "A" * 14_000_000},
    *map(
        photo_message,
        (
            b"",
            b"text",
            encoded(canvas())[:60],
            encoded(255 - canvas(), "JPEG")[:100],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
            b"%PDF-1.4\n",
            bomb(),
        ),
    ),
]


@pytest.mark.parametrize("question", NOT_PHOTOS, ids=lambda question: repr(question)[:30])
def test_what_is_no_photo_gets_a_sentence(send_photo, assert_sentence, question):
    answer = send_photo(question)
    assert answer.keys() == {"error"}
    assert_sentence(answer["error"])


def good_arguments(lab):
    """{handler: its arguments by name}, all of them good."""
    x = read_picture(picked(lab, 3), lab.shape)
    rows = (x[0] * 1.0).tolist()
    endpoints = {function.__name__: function for function in api.endpoints(lab)}
    return {
        "/reconstruct": (endpoints["reconstruct"], {"image": rows, "model": "vae-2"}),
        "/denoise": (
            endpoints["denoise"],
            {"image": rows, "model": "vae-2", "corruption": "masking", "strength": 0.5, "seed": 0},
        ),
        "/decode": (endpoints["decode"], {"code": [1.0, 2.0], "model": "vae-2"}),
        "/interpolate": (
            endpoints["interpolate"],
            {"a": rows, "b": rows, "model": "vae-2", "path": "linear", "steps": 3},
        ),
        "/sample": (
            endpoints["sample"],
            {"model": "vae-2", "count": 2, "temperature": 1.0, "seed": 0},
        ),
    }


def one_pixel(value):
    return [[value] + [0.0] * 27] + [[0.0] * 28] * 27


NOT_IMAGES = [
    *(value for value in NOT_NAMES if not isinstance(value, list)),
    [],
    [[0.0] * 28] * 27,
    [[0.0] * 27] * 28,
    [0.0] * 28,
    [[[0.0]] * 28] * 28,
    *(one_pixel(value) for value in NOT_NUMBERS),
    one_pixel(1.001),
]
NOT_MODELS = [None, "AE", {}, 3, math.nan, ["x"], ["ae"], [["AE"]], [None], [{}]]
BAD = {
    "seed": NOT_WHOLE,
    "strength": [*NOT_NUMBERS, 1.01],
    "temperature": [*NOT_NUMBERS, 10.01],
    "count": [*NOT_WHOLE, 0, 101, 1e9, -5, 2.7],
    "steps": [*NOT_WHOLE, 0, 1, 65, 10**6],
    "frames": [*NOT_WHOLE, 0, 1, 65, 10**6],
    "models": NOT_MODELS,
    "z": NOT_CODES,
    "code": NOT_CODES,
    "a": NOT_IMAGES,
    "b": NOT_IMAGES,
    "image": NOT_IMAGES,
    **dict.fromkeys(("model", "kind", "start", "corruption", "path", "origin"), NOT_NAMES),
}
# Some names mean different things in different places, and a tensor never comes from outside.
BAD_HERE = {
    ("/denoise", "strength"): [*NOT_NUMBERS, 1.01],
}
ARGUMENTS = {
    "/reconstruct": ("image", "model"),
    "/denoise": ("image", "model", "corruption", "strength", "seed"),
    "/decode": ("code", "model"),
    "/interpolate": ("a", "b", "model", "path", "steps"),
    "/sample": ("model", "count", "temperature", "seed"),
}
CASES = [(handler, argument) for handler, names in ARGUMENTS.items() for argument in names]


@pytest.fixture(scope="module")
def good(lab):
    return good_arguments(lab)


def plain(answer):
    """An answer as something that can be compared."""
    if isinstance(answer, torch.Tensor):
        return answer.tolist()
    return list(answer) if isinstance(answer, tuple) else answer


@pytest.mark.parametrize(("handler", "argument"), CASES, ids=map(": ".join, CASES))
def test_nonsense_gets_one_sentence_and_the_next_request_its_answer(
    good, handler, argument, assert_sentence
):
    ask, arguments = good[handler]
    before = plain(ask(**arguments))
    values = BAD_HERE.get((handler, argument), BAD.get(argument))
    for value in values:
        with pytest.raises(gr.Error) as caught:
            ask(**arguments | {argument: value})
        assert_sentence(caught.value.message)
        assert "nope" not in caught.value.message  # a visitor's text never comes back
        # Gradio would print a traceback for every typing error of a visitor.
        assert not caught.value.print_exception
    assert plain(ask(**arguments)) == before


def test_every_handler_has_its_nonsense(good):
    assert good.keys() == ARGUMENTS.keys()
    # The lab is ours, and a digit has become a tensor before a handler sees it.
    ours = {"lab", "x"}
    for handler, (_, arguments) in good.items():
        left_out = arguments.keys() - ours - set(ARGUMENTS[handler])
        assert not left_out


@pytest.mark.parametrize(
    ("handler", "changes"),
    [
        ("/sample", {"count": 1.0, "temperature": 10}),
        ("/sample", {"count": 100}),
        ("/interpolate", {"steps": 2}),
        ("/interpolate", {"steps": 64}),
        ("/denoise", {"corruption": "gaussian-noise", "strength": 2}),
        ("/decode", {"code": [0, 1]}),
    ],
)
def test_the_ends_of_every_range_are_inside_and_whole_numbers_do(good, handler, changes):
    ask, arguments = good[handler]
    json.dumps(plain(ask(**arguments | changes)), allow_nan=False)


# Programs.


def test_the_endpoints_agree_with_the_models(lab, good, three):
    model = lab.zoo["vae-2"].model
    x = three.unsqueeze(0)

    def ask(name):
        function, arguments = good[name]
        return function(**arguments)

    found = ask("/reconstruct")
    picture = model.reconstruct(x)[0]
    assert found["code"] == pytest.approx(model.encode(x).mean[0].tolist(), abs=1e-6)
    assert np.allclose(found["picture"], picture[0], atol=1e-5)
    assert found["mse"] == pytest.approx(mse_of(picture, three))
    found = ask("/denoise")
    corrupted = CORRUPTIONS["masking"](0.5).sample(three, torch.Generator().manual_seed(0))
    mse = mse_of(model.reconstruct(corrupted.unsqueeze(0))[0], three)
    assert np.allclose(found["corrupted"], corrupted[0], atol=1e-5)
    assert found["mse"] == pytest.approx(mse)
    assert found["psnr"] == pytest.approx(-10 * math.log10(mse))
    found = ask("/decode")
    expected = model.decode(torch.tensor([[1.0, 2.0]])).mean[0, 0]
    assert np.allclose(found["picture"], expected, atol=1e-5)
    found = ask("/interpolate")
    assert len(found["codes"]) == len(found["pictures"]) == 3
    assert found["codes"][0] == pytest.approx(model.encode(x).mean[0].tolist(), abs=1e-6)
    found = ask("/sample")
    expected = torch.randn(2, 2, generator=torch.Generator().manual_seed(0))
    assert np.allclose(found["codes"], expected)
    pictures = model.decode(expected).mean[:, 0]
    assert np.allclose(found["pictures"], pictures, atol=1e-5)


def test_a_perfect_repair_is_still_json(lab, save_checkpoint, tmp_path):
    save_checkpoint(tmp_path, "ae", 2)
    mute = Lab(zoo.Zoo(tmp_path), lab.samples)
    with torch.no_grad():
        *_, last = mute.zoo["ae-2"].model.decoder.parameters()
        last.fill_(-1000)  # log-odds of every pixel: all black, exactly
    endpoints = {function.__name__: function for function in api.endpoints(mute)}
    black = [[0.0] * 28] * 28
    found = endpoints["denoise"](black, "ae-2", "masking", 0.5, 0)
    assert found["mse"] == 0
    json.dumps(found, allow_nan=False)


# What the page's scripts may send: anything.

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
DIGIT = {"shape": [1, 28, 28], "pixels": base64.b64encode(bytes(784)).decode()}


def or_anything(*values):
    return st.sampled_from(values) | ANYTHING


# Nearly right questions get further in than arbitrary ones do.
NEARLY = {
    "array": or_anything([], [0.0, 1.0], [math.nan, 1], [[0.0] * 16], ["ae-2", "vae-2"], [1e6, 0]),
    "boolean": or_anything(True, False),
    "integer": or_anything(0, 2, 16, 2**32 - 1, 2**64, -1),
    "number": or_anything(0.0, 0.5, 3, 1e38, 10**400),
    "object": or_anything(DIGIT, DIGIT | {"shape": [3, 28, 28]}, {"mu": [0.0, 0.0]}),
    "string": or_anything("ae-2", "vae-16", "vae-2", "", "mean", "prior", "AAAA", DIGIT["pixels"]),
}


def nearly(question):
    """Questions with the fields that the route's model names, of the kinds that it names."""
    fields = question.model_json_schema().get("properties", {})
    kind = {name: field.get("type", "object") for name, field in fields.items()}
    return st.fixed_dictionaries({}, optional={n: NEARLY[k] for n, k in kind.items()})


@pytest.fixture(scope="module")
def page_routes(lab):
    """A client of every route of the page."""
    _, routes = page.build_page(lab)
    return TestClient(routes.app)


@pytest.mark.parametrize("name", sorted(all_routes()))
def test_whatever_a_script_sends_is_answered_in_plain_json(page_routes, assert_sentence, name):
    question, _ = models_of(all_routes()[name])

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(message=ANYTHING | nearly(question))
    def hold(message):
        content = json.dumps(message)
        answer = page_routes.post(f"/{name}", content=content, headers=JSON)
        found = answer.json()
        if answer.status_code == 200:
            json.dumps(found, allow_nan=False)
        else:
            assert 400 <= answer.status_code < 500
            assert_sentence(found["error"])

    hold()


# Many at once.


def test_visitors_at_once_get_what_they_would_get_alone(lab):
    jobs = [(api._sample, f"dae-{size}", 3, 1.0, seed) for size in (2, 16) for seed in (0, 1)]

    def visit(job):
        handler, *arguments = job
        return handler(lab, *arguments)

    alone = [visit(job) for job in jobs]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(visit, jobs))
    assert together == alone


def test_a_visitor_leaves_no_trace_in_the_process_seed(good):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    for ask, arguments in good.values():
        ask(**arguments)
    assert torch.equal(torch.get_rng_state(), before)


# Checkpoints that cannot be used.


def test_a_damaged_checkpoint_is_named_and_the_others_work(damaged, three, eight, assert_sentence):
    (reason,) = damaged.zoo.unavailable.values()
    assert_sentence(reason)
    assert "ae-2" in reason
    for ask in (lambda: api._sample(damaged, "ae-2", 1, 1.0, 0),):
        with pytest.raises(gr.Error) as caught:
            ask()
        assert caught.value.message == reason


def test_health_tells_which_checkpoint_is_damaged(damaged):
    found = page.health(damaged)
    assert found["status"] == "degraded"
    assert found["checkpoints"].pop("ae-2") == damaged.zoo.unavailable["ae-2"]
    assert found["checkpoints"] == dict.fromkeys(damaged.zoo, "ready")


def test_every_view_has_a_title_of_its_own_and_a_question_that_fits_the_index():
    views = load_views()
    assert len({view.TITLE for view in views.values()}) == len(views)
    questions = [view.QUESTION for view in views.values()]
    assert len(set(questions)) == len(views)
    assert [q for q in questions if len(q) > 60 or not q.endswith("?")] == []


def test_home_is_the_first_tab_so_that_nothing_mounts_before_it(lab):
    blocks, _ = page.build_page(lab)
    tabs = [block.id for block in blocks.blocks.values() if isinstance(block, gr.Tab)]
    assert tabs == [*load_views()]
    assert tabs[0] == HOME


def test_a_page_can_be_built_with_no_checkpoint_at_all(tmp_path, lab, three, assert_sentence):
    bare = Lab(zoo.Zoo(tmp_path / "absent"), lab.samples)
    blocks, _ = page.build_page(bare)
    assert blocks.blocks
    assert Header(bare).props["trained"] == "no checkpoint"
    assert page.health(bare)["status"] == "degraded"


# Where samples come from.


def test_half_a_data_set_leaves_the_embedded_digits(monkeypatch, tmp_path, no_network):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"\x00\x00\x08\x03\x00\x00")
    monkeypatch.setenv("LATENT_DATA", str(tmp_path))
    samples = Samples()
    before = samples.current
    samples.look_for_mnist().join()
    assert no_network  # it did try
    assert samples.current is before
    no_network.clear()
    samples.look_for_mnist(download=False).join()
    assert not no_network
    assert samples.current is before


def test_mnist_is_swapped_in_when_it_is_whole(monkeypatch, digits):
    # Some other data set in MNIST's place: its splits are the other way round.
    other = datasets.Dataset("mnist", digits.test, digits.train)
    monkeypatch.setitem(datasets.DATASETS, "mnist", lambda root, download: other)
    samples = Samples()
    before = samples.current
    samples.look_for_mnist(download=False).join()
    assert samples.current.split is digits.train
    assert "MNIST" in samples.current.name
    labels = [[samples.current.label(i) for i in shown] for shown in samples.current.shown]
    assert labels == [[digit] * 6 for digit in range(10)]
    assert torch.equal(before.split.images, embedded.load()[0])  # whoever reads it is not disturbed
