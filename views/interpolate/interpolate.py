"""Interpolate: from one digit to another, through pixels and through codes."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

import figures
from explore import latent
from views.kit import markup, validate
from views.kit.component import assets
from views.kit.lab import COMPARED, Lab, Page
from views.kit.samples import EIGHT
from views.reconstruct.reconstruct import SIZE_CHOICES
from views.shell.digit_input import DigitInput, digit_record, read_digit

TITLE = "Interpolate"
LOOK = (
    "From your digit, A, to digit B: the cross-fade of pixels shows two ghosts at once, a path "
    "through codes should show one digit becoming the other; watch where a path leaves the digits."
)
LINEAR, SPHERICAL = "linear path", "spherical path"
MIN_STEPS, MAX_STEPS = 2, 64
STEPS = 11
CHOICES = {family.upper(): family for family in COMPARED}


class Film(gr.HTML):
    """`value`: {count, rows, request}, a row being {family, name, note, pixels of its pictures}.

    `export` answers the downloads.
    """

    def __init__(self, lab: Lab | None = None, export=None, **keywords: Any):
        super().__init__(
            keywords.pop("value", None),
            server_functions=[validate.serving(export, lab.interactive)] if lab else None,
            elem_classes=["film"],
            **assets("film"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "pictures along the paths"}


@dataclass(frozen=True)
class Path:
    """Pictures [T, 1, H, W] from A to B and how they were made."""

    family: str
    name: str
    note: str
    pictures: Tensor


def build(page: Page) -> None:
    """Lay the view out and wire it; A is the page's digit, B has a picker of its own."""
    lab, digit = page.lab, page.digit
    with gr.Row(elem_classes="controls"):
        models = gr.CheckboxGroup(list(CHOICES), value=list(CHOICES), label="Models")
        size = gr.Radio(SIZE_CHOICES, value=16, label="Code size")
    with gr.Row(elem_classes="film-and-b"):
        film = Film(lab, export=export_film)
        with gr.Column(elem_classes="second-digit", min_width=240, scale=0):
            gr.HTML("<h3>Digit B</h3>", apply_default_css=False)
            other = DigitInput(lab, start=EIGHT)
    show, inputs = validate.answering(show_paths, lab), [digit, other, models, size]
    validate.follow_digit(page, show, inputs, film)
    gr.on([other.input, models.input, size.input], show, inputs, film, **validate.DIRECT)


def show_paths(lab: Lab, a: Tensor, b: Tensor, models: list[str], size: int) -> dict[str, Any]:
    """What the film shows: the cross-fade, then a straight and a curved path per model."""
    paths = find_paths(lab, a, b, models, validate.latent_size(size), STEPS)
    rows = [
        {
            "family": p.family,
            "name": p.name,
            "note": p.note,
            "pixels": markup.encode_pixels(p.pictures),
        }
        for p in paths
    ]
    request = {"a": digit_record(a), "b": digit_record(b), "models": models, "size": size}
    return {"count": STEPS, "rows": rows, "request": request}


def find_paths(
    lab: Lab, a: Tensor, b: Tensor, models: list[str], size: int, steps: int
) -> list[Path]:
    """Cross-fade and latent paths between images a and b [1, H, W]."""
    if not isinstance(models, list):
        raise gr.Error("Choose the models from those offered.", print_exception=False)
    chosen = {CHOICES[validate.choice(m, "The model", CHOICES)] for m in models}
    t = torch.linspace(0, 1, steps)
    paths = [Path("pixels", "Pixels", "cross-fade", latent.linear_path(a, b, t))]
    for entry in lab.of_size(size):
        model, family = entry.model, entry.model.family
        if family not in chosen:
            continue
        ends = latent.encode(model, a), latent.encode(model, b)
        for note, path in ((LINEAR, latent.linear_path), (SPHERICAL, latent.spherical_path)):
            pictures = latent.decode(model, path(*ends, t))
            paths.append(Path(family, family.upper(), note, pictures))
    return paths


def export_film(lab: Lab, message: dict) -> dict[str, str]:
    """All paths as one looping GIF, or as one PNG sheet: {name, uri}."""
    kind = validate.choice(message.get("kind"), "The file type", ("gif", "png"))
    a, b = read_digit(message.get("a")), read_digit(message.get("b"))
    size = validate.latent_size(message.get("size"))
    steps = 2 * STEPS if kind == "gif" else STEPS
    paths = find_paths(lab, a, b, message.get("models"), size, steps)
    pictures = np.stack([p.pictures.numpy() for p in paths])  # [paths, T, 1, H, W]
    if kind == "png":
        sheet = figures.tiles(pictures.reshape(-1, *pictures.shape[2:]), columns=steps)
        content = figures.png(figures.enlarged(figures.grey(sheet), 3))
    else:
        frames = [figures.tiles(pictures[:, i], columns=len(paths)) for i in range(steps)]
        content = figures.gif([figures.enlarged(figures.grey(f), 4) for f in frames])
    return {"name": f"interpolation.{kind}", "uri": figures.data_uri(content, f"image/{kind}")}
