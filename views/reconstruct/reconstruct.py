"""Reconstruct: one digit through AE, DAE and VAE, side by side."""

import gradio as gr
import torch
from torch import Tensor

from explore.reconstruct import Reconstruction, reconstruct
from models.zoo import Entry
from views.classes.classes import JUDGE
from views.kit import markup, validate
from views.kit.lab import SIZES, Lab, Page

TITLE = "Reconstruct"
LOOK = (
    "Each network must squeeze the digit through a few numbers and draw it again: compare what "
    "comes back with what went in, and see how much more 16 numbers keep than 2."
)
SIZE_CHOICES = [(f"{n} numbers", n) for n in SIZES]
HEADING = (
    '<div class="spine-row head"><span>model</span><span>input</span><span>code</span>'
    "<span>output</span><span>error</span><span>in words</span></div>"
)
MEAN, DRAW = "the mean of q(z|x)", "a draw from q(z|x)"


def build(page: Page) -> None:
    """Lay the view out and wire it."""
    lab, digit = page.lab, page.digit
    with gr.Row(elem_classes="controls"):
        size = gr.Radio(SIZE_CHOICES, value=2, label="Code size")
        code = gr.Radio([MEAN, DRAW], value=MEAN, label="The VAE decodes")
        again = gr.Button("Draw another z", size="sm", elem_classes="inline")
    seed = gr.State(0)
    panel = gr.HTML(elem_classes="panel", apply_default_css=False)
    show = validate.answering(show_reconstructions, lab)
    inputs = [digit, size, code, seed]
    validate.follow_digit(page, show, inputs, panel)
    gr.on([size.input, code.input], show, inputs, panel, **validate.DIRECT)
    again.click(
        validate.answering(draw_again, lab),
        [digit, size, seed],
        [panel, code, seed],
        **validate.DIRECT,
    )


def show_reconstructions(lab: Lab, x: Tensor, size: int, code: str, seed: int) -> str:
    """The panel: one row per model, from code to picture to error."""
    size = validate.latent_size(size)
    validate.choice(code, "What to decode", (MEAN, DRAW))
    rows, entries = [], lab.of_size(size)
    for entry in entries:
        sampled = code == DRAW and entry.model.prior() is not None
        generator = torch.Generator().manual_seed(validate.seed(seed)) if sampled else None
        found = reconstruct(entry.model, x, generator=generator)
        rows.append(_row(entry, found, _turned(lab, x, found.picture)))
    return (
        f'<div class="spine">{HEADING}{"".join(rows)}</div>{_networks(entries)}'
        f"{markup.unavailable(lab.zoo.unavailable)}"
    )


def draw_again(lab: Lab, x: Tensor, size: int, seed: int) -> tuple[str, str, int]:
    """Another draw from q(z|x): the panel, the choice it implies, and the new seed."""
    seed = validate.next_seed(seed)
    return show_reconstructions(lab, x, size, DRAW, seed), DRAW, seed


def _turned(lab: Lab, x: Tensor, picture: Tensor) -> tuple[int, int] | None:
    """What our classifier reads before and after, where it reads two digits."""
    if JUDGE not in lab.zoo:
        return None
    model = lab.zoo[JUDGE].model
    read = model.classify(torch.stack([x, picture]).to(model.device)).logits.argmax(1).tolist()
    return None if read[0] == read[1] else (read[0], read[1])


def _networks(entries: list[Entry]) -> str:
    """The layers on both sides, of the checkpoints shown."""
    ways = {}
    for entry in entries:
        config = entry.card.config
        latent = config.latent
        encode = [markup.layers(config.encoder), f"{latent} numbers"]
        decode = [f"{latent} numbers", markup.layers(config.decoder, backwards=True)]
        mirrored = config.encoder == config.decoder
        remark = "" if mirrored else " A decoder need not mirror its encoder."
        words = f"encoder {' → '.join(encode)}; decoder {' → '.join(decode)}.{remark}"
        ways.setdefault(words, []).append(entry.model.family.upper())
    lines = (f"<b>{', '.join(families)}</b>: {words}" for words, families in ways.items())
    return "".join(f'<p class="aside">{line}</p>' for line in lines)


def _row(entry: Entry, found: Reconstruction, turned: tuple[int, int] | None) -> str:
    family = entry.model.family
    bars = markup.code_bars(found.z, found.std, markup.code_scale(entry))
    return (
        f'<div class="spine-row {family}">{markup.model_heading(entry)}'
        f"{markup.picture(found.picture - found.error, 'the input')}{bars}"
        f"{markup.picture(found.picture, f'reconstruction by the {family.upper()}')}"
        f"{markup.picture(found.error, 'error: orange added, blue missing', error=True)}"
        f"{_words(entry, found, turned)}</div>"
    )


def _words(entry: Entry, found: Reconstruction, turned: tuple[int, int] | None) -> str:
    test = entry.card.metrics["mse"]
    typical = test["value"]
    root = found.mse**0.5
    less = float((found.error.abs() < root).float().mean())
    words = (
        f"<p><b>{found.mse:.4f}</b> squared error per pixel: root mean square "
        f"{255 * root:.0f} of 255 grey levels; {100 * less:.0f} % of pixels are off by less.</p>"
        f'<p class="aside">{found.mse / typical:.1f} times this model\'s mean over '
        f"{entry.card.data.get('name', 'its')} test images, {typical:.4f}</p>"
    )
    if found.kl is not None:
        words += f'<p class="aside">KL(q‖p) {found.kl:.1f} nats: what the code costs</p>'
    if turned:
        words += (
            f'<p class="turned">Our classifier reads {turned[0]} going in, '
            f"{turned[1]} coming out.</p>"
        )
    return f'<div class="words">{words}</div>'
