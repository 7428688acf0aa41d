"""The classes' colours: seen on their ground, and told apart with any colour vision."""

import itertools

import numpy as np
import pytest

from tests.colours import class_colours, colour

SCHEMES = ("light", "dark")
# What dichromats see of linear red, green and blue: Machado, Oliveira & Fernandes 2009, severity 1.
VISIONS = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
# Oklab (Ottosson 2020): from linear red, green and blue to cones, and from their cube roots on.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
APART = 0.08  # in Oklab; Okabe & Ito's eight and two of Tol's are 0.015 apart with deuteranopia


def linear(rgb):
    """What a screen's numbers in [0, 1] mean in light."""
    rgb = np.asarray(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """The contrast ratio of WCAG 2."""
    one, other = (linear(each) @ [0.2126, 0.7152, 0.0722] + 0.05 for each in (a, b))
    return max(one, other) / min(one, other)


def test_known_contrasts():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast((1, 1, 0), (1, 1, 1)) == pytest.approx(1.07, abs=0.01)  # yellow on white


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["--raised", "--ground"])
def test_every_class_is_seen_on_the_ground(scheme, ground):
    found = [contrast(each, colour(ground, scheme)) for each in class_colours(scheme)]
    assert min(found) >= 3, found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_classes_are_told_apart(scheme, vision):
    seen = np.clip(linear(class_colours(scheme)) @ VISIONS[vision].T, 0, 1)
    places = np.cbrt(seen @ CONES.T) @ OKLAB.T
    for a, b in itertools.combinations(range(10), 2):
        assert np.linalg.norm(places[a] - places[b]) > APART, (a, b)
