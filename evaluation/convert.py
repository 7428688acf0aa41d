"""Rewrites cards of format 1, whose protocols were English, with metrics as records: format 2.

    python -m evaluation.convert FOLDER

FOLDER holds checkpoints, or is one. Only cards are written; no number in them changes, and a card
that is of format 2 already stays as it is. Numbers that stood in the English protocol (the standard
error, what real images give, and so on) become fields, with the digits they were written with. The
recipe's "exhibit" becomes "measures".
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluation.measures import DEFAULT, Measure
from models import protocols
from models.metrics import Axis, Error, Metric
from models.origins import CODES, MIXTURE, PRIOR
from models.protocols import Protocol
from models.records import Record
from models.zoo import CARD, write_atomically

OLD, NEW = 1, 2
OUR_CLASSIFIER = "classifier"  # the only judge there was
AXES = {"strength": "strength", "k": "k", "rows": "pictures", "factors": "factor"}
_WITHOUT_DAMAGE = (
    Measure.BASICS,
    Measure.LIKELIHOOD,
    Measure.REPRESENTATION,
    Measure.DIRECTIONS,
    Measure.GENERATION,
)
_FEW = (Measure.BASICS, Measure.TERMS, Measure.GENERATION)
# What the recipes of each exhibit measured.
MEASURES: dict[str, tuple[Measure, ...]] = {
    "main": DEFAULT,
    "own": DEFAULT,
    "gap": _WITHOUT_DAMAGE,
    "likelihood": _WITHOUT_DAMAGE,
    "score": _WITHOUT_DAMAGE,
    "classes": _WITHOUT_DAMAGE,
    "beta": (Measure.BASICS, Measure.TERMS, Measure.REPRESENTATION, Measure.GENERATION),
    "iwae": (Measure.BASICS, Measure.LIKELIHOOD, Measure.GENERATION),
    "code size": _FEW,
    "drawing": _FEW,
    "shapes": (Measure.BASICS, Measure.TERMS),
    "few labels": _FEW,
    "judge": (Measure.BASICS,),
    "gan": (Measure.BASICS, Measure.TERMS, Measure.MIXTURE, Measure.GENERATION),
}


class ConversionError(ValueError):
    """Why a card cannot be converted, in one sentence."""


def converted(card: dict[str, Any]) -> dict[str, Any]:
    """A card of format 1, as JSON, in format 2. Raises ConversionError."""
    if card.get("format") != OLD:
        raise ConversionError("it is not a card of format 1.")
    recipe = dict(card.get("recipe", {}))
    if "exhibit" in recipe:
        measures = MEASURES.get(recipe["exhibit"], DEFAULT)
        at = list(recipe).index("exhibit")
        items = list(recipe.items())
        recipe = dict([*items[:at], ("measures", list(measures)), *items[at + 1 :]])
    corruption = card.get("config", {}).get("corruption")
    metrics = {
        name: _metric(name, old, corruption).to_dict()
        for name, old in card.get("metrics", {}).items()
    }
    changed = {"format": NEW, "metrics": metrics} | ({"recipe": recipe} if recipe else {})
    return {key: changed.get(key, value) for key, value in card.items()}


def _metric(name: str, old: dict[str, Any], corruption: Any) -> Metric:
    text = str(old["protocol"])
    protocol = _protocol(name, text, corruption)
    if protocol is None:
        raise ConversionError(f"nobody knows the protocol of its metric {name!r}; measure it anew.")
    axis = next((Axis(AXES[key], tuple(old[key])) for key in AXES if key in old), None)
    return Metric(
        name,
        old["value"],
        old["unit"],
        protocol,
        _error(old, text),
        old.get("real"),
        axis,
        dict(_details(name, old, text)),
    )


def _error(old: dict[str, Any], text: str) -> Error | None:
    if "std" in old:
        return Error(old["std"], "standard deviation", "draws")
    if found := re.search(r"standard error ([\d.e+-]+)", text):
        return Error(float(found[1]), "standard error", "images")
    if found := re.search(r"standard deviation over digits ([\d.]+)", text):
        return Error(float(found[1]), "standard deviation", "images")
    return None


def _details(name: str, old: dict[str, Any], text: str) -> Iterator[tuple[str, float]]:
    """Further results that stood in the English protocol, or beside the value."""
    if "mean" in old:
        yield "mean", old["mean"]
    if found := re.match(r"1 - mse / ([\d.]+)", text):
        yield "variance", float(found[1])
    if found := re.search(r"effective samples, median ([\d,]+)", text):
        yield "median effective sample size", _whole(found[1])
    if found := re.search(r"([\d.]+) \+- ([\d.]+) below the best", text):
        yield "nats below the best of these estimates", float(found[1])
        yield "standard error of these nats", float(found[2])
    if found := re.search(r"mixture of ([\d,]+) Gaussians", text):
        yield "Gaussians in the mixture", _whole(found[1])
    if found := re.search(r"in their own deviations, (.*)", text):
        for other, change in re.findall(r"(\w+) ([+-][\d.]+)", found[1]):
            yield f"change of {other} in its own deviations", float(change)


# --- protocols ------------------------------------------------------------------------------------


def _protocol(name: str, text: str, corruption: Any) -> Protocol | None:
    """The record of an English protocol, None where it is not one of those that were written."""
    images = _find(r"([\d,]+) (?:grey )?test (?:images|digits)", text)
    if found := _drawn(name.rpartition(", ")[0] or name, text) or _drawn(name, text):
        return found
    if name in _OF_FACTORS:
        return _of_factors(name, text)
    if name.startswith("spread "):
        return protocols.TrainingSpread(_find(r"first ([\d,]+) grey training", text))
    if images is None:
        return None
    likelihood = _likelihood(name, text, images)
    return likelihood or _of_images(name, text, images, corruption)


def _of_images(name: str, text: str, images: int, corruption: Any) -> Protocol | None:
    seed = _find(r"seed ([\d,]+)", text)
    first = "first" in text
    class_given = "image and class" in text
    codes = _find(r"mean codes of (?:the first )?([\d,]+)", text)
    penalty = _find(r"penalty ([\d,]+)", text)
    match name.split()[0]:
        case "mse" if name == "mse":
            return protocols.SquaredError(images)
        case "mse" if name == "mse as trained":
            return protocols.SquaredError(
                images, protocols.corruption_text(_record(corruption)), seed
            )
        case "mse" if name == "mse by size":
            return protocols.LeadingComponents(images)
        case "mse" | "denoising":
            return protocols.SquaredError(images, name.partition(" ")[2], seed, first)
        case "variance":
            return protocols.VarianceExplained(images)
        case "accuracy":
            return protocols.Classification(images)
        case "5-nn" if codes:
            return protocols.NearestNeighbours(
                images, 5, _find(r"codes of ([\d,]+)", text), class_given
            )
        case "linear" if codes and penalty:
            return protocols.LinearProbe(images, codes, penalty, class_given)
        case "active":
            return protocols.ActiveUnits(images, float(re.search(r"> ([\d.]+)", text)[1]))
        case "aggregate" if name == "aggregate kl":
            return protocols.AggregateKl(images)
        case "aggregate":
            return protocols.AggregateMmd(images, seed, _find(r"\^2 / (\d+)", text))
        case "bits":
            return protocols.BitsPerPixel(
                images,
                seed,
                _find(r"IWAE-(\d+)", text),
                _find(r"P\(x\) / (\d+)", text),
                _find(r"of the (\d+) grey levels", text),
            )
        case "R^2" if codes and penalty:
            asked = _find(r"asked about the first ([\d,]+)", text)
            return protocols.RidgeRegression(asked, codes, penalty)
        case "follow":
            low, high = re.search(r"steps of ([-\d.]+) to ([-\d.]+)", text).groups()
            return protocols.Traversal(images, float(low), float(high))
    return None


def _likelihood(name: str, text: str, images: int) -> Protocol | None:
    pixels = protocols.BINARY
    if "a density of grey levels" in text:
        pixels = protocols.DENSITY
    elif "a probability of their" in text:
        pixels = protocols.LEVELS
    common = {
        "images": images,
        "seed": _find(r"seed ([\d,]+)", text),
        "pixels": pixels,
        "first": "first" in text,
        "class_given": "given the class" in text,
    }
    samples = _find(r"([\d,]+) samples of q", text) or 1
    match name.removesuffix(", side by side").partition("-")[0]:
        case "elbo":
            return protocols.Elbo(**common, samples=samples)
        case "iwae":
            return protocols.Iwae(**common, group=_find(r"groups of (\d+)", text), samples=samples)
        case "log p(x)":
            return protocols.Iwae(**common, group=samples, samples=samples)
        case "log p(x) by quadrature":
            return protocols.Quadrature(**common)
        case "kl":
            return protocols.KlTerm(**common, method=text.partition(";")[0])
        case "reconstruction":
            return protocols.ReconstructionTerm(**common, samples=samples)
    return None


def _drawn(name: str, text: str) -> Protocol | None:
    pictures = _find(r"([\d,]+) means of p\(x\|z", text)
    if pictures is None:
        return None
    origin = PRIOR
    if "z from a mixture" in text:
        origin = MIXTURE
    elif "z the mean codes" in text:
        origin = CODES
    draws = re.search(r"(\d+) draws, seeds (\d+)", text)
    common = {
        "images": pictures,
        "origin": origin,
        "draws": int(draws[1]) if draws else None,
        "seed": int(draws[2]) if draws else None,
        "class_given": "p(x|z, y)" in text,
    }
    certainty = _find(r"over (\d+)% sure", text)
    of_classes = {
        "class entropy": protocols.PROBABILITIES,
        "effective classes": protocols.LIKELIEST,
        "recognised": protocols.CERTAIN,
        "classes drawn": protocols.SHARES,
    }
    if name in of_classes:
        return protocols.DrawnClasses(
            **common,
            classifier=OUR_CLASSIFIER,
            of=of_classes[name],
            certainty=certainty and certainty / 100,
        )
    if name in ("precision", "recall", "classifier FID"):
        return protocols.DrawnFeatures(
            **common,
            classifier=OUR_CLASSIFIER,
            features=_find(r"(\d+) features", text),
            neighbours=_find(r"k = (\d+)", text),
        )
    return protocols.DrawnPixels(**common) if name in ("sharpness", "pairwise distance") else None


_OF_FACTORS = (
    "factor information",
    *(
        name + ceiling
        for name in ("mig", "dci disentanglement", "dci completeness", "dci informativeness")
        for ceiling in ("", " ceiling")
    ),
)


def _of_factors(name: str, text: str) -> Protocol:
    code = protocols.GROUND_TRUTH if name.endswith(" ceiling") else protocols.LATENT
    if not name.startswith("dci"):
        return protocols.MutualInformation(_find(r"all ([\d,]+) pictures", text), code)
    return protocols.Dci(
        _find(r"asked about ([\d,]+)", text),
        _find(r"codes of ([\d,]+)", text),
        _find(r"(\d+) trees", text),
        _find(r"seed (\d+)", text),
        code,
    )


def _record(corruption: Any) -> Any:
    return Record.from_dict(corruption)


def _find(pattern: str, text: str) -> int | None:
    """The whole number, perhaps with commas, that the group of `pattern` finds; else None."""
    found = re.search(pattern, text)
    return _whole(found[1]) if found else None


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


# --- command line ---------------------------------------------------------------------------------


def cards_in(folder: Path) -> list[Path]:
    """The cards of the checkpoints in `folder`, or of the checkpoint that it is."""
    own = folder / CARD
    return [own] if own.is_file() else sorted(folder.glob(f"*/{CARD}"))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.convert",
        description="Rewrite cards of format 1, whose protocols were English, in format 2.",
    )
    parser.add_argument("folder", type=Path, help="a folder of checkpoints, or one checkpoint")
    cards = cards_in(parser.parse_args(arguments).folder)
    if not cards:
        print("There is no checkpoint in that folder; name one that holds some.", file=sys.stderr)
        return 1
    status = 0
    for path in cards:
        name = path.parent.name
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
            if card["format"] == NEW:
                print(f"{name}: converted already")
                continue
            text = json.dumps(converted(card), indent=1, allow_nan=False) + "\n"
            write_atomically(path, text.encode())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"Checkpoint {name} cannot be converted: {error}", file=sys.stderr)
            status = 1
        else:
            print(f"{name}: converted")
    return status


if __name__ == "__main__":
    sys.exit(main())
