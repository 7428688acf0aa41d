"""What a code says of the factors that a picture was drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from data.shapes import FACTORS, picture
from models import Model
from models.zoo import Card

from . import latent

FOLLOWS = 0.1  # of a factor's entropy: a latent that tells less follows it in no useful way


@dataclass(frozen=True)
class Follower:
    """The factor that a latent number tells most of, or None; `share` of its entropy, 0 to 1."""

    factor: str | None
    share: float


def followers(card: Card) -> list[Follower]:
    """One for each latent number, from the card's matrix of mutual information."""
    matrix = card.metrics["factor information"]
    assert matrix.axis is not None  # the view asks for cards that know the factors
    found = []
    for shares in zip(*matrix.value, strict=True):
        best = max(range(len(shares)), key=lambda k: shares[k])
        name = str(matrix.axis.places[best]) if shares[best] >= FOLLOWS else None
        found.append(Follower(name, shares[best]))
    return found


def order(found: list[Follower]) -> list[int]:
    """Latents in the order of the factors they follow, the best first, those of none last."""
    places = {name: i for i, name in enumerate(FACTORS)}
    return sorted(
        range(len(found)),
        key=lambda i: (places.get(found[i].factor or "", len(places)), -found[i].share),
    )


def encoded(model: Model, factors: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """The picture [1, 64, 64] of these factors, and mean and deviation [D] of its q(z|x)."""
    x = picture(factors)
    return x, *latent.posterior(model, x)
