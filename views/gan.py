"""GAN: the same codes under a VAE, a VAE+GAN and a GAN."""

import gradio as gr

from models.adversarial import Discriminator, GenerativeAdversarialNetwork
from models.sharpness import laplacian, sharpness
from models.vae_gan import VaeGan

from .components.gan import Gan
from .derivation import fold_out
from .lab import Lab, Page

TITLE = "GAN"
LOOK = (
    "The same z, drawn by three networks; each gives z its own meaning. Which looks sharper, and "
    "what was given up for it?"
)
SHOWN = ("vae-16-conv", "vae-gan-16", "gan-16")
MISSING = f"The networks of this view are missing; train {', '.join(SHOWN)}."


def build(page: Page) -> None:
    """Lay the view out; its columns decode for themselves."""
    if shown(page.lab):
        Gan(page.lab, page.decoding, SHOWN)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "gan",
        GenerativeAdversarialNetwork.objective,
        VaeGan.objective,
        Discriminator.of_real,
        laplacian,
        sharpness,
    )


def shown(lab: Lab) -> bool:
    """Are all three there? One alone shows nothing."""
    return all(name in lab.zoo for name in SHOWN)
