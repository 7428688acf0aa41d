"""Beta: the same VAE trained at several weights of the KL."""

import math
from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from explore import beta as rate_distortion
from explore import latent, seeds
from explore.beta import Point
from figures import CLASS_COLOURS
from models.beta import BetaVariationalAutoencoder
from models.distributions import kl_to_standard_normal
from models.vae import MIN_LOG_VAR
from models.zoo import Entry
from views.kit import parts, validate
from views.kit.component import assets
from views.kit.decoding import Decoding, decode_codes
from views.kit.derivation import fold_out
from views.kit.lab import DIGIT, Lab, Page
from views.kit.measured import with_real
from views.shell.digit_input import read_digit

TITLE = "Beta"
LOOK = (
    "Slide β, the price of the code. Cheap: codes leave N(0, I), whose draws vary less. "
    "Costly: codes crowd and pictures blur."
)
MISSING = "The networks of this view are missing; train vae-2-beta-1 and at least one more beta."
# The beta scrubber: one 2-D VAE trained at several beta; map, pictures and the rate-distortion
# plane move together.
SIZE = 2
FAMILY = "beta-vae"
METRICS = ("kl", "reconstruction", "aggregate kl", "aggregate mmd")
DRAWN = ("classifier FID", "effective classes")  # of what they draw: shown where all were judged
LEAST = 2  # networks: one alone does not move
SCRIPTS = ("kernel", "decoding", "address", "normals", "numbers", "plot")


class BetaScrubber(gr.HTML):
    """One slider over the networks of `shown`; codes and networks are fetched once it is open."""

    def __init__(
        self,
        lab: Lab | None = None,
        decoding: Decoding | None = None,
        title: str = "",
        **keywords: Any,
    ):
        entries = shown(lab) if lab else []
        super().__init__(
            title=title,
            stops=stops_of(lab, entries) if lab else [],
            lead=lead_of(entries),
            colours=CLASS_COLOURS,
            floor=math.exp(0.5 * MIN_LOG_VAR),
            server_functions=[
                validate.serving(show_codes, entries),
                validate.serving(place_digit, entries),
                validate.serving(decode_codes, decoding),
            ]
            if lab
            else None,
            elem_classes=["beta-scrubber"],
            **assets("beta_scrubber", *SCRIPTS),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the page asks for what it shows"}


def shown(lab: Lab) -> list[Entry]:
    """The networks there are, by beta: all of one size, and with what is shown of them measured."""
    entries = [
        entry
        for entry in lab.interactive.part(parts.BETA).values()
        if entry.model.family == FAMILY
        and (entry.model.x_shape, entry.model.latent) == (DIGIT, SIZE)
        and all(name in entry.card.metrics for name in METRICS)
    ]
    entries.sort(key=lambda entry: entry.card.config.beta)
    # The points of one map: codes of the same images.
    return [entry for entry in entries if torch.equal(entry.codes.y, entries[0].codes.y)]


def point_of(entry: Entry) -> Point:
    """Where the card says the network lies on the rate-distortion plane."""
    return Point(*(entry.card.metrics[name].value for name in ("kl", "reconstruction")))


def lead_of(entries: list[Entry]) -> dict[str, Any]:
    """Whose ELBO is the highest, by how many nats over the next, and how sure that is.

    {"best", "next": places in `entries`, "nats", "sure"}; nothing of fewer than two networks.
    """
    if len(entries) < LEAST:
        return {}
    elbo = [rate_distortion.elbo(point_of(entry)) for entry in entries]
    best, second = sorted(range(len(entries)), key=lambda i: -elbo[i])[:2]
    found = seeds.gain(entries[best].card.name, entries[second].card.name, "elbo")
    nats = round(elbo[best] - elbo[second], 6)
    return {"best": best, "next": second, "nats": nats, "sure": seeds.told(found, "nats")}


def stops_of(lab: Lab, entries: list[Entry]) -> list[dict[str, Any]]:
    """What the page knows of each network before it fetches anything.

    `axes` say how the map names the axes, so that they are the neighbour's: see `same_axes`;
    `centre` and `half` are those of the square that the map then shows.
    """
    judged = all(name in entry.card.metrics for name in DRAWN for entry in entries)
    names = METRICS + DRAWN if judged else METRICS
    stops, reference = [], None
    for entry in entries:
        z = entry.codes.z
        axes = rate_distortion.same_axes(z, z if reference is None else reference)
        order, signs = zip(*axes, strict=True)
        reference = z[:, order] * torch.tensor(signs)
        centre, half = latent.map_extent(reference)
        stops.append(
            {
                "name": entry.card.name,
                "beta": entry.card.config.beta,
                "axes": axes,
                "centre": centre,
                "half": half,
                "metrics": {name: with_real(entry.card.metrics[name]) for name in names},
                "dimensions": entry.card.latent.get("kl", []),
                "decoder": lab.networks.addresses(entry.card.name).get("decoder"),
            }
        )
    return stops


def show_codes(entries: list[Entry], message: dict) -> dict[str, Any]:
    """{} to the codes of the test images under every network, and their classes."""
    halves = [entry.codes.z.numpy().astype(np.float16) for entry in entries]
    classes = entries[0].codes.y.numpy().astype(np.uint8)
    return {
        "codes": [validate.base64_text(z.tobytes()) for z in halves],
        "classes": validate.base64_text(classes.tobytes()),
    }


@torch.no_grad()
def place_digit(entries: list[Entry], message: dict) -> dict[str, Any]:
    """{"pixels": base64} to q(z|x) of that digit under every network, and its KL in nats."""
    x = read_digit(message).unsqueeze(0)
    return {"posteriors": [posterior_of(entry, x) for entry in entries]}


def posterior_of(entry: Entry, x: Tensor) -> dict[str, Any]:
    """q(z|x) of one image [1, 1, 28, 28]: mean and standard deviation, and KL(q || p), nats."""
    q = entry.model.encode(x.to(entry.model.device))
    return {
        "z": q.mean[0].tolist(),
        "std": q.variance[0].sqrt().tolist(),
        "kl": float(kl_to_standard_normal(q).sum()),
    }


def build(page: Page) -> None:
    """Lay the view out; the scrubber asks for what it shows."""
    if len(shown(page.lab)) >= LEAST:
        BetaScrubber(page.lab, page.decoding, title=TITLE)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "beta",
        BetaVariationalAutoencoder.objective,
        rate_distortion.elbo,
        rate_distortion.slope,
        rate_distortion.gaussian_optimum,
    )
