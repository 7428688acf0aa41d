"""Latent sliders: what each number of a code draws."""

from typing import Any

import gradio as gr
import torch
from torch import Tensor

from explore import latent
from models.zoo import Entry
from views.kit import validate
from views.kit.component import assets
from views.kit.decoding import Decoding, decode_codes
from views.kit.lab import Lab, Page

TITLE = "Sliders"
LOOK = (
    "Drag a trait, or a number of the code (first those that tell most, by KL or variance), and "
    "watch what it draws."
)
MOST_BUTTONS = 7
DIGIT, ORIGIN = "your digit", "the prior mean, z = 0"
DEAD_NATS = 0.01  # a dimension of less KL than this says nothing about the image
HARDLY = 0.5  # a code that predicts less of a measure's variance than this hardly tells it
SIGNS = {"pixels": " px", "degrees": "\N{DEGREE SIGN}"}


class LatentSliders(gr.HTML):
    """Sliders over the code of one model; `value` is what `slider_state` makes of a code.

    Fires `select` when a link asks for a model and a code, with them as value["picked"].
    """

    def __init__(self, lab: Lab | None = None, decoding: Decoding | None = None, **keywords: Any):
        server = [validate.serving(decode_codes, decoding)] if decoding else None
        super().__init__(
            keywords.pop("value", None),
            models={name: model_of(lab, name) for name in lab.choices} if lab else {},
            server_functions=server,
            elem_classes=["latent-sliders"],
            **assets("latent_sliders", "kernel", "decoding", "address", "morphology"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "the model's name and its code z"}


def model_of(lab: Lab, name: str) -> dict[str, Any]:
    """What the script needs of a model before its sliders are shown."""
    size = lab.entry(name).model.latent
    return {"size": size, "decoder": lab.networks.addresses(name).get("decoder")}


def slider_state(name: str, entry: Entry, z: torch.Tensor) -> dict[str, Any]:
    """All the script needs, at code z [D]; rows go from the most to the least important number."""
    worth = latent.importance(entry.card)
    spans = latent.ranges(entry.card)
    has_prior = entry.model.prior() is not None
    rows = [
        {
            "index": i,
            "name": f"z{i + 1}",
            "worth": f"KL {worth[i]:.2f} nats" if has_prior else f"variance {worth[i]:.2f}",
            # A code beyond the usual range must still find its place on the slider.
            "low": min(spans[i][0], float(z[i])),
            "high": max(spans[i][1], float(z[i])),
            "dead": has_prior and worth[i] < DEAD_NATS,
        }
        for i in sorted(range(len(z)), key=lambda i: -worth[i])
    ]
    named = latent.named_directions(entry.card)
    return {
        "model": name,
        "named": [named_row(direction) for direction in named],
        "doubts": doubts(named),
        "rows": rows,
        "spans": [list(span) for span in spans],
        "start": z.tolist(),
        "z": z.tolist(),
        "mean": entry.card.latent["mean"],
        "std": entry.card.latent["std"],
    }


def named_row(direction: latent.NamedDirection) -> dict[str, Any]:
    """What the script needs for a slider that is named by what it does."""
    r2, follow, spread = direction.r2, direction.follow, direction.spread
    return {
        "name": direction.name,
        "step": direction.step,
        "prediction": direction.prediction,
        "r2": f"R\N{SUPERSCRIPT TWO} {r2.value:.2f}",
        "hardly": r2.value < HARDLY,
        "told": f"How well the code predicts the {direction.name}: {r2.sentence()}.",
        "followed": f"Asked for 1, pictures change by {follow.value:.2f}: {follow.sentence()}.",
        "mean": spread.details["mean"],
        "deviation": spread.value,
        "unit": SIGNS.get(spread.unit, ""),
    }


def doubts(named: list[latent.NamedDirection]) -> str:
    """Which of the measures the code hardly tells, so that their sliders deserve little trust."""
    hardly = [
        f"{direction.name}: R\N{SUPERSCRIPT TWO} {direction.r2.value:.2f}"
        for direction in named
        if direction.r2.value < HARDLY
    ]
    return f"This code hardly tells the {', the '.join(hardly)}." if hardly else ""


def build(page: Page) -> None:
    """Lay the view out and wire it; the sliders join the page, for other views to send codes to."""
    lab = page.lab
    with gr.Row(elem_classes="controls"):
        model = model_choice(lab)
        start = gr.Radio([DIGIT, ORIGIN], value=DIGIT, label="Start from")
    sliders = LatentSliders(lab, page.decoding)
    if lab.choices:  # else there is no model to ask about a digit
        gr.on(
            [page.digit.input, model.input, start.input],
            validate.answering(start_sliders, lab),
            [page.digit, model, start],
            sliders,
            **validate.DIRECT,
        )
    sliders.select(
        validate.answering(open_code, lab), sliders, [sliders, model, page.tabs], **validate.DIRECT
    )
    page.sliders, page.slider_model = sliders, model


def model_choice(lab: Lab) -> gr.Radio | gr.Dropdown:
    """A button a model, or a list of them where many have been added; they say what they know."""
    told = [(name, lab.trained_on(name)) for name in lab.choices]
    choices = [(f"{name} (on {data})" if data else name, name) for name, data in told]
    kind = gr.Radio if len(choices) <= MOST_BUTTONS else gr.Dropdown
    return kind(choices, value=first_model(lab), label="Model")


def first_model(lab: Lab) -> str | None:
    """The model the view opens with: the 16-number VAE if it is there."""
    return "vae-16" if "vae-16" in lab.names else next(iter(lab.choices), None)


def start_sliders(lab: Lab, x: Tensor, model: str, start: str) -> dict:
    """The sliders of `model` at the code of x, or at z = 0."""
    entry = lab.entry(model)
    validate.choice(start, "The start", (DIGIT, ORIGIN))
    at_origin = torch.zeros(entry.model.latent)
    return slider_state(
        model, entry, latent.encode(entry.model, x) if start == DIGIT else at_origin
    )


def open_code(lab: Lab, value: Any) -> tuple[dict, str, Any]:
    """The picked tile's code in the sliders of its model: their state, the model, and the tab."""
    picked = value.get("picked") if isinstance(value, dict) else None
    picked = picked if isinstance(picked, dict) else {}
    entry = lab.entry(picked.get("model"))
    z = validate.code(picked.get("z"), entry.model.latent)
    return slider_state(entry.card.name, entry, z), entry.card.name, gr.Tabs(selected=TITLE)
