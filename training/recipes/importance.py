"""IWAE and VAE: the network of Burda et al., trained on the bound of 50 samples and of 1.

Network, batch size and dynamic binarization are the paper's (arXiv 1509.00519, section 5). Training
takes 16 epochs with one cycle of the learning rate instead of 3,280 with a stepped one. The two
recipes differ in k alone.
"""

from dataclasses import replace

from evaluation.measures import Measure
from models import Config
from models.importance import ImportanceConfig
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig

from .recipe import Recipe

_BURDA = NetworkConfig(widths=(200, 200), activation="tanh")
VAE_50_BURDA = Recipe(
    "vae-50-burda",
    Config("vae", 50, _BURDA, _BURDA, likelihood=Bernoulli()),
    measures=(Measure.BASICS, Measure.LIKELIHOOD, Measure.GENERATION),
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

    It decodes as many samples as the IWAE and differs from it in the bound alone.
    """
    return replace(
        IWAE_50_BURDA,
        name="vae-50-burda-k50",
        config=replace(IWAE_50_BURDA.config, bound="elbo"),
        seed=seed,
    )


RECIPES = (VAE_50_BURDA, IWAE_50_BURDA)
