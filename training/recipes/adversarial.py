"""VAE, VAE+GAN and GAN of one size: what a discriminator does to the pictures.

All see the images equally often. The VAE+GAN's feature_sigma and gamma are the best of three pairs
by the FID against 10,000 training images that took no part (docs/family.md); with the GAN's larger
discriminator all seven pairs that were tried drew one picture for every code.
"""

from dataclasses import replace

from models import Config
from models.adversarial import AdversarialConfig
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig

from .recipe import Recipe

EPOCHS = 24
_ENCODER = NetworkConfig(widths=(128,), channels=(16, 32))
_DECODER = NetworkConfig(widths=(128,), channels=(16, 32), blocks=1)
_DISCRIMINATOR = NetworkConfig(channels=(16, 32))
VAE_16_CONV = Recipe(
    "vae-16-conv",
    Config("vae", 16, _ENCODER, _DECODER, likelihood=Bernoulli()),
    exhibit="gan",
    binarize=True,
    epochs=EPOCHS,
    patience=EPOCHS,
)
VAE_GAN_16 = Recipe(
    "vae-gan-16",
    AdversarialConfig(
        "vae-gan",
        16,
        _ENCODER,
        _DECODER,
        discriminator=_DISCRIMINATOR,
        gradient_penalty=2.0,
        feature_sigma=0.5,
        gamma=0.25,
    ),
    exhibit="gan",
    epochs=EPOCHS,
    batch_size=64,
    learning_rate=7e-4,
    clip=None,
    patience=EPOCHS,
    validation=0,
)
GAN_16 = replace(
    VAE_GAN_16,
    name="gan-16",
    config=AdversarialConfig(
        "gan",
        16,
        decoder=_DECODER,
        discriminator=replace(_DISCRIMINATOR, widths=(64,)),
        gradient_penalty=0.5,
    ),
    learning_rate=3e-4,
)

RECIPES = (VAE_16_CONV, VAE_GAN_16, GAN_16)
