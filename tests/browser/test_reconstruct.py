"""Reconstruct: what people see when they choose a digit, a code size, or another draw."""

import pytest

OUTPUTS = ".spine-row .output"
CODES = ".spine-row .bars"


@pytest.fixture
def visitor(visitor):
    """A visitor with this view open."""
    visitor.open("reconstruct")
    return visitor


def test_another_sample_is_reconstructed(visitor):
    def pad():
        return visitor.rail.locator("canvas.picture").evaluate("c => c.toDataURL()")

    before = visitor.sources(OUTPUTS)
    after = visitor.change(lambda: visitor.sources(OUTPUTS), lambda: visitor.sample(0))
    assert len(before) == len(after) == 3
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert "a 0" in visitor.rail.locator(".said").inner_text()
    chosen = pad()
    # Chance may choose the same digit again: press until it does not.
    visitor.until(lambda: visitor.press("Random", visitor.rail) or pad() != chosen, "a digit")
    visitor.until(lambda: visitor.sources(OUTPUTS) != after, "the outputs follow")


def test_the_code_size_is_switched_and_back(visitor):
    def numbers():
        return [bars.locator("li").count() for bars in visitor.panel.locator(CODES).all()]

    two = visitor.sources(OUTPUTS)
    assert numbers() == [2, 2, 2]
    sixteen = visitor.change(lambda: visitor.sources(OUTPUTS), lambda: visitor.pick("16 numbers"))
    assert numbers() == [16, 16, 16]
    assert all(a != b for a, b in zip(two, sixteen, strict=True))
    visitor.pick("2 numbers")
    visitor.until(lambda: visitor.sources(OUTPUTS) == two, "the first pictures return")


def test_drawing_again_changes_the_vae_alone(visitor):
    def outputs():
        return visitor.sources(OUTPUTS)

    mean = outputs()
    first = visitor.change(outputs, lambda: visitor.press("Draw another z"))
    assert visitor.panel.get_by_label("a draw from q(z|x)").is_checked()
    second = visitor.change(outputs, lambda: visitor.press("Draw another z"))
    assert mean[:2] == first[:2] == second[:2]
    assert len({mean[2], first[2], second[2]}) == 3
    visitor.pick("the mean of q(z|x)")
    visitor.until(lambda: outputs() == mean, "the mean returns")
