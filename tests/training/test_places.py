"""Which folder a checkpoint goes to, what can be resumed: nothing of other data is replaced."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from evaluation import __main__ as measuring
from evaluation import checkpoints, likelihood
from models import zoo
from tests.made_up import metric
from tests.places import ROOT
from training import __main__ as cli
from training import loop
from training.recipes import RECIPES, Recipe

pytestmark = pytest.mark.slow


def fill(root, seed=0):
    """Two classes of ten pictures of chance."""
    levels = np.random.default_rng(seed).integers(0, 256, (2, 10, 9, 9), np.uint8)
    for label, pictures in zip("ab", levels, strict=True):
        (root / label).mkdir(parents=True)
        for i, each in enumerate(pictures):
            Image.fromarray(each).save(root / label / f"{i}.png")
    return root


@pytest.fixture
def letters(tmp_path):
    return fill(tmp_path / "one" / "letters")


@pytest.fixture
def others(tmp_path):
    """Another folder of the same name."""
    return fill(tmp_path / "two" / "letters", seed=1)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def run(monkeypatch, capsys, small_config, out):
    """run(*arguments): (exit status, standard output, standard error); recipe "tiny" is known."""
    recipe = Recipe("tiny", small_config("ae"), dataset="digits", epochs=2, batch_size=64)
    monkeypatch.setitem(RECIPES, "tiny", recipe)
    for samples in ("IMPORTANCE_SAMPLES", "SIDE_BY_SIDE_SAMPLES", "IWAE"):
        monkeypatch.setattr(likelihood, samples, 5)

    def command(*arguments):
        status = cli.main([*map(str, arguments), "--out", str(out), "--device", "cpu"])
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def evaluate(run, capsys, out):
    """evaluate(*arguments): the same for the command line that measures."""

    def command(*arguments):
        status = measuring.main([*arguments, "--checkpoints", str(out), "--device", "cpu"])
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def interrupted(run, monkeypatch):
    """The same, stopped by Ctrl-C after the last epoch: its state stays."""

    def stop(*_):
        raise KeyboardInterrupt

    def command(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr(cli.Evaluator, "measure", stop)
            assert run(*arguments)[0] == 130

    return command


def on(folder):
    return "tiny", "--dataset", f"folder:{folder}"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(found, assert_sentence):
    """The one sentence on standard error of a command that did nothing."""
    status, _, said = found
    assert status == 1
    said = re.split(r"[\r\n]", said.strip())[-1]  # a progress bar may stand before it
    assert_sentence(said.replace("--dataset folder:", "").replace("folder:", ""))
    return said


# --- names --------------------------------------------------------------------------------------


def test_two_folders_of_one_name_are_two_checkpoints(run, letters, others, out):
    assert run(*on(letters))[0] == 0
    before = contents(out / "tiny-letters")
    status, said, _ = run(*on(others))
    assert status == 0
    (name,) = {path.name for path in out.iterdir()} - {"tiny-letters"}
    assert name.startswith("tiny-letters-")
    assert name in said
    assert "tiny-letters is the name of another recipe or of other data." in said
    assert contents(out / "tiny-letters") == before
    assert zoo.load(out / name).card.name == zoo.load(out / name).card.recipe["name"] == name


def test_the_same_pictures_are_the_same_checkpoint(run, letters, others, out):
    for _ in range(2):
        for folder in (letters, others):
            assert run(*on(folder))[0] == 0
    assert len(list(out.iterdir())) == 2


def test_pictures_that_changed_replace_nothing(run, letters, out):
    run(*on(letters))
    before = contents(out / "tiny-letters")
    (letters / "a" / "0.png").write_bytes((letters / "b" / "0.png").read_bytes())
    (letters / "b" / "0.png").unlink()
    Image.new("L", (9, 9), 77).save(letters / "b" / "new.png")
    assert run(*on(letters))[0] == 0
    assert contents(out / "tiny-letters") == before
    assert len(list(out.iterdir())) == 2


def test_a_recipes_name_is_not_taken(run, letters, out, monkeypatch):
    """Such as vae-2-mlp by vae-2 on a folder called mlp."""
    monkeypatch.setitem(RECIPES, "tiny-letters", RECIPES["tiny"])
    assert run(*on(letters))[0] == 0
    (path,) = out.iterdir()
    assert path.name.startswith("tiny-letters-")


def test_a_recipe_on_its_own_data_replaces_no_other_data(run, letters, out, assert_sentence):
    run(*on(letters))
    shutil.move(out / "tiny-letters", out / "tiny")
    before = contents(out / "tiny")
    said = refused(run("tiny"), assert_sentence)
    assert "of other data" in said
    assert contents(out / "tiny") == before


def test_a_name_too_long_for_a_folder_is_cut(run, letters, out):
    folder = letters.rename(letters.with_name(240 * "x"))
    assert run(*on(folder))[0] == 0
    (path,) = out.iterdir()
    assert path.name == "tiny-" + 60 * "x"


def test_what_is_refused_leaves_no_empty_folder(run, letters, out, monkeypatch):
    def refuse(*_):
        raise loop.TrainingError("No.")

    monkeypatch.setattr(loop, "split_validation", refuse)
    assert run(*on(letters))[0] == 1
    assert not list(out.iterdir())


def test_nothing_is_trained_where_nothing_can_be_written(run, out, tmp_path, monkeypatch):
    """Not after an epoch or, worse, at the end: before the first step."""
    monkeypatch.setattr(cli, "fit", lambda *_: pytest.fail("it was trained"))
    (tmp_path / "file").touch()
    os.symlink("loop", tmp_path / "loop")
    for kind in ("file", "loop"):
        out.symlink_to(tmp_path / kind)
        status, _, said = run("tiny")
        assert (status, said) == (1, f"Nothing can be written to {out}; name another --out.\n")
        out.unlink()
    out.mkdir()
    os.symlink("tiny", out / "tiny")
    assert run("tiny")[0] == 1
    (out / "tiny").unlink()
    monkeypatch.setattr("tempfile.TemporaryFile", forbidding)  # root may write everywhere
    status, _, said = run("tiny")
    assert (status, said) == (1, f"Nothing can be written to {out}; name another --out.\n")
    assert not list(out.iterdir())


def forbidding(**_):
    raise OSError(errno.EROFS, "Read-only file system")


HOLDS = """
import sys
from pathlib import Path
from models import zoo

with zoo.writing(Path(sys.argv[1])):
    print("holds", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folder")
def test_two_commands_do_not_write_to_one_checkpoint(run, evaluate, letters, out, assert_sentence):
    """Two trainings, or one and the command that measures; a lock ends with its process."""
    run(*on(letters))
    before = contents(out)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(out / "tiny-letters")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with other:
        assert other.stdout.readline() == "holds\n"
        said = refused(run(*on(letters)), assert_sentence)
        assert said == (
            "Another command writes to checkpoint tiny-letters now: wait until it has ended."
        )
        data = ("--dataset", f"folder:{letters}")
        assert said == refused(evaluate("tiny-letters", *data, "--write"), assert_sentence)
        assert evaluate("tiny-letters", *data)[0] == 0  # reading is free
        assert contents(out) == before
        other.kill()
    assert run(*on(letters))[0] == 0


@pytest.mark.parametrize("call", range(1, 8))
def test_a_full_disk_costs_neither_the_checkpoint_nor_the_epochs(
    call, run, letters, out, monkeypatch
):
    """Whichever write fails: the checkpoint of before loads, and the next command goes on."""
    run(*on(letters), "--seed", "1")
    before = contents(out / "tiny-letters")
    sync, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == call:
            raise OSError(errno.ENOSPC, "No space left on device")
        return sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        status, _, said = run(*on(letters))
    if len(calls) < call:  # it has fewer writes
        assert status == 0
        return
    assert status == 1
    assert re.split(r"[\r\n]", said.strip())[-1] == (
        "The disk is full; make room on it and start again. Go on from the last finished epoch, "
        "if there is one, with --resume."
    )
    assert zoo.load(out / "tiny-letters").card.seed == 1
    assert before.items() <= contents(out / "tiny-letters").items()
    assert run(*on(letters), *["--resume"] * (call > 1))[0] == 0
    assert zoo.load(out / "tiny-letters").card.seed == 0


# --- --resume -----------------------------------------------------------------------------------


def test_a_run_is_resumed(run, interrupted, letters, out):
    interrupted(*on(letters))
    status, said, _ = run(*on(letters), "--resume")
    assert status == 0
    assert "epoch" not in said  # both were done
    assert zoo.load(out / "tiny-letters")


def test_with_nothing_to_resume_nothing_is_replaced(run, letters, out, assert_sentence):
    assert "nothing to resume" in refused(run("tiny", "--resume"), assert_sentence)
    assert not out.exists()
    run(*on(letters))
    before = contents(out)
    said = refused(run(*on(letters), "--resume", "--epochs", "9"), assert_sentence)
    assert "nothing to resume" in said
    assert contents(out) == before


@pytest.mark.parametrize("changed", range(10))
def test_after_any_picture_changed_nothing_is_resumed(
    changed, run, interrupted, letters, out, assert_sentence
):
    """Be it one to train on or one for the test."""
    interrupted(*on(letters))
    before = contents(out)
    Image.new("L", (9, 9), 77).save(letters / "a" / f"{changed}.png")
    said = refused(run(*on(letters), "--resume"), assert_sentence)
    assert "no saved state of folder:letters as it is now" in said
    assert contents(out) == before


def test_after_the_pictures_changed_the_state_before_stays(run, interrupted, letters, out):
    interrupted(*on(letters))
    before = contents(out)
    Image.new("L", (9, 9), 77).save(letters / "a" / "0.png")
    assert run(*on(letters))[0] == 0
    assert contents(out / "tiny-letters") == before


@pytest.mark.parametrize(
    ("option", "saved"), [("--epochs", "2"), ("--seed", "0")], ids=["epochs", "seed"]
)
def test_another_length_or_seed_says_which_was_saved(
    option, saved, run, interrupted, letters, out, assert_sentence
):
    interrupted(*on(letters))
    before = contents(out)
    said = refused(run(*on(letters), "--resume", option, "5"), assert_sentence)
    assert f"resume it with {option} {saved}" in said
    assert contents(out) == before


def test_all_go_on_where_they_were(run, interrupted, out, monkeypatch):
    """Those that are trained stay, one is resumed, the others follow."""
    for name in [name for name in RECIPES if name != "tiny"]:
        monkeypatch.delitem(RECIPES, name)
    for name in ("first", "last"):
        monkeypatch.setitem(RECIPES, name, cli.replace(RECIPES["tiny"], name=name))
    run("first")
    interrupted("tiny")
    before = contents(out / "first")
    status, said, _ = run("all", "--resume")
    assert status == 0
    assert "first is trained already" in said
    assert "tiny epoch" not in said
    assert "last epoch   2" in said
    assert contents(out / "first") == before
    assert zoo.load(out / "tiny")


# --- evaluate -----------------------------------------------------------------------------------


def test_evaluating_other_data_than_the_cards_says_so(run, evaluate, letters, others):
    run(*on(letters))
    for data, words in (
        (letters, ""),
        (others, "was trained on folder:letters as it was; these numbers are of folder:letters as"),
    ):
        status, out, said = evaluate("tiny-letters", "--dataset", f"folder:{data}")
        assert status == 0
        assert "mse" in out
        assert words in said
        assert ("trained on" in said) == bool(words)
    said = evaluate("tiny-letters", "--dataset", "digits")[2]
    assert "tiny-letters was trained on folder:letters; these numbers are of digits" in said


def test_numbers_of_other_data_are_never_written_into_a_card(
    run, evaluate, letters, out, assert_sentence
):
    run(*on(letters))
    before = contents(out / "tiny-letters")
    status, _, said = evaluate("tiny-letters", "--dataset", "digits", "--write")
    assert status == 1
    assert_sentence(said.splitlines()[-1].replace("folder:", ""))
    assert contents(out / "tiny-letters") == before
    assert evaluate("tiny-letters", "--dataset", f"folder:{letters}", "--write")[0] == 0


def test_measuring_all_names_what_cannot_be_loaded(run, evaluate, letters, out, assert_sentence):
    run(*on(letters))
    (out / "empty").mkdir()
    data = ("--dataset", f"folder:{letters}")
    status, printed, said = evaluate("--all", *data)
    assert status == 0
    assert "mse" in printed
    assert_sentence(said.splitlines()[0])
    assert said.startswith("Checkpoint empty is incomplete")
    shutil.rmtree(out / "tiny-letters")
    assert "no checkpoint to measure" in refused(evaluate("--all", *data), assert_sentence)


def test_more_classes_than_the_model_knows_are_refused(
    run, evaluate, letters, small_config, monkeypatch, assert_sentence
):
    recipe = cli.replace(RECIPES["tiny"], config=small_config("cvae"))
    monkeypatch.setitem(RECIPES, "tiny", recipe)
    assert run(*on(letters))[0] == 0
    said = refused(evaluate("tiny-letters", "--dataset", "digits"), assert_sentence)
    assert "10 classes, and the model knows 2" in said


def test_metrics_that_do_not_exist_are_left_out(run, evaluate, letters, out, monkeypatch):
    """A mean over no pictures must not cost the training that came before it."""
    measure = checkpoints.evaluate

    def without_numbers(*arguments):
        metrics, latent = measure(*arguments)
        return metrics | {"spread": metric("spread", float("nan"))}, latent

    monkeypatch.setattr(checkpoints, "evaluate", without_numbers)
    status, _, said = run(*on(letters))
    assert status == 0
    assert "no spread: it is left out" in said
    assert "spread" not in zoo.load(out / "tiny-letters").card.metrics
    printed = evaluate("tiny-letters", "--dataset", f"folder:{letters}", "--json")[1]
    assert "spread" not in json.loads(printed)["metrics"]
