"""VAE, VAE+GAN and GAN under the same codes: samples, one magnified, and what was measured."""

from typing import Any

import gradio as gr

from models.zoo import Entry
from views import checks
from views.lab import Lab

from . import assets
from .decoding import Decoding, decode_codes
from .measured import measured

# Of the metrics on the cards: title, which way is better, decimals, what leads to "real".
MEASURES = {
    "sharpness": ("Sharpness", "closest to real is best", 3, "dashed: real digits"),
    "precision": ("Precision", "more is better", 2, "samples near real ones; real"),
    "recall": ("Recall", "more is better", 2, "real ones near samples; real"),
    "classifier FID": ("FID, our classifier", "less is better", 1, "distance from real ones; real"),
}


class Gan(gr.HTML):
    """Three columns over the same codes; visitors, not Python, say what they show."""

    def __init__(
        self,
        lab: Lab | None = None,
        decoding: Decoding | None = None,
        names: tuple[str, ...] = (),
        **keywords: Any,
    ):
        entries = [lab.entry(name) for name in names] if lab else []
        super().__init__(
            models=[column_of(lab, entry) for entry in entries],
            measures=measures_of(entries),
            words=words(entries),
            server_functions=[checks.serving(decode_codes, decoding)] if decoding else None,
            elem_classes=["gan"],
            **assets("gan", "kernel", "decoding", "address", "normals"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the codes are drawn in the page"}


TITLES = {"vae": "VAE", "vae-gan": "VAE+GAN", "gan": "GAN"}


def column_of(lab: Lab, entry: Entry) -> dict[str, Any]:
    """One model as the script takes it."""
    addresses, family = lab.networks.addresses(entry.card.name), entry.model.family
    return {
        "name": entry.card.name,
        "family": family,
        "title": TITLES[family],
        "latent": entry.model.latent,
        "decoder": addresses.get("decoder"),
        "encoder": addresses.get("encoder"),
        "metrics": {
            key: measured(entry.card.metrics[key]) for key in MEASURES if key in entry.card.metrics
        },
    }


def real(key: str, entries: list[Entry]) -> float:
    """What real digits reach; every card says the same. 0 where none was measured."""
    return next((r for e in entries if (r := e.card.metrics.get(key, {}).get("real"))), 0.0)


def measures_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """The measures that stand under the columns."""
    return [
        {"key": key, "title": title, "better": better, "digits": digits, "real": real(key, entries)}
        | {"says": says}
        for key, (title, better, digits, says) in MEASURES.items()
    ]


def words(entries: list[Entry]) -> str:
    """Why the one is sharper, what it costs, and how far the three can be compared."""
    why = (
        "Why: a VAE shows the mean of p(x|z), an average of digits, and averages blur; a "
        "discriminator tells blur from ink."
    )
    given_up = (
        "Given up for it: by both, a bound on log p(x); by the GAN, the way from a digit to its "
        "code. Sharper than real is no gain: noise is sharp."
    )
    return f"{why} {given_up} {differences(entries)}"


def differences(entries: list[Entry]) -> str:
    """What the three do not share beside their family, as their networks and recipes say."""
    judges = [
        f"{sum(w.numel() for w in players['discriminator']):,} weights in the {TITLES[family]}"
        for family, players in ((e.model.family, e.model.players()) for e in entries)
        if "discriminator" in players
    ]
    epochs = ", ".join(str(e.card.recipe.get("epochs", "unknown")) for e in entries)
    return (
        f"Decoders are alike, discriminators ({', '.join(judges)}) and epochs ({epochs}) are not; "
        "one training each."
    )
