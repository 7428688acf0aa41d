"""Kills trainings, as kill -9 does, at random moments, and goes on with them until they end.

    python -m tests.training.kills [--times N] [--seed S]

After every kill the folder must load as the checkpoint of before or as the new one, and in the end
the weights must be those of a training that nobody killed, byte for byte. Half of the kills hit at
a random time, the other half at a random write. Prints what it counted; the status is 1 if a
single training was lost.
"""

import argparse
import contextlib
import io
import os
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import torch

from commands import at_least
from evaluation.measures import Measure
from models import Config, zoo
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig
from training import __main__ as cli
from training.places import STATE
from training.recipes import RECIPES, Recipe

LAYERS = NetworkConfig(widths=(16,))
RECIPE = Recipe(
    "tiny",
    Config("vae", latent=3, encoder=LAYERS, decoder=LAYERS, likelihood=Bernoulli()),
    dataset="digits",
    measures=(Measure.BASICS,),
    epochs=6,
    batch_size=64,
    validation=80,
)
WRITES = ("fsync", "replace", "unlink")  # the system's functions that a save calls, in os
MOST_WRITES = 40  # of one training


@dataclass(frozen=True)
class Kill:
    """When a training dies: before the `call`-th write, or after so many seconds."""

    call: int = 0
    seconds: float = 0.0


def train(out: Path, kill: Kill, *options: str) -> bool:
    """Train in a process of its own; returns whether it ended by itself, and with success.

    Raises RuntimeError, with what it printed, if it failed.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _train_here(out, kill, write, *options)
    os.close(write)
    with open(read, encoding="utf-8", errors="replace") as printed:
        said = printed.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if status:
        raise RuntimeError(f"A training ended with status {status}: {said}")
    return True


def _train_here(out: Path, kill: Kill, write: int, *options: str) -> NoReturn:
    """In the child: the command line, with what it prints sent to the parent if it fails."""
    status, printed = 1, io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            _arm(kill)
            status = cli.main([RECIPE.name, "--out", str(out), "--device", "cpu", *options])
    except Exception:
        traceback.print_exc(file=printed)
    finally:  # whatever happens, the child must not go on with the parent's work
        if status:
            os.write(write, printed.getvalue()[-4_000:].encode())
        os._exit(status)


def _arm(kill: Kill) -> None:
    calls = []

    def counted(original):
        def until_killed(*arguments, **names):
            calls.append(original)
            if len(calls) == kill.call:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **names)

        return until_killed

    if kill.call:
        for name in WRITES:
            setattr(os, name, counted(getattr(os, name)))
    if kill.seconds:
        timer = threading.Timer(kill.seconds, os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()


def lost(out: Path, whole: bytes, seconds: float, draws: random.Random, counts: Counter) -> str:
    """Kill one training again and again until it ends; what was lost of it, or nothing.

    The folder holds a checkpoint of another seed before. `whole` are the weights to end with.
    """
    folder = out / RECIPE.name
    options = ()
    while True:
        kill = Kill(call=draws.randint(1, MOST_WRITES))
        if draws.random() < 0.5:
            kill = Kill(seconds=draws.uniform(0, seconds))
        ended = train(out, kill, *options)
        try:
            seed = zoo.load(folder).card.seed
        except zoo.CheckpointError as error:
            return str(error)
        if ended or seed == RECIPE.seed:
            break
        counts["kills"] += 1
        resumes = (folder / STATE).is_file()
        counts["resumed"] += resumes
        options = ("--resume",) if resumes else ()
    return "" if zoo.load(folder) and weights(folder) == whole else "The weights are others."


def weights(folder: Path) -> bytes:
    """The file of weights that the card vouches for; a killed save may have left it elsewhere."""
    return zoo.read_file(folder, zoo.WEIGHTS, zoo.load(folder).card.weights_sha256)


def main(arguments: list[str] | None = None) -> int:
    """Kill so many trainings; prints the counts, and returns 1 if one was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.training.kills")
    parser.add_argument("--times", type=at_least(1), default=40, help="trainings that are killed")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the moments")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)  # a fork keeps no threads
    RECIPES[RECIPE.name] = RECIPE
    draws, counts, failures = random.Random(options.seed), Counter(), []
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        started = time.perf_counter()
        train(out, Kill())
        seconds = time.perf_counter() - started
        whole = weights(out / RECIPE.name)
        while counts["kills"] < options.times and not failures:
            train(out, Kill(), "--seed", "1")
            if reason := lost(out, whole, seconds, draws, counts):
                failures.append(reason)
    print(
        f"{counts['kills']} kills, {counts['resumed']} resumed from a saved state, "
        f"{len(failures)} lost{''.join(f': {reason}' for reason in failures)}"
    )
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
