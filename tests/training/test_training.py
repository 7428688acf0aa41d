"""The training loop and its command line: the same run twice, however often it was killed."""

import json
import math
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from data.datasets import Split, unit_interval
from evaluation import __main__ as measuring
from evaluation import likelihood
from models import FAMILIES, Batch, Model, build, zoo
from models.device import choose_device
from tests.made_up import stand_in
from tests.places import ROOT
from tests.training.runs import CPU, fresh, same_weights, trained, weights_of
from training import __main__ as cli
from training import loop
from training.errors import TrainingError
from training.loop import Epoch, Finished, Progress, fit, learning_rate
from training.recipes import RECIPES, Recipe

pytestmark = pytest.mark.slow

STEPS = (1_437 - 80) // 64  # of one epoch of that recipe


# --- the loop -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("progress", "share"),
    [(0, 0), (0.1, 0.5), (0.2, 1), (0.4, 0.5 + 0.5 * math.sqrt(0.5)), (0.6, 0.5), (1, 0)],
)
def test_learning_rate_warms_up_then_follows_a_cosine(recipe, progress, share):
    planned = replace(recipe, learning_rate=0.01, warmup=0.2)
    assert learning_rate(planned, progress) == pytest.approx(0.01 * share, abs=1e-12)


def test_learning_rate_without_warm_up_starts_at_its_peak(recipe):
    assert learning_rate(replace(recipe, warmup=0), 0) == recipe.learning_rate


def test_streams_of_randomness_do_not_meet():
    seeds = {
        loop.seed_of(seed, stream, epoch)
        for seed in range(10)
        for stream in (loop.ORDER, loop.NOISE, loop.VALIDATION)
        for epoch in range(50)
    }
    assert len(seeds) == 10 * 3 * 50
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_dynamic_binarization_draws_each_pixel_anew(digits, recipe, generator, assert_mean):
    """Each use of an image is another draw of Bernoulli(grey)."""
    index = torch.zeros(4_000, dtype=torch.long)
    draws = loop.make_batch(digits.train, index, recipe, generator).x
    assert set(draws.unique().tolist()) == {0, 1}
    assert_mean(draws, unit_interval(digits.train.images[0]).double())


def test_grey_recipes_see_grey_images(digits, recipe, generator):
    index = torch.tensor([5, 2])
    batch = loop.make_batch(digits.train, index, replace(recipe, binarize=False), generator)
    assert torch.equal(batch.x, unit_interval(digits.train.images[index]))
    assert batch.y is not None
    assert torch.equal(batch.y, digits.train.labels[index])


@pytest.mark.parametrize("family", [f.family for f in FAMILIES.values() if f.has_likelihood])
def test_training_learns(family, digits, recipe, small_config):
    """From the first step to the last epoch the objective falls by a good part of itself."""
    recipe = replace(recipe, config=small_config(family, latent=8), epochs=3, learning_rate=1e-2)
    model = fresh(recipe)
    _, validation = loop.split_validation(digits.train, recipe, CPU)

    def objective(means):
        return sum(w * means[n] for terms in model.objective(0).values() for n, w in terms.items())

    before = objective(loop.validate(model, validation, recipe, 0))
    events = list(fit(recipe, model, digits.train, CPU))
    epochs = [event for event in events if isinstance(event, Epoch)]
    assert [event.epoch for event in epochs] == [1, 2, 3]
    assert epochs[-1].objective < 0.6 * before
    assert epochs[-1].objective == pytest.approx(objective(epochs[-1].validation))
    assert isinstance(events[-1], Finished)
    assert [row["epoch"] for row in events[-1].curve] == [1, 2, 3]


def test_progress_is_reported_within_an_epoch(recipe, few, monkeypatch):
    monkeypatch.setattr(loop, "REPORT_EVERY", 3)
    events = list(fit(replace(recipe, epochs=2, batch_size=40), fresh(recipe), few, CPU))
    progress = [(e.epoch, e.step, e.steps) for e in events if isinstance(e, Progress)]
    assert progress == [(1, 3, 8), (1, 6, 8), (2, 3, 8), (2, 6, 8)]


def test_a_run_repeats_itself_whatever_the_global_seed(recipe, few):
    """Given the initial weights, all randomness is the recipe's; another seed is another run."""
    runs = []
    for seed in (0, 0, 1):
        model = fresh(recipe)
        torch.manual_seed(len(runs))
        list(fit(replace(recipe, seed=seed, epochs=2), model, few, CPU))
        runs.append(weights_of(model))
    assert same_weights(runs[0], runs[1])
    assert not same_weights(runs[0], runs[2])


def planned_objectives(monkeypatch, values):
    """Validation finds these objectives, whatever the weights."""
    planned = iter(values)
    monkeypatch.setattr(loop, "validate", lambda *_: {"reconstruction": next(planned), "code": 0.0})


def test_the_best_weights_are_kept(recipe, few, monkeypatch):
    planned_objectives(monkeypatch, [3.0, 1.0, 2.0, 1.5])
    model, snapshots, event = fresh(recipe), {}, None
    for event in fit(recipe, model, few, CPU):
        if isinstance(event, Epoch):
            snapshots[event.epoch] = weights_of(model)
            assert event.best == (event.epoch <= 2)
    assert isinstance(event, Finished)
    assert event.best_epoch == 2
    assert same_weights(weights_of(model), snapshots[2])
    assert not same_weights(snapshots[2], snapshots[4])
    assert not model.training


def test_the_best_weights_survive_an_interruption(recipe, few, monkeypatch, tmp_path):
    """The best epoch may lie before the interruption, and its weights are kept with the state."""
    path = tmp_path / "state"
    planned_objectives(monkeypatch, [3.0, 1.0, 2.0, 1.5])
    first, snapshots = fresh(recipe), {}
    for event in fit(recipe, first, few, CPU, path):
        if isinstance(event, Progress | Finished):
            continue
        snapshots[event.epoch] = weights_of(first)
        if event.epoch == 4:
            break
    model = fresh(recipe)
    planned_objectives(monkeypatch, [1.5])
    *_, finished = fit(recipe, model, few, CPU, path, resume=True)
    assert isinstance(finished, Finished)
    assert finished.best_epoch == 2
    assert same_weights(weights_of(model), snapshots[2])


def test_patience_ends_training(recipe, few, monkeypatch):
    planned_objectives(monkeypatch, [2.0, 1.0, 1.5, 1.2, 0.5])
    *_, finished = fit(replace(recipe, epochs=5, patience=2), fresh(recipe), few, CPU)
    assert isinstance(finished, Finished)
    assert (finished.best_epoch, len(finished.curve)) == (2, 4)


@pytest.mark.parametrize("objective", [math.nan, math.inf])
def test_a_diverged_run_says_so(objective, recipe, few, monkeypatch, assert_sentence):
    planned_objectives(monkeypatch, [objective])
    with pytest.raises(TrainingError, match="learning rate") as refused:
        list(fit(recipe, fresh(recipe), few, CPU))
    assert_sentence(str(refused.value))


@pytest.mark.parametrize("where", ["a term that is not minimised", "the weights"])
def test_what_could_not_be_saved_ends_a_run_at_once(
    where, recipe, few, tmp_path, monkeypatch, assert_sentence
):
    """A card holds no NaN and a checkpoint no weight that is none: later would be too late."""
    model = fresh(recipe)
    if where == "the weights":
        averages = loop.Stepper.averages

        def last_step_too_far(stepper, steps):
            next(stepper.model.parameters()).data.fill_(math.inf)
            return averages(stepper, steps)

        monkeypatch.setattr(loop.Stepper, "averages", last_step_too_far)
        recipe = replace(recipe, validation=0)
    else:
        monkeypatch.setattr(
            loop, "validate", lambda *_: {"reconstruction": 1.0, "code": 0.0, "more": math.nan}
        )
    with pytest.raises(TrainingError, match="no longer finite; lower the learning") as refused:
        list(fit(recipe, model, few, CPU, tmp_path / "state"))
    assert_sentence(str(refused.value))
    assert not (tmp_path / "state").exists()


def test_too_few_images_are_refused(recipe, few, assert_sentence):
    with pytest.raises(TrainingError, match="too few") as refused:
        list(fit(replace(recipe, batch_size=401), fresh(recipe), few, CPU))
    assert_sentence(str(refused.value))


@pytest.mark.parametrize(("family", "batch"), [("m2", 20), ("classifier", 50)])
def test_too_few_images_of_either_kind_are_refused(
    family, batch, recipe, few, small_config, assert_sentence
):
    """Of 52 images 40 are labelled: 12 fill no batch of M2, and 40 none of the classifier."""
    first = Split.of(few.images[:52], torch.arange(52) % 10)
    chosen = replace(recipe, config=small_config(family), batch_size=batch, labels=40, validation=0)
    with pytest.raises(TrainingError, match="too few images for a batch") as refused:
        list(fit(chosen, fresh(chosen), first, CPU))
    assert_sentence(str(refused.value))


def test_held_out_images_are_the_last_and_are_not_trained_on(recipe, few):
    train, validation = loop.split_validation(few, recipe, CPU)
    assert torch.equal(train.images, few.images[:320])
    assert torch.equal(validation.images, few.images[320:])
    assert torch.equal(validation.labels, few.labels[320:])
    changed = Split.of(torch.cat([few.images[:320], few.images[320:].flip(0) // 2]), few.labels)
    one_epoch = replace(recipe, epochs=1)
    runs = [trained(one_epoch, split) for split in (few, changed)]
    assert same_weights(runs[0][0], runs[1][0])
    assert runs[0][1] != runs[1][1]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_can_be_trained_on_digits(recipe, digits):
    """What the data module advises to those without a network."""
    train, validation = loop.split_validation(digits.train, recipe, CPU)
    assert len(train) >= recipe.batch_size
    assert bool(len(validation)) == bool(recipe.validation)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipes_can_be_built_and_survive_json(recipe):
    assert RECIPES[recipe.name] is recipe
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe
    assert build(recipe.config).latent == recipe.config.latent


# --- players ------------------------------------------------------------------------------------


class TugOfWar(nn.Module):
    """Two players with one number each and the term (a - b)^2: a minimises it, b maximises it."""

    adam_beta1 = Model.adam_beta1

    def __init__(self, weights):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(0.0))
        self.weights = weights

    def terms(self, batch):
        return {"gap": (self.a - self.b).square().expand(len(batch.x))}

    def objective(self, step):
        return {name: {"gap": weight} for name, weight in self.weights(step).items()}

    def players(self):
        return {"a": [self.a], "b": [self.b]}


def steps_of(model, split, recipe, n, rate=0.01):
    stepper = loop.Stepper(model, split, recipe, CPU)
    positions = []
    for step in range(n):
        stepper(torch.arange(recipe.batch_size), rate, step)
        positions.append((model.a.item(), model.b.item()))
    return positions


def test_each_player_moves_by_its_own_objective(recipe, few):
    """Adam's first step is the learning rate along minus the sign of the gradient. Both players
    see the gap before either moves: were b to see it after a, or a's weight, it would differ."""
    model = TugOfWar(lambda step: {"a": 1.0, "b": -1.0})
    ((a, b),) = steps_of(model, few, recipe, 1)
    assert a == pytest.approx(1 - 0.01, abs=1e-5)
    assert b == pytest.approx(0 - 0.01, abs=1e-5)


def test_a_weight_of_zero_holds_a_player_still(recipe, few):
    """Weights may move with the step, as in a warm-up: b joins at step 2."""
    model = TugOfWar(lambda step: {"a": 1.0, "b": -1.0 if step >= 2 else 0.0})
    positions = steps_of(model, few, recipe, 3)
    assert [b for _, b in positions[:2]] == [0, 0]
    assert positions[2][1] < 0


def test_a_learning_rate_of_zero_moves_nothing(recipe, few):
    model = TugOfWar(lambda step: {"a": 1.0, "b": 1.0})
    assert steps_of(model, few, recipe, 1, rate=0.0) == [(1, 0)]


def test_validation_is_the_mean_over_images_not_over_batches(recipe, digits, monkeypatch):
    """1,357 images come in batches of 1,000 and 357; each counts the same."""

    class Brightness(nn.Module):
        def terms(self, batch: Batch):
            return {"brightness": batch.x.flatten(1).mean(1)}

    split, _ = loop.split_validation(digits.train, recipe, CPU)
    means = loop.validate(stand_in(Brightness()), split, replace(recipe, binarize=False), 0)
    expected = unit_interval(split.images).double().mean().item()
    assert means["brightness"] == pytest.approx(expected, rel=1e-5)


def test_a_new_model_is_seeded_built_and_fitted(recipe, few):
    recipe, told = replace(recipe, epochs=2, seed=3), []
    model, finished = loop.train_model(recipe, few, CPU, told.append)
    weights, curve = trained(recipe, few)
    assert same_weights(weights_of(model), weights)
    assert (finished.curve, told[-1]) == (curve, finished)
    assert not model.training


# --- interruptions ------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("events", [2, 6, 8], ids=lambda n: f"after {n} events")
def test_a_resumed_run_ends_in_the_same_weights(
    family, events, recipe, small_config, few, tmp_path, monkeypatch
):
    """Bit for bit, wherever it was left: an epoch has three reports of progress and an end."""
    monkeypatch.setattr(loop, "REPORT_EVERY", 1)
    recipe = replace(recipe, config=small_config(family), batch_size=100)
    whole = trained(recipe, few)
    path = tmp_path / "state"
    interrupted: Any = fit(recipe, fresh(recipe), few, CPU, path)
    for _ in range(events):
        next(interrupted)
    interrupted.close()
    weights, curve = trained(recipe, few, state_path=path, resume=True)
    assert same_weights(weights, whole[0])
    assert curve == whole[1]


def test_resuming_without_a_state_starts_anew(recipe, few, tmp_path):
    recipe = replace(recipe, epochs=1)
    resumed, _ = trained(recipe, few, state_path=tmp_path / "absent", resume=True)
    assert same_weights(resumed, trained(recipe, few)[0])


# --- the command line ---------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch, capsys, recipe, tmp_path):
    """run(*arguments): (exit status, standard output, standard error) of the command line.

    It knows the tiny recipe too, and writes into a folder of the test's own.
    """
    monkeypatch.setitem(RECIPES, recipe.name, recipe)
    for samples in ("IMPORTANCE_SAMPLES", "SIDE_BY_SIDE_SAMPLES", "IWAE"):
        monkeypatch.setattr(likelihood, samples, 5)
    capsys.readouterr()

    def command(*arguments):
        try:
            status = cli.main([*arguments, "--out", str(tmp_path / "out"), "--device", "cpu"])
        except SystemExit as stopped:
            status = stopped.code
        return status, *capsys.readouterr()

    return command


def last_line(text):
    """What the user reads last; a progress bar may stand before it."""
    return re.split(r"[\r\n]", text.strip())[-1]


def test_training_leaves_a_checkpoint_and_no_state(run, recipe, digits, tmp_path):
    status, out, _ = run("tiny")
    assert status == 0
    assert "epoch   4" in out
    folder = tmp_path / "out" / "tiny"
    files = {zoo.CARD, zoo.CODES, zoo.MIXTURE, zoo.WEIGHTS}
    assert {p.name for p in folder.iterdir()} == files
    entry = zoo.load(folder)
    drawn = entry.mixture.sample(2_000, torch.Generator().manual_seed(0))
    assert torch.allclose(drawn.mean(0), torch.tensor(entry.card.latent["mean"]), atol=0.25)
    card = entry.card
    assert torch.equal(entry.codes.y.long(), digits.test.labels)
    assert Recipe.from_dict(card.recipe) == recipe
    assert card.config == recipe.config
    assert card.data == {
        "name": "digits",
        "train_sha256": digits.train.sha256,
        "test_sha256": digits.test.sha256,
    }
    assert [row["epoch"] for row in card.curve] == [1, 2, 3, 4]
    assert len(card.latent["mean"]) == recipe.config.latent


def test_the_card_measures_the_weights_that_are_shipped(run, tmp_path, capsys):
    """Weights are rounded when stored: evaluating the checkpoint gives the card's very numbers."""
    run("tiny")
    card = zoo.load(tmp_path / "out" / "tiny").card
    assert measuring.main(["tiny", "--checkpoints", str(tmp_path / "out"), "--json"]) == 0
    metrics = {name: metric.to_dict() for name, metric in card.metrics.items()}
    expected = {"name": "tiny", "data": card.data, "metrics": metrics}
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(expected))


def test_the_seed_is_in_the_card_and_makes_a_difference(run, tmp_path):
    folder = tmp_path / "out" / "tiny"
    weights = []
    for seed in (1, 1, 2):
        assert run("tiny", "--seed", str(seed), "--epochs", "1")[0] == 0
        assert zoo.load(folder).card.seed == seed
        weights.append((folder / zoo.WEIGHTS).read_bytes())
    assert weights[0] == weights[1] != weights[2]


# Runs the command line with one more recipe, and kills itself, as `kill -9` does, at the n-th call
# of a function: deterministic, where a signal from outside would come at another step each time.
KILLED = """
import json, os, signal, sys
from training import __main__ as cli
from training import loop, recipes

recipe = recipes.Recipe.from_dict(json.loads(sys.argv[1]))
recipes.RECIPES[recipe.name] = recipe
owner = {"loop": loop, "os": os}[sys.argv[2]]
name, last = sys.argv[3], int(sys.argv[4])
original, calls = getattr(owner, name), []

def until_killed(*arguments):
    calls.append(name)
    if len(calls) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments)

setattr(owner, name, until_killed)
sys.exit(cli.main(sys.argv[5:]))
"""


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [("loop", "learning_rate", 2 * STEPS + 7), ("os", "fsync", 3)],
    ids=["in the middle of the third epoch", "while saving after the third epoch"],
)
def test_training_goes_on_after_kill_9(owner, name, call, run, recipe, tmp_path):
    folder = tmp_path / "out" / "tiny"
    where = [owner, name, str(call)]
    command = ["tiny", "--out", str(folder.parent), "--device", "cpu"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, json.dumps(recipe.to_dict()), *where, *command],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert (folder / cli.STATE).is_file()
    status, out, err = run("tiny", "--resume")
    assert status == 0, err
    assert "epoch   2" not in out
    assert "epoch   3" in out
    resumed = (folder / zoo.WEIGHTS).read_bytes()
    assert run("tiny")[0] == 0
    assert resumed == (folder / zoo.WEIGHTS).read_bytes()


def test_a_keyboard_interrupt_says_how_to_go_on(run, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "learning_rate", stop)
    status, _, err = run("tiny")
    assert status == 130
    assert "--resume" in last_line(err)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["unheard-of"], "there is no recipe"),
        ([], "required"),
        (["tiny", "--seed", "-1"], "whole number"),
        (["tiny", "--seed", "1.5"], "whole number"),
        (["tiny", "--seed", "nan"], "whole number"),
        (["tiny", "--seed", str(2**64)], "whole number"),
        (["tiny", "--epochs", "0"], "epoch"),
        (["tiny", "--epochs", "many"], "whole number"),
        (["tiny", "--dataset", "cifar-10"], "invalid choice"),
        (["tiny", "--device", "abacus"], "invalid choice"),
        (["tiny", "vae-2"], "unrecognized arguments"),
        (["evaluate"], "there is no recipe"),
        (["tiny", "--dataset", "mnist", "--data", "nowhere"], "could not be downloaded"),
        (["tiny", "--dataset", "fashion-mnist", "--data", "nowhere"], "could not be downloaded"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_answered_in_one_sentence(
    arguments, reason, run, no_network, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    status, _, err = run(*arguments)
    assert status not in (0, None)
    assert reason in last_line(err)
    assert "Traceback" not in err


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_an_absent_device_is_named(device, run, monkeypatch, capsys, assert_sentence):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["training", "tiny", "--device", device])
    assert cli.main() == 1
    assert_sentence(capsys.readouterr().err)
    with pytest.raises(ValueError, match=f"no {device} device"):
        choose_device(device)
    assert choose_device() == choose_device("cpu") == CPU


def test_the_command_line_computes_convolutions_exactly(run, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    assert choose_device("cpu") == CPU
    assert torch.backends.cudnn.allow_tf32  # to choose a device changes nothing else
    assert run("list")[0] == 0
    assert not torch.backends.cudnn.allow_tf32


def test_a_damaged_checkpoint_cannot_be_evaluated(run, tmp_path, capsys, assert_sentence):
    run("tiny", "--epochs", "1")
    (tmp_path / "out" / "tiny" / zoo.WEIGHTS).write_bytes(b"")
    assert measuring.main(["tiny", "--checkpoints", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert_sentence(err)
    assert "tiny" in err


def test_list_says_what_is_there(run, tmp_path):
    before = {line.split()[0]: line for line in run("list")[1].splitlines()}
    assert before.keys() == RECIPES.keys()
    assert all(line.endswith("not trained") for line in before.values())
    run("tiny", "--epochs", "1")
    (tmp_path / "out" / "ae-2").mkdir()
    status, out, _ = run("list")
    after = {line.split()[0]: line for line in out.splitlines()}
    assert status == 0
    assert re.search(r"trained, \d+ s, MSE 0\.\d+$", after["tiny"])
    assert after["ae-2"].endswith("a file is missing.")
    assert after["vae-2"].endswith("not trained")


@pytest.mark.parametrize(
    "arguments",
    [
        (measuring, "vae-2", "--dataset", "mixture"),
        (cli, "vae-2", "--dataset", "mixture", "--epochs", "1"),
        (cli, "vae-2", "--dataset", "digits", "--out", "/proc/nowhere"),
        (measuring, "."),
        (measuring, "../checkpoints/vae-2"),
        (measuring, "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_work(arguments, tmp_path, capsys):
    command, *words = arguments
    if command is cli and "--out" not in words:
        words += ["--out", str(tmp_path)]
    assert command.main([*words, "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert said.endswith(".")
    assert "Errno" not in said


@pytest.mark.parametrize(
    ("name", "resumes"), [("vae-2", True), ("all", True), ("linear-8", False), ("list", False)]
)
def test_only_what_can_be_resumed_is_said_to_be(name, resumes):
    assert ("--resume" in cli._way_on(name)) == resumes
