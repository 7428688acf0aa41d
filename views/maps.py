"""Maps: AE, DAE and VAE side by side under one cursor."""

from .components.latent_map import LatentMap
from .lab import Page

TITLE = "Maps"
LOOK = (
    "Each dot is a test image at its code. Point anywhere: every decoder draws that place. "
    "What does N(0, I) miss?"
)


def build(page: Page) -> None:
    """The maps answer in the visitor's browser: there is nothing to wire."""
    LatentMap(page.lab, page.decoding)
