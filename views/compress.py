"""Compress: the error that PCA, a linear autoencoder, the AE and the VAE leave at a code size."""

import gradio as gr

from explore import compress

from .components.compression import Compression, offered
from .derivation import fold_out
from .lab import Page

TITLE = "Compress"
LOOK = "What can be squeezed into k numbers: digits, yes; pixels of pure chance, no."
NOTHING = "<p>There are no networks of several code sizes; train them, beginning with pca-64.</p>"


def build(page: Page) -> None:
    """Lay the view out; what it shows is asked for by the component's script."""
    if offered(page.lab):
        Compression(page.lab, TITLE)
    else:
        gr.HTML(NOTHING)
    fold_out("compress", compress.first_components, compress.principal_angles, compress.explained)
