"""IWAE: a VAE trained on one sample a digit against the same network trained on fifty."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import gradio as gr

from data.binarize import SEED, binarize
from explore import iwae, seeds
from models.bounds import effective_sample_size, importance_bound
from models.importance import ImportanceWeightedAutoencoder
from models.zoo import Entry
from views.gap.gap import Digit
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.decoding import BUSY
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import measured
from views.shell.digit_input import read_digit

TITLE = "IWAE"
LOOK = (
    "Slide K, the samples in the bound. Trained with 50, not 1, IWAE affords a looser q: better on "
    "average, with more code in use."
)
NAMES = ("vae-50-burda", "iwae-50-burda")
MISSING = "The networks of this view are missing; train vae-50-burda and iwae-50-burda."
DRAWS, PART = 5_000, 500  # importance samples, and how many one question brings
SHOWN = 50  # of them as pictures: as many as the IWAE was trained on
MOST_DRAWS = 1_000  # times that a visitor may draw anew
MOST_WAITING = 40
KEPT = 128  # answers, for a classroom that looks at one digit: 10 KB each, the first part 90 KB
AVERAGES = ("elbo", "iwae-50", "log p(x)", "active units")
CONTROL = "vae-50-burda-k50"  # trained for docs/seeds.json, not shipped: see training.recipes


class VaeAgainstIwae(gr.HTML):
    """Both models beside each other; visitors choose K, and the page asks for samples.

    It works while the view of that title is open.
    """

    def __init__(
        self, lab: Lab | None = None, names: tuple[str, ...] = (), view: str = "", **keywords: Any
    ):
        super().__init__(
            view=view,
            models=[model_of(lab.entry(name)) for name in names] if lab else [],
            draws=DRAWS,
            part=PART,
            pictures=SHOWN,
            threshold=iwae.ACTIVE,
            control=control(names[-1]) if names else "",
            server_functions=[validate.serving(draw_samples, Sampling(lab.interactive, names))]
            if lab
            else None,
            elem_classes=["vae-against-iwae"],
            **assets("iwae", "address", "numbers", "posterior_sums"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the panel asks for itself"}


def model_of(entry: Entry) -> dict[str, Any]:
    """What is said of a model whatever the digit; `averages` are its card's."""
    units = iwae.units(entry.card)
    return {
        "name": entry.card.name,
        "family": entry.model.family,
        "samples": samples_of(entry),
        "variances": [unit.variance for unit in units],
        "active": sum(unit.active for unit in units),
        "epochs": len(entry.card.curve),
        "seconds": entry.card.machine.get("training_seconds"),
        "averages": {
            n: measured(entry.card.metrics[n]) for n in AVERAGES if n in entry.card.metrics
        },
    }


def samples_of(entry: Entry) -> int:
    """How many samples a training bound took; 1 for whatever is trained on the ELBO."""
    return getattr(entry.model.config, "samples", 1)


def control(iwae: str) -> str:
    """Is it the bound, or the samples? What the VAE of 50 averaged samples says, if it is there.

    Burda et al. 2015, section 5, compare the IWAE of k samples with the VAE of as many.
    """
    found = seeds.gain(iwae, CONTROL, "log p(x)")
    other = "A VAE that averages 50 samples, trained here as in Burda et al. 2015,"
    if found is None:
        return f"{other.replace(', trained here as', '')} was not trained here."
    which = "behind" if found.mean > 0 else "ahead"
    return (
        f"Is it the bound, or just more samples? {other} is still {abs(found.mean):.1f} ± "
        f"{found.spread:.1f} nats {which} ({found.seeds} trainings each)."
    )


class Sampling:
    """The one thread that samples for everybody; the last answers are kept."""

    def __init__(self, lab: Lab, names: tuple[str, ...]):
        self.models = [lab.entry(name).model for name in names]
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "importance")
        self.rows = lru_cache(KEPT)(self._rows)

    async def sample(self, x: Digit, seed: int) -> list[dict[str, str]]:
        """A row for each model. Raises gr.Error if too many wait."""
        if self._waiting >= MOST_WAITING:
            raise gr.Error(BUSY, print_exception=False)
        self._waiting += 1
        try:
            return await asyncio.wrap_future(self._thread.submit(self.rows, x, seed))
        finally:
            self._waiting -= 1

    def _rows(self, x: Digit, seed: int) -> list[dict[str, str]]:
        return [
            {
                "logWeights": validate.base64_text(
                    iwae.log_weights(model, x.tensor, PART, seed).numpy().tobytes()
                ),
                "pictures": markup.encode_pixels(iwae.pictures(model, x.tensor, PART, seed, SHOWN)),
            }
            for model in self.models
        ]


async def draw_samples(sampling: Sampling, message: dict) -> dict[str, Any]:
    """One part of the samples of both models: {"pixels", "draw", "part"}.

    The rows' pictures, of the first part only, are those of its first samples.
    """
    x = Digit(binarize(read_digit(message), SEED))
    draw = validate.whole(message.get("draw"), "The draw", 0, MOST_DRAWS)
    part = validate.whole(message.get("part"), "The part", 0, DRAWS // PART - 1)
    rows = await sampling.sample(x, draw * (DRAWS // PART) + part)
    if part:
        rows = [{"logWeights": row["logWeights"]} for row in rows]
    return {"digit": x.bytes, "rows": rows}


def build(page: Page) -> None:
    """Lay the view out; the component asks for what it shows."""
    if is_shown(page.lab):
        VaeAgainstIwae(page.lab, NAMES, view=TITLE)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "iwae",
        ImportanceWeightedAutoencoder.terms,
        importance_bound,
        iwae.normalised,
        effective_sample_size,
    )


def is_shown(lab: Lab) -> bool:
    """Are both of the networks there?"""
    return all(name in lab.zoo for name in NAMES)
