"""Gap: the true posterior against the encoder's, and what the ELBO leaves out."""

from explore import gap

from .components.posterior import TruePosterior
from .derivation import fold_out
from .lab import Page

TITLE = "Gap"
LOOK = (
    "Drag the encoder's q over the true posterior: what it misses, KL(q‖p(z|x)), is exactly what "
    "the ELBO lacks of log p(x)."
)


def build(page: Page) -> None:
    """Lay the view out; the component asks the server by itself."""
    TruePosterior(page.lab)
    fold_out("gap", gap.mass, gap.evidence, gap.elbo, gap.gap, gap.importance_draws)
