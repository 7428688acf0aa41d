"""IWAE against VAE: Burda et al.'s network, trained by the bound of 1 and of 50 samples.

The network, the batch and the dynamic binarization are the paper's (arXiv 1509.00519, section 5);
16 epochs with one cycle of the learning rate stand for its 3,280 with a stepped one. Both see
the same images for the same number of steps: k is all that differs.
"""

from dataclasses import replace

from models import Config
from models.importance import ImportanceConfig
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig

from .recipe import Recipe

_BURDA = NetworkConfig(widths=(200, 200), activation="tanh")
VAE_50_BURDA = Recipe(
    "vae-50-burda",
    Config("vae", 50, _BURDA, _BURDA, likelihood=Bernoulli()),
    exhibit="iwae",
    binarize=True,
    epochs=16,
    batch_size=20,
    learning_rate=1e-3,
    patience=16,
)
IWAE_50_BURDA = replace(
    VAE_50_BURDA,
    name="iwae-50-burda",
    config=ImportanceConfig("iwae", 50, _BURDA, _BURDA, likelihood=Bernoulli(), samples=50),
)


def averaged(seed: int = 0) -> Recipe:
    """The paper's control, which is not shipped: a VAE that averages its ELBO over 50 draws.

    As many decoded samples as the IWAE, so that what they differ in is the bound alone.
    """
    return replace(
        IWAE_50_BURDA,
        name="vae-50-burda-k50",
        config=replace(IWAE_50_BURDA.config, bound="elbo"),
        seed=seed,
    )


RECIPES = (VAE_50_BURDA, IWAE_50_BURDA)
