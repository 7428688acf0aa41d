"""The English of cards of format 1 becomes fields, and no number is lost or changed."""

import json
import re
from collections import Counter

import pytest

from evaluation.measures import DEFAULT
from models import convert, english, protocols, zoo
from models.metrics import Error, Metric
from training.recipes import RECIPES

BINARY = "test images binarized once as Bernoulli(grey), seed 20131220"
DENSITY = (
    "grey test images, seed 20131220; a density of grey levels in [0, 1], not a probability and "
    "not comparable with that of binarized images"
)
GIVEN = "; given the class: of log p(x|y), not log p(x)"
DRAWS = "5 draws, seeds 20131220 to 20131224"
MIXED = (
    "means of p(x|z), z from a mixture of 100 Gaussians fitted to codes of training images, "
    + DRAWS
)
# (name, protocol, what else stood beside the value, the record)
WRITTEN = [
    (
        "mse gaussian-noise 0.5",
        "corrupted by gaussian-noise 0.5, seed 20131220, against the clean image; 10,000 grey test "
        "images; standard error 0.000222",
        {},
        protocols.SquaredError(10_000, "gaussian-noise 0.5", 20131220),
    ),
    (
        "variance explained",
        "1 - mse / 0.067470, the squared distance per pixel from the training images' mean; "
        "10,000 grey test images",
        {},
        protocols.VarianceExplained(10_000),
    ),
    (
        "denoising masking",
        "against the clean image, first 2,000 test images, seed 20131220",
        {"value": [0.01, 0.02], "strength": [0.0, 0.1]},
        protocols.SquaredError(2_000, "masking", 20131220, first=True),
    ),
    (
        "5-nn accuracy",
        "10,000 grey test images, neighbours among the mean codes of 60,000, which the encoder "
        "made of image and class; standard error 0.001397",
        {},
        protocols.NearestNeighbours(10_000, 5, 60_000, class_given=True),
    ),
    (
        "linear probe accuracy",
        "10,000 grey test images, logistic regression, L2 penalty 1, of the standardised mean "
        "codes of 60,000; standard error 0.002315",
        {},
        protocols.LinearProbe(10_000, 60_000, 1),
    ),
    (
        "elbo",
        f"mean over 10,000 {BINARY}{GIVEN}; 500 samples of q(z|x) an image; standard error 0.25",
        {},
        protocols.Elbo(10_000, 20131220, protocols.BINARY, class_given=True, samples=500),
    ),
    (
        "elbo",  # older: without its error
        f"one sample of q(z|x) an image; 10,000 {BINARY}",
        {},
        protocols.Elbo(10_000, 20131220, protocols.BINARY),
    ),
    (
        "iwae-50, side by side",
        "mean over groups of 50 of the same 5,000 samples of q(z|x) an image, 1.3036 +- 0.0867 "
        f"below the best of these estimates; first 200 {DENSITY}; standard error 2.344834",
        {},
        protocols.Iwae(200, 20131220, protocols.DENSITY, first=True, group=50, samples=5_000),
    ),
    (
        "log p(x), side by side",
        "importance-weighted, the same 5,000 samples of q(z|x) an image, effective samples, median "
        f"468, 2.3329 +- 0.5911 below the best of these estimates; first 200 {BINARY}; standard "
        "error 1.877645",
        {},
        protocols.Iwae(200, 20131220, protocols.BINARY, first=True, group=5_000, samples=5_000),
    ),
    (
        "kl",
        f"closed form given one path of z an image; 10,000 {BINARY}; standard error 0.05",
        {},
        protocols.KlTerm(
            10_000, 20131220, protocols.BINARY, method="closed form given one path of z an image"
        ),
    ),
    (
        "recognised, mixture",
        f"over 90% sure of a class: our own classifier on 10,000 {MIXED}; the first 10,000 real "
        "test images give 0.9850",
        {"real": 0.985, "std": 0.002044},
        protocols.DrawnClasses(
            10_000,
            "mixture",
            5,
            20131220,
            classifier="classifier",
            of=protocols.CERTAIN,
            certainty=0.9,
        ),
    ),
    (
        "precision",
        "k = 3, 64 features of our own classifier, 10,000 means of p(x|z, y), y the class of a "
        f"test image, z from N(0, I), {DRAWS} against 10,000 test images; the first 10,000 real "
        "training images give 0.8513",
        {"real": 0.8513, "std": 0.003588},
        protocols.DrawnFeatures(
            10_000, "prior", 5, 20131220, True, classifier="classifier", features=64, neighbours=3
        ),
    ),
    (
        "sharpness, codes",
        "10,000 means of p(x|z), z the mean codes of the test images; the first 10,000 real test "
        "images give 0.1576",
        {"real": 0.1576},
        protocols.DrawnPixels(10_000, "codes"),
    ),
    (
        "dci completeness ceiling",
        "of the factors themselves as code; random forests of 40 trees on the mean codes of 3,000 "
        "random pictures, asked about 3,000 others; seed 20131220",
        {},
        protocols.Dci(3_000, 3_000, 40, 20131220, protocols.GROUND_TRUTH),
    ),
    (
        "follow slant",
        "least-squares slope over steps of -2 to 2 from the mean codes of the first 200 grey test "
        "digits, decoded and measured; standard deviation over digits 0.148; meanwhile, in their "
        "own deviations, thickness +0.05, width -0.04, height +0.04",
        {},
        protocols.Traversal(200, -2.0, 2.0),
    ),
    (
        "spread width",
        "standard deviation over the first 10,000 grey training digits; their mean is 13.0743",
        {"mean": 13.0743},
        protocols.TrainingSpread(10_000),
    ),
]


def numbers(text):
    """How often each number stands in the text, whatever its sign and its commas."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return Counter(float(found) for found in re.findall(r"\d+(?:\.\d+)?", text))


@pytest.mark.parametrize(("name", "text", "more", "protocol"), WRITTEN)
def test_what_the_english_said_stands_in_fields(name, text, more, protocol):
    old = {"value": 0.5, "unit": "share", "protocol": text} | more
    found = json.loads(json.dumps(english.records({name: old}, None)))
    metric = Metric.from_dict(name, found[name])
    assert metric.protocol == protocol
    assert not numbers(text) - numbers(metric.sentence())
    assert (metric.real, metric.deviation) == (more.get("real"), more.get("std"))
    value = more.get("value", 0.5)
    assert metric.value == (tuple(value) if isinstance(value, list) else value)
    has_error = "std" in more or re.search("standard (error|deviation over digits)", text)
    assert (metric.error is not None) == bool(has_error)


def test_what_no_version_wrote_is_refused(assert_sentence):
    old = {"value": 0.5, "unit": "share", "protocol": "by guessing"}
    with pytest.raises(ValueError, match="no version wrote"):
        english.records({"mse": old}, None)


def test_the_measures_of_an_exhibit_are_those_of_the_recipes():
    """What each shipped recipe measures is what its exhibit told evaluation to measure."""
    assert english.ALL == DEFAULT
    exhibits = {
        "linear-2": "code size",
        "vae-2-davidson": "gap",
        "vae-16-mlp-fixed": "likelihood",
        "dae-mixture": "score",
        "vae-2-beta-1": "beta",
        "cvae-16": "classes",
        "iwae-50-burda": "iwae",
        "vae-10-shapes": "shapes",
        "m2-100": "few labels",
        "draw-32": "drawing",
        "gan-16": "gan",
        "classifier": "judge",
        "vae-16": "main",
    }
    assert set(exhibits.values()) == {*english.MEASURES, "main"}
    for name, exhibit in exhibits.items():
        old = {"kind": "recipe", "exhibit": exhibit, "seed": 0}
        measures = list(RECIPES[name].measures)
        assert english.recipe_with_measures(old) == {
            "kind": "recipe",
            "measures": measures,
            "seed": 0,
        }


def test_the_command_makes_an_old_card_usable(tmp_path, save_checkpoint):
    save_checkpoint(tmp_path, "vae", 2)
    path = tmp_path / "vae-2" / zoo.CARD
    card = json.loads(path.read_text(encoding="utf-8"))
    text = "10,000 grey test images; standard error 0.000057"
    card["metrics"] = {"mse": {"value": 0.05, "unit": "share", "protocol": text}}
    card["recipe"] = {"exhibit": "beta"}
    path.write_text(json.dumps(card | {"format": 1}), encoding="utf-8")
    assert convert.main([str(tmp_path)]) == 0
    card = zoo.load(tmp_path / "vae-2").card
    assert card.metrics["mse"].error == Error(0.000057, "standard error", "images")
    assert card.recipe == {"measures": ["basics", "terms", "representation", "generation"]}
