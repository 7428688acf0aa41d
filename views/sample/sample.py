"""Sample: draws of z, decoded by AE, DAE and VAE, and what a classifier makes of many of them."""

import re
from html import escape
from typing import Any

import gradio as gr
import numpy as np
import torch

import figures
from explore import latent
from models.origins import CODES, MIXTURE, PRIOR, measure
from models.zoo import Entry
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.lab import Lab, Page
from views.kit.origins import SAME_DIGITS, TITLES
from views.sliders import sliders

TITLE = "Sample"
LOOK = (
    "The crosses are decoded. From N(0, I), an AE of 16 numbers draws garbage: its codes lie "
    "elsewhere, though not in these two. With 2 numbers it draws digits, but hardly a 1 or a 7: "
    "what fails is coverage. Then draw z from where the codes are."
)
COLUMNS, COUNT = 8, 24
START = 16  # numbers: where an AE fails to be seen at once
MAX_TEMPERATURE = 3.0
# Of the metrics on the cards: title, decimals.
MEASURES = {
    "effective classes": ("e<sup>H</sup>", 1),
    "recognised": ("recognised", 2),
    "classifier FID": ("FID", 1),
    "precision": ("precision", 2),
    "recall": ("recall", 2),
}
# Of "recognised", as evaluation.generation words it: how sure, of how many pictures, which draws.
PROTOCOL = re.compile(
    r"over (\d+)% sure of a class: our own classifier on ([\d,]+) [^;]*?(?:, (\d+) draws|;)"
)


class SampleGrid(gr.HTML):
    """`value`: {columns, count, grids, real, request}; a chosen tile joins it as `picked`.

    Fires `select` when a tile is chosen; `export` answers the download.
    """

    def __init__(self, lab: Lab | None = None, export=None, **keywords: Any):
        super().__init__(
            keywords.pop("value", None),
            server_functions=[validate.serving(export, lab.interactive)] if lab else None,
            elem_classes=["sample-grid"],
            **assets("sample_grid"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "pictures of draws and the draws themselves"}


def build(page: Page) -> None:
    """Lay the view out and wire it; a picked tile opens in the sliders."""
    lab = page.lab
    with gr.Row(elem_classes=["controls", "dense"]):
        size = gr.Radio([(f"{n} numbers", n) for n in lab.sizes], value=START, label="Code size")
        choices = [(title, origin) for origin, title in TITLES.items()]
        origin = gr.Radio(choices, value=PRIOR, label="Draw z from")
        temperature = gr.Slider(0, MAX_TEMPERATURE, value=1, step=0.05, label="Temperature")
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, maximum=validate.MAX_SEED)
        again = gr.Button("Draw again", size="sm", elem_classes="inline")
    grid = SampleGrid(lab, export=export_samples)
    inputs = [size, temperature, seed, origin]
    gr.on(
        [page.tab.select, size.input, temperature.input, seed.change, origin.input],
        validate.answering(show_samples, lab),
        inputs,
        grid,
        **validate.DIRECT,
    )
    origin.input(validate.answering(has_temperature), origin, temperature, **validate.DIRECT)
    again.click(validate.answering(validate.next_seed), seed, seed, **validate.DIRECT)
    grid.select(
        validate.answering(sliders.open_code, lab),
        grid,
        [page.sliders, page.slider_model, page.tabs],
        **validate.DIRECT,
    )


def has_temperature(origin: str) -> dict[str, Any]:
    """Only N(0, I) is drawn at a temperature."""
    return gr.update(visible=origin == PRIOR)


def show_samples(
    lab: Lab, size: int, temperature: float, seed: int, origin: str = PRIOR
) -> dict[str, Any]:
    """What the grids show: one per model; from N(0, I) all models get the same draws."""
    size = validate.latent_size(size, lab.sizes)
    request = {"size": size, "temperature": temperature, "seed": validate.seed(seed)}
    request["origin"] = validate.choice(origin, "The origin of z", TITLES)
    grids = [_grid(lab, entry, request) for entry in lab.sampleable(size)]
    real = _real(lab.sampleable(size), request["origin"])
    return {"columns": COLUMNS, "count": COUNT, "grids": grids, "real": real, "request": request}


def _grid(lab: Lab, entry: Entry, request: dict[str, Any]) -> dict[str, Any]:
    z = draws(entry, **request)
    found = {
        "model": entry.card.name,
        "family": entry.model.family,
        "heading": markup.model_heading(entry, lab.trained_on(entry.card.name)),
    }
    if z is None:
        return found | {"note": "No mixture was fitted to the codes of this model."}
    return found | {
        "draws": z.tolist(),
        "pixels": markup.encode_pixels(latent.decode(entry.model, z)),
        "judged": _judged(entry, request["origin"]),
        "note": _note(entry, request["origin"]),
        "map": _map(entry, z),
    }


def draws(
    entry: Entry, size: int, temperature: float, seed: int, origin: str
) -> torch.Tensor | None:
    """Codes [COUNT, size], or None where this model has no mixture."""
    temperature = validate.number(temperature, "The temperature", 0.0, MAX_TEMPERATURE)
    if origin not in latent.origins_of(entry):
        return None
    z = latent.drawn_codes(entry, origin, COUNT, seed)
    return temperature * z if origin == PRIOR else z


def _judged(entry: Entry, origin: str) -> str:
    """What was measured of many such draws, as HTML: counts of classes, and how good they are."""
    shares = latent.classes_drawn(entry.card, origin)
    if not shares:
        return ""
    protocol = escape(entry.card.metrics[measure("classes drawn", origin)]["protocol"])
    most = max(map(max, shares))
    rows = "".join(
        f"<tr><th>{name}</th>"
        + "".join(f'<td style="--share:{v / most:.3f}">{1000 * v:.0f}</td>' for v in row)
        + "</tr>"
        for name, row in zip(("drawn", "real"), shares, strict=True)
    )
    digits = "".join(f"<th>{y}</th>" for y in range(10))
    at = " (drawn at temperature 1)" if origin == PRIOR else ""
    caption = f"Of every 1,000 pictures, how many of each class{at}"
    numbers = ", ".join(filter(None, (_number(entry, name, origin) for name in MEASURES)))
    return (
        f'<table title="{protocol}"><caption>{caption}</caption>'
        f"<tr><th></th>{digits}</tr>{rows}</table><p>{numbers}</p>"
    )


def _number(entry: Entry, name: str, origin: str) -> str:
    """One measure with its deviation over sets of draws; nothing where nobody measured it."""
    metric, (title, digits) = entry.card.metrics.get(measure(name, origin)), MEASURES[name]
    if not metric:
        return ""
    error = f" ± {metric['std']:.{digits}f}" if "std" in metric else ""
    value = f"{metric['value']:.{digits}f}{error}"
    return f'<span title="{escape(metric["protocol"])}">{title} <b>{value}</b></span>'


def _real(entries: list[Entry], origin: str) -> str:
    """What real digits reach in each measure, and the protocol: every card says the same."""
    cards = [
        entry.card.metrics for entry in entries if MEASURES.keys() <= entry.card.metrics.keys()
    ]
    if not cards:
        return ""
    reached = (
        f"{title} {cards[0][name]['real']:.{digits}f}"
        for name, (title, digits) in MEASURES.items()
        if "real" in cards[0][name]
    )
    name = measure("recognised", origin)
    told = next((card[name]["protocol"] for card in cards if name in card), "")
    same = f" {SAME_DIGITS}" * (origin == CODES)
    return f"Real digits: {', '.join(reached)}.{_protocol(told)}{same}"


def _protocol(told: str) -> str:
    """What the protocol of "recognised" says of all measures; nothing if somebody else wrote it."""
    found = PROTOCOL.match(told)
    if not found:
        return ""
    sure, pictures, draws = found.groups()
    over = f" a draw, ± the standard deviation over {draws} draws" * bool(draws)
    return (
        f" All by our own classifier, of {pictures} pictures{over}; "
        f"recognised: over {sure} % sure of a class."
    )


def _note(entry: Entry, origin: str) -> str:
    """What this model was told of where z comes from."""
    if origin == MIXTURE:
        many = len(entry.mixture.weights)
        return f"{many} Gaussians, fitted after training to the codes of training images."
    if origin == CODES:
        return "Nothing is drawn but which test digits: these are their reconstructions."
    share = latent.share_within_prior(entry.codes.z)
    return f"{_told(entry)} 95 % of N(0, I) falls where {share:.0%} of its test codes lie."


def _told(entry: Entry) -> str:
    """What training said to the codes of N(0, I)."""
    if entry.model.prior() is not None:
        return "Trained towards N(0, I)."
    if entry.card.config.code_penalty:
        return "Never given a p(z), but |z|² is penalised: a regularised AE (Ghosh et al. 2020)."
    return "Never told of N(0, I)."


def _map(entry: Entry, z: torch.Tensor) -> str:
    """Codes of test images and the draws, in the two dimensions that matter most."""
    worth = latent.importance(entry.card)
    first, second = sorted(sorted(range(len(worth)), key=lambda i: -worth[i])[:2])
    names = f"z{first + 1}", f"z{second + 1}"
    points = entry.codes.z[:, [first, second]].numpy()
    return figures.latent_map(
        points, entry.codes.y.int().numpy(), z[:, [first, second]].numpy(), names
    )


def export_samples(lab: Lab, message: dict) -> dict[str, str]:
    """One PNG with the grids of all models side by side: {name, uri}."""
    size = validate.latent_size(message.get("size"), lab.sizes)
    seed = validate.seed(message.get("seed"))
    origin = validate.choice(message.get("origin", PRIOR), "The origin of z", TITLES)
    found = [
        (e, draws(e, size, message.get("temperature"), seed, origin)) for e in lab.sampleable(size)
    ]
    grids = [
        figures.tiles(latent.decode(entry.model, z).numpy(), COLUMNS)
        for entry, z in found
        if z is not None
    ]
    if not grids:
        raise gr.Error("No model here has a mixture; draw from N(0, I).", print_exception=False)
    sheet = figures.tiles(np.stack(grids), columns=len(grids), gap=8)
    content = figures.png(figures.enlarged(figures.grey(sheet), 3))
    return {"name": f"samples-seed-{seed}.png", "uri": figures.data_uri(content)}
