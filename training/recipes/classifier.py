"""The classifier whose features and verdicts judge what others draw."""

from models.base import LabelledConfig
from models.classifier import RandomAffine
from models.networks import NetworkConfig

from .recipe import Recipe

# The jitter keeps it from learning the training images by heart, and readies it for handwriting
# that was not centred and scaled as MNIST was.
CLASSIFIER = Recipe(
    "classifier",
    LabelledConfig(
        "classifier", 64, NetworkConfig(channels=(16, 32), blocks=1), corruption=RandomAffine(0.1)
    ),
    exhibit="judge",
    epochs=16,
    patience=16,
    learning_rate=2e-3,
    clip=None,
)

RECIPES = (CLASSIFIER,)
