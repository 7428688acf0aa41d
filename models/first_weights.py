"""What weights a game begins with: nothing but its opponent will correct a bad start."""

import math

import torch
from torch import nn

LAYERS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


@torch.no_grad()
def keep_the_scale(network: nn.Module) -> None:
    """Draw weights from N(0, 2 / n), n numbers summed, and no biases, as He et al. 2015 do (arXiv
    1502.01852, eq. 10), so that a signal keeps its size from layer to layer.

    PyTorch's own start shrinks it: of a deep generator, pictures of all codes would begin the same
    (standard deviation over z 0.005 of a grey instead of 0.19), and without an encoder nothing
    ever parts them.
    """
    for layer in network.modules():
        if isinstance(layer, LAYERS):
            summed = layer.weight[0].numel()
            if isinstance(layer, nn.ConvTranspose2d):
                summed = layer.weight[:, 0].numel() // math.prod(layer.stride)
            layer.weight.normal_(std=math.sqrt(2 / summed))
            layer.bias.zero_()
