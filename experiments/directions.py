"""Which step in a code is to be the direction of a measure: three ways, on held-out digits.

Every way raises the prediction of a measure by one standard deviation. What counts is what decoded
pictures then do: by how far their own measure is off one deviation, plus how far the others move.
The regressions see the first training digits; the ways are compared on the last ones, which chose
the epochs of the networks, too. No test digit takes part: those are for the cards.

    python -m experiments.directions [--digits N] [--data FOLDER]
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from commands import at_least
from data import datasets
from data.datasets import Split, unit_interval
from data.morphology import MEASURES
from evaluation.codes import codes
from evaluation.directions import (
    FIT,
    MOVED,
    Prediction,
    directions_of,
    fit,
    likeliest,
    moved,
    slopes,
)
from experiments.frame import parser, start
from models import Model, zoo

NAMES = ("ae-16", "dae-16", "vae-16")


def along_weights(fits: Mapping[str, Prediction], z: Tensor) -> dict[str, Tensor]:
    """{measure: step [D]}: the shortest that raises its prediction, whatever the others do."""
    return {n: f.weights * f.deviation / f.weights.square().sum() for n, f in fits.items()}


def shortest(fits: Mapping[str, Prediction], z: Tensor) -> dict[str, Tensor]:
    """{measure: step [D]}: the shortest that raises its prediction and leaves the others."""
    return likeliest(fits, torch.eye(z.shape[1], dtype=torch.float64))


WAYS: dict[str, Callable[[Mapping[str, Prediction], Tensor], dict[str, Tensor]]] = {
    "along the weights": along_weights,
    "shortest": shortest,
    "likeliest": directions_of,
}


def strayed(model: Model, train: Split, digits: int = MOVED) -> dict[str, float]:
    """{way: mean over measures of |own slope - 1| + sum of |others' slopes|}, in deviations."""
    fitted_on, held_out = train.part(slice(FIT)), train.part(slice(len(train) - digits, None))
    z, start = (codes(model, part) for part in (fitted_on, held_out))
    x = unit_interval(fitted_on.images)[:, 0]
    fits = {name: fit(z, measure(x)) for name, measure in MEASURES.items()}
    found = {}
    for way, steps_of in WAYS.items():
        off = []
        for name, step in steps_of(fits, z).items():
            measured = moved(model, start, step).items()
            change = {n: float(slopes(v).mean()) / fits[n].deviation for n, v in measured}
            own = change.pop(name)
            off.append(abs(own - 1) + sum(map(abs, change.values())))
        found[way] = sum(off) / len(off)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Print how far each way to a direction strays, for each model."""
    command = parser("directions", __doc__, "checkpoints", "data")
    command.add_argument(
        "--digits", type=at_least(2), default=MOVED, help="the last so many to train on"
    )
    options = command.parse_args(arguments)
    train = datasets.load("mnist", options.data).train
    models = zoo.Zoo(options.checkpoints)
    print(
        f"|own slope - 1| + the others' |slopes|, deviations; last {options.digits} training digits"
    )
    for name in NAMES:
        off = strayed(models[name].model, train, options.digits)
        print(f"{name:8}", ", ".join(f"{way} {value:.2f}" for way, value in off.items()))


if __name__ == "__main__":
    start(main)
