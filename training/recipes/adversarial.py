"""VAE, VAE+GAN and GAN with the same encoder and decoder, trained for as many epochs.

The VAE+GAN's feature_sigma and gamma are those of three pairs with the lowest FID to 10,000 held
out training images (docs/family.md). With the GAN's larger discriminator the decoder collapsed to
one picture for all codes, with each of seven pairs.
"""

from dataclasses import replace

from evaluation.measures import Measure
from models import Config
from models.adversarial import AdversarialConfig
from models.likelihoods import Bernoulli
from models.networks import NetworkConfig

from .recipe import Recipe

EPOCHS = 24
_MEASURES = (Measure.BASICS, Measure.TERMS, Measure.MIXTURE, Measure.GENERATION)
_ENCODER = NetworkConfig(widths=(128,), channels=(16, 32))
_DECODER = NetworkConfig(widths=(128,), channels=(16, 32), blocks=1)
_DISCRIMINATOR = NetworkConfig(channels=(16, 32))
VAE_16_CONV = Recipe(
    "vae-16-conv",
    Config("vae", 16, _ENCODER, _DECODER, likelihood=Bernoulli()),
    measures=_MEASURES,
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
    measures=_MEASURES,
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
