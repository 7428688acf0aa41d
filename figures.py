"""Arrays in, pictures out: Pillow images, PNG and GIF bytes, SVG text. No torch, no page, no state.

Images are float [H, W] or [C, H, W] in [0, 1]. SVG text uses the page's own colours through CSS
variables, so that one drawing serves light and dark.
"""

import base64
import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from PIL import Image

# Ten classes, told apart with any colour vision: Okabe & Ito's eight, black swapped for grey, and
# two of Tol's. The class is always written too.
CLASS_COLOURS = (
    *("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2"),
    *("#D55E00", "#CC79A7", "#8C8C8C", "#882255", "#44AA99"),
)
# Matplotlib wants colours, the page has variables: each stands in for one and is replaced.
_THEME = {"#010203": "var(--ink)", "#010204": "var(--faint)", "#010205": "var(--ground)"}
_INK, _FAINT, _GROUND = _THEME
TEXT = 10.5  # points: 14 CSS pixels
# Set once and never again: these settings are shared by every thread.
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "latent-lab"}
MODEL_COLOURS = {"ae": "#010206", "dae": "#010207", "vae": "#010208"}
_THEME |= {colour: f"var(--{family})" for family, colour in MODEL_COLOURS.items()}


def to_bytes(image: np.ndarray) -> np.ndarray:
    """Float [0, 1] to uint8, rounding; values outside are clipped and NaN becomes 0."""
    return np.rint(np.clip(np.nan_to_num(image), 0.0, 1.0) * 255).astype(np.uint8)


def grey(image: np.ndarray) -> Image.Image:
    """A picture of [H, W], [1, H, W] or [3, H, W] in [0, 1]."""
    pixels = to_bytes(image)
    if pixels.ndim == 3:
        pixels = pixels[0] if pixels.shape[0] == 1 else np.moveaxis(pixels, 0, -1)
    return Image.fromarray(pixels)


def signed(error: np.ndarray, limit: float = 1.0) -> Image.Image:
    """Signed values [H, W] or [1, H, W]: orange above 0, blue below, black at 0."""
    amount = np.clip(np.nan_to_num(error).reshape(error.shape[-2:]) / limit, -1, 1)[..., None]
    orange, blue = np.array([255, 159, 28]), np.array([64, 156, 255])
    colour = np.where(amount > 0, orange, blue) * np.abs(amount)
    return Image.fromarray(np.rint(colour).astype(np.uint8))


def tiles(images: np.ndarray, columns: int, gap: int = 0) -> np.ndarray:
    """Lay [N, C, H, W] out row by row: one image [C, H', W'], black between and after."""
    n, channels, height, width = images.shape
    rows = -(-n // columns)
    sheet = np.zeros(
        (channels, rows * (height + gap) - gap, columns * (width + gap) - gap), images.dtype
    )
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[:, top : top + height, left : left + width] = image
    return sheet


def enlarged(image: Image.Image, factor: int) -> Image.Image:
    """Nearest-neighbour magnification by a whole factor, for files that leave the page."""
    size = (image.width * factor, image.height * factor)
    return image.resize(size, Image.Resampling.NEAREST)


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def gif(frames: Sequence[Image.Image], milliseconds: int = 80) -> bytes:
    """A GIF that runs forwards and back again, for ever."""
    there_and_back = [*frames, *frames[-2:0:-1]]
    buffer = io.BytesIO()
    there_and_back[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=there_and_back[1:],
        duration=milliseconds,
        loop=0,
    )
    return buffer.getvalue()


def data_uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _axes(width: float, height: float):
    """A bare figure of `width` x `height` CSS pixels and its axes, drawn in theme colours."""
    figure = Figure(figsize=(width / 96, height / 96), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_FAINT)
    axes.tick_params(colors=_INK, labelsize=TEXT, length=3)
    axes.xaxis.label.set(color=_INK, size=TEXT)
    axes.yaxis.label.set(color=_INK, size=TEXT)
    return figure, axes


def _svg(figure: Figure, description: str) -> str:
    """SVG in the page's colours and, outlined labels apart, with live text; described in words."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    for colour, variable in _THEME.items():
        svg = svg.replace(colour, variable)
    return svg.replace("<svg", f'<svg role="img" aria-label="{description}" class="chart"', 1)


def interpolate(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """The value at x of the line through the points (xs, ys)."""
    return float(np.interp(x, xs, ys))


def error_curves(
    curves: dict[str, tuple[Sequence[float], Sequence[float]]], at: float, xlabel: str
) -> str:
    """Squared error against corruption strength, {family: (strengths, errors)}, marked at `at`."""
    figure, axes = _axes(520, 250)
    for family, (strengths, errors) in curves.items():
        colour = MODEL_COLOURS.get(family, _INK)
        axes.plot(strengths, errors, color=colour, linewidth=2.5)
        axes.annotate(
            family.upper(),
            (strengths[-1], errors[-1]),
            xytext=(6, 0),
            textcoords="offset points",
            color=colour,
            fontsize=TEXT,
            va="center",
        )
        axes.plot(at, interpolate(strengths, errors, at), "o", color=colour, markersize=7)
    axes.axvline(at, color=_FAINT, linewidth=1, linestyle=(0, (4, 4)))
    axes.set(xlabel=xlabel, ylim=(0, None))
    axes.set_title("squared error per pixel", loc="left", color=_INK, fontsize=TEXT)
    return _svg(figure, "Squared error per pixel against the strength of the corruption")


def latent_map(
    codes: np.ndarray, labels: np.ndarray, draws: np.ndarray, axis_names: tuple[str, str]
) -> str:
    """Codes [N, 2] coloured by class under draws [M, 2] from the prior, to one scale.

    The circles are one and two standard deviations of N(0, I). The outermost hundredth of the codes
    on each side is cut off: a few strays would shrink all others to a dot.
    """
    low, high = np.quantile(codes, (0.01, 0.99), axis=0)
    kept = ((codes >= low) & (codes <= high)).all(1)
    codes, labels = codes[kept], labels[kept]
    figure, axes = _axes(320, 150)
    for digit in np.unique(labels):
        own = codes[labels == digit]
        axes.scatter(*own.T, s=5, color=CLASS_COLOURS[digit % 10], linewidths=0)
    for digit in np.unique(labels):
        axes.annotate(
            str(digit),
            np.median(codes[labels == digit], 0),
            color=_INK,
            fontsize=TEXT,
            weight="bold",
            ha="center",
            va="center",
            path_effects=[withStroke(linewidth=3, foreground=_GROUND)],
        )
    for radius in (1, 2):
        axes.add_patch(Circle((0, 0), radius, fill=False, edgecolor=_INK, linewidth=1.2))
    axes.plot(*draws.T, "x", color=_INK, markersize=7, markeredgewidth=2, zorder=4)
    axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    axes.set_aspect("equal", adjustable="datalim")
    return _svg(figure, "Codes of test images by class, with the draws from the prior as crosses")
