"""python -m models.convert: an older checkpoint takes the new form and computes the same."""

import errno
import json
import os
import re

import pytest
import torch
from safetensors.torch import load, save

from models import FAMILIES, Batch, build, convert, zoo
from models.zoo import CARD, WEIGHTS, Card, CheckpointError, Codes, sha256_of

# The names of format 1, written out again: the converter is not to be tested by its own table.
OLD_KINDS = {"network-config": "torso", "random-affine": "jitter"}
OLD_FIELDS = {
    "alpha": "classification",
    "kl_start": "kl",
    "class_kl_start": "class_kl",
    "anneal_steps": "annealed",
    "beta_start": "start",
    "dataset_size": "images",
    "precision": "layers",
}
OLD_TERMS = {
    "gan": {
        "real loss": "real",
        "fake loss": "sample",
        "generator loss": "fooling",
        "gradient penalty": "gradient",
    },
    "vae-gan": {
        "feature reconstruction": "features",
        "real loss": "real",
        "fake loss of reconstruction": "reconstruction",
        "fake loss of sample": "sample",
        "generator loss of reconstruction": "fooling by reconstruction",
        "generator loss of sample": "fooling by sample",
        "gradient penalty": "gradient",
    },
}
OLD_TENSORS = {
    "draw": (
        (r"\.cell\.(weight|bias)_ih$", r".unit.given.\1"),
        (r"\.cell\.(weight|bias)_hh$", r".unit.kept.\1"),
        (r"\.read_image\.", ".look."),
        (r"\.read_error\.", ".lack."),
        (r"\.read_decoder\.", ".hear."),
        (r"\.initial_", "."),
    ),
    "cvae": ((r"^class_embedding$", "pictures"),),
    "m2": ((r"^class_embedding$", "pictures"),),
}


def old_record(value):
    if isinstance(value, list):
        return [old_record(v) for v in value]
    if not isinstance(value, dict):
        return value
    old = {OLD_FIELDS.get(name, name): old_record(v) for name, v in value.items()}
    return old | {"kind": OLD_KINDS.get(value["kind"], value["kind"])} if "kind" in value else old


def old_tensor(name, family):
    for pattern, replacement in OLD_TENSORS.get(family, ()):
        name = re.sub(pattern, replacement, name)
    return name


def old_column(name, family):
    split, _, term = name.partition(" ")
    return f"{split} {OLD_TERMS.get(family, {}).get(term, term)}".strip()


def make_old(folder):
    """Give a checkpoint of this version the form of format 1."""
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    family = card["config"]["family"]
    weights = load((folder / WEIGHTS).read_bytes())
    content = save({old_tensor(name, family): weight for name, weight in weights.items()})
    (folder / WEIGHTS).write_bytes(content)
    card |= {"format": 1, "weights_sha256": sha256_of(content)}
    card |= {part: old_record(card[part]) for part in ("config", "recipe", "machine")}
    card["curve"] = [{old_column(k, family): v for k, v in row.items()} for row in card["curve"]]
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


@pytest.fixture(params=FAMILIES)
def checkpoint(request, tmp_path, small_config, x):
    """A checkpoint of every family: its folder, and the card as saved."""
    config = small_config(request.param)
    torch.manual_seed(0)
    model = zoo.round_weights(build(config))
    card = Card(
        name="old",
        config=config,
        recipe={"kind": "recipe", "precision": "auto", "config": config.to_dict()},
        machine={"precision": "float32"},
        data={"name": "digits"},
        curve=[{"epoch": 1} | {f"train {term}": 0.5 for term in terms(model, x)}],
        latent={"mean": [0.1] * config.latent, "std": [1.0] * config.latent},
    )
    codes = Codes(torch.zeros(10, config.latent), torch.arange(10))
    return tmp_path / "old", zoo.save(tmp_path / "old", model, codes, card)


def terms(model, x):
    batch = Batch(x, torch.arange(len(x)), torch.Generator().manual_seed(0))
    return model.terms(batch)


def test_a_converted_checkpoint_is_what_it_was(checkpoint, x, capsys, assert_sentence):
    folder, card = checkpoint
    before = terms(zoo.load(folder).model, x)
    make_old(folder)
    with pytest.raises(CheckpointError, match=r"python -m models\.convert") as refused:
        zoo.load(folder)
    assert_sentence(str(refused.value))
    assert convert.main([str(folder.parent)]) == 0
    assert capsys.readouterr().out == "old: converted\n"
    entry = zoo.load(folder)
    assert entry.card == card
    for name, term in terms(entry.model, x).items():
        assert torch.equal(term, before[name])
    assert convert.main([str(folder)]) == 0
    assert capsys.readouterr().out == "old: up to date\n"


def test_what_cannot_be_converted_is_said_and_left_as_it_is(tmp_path, capsys, assert_sentence):
    assert convert.main([str(tmp_path)]) == 1
    assert "There is no checkpoint in" in capsys.readouterr().err
    for name, text in {"a": "[", "b": "{}", "c": '{"format": 1}'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / CARD).write_text(text, encoding="utf-8")
    assert convert.main([str(tmp_path)]) == 1
    for line in capsys.readouterr().err.splitlines():
        assert_sentence(line)
    assert (tmp_path / "c" / CARD).read_text(encoding="utf-8") == '{"format": 1}'


def test_a_full_disk_is_one_sentence_and_leaves_the_old_form(
    checkpoint, capsys, monkeypatch, assert_sentence
):
    folder, _ = checkpoint
    make_old(folder)
    before = (folder / CARD).read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert convert.main([str(folder)]) == 1
    assert_sentence(capsys.readouterr().err)
    assert (folder / CARD).read_bytes() == before
    assert convert.main([str(folder)]) == 0


def test_damaged_weights_are_not_converted(tmp_path, small_config):
    config = small_config("draw")  # a family whose weights are renamed
    card = Card(name="old", config=config, data={"name": "digits"})
    codes = Codes(torch.zeros(10, config.latent), torch.arange(10))
    zoo.save(tmp_path / "old", build(config), codes, card)
    make_old(tmp_path / "old")
    content = bytearray((tmp_path / "old" / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (tmp_path / "old" / WEIGHTS).write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read"):
        convert.convert(tmp_path / "old")
