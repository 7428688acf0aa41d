"""The colours that kit.css gives, in light and in dark."""

import re

from tests.places import ROOT

CSS = (ROOT / "views/kit/kit.css").read_text(encoding="utf-8")
BLOCKS = {"light": ":root", "dark": ".dark"}


def colour(name: str, scheme: str) -> tuple[float, ...]:
    """Red, green and blue of a custom property, such as "--ink", each in [0, 1]."""
    block = re.search(rf"^{re.escape(BLOCKS[scheme])} {{(.*?)^}}", CSS, re.M | re.S)
    assert block
    found = re.search(rf"{name}: #([0-9a-f]{{6}});", block[1])
    assert found, f"{name} has no colour in {scheme}"
    return tuple(int(found[1][i : i + 2], 16) / 255 for i in (0, 2, 4))


def class_colours(scheme: str) -> list[tuple[float, ...]]:
    """Those of the ten classes."""
    return [colour(f"--class-{digit}", scheme) for digit in range(10)]
