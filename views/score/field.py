"""The toy of the score view: a density in the plane, its slope, and what a denoiser learned."""

from data.mixture import Mixture
from explore import score
from models.zoo import Entry
from views.kit.component import Component
from views.kit.lab import Page
from views.kit.routes import Message
from views.kit.validate import MAX_SEED


class FieldProps(Message):
    """All a browser needs of the mixture of Gaussians and of the network that learned its slope.

    `means` [K][2] and `weights` [K] of the clusters, `std` of each; `sigma` of the noise that the
    network saw. `size` and `difference`: root mean squares under p_sigma, per unit, of the exact
    score and of the network's difference from it. The addresses are null where only the server
    could run a network, whose name is `name`.
    """

    name: str
    weights: list[float]
    means: list[list[float]]
    std: float
    sigma: float
    size: float
    difference: float
    encoder: str | None = None
    decoder: str | None = None
    most_seed: int


class ScoreField(Component):
    """The unit square with two fields of arrows; everything in it is computed in the page."""

    PROPS = FieldProps

    def __init__(self, page: Page, entry: Entry, mixture: Mixture):
        addresses = page.lab.networks.addresses(entry.card.name)
        props = field_of(entry, mixture).model_copy(update=addresses)
        super().__init__(props, elem_classes=["score-field"])


def field_of(entry: Entry, mixture: Mixture) -> FieldProps:
    """The density's parameters and how well the network fits its slope, without addresses."""
    fit = score.agreement(entry.model, mixture)
    return FieldProps(
        name=entry.card.name,
        weights=list(mixture.weights),
        means=[list(mean) for mean in mixture.means],
        std=mixture.std,
        sigma=score.noise_level(entry.model),
        size=fit.size,
        difference=fit.difference,
        most_seed=MAX_SEED,
    )
