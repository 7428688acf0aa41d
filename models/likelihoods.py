"""Likelihoods p(x|z): what the numbers a decoder puts out mean.

A likelihood is configured by a frozen record and built into a module that maps decoder features
[B, parameters * C, H, W] to a distribution over images whose `log_prob` is [B], nats summed over
pixels, and whose `mean` [B, C, H, W] is the picture.
"""

from dataclasses import dataclass
from math import log
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli as BernoulliDistribution
from torch.distributions import Distribution, Independent, Normal

from .records import Record

# Bounds on a learned log variance: exp(-9) is a pixel standard deviation of 1/90, about the size
# of two grey levels. Without a floor, pixels that are always black drive the likelihood to +inf.
MIN_LOG_VAR, MAX_LOG_VAR = -9.0, 3.0


@dataclass(frozen=True)
class Bernoulli(Record):
    """Each pixel is 1 with probability sigmoid(feature). A likelihood of binary images only."""

    kind: ClassVar[str] = "bernoulli"
    discrete: ClassVar[bool] = True  # a mass, not a density
    parameters: ClassVar[int] = 1
    mean: ClassVar[str] = "sigmoid"

    def build(self) -> nn.Module:
        return BernoulliLikelihood()


@dataclass(frozen=True)
class Gaussian(Record):
    """Diagonal Gaussian pixels.

    `variance` is "fixed" (sigma^2), "shared" (one learned number, starting at sigma^2) or
    "predicted" (one per pixel, from the decoder). `mean` is "sigmoid" or "identity" of the
    features; a linear autoencoder needs the identity.
    """

    kind: ClassVar[str] = "gaussian"
    discrete: ClassVar[bool] = False

    variance: str = "fixed"
    sigma: float = 0.1
    mean: str = "sigmoid"

    def __post_init__(self):
        if self.variance not in ("fixed", "shared", "predicted"):
            raise ValueError("variance must be fixed, shared or predicted.")
        if self.mean not in ("sigmoid", "identity"):
            raise ValueError("mean must be sigmoid or identity.")
        if not self.sigma > 0:
            raise ValueError("sigma must be above 0.")

    @property
    def parameters(self) -> int:
        return 2 if self.variance == "predicted" else 1

    def build(self) -> nn.Module:
        return GaussianLikelihood(self)


class BernoulliLikelihood(nn.Module):
    """Features are the log-odds of each pixel; `log_prob` stays finite at any of them."""

    def forward(self, features: Tensor) -> Distribution:
        return Independent(BernoulliDistribution(logits=features, validate_args=False), 3)


class GaussianLikelihood(nn.Module):
    """N(x; mean, sigma^2) with sigma^2 fixed, shared and learned, or predicted per pixel."""

    def __init__(self, spec: Gaussian):
        super().__init__()
        self.spec = spec
        log_var = torch.tensor(2.0 * log(spec.sigma))
        if spec.variance == "shared":
            self.log_var = nn.Parameter(log_var)
        else:
            self.register_buffer("log_var", log_var, persistent=False)

    def forward(self, features: Tensor) -> Distribution:
        if self.spec.variance == "predicted":
            features, log_var = features.chunk(2, dim=1)
            # A zero feature means the configured sigma, so training starts from a sane scale.
            log_var = (self.log_var + log_var).clamp(MIN_LOG_VAR, MAX_LOG_VAR)
        else:
            log_var = self.log_var
        mean = torch.sigmoid(features) if self.spec.mean == "sigmoid" else features
        sigma = torch.exp(0.5 * log_var).expand_as(mean)
        return Independent(Normal(mean, sigma, validate_args=False), 3)
