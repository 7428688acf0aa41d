"""The classifier whose features and probabilities measure what other models generate."""

from evaluation.measures import Measure
from models.base import LabelledConfig
from models.corruption import RandomAffine
from models.networks import NetworkConfig

from .recipe import Recipe

# The random affine maps reduce overfitting, and make it robust to handwriting that was not centred
# and scaled as MNIST's.
CLASSIFIER = Recipe(
    "classifier",
    LabelledConfig(
        "classifier", 64, NetworkConfig(channels=(16, 32), blocks=1), corruption=RandomAffine(0.1)
    ),
    measures=(Measure.BASICS,),
    epochs=16,
    patience=16,
    learning_rate=2e-3,
    clip=None,
)

RECIPES = (CLASSIFIER,)
