"""Latent sliders: what each number of a code draws."""

from typing import Any

import gradio as gr
import torch
from torch import Tensor

from explore import latent

from . import checks
from .components.latent_sliders import LatentSliders, slider_state
from .lab import Lab, Page

TITLE = "Sliders"
LOOK = (
    "Drag a trait, or a number of the code (first those that tell most, by KL or variance), and "
    "watch what it draws."
)
MOST_BUTTONS = 7
DIGIT, ORIGIN = "your digit", "the prior mean, z = 0"


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
            checks.answering(start_sliders, lab),
            [page.digit, model, start],
            sliders,
            **checks.DIRECT,
        )
    sliders.select(
        checks.answering(open_code, lab), sliders, [sliders, model, page.tabs], **checks.DIRECT
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
    checks.choice(start, "The start", (DIGIT, ORIGIN))
    at_origin = torch.zeros(entry.model.latent)
    return slider_state(
        model, entry, latent.encode(entry.model, x) if start == DIGIT else at_origin
    )


def open_code(lab: Lab, value: Any) -> tuple[dict, str, Any]:
    """The picked tile's code in the sliders of its model: their state, the model, and the tab."""
    picked = value.get("picked") if isinstance(value, dict) else None
    picked = picked if isinstance(picked, dict) else {}
    entry = lab.entry(picked.get("model"))
    z = checks.code(picked.get("z"), entry.model.latent)
    return slider_state(entry.card.name, entry, z), entry.card.name, gr.Tabs(selected=TITLE)
