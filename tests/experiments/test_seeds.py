"""What several trainings say: docs/seeds.md follows from docs/seeds.json, and its leads hold."""

import json

import pytest

from experiments import differences
from experiments.seeds import KNOWN, SEEDS
from explore import seeds


def runs():
    return seeds.read(seeds.FILE)


def test_the_table_is_what_the_numbers_give():
    assert differences.FILE.read_text(encoding="utf-8") == differences.document()


def test_every_run_is_of_a_known_recipe_and_has_every_seed():
    found = runs()
    assert found.keys() <= KNOWN.keys()
    assert all(sorted(by_seed) == [str(seed) for seed in SEEDS] for by_seed in found.values())


def test_seeds_differ():
    """A seed that changed nothing would make every spread a zero."""
    for name, by_seed in runs().items():
        distinct = {json.dumps(metrics, sort_keys=True) for metrics in by_seed.values()}
        assert len(distinct) == len(SEEDS), name


@pytest.mark.parametrize(
    "pair", differences.PAIRS, ids=lambda pair: f"{pair.recipe}-{pair.rival}-{pair.metric}"
)
def test_a_lead_that_is_said_holds_with_every_seed(pair):
    assert differences.holds(pair)


def test_a_lead_must_hold_with_the_least_of_the_seeds(monkeypatch):
    pair = differences.Pair("a", "b", "elbo", "everything")
    values = {"a": {"0": 1.0, "1": 1.0, "2": 5.0}, "b": {"0": 0.5, "1": 1.5, "2": 0.0}}
    monkeypatch.setattr(seeds, "of", lambda name, metric: values[name])
    assert not differences.holds(pair)
    values["b"]["1"] = 0.9
    assert differences.holds(pair)
    assert differences.holds(differences.Pair("b", "a", "elbo", "everything", less=True))


def test_a_gain_is_taken_seed_by_seed(monkeypatch):
    values = {"a": {"0": 1.0, "1": 11.0}, "b": {"0": 0.0, "1": 8.0, "2": 99.0}}
    monkeypatch.setattr(seeds, "of", lambda name, metric: values[name])
    gain = seeds.gain("a", "b", "elbo")
    assert (gain.mean, gain.least, gain.most, gain.seeds) == (2.0, 1.0, 3.0, 2)
    values["a"] = {"0": 1.0}
    assert seeds.gain("a", "b", "elbo") is None


def test_a_spread_takes_two_trainings(monkeypatch):
    values = {"a": {"0": 1.0, "1": 2.0, "2": 3.0}, "b": {"0": 1.0}, "c": {}}
    monkeypatch.setattr(seeds, "of", lambda name, metric: values[name])
    assert seeds.spread("a", "elbo") == (2.0, 1.0, 3)
    assert seeds.spread("b", "elbo") is seeds.spread("c", "elbo") is None


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"vae-2": 3}', b"\xff", 9_999 * b"["])
def test_a_file_that_holds_no_trainings_is_refused(content, tmp_path, assert_sentence):
    file = tmp_path / "seeds.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="holds no trainings") as refused:
        seeds.read(file)
    assert_sentence(str(refused.value))
    assert file.read_bytes() == content
    assert seeds.read(tmp_path / "none") == {}
