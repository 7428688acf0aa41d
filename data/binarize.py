"""Grey images made binary, as in training with a Bernoulli likelihood."""

import torch
from torch import Tensor

SEED = 0  # of the binary image that every view shows of a digit, so that their numbers agree


def binarize(x: Tensor, seed: int) -> Tensor:
    """A draw from Bernoulli(x): zeros and ones of x's shape and type, on the CPU, for x in [0, 1].

    Each pixel is compared with its own uniform number, which depends on `seed` and x's shape alone:
    where the grey of a pixel stays, its draw stays, while other pixels change.
    """
    u = torch.rand(x.shape, generator=torch.Generator().manual_seed(seed))
    return (u < x.cpu()).to(x.dtype)
