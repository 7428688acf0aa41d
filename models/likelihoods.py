"""Likelihoods p(x|z): what the numbers a decoder puts out mean.

A likelihood is configured by a frozen record and built into a module that maps decoder features
[B, parameters * C, H, W] to a distribution over images whose `log_prob` is [B], nats summed over
pixels, and whose `mean` [B, C, H, W] is the picture.
"""

from copy import deepcopy
from dataclasses import dataclass
from math import log
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli as BernoulliDistribution
from torch.distributions import Distribution, Independent, Normal, constraints
from torch.nn.functional import logsigmoid

from .records import Record

# Bounds on a learned log variance: exp(-9) is a pixel standard deviation of 1/90, about the size
# of two grey levels. Without a floor, pixels that are always black drive the likelihood to +inf.
MIN_LOG_VAR, MAX_LOG_VAR = -9.0, 3.0
# Of a discretized logistic: a quarter of a grey level's width. A mass is at most 1, so this floor
# only keeps numbers finite; nothing is won by sitting on it.
MIN_LOG_SCALE, MAX_LOG_SCALE = -7.0, 1.5
GREY_LEVELS = 256  # levels k/255 of a grey pixel
# Where the tails of the outermost grey levels end: as good as infinity for any scale above, but
# its products with a gradient of 0 are 0.
FAR = 1_000.0


@dataclass(frozen=True)
class Bernoulli(Record):
    """Each pixel is 1 with probability sigmoid(feature). A likelihood of binary images only."""

    kind: ClassVar[str] = "bernoulli"
    discrete: ClassVar[bool] = True  # a mass, not a density
    binary: ClassVar[bool] = True  # of black and white pixels, not of grey ones
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
    binary: ClassVar[bool] = False

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


@dataclass(frozen=True)
class DiscretizedLogistic(Record):
    """Each of the 256 grey levels has a probability: that of a logistic distribution rounded to it.

    Location and scale are the decoder's, one of each per pixel; the scale starts at `scale`. The
    location may lie beyond 0 or 1: then black or white is nearly certain (Salimans et al. 2017,
    PixelCNN++, arXiv 1701.05517, eq. 2, with one component).
    """

    kind: ClassVar[str] = "discretized-logistic"
    discrete: ClassVar[bool] = True
    binary: ClassVar[bool] = False
    parameters: ClassVar[int] = 2
    mean: ClassVar[str] = "grey levels"  # a sum over them, not a function of one feature

    scale: float = 0.3

    def __post_init__(self):
        if not self.scale > 0:
            raise ValueError("scale must be above 0.")

    def build(self) -> nn.Module:
        return DiscretizedLogisticLikelihood(self)


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


class DiscretizedLogisticLikelihood(nn.Module):
    """Features are the locations, then the logarithms of the scales relative to the configured."""

    def __init__(self, spec: DiscretizedLogistic):
        super().__init__()
        self.spec = spec

    def forward(self, features: Tensor) -> Distribution:
        location, log_scale = features.chunk(2, dim=1)
        log_scale = (log(self.spec.scale) + log_scale).clamp(MIN_LOG_SCALE, MAX_LOG_SCALE)
        return Independent(RoundedLogistic(location, log_scale.exp()), 3)


class RoundedGaussian(nn.Module):
    """The probability of each grey level under the density of a GaussianLikelihood."""

    def __init__(self, density: GaussianLikelihood):
        super().__init__()
        self.density = density

    def forward(self, features: Tensor) -> Distribution:
        return rounded(self.density(features))


class Rounded(Distribution):
    """X = location + scale * T rounded to the nearest grey level k/255, or to 0 and 1 beyond them.

    Elementwise, for location and scale of one shape. With h = 1/510, half a level's width, and F
    the distribution function of X, P(k/255) = F(k/255 + h) - F(k/255 - h), where the level 0
    takes all below and the level 1 all above (Salimans et al. 2017, eq. 2). The 256 masses sum to
    1, so their logs can be compared between any two distributions of grey levels. `log_prob` takes
    multiples of 1/255. Subclasses know the distribution of T.
    """

    arg_constraints = {}
    support = constraints.unit_interval  # of which it takes 256 places

    def __init__(self, location: Tensor, scale: Tensor):
        self.location, self.scale = location, scale
        super().__init__(location.shape, validate_args=False)

    @staticmethod
    def log_between(a: Tensor, b: Tensor) -> Tensor:
        """log P(a < T < b), nats, for a < b."""
        raise NotImplementedError

    @staticmethod
    def survival(t: Tensor) -> Tensor:
        """P(T > t)."""
        raise NotImplementedError

    def log_prob(self, x: Tensor) -> Tensor:
        half = 0.5 / (GREY_LEVELS - 1)
        low = torch.where(x < half, -FAR, x - half)
        high = torch.where(x > 1 - half, FAR, x + half)
        return self.log_between(self._standard(low), self._standard(high))

    @property
    def mean(self) -> Tensor:
        return self._moments()[0]

    @property
    def variance(self) -> Tensor:
        return self._moments()[1]

    def _moments(self) -> tuple[Tensor, Tensor]:
        """Mean and variance, from E[k] = sum_j P(k >= j) and E[k^2] = sum_j (2j - 1) P(k >= j)."""
        # In float64: the variance of a pixel that is nearly certain is a difference of near equals.
        location, scale = self.location.double(), self.scale.double()
        first, second = torch.zeros_like(location), torch.zeros_like(location)
        for j in range(1, GREY_LEVELS):
            above = self.survival(((j - 0.5) / (GREY_LEVELS - 1) - location) / scale)
            first += above
            second += (2 * j - 1) * above
        variance = (second - first**2).clamp(min=0) / (GREY_LEVELS - 1) ** 2
        return (first / (GREY_LEVELS - 1)).to(self.location), variance.to(self.location)

    def _standard(self, x: Tensor) -> Tensor:
        return (x - self.location) / self.scale


class RoundedLogistic(Rounded):
    """T has the distribution function sigmoid(t)."""

    @staticmethod
    def log_between(a: Tensor, b: Tensor) -> Tensor:
        # sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b)): no difference is lost.
        return logsigmoid(b) + logsigmoid(-a) + torch.log(-torch.expm1(a - b))

    @staticmethod
    def survival(t: Tensor) -> Tensor:
        return torch.sigmoid(-t)

    def icdf(self, u: Tensor) -> Tensor:
        """The grey level of each u in [0, 1]: draws, where u is uniform."""
        level = (GREY_LEVELS - 1) * (self.location + self.scale * torch.logit(u))
        return level.round().clamp(0, GREY_LEVELS - 1) / (GREY_LEVELS - 1)


class RoundedNormal(Rounded):
    """T is a standard normal: the mass that a Gaussian density gives to every grey level."""

    @staticmethod
    def log_between(a: Tensor, b: Tensor) -> Tensor:
        # In the left tail, where the logarithm of the distribution function keeps its digits.
        right = a + b > 0
        a, b = torch.where(right, -b, a), torch.where(right, -a, b)
        below_a, below_b = torch.special.log_ndtr(a), torch.special.log_ndtr(b)
        return below_b + torch.log(-torch.expm1(below_a - below_b))

    @staticmethod
    def survival(t: Tensor) -> Tensor:
        return torch.special.ndtr(-t)


def rounded(density: Distribution) -> Distribution:
    """The probabilities that a density of Gaussian pixels gives to the grey levels of images."""
    pixels = density.base_dist
    return Independent(RoundedNormal(pixels.loc, pixels.scale), 3)


def over_grey_levels(model: nn.Module) -> nn.Module:
    """The model with p(x|z) as a probability of grey levels: a copy if its own is a density."""
    if model.config.likelihood.discrete:
        return model
    copy = deepcopy(model)
    copy.likelihood = RoundedGaussian(model.likelihood)
    return copy
