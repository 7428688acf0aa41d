"""KL: how far one Gaussian is from another, in closed form, as an area and from draws."""

from explore import gaussians

from .components.gaussian_kl import GaussianKl
from .derivation import fold_out
from .lab import Page

TITLE = "KL"
LOOK = (
    "Drag the curves: KL is the gold area minus the blue, large where the first curve has mass and "
    "the second has none."
)


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    GaussianKl(page.lab)
    fold_out("kl", gaussians.kl_terms, gaussians.integrand, gaussians.monte_carlo)
