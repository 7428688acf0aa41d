"""What no question may hold, by what it should have been."""

import math

NUMBERS = [
    *(math.nan, math.inf, -math.inf, 1e38, None, "4", [], [1], {}, 10**400, -1, 2**64, True),
]
WHOLE = [*NUMBERS, 1.5]
NAMES = [*WHOLE, "nope", "", "../../etc", "x" * 10_000, ["ae-2"], {"ae-2": 1}]
SIZES = [*WHOLE, 3, 0, [2]]
PIXELS = [None, 3, [], {}, "", "text", "ä", "AAAA", "A" * 10**5]
DIGITS = [
    *(None, 3, "text", [], {}),
    *({"shape": [1, 28, 28], "pixels": pixels} for pixels in PIXELS),
    *({"shape": shape, "pixels": "A" * 1048} for shape in ([3, 28, 28], [28, 28], None, [1, 1, 1])),
]


def assert_refused(ask, good, assert_sentence, field, values):
    """Each value in the place of a good question's field gets one sentence that repeats nothing.

    The next good question is answered as the one before was.
    """
    before = ask(good)
    assert "error" not in before
    for value in values:
        answer = ask(good | {field: value})
        assert answer.keys() == {"error"}, value
        assert_sentence(answer["error"])
        assert "nope" not in answer["error"]
    assert ask(good) == before
