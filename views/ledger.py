"""Ledger: the loss of the digit, term by term, down to the pixel and the latent dimension."""

from explore import ledger
from models.distributions import kl_to_standard_normal

from .components.loss_ledger import LossLedger
from .derivation import fold_out
from .lab import Page

TITLE = "Ledger"
LOOK = (
    "The loss of this digit, term by term: drag a dimension's handle or its bar, and see what it "
    "draws and costs."
)


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    LossLedger(page.lab, page.decoding, view=TITLE)
    fold_out("ledger", ledger.ledger, kl_to_standard_normal, ledger.hidden_beta)
