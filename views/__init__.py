"""The page: the only code that knows Gradio. One module per view, listed here in reading order.

A view is a module with TITLE, LOOK (one sentence: what to look for) and build(page).
"""

from . import (
    compress,
    denoise,
    gap,
    interpolate,
    kl,
    ledger,
    likelihood,
    maps,
    reconstruct,
    sample,
    score,
    sliders,
    trick,
)

GROUPS = {
    "see": (maps, reconstruct, denoise, sliders, interpolate, sample),
    "understand": (compress, ledger, gap, trick, kl, likelihood, score),
}
TABS = tuple(tab for group in GROUPS.values() for tab in group)
