"""Encoder and decoder networks: sizes and layers, no probability.

An encoder maps images [B, C, H, W] to features [B, n]; a decoder maps codes [B, D] to image-shaped
features [B, C', H, W]. `NetworkConfig` holds every size. Without `channels` a network is a
multilayer perceptron, without `widths` either, a linear map. Encoder and decoder are configured
separately and need not mirror each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import ClassVar

from torch import Tensor, nn

from .records import Record, require_at_most, require_between

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}
MOST_LAYERS, MOST_STAGES, MOST_BLOCKS = 16, 8, 64  # dense layers, stages, and blocks in each
MOST_WIDTH = 65_536  # of a layer; how many weights a model may have in all: models.MOST_WEIGHTS


@dataclass(frozen=True)
class NetworkConfig(Record):
    """Sizes of an encoder or a decoder, both listed from the image to the code.

    channels: of each convolution stage, which halves (encoder) or doubles (decoder) height and
    width. blocks: residual blocks after each stage. widths: of the hidden dense layers, next to the
    code. activation: a key of ACTIVATIONS. Raises ValueError, one sentence, for what cannot be.
    """

    kind: ClassVar[str] = "network-config"

    widths: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    blocks: int = 0
    activation: str = "silu"

    def __post_init__(self):
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}.")
        require_at_most(MOST_LAYERS, widths=self.widths)
        require_at_most(MOST_STAGES, channels=self.channels)
        require_between(0, MOST_BLOCKS, blocks=self.blocks)
        for size in (*self.widths, *self.channels):
            require_between(1, MOST_WIDTH, **{"every width and channel count": size})


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


def _smallest_shape(x_shape: tuple[int, int, int], config: NetworkConfig) -> tuple[int, int, int]:
    """The shape [c, h, w] between convolution stages and dense layers.

    Raises ValueError unless the stages can halve height and width.
    """
    channels, height, width = x_shape
    shrink = 2 ** len(config.channels)
    if height % shrink or width % shrink:
        raise ValueError(
            f"{len(config.channels)} convolution stages need sides divisible by {shrink}, "
            f"not {height}x{width}."
        )
    return (config.channels or (channels,))[-1], height // shrink, width // shrink


def encoder(x_shape: tuple[int, int, int], outputs: int, config: NetworkConfig) -> nn.Sequential:
    """A network from images [B, *x_shape] to [B, outputs].

    Raises ValueError unless the config's stages can halve height and width.
    """
    activation = ACTIVATIONS[config.activation]
    layers: list[nn.Module] = []
    before = x_shape[0]
    for channels in config.channels:
        layers += [nn.Conv2d(before, channels, 4, stride=2, padding=1)]
        layers += [ResidualBlock(channels, activation) for _ in range(config.blocks)]
        layers += [activation()]
        before = channels
    flat = prod(_smallest_shape(x_shape, config))
    layers += [nn.Flatten(), *dense([flat, *config.widths, outputs], activation)]
    return nn.Sequential(*layers)


def decoder(
    inputs: int, channels: int, x_shape: tuple[int, int, int], config: NetworkConfig
) -> nn.Sequential:
    """A network from [B, inputs] to [B, channels, H, W], with H and W those of x_shape.

    Raises ValueError unless the config's stages can halve height and width.
    """
    activation = ACTIVATIONS[config.activation]
    smallest = _smallest_shape((channels, *x_shape[1:]), config)
    layers = dense([inputs, *reversed(config.widths), prod(smallest)], activation)
    layers += [nn.Unflatten(1, smallest)]
    stages = list(reversed(config.channels))
    for before, after in zip(stages, [*stages[1:], channels], strict=False):
        layers += [ResidualBlock(before, activation) for _ in range(config.blocks)]
        layers += [activation(), nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
    return nn.Sequential(*layers)
