"""Corruptions q(x~|x) of images: the noise of denoising autoencoders, and augmentation.

Vincent et al. 2010 (JMLR 11), section 3.3.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from .records import Record, require_between

MOST_CHOICES = 16  # of OneOf


def _uniform(x: Tensor, generator: torch.Generator | None, shape=None) -> Tensor:
    return torch.rand(shape or x.shape, generator=generator, device=x.device, dtype=x.dtype)


@dataclass(frozen=True)
class Corruption(Record):
    """q(x~|x) with one parameter, `strength`.

    Raises ValueError unless the strength is within `strength_range`.
    """

    strength: float
    strength_range: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __post_init__(self):
        low, high = self.strength_range
        if not low <= self.strength <= high:
            raise ValueError(f"{self.kind} strength must lie between {low:g} and {high:g}.")

    def at(self, strength: float) -> "Corruption":
        """The same corruption with another strength."""
        return replace(self, strength=strength)

    def sample(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A draw x~ for each image of x [B, C, H, W], of the same shape."""
        raise NotImplementedError

    def mean(self, x: Tensor) -> Tensor:
        """E[x~|x] in closed form, for images x [B, C, H, W], of the same shape."""
        raise NotImplementedError


@dataclass(frozen=True)
class Masking(Corruption):
    """Each pixel is set to 0 with probability v = strength, independently."""

    kind: ClassVar[str] = "masking"
    symbol: ClassVar[str] = "v"

    def sample(self, x, generator=None):
        return x * (_uniform(x, generator) >= self.strength)

    def mean(self, x):
        return (1.0 - self.strength) * x


@dataclass(frozen=True)
class AdditiveGaussian(Corruption):
    """x + sigma * epsilon with sigma = strength, clipped to [0, 1] unless `clip` is false."""

    kind: ClassVar[str] = "gaussian-noise"
    symbol: ClassVar[str] = "sigma"
    strength_range: ClassVar[tuple[float, float]] = (0.0, 2.0)

    clip: bool = True

    def sample(self, x, generator=None):
        epsilon = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
        noisy = x + self.strength * epsilon
        return noisy.clamp(0.0, 1.0) if self.clip else noisy

    def mean(self, x):
        # E[clip(x + sigma eps)] is the integral of P(x + sigma eps > t) over t in [0, 1].
        if not self.clip or self.strength == 0:
            return x
        standard = torch.distributions.Normal(torch.zeros((), dtype=x.dtype, device=x.device), 1.0)

        def integral_of_cdf(u: Tensor) -> Tensor:
            return u * standard.cdf(u) + standard.log_prob(u).exp()

        sigma = self.strength
        return sigma * (integral_of_cdf(x / sigma) - integral_of_cdf((x - 1.0) / sigma))


@dataclass(frozen=True)
class SaltAndPepper(Corruption):
    """With probability v = strength a pixel is replaced by 0 or 1, each equally likely."""

    kind: ClassVar[str] = "salt-and-pepper"
    symbol: ClassVar[str] = "v"

    def sample(self, x, generator=None):
        u = _uniform(x, generator)
        pepper_or_x = torch.where(u < self.strength / 2, torch.zeros_like(x), x)
        return torch.where(u > 1.0 - self.strength / 2, torch.ones_like(x), pepper_or_x)

    def mean(self, x):
        return (1.0 - self.strength) * x + self.strength / 2


@dataclass(frozen=True)
class OneOf(Record):
    """Each image gets one of `choices`, drawn uniformly and independently.

    Raises ValueError for none and for more than 16.
    """

    kind: ClassVar[str] = "one-of"

    choices: tuple[Corruption, ...]

    def __post_init__(self):
        require_between(1, MOST_CHOICES, **{"the number of choices": len(self.choices)})

    def sample(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A draw x~ for each image of x [B, C, H, W], of the same shape."""
        which = _uniform(x, generator, (x.shape[0],) + (1,) * (x.dim() - 1)) * len(self.choices)
        corrupted = x
        for i, choice in enumerate(self.choices):
            corrupted = torch.where(which.floor() == i, choice.sample(x, generator), corrupted)
        return corrupted

    def mean(self, x: Tensor) -> Tensor:
        """E[x~|x] in closed form, for images x [B, C, H, W], of the same shape."""
        return torch.stack([choice.mean(x) for choice in self.choices]).mean(0)


@dataclass(frozen=True)
class RandomAffine(Record):
    """A random affine map of each image: small shifts, rotations, scalings and shears.

    In coordinates from -1 to 1 along both axes, the map's 2 x 3 matrix is that of the identity plus
    independent draws from N(0, strength^2). It augments training images as Simard et al. 2003
    ("Best practices for convolutional neural networks"), section 2, describe. Raises ValueError
    unless the strength is within 0 and 1.
    """

    kind: ClassVar[str] = "random-affine"

    strength: float

    def __post_init__(self):
        require_between(0, 1, strength=self.strength)

    def sample(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The mapped images [B, C, H, W], bilinearly sampled; what lies outside the image is 0."""
        shape = (len(x), 2, 3)
        noise = torch.randn(shape, generator=generator, device=x.device, dtype=x.dtype)
        maps = torch.eye(2, 3, device=x.device, dtype=x.dtype) + self.strength * noise
        grid = affine_grid(maps, list(x.shape), align_corners=False)
        return grid_sample(x, grid.to(x.dtype), align_corners=False)


CORRUPTIONS: dict[str, type[Corruption]] = {
    c.kind: c for c in (AdditiveGaussian, Masking, SaltAndPepper)
}
