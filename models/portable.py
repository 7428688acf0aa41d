"""A trained network as one small file, for a program that has no torch: the page in a browser.

The file is safetensors in half precision, tensors named as in the state dict; its metadata hold
`network`, JSON: the `shape` of one example, the `layers`, what happens to it in order, and `mean`,
the layers that still follow for the mean of p(x|z): what comes before them says all of p(x|z). A
layer is {"kind": ...}; one with weights has the `name` its tensors begin with, a residual block the
`layers` that are added to its input, a recurrent decoder those that write on its canvas. It gives
all its canvases, of which `mean` takes the last. views/kit/kernel.js reads it.
"""

import json
from typing import Any

from safetensors.torch import save
from torch import nn

from .base import Model
from .networks import ResidualBlock
from .recurrent import RecurrentDecoder

POINTWISE = {nn.SiLU: "silu", nn.ReLU: "relu", nn.Tanh: "tanh"}


class NotPortable(ValueError):
    """The network has a layer that this format has no word for; the message is one sentence."""


def decoder_file(model: Model) -> bytes:
    """From a code [D] to the features of p(x|z), and from them to its mean, the picture [C, H, W].

    Of a decoder that is told the class, the code is z with one number a class after it.

    Raises NotPortable.
    """
    mean, likelihood = [], model.config.likelihood
    if likelihood.mean not in ("sigmoid", "identity"):
        raise NotPortable(f"A browser cannot average over {likelihood.mean}.")
    code = next(layer.in_features for layer in model.decoder if hasattr(layer, "in_features"))
    if isinstance(model.decoder[-1], RecurrentDecoder):  # it gives all canvases, one is the image
        mean.append({"kind": "last", "channels": model.decoder[-1].initial_canvas.shape[0]})
    if likelihood.parameters > 1:  # the mean comes first, the variance is not drawn
        mean.append({"kind": "first", "channels": model.x_shape[0]})
    if likelihood.mean == "sigmoid":
        mean.append({"kind": "sigmoid"})
    return _file(model.decoder, describe(model.decoder), [code], mean)


def encoder_file(model: Model) -> bytes:
    """From an image [C, H, W] to what q(z|x) is made of: z, or mu then log_var where it is spread.

    Raises NotPortable.
    """
    return _file(model.encoder, describe(model.encoder), list(model.x_shape), [])


def classifier_file(model: Model) -> bytes:
    """From an image [C, H, W] to the logits [classes] of q(y|x).

    Raises NotPortable.
    """
    network = model.classifier_network()
    return _file(network, describe(network), list(model.x_shape), [])


def describe(network: nn.Sequential, prefix: str = "") -> list[dict[str, Any]]:
    """The layers of a network, in order. Raises NotPortable."""
    if not isinstance(network, nn.Sequential):
        raise NotPortable(f"A browser cannot run the network {type(network).__name__}.")
    return [_layer(f"{prefix}{name}", layer) for name, layer in network.named_children()]


def _layer(name: str, layer: nn.Module) -> dict[str, Any]:
    if getattr(layer, "bias", True) is None:
        raise NotPortable("A browser runs layers with a bias only.")
    match layer:
        case nn.Linear():
            return {"kind": "linear", "name": name}
        case nn.Conv2d() | nn.ConvTranspose2d():
            return _convolution(name, layer)
        case nn.Flatten():
            return {"kind": "reshape", "shape": [-1]}
        case nn.Unflatten():
            return {"kind": "reshape", "shape": list(layer.unflattened_size)}
        case ResidualBlock():
            return {"kind": "residual", "layers": describe(layer.layers, f"{name}.layers.")}
        case RecurrentDecoder():
            write = describe(layer.write, f"{name}.write.")
            return {"kind": "recurrent", "name": name, "steps": layer.steps, "layers": write}
    if type(layer) in POINTWISE:
        return {"kind": POINTWISE[type(layer)]}
    raise NotPortable(f"A browser cannot run the layer {type(layer).__name__}.")


def _convolution(name: str, layer: nn.Conv2d | nn.ConvTranspose2d) -> dict[str, Any]:
    plain = {"groups": 1, "dilation": (1, 1), "padding_mode": "zeros", "output_padding": (0, 0)}
    odd = [key for key, usual in plain.items() if getattr(layer, key) != usual]
    if odd or any(len(set(pair)) > 1 for pair in (layer.kernel_size, layer.stride, layer.padding)):
        raise NotPortable("A browser runs plain convolutions only.")
    kind = "conv" if isinstance(layer, nn.Conv2d) else "conv-transpose"
    sizes = {"stride": layer.stride[0], "padding": layer.padding[0]}
    return {"kind": kind, "name": name} | sizes


def _file(
    network: nn.Module, layers: list[dict[str, Any]], shape: list[int], mean: list[dict[str, Any]]
) -> bytes:
    weights = {k: v.detach().cpu().half().contiguous() for k, v in network.state_dict().items()}
    described = {"shape": shape, "layers": layers, "mean": mean}
    # One entry: safetensors writes several in any order, and a network's file is to have one hash.
    return save(weights, {"network": json.dumps(described)})
