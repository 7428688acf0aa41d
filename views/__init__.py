"""The page: the only code that knows Gradio and the browser.

A view is a folder `name` here with a module name.py of TITLE, LOOK (one sentence: what to look
for) and build(page). GROUPS lists the views in reading order, each group under its heading.
"""

GROUPS: dict[str, tuple[str, ...]] = {
    "see": ("maps", "reconstruct", "denoise", "sliders", "interpolate", "sample"),
    "understand": ("compress", "ledger", "gap", "trick", "kl", "likelihood", "score"),
    "extend": ("classes", "beta", "shapes", "iwae", "few_labels", "draw", "gan", "compare"),
}
