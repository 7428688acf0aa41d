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

from .records import Record

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


@dataclass(frozen=True)
class NetworkConfig(Record):
    """Sizes of one side of an autoencoder, listed from the image's side to the code's.

    `channels` are convolution stages, each halving (encoder) or doubling (decoder) height and
    width; `blocks` residual blocks follow each; `widths` are hidden layers next to the code.
    """

    kind: ClassVar[str] = "network-config"

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


def _smallest_shape(x_shape: tuple[int, int, int], config: NetworkConfig) -> tuple[int, int, int]:
    """Shape [c, h, w] where convolutions meet the dense layers."""
    channels, height, width = x_shape
    shrink = 2 ** len(config.channels)
    if height % shrink or width % shrink:
        raise ValueError(
            f"{len(config.channels)} convolution stages need sides divisible by {shrink}, "
            f"not {height}x{width}."
        )
    return (config.channels or (channels,))[-1], height // shrink, width // shrink


def encoder(x_shape: tuple[int, int, int], features: int, config: NetworkConfig) -> nn.Sequential:
    """Network from images [B, *x_shape] to [B, features]."""
    activation = ACTIVATIONS[config.activation]
    layers: list[nn.Module] = []
    before = x_shape[0]
    for channels in config.channels:
        layers += [nn.Conv2d(before, channels, 4, stride=2, padding=1)]
        layers += [ResidualBlock(channels, activation) for _ in range(config.blocks)]
        layers += [activation()]
        before = channels
    flat = prod(_smallest_shape(x_shape, config))
    layers += [nn.Flatten(), *dense([flat, *config.widths, features], activation)]
    return nn.Sequential(*layers)


def decoder(latent: int, features: int, x_shape: tuple[int, int, int], config: NetworkConfig):
    """Network from codes [B, latent] to [B, features, H, W], with H and W those of x_shape."""
    activation = ACTIVATIONS[config.activation]
    smallest = _smallest_shape((features, *x_shape[1:]), config)
    layers = dense([latent, *reversed(config.widths), prod(smallest)], activation)
    layers += [nn.Unflatten(1, smallest)]
    stages = list(reversed(config.channels))
    for before, after in zip(stages, [*stages[1:], features], strict=False):
        layers += [ResidualBlock(before, activation) for _ in range(config.blocks)]
        layers += [activation(), nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
    return nn.Sequential(*layers)
