"""GAN: the same codes under a VAE, a VAE+GAN and a GAN."""

from typing import Any

import gradio as gr

from data.sharpness import laplacian, sharpness
from explore import latent, seeds
from models.adversarial import Discriminator, GenerativeAdversarialNetwork
from models.origins import CODES, MIXTURE, PRIOR, measure
from models.vae_gan import VaeGan
from models.zoo import Entry
from views.kit import validate
from views.kit.component import assets
from views.kit.decoding import Decoding, decode_codes
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import with_real
from views.kit.origins import SAME_DIGITS, TITLES

TITLE = "GAN"
LOOK = (
    "The same z, drawn by three networks; each gives z its own meaning. Which looks sharper, and "
    "what was given up for it?"
)
SHOWN = ("vae-16-conv", "vae-gan-16", "gan-16")
MISSING = f"The networks of this view are missing; train {', '.join(SHOWN)}."
# Of the metrics on the cards: title, which way is better, decimals, what leads to "real".
MEASURES = {
    "sharpness": ("Sharpness", "closest to real is best", 3, "dashed: real digits"),
    "precision": ("Precision", "more is better", 2, "samples near real ones; real"),
    "recall": ("Recall", "more is better", 2, "real ones near samples; real"),
    "classifier FID": ("FID, our classifier", "less is better", 1, "distance from real ones; real"),
}
COUNT, MOST_SEED = 18, 9_999  # samples of a column; the seeds that the page draws from


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
            words={origin: words(entries, origin) for origin in offered(entries)},
            origins=offered(entries),
            server_functions=[
                validate.serving(decode_codes, decoding),
                validate.serving(drawn_codes, lab, names),
            ]
            if decoding
            else None,
            elem_classes=["gan"],
            **assets("gan", "kernel", "decoding", "address", "normals"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the codes are drawn in the page"}


def offered(entries: list[Entry]) -> dict[str, str]:
    """{origin: title}: from where at least one of them can draw z."""
    known = {origin for entry in entries for origin in latent.origins_of(entry)}
    return {origin: title for origin, title in TITLES.items() if origin in known}


FAMILIES = {"vae": "VAE", "vae-gan": "VAE+GAN", "gan": "GAN"}


def column_of(lab: Lab, entry: Entry) -> dict[str, Any]:
    """One model as the script takes it."""
    addresses, family = lab.networks.addresses(entry.card.name), entry.model.family
    return {
        "name": entry.card.name,
        "family": family,
        "title": FAMILIES[family],
        "latent": entry.model.latent,
        "decoder": addresses.get("decoder"),
        "encoder": addresses.get("encoder"),
        "metrics": {origin: metrics_of(entry, origin) for origin in latent.origins_of(entry)},
    }


def metrics_of(entry: Entry, origin: str) -> dict[str, Any]:
    """The measures of what is drawn from there, as the script takes them."""
    names = {key: measure(key, origin) for key in MEASURES}
    known = entry.card.metrics
    return {key: with_real(known[name]) for key, name in names.items() if name in known}


def drawn_codes(lab: Lab, names: tuple[str, ...], message: dict) -> dict[str, Any]:
    """{model: codes of this seed and of the next}, for those that can draw from `origin`."""
    origin = validate.choice(message.get("origin"), "The origin of z", TITLES)
    seed = validate.whole(message.get("seed"), "The seed", 0, MOST_SEED)
    able = [entry for entry in map(lab.entry, names) if origin in latent.origins_of(entry)]
    return {
        "z": {
            entry.card.name: [
                latent.drawn_codes(entry, origin, COUNT, s).tolist() for s in (seed, seed + 1)
            ]
            for entry in able
        }
    }


def real(key: str, entries: list[Entry]) -> float:
    """What real digits reach; every card says the same. 0 where none was measured."""
    return next((m.real for e in entries if (m := e.card.metrics.get(key)) and m.real), 0.0)


def measures_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """The measures that stand under the columns."""
    return [
        {"key": key, "title": title, "better": better, "digits": digits, "real": real(key, entries)}
        | {"says": says}
        for key, (title, better, digits, says) in MEASURES.items()
    ]


def words(entries: list[Entry], origin: str) -> str:
    """What to see: why the one is sharper and what it costs, or what another origin of z shows."""
    if origin == PRIOR:
        why = (
            "Why: a VAE shows the mean of p(x|z), an average of digits, and averages blur; a "
            "discriminator tells blur from ink."
        )
        given_up = (
            "Given up for it: by both, a bound on log p(x); by the GAN, the way from a digit to "
            "its code. Sharper than real is no gain: noise is sharp."
        )
        return f"{why} {given_up} {differences(entries)}"
    found = "; ".join(gain for e in entries if (gain := gained(e, origin)))
    told = f" {found}." * bool(found)
    shown = {
        MIXTURE: "The same decoders, z from Gaussians fitted to the codes of training images",
        CODES: "The same decoders, z the codes of test digits, each column's own: reconstructions",
    }
    says = {
        MIXTURE: "What this gains over N(0, I) was lost by the prior, not by the decoder.",
        CODES: SAME_DIGITS,
    }
    return (
        f"{shown[origin]}.{told} {says[origin]} "
        "A GAN has no encoder, so no codes: it stays at N(0, I)."
    )


def gained(entry: Entry, origin: str) -> str:
    """FID and precision from N(0, I), and from there; nothing where either was not measured."""
    names = ("classifier FID", "precision")
    pairs = [[entry.card.metrics.get(measure(n, o)) for o in (PRIOR, origin)] for n in names]
    found = [[m.value for m in pair if m] for pair in pairs]
    if any(len(values) < 2 for values in found):
        return ""
    (fid, fid_here), (precision, precision_here) = found
    return (
        f"{FAMILIES[entry.model.family]}: FID {fid:.1f} → {fid_here:.1f}, "
        f"precision {precision:.2f} → {precision_here:.2f}"
    )


def differences(entries: list[Entry]) -> str:
    """What the three do not share beside their family, as their networks and recipes say."""
    judges = [
        f"{sum(weights.numel() for weights in players['discriminator']):,}"
        for players in (entry.model.players() for entry in entries)
        if "discriminator" in players
    ]
    epochs = [str(e.card.recipe.get("epochs", "unknown")) for e in entries]
    alike, unlike = "Decoders", f"discriminators ({' and '.join(judges)} weights)"
    if len(set(epochs)) == 1:
        alike += f" and epochs ({epochs[0]})"
    else:
        unlike += f" and epochs ({', '.join(epochs)})"
    return f"{alike} are alike, {unlike} are not; {trainings(entries)}."


def trainings(entries: list[Entry]) -> str:
    """How far the FID from N(0, I) varies with the seed of the training, if that was measured."""
    found = {e.model.family: seeds.spread(e.card.name, "classifier FID") for e in entries}
    if not all(found.values()):
        return "one training each"
    spread = ", ".join(
        f"{FAMILIES[f]} {mean:.0f} ± {std:.0f}" for f, (mean, std, _) in found.items()
    )
    return f"FID of {next(iter(found.values()))[2]} trainings each: {spread}"


def build(page: Page) -> None:
    """Lay the view out; its columns decode for themselves."""
    if shown(page.lab):
        Gan(page.lab, page.decoding, SHOWN)
    else:
        gr.HTML(f"<p class='notice'>{MISSING}</p>", apply_default_css=False)
    fold_out(
        "gan",
        GenerativeAdversarialNetwork.objective,
        VaeGan.objective,
        Discriminator.with_penalty,
        laplacian,
        sharpness,
    )


def shown(lab: Lab) -> bool:
    """Are all three there? One alone shows nothing."""
    return all(name in lab.zoo for name in SHOWN)
