"""Sample: the same draws from N(0, I), decoded by AE, DAE and VAE."""

from typing import Any

import gradio as gr
import numpy as np
import torch

import figures
from explore import latent
from models.zoo import Entry

from . import checks, markup, sliders
from .components.sample_grid import SampleGrid
from .lab import Lab, Page

TITLE = "Sample"
LOOK = (
    "The same random codes, the crosses, go to all three decoders: only the VAE was trained so "
    "that its codes, the coloured dots, fill the bell N(0, I) those crosses come from."
)
COLUMNS, COUNT = 8, 24
MAX_TEMPERATURE = 3.0


def build(page: Page) -> None:
    """Lay the view out and wire it; a picked tile opens in the sliders."""
    lab = page.lab
    with gr.Row(elem_classes="controls"):
        size = gr.Radio([(f"{n} numbers", n) for n in lab.sizes], value=2, label="Code size")
        temperature = gr.Slider(0, MAX_TEMPERATURE, value=1, step=0.05, label="Temperature")
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, maximum=checks.MAX_SEED)
        again = gr.Button("Draw again", size="sm", elem_classes="inline")
    grid = SampleGrid(lab, export=export_samples)
    inputs = [size, temperature, seed]
    gr.on(
        [page.tab.select, size.input, temperature.input, seed.change],
        checks.answering(show_samples, lab),
        inputs,
        grid,
        **checks.DIRECT,
    )
    again.click(checks.answering(checks.next_seed), seed, seed, **checks.DIRECT)
    grid.select(
        checks.answering(sliders.open_code, lab),
        grid,
        [page.sliders, page.slider_model, page.tabs],
        **checks.DIRECT,
    )


def show_samples(lab: Lab, size: int, temperature: float, seed: int) -> dict[str, Any]:
    """What the grids show: one per model, from the same draws."""
    size = checks.latent_size(size, lab.sizes)
    z = draws(size, temperature, seed)
    grids = [
        {
            "model": entry.card.name,
            "family": entry.model.family,
            "heading": markup.model_heading(entry, lab.trained_on(entry.card.name)),
            "pixels": markup.pixels(latent.decode(entry.model, z)),
            "note": _note(entry),
            "map": _map(entry, z),
        }
        for entry in lab.sampled(size)
    ]
    request = {"size": size, "temperature": temperature, "seed": checks.seed(seed)}
    return {
        "columns": COLUMNS,
        "count": COUNT,
        "draws": z.tolist(),
        "grids": grids,
        "request": request,
    }


def draws(size: int, temperature: float, seed: int) -> torch.Tensor:
    temperature = checks.number(temperature, "The temperature", 0.0, MAX_TEMPERATURE)
    return latent.prior_draws(size, COUNT, temperature, checks.seed(seed))


def _note(entry: Entry) -> str:
    """How much of this model's map N(0, I) reaches, whatever the temperature of the draws."""
    share = latent.share_within_prior(entry.codes.z)
    told = "Trained towards" if entry.model.has_prior else "Never told of"
    return f"{told} N(0, I), 95 % of which falls where {share:.0%} of its test codes lie."


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
    size = checks.latent_size(message.get("size"), lab.sizes)
    seed = checks.seed(message.get("seed"))
    z = draws(size, message.get("temperature"), seed)
    grids = [
        figures.tiles(latent.decode(entry.model, z).numpy(), COLUMNS) for entry in lab.sampled(size)
    ]
    sheet = figures.tiles(np.stack(grids), columns=len(grids), gap=8)
    content = figures.png(figures.enlarged(figures.grey(sheet), 3))
    return {"name": f"samples-seed-{seed}.png", "uri": figures.data_uri(content)}
