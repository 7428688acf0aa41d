"""Grey digits made binary, as in training: what a Bernoulli likelihood is a likelihood of."""

import torch
from torch import Tensor

SEED = 0  # of the binary image that every view shows of a digit, so that their numbers agree


def binarize(x: Tensor, seed: int) -> Tensor:
    """x in [0, 1], any shape, as zeros and ones: a pixel is 1 with the probability x it had.

    Each pixel is compared with its own uniform number, which depends on the seed alone. So while
    a digit is drawn only those pixels change whose grey changes, and not all of them at random.
    """
    u = torch.rand(x.shape, generator=torch.Generator().manual_seed(seed))
    return (u < x.cpu()).to(x.dtype)
