"""What cards of format 1 said in English of each metric, as the fields of a record.

Numbers that stood in a protocol (the standard error, what real images give, and so on) become
fields, with the digits they were written with: no number changes.
"""

import re
from collections.abc import Iterator
from typing import Any

from . import protocols
from .metrics import Axis, Error, Metric
from .origins import CODES, MIXTURE, PRIOR
from .protocols import Protocol
from .records import Record

CLASSIFIER = "classifier"  # the only checkpoint that judged
AXES = {"strength": "strength", "k": "k", "rows": "pictures", "factors": "factor"}
_CLEAN = ("basics", "likelihood", "representation", "directions", "generation")
_FEW = ("basics", "terms", "generation")
# What the recipes of each exhibit, a part of the page, measured: names of evaluation/measures.py.
MEASURES: dict[str, tuple[str, ...]] = {
    "gap": _CLEAN,
    "likelihood": _CLEAN,
    "score": _CLEAN,
    "classes": _CLEAN,
    "beta": ("basics", "terms", "representation", "generation"),
    "iwae": ("basics", "likelihood", "generation"),
    "code size": _FEW,
    "drawing": _FEW,
    "shapes": ("basics", "terms"),
    "few labels": _FEW,
    "judge": ("basics",),
    "gan": ("basics", "terms", "mixture", "generation"),
}
ALL = (
    "basics",
    "likelihood",
    "representation",
    "corruption",
    "directions",
    "mixture",
    "generation",
)


def recipe_with_measures(recipe: dict[str, Any]) -> dict[str, Any]:
    """A recipe of format 1, as JSON, with what it measures in place of its exhibit."""
    measures = list(MEASURES.get(recipe.get("exhibit", "main"), ALL))
    return {
        "measures" if key == "exhibit" else key: measures if key == "exhibit" else value
        for key, value in recipe.items()
    }


def records(metrics: dict[str, dict[str, Any]], corruption: Any) -> dict[str, dict[str, Any]]:
    """The metrics of a card of format 1, as JSON, in the form that `Metric.to_dict` gives.

    `corruption` is that of the card's config, as JSON. Raises ValueError, one sentence, for a
    protocol that no version wrote.
    """
    return {name: _metric(name, old, corruption).to_dict() for name, old in metrics.items()}


def _metric(name: str, old: dict[str, Any], corruption: Any) -> Metric:
    text = str(old["protocol"])
    protocol = _protocol(name, text, corruption)
    if protocol is None:
        raise ValueError(f"no version wrote the protocol of its metric {name!r}.")
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
        return protocols.TrainingSpread(_number(r"first ([\d,]+) grey training", text))
    if images is None:
        return None
    likelihood = _likelihood(name, text, images)
    return likelihood or _of_images(name, text, images, corruption)


def _of_errors(name: str, text: str, images: int, corruption: Any) -> Protocol:
    seed = _find(r"seed ([\d,]+)", text)
    match name:
        case "mse":
            return protocols.SquaredError(images)
        case "mse as trained":
            damage = protocols.corruption_text(_record(corruption))
            return protocols.SquaredError(images, damage, seed)
        case "mse by size":
            return protocols.LeadingComponents(images)
    return protocols.SquaredError(images, name.partition(" ")[2], seed, "first" in text)


def _of_images(name: str, text: str, images: int, corruption: Any) -> Protocol | None:
    if name.split()[0] in ("mse", "denoising"):
        return _of_errors(name, text, images, corruption)
    class_given = "image and class" in text
    codes = _find(r"mean codes of (?:the first )?([\d,]+)", text)
    penalty = _find(r"penalty ([\d,]+)", text)
    match name.split()[0]:
        case "variance":
            return protocols.VarianceExplained(images)
        case "accuracy":
            return protocols.Classification(images)
        case "5-nn" if codes:
            return protocols.NearestNeighbours(
                images, 5, _number(r"codes of ([\d,]+)", text), class_given
            )
        case "linear" if codes and penalty:
            return protocols.LinearProbe(images, codes, penalty, class_given)
        case "active":
            return protocols.ActiveUnits(images, *_decimals(r"> ([\d.]+)", text))
        case "aggregate" if name == "aggregate kl":
            return protocols.AggregateKl(images)
        case "aggregate":
            return protocols.AggregateMmd(
                images, _number(r"seed (\d+)", text), _number(r"\^2 / (\d+)", text)
            )
        case "bits":
            return protocols.BitsPerPixel(
                images,
                _number(r"seed (\d+)", text),
                _number(r"IWAE-(\d+)", text),
                _number(r"P\(x\) / (\d+)", text),
                _number(r"of the (\d+) grey levels", text),
            )
        case "R^2" if codes and penalty:
            asked = _number(r"asked about the first ([\d,]+)", text)
            return protocols.RidgeRegression(asked, codes, penalty)
        case "follow":
            return protocols.Traversal(images, *_decimals(r"steps of ([-\d.]+) to ([-\d.]+)", text))
    return None


_ESTIMATES = ("elbo", "iwae", "log p(x)", "log p(x) by quadrature", "kl", "reconstruction")


def _likelihood(name: str, text: str, images: int) -> Protocol | None:
    estimate = name.removesuffix(", side by side").partition("-")[0]
    if estimate not in _ESTIMATES:
        return None
    pixels = protocols.BINARY
    if "a density of grey levels" in text:
        pixels = protocols.DENSITY
    elif "a probability of their" in text:
        pixels = protocols.LEVELS
    common: dict[str, Any] = {
        "images": images,
        "seed": _number(r"seed ([\d,]+)", text),
        "pixels": pixels,
        "first": "first" in text,
        "class_given": "given the class" in text,
    }
    samples = _find(r"([\d,]+) samples of q", text) or 1
    match estimate:
        case "elbo":
            return protocols.Elbo(**common, samples=samples)
        case "iwae":
            return protocols.Iwae(
                **common, group=_number(r"groups of (\d+)", text), samples=samples
            )
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
    common: dict[str, Any] = {
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
            classifier=CLASSIFIER,
            of=of_classes[name],
            certainty=certainty and certainty / 100,
        )
    if name in ("precision", "recall", "classifier FID"):
        return protocols.DrawnFeatures(
            **common,
            classifier=CLASSIFIER,
            features=_number(r"(\d+) features", text),
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
        return protocols.MutualInformation(_number(r"all ([\d,]+) pictures", text), code)
    return protocols.Dci(
        _number(r"asked about ([\d,]+)", text),
        _number(r"codes of ([\d,]+)", text),
        _number(r"(\d+) trees", text),
        _number(r"seed (\d+)", text),
        code,
    )


def _record(corruption: Any) -> Any:
    return Record.from_dict(corruption)


def _find(pattern: str, text: str) -> int | None:
    """The whole number, perhaps with commas, that the group of `pattern` finds; else None."""
    found = re.search(pattern, text)
    return _whole(found[1]) if found else None


def _number(pattern: str, text: str) -> int:
    """The same for a number that must be there. Raises ValueError."""
    found = _find(pattern, text)
    if found is None:
        raise ValueError(f"a protocol lacks a number: {text!r}.")
    return found


def _decimals(pattern: str, text: str) -> list[float]:
    """The decimal numbers that the groups of `pattern` find. Raises ValueError for none."""
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"a protocol lacks a number: {text!r}.")
    return [float(number) for number in found.groups()]


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
