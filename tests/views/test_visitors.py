"""Routes of the first views: many visitors at once, any message, a checkpoint that is damaged."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.asking import asking
from tests.sheet import sent, sheet_of
from views.denoise import denoise
from views.interpolate import interpolate
from views.kit.worker import Worker
from views.reconstruct import reconstruct
from views.sample import sample

ROUTES = {
    "reconstruct": reconstruct.reconstruct_digit,
    "denoise": denoise.denoise_digit,
    "paths": interpolate.show_paths,
    "film": interpolate.export_film,
    "draws": sample.draw_samples,
}


def asks_of(lab, most_waiting=1):
    """{name: ask(question)} of all routes over one lab."""
    return {
        name: asking(function, lab, Worker("test", most_waiting))
        for name, function in ROUTES.items()
    }


def questions(x, y, size=2, seed=0):
    """{name: a good question}."""
    ends = {"a": sent(x), "b": sent(y), "families": ["ae", "vae"], "size": size}
    draws = {"size": size, "origin": "prior", "temperature": 1.0, "seed": seed}
    digit = {"digit": sent(x), "size": size, "seed": seed}
    return {
        "reconstruct": digit | {"code": "draw"},
        "denoise": digit | {"kind": "gaussian-noise", "strength": 0.5},
        "paths": ends,
        "film": ends,
        "draws": draws,
    }


@pytest.fixture(scope="module")
def pair(lab):
    """A 3 and an 8."""
    return sheet_of(lab)[3], sheet_of(lab)[8]


def test_visitors_at_once_get_what_they_would_get_alone(lab, pair):
    asks = asks_of(lab, most_waiting=64)
    jobs = []
    for seed, (size, x) in enumerate(product((2, 16), pair)):
        jobs += [(name, asked) for name, asked in questions(pair[0], x, size, seed).items()]

    def visit(job):
        name, asked = job
        return asks[name](asked)

    alone = [visit(job) for job in jobs]
    assert not any("error" in answer for answer in alone)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(visit, jobs))
    assert together == alone


def test_a_visitor_leaves_no_trace_in_the_process_seed(lab, pair):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    asks = asks_of(lab)
    for name, asked in questions(*pair).items():
        asks[name](asked)
    assert torch.equal(torch.get_rng_state(), before)


# What the page's scripts may send: anything.

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
BLACK = sent(torch.zeros(1, 28, 28))


def or_anything(*values):
    return st.sampled_from(values) | ANYTHING


DIGIT = or_anything(BLACK, BLACK | {"shape": [3, 28, 28]}, BLACK | {"pixels": "AAAA"})
SIZE = or_anything(2, 16)
SEED = or_anything(0, 2**32 - 1, 2**64)
DRAWS = {
    "size": SIZE,
    "origin": or_anything("prior", "codes", "mixture"),
    "temperature": or_anything(0, 3, 1e38, math.nan),
    "seed": SEED,
}
ENDS = {"a": DIGIT, "b": DIGIT, "families": or_anything([], ["ae"], ["vae", "dae"]), "size": SIZE}
# Nearly right messages get further in than arbitrary ones do.
NEARLY = {
    "reconstruct": {
        "digit": DIGIT,
        "size": SIZE,
        "code": or_anything("mean", "draw"),
        "seed": SEED,
    },
    "denoise": {
        "digit": DIGIT,
        "kind": or_anything("masking"),
        "strength": or_anything(0, 1, math.inf),
        "size": SIZE,
        "seed": SEED,
    },
    "paths": ENDS,
    "film": ENDS,
    "draws": DRAWS,
}


@pytest.mark.parametrize("name", ROUTES)
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_whatever_a_script_sends_is_answered_in_plain_json(lab, assert_sentence, name, data):
    message = data.draw(ANYTHING | st.fixed_dictionaries(NEARLY[name]))
    answer = asking(ROUTES[name], lab, Worker("test", 1))(message)
    assert isinstance(answer, dict)
    json.dumps(answer, allow_nan=False)
    if "error" in answer:
        assert_sentence(answer["error"])


# Checkpoints that cannot be used.


def test_without_a_damaged_checkpoint_the_others_work(damaged, pair):
    asks, asked = asks_of(damaged), questions(*pair)

    def names(answer, part):
        return [row["name"] for row in answer[part]]

    assert names(asks["reconstruct"](asked["reconstruct"]), "rows") == ["dae-2", "vae-2"]
    assert names(asks["denoise"](asked["denoise"]), "repairs") == ["dae-2", "vae-2"]
    assert names(asks["draws"](asked["draws"]), "grids") == ["dae-2", "vae-2"]
    assert [model.name for model in sample.facts_of(damaged, 2).models] == ["dae-2", "vae-2"]
    paths = asks["paths"](asked["paths"])["paths"]
    assert {path["family"] for path in paths} == {"pixels", "vae"}
