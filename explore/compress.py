"""What k numbers keep of an image: PCA beside autoencoders, and how far their subspaces part."""

import torch
from torch import Tensor, nn

from models import Model


@torch.no_grad()
def first_components(model: Model, x: Tensor, k: int) -> Tensor:
    """Pictures [B, C, H, W] of images x by PCA with k components.

    `model` is a linear autoencoder whose code holds the principal components, largest first.
    """
    z = model.encode(x).mean
    z[:, k:] = 0
    return model.decode(z).mean


def principal_angles(a: Tensor, b: Tensor) -> Tensor:
    """Angles [k], radians, the largest first, between the spaces spanned by the columns of a and b.

    a, b [P, k] of full rank. By their sines, as the cosine of a small angle is 1 to within rounding
    (Björck & Golub 1973, "Numerical methods for computing angles between linear subspaces").
    """
    a, b = torch.linalg.qr(a).Q, torch.linalg.qr(b).Q
    sines = torch.linalg.svdvals(a - b @ (b.T @ a))
    return sines.clamp(max=1).asin()


def explained(mse: float, variance: float) -> float:
    """The share of the variance that is kept when `mse` of it is lost, both per pixel."""
    return 1 - mse / variance


def directions(model: Model) -> Tensor:
    """What each number of a linear autoencoder's code adds to the picture: [P, k], float64."""
    (layer,) = (each for each in model.decoder if isinstance(each, nn.Linear))
    return layer.weight.detach().cpu().double()
