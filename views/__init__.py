"""The page: the only code that knows Gradio. One module per view, listed here in reading order.

A view is a module with TITLE, LOOK (one sentence: what to look for) and build(page).
"""

from views.beta import beta
from views.classes import classes
from views.compare import compare
from views.compress import compress
from views.denoise import denoise
from views.draw import draw
from views.few_labels import few_labels
from views.gan import gan
from views.gap import gap
from views.interpolate import interpolate
from views.iwae import iwae
from views.kl import kl
from views.ledger import ledger
from views.likelihood import likelihood
from views.maps import maps
from views.reconstruct import reconstruct
from views.sample import sample
from views.score import score
from views.shapes import shapes
from views.sliders import sliders
from views.trick import trick

GROUPS = {
    "see": (maps, reconstruct, denoise, sliders, interpolate, sample),
    "understand": (compress, ledger, gap, trick, kl, likelihood, score),
    "extend": (classes, beta, shapes, iwae, few_labels, draw, gan, compare),
}
TABS = tuple(tab for group in GROUPS.values() for tab in group)
