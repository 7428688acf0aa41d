"""The page: the only code that knows Gradio. One module per view, listed here in reading order.

A view is a module with TITLE, LOOK (one sentence: what to look for) and build(page).
"""

from . import (
    beta,
    classes,
    compare,
    compress,
    denoise,
    drawing,
    few_labels,
    gan,
    gap,
    interpolate,
    iwae,
    kl,
    ledger,
    likelihood,
    maps,
    reconstruct,
    sample,
    score,
    shapes,
    sliders,
    trick,
)

GROUPS = {
    "see": (maps, reconstruct, denoise, sliders, interpolate, sample),
    "understand": (compress, ledger, gap, trick, kl, likelihood, score),
    "extend": (classes, beta, shapes, iwae, few_labels, drawing, gan, compare),
}
TABS = tuple(tab for group in GROUPS.values() for tab in group)
