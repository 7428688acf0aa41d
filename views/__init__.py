"""The page: the only code that knows Gradio and the browser.

A view is a folder `name` here with a module name.py of TITLE, LOOK (one sentence: what to look
for) and build(page). The folder's name is the view's name in scripts and in links; TITLE is what
people read. GROUPS lists the views in reading order, each group under its heading. HOME is the view
that the page opens with.
"""

from importlib import import_module
from types import ModuleType

HOME = "machine"

GROUPS: dict[str, tuple[str, ...]] = {
    "see": ("maps", "reconstruct", "denoise", "sliders", "interpolate", "sample"),
    "understand": ("compress", "ledger", "gap", "trick", "kl", "likelihood", "score"),
    "extend": ("classes", "beta", "shapes", "iwae", "few_labels", "draw", "gan", "compare"),
}


def load_view(name: str) -> ModuleType:
    """The module of the view in this folder."""
    return import_module(f"views.{name}.{name}")


def load_views() -> dict[str, ModuleType]:
    """The module of every view by its folder's name: HOME, and all others in reading order."""
    names = (name for group in GROUPS.values() for name in group)
    return {name: load_view(name) for name in (HOME, *names)}
