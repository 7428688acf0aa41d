"""GAN: the same codes under a VAE, a VAE+GAN and a GAN."""

import gradio as gr
from pydantic import Field

from data.sharpness import laplacian, sharpness
from explore import latent, seeds
from models.adversarial import Discriminator, GenerativeAdversarialNetwork
from models.origins import CODES, MIXTURE, PRIOR, metric_name
from models.vae_gan import VaeGan
from models.zoo import Entry
from views.kit import validate
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.measured import Average, measured
from views.kit.origins import SAME_DIGITS, TITLES
from views.kit.routes import Message, route

TITLE = "VAE and GAN"
QUESTION = "Are sharper pictures better pictures?"
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
FAMILIES = {"vae": "VAE", "vae-gan": "VAE+GAN", "gan": "GAN"}
COUNT, MOST_SEED = 18, 9_999  # samples of a column; the seeds that the page draws from


class Measured(Average):
    """A measured number, and its standard deviation over sets of draws where that was taken."""

    std: float | None = None


class Model(Message):
    """One column. `metrics`: by the origin of z, then by the key of a measure."""

    name: str
    family: str
    title: str
    decoder: str | None
    encoder: str | None
    metrics: dict[str, dict[str, Measured]]


class Measure(Message):
    """A measure under the columns: which way is better, its decimals, and what real digits reach.

    `says` leads to that number.
    """

    key: str
    title: str
    better: str
    digits: int
    real: float
    says: str


class Props(Message):
    """`count` samples stand in a column, of codes of `latent` numbers; `shape` [C, H, W] of each.

    `words` in text and `origins`, their titles, are by the origin of z.
    """

    models: list[Model]
    latent: int
    shape: list[int]
    count: int
    most_seed: int
    measures: list[Measure]
    words: dict[str, str]
    origins: dict[str, str]


class Gan(Component):
    """Three columns over the same codes; visitors, not Python, say what they show."""

    PROPS = Props

    def __init__(self, page: Page, names: tuple[str, ...]):
        entries = [page.lab.entry(name) for name in names]
        page.routes.add(draw_codes, entries)
        super().__init__(props_of(page.lab, entries), elem_classes=["gan"])


def props_of(lab: Lab, entries: list[Entry]) -> Props:
    """What the script is told of the models."""
    model = entries[0].architecture
    return Props(
        models=[column_of(lab, entry) for entry in entries],
        latent=model.latent,
        shape=list(model.x_shape),
        count=COUNT,
        most_seed=MOST_SEED,
        measures=measures_of(entries),
        words={origin: words(entries, origin) for origin in offered(entries)},
        origins=offered(entries),
    )


def offered(entries: list[Entry]) -> dict[str, str]:
    """{origin: title}: from where at least one of them can draw z."""
    known = {origin for entry in entries for origin in latent.origins_of(entry)}
    return {origin: title for origin, title in TITLES.items() if origin in known}


def column_of(lab: Lab, entry: Entry) -> Model:
    """One model as the script takes it."""
    addresses, family = lab.networks.addresses(entry.card.name), entry.architecture.family
    return Model(
        name=entry.card.name,
        family=family,
        title=FAMILIES[family],
        decoder=addresses.get("decoder"),
        encoder=addresses.get("encoder"),
        metrics={origin: metrics_of(entry, origin) for origin in latent.origins_of(entry)},
    )


def metrics_of(entry: Entry, origin: str) -> dict[str, Measured]:
    """The measures of what is drawn from there, as far as the card has them."""
    names = {key: metric_name(key, origin) for key in MEASURES}
    known = entry.card.metrics
    return {
        key: Measured(**measured(known[name]), std=known[name].deviation)
        for key, name in names.items()
        if name in known
    }


class Question(Message):
    """From where codes are to be drawn, and the seed."""

    origin: str
    seed: int = Field(ge=0, le=MOST_SEED)


class DrawnCodes(Message):
    """By model, those that know the origin: the codes [COUNT, D] of this seed, and of the next."""

    z: dict[str, list[list[list[float]]]]


@route("gan/codes")
def draw_codes(entries: list[Entry], question: Question) -> DrawnCodes:
    """Codes that only the server can draw: of a mixture, or of test digits.

    Raises gr.Error, one sentence, for an origin that is not offered.
    """
    origin = validate.choice(question.origin, "The origin of z", TITLES)
    seeds_drawn = (question.seed, question.seed + 1)
    return DrawnCodes(
        z={
            entry.card.name: [
                latent.drawn_codes(entry, origin, COUNT, seed).tolist() for seed in seeds_drawn
            ]
            for entry in entries
            if origin in latent.origins_of(entry)
        }
    )


def real(key: str, entries: list[Entry]) -> float:
    """What real digits reach; every card says the same. 0 where none was measured."""
    return next((m.real for e in entries if (m := e.card.metrics.get(key)) and m.real), 0.0)


def measures_of(entries: list[Entry]) -> list[Measure]:
    """The measures that stand under the columns."""
    return [
        Measure(
            key=key,
            title=title,
            better=better,
            digits=digits,
            real=real(key, entries),
            says=says,
        )
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
    names = [metric_name(n, o) for n in ("classifier FID", "precision") for o in (PRIOR, origin)]
    known = entry.card.metrics
    if not all(known.get(name) for name in names):
        return ""
    fid, fid_here, precision, precision_here = (known[name].value for name in names)
    return (
        f"{FAMILIES[entry.architecture.family]}: FID {fid:.1f} → {fid_here:.1f}, "
        f"precision {precision:.2f} → {precision_here:.2f}"
    )


def differences(entries: list[Entry]) -> str:
    """What the three do not share beside their family, as their networks and recipes say."""
    judges = [
        f"{sum(weights.numel() for weights in players['discriminator']):,}"
        for players in (entry.architecture.players() for entry in entries)
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
    spreads = [seeds.spread(entry.card.name, "classifier FID") for entry in entries]
    families = [entry.architecture.family for entry in entries]
    found = {f: spread for f, spread in zip(families, spreads, strict=True) if spread}
    if len(found) < len(entries):
        return "one training each"
    spread = ", ".join(
        f"{FAMILIES[f]} {mean:.0f} ± {std:.0f}" for f, (mean, std, _) in found.items()
    )
    return f"FID of {next(iter(found.values()))[2]} trainings each: {spread}"


def build(page: Page) -> None:
    """Lay the view out; its columns decode for themselves."""
    if shown(page.lab):
        Gan(page, SHOWN)
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
