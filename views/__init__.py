"""The page: the only code that knows Gradio. One module per tab, listed here in reading order.

A tab is a module with TITLE, LOOK (one sentence: what to look for) and build(page).
"""

from . import denoise, interpolate, maps, reconstruct, sample, sliders

TABS = (maps, reconstruct, denoise, sliders, interpolate, sample)
