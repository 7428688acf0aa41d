"""What each view is about: the checkpoints of certain recipes, which their cards name.

Six checkpoints are what most views are about (views/kit/lab.py); those of no part and not among the
six are somebody's own, and offered beside the six.
"""

import re
from dataclasses import dataclass

from models.zoo import Entry


@dataclass(frozen=True)
class Part:
    """The checkpoints that one view is about: those whose recipe's name is a full match.

    name: how Compare calls the part, in its list and in links. view: the folder of the view that
    shows it; empty if none does.
    """

    name: str
    view: str
    recipes: str

    def holds(self, entry: Entry) -> bool:
        """Was the checkpoint made by one of its recipes?"""
        return re.fullmatch(self.recipes, recipe_of(entry)) is not None


CODE_SIZE = Part(
    "code size",
    "compress",
    r"(pca|linear)-\d+(-noise|-gaussian-noise)?|(ae|vae)-\d+-mlp(-noise)?",
)
GAP = Part("gap", "gap", r"vae-2-davidson")
LIKELIHOOD = Part("likelihood", "likelihood", r"vae-16-mlp-(fixed|shared|predicted|discretized)")
SCORE = Part("score", "score", r"dae-mixture|dae-64-score")
BETA = Part("beta", "beta", r"vae-2-beta-[\d.]+")
CLASSES = Part("classes", "classes", r"cvae-16|vae-16-unconditional")
IWAE = Part("iwae", "iwae", r"(vae|iwae)-50-burda")
SHAPES = Part("shapes", "shapes", r"(vae|beta-vae|beta-tcvae)-10-shapes")
FEW_LABELS = Part("few labels", "few_labels", r"(m2|classifier)-\d+")
DRAWING = Part("drawing", "draw", r"draw-32|vae-32-oneshot")
GAN = Part("gan", "gan", r"vae-16-conv|vae-gan-16|gan-16")
JUDGE = Part("judge", "", r"classifier")

PARTS = (
    CODE_SIZE,
    GAP,
    LIKELIHOOD,
    SCORE,
    BETA,
    CLASSES,
    IWAE,
    SHAPES,
    FEW_LABELS,
    DRAWING,
    GAN,
    JUDGE,
)


def recipe_of(entry: Entry) -> str:
    """The name of the recipe it was trained by, as its card says; else its own name."""
    return str(entry.card.recipe.get("name", entry.card.name))


def part_of(entry: Entry) -> Part | None:
    """The part it belongs to, if any."""
    return next((part for part in PARTS if part.holds(entry)), None)
