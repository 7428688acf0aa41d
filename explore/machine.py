"""A network as it is drawn: its stages, their PyTorch, and what is in them for one digit."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models import Model
from models.networks import ACTIVATIONS, ResidualBlock

WEIGHTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
MOST_CONNECTIONS = 64  # that are told of one stage


@dataclass(frozen=True)
class Stage:
    """Layers that follow one another and are drawn as one: one with weights, and what shapes it.

    layers: how many children of the network they are. lines: a line of PyTorch for each. weights:
    how many numbers training has set in them. shape: of what comes out, [n] or [C, H, W].
    """

    layers: int
    lines: list[str]
    weights: int
    shape: list[int]


def line(layer: nn.Module) -> str:
    """The Python that makes a layer of ours, without its weights. Raises ValueError for others."""
    match layer:
        case nn.Linear():
            return f"nn.Linear({layer.in_features}, {layer.out_features})"
        case nn.Conv2d() | nn.ConvTranspose2d():
            sizes = f"{layer.in_channels}, {layer.out_channels}, {layer.kernel_size[0]}"
            rest = f"stride={layer.stride[0]}, padding={layer.padding[0]}"
            return f"nn.{type(layer).__name__}({sizes}, {rest})"
        case nn.Flatten():
            return "nn.Flatten()"
        case nn.Unflatten():
            return f"nn.Unflatten(1, {tuple(layer.unflattened_size)})"
        case ResidualBlock():
            first = next(each for each in layer.layers if isinstance(each, nn.Conv2d))
            return f"ResidualBlock({first.in_channels}, nn.{type(layer.layers[0]).__name__})"
    if type(layer) in ACTIVATIONS.values():
        return f"nn.{type(layer).__name__}()"
    raise ValueError(f"There is no line for the layer {type(layer).__name__}.")


@torch.no_grad()
def stages(network: nn.Module, shape: tuple[int, ...]) -> list[Stage]:
    """The stages of a network for one input of that shape; it may be on PyTorch's meta device.

    A stage ends before the next layer with weights, and before what flattens for it. Raises
    ValueError for layers that are not ours.
    """
    groups: list[list[nn.Module]] = [[]]
    for layer in network.children():
        ends = isinstance(layer, (*WEIGHTED, nn.Flatten))
        if ends and any(isinstance(each, WEIGHTED) for each in groups[-1]):
            groups.append([])
        groups[-1].append(layer)
    x, found = torch.empty(1, *shape, device=next(network.parameters()).device), []
    for group in groups:
        for layer in group:
            x = layer(x)
        found.append(_stage(group, list(x.shape[1:])))
    return found


def _stage(layers: list[nn.Module], shape: list[int]) -> Stage:
    weights = sum(p.numel() for layer in layers for p in layer.parameters())
    return Stage(len(layers), [line(layer) for layer in layers], weights, shape)


@dataclass(frozen=True)
class Connections:
    """The strongest connections into one stage, strongest first.

    A connection's `value` is weight times activation: what the number `source`, of the stage
    before, adds to the number `target` of this one, both counted in the flattened tensors.
    """

    source: list[int]
    target: list[int]
    value: list[float]


@dataclass(frozen=True)
class Activity:
    """What one stage holds for one input, and the connections that made most of it.

    activations: of the stage's shape. connections: None where the stage begins with a convolution,
    whose numbers have no connections of their own.
    """

    activations: Tensor
    connections: Connections | None


@torch.no_grad()
def encoder_activity(model: Model, x: Tensor) -> list[Activity]:
    """What is in each stage of the encoder for one image x [C, H, W], on the CPU.

    Raises ValueError for layers that are not ours.
    """
    value, found = x.to(model.device).unsqueeze(0), []
    layers = list(model.encoder.children())
    for stage in stages(model.encoder, model.x_shape):
        group, layers = layers[: stage.layers], layers[stage.layers :]
        weighted = next(layer for layer in group if isinstance(layer, WEIGHTED))
        connections = None
        if isinstance(weighted, nn.Linear):
            connections = strongest_connections(weighted.weight, value.flatten())
        for layer in group:
            value = layer(value)
        found.append(Activity(value[0].cpu(), connections))
    return found


def strongest_connections(weight: Tensor, x: Tensor) -> Connections:
    """Of a linear map with weight [m, n] at x [n]: for each output the input that adds most to it
    in size, and of these pairs the MOST_CONNECTIONS largest."""
    added = weight * x
    source = added.abs().argmax(1)
    value = added.gather(1, source[:, None])[:, 0]
    target = value.abs().argsort(descending=True, stable=True)[:MOST_CONNECTIONS]
    return Connections(source[target].tolist(), target.tolist(), value[target].tolist())
