"""Command line: python -m training NAME | all | list."""

import argparse
import platform
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from tqdm import tqdm

import commands
from data import datasets, folder, source
from evaluation.checkpoints import Evaluator, lines
from evaluation.codes import map_points
from models import FAMILIES, build, zoo
from models.device import choose_device, describe, exact_convolutions
from training import linear

from .adapted import for_dataset_size, on_other_data
from .errors import TrainingError
from .loop import Epoch, Finished, Progress, fit, uses_bfloat16
from .places import STATE, digest, name_on, place
from .recipes import RECIPES, Recipe


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status, having said why on standard error if not 0."""
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    return commands.run(
        lambda: _run(options), datasets.DataError, TrainingError, way_on=_way_on(options.name)
    )


def _run(options: argparse.Namespace) -> None:
    exact_convolutions()
    device = choose_device(options.device)
    if options.name == "list":
        _list(options.out)
        return
    for recipe in RECIPES.values() if options.name == "all" else [RECIPES[options.name]]:
        _train(_adjusted(recipe, options), options, device)


def _way_on(name: str) -> str:
    """How to resume what was interrupted: only training in steps leaves something behind."""
    in_steps = name == "all" or (name in RECIPES and RECIPES[name].solver == "adam")
    return (
        " Go on from the last finished epoch, if there is one, with --resume." if in_steps else ""
    )


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Train the checkpoints of Latent Lab, and measure them.",
    )
    parser.add_argument("name", metavar="NAME", help="a recipe, as list names them; or all, list")
    parser.add_argument("--data", type=Path, help="folder of the data sets (default: LATENT_DATA)")
    parser.add_argument(
        "--dataset",
        type=_dataset,
        help=f"instead of the recipe's: {', '.join(datasets.DATASETS)}, or {folder.PREFIX}PATH for "
        "a folder with one sub-folder of pictures per class; the checkpoint gets a name of its own",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--seed", type=commands.at_least(0), help="instead of the recipe's")
    parser.add_argument(
        "--epochs", type=commands.at_least(1), help="at most so many, instead of the recipe's"
    )
    parser.add_argument(
        "--out", type=Path, default=zoo.CHECKPOINTS, help="folder of the checkpoints"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the last finished epoch")
    options = parser.parse_args(arguments)
    if options.name not in {*RECIPES, "all", "list"}:
        parser.error(f"there is no recipe {options.name!r}; python -m training list names them all")
    return options


def _dataset(text: str) -> str:
    """A data set's name, or a folder of pictures."""
    if text not in datasets.DATASETS and not text.startswith(folder.PREFIX):
        names = ", ".join(datasets.DATASETS)
        raise argparse.ArgumentTypeError(
            f"invalid choice: {text!r}; choose {names} or {folder.PREFIX}PATH"
        )
    return text


def _adjusted(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    chosen = {name: getattr(options, name) for name in ("seed", "epochs")}
    return replace(recipe, **{k: v for k, v in chosen.items() if v is not None})


def _train(recipe: Recipe, options: argparse.Namespace, device: torch.device) -> None:
    own = options.dataset in (None, recipe.dataset)
    if own:
        dataset = source.read_fitting(recipe.dataset, recipe.config.x_shape, options.data)
    else:
        dataset = source.read(options.dataset, recipe.config.x_shape, options.data)
        recipe = on_other_data(recipe, dataset, name_on(recipe.name, dataset, options.out))
    recipe = for_dataset_size(recipe, len(dataset.train))
    if options.resume and not (options.out / recipe.name / STATE).is_file():
        if options.name == "all" and _is_trained(options.out / recipe.name):
            print(f"{recipe.name} is trained already")
            return
        if options.name != "all":
            raise TrainingError(
                f"There is nothing to resume: {recipe.name} has no saved state of {dataset.name} "
                "as it is now; train without --resume."
            )
    if not own:
        _tell(recipe.name, dataset)
    with place(options.out, recipe.name, dataset) as target:
        _train_in(target, recipe, dataset, options, device)


def _tell(name: str, dataset: datasets.Dataset) -> None:
    """What is trained, on other data than the recipe's, before it is."""
    print(
        f"{name}: {len(dataset.train):,} pictures of {dataset.name} to train on, "
        f"{len(dataset.test):,} to test, {dataset.classes} class(es)"
    )
    if name.endswith(mark := f"-{digest(dataset)[:8]}"):
        print(f"{name.removesuffix(mark)} is the name of another recipe or of other data.")


def _is_trained(target: Path) -> bool:
    try:
        return bool(zoo.load(target))
    except zoo.CheckpointError:
        return False


def _train_in(
    target: Path,
    recipe: Recipe,
    dataset: datasets.Dataset,
    options: argparse.Namespace,
    device: torch.device,
) -> None:
    torch.manual_seed(recipe.seed)  # initial weights; all else draws from generators of its own
    model = build(recipe.config)
    if recipe.solver == "adam":
        # Its state is of all of the data: a changed test is another checkpoint, too.
        train = replace(dataset.train, sha256=digest(dataset))
        events = fit(recipe, model, train, device, target / STATE, options.resume)
    else:
        events = linear.solve(recipe, model, dataset.train)
    finished = _show(recipe, events)
    zoo.round_weights(model)
    measured = Evaluator(options.out, device).measure(model, dataset, recipe.measures)
    metrics = measured.metrics
    if recipe.solver == "pca":
        metrics |= linear.errors_by_size(model, dataset.test)
    card = zoo.Card(
        name=recipe.name,
        config=recipe.config,
        recipe=recipe.to_dict(),
        seed=recipe.seed,
        data=dataset.identity,
        curve=finished.curve,
        machine=_machine(recipe, device)
        | {"training_seconds": round(finished.seconds, 1), "best_epoch": finished.best_epoch},
        metrics=metrics,
        latent=measured.latent,
    )
    zoo.save(target, model, map_points(model, dataset.test.to(device)), card, measured.mixture)
    (target / STATE).unlink(missing_ok=True)
    for line in lines(card.metrics):
        print(line)


def _show(recipe: Recipe, events: Iterator[Progress | Epoch | Finished]) -> Finished:
    """Draw the progress bar from the stream of events; return the last one."""
    with tqdm(desc=recipe.name, unit="step", dynamic_ncols=True) as bar:
        for event in events:
            match event:
                case Progress():
                    if event.step < bar.n or bar.total is None:
                        bar.reset(event.steps)
                    bar.set_description(f"{recipe.name} epoch {event.epoch}/{recipe.epochs}", False)
                    bar.set_postfix_str(_in_nats(event.terms), False)
                    bar.update(event.step - bar.n)
                case Epoch():
                    bar.write(
                        f"{recipe.name} epoch {event.epoch:3d}  train {_in_nats(event.train)}  "
                        f"validation {_in_nats(event.validation)}{'  best' if event.best else ''}"
                    )
                case Finished():
                    return event
    raise TrainingError("Training ended without a result.")


def _in_nats(terms: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in terms.items()) + " nats"


def _machine(recipe: Recipe, device: torch.device) -> dict[str, object]:
    return {
        "device": describe(device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "precision": _precision(recipe, device),
    }


def _precision(recipe: Recipe, device: torch.device) -> str:
    if recipe.solver != "adam":
        return "float64"
    return "bfloat16" if uses_bfloat16(recipe, device) else "float32"


def _list(out: Path) -> None:
    """One line a recipe: what it is, and whether its checkpoint is there."""
    checkpoints = zoo.Zoo(out)
    for name, recipe in RECIPES.items():
        if name in checkpoints:
            card = checkpoints[name].card
            state = f"trained, {card.machine.get('training_seconds', 0):.0f} s"
            if "mse" in card.metrics:  # what reconstructs nothing has none
                state += f", MSE {card.metrics['mse'].value:.4f}"
        else:
            state = checkpoints.unavailable.get(name, "not trained")
        family = FAMILIES[recipe.config.family].__name__
        print(f"{name:20} {family:24} {recipe.config.latent:3d}-D on {recipe.dataset:8} {state}")


if __name__ == "__main__":
    sys.exit(main())
