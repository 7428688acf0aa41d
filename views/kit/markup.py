"""Small pieces of HTML that several views share. No visitor's text ever enters here."""

import base64
import math
from html import escape

import numpy as np
from torch import Tensor

import figures
from models.networks import NetworkConfig
from models.zoo import Entry


def picture(image: Tensor | np.ndarray, alt: str, error: bool = False) -> str:
    """A digit [1, H, W], magnified by the page; with `error`, signed values in two colours."""
    values = np.asarray(image)
    drawn = figures.signed(values) if error else figures.grey(values)
    return f'<img class="digit" src="{figures.data_uri(figures.png(drawn))}" alt="{escape(alt)}">'


def encode_pixels(pictures: Tensor | np.ndarray) -> str:
    """Pictures as the components' scripts take them: base64 of one grey byte per pixel."""
    return base64.b64encode(figures.to_bytes(np.asarray(pictures)).tobytes()).decode()


def figure(image: Tensor | np.ndarray, caption: str, alt: str, error: bool = False) -> str:
    return (
        f"<figure>{picture(image, alt, error)}<figcaption>{escape(caption)}</figcaption></figure>"
    )


def model_heading(entry: Entry, data: str | None = None) -> str:
    """Which model this is, in its colour; with `data`, its name and what it was trained on."""
    family = entry.model.family
    more = f", {escape(f'{entry.card.name} on {data}')}" if data else ""
    return (
        f'<h3 class="model {family}">{family.upper()}'
        f'<span class="full-name">{entry.model.title}{more}</span></h3>'
    )


def code_bars(z: Tensor, std: Tensor, scale: float) -> str:
    """One bar per latent dimension from 0 to its value, whiskers of +-1 posterior std.

    `scale` is the value that fills half the height.
    """
    bars = []
    for i, (value, deviation) in enumerate(zip(z.tolist(), std.tolist(), strict=True), start=1):
        height = min(abs(value) / scale, 1.0) * 50
        bottom = 50.0 if value >= 0 else 50.0 - height
        low = max(0.0, 50 + 50 * (value - deviation) / scale)
        high = min(100.0, 50 + 50 * (value + deviation) / scale)
        whisker = f'<i class="whisker" style="bottom:{low:.1f}%;height:{high - low:.1f}%"></i>'
        bars.append(
            f'<li title="z{i} = {value:.3f}"><b style="bottom:{bottom:.1f}%;height:{height:.1f}%">'
            f"</b>{whisker if deviation > 0 else ''}</li>"
        )
    spoken = ", ".join(f"z{i} {v:.2f}" for i, v in enumerate(z.tolist(), start=1))
    written = spoken if len(z) <= 2 else f"{len(z)} numbers, from {z.min():.2f} to {z.max():.2f}"
    return (
        f'<figure class="code"><ol class="bars" role="img" aria-label="{spoken}">'
        f"{''.join(bars)}</ol><figcaption>{written}</figcaption></figure>"
    )


def code_scale(entry: Entry) -> float:
    """A height for `code_bars` that most codes of this model stay below; longer bars are cut."""
    statistics = zip(entry.card.latent["mean"], entry.card.latent["std"], strict=True)
    return max(abs(m) + 1.5 * max(s, 1e-3) for m, s in statistics)


def layers(config: NetworkConfig, backwards: bool = False) -> str:
    """The hidden layers of a network, from the image to the code or, backwards, from it."""
    stages = [f"{n} channels" for n in config.channels]
    found = [*stages, *map(str, config.widths)]
    return " → ".join(reversed(found) if backwards else found) or "linear"


def decibels(psnr: float) -> str:
    return "no error" if math.isinf(psnr) else f"{psnr:.1f} dB"


def unavailable(reasons: dict[str, str]) -> str:
    """One line per checkpoint that could not be loaded."""
    return "".join(f'<p class="notice">{escape(reason)}</p>' for reason in reasons.values())
