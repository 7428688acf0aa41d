"""Denoise: what AE, DAE and VAE make of a corrupted digit."""

import gradio as gr
import torch
from torch import Tensor

import figures
from explore.reconstruct import psnr, reconstruct
from models.corruption import CORRUPTIONS
from views.kit import markup, validate
from views.kit.lab import Lab, Page
from views.kit.measured import told
from views.reconstruct.reconstruct import SIZE_CHOICES

TITLE = "Denoise"
LOOK = (
    "Only the DAE was trained on damaged digits, by noise and by masking at strength 0.5: watch "
    "how far it stays ahead as you turn the damage up, and what it does with damage it never met."
)
KINDS = {
    "Gaussian noise": "gaussian-noise",
    "Masking": "masking",
    "Salt and pepper": "salt-and-pepper",
}
AXIS = {
    "gaussian-noise": "standard deviation of the noise, sigma",
    "masking": "share of pixels set to black, v",
    "salt-and-pepper": "share of pixels set to black or white, v",
}


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    lab, digit = page.lab, page.digit
    with gr.Row(elem_classes="controls"):
        kind = gr.Radio(list(KINDS), value="Gaussian noise", label="Corruption")
        strength = gr.Slider(0, 1, value=0.5, step=0.05, label="Strength")
        size = gr.Radio(SIZE_CHOICES, value=16, label="Code size")
        again = gr.Button("New noise", size="sm", elem_classes="inline")
    seed = gr.State(0)
    panel = gr.HTML(elem_classes="panel", apply_default_css=False)
    inputs = [digit, kind, strength, size, seed]
    show = validate.answering(show_denoising, lab)
    validate.follow_digit(page, show, inputs, panel)
    gr.on([kind.input, strength.input, size.input], show, inputs, panel, **validate.DIRECT)
    again.click(validate.answering(draw_again, lab), inputs, [panel, seed], **validate.DIRECT)


def show_denoising(lab: Lab, x: Tensor, kind: str, strength: float, size: int, seed: int) -> str:
    """Clean, corrupted and three repairs with their PSNR; below, error against strength."""
    name = KINDS[validate.choice(kind, "The corruption", KINDS)]
    strength = validate.number(strength, "The strength", 0.0, 1.0)
    entries = lab.of_size(validate.latent_size(size))
    generator = torch.Generator().manual_seed(validate.seed(seed))
    corrupted = CORRUPTIONS[name](strength).sample(x, generator)
    damage = float(((corrupted - x) ** 2).mean())
    cells = [
        markup.figure(x, "clean", "the clean digit"),
        markup.figure(corrupted, f"corrupted, {markup.decibels(psnr(damage))}", "corrupted digit"),
    ]
    for entry in entries:
        found = reconstruct(entry.model, corrupted, target=x)
        family = entry.model.family
        caption = f"{family.upper()}, {markup.decibels(psnr(found.mse))}"
        repaired = markup.figure(found.picture, caption, f"the {family.upper()}'s repair")
        cells.append(f'<div class="{family}">{repaired}</div>')
    note = (
        '<p class="aside">PSNR against the clean digit: every 10 dB more is a tenth of the squared '
        "error. A clean picture has no error.</p>"
    )
    chart = _curves(entries, name, strength)
    return f'<div class="gallery">{"".join(cells)}</div>{note}{chart}'


def draw_again(
    lab: Lab, x: Tensor, kind: str, strength: float, size: int, seed: int
) -> tuple[str, int]:
    """The same corruption with other noise: the panel and the new seed."""
    seed = validate.next_seed(seed)
    return show_denoising(lab, x, kind, strength, size, seed), seed


def _curves(entries: list, name: str, strength: float) -> str:
    """The measured curves from the cards, and their values at `strength` as text."""
    cards = {e.model.family: e.card.metrics.get(f"denoising {name}") for e in entries}
    measured = {family: metric for family, metric in cards.items() if metric and metric.axis}
    if not measured:
        return ""
    curves = {family: (m.axis.places, m.value) for family, m in measured.items()}
    chart = figures.error_curves(curves, strength, AXIS[name])
    at = {family: figures.interpolate(*curve, strength) for family, curve in curves.items()}
    values = ", ".join(f"{family.upper()} {value:.4f}" for family, value in at.items())
    protocol = told(next(iter(measured.values())))
    return (
        f'<div class="chart-with-words">{chart}<div class="words"><p>At strength {strength:.2f}, '
        f"squared error per pixel:<br><b>{values}</b></p>"
        f'<p class="aside">Test images {protocol}; in tenths of strength.</p></div></div>'
    )
