"""tests/js/drawings.json, which node's test holds the page to, is what data/normalize.py gives."""

import json

import numpy as np

from data.normalize import from_drawing
from figures import to_bytes
from tests.drawings import COMMAND, FILE, unpacked


def test_the_stored_digits_are_those_of_from_drawing():
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    assert stored["written by"] == COMMAND
    assert len({case["ink"]["pixels"] for case in stored["cases"]}) > 95
    for case in stored["cases"]:
        found = from_drawing(unpacked(case["ink"]))
        for step in ("ink", "cropped", "digit"):
            expected, actual = unpacked(case[step]), to_bytes(getattr(found, step))
            assert actual.shape == expected.shape, (case["name"], step, COMMAND)
            # Pillow may change the last bit.
            assert np.abs(actual.astype(int) - expected).max() <= 1, (case["name"], step, COMMAND)
