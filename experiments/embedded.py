"""Draws the digits that ship with the page, by our own network, and writes data/embedded.png.

    python -m experiments.embedded

cvae-16, which learned from MNIST, draws them: a class, a code z ~ N(0, I) from a fixed seed, and
the mean of p(x|z, y). They are taken in the order in which they are drawn, except for two rules:

1. The classifier must give the class that was drawn a probability of at least SURE; 97 % of the
   draws pass.
2. Under each main model of the page at most a share of MOST_TURNED may turn into another class, as
   of MNIST's 10,000 test digits 9 to 16 % do in 2-D and 1 to 2 % in 16-D. A draw that would exceed
   the share waits for a later row. So the rows show hard cases too, and the first row none.

Turned: the classifier reads the reconstruction as another digit than the image.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from data.embedded import CLASSES, ROWS, save
from experiments.frame import parser, start
from models import Model
from models.zoo import Zoo

DRAWS = 2 * ROWS  # of each class, to choose from
SEED = 0
SURE = 0.9
MAIN = {2: ("ae-2", "dae-2", "vae-2"), 16: ("ae-16", "dae-16", "vae-16")}
MOST_TURNED = {2: 1 / 10, 16: 1 / 30}


@torch.no_grad()
def turned(model: Model, classifier: Model, x: Tensor) -> Tensor:
    """Which of the images x [B, 1, H, W] the classifier reads as others once reconstructed: [B]."""
    before, after = (
        classifier.classify(images).logits.argmax(1) for images in (x, model.reconstruct(x))
    )
    return before != after


@dataclass(frozen=True)
class _Draws:
    """images uint8 [N, 1, 28, 28]; sure [N]: of their class; turned [6, N]: by each main model."""

    images: Tensor
    sure: Tensor
    turned: Tensor


def draw(zoo: Zoo) -> Tensor:
    """The digits of data/embedded.png, uint8 [ROWS * CLASSES, 1, 28, 28], drawn again.

    Raises KeyError for a checkpoint that is missing.
    """
    draws = _draws(zoo)
    allowed = torch.tensor([MOST_TURNED[latent] for latent, names in MAIN.items() for _ in names])
    waiting = [
        [i for i in range(digit, len(draws.images), CLASSES) if draws.sure[i]]
        for digit in range(CLASSES)
    ]
    taken: list[int] = []
    for row in range(ROWS):
        most = (allowed * CLASSES * row + 1e-6).floor()
        for candidates in waiting:
            so_far = draws.turned[:, taken].sum(1)
            # What none turns is always allowed, whatever the rows above hold.
            fits = (i for i in candidates if ((so_far + 1 <= most) | ~draws.turned[:, i]).all())
            taken.append(next(fits))
            candidates.remove(taken[-1])
    return draws.images[taken]


@torch.no_grad()
def _draws(zoo: Zoo) -> _Draws:
    """DRAWS digits of each class, 0 to 9 and again, and what the models make of them."""
    model, classifier = zoo["cvae-16"].model, zoo["classifier"].model
    y = torch.arange(CLASSES).repeat(DRAWS)
    prior = model.prior()
    assert prior is not None  # of a conditional VAE
    z = prior.sample((len(y),), torch.Generator().manual_seed(SEED))
    images = (model.decode(z, y).mean * 255).round().to(torch.uint8)
    x = images / 255.0
    sure = classifier.classify(x).probs.gather(1, y[:, None])[:, 0] >= SURE
    names = [name for names in MAIN.values() for name in names]
    return _Draws(images, sure, torch.stack([turned(zoo[n].model, classifier, x) for n in names]))


def main(arguments: list[str] | None = None) -> None:
    """Draw the embedded digits and save them."""
    options = parser("embedded", __doc__, "checkpoints").parse_args(arguments)
    try:
        save(draw(Zoo(options.checkpoints)))
    except KeyError as error:
        raise ValueError(f"The digits are drawn by {error.args[0]}; train it first.") from error


if __name__ == "__main__":
    start(main)
