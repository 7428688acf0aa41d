"""What the same recipes gave with other seeds: trainings whose checkpoints are not shipped.

docs/seeds.json holds {recipe: {seed: {metric: value}}}, each metric as cards name it; docs/seeds.md
says by which protocol.
"""

import json
from functools import cache
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple, TypeGuard, cast

FILE = Path(__file__).resolve().parent.parent / "docs" / "seeds.json"

Runs = dict[str, dict[str, dict[str, float]]]


class Gain(NamedTuple):
    """How much more one recipe has of a metric than another: mean and spread over the seeds.

    `spread` is the standard deviation of the differences seed by seed, `least` the smallest and
    `most` the largest of them.
    """

    mean: float
    spread: float
    least: float
    most: float
    seeds: int


def read(file: Path) -> Runs:
    """All trainings in a file of that form; none without the file.

    Raises ValueError, one sentence, for a file of another form, and OSError if it cannot be read.
    """
    if not file.exists():
        return {}
    try:
        runs = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        runs = None
    if not _are_runs(runs):
        raise ValueError(f"The file {file.name} holds no trainings; move it away or name another.")
    return runs


def _are_runs(value: Any) -> TypeGuard[Runs]:
    if not isinstance(value, dict):
        return False
    return all(isinstance(seeds, dict) for seeds in cast(dict[str, Any], value).values())


_trainings = cache(read)


def of(recipe: str, metric: str) -> dict[str, float]:
    """{seed: value} of a recipe's trainings; nothing where none was measured."""
    runs = _trainings(FILE).get(recipe, {})
    return {seed: metrics[metric] for seed, metrics in runs.items() if metric in metrics}


def spread(recipe: str, metric: str) -> tuple[float, float, int] | None:
    """(mean, standard deviation, number) of a recipe's trainings; None if fewer than two.

    In the metric's own unit.
    """
    values = of(recipe, metric).values()
    return (mean(values), stdev(values), len(values)) if len(values) > 1 else None


def gain(recipe: str, rival: str, metric: str) -> Gain | None:
    """Of `recipe` over `rival`, on the seeds that both were trained with; None if fewer than two.

    In the metric's own unit.
    """
    ours, theirs = of(recipe, metric), of(rival, metric)
    found = [ours[seed] - theirs[seed] for seed in ours.keys() & theirs.keys()]
    if len(found) < 2:
        return None
    return Gain(mean(found), stdev(found), min(found), max(found), len(found))


def in_words(found: Gain | None, unit: str) -> str:
    """The words beside a lead that was measured on the shipped pair alone."""
    if found is None:
        return "one training each"
    sign = "−" if found.mean < 0 else "+"
    size = f"{sign}{abs(found.mean):.1f} ± {found.spread:.1f} {unit}"
    return f"with {found.seeds} seeds each {size}"
