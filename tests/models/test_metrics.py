"""A metric goes to JSON and comes back, and says in English what its fields say."""

import json
import math
from dataclasses import fields, replace

import pytest

from models import protocols
from models.corruption import AdditiveGaussian, Masking, OneOf
from models.metrics import Axis, Error, Metric, with_minus
from models.protocols import Protocol
from models.records import UnknownError

LIKELIHOOD = {"images": 10, "seed": 3, "pixels": protocols.BINARY}
DRAWN = {"images": 10, "origin": "mixture", "draws": 5, "seed": 3}
ALL = [
    protocols.SquaredError(10, "masking 0.5", 3),
    protocols.VarianceExplained(10),
    protocols.LeadingComponents(10),
    protocols.Classification(10),
    protocols.NearestNeighbours(10, 5, 20),
    protocols.LinearProbe(10, 20, 1.0),
    protocols.ActiveUnits(10, 0.01),
    protocols.AggregateKl(10),
    protocols.AggregateMmd(10, 3, 4),
    protocols.Elbo(**LIKELIHOOD, samples=500),
    protocols.Iwae(**LIKELIHOOD, group=50, samples=500),
    protocols.Quadrature(**LIKELIHOOD),
    protocols.KlTerm(**LIKELIHOOD),
    protocols.ReconstructionTerm(**LIKELIHOOD),
    protocols.BitsPerPixel(10, 3, 50, 784, 256),
    protocols.DrawnPixels(**DRAWN),
    protocols.DrawnClasses(**DRAWN, classifier="classifier", of=protocols.LIKELIEST),
    protocols.DrawnFeatures(**DRAWN, classifier="classifier", features=64, neighbours=3),
    protocols.MutualInformation(10),
    protocols.Dci(10, 20, 40, 3),
    protocols.RidgeRegression(10, 20, 1.0),
    protocols.Traversal(10, -2.0, 2.0),
    protocols.TrainingSpread(10),
]


def leaves(kind):
    below = kind.__subclasses__()
    return {kind} if not below else set().union(*map(leaves, below))


def back(metric):
    return Metric.from_dict(metric.name, json.loads(json.dumps(metric.to_dict())))


def test_every_protocol_is_tried_here():
    assert {type(protocol) for protocol in ALL} == leaves(Protocol)


@pytest.mark.parametrize("protocol", ALL, ids=lambda protocol: protocol.kind)
def test_a_protocol_comes_back_and_any_other_field_makes_another(protocol):
    metric = Metric("any", 0.5, "nats", protocol)
    assert back(metric) == metric
    for field in fields(protocol):
        value = getattr(protocol, field.name)
        other = {bool: lambda v: not v, str: lambda v: v + "?"}.get(type(value), lambda v: v + 1)
        if value is not None:
            assert replace(protocol, **{field.name: other(value)}) != protocol


@pytest.mark.parametrize("protocol", ALL, ids=lambda protocol: protocol.kind)
def test_a_sentence_names_every_number_of_its_fields(protocol):
    sentence = protocol.sentence().replace(",", "")
    for field in fields(protocol):
        value = getattr(protocol, field.name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert f"{value:g}" in sentence or str(value) in sentence, field.name


def test_a_sentence_says_error_real_images_and_details():
    protocol = protocols.DrawnPixels(10, "prior", 5, 3)
    error = Error(0.25, "standard deviation", "draws")
    metric = Metric("sharpness", 0.5, "u", protocol, error, 0.125, details={"components": 1_000})
    assert metric.sentence() == (
        "10 means of p(x|z), z from N(0, I), 5 draws, seeds 3 to 7; components = 1,000; standard "
        "deviation 0.25 over draws; the first 10 real test images give 0.125"
    )
    assert (metric.deviation, back(metric)) == (0.25, metric)
    assert replace(metric, error=replace(error, over="images")).deviation is None


def test_lists_and_tables_come_back_as_tuples():
    protocol = protocols.LeadingComponents(10)
    curve = Metric("any", (0.5, 0.25), "u", protocol, axis=Axis("k", (0, 1)))
    table = Metric("any", ((0.5, 0.25), (1, 0)), "u", protocol, axis=Axis("rows", ("a", "b")))
    assert [back(curve), back(table)] == [curve, table]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_not_finite_is_known(number):
    metric = Metric("any", 0.5, "u", protocols.Classification(10))
    assert metric.is_finite
    assert not replace(metric, value=(0.5, number)).is_finite
    assert not replace(metric, error=Error(number, "standard error", "images")).is_finite
    assert not replace(metric, real=number).is_finite
    assert not replace(metric, details={"any": number}).is_finite


def test_a_protocol_of_a_newer_version_is_told_apart():
    plain = Metric("any", 0.5, "u", protocols.Classification(10)).to_dict()
    for changes in ({"kind": "unheard-of"}, {"surprise": 1}):
        with pytest.raises(UnknownError):
            Metric.from_dict("any", plain | {"protocol": plain["protocol"] | changes})


def test_a_corruption_is_told_by_kind_and_strength():
    half = OneOf((AdditiveGaussian(0.5), Masking(0.25)))
    text = "one of gaussian-noise 0.5, masking 0.25"
    assert protocols.corruption_text(half) == text
    unclipped = AdditiveGaussian(0.08, clip=False)
    assert protocols.corruption_text(unclipped) == "gaussian-noise 0.08, not clipped"


def test_a_minus_stands_before_negative_numbers_and_not_within_names():
    assert (
        with_minus("a = -0.5, -2 to 3 (-1)")
        == "a = \N{MINUS SIGN}0.5, \N{MINUS SIGN}2 to 3 (\N{MINUS SIGN}1)"
    )
    for text in ("vae-2", "2013-12-20", "5-nn", "-log p", "n--1"):
        assert with_minus(text) == text
