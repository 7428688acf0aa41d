"""What a recipe is: all that is needed, besides the data, to make a checkpoint again."""

from dataclasses import dataclass
from typing import ClassVar

from evaluation.measures import DEFAULT, Measure
from models import Config
from models.records import Record

# Of what shows one thing and not how well a representation serves: seconds, and what it draws.
FEW = (Measure.BASICS, Measure.TERMS, Measure.GENERATION)
# Of what stands beside the main checkpoints in mathematics, but has met no corrupted image.
CLEAN = (
    Measure.BASICS,
    Measure.LIKELIHOOD,
    Measure.REPRESENTATION,
    Measure.DIRECTIONS,
    Measure.GENERATION,
)


@dataclass(frozen=True)
class Recipe(Record):
    """How one checkpoint is trained.

    binarize: sample each pixel as Bernoulli(grey) anew whenever it is used ("dynamic").
    measures: what is measured once it is trained, and stands on its card.
    solver: "adam" trains in steps; "lbfgs" and "pca" find the optimum of a linear autoencoder, by
    minimising its squared error from random weights, or by the principal components themselves.
    learning_rate: the peak; `warmup` is the share of all steps spent reaching it, a cosine to zero
    takes the rest.
    clip: the largest norm of the gradient, nats, or None.
    validation: how many of the last training images are held out to choose the best epoch;
    training stops after `patience` epochs without a better one. 0 keeps the last epoch: players of
    a game have no objective that says which epoch is best.
    labels: how many training labels are known, as many of each class, drawn from `seed`; None: all.
    The others are -1, the validation images' too, so that no hidden label chooses the epoch. A
    family that learns nothing without a label is shown the labelled images alone, and keeps the
    last epoch.
    labelled_share: how much of every batch then has a label, the same images again and again; an
    epoch is the others once.
    layers: "auto" multiplies in bfloat16 where the hardware does, "float32" never.
    """

    kind: ClassVar[str] = "recipe"

    name: str
    config: Config
    dataset: str = "mnist"
    measures: tuple[Measure, ...] = DEFAULT
    solver: str = "adam"
    binarize: bool = False
    epochs: int = 50
    batch_size: int = 256
    learning_rate: float = 3e-3
    warmup: float = 0.1
    clip: float | None = 200.0
    validation: int = 2_000
    patience: int = 10
    labels: int | None = None
    labelled_share: float = 0.2
    layers: str = "auto"
    seed: int = 0
