"""A trained network as one file that the page's script, views/kit/kernel.js, can run.

The file is safetensors in half precision, tensors named as in the state dict. Its metadata have the
entry `network`, JSON: `shape`, of one input; `layers`, in order, whose output determines p(x|z);
and `mean`, the layers from there to the mean of p(x|z). A layer is {"kind": ...}. With weights it
has the `name` that its tensors' names begin with. A residual block has the `layers` whose output is
added to its input; a recurrent decoder has the `layers` from its state to what is added to the
canvas, and its output is all canvases, of which `mean` takes the last.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from safetensors.torch import save
from torch import nn

from .base import Model
from .networks import ResidualBlock
from .recurrent import RecurrentDecoder

POINTWISE = {nn.SiLU: "silu", nn.ReLU: "relu", nn.Tanh: "tanh"}


class NotPortableError(ValueError):
    """The format cannot express the network; the message says why in one sentence."""


@dataclass(frozen=True)
class Portable:
    """A network and its description in the format: what a model without weights can tell, too."""

    network: nn.Module
    described: dict[str, Any]

    def content(self) -> bytes:
        """The file, with the weights."""
        state = self.network.state_dict().items()
        weights = {k: v.detach().cpu().half().contiguous() for k, v in state}
        # One entry: safetensors writes several in any order, and equal files are to be equal.
        return save(weights, {"network": json.dumps(self.described)})


def decoder(model: Model) -> Portable:
    """The decoder: from its input to the features of p(x|z), and to the mean [C, H, W].

    The input is what `Model.condition` returns for one code: z [D], if no label is needed.
    Raises NotPortableError.
    """
    mean, likelihood = [], model.config.likelihood
    if likelihood.mean not in ("sigmoid", "identity"):
        raise NotPortableError(f"A browser cannot average over {likelihood.mean}.")
    inputs = next(layer.in_features for layer in model.decoder if hasattr(layer, "in_features"))
    last = model.decoder[-1]
    if isinstance(last, RecurrentDecoder):  # its output in the page is all canvases
        mean.append({"kind": "last", "channels": last.initial_canvas.shape[0]})
    if likelihood.parameters > 1:  # the features of the mean come first
        mean.append({"kind": "first", "channels": model.x_shape[0]})
    if likelihood.mean == "sigmoid":
        mean.append({"kind": "sigmoid"})
    return _portable(model.decoder, [cast(int, inputs)], mean)


def encoder(model: Model) -> Portable:
    """The encoder: from an image [C, H, W] to z [D], or to mu and log_var [2 * D] of a VAE.

    Raises NotPortableError.
    """
    return _portable(model.encoder, list(model.x_shape))


def classifier(model: Model) -> Portable:
    """The classifier: from an image [C, H, W] to the logits [classes] of q(y|x).

    Raises NotPortableError.
    """
    return _portable(model.classifier_network(), list(model.x_shape))


def describe(network: nn.Module, prefix: str = "") -> list[dict[str, Any]]:
    """The layers of a network as the format has them; `prefix` is that of their tensors' names.

    Raises NotPortableError.
    """
    if not isinstance(network, nn.Sequential):
        raise NotPortableError(f"A browser cannot run the network {type(network).__name__}.")
    return [_layer(f"{prefix}{name}", layer) for name, layer in network.named_children()]


def _layer(name: str, layer: nn.Module) -> dict[str, Any]:
    if getattr(layer, "bias", True) is None:
        raise NotPortableError("A browser runs layers with a bias only.")
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
            write = describe(cast(nn.Sequential, layer.write), f"{name}.write.")
            return {"kind": "recurrent", "name": name, "steps": layer.steps, "layers": write}
    if type(layer) in POINTWISE:
        return {"kind": POINTWISE[type(layer)]}
    raise NotPortableError(f"A browser cannot run the layer {type(layer).__name__}.")


def _convolution(name: str, layer: nn.Conv2d | nn.ConvTranspose2d) -> dict[str, Any]:
    plain = {"groups": 1, "dilation": (1, 1), "padding_mode": "zeros", "output_padding": (0, 0)}
    odd = [key for key, usual in plain.items() if getattr(layer, key) != usual]
    if odd or any(len(set(pair)) > 1 for pair in (layer.kernel_size, layer.stride, layer.padding)):
        raise NotPortableError("A browser runs plain convolutions only.")
    kind = "conv" if isinstance(layer, nn.Conv2d) else "conv-transpose"
    sizes = {"stride": layer.stride[0], "padding": layer.padding[0]}
    return {"kind": kind, "name": name} | sizes


def _portable(
    network: nn.Module, shape: list[int], mean: Sequence[dict[str, Any]] = ()
) -> Portable:
    return Portable(network, {"shape": shape, "layers": describe(network), "mean": list(mean)})
