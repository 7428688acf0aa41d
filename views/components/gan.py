"""VAE, VAE+GAN and GAN under the same codes: samples, one magnified, and what was measured."""

from typing import Any

import gradio as gr

from models.zoo import Entry
from views import checks
from views.lab import Lab

from . import assets
from .decoding import Decoding, decode_codes

# Of the metrics on the cards: title, which way is better, decimals, and the line of real digits.
MEASURES = {
    "sharpness": ("Sharpness", "", 3, "real test digits:"),
    "precision": ("Precision", "more is better", 2, "real training digits:"),
    "recall": ("Recall", "more is better", 2, "real training digits:"),
    "classifier FID": ("FID, our classifier", "less is better", 1, "real training digits:"),
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
            real=real("sharpness", entries),
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
        "metrics": {key: entry.card.metrics[key] for key in MEASURES if key in entry.card.metrics},
    }


def real(key: str, entries: list[Entry]) -> float:
    """What real digits reach; every card says the same. 0 where none was measured."""
    return next((m[key]["real"] for e in entries if key in (m := e.card.metrics)), 0.0)


def measures_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """The measures that stand under the columns."""
    return [
        {"key": key, "title": title, "better": better, "digits": digits, "real": real(key, entries)}
        | {"realWords": of_real}
        for key, (title, better, digits, of_real) in MEASURES.items()
    ]


def words(entries: list[Entry]) -> str:
    """Why the one is sharper, and what it costs, with the numbers of the cards."""
    why = (
        "A VAE's picture is the average of all digits that its code allows, and an average is a "
        "blur; a discriminator knows blur from ink, so what is trained against one draws edges."
    )
    given_up = (
        " Given up for it: a bound on log p, by both, and by the GAN the encoder. And sharp is"
        " neither right nor varied."
    )
    shares = {"precision": "Samples near a real digit", "recall": "Real digits near a sample"}
    for key, what in shares.items():
        known = [e for e in entries if key in e.card.metrics]
        listed = [f"{TITLES[e.model.family]} {e.card.metrics[key]['value']:.0%}" for e in known]
        if listed:
            given_up += f" {what}: {', '.join(listed)}."
    return why + given_up
