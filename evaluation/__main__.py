"""Command line: python -m evaluation NAME [NAME ...] | --all."""

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path

import commands
from data import datasets, folder, source
from data.datasets import Dataset
from evaluation import applies
from evaluation.checkpoints import Evaluator, Measured, check_classes, lines
from evaluation.generation import JUDGE
from evaluation.likelihood import SIDE_BY_SIDE_IMAGES
from evaluation.measures import DEFAULT, Measure
from models import zoo
from models.device import choose_device, exact_convolutions
from models.origins import MIXTURE, PRIOR, metric_name

# The metric that says that a measure was taken; one of the two where there are two.
TELLING = {
    Measure.BASICS: ("mse", "accuracy"),
    Measure.TERMS: ("elbo",),
    Measure.LIKELIHOOD: ("elbo, side by side",),
    Measure.REPRESENTATION: ("linear probe accuracy", "aggregate kl"),
    Measure.CORRUPTION: ("mse masking 0.5",),
    Measure.DIRECTIONS: ("R^2 slant",),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure checkpoints; returns the exit status, having said why on standard error if not 0."""
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    return commands.run(lambda: _run(options), datasets.DataError)


def _run(options: argparse.Namespace) -> None:
    exact_convolutions()
    evaluator = Evaluator(options.checkpoints, choose_device(options.device), options.images)
    for name in _names(options):
        with zoo.writing(options.checkpoints / name) if options.write else nullcontext():
            _evaluate(name, options, evaluator)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="Measure trained checkpoints on their test images, and print each number with "
        "how it was measured.",
        epilog=f"Measures: {', '.join(Measure)}.",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="checkpoints, such as vae-2")
    parser.add_argument("--all", action="store_true", help="all checkpoints of the folder")
    parser.add_argument(
        "--only",
        type=_measures,
        metavar="MEASURES",
        help="some measures, with commas between them (default: those that the recipe names)",
    )
    parser.add_argument(
        "--missing", action="store_true", help="leave out checkpoints that have them already"
    )
    parser.add_argument("--write", action="store_true", help="put what is measured into the cards")
    parser.add_argument(
        "--checkpoints", type=Path, default=zoo.CHECKPOINTS, help="folder of the checkpoints"
    )
    parser.add_argument("--data", type=Path, help="folder of the data sets (default: LATENT_DATA)")
    parser.add_argument(
        "--dataset",
        help=f"instead of the one trained on: {', '.join(datasets.DATASETS)}, or {folder.PREFIX}"
        "PATH for a folder with one sub-folder of pictures per class",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument(
        "--images",
        type=commands.at_least(2),
        default=SIDE_BY_SIDE_IMAGES,
        help="how many test images all estimates of log p(x) are compared on",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON a checkpoint")
    options = parser.parse_args(arguments)
    if bool(options.names) == options.all:
        parser.error("name checkpoints, as in python -m evaluation vae-2, or give --all")
    return options


def _measures(text: str) -> tuple[Measure, ...]:
    try:
        return tuple(Measure(name.strip()) for name in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} names no measures; choose some of {','.join(Measure)}"
        ) from error


def _names(options: argparse.Namespace) -> list[str]:
    """The names of the checkpoints asked for. Raises CheckpointError for one that is not there.

    Of all of them, those that cannot be loaded are told on standard error.
    """
    if options.all:
        found = zoo.Zoo(options.checkpoints)
        for sentence in found.unavailable.values():
            print(sentence, file=sys.stderr)
        if not found:
            raise zoo.CheckpointError("There is no checkpoint to measure; name another folder.")
        return list(found)
    for name in options.names:
        place = options.checkpoints / name
        if name != place.name or not place.is_dir():
            raise zoo.CheckpointError(f"There is no checkpoint {name!r}; train it first.")
    return options.names


def _evaluate(name: str, options: argparse.Namespace, evaluator: Evaluator) -> None:
    """Measure one checkpoint, print what was found, and write it into the card if asked to."""
    place = options.checkpoints / name
    entry = zoo.load(place)
    measures = options.only or tuple(map(Measure, entry.card.recipe.get("measures", DEFAULT)))
    if options.missing:
        measures = tuple(measure for measure in measures if not is_taken(measure, entry))
        if not measures:
            return
    dataset = source.read_fitting(
        options.dataset or entry.card.data["name"], entry.model.x_shape, options.data
    )
    check_classes(dataset.train, entry.model)
    is_own = _is_of_card(entry.card, dataset)
    if options.write and not is_own:
        raise zoo.CheckpointError(
            f"The card of {name} is of other data than {dataset.name} is now: leave out --write."
        )
    if options.only and not options.all:
        _check_applies(measures, entry, dataset)
    if Measure.MIXTURE in measures and not (options.write or options.only) and entry.mixture:
        measures = tuple(measure for measure in measures if measure is not Measure.MIXTURE)
    found = evaluator.measure(entry.model.to(evaluator.device), dataset, measures, entry.mixture)
    if options.only == (Measure.GENERATION,) and not options.all and not found.metrics:
        raise zoo.CheckpointError(
            f"What {name} draws cannot be judged: there is no checkpoint {JUDGE} of the same data, "
            "or no density of codes to draw from."
        )
    _print(name, dataset, found, options)
    if options.write:
        zoo.amend(place, found.metrics, found.latent)
        if found.mixture is not None and found.mixture is not entry.mixture:
            zoo.add_mixture(place, found.mixture)


def _check_applies(measures: tuple[Measure, ...], entry: zoo.Entry, dataset: Dataset) -> None:
    """Raises CheckpointError for a measure of which the checkpoint can have no numbers."""
    for measure in measures:
        if not applies(measure, entry.model, dataset):
            raise zoo.CheckpointError(
                f"Checkpoint {entry.card.name} has no {measure} to measure: its family, its code "
                f"or its data, {dataset.name}, lack what that needs."
            )


def is_taken(measure: Measure, entry: zoo.Entry) -> bool:
    """Has the checkpoint what this measure gives already?"""
    if measure is Measure.MIXTURE:
        return entry.mixture is not None
    if measure is Measure.GENERATION:
        origin = PRIOR if entry.mixture is None else MIXTURE
        return metric_name("recognised", origin) in entry.card.metrics
    return any(name in entry.card.metrics for name in TELLING[measure])


def _is_of_card(card: zoo.Card, dataset: Dataset) -> bool:
    """Are these the pictures of the card? If not, that is said on standard error."""
    now, of_card = dataset.identity, card.data["name"]
    if all(card.data.get(part, now[part]) == now[part] for part in ("train_sha256", "test_sha256")):
        return True
    same_name = of_card == dataset.name
    print(
        f"{card.name} was trained on {of_card}{' as it was' * same_name}; these numbers are of "
        f"{dataset.name}{' as it is now' * same_name}, of which it may have seen some.",
        file=sys.stderr,
    )
    return False


def _print(name: str, dataset: Dataset, found: Measured, options: argparse.Namespace) -> None:
    if options.json:
        metrics = {key: metric.to_dict() for key, metric in found.metrics.items()}
        print(json.dumps({"name": name, "data": dataset.identity, "metrics": metrics}), flush=True)
        return
    if options.all or len(options.names) > 1:
        print(name)
    for line in lines(found.metrics):
        print(line, flush=True)
    if found.mixture is not None:
        print(f"{len(found.mixture.weights)} Gaussians in the mixture fitted to the codes")


if __name__ == "__main__":
    sys.exit(main())
