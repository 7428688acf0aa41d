"""Checkpoints on disk: what is saved comes back, and what is damaged is refused by name."""

import hashlib
import json
import math
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from models import FAMILIES, Batch, build, zoo
from models.gaussian_mixture import MAX_COMPONENTS, GaussianMixture
from models.metrics import Axis, Error
from models.zoo import CARD, CODES, MIXTURE, WEIGHTS, Card, CheckpointError, Codes, Zoo
from tests.made_up import metric
from tests.places import SHIPPED


def checkpoint(folder, config, seed=0):
    """A checkpoint of fresh weights in `folder`; returns the model and the card in it."""
    torch.manual_seed(seed)
    model = zoo.round_weights(build(config))
    card = Card(
        name=folder.name,
        config=config,
        recipe={"epochs": 3},
        seed=seed,
        data={"name": "digits"},
        curve=[{"epoch": 1, "train reconstruction": 12.5}],
        metrics={"mse": metric("mse", 0.25, "squared error per pixel")},
        latent=statistics(config.latent),
    )
    return model, zoo.save(folder, model, some_codes(config.latent), card)


def statistics(latent):
    return {"mean": [0.5] * latent, "std": [1.0] * latent}


def some_codes(latent):
    """Numbers and labels that half precision and a byte hold exactly."""
    z = torch.arange(10 * latent).view(10, latent) / 8 - 2
    return Codes(z, torch.arange(10))


def some_mixture(latent=3, components=2):
    return GaussianMixture(
        torch.full((components,), 1 / components),
        torch.arange(components * latent).view(components, latent) / 4,
        torch.eye(latent).repeat(components, 1, 1) / 2,
    )


def weights_of(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def same_weights(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture(params=FAMILIES)
def config(request, small_config):
    return small_config(request.param)


@pytest.fixture
def broken(tmp_path, small_config):
    """A checkpoint to break."""
    folder = tmp_path / "broken"
    checkpoint(folder, small_config("ae"))
    zoo.add_mixture(folder, some_mixture())
    return folder


def test_a_checkpoint_comes_back_as_it_was_saved(tmp_path, config, x):
    model, card = checkpoint(tmp_path / "one", config)
    entry = zoo.load(tmp_path / "one")
    again = entry.model
    assert entry.card == card
    assert same_weights(weights_of(again), weights_of(model))
    assert same_weights(vars(entry.codes), vars(some_codes(config.latent)))
    terms = [
        m.eval().terms(Batch(x, torch.arange(len(x)), torch.Generator().manual_seed(0)))
        for m in (model, again)
    ]
    assert same_weights(*terms)


def test_a_mixture_comes_back_as_it_was_saved_or_added(tmp_path, small_config):
    model, card = checkpoint(tmp_path / "one", small_config("ae"))
    assert zoo.load(tmp_path / "one").mixture is None
    mixture = some_mixture()
    zoo.add_mixture(tmp_path / "one", mixture)
    zoo.save(tmp_path / "two", model, some_codes(3), card, mixture)
    for name in ("one", "two"):
        entry = zoo.load(tmp_path / name)
        assert same_weights(
            {part: getattr(entry.mixture, part) for part in zoo.MIXTURE_PARTS},
            {part: getattr(mixture, part) for part in zoo.MIXTURE_PARTS},
        )
        digest = hashlib.sha256((tmp_path / name / MIXTURE).read_bytes()).hexdigest()
        assert entry.card == replace(card, name=name, mixture_sha256=digest)


def test_new_weights_leave_the_old_mixture_behind(tmp_path, small_config):
    """It was fitted to other codes: a card that does not vouch for it has none."""
    checkpoint(tmp_path / "one", small_config("ae"))
    zoo.add_mixture(tmp_path / "one", some_mixture())
    checkpoint(tmp_path / "one", small_config("ae"), seed=1)
    assert (tmp_path / "one" / MIXTURE).is_file()
    assert zoo.load(tmp_path / "one").mixture is None


def test_rounding_moves_weights_by_half_precision_at_most_and_once(small_config):
    torch.manual_seed(0)
    model = build(small_config("ae"))
    before = weights_of(model)
    after = weights_of(zoo.round_weights(model))
    assert not same_weights(before, after)
    for name, value in after.items():
        torch.testing.assert_close(value, before[name], rtol=2**-10, atol=2**-24)
    assert same_weights(after, weights_of(zoo.round_weights(model)))


@pytest.mark.parametrize("value", [1e6, -math.inf, math.nan])
def test_weights_that_could_not_be_loaded_are_not_saved(
    value, tmp_path, small_config, assert_sentence
):
    """float16 ends at 65,504: what is larger would be infinite, and replace a good checkpoint."""
    checkpoint(tmp_path / "one", small_config("ae"))
    model = build(small_config("ae"))
    next(model.parameters()).data.view(-1)[0] = value
    card = Card("one", small_config("ae"))
    for refuse in (
        lambda: zoo.round_weights(model),
        lambda: zoo.save(tmp_path / "one", model, zoo.load(tmp_path / "one").codes, card),
    ):
        with pytest.raises(ValueError, match="too large for a checkpoint") as refused:
            refuse()
        assert_sentence(str(refused.value))
    assert zoo.load(tmp_path / "one").card.seed == 0


def test_saving_rounds_what_was_not_rounded(tmp_path, small_config):
    model = build(small_config("ae"))
    card = Card("one", model.config, data={"name": "digits"}, latent=statistics(3))
    zoo.save(tmp_path / "one", model, some_codes(3), card)
    again = weights_of(zoo.load(tmp_path / "one").model)
    assert same_weights(again, weights_of(zoo.round_weights(model)))


def test_a_loaded_model_is_read_only(tmp_path, config):
    checkpoint(tmp_path / "one", config)
    entry = Zoo(tmp_path)["one"]
    assert not entry.model.training
    assert not any(p.requires_grad for p in entry.model.parameters())


def test_a_card_holds_no_number_that_json_does_not_know(small_config):
    card = Card("one", small_config("ae"), metrics={"mse": metric("mse", math.nan)})
    with pytest.raises(ValueError, match="JSON"):
        card.to_json()


def test_the_zoo_is_every_checkpoint_by_name(tmp_path, small_config):
    for name, seed in (("b", 1), ("a", 2)):
        checkpoint(tmp_path / name, small_config("vae"), seed)
    (tmp_path / "note.txt").write_text("not a checkpoint", encoding="utf-8")
    models = Zoo(tmp_path)
    assert list(models) == ["a", "b"]
    assert len(models) == 2
    assert [models[name].card.seed for name in "ab"] == [2, 1]
    assert models.unavailable == {}


def test_a_zoo_of_nothing_is_empty(tmp_path):
    models = Zoo(tmp_path / "absent")
    assert (list(models), models.unavailable) == ([], {})


# --- faults -------------------------------------------------------------------------------------


def sign(folder):
    """Make the card vouch for the files as they are: the fault is then not one of transport."""
    digests = {
        field: hashlib.sha256((folder / file).read_bytes()).hexdigest()
        for field, file in (
            ("weights_sha256", WEIGHTS),
            ("codes_sha256", CODES),
            ("mixture_sha256", MIXTURE),
        )
    }
    edit_card(folder, lambda card: card | digests)


def edit_card(folder, change):
    path = folder / CARD
    path.write_text(
        json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8"
    )


def edit_config(folder, **changes):
    edit_card(folder, lambda card: card | {"config": card["config"] | changes})


def edit_tensors(folder, change, file=WEIGHTS):
    """Replace the tensors by change(tensors), under a matching hash."""
    path = folder / file
    path.write_bytes(save(change(load(path.read_bytes()))))
    sign(folder)


def edit_mixture(folder, change):
    edit_tensors(folder, change, MIXTURE)


def parts_of(mixture, more=0):
    """The tensors of a mixture, its first component `more` times again."""
    parts = {name: getattr(mixture, name) for name in zoo.MIXTURE_PARTS}
    parts = {k: torch.cat([v, v[:1].repeat(more, *[1] * (v.dim() - 1))]) for k, v in parts.items()}
    return parts | {"weights": parts["weights"] / parts["weights"].sum()}


def replace_file(folder, file, content, signed=False):
    (folder / file).write_bytes(content)
    if signed:
        sign(folder)


def cut(folder, file):
    path = folder / file
    path.write_bytes(path.read_bytes()[:-50])


def flip_one_bit(folder, file):
    content = bytearray((folder / file).read_bytes())
    content[-3] ^= 1
    replace_file(folder, file, bytes(content))


def first_weight(tensors, value):
    name = sorted(tensors)[0]
    tensors[name].view(-1)[0] = value
    return tensors


class Payload:
    """What an attacker would pickle: unpickling it leaves a file behind."""

    def __init__(self, witness):
        self.witness = witness

    def __reduce__(self):
        return (Path.touch, (self.witness,))


def pickled(folder, file):
    torch.save(Payload(folder / "unpickled"), folder / file)


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"

# Those that may befall any file of tensors.
FILE_FAULTS = {
    "truncated": cut,
    "empty": lambda f, file: replace_file(f, file, b""),
    "an LFS pointer": lambda f, file: replace_file(f, file, POINTER),
    "a pickle": pickled,
}
FAULTS = {
    f"{file} {name}{' and signed' if signed else ''}": partial(
        lambda f, fault, file, signed: (fault(f, file), signed and sign(f)),
        fault=fault,
        file=file,
        signed=signed,
    )
    for file in (WEIGHTS, CODES, MIXTURE)
    for name, fault in FILE_FAULTS.items()
    for signed in (False, True)
} | {
    "mixture missing": lambda f: (f / MIXTURE).unlink(),
    "one bit of the mixture flipped": lambda f: flip_one_bit(f, MIXTURE),
    "mixture of other keys": lambda f: edit_mixture(f, lambda t: {"a": t["weights"]}),
    "mixture with a key too many": lambda f: edit_mixture(f, lambda t: t | {"b": 2 * t["means"]}),
    "a weight of the mixture negative": lambda f: edit_mixture(
        f, lambda t: t | {"weights": torch.tensor([1.5, -0.5])}
    ),
    "weights of the mixture sum to 2": lambda f: edit_mixture(
        f, lambda t: t | {"weights": 2 * t["weights"]}
    ),
    "weights of the mixture whole": lambda f: edit_mixture(
        f, lambda t: {k: v[:1] for k, v in t.items()} | {"weights": torch.tensor([1])}
    ),
    "a mean NaN": lambda f: edit_mixture(f, lambda t: t | {"means": math.nan * t["means"]}),
    "a covariance infinite": lambda f: edit_mixture(
        f, lambda t: t | {"covariances": math.inf + t["covariances"]}
    ),
    "a covariance not positive definite": lambda f: edit_mixture(
        f, lambda t: t | {"covariances": 0 * t["covariances"]}
    ),
    "a covariance not symmetric": lambda f: edit_mixture(
        f, lambda t: t | {"covariances": t["covariances"] + torch.eye(3).roll(1, 0) / 8}
    ),
    "fewer means than weights": lambda f: edit_mixture(f, lambda t: t | {"means": t["means"][:1]}),
    "a mixture of nothing": lambda f: edit_mixture(f, lambda t: {k: v[:0] for k, v in t.items()}),
    "a mixture of numbers": lambda f: edit_mixture(f, lambda t: {k: v[0] for k, v in t.items()}),
    "a mixture of too many": lambda f: edit_mixture(
        f, lambda t: parts_of(some_mixture(3, MAX_COMPONENTS), 1)
    ),
    "a mixture of another size": lambda f: edit_mixture(f, lambda t: parts_of(some_mixture(2))),
    "weights missing": lambda f: (f / WEIGHTS).unlink(),
    "codes missing": lambda f: (f / CODES).unlink(),
    "one bit of the weights flipped": lambda f: flip_one_bit(f, WEIGHTS),
    "one bit of the codes flipped": lambda f: flip_one_bit(f, CODES),
    "codes of other keys": lambda f: edit_tensors(f, lambda t: {"a": t["z"]}, CODES),
    "a code NaN": lambda f: edit_tensors(f, lambda t: t | {"z": t["z"] * math.nan}, CODES),
    "codes of another size": lambda f: edit_tensors(
        f, lambda t: t | {"z": t["z"][:, :1].contiguous()}, CODES
    ),
    "fewer labels than codes": lambda f: edit_tensors(f, lambda t: t | {"y": t["y"][:3]}, CODES),
    "a weight NaN": lambda f: edit_tensors(f, lambda t: first_weight(t, math.nan)),
    "a weight infinite": lambda f: edit_tensors(f, lambda t: first_weight(t, -math.inf)),
    "a key missing": lambda f: edit_tensors(f, lambda t: dict(sorted(t.items())[1:])),
    "a key too many": lambda f: edit_tensors(f, lambda t: t | {"extra": torch.zeros(2)}),
    "a wrong size": lambda f: edit_tensors(f, lambda t: {k: v[:1] for k, v in t.items()}),
    "card missing": lambda f: (f / CARD).unlink(),
    "card empty": lambda f: (f / CARD).write_text("", encoding="utf-8"),
    "card truncated": lambda f: cut(f, CARD),
    "card an LFS pointer": lambda f: (f / CARD).write_bytes(POINTER),
    "card not text": lambda f: (f / CARD).write_bytes(b"\xff\xfe\x00"),
    "card a list": lambda f: (f / CARD).write_text("[]", encoding="utf-8"),
    "card nested without end": lambda f: (f / CARD).write_text("[" * 100_000, encoding="utf-8"),
    "card of another format": lambda f: edit_card(f, lambda c: c | {"format": zoo.FORMAT + 1}),
    "card without a config": lambda f: edit_card(
        f, lambda c: {k: v for k, v in c.items() if k != "config"}
    ),
    "card with an unknown field": lambda f: edit_card(f, lambda c: c | {"surprise": 1}),
    "config null": lambda f: edit_card(f, lambda c: c | {"config": None}),
    "family unknown": lambda f: edit_config(f, family="unheard-of"),
    "likelihood unknown": lambda f: edit_config(f, likelihood={"kind": "unheard-of"}),
    "likelihood a network": lambda f: edit_config(f, likelihood={"kind": "network-config"}),
    "network null": lambda f: edit_config(f, encoder=None),
    "latent another size": lambda f: edit_config(f, latent=4),
    "latent not whole": lambda f: edit_config(f, latent=2.5),
    "latent text": lambda f: edit_config(f, latent="3"),
    "shape of two numbers": lambda f: edit_config(f, x_shape=[28, 28]),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_broken_checkpoint_is_named_and_the_others_work(
    fault, broken, small_config, x, assert_sentence
):
    root = broken.parent
    whole, _ = checkpoint(root / "whole", small_config("vae"))
    fault(broken)
    with pytest.raises(CheckpointError) as refused:
        zoo.load(broken)
    models = Zoo(root)
    assert models.unavailable == {"broken": str(refused.value)}
    assert_sentence(str(refused.value))
    assert "broken" in str(refused.value)
    assert list(models) == ["whole"]
    assert torch.equal(models["whole"].model.reconstruct(x), whole.reconstruct(x))
    assert not (broken / "unpickled").exists()


@pytest.mark.parametrize("file", [CARD, WEIGHTS, CODES])
def test_what_git_has_not_fetched_and_what_may_not_be_read_is_called_so(file, broken, monkeypatch):
    """Neither is damage, and training anew is no remedy. Permissions do not hold back the
    administrator, as whom tests may run: they are pretended."""
    whole = (broken / file).read_bytes()
    (broken / file).write_bytes(POINTER)
    with pytest.raises(CheckpointError, match="broken is not downloaded"):
        zoo.load(broken)
    (broken / file).write_bytes(whole)
    opened = Path.open

    def forbidden(self, *rest):
        if self == broken / file:
            raise PermissionError
        return opened(self, *rest)

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(CheckpointError, match="broken may not be read: change the permissions"):
        zoo.load(broken)


def test_what_an_archive_leaves_is_no_checkpoint(broken):
    (broken.parent / "__MACOSX" / "broken").mkdir(parents=True)
    models = Zoo(broken.parent)
    assert list(models) == ["broken"]
    assert not models.unavailable


def test_a_name_that_cannot_be_shown_is_refused(broken, assert_sentence):
    broken.rename(broken.parent / "zwölf\nlines")
    models = Zoo(broken.parent)
    assert list(models.unavailable) == ["zwölf\\nlines"]
    (said,) = models.unavailable.values()
    assert "rename its folder" in said
    assert len(said.splitlines()) == 1


NEWER = {
    "the card's format": lambda f: edit_card(f, lambda c: c | {"format": zoo.FORMAT + 1}),
    "a field of the card": lambda f: edit_card(f, lambda c: c | {"surprise": 1}),
    "a field of the config": lambda f: edit_config(f, surprise=1),
    "the family": lambda f: edit_config(f, family="unheard-of"),
    "the kind of config": lambda f: edit_config(f, kind="unheard-of"),
    "a kind within the config": lambda f: edit_config(f, likelihood={"kind": "unheard-of"}),
}
OLDER = {
    "another format": lambda f: edit_card(f, lambda c: c | {"format": 0}),
    "no format": lambda f: edit_card(f, lambda c: c | {"format": None}),
    "no config": lambda f: edit_card(f, lambda c: {k: v for k, v in c.items() if k != "config"}),
    "metrics null": lambda f: edit_card(f, lambda c: c | {"metrics": None}),
    "data a list": lambda f: edit_card(f, lambda c: c | {"data": ["mnist"]}),
    "latent a number": lambda f: edit_config(f, latent="3"),
}
# What views and scripts of the page would meet unprepared. JSON has no NaN, but Python reads it.
NUMBERLESS = ("0.5", None, True, {}, [], [0.5], ["0.5"], [[]], math.nan, math.inf, 10**400)
ERROR = {"value": 0.5, "kind": "standard error", "over": "images"}
MISREAD = (
    {f"value {value!r:.20}": ("metrics", "mse", "value", value) for value in NUMBERLESS}
    | {f"metric {metric!r}": ("metrics", "mse", metric) for metric in (5, None, "0.5", [0.5], {})}
    | {
        "real text": ("metrics", "mse", "real", "0.5"),
        "error a number": ("metrics", "mse", "error", 0.5),
        "error of another kind": ("metrics", "mse", "error", ERROR | {"kind": "guess"}),
        "error over another": ("metrics", "mse", "error", ERROR | {"over": "days"}),
        "error text": ("metrics", "mse", "error", ERROR | {"value": "0.5"}),
        "error without its kind": ("metrics", "mse", "error", {"value": 0.5, "over": "images"}),
        "mixture hash null": ("mixture_sha256", None),
        "another field of a metric": ("metrics", "mse", "surprise", 1),
        "details a list": ("metrics", "mse", "details", [1.0]),
        "details text": ("metrics", "mse", "details", {"variance": "0.5"}),
        "protocol a number": ("metrics", "mse", "protocol", 5),
        "protocol a sentence": ("metrics", "mse", "protocol", "10,000 grey test images"),
        "protocol that is a config": ("metrics", "mse", "protocol", {"kind": "bernoulli"}),
        "images text": ("metrics", "mse", "protocol", "images", "10"),
        "images null": ("metrics", "mse", "protocol", "images", None),
        "seed a half": ("metrics", "mse", "protocol", "seed", 0.5),
        "method a number": ("metrics", "mse", "protocol", "method", 5),
        "first a number": ("metrics", "mse", "protocol", "first", 1),
        "unit null": ("metrics", "mse", "unit", None),
        "list that says nothing of its places": ("metrics", "mse", "value", [0.5, 0.25]),
        "a number with an axis": ("metrics", "mse", "axis", {"name": "k", "places": [1]}),
        "mean of fewer dimensions": ("latent", "mean", [0.5]),
        "std text": ("latent", "std", "abc"),
        "std of text": ("latent", "std", ["a", "b", "c"]),
        "std null": ("latent", "std", [1.0, None, 1.0]),
        "mean a table": ("latent", "mean", [[1.0], [1.0], [1.0]]),
        "kl of more dimensions": ("latent", "kl", [1.0] * 4),
        "kl NaN": ("latent", "kl", [1.0, math.nan, 1.0]),
        "direction a number": ("latent", "direction slant", 1.0),
        "no latent": ("latent", {}),
        "no data": ("data", {}),
        "data name a list": ("data", "name", ["digits"]),
        "hash null": ("data", "test_sha256", None),
        "recipe's name a list": ("recipe", "name", ["vae-2"]),
        "measures text": ("recipe", "measures", "basics"),
        "solver a list": ("recipe", "solver", ["adam"]),
        "labels text": ("recipe", "labels", "100"),
        "epochs null": ("recipe", "epochs", None),
        "training time text": ("machine", "training_seconds", "long"),
    }
)


@pytest.mark.parametrize("change", MISREAD.values(), ids=MISREAD)
def test_a_card_whose_values_are_of_other_kinds_is_refused(change, broken, assert_sentence):
    *where, last, value = change

    def changed(card):
        part = card
        for key in where:
            part = part[key]
        part[last] = value
        return card

    edit_card(broken, changed)
    models = Zoo(broken.parent)
    assert models.unavailable == {
        "broken": "Checkpoint broken has an unreadable card: train it anew."
    }
    assert_sentence(models.unavailable["broken"])


LEGAL = {
    "a whole number": {"value": 10},
    "with what real pictures reach": {"real": 0.25},
    "with its deviation": {"error": Error(0.25, "standard deviation", "draws")},
    "with its error": {"error": Error(0.25, "standard error", "images")},
    "with further results": {"details": {"mean": 0.25}},
    "a curve": {"value": (0.1, 0.2), "axis": Axis("strength", (0.0, 1.0))},
    "by size": {"value": (0.1, 0.2), "axis": Axis("k", (0, 1))},
    "a table": {"value": ((0.1, 0.2, 0.3),), "axis": Axis("factor", ("size",))},
}


@pytest.mark.parametrize("fields", LEGAL.values(), ids=LEGAL)
def test_the_shapes_that_metrics_have_are_read(fields, broken):
    any_metric = metric("any", **fields)
    edit_card(broken, lambda card: card | {"metrics": {"any": any_metric.to_dict()}})
    assert zoo.load(broken).card.metrics == {"any": any_metric}


def test_a_card_whose_protocols_are_english_names_the_command(broken, assert_sentence):
    old = {"value": 0.5, "unit": "share", "protocol": "10,000 grey test images"}
    edit_card(
        broken, lambda card: card | {"format": zoo.CONVERTIBLE[0], "metrics": {"accuracy": old}}
    )
    with pytest.raises(CheckpointError, match=r"python -m models\.convert") as refused:
        zoo.load(broken)
    assert_sentence(str(refused.value))


def test_every_shipped_card_can_be_read():
    for path in SHIPPED.glob("*/card.json"):
        assert Card.from_json(path.read_text(encoding="utf-8")).name == path.parent.name


@pytest.mark.parametrize("change", NEWER.values(), ids=NEWER)
def test_what_a_newer_version_wrote_is_said_to_need_one(change, broken, assert_sentence):
    change(broken)
    reason = Zoo(broken.parent).unavailable["broken"]
    assert_sentence(reason)
    assert reason == "Checkpoint broken needs a newer version of Latent Lab: update it."


@pytest.mark.parametrize("change", OLDER.values(), ids=OLDER)
def test_what_is_merely_wrong_needs_no_newer_version(change, broken, assert_sentence):
    change(broken)
    reason = Zoo(broken.parent).unavailable["broken"]
    assert_sentence(reason)
    assert "newer" not in reason


def test_the_size_of_a_checkpoint_is_that_of_its_weights(broken):
    assert zoo.load(broken).size == (broken / WEIGHTS).stat().st_size


# --- what is read when --------------------------------------------------------------------------


@pytest.fixture
def builds(monkeypatch):
    """The families of the models that were built with weights, in order."""
    built = []

    def counted(config):
        built.append(config.family)
        time.sleep(0.05)  # long enough for others to ask meanwhile
        return build(config)

    monkeypatch.setattr(zoo, "build", counted)
    return built


def test_weights_are_read_when_they_are_first_asked_for_and_once(tmp_path, small_config, builds):
    for family in ("ae", "vae"):
        checkpoint(tmp_path / family, small_config(family))
    models = Zoo(tmp_path)
    entry = models["vae"]
    facts = entry.architecture
    assert (facts.family, facts.latent, facts.has_prior) == ("vae", 3, True)
    assert len(entry.codes.z) == 10
    assert builds == []
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: entry.model, range(8)))
    assert builds == ["vae"]
    assert len(set(map(id, found))) == 1
    expected = {key: value.shape for key, value in found[0].state_dict().items()}
    assert {key: value.shape for key, value in facts.state_dict().items()} == expected


@pytest.mark.parametrize("file", [WEIGHTS, CODES])
def test_what_is_damaged_after_the_start_is_told_and_withdrawn(
    file, broken, small_config, assert_sentence
):
    checkpoint(broken.parent / "whole", small_config("vae"))
    models = Zoo(broken.parent)
    entry = models["broken"]
    content = (broken / file).read_bytes()
    (broken / file).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    walked = iter(models)
    assert next(walked) == "broken"
    with pytest.raises(CheckpointError, match="broken is damaged") as refused:
        _ = (entry.model, entry.codes)
    assert list(walked) == ["whole"]  # who was walking through the zoo goes on
    assert models.unavailable == {"broken": str(refused.value)}
    assert_sentence(str(refused.value))
    assert list(models) == ["whole"]
    assert models["whole"].model


def test_a_checkpoint_that_was_loaded_alone_needs_its_folder_no_more(broken, x):
    entry = zoo.load(broken)
    shutil.rmtree(broken)
    assert entry.model.reconstruct(x).shape == x.shape
    assert len(entry.codes.z) == 10


def test_of_very_many_checkpoints_the_first_are_taken(
    tmp_path, small_config, monkeypatch, assert_sentence
):
    monkeypatch.setattr(zoo, "MOST_CHECKPOINTS", 2)
    for name in "abcd":
        checkpoint(tmp_path / name, small_config("ae"))
    models = Zoo(tmp_path)
    assert list(models) == ["a", "b"]
    assert list(models.unavailable) == ["2 further folders"]
    assert_sentence(models.unavailable["2 further folders"])


def test_checkpoints_that_are_too_large_together_are_left_out(
    tmp_path, small_config, monkeypatch, assert_sentence
):
    for name in "abc":
        checkpoint(tmp_path / name, small_config("ae"))
    monkeypatch.setattr(zoo, "MOST_BYTES", 2 * zoo.load(tmp_path / "a").size)
    models = Zoo(tmp_path)
    assert list(models) == ["a", "b"]
    assert_sentence(models.unavailable["c"])


@pytest.mark.parametrize("file", [CARD, WEIGHTS, CODES, MIXTURE])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    file, broken, monkeypatch, assert_sentence
):
    size = (broken / file).stat().st_size
    monkeypatch.setattr(zoo, "MOST_CARD", size - 1 if file == CARD else zoo.MOST_CARD)
    if file != CARD:
        monkeypatch.setitem(zoo.MOST_IN_FILE, file, size - 1)
    with pytest.raises(CheckpointError, match="broken has") as refused:
        zoo.load(broken)
    assert_sentence(str(refused.value))


# --- two folders --------------------------------------------------------------------------------


def test_a_second_folder_adds_and_takes_the_place_of_equal_names(tmp_path, small_config):
    ours, own = tmp_path / "ours", tmp_path / "own"
    for folder, seed in ((ours / "a", 1), (ours / "b", 1), (own / "b", 2), (own / "c", 2)):
        checkpoint(folder, small_config("ae"), seed)
    (own / ".git").mkdir()
    both = Zoo(ours, own=own)
    assert {name: entry.card.seed for name, entry in both.items()} == {"a": 1, "b": 2, "c": 2}
    assert both.unavailable == {}
    (own / "a").mkdir()  # a damaged one hides ours: what is used must be what was asked for
    assert "a" in Zoo(ours, own=own).unavailable


def test_an_empty_folder_is_listed_as_unavailable(tmp_path, assert_sentence):
    (tmp_path / "bare").mkdir()
    assert_sentence(Zoo(tmp_path).unavailable["bare"])


# --- interrupted saves --------------------------------------------------------------------------

STEPS_OF_A_SAVE = [(name, which) for name in ("fsync", "replace") for which in (1, 2, 3)]


def fail_at(monkeypatch, name, which, error):
    """The `which`-th call of os.fsync or Path.replace raises `error`; earlier ones go through."""
    owner = os if name == "fsync" else Path
    original, calls = getattr(owner, name), []

    def failing(*arguments):
        calls.append(name)
        if len(calls) == which:
            raise error
        return original(*arguments)

    monkeypatch.setattr(owner, name, failing)


@pytest.mark.parametrize(("name", "which"), STEPS_OF_A_SAVE)
def test_a_full_disk_leaves_the_last_good_checkpoint(
    name, which, tmp_path, small_config, monkeypatch
):
    """Whichever of the writes fails, what loads afterwards is the old checkpoint or the new."""
    config = small_config("ae")
    folder = tmp_path / "one"
    old, _ = checkpoint(folder, config, seed=0)
    with monkeypatch.context() as patch:
        fail_at(patch, name, which, OSError(28, "No space left on device"))
        with pytest.raises(OSError, match="No space left"):
            checkpoint(folder, config, seed=1)
    torch.manual_seed(1)
    new = zoo.round_weights(build(config))
    entry = zoo.load(folder)
    expected = {0: old, 1: new}[entry.card.seed]
    assert same_weights(weights_of(entry.model), weights_of(expected))


def test_a_full_disk_leaves_no_draft(tmp_path, small_config, monkeypatch):
    """A half-written file would fill the disk that was full."""
    folder = tmp_path / "one"
    checkpoint(folder, small_config("ae"))
    before = sorted(p.name for p in folder.iterdir())
    with monkeypatch.context() as patch:
        fail_at(patch, "fsync", 1, OSError(28, "No space left on device"))
        with pytest.raises(OSError, match="No space left"):
            checkpoint(folder, small_config("ae"), seed=1)
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_draft_left_by_a_kill_is_not_in_the_way(tmp_path, small_config):
    folder = tmp_path / "one"
    checkpoint(folder, small_config("ae"))
    (folder / (WEIGHTS + ".part")).write_bytes(b"half")
    assert list(Zoo(tmp_path)) == ["one"]
    checkpoint(folder, small_config("ae"), seed=1)
    assert Zoo(tmp_path)["one"].card.seed == 1


def test_saving_over_a_checkpoint_of_other_sizes_replaces_it(tmp_path, small_config):
    folder = tmp_path / "one"
    checkpoint(folder, small_config("ae"))
    checkpoint(folder, small_config("vae", latent=5), seed=1)
    entry = zoo.load(folder)
    assert (entry.card.config.family, entry.model.latent) == ("vae", 5)
