"""Torsos: sizes and layers, no probability.

An encoder maps images [B, C, H, W] to features [B, n]; a decoder maps codes [B, D] to image-shaped
features [B, C', H, W]. `Torso` holds every size; with no `channels` it is a multilayer perceptron,
with no `widths` either, a linear map. The two sides are configured apart and need not mirror.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from .records import Record

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


@dataclass(frozen=True)
class Torso(Record):
    """Sizes of one side of an autoencoder, listed from the image's side to the code's.

    `channels` are convolution stages, each halving (encoder) or doubling (decoder) height and
    width; `blocks` residual blocks follow each; `widths` are hidden layers next to the code.
    """

    kind: ClassVar[str] = "torso"

    widths: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    blocks: int = 0
    activation: str = "silu"

    def __post_init__(self):
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}.")
        if any(size < 1 for size in (*self.widths, *self.channels)):
            raise ValueError("every width and channel count must be at least 1.")


class ResidualBlock(nn.Module):
    """x + conv(act(conv(act(x)))), two 3x3 convolutions at constant size (He et al. 2016)."""

    def __init__(self, channels: int, activation: type[nn.Module]):
        super().__init__()
        self.layers = nn.Sequential(
            activation(),
            nn.Conv2d(channels, channels, 3, padding=1),
            activation(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


def dense(sizes: Sequence[int], activation: type[nn.Module]) -> list[nn.Module]:
    """Linear layers through `sizes`, with the activation between them and none after the last."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), activation()]
    return layers[:-1]


def _smallest_shape(x_shape: tuple[int, int, int], torso: Torso) -> tuple[int, int, int]:
    """Shape [c, h, w] where convolutions meet the dense layers."""
    channels, height, width = x_shape
    shrink = 2 ** len(torso.channels)
    if height % shrink or width % shrink:
        raise ValueError(
            f"{len(torso.channels)} convolution stages need sides divisible by {shrink}, "
            f"not {height}x{width}."
        )
    return (torso.channels or (channels,))[-1], height // shrink, width // shrink


def encoder(x_shape: tuple[int, int, int], features: int, torso: Torso) -> nn.Sequential:
    """Network from images [B, *x_shape] to [B, features]."""
    activation = ACTIVATIONS[torso.activation]
    layers: list[nn.Module] = []
    before = x_shape[0]
    for channels in torso.channels:
        layers += [nn.Conv2d(before, channels, 4, stride=2, padding=1)]
        layers += [ResidualBlock(channels, activation) for _ in range(torso.blocks)]
        layers += [activation()]
        before = channels
    flat = prod(_smallest_shape(x_shape, torso))
    layers += [nn.Flatten(), *dense([flat, *torso.widths, features], activation)]
    return nn.Sequential(*layers)


def decoder(latent: int, features: int, x_shape: tuple[int, int, int], torso: Torso):
    """Network from codes [B, latent] to [B, features, H, W], with H and W those of x_shape."""
    activation = ACTIVATIONS[torso.activation]
    smallest = _smallest_shape((features, *x_shape[1:]), torso)
    layers = dense([latent, *reversed(torso.widths), prod(smallest)], activation)
    layers += [nn.Unflatten(1, smallest)]
    stages = list(reversed(torso.channels))
    for before, after in zip(stages, [*stages[1:], features], strict=False):
        layers += [ResidualBlock(before, activation) for _ in range(torso.blocks)]
        layers += [activation(), nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
    return nn.Sequential(*layers)


class GatedUnit(nn.Module):
    """A gated recurrent unit: what is given [B, n] moves a state h [B, hidden].

    Cho et al. 2014 (arXiv 1406.1078), eq. 5 to 8, with the reset gate applied after the product, as
    `torch.nn.GRUCell` has it. Its two maps are plain linear layers.
    """

    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.given = nn.Linear(inputs, 3 * hidden)
        self.kept = nn.Linear(hidden, 3 * hidden)

    def forward(self, given: Tensor, h: Tensor) -> Tensor:
        reset, update, new = self.given(given).chunk(3, -1)
        h_reset, h_update, h_new = self.kept(h).chunk(3, -1)
        keep = torch.sigmoid(update + h_update)
        return keep * h + (1 - keep) * torch.tanh(new + torch.sigmoid(reset + h_reset) * h_new)


class Drawn(NamedTuple):
    """Between two steps: the decoder's state h [B, hidden] and the canvas [B, C', H, W]."""

    h: Tensor
    canvas: Tensor


class RecurrentDecoder(nn.Module):
    """From codes [B, T * d] to features [B, C', H, W], in T steps that each add to a canvas.

    Step t moves the state by z_t and adds write(h) to the canvas: h_t = unit(z_t, h_{t-1}),
    c_t = c_{t-1} + write(h_t). State and canvas begin as learned constants.
    """

    def __init__(
        self, write: nn.Module, steps: int, numbers: int, hidden: int, shape: tuple[int, int, int]
    ):
        super().__init__()
        self.steps, self.in_features = steps, steps * numbers
        self.unit = GatedUnit(numbers, hidden)
        self.write = write
        self.h = nn.Parameter(torch.zeros(hidden))
        self.canvas = nn.Parameter(torch.zeros(shape))

    def start(self, n: int) -> Drawn:
        return Drawn(self.h.expand(n, -1), self.canvas.expand(n, -1, -1, -1))

    def step(self, z: Tensor, before: Drawn) -> Drawn:
        """Draw z [B, d] onto the canvas."""
        h = self.unit(z, before.h)
        return Drawn(h, before.canvas + self.write(h))

    def states(self, z: Tensor) -> list[Drawn]:
        """What there is before the first step and after each."""
        states = [self.start(len(z))]
        for numbers in z.chunk(self.steps, -1):
            states.append(self.step(numbers, states[-1]))
        return states

    def forward(self, z: Tensor) -> Tensor:
        return self.states(z)[-1].canvas


class RecurrentEncoder(nn.Module):
    """Looks at an image again at every step, and at what the canvas still lacks of it.

    `image` and `lack` are torsos to [B, hidden]; with linear ones, their sum and the decoder's
    state is one linear map of [x, what is lacking, h_dec].
    """

    def __init__(self, image: nn.Module, lack: nn.Module, hidden: int, outputs: int):
        super().__init__()
        self.look, self.lack = image, lack
        self.hear = nn.Linear(hidden, hidden, bias=False)
        self.unit = GatedUnit(hidden, hidden)
        self.head = nn.Linear(hidden, outputs)
        self.h = nn.Parameter(torch.zeros(hidden))

    def start(self, n: int) -> Tensor:
        return self.h.expand(n, -1)

    def step(self, image: Tensor, lack: Tensor, decoder: Tensor, h: Tensor):
        """From look(x), x - mean, the decoder's state and one's own: (numbers, state)."""
        h = self.unit(image + self.lack(lack) + self.hear(decoder), h)
        return self.head(h), h
