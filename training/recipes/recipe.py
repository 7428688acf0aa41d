"""The settings that, with the data, reproduce a checkpoint."""

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
    """How one checkpoint, `name`, is trained from `config`.

    dataset: a key of `data.datasets.DATASETS`.
    binarize: draw each pixel from Bernoulli(grey) every time an image is used ("dynamic").
    measures: what is measured once it is trained, and stands on its card.
    solver: "adam" trains by stochastic gradient steps. "lbfgs" minimises the squared error of a
    linear autoencoder from random weights, "pca" takes the principal components: see
    `training.linear`.
    learning_rate: Adam's, at its peak. It rises linearly during the share `warmup` of all steps and
    then falls to 0 as a cosine.
    clip: the norm to which each player's gradient is clipped, or None for no clipping.
    validation: how many of the last training images are held out to choose the best epoch;
    training stops after `patience` epochs without a better one. 0 keeps the last epoch, as for a
    game, where no player's loss says which epoch is best.
    labels: how many training labels are known, the same number of each class, drawn by `seed`;
    None: all. The others are -1, those of the validation images too, so that no hidden label
    chooses the epoch. A family that cannot learn from unlabelled images is trained on the labelled
    ones alone, and keeps the last epoch.
    labelled_share: with `labels`, the share of every batch that is drawn from the labelled images.
    An epoch uses each unlabelled image once, and labelled ones repeatedly.
    seed: of the initial weights, the order of images and all noise.
    precision: of the layers' products: "auto" is bfloat16 if the hardware has it, else float32;
    "float32" is float32 everywhere.
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
    precision: str = "auto"
    seed: int = 0
