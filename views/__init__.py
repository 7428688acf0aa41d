"""The page: the only code that knows Gradio and the browser.

A view is a folder `name` here with a module name.py of TITLE, QUESTION (what it answers, in at most
60 letters), LOOK (one sentence: what to look for) and build(page). The folder's name is the view's
name in scripts and in links; TITLE and QUESTION are what people read. GROUPS lists the views in the
lecture's order, each chapter under its heading. HOME is the view that the page opens with; it need
not be in a chapter.
"""

from importlib import import_module
from types import ModuleType

HOME = "machine"

GROUPS: dict[str, tuple[str, ...]] = {
    "Autoencoder": ("reconstruct", "compress", "maps"),
    "Denoising autoencoder": ("denoise", "score"),
    "Variational autoencoder": ("sample", "likelihood"),
    "The bound on log p(x)": ("elbo", "gap", "ledger"),
    "Reparameterization": ("trick",),
    "What a code can do": ("sliders", "interpolate"),
    "KL between Gaussians": ("kl",),
    "Applications": ("classes", "few_labels", "iwae", "draw", "gan", "beta", "shapes"),
    "All models": ("compare",),
}


def load_view(name: str) -> ModuleType:
    """The module of the view in this folder."""
    return import_module(f"views.{name}.{name}")


def load_views() -> dict[str, ModuleType]:
    """Each view's module by its folder's name: HOME, then the others in the lecture's order."""
    names = (name for group in GROUPS.values() for name in group)
    return {name: load_view(name) for name in (HOME, *names)}
