"""Denoise: the damage follows the settings, the words follow the damage, the digit stays."""

import re

CLEAN = ".gallery [aria-label='the clean digit']"
CORRUPTED = ".gallery [aria-label='corrupted digit']"


def test_kind_and_strength_of_the_damage(visitor):
    panel = visitor.open("denoise")

    def corrupted():
        return visitor.source(CORRUPTED)

    def errors():
        captions = panel.locator(".gallery figcaption").all_inner_texts()[1:]
        return [float(re.search(r", (\d\.\d{4})$", caption)[1]) for caption in captions]

    def marked():
        return panel.locator(".chart-with-words .words").inner_text()

    clean, half, words = visitor.source(CLEAN), errors(), marked()
    assert len(half) == 4  # corrupted, and three repairs
    assert "strength 0.50" in words
    # One quantity: the digit's errors are of the size of those that the chart marks.
    marks = [float(v) for v in re.findall(r"(?:AE|DAE|VAE) (\d\.\d{4})", words)]
    assert all(0.2 < error / mark < 5 for error, mark in zip(half[1:], marks, strict=True))
    visitor.change(corrupted, lambda: visitor.slide("Strength", 0.9))
    assert errors()[0] > half[0]
    strength = float(panel.get_by_label("Strength, a number").input_value())
    assert strength > 0.8
    assert f"strength {strength:.2f}" in marked()
    assert marked().split("\n")[1] != words.split("\n")[1]  # the values on the curves
    gaussian = errors()
    curve = panel.locator(".chart-with-words svg").text_content()
    visitor.change(corrupted, lambda: visitor.pick("Masking"))
    assert errors() != gaussian
    assert panel.locator(".chart-with-words svg").text_content() != curve  # the axis has a new name
    visitor.change(corrupted, lambda: visitor.pick("Salt and pepper"))
    visitor.change(corrupted, lambda: visitor.press("New noise"))
    assert visitor.source(CLEAN) == clean
    visitor.change(corrupted, lambda: visitor.slide("Strength", 0.0))
    assert errors()[0] == 0
    assert corrupted() == clean
    visitor.change(lambda: visitor.source(CLEAN), lambda: visitor.sample(6))
