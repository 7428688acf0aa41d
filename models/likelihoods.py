"""Likelihoods p(x|z): from the decoder's output to a distribution over images.

A frozen record configures a likelihood; `build` makes of it a module that maps decoder features
[B, parameters * C, H, W] to a distribution over images [B, C, H, W], whose `log_prob` is [B], nats
summed over pixels, and whose `mean` is the picture.
"""

from copy import deepcopy
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, ClassVar, cast

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli as BernoulliDistribution
from torch.distributions import Distribution, Independent, Normal, constraints
from torch.nn.functional import logsigmoid

from .records import Record, require_between

if TYPE_CHECKING:
    from .base import Model

# Bounds on a learned log variance. exp(-9) is a standard deviation of 1/90, about three grey
# levels. Without a floor the likelihood of pixels that are always black has no upper bound.
MIN_LOG_VAR, MAX_LOG_VAR = -9.0, 3.0
# Bounds on the log scale of a discretized logistic: exp(-7) is a quarter of a grey level's width.
# The floor only keeps numbers finite: a probability is at most 1 without it.
MIN_LOG_SCALE, MAX_LOG_SCALE = -7.0, 1.5
# Bounds on what a config may say of either: logarithms and squares of these are finite numbers.
LEAST_SIGMA, MOST_SIGMA = 1e-6, 10**6
GREY_LEVELS = 256  # a grey pixel is k/255, k from 0 to 255
# The outer end of the first and the last grey level: beyond all mass, for any scale within the
# bounds, but finite, because infinity times a gradient of 0 is NaN.
FAR = 1_000.0


@dataclass(frozen=True)
class Bernoulli(Record):
    """Each pixel is 1 with probability sigmoid(feature): a likelihood of binary images.

    discrete: is `log_prob` the log of a probability, not of a density? binary: is it of pixels that
    are 0 or 1? parameters: features per pixel. mean: the function from features to the mean.
    """

    kind: ClassVar[str] = "bernoulli"
    discrete: ClassVar[bool] = True
    binary: ClassVar[bool] = True
    parameters: ClassVar[int] = 1
    mean: ClassVar[str] = "sigmoid"

    def build(self) -> nn.Module:
        return BernoulliLikelihood()


@dataclass(frozen=True)
class Gaussian(Record):
    """Each pixel is Gaussian, independently given z.

    variance: "fixed" is sigma^2, "shared" one learned number that starts at sigma^2, "predicted"
    one number per pixel from the decoder, which is sigma^2 times the exponential of a feature.
    mean: "sigmoid" or "identity" of a feature. Raises ValueError for other values.
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
        require_between(LEAST_SIGMA, MOST_SIGMA, sigma=self.sigma)

    @property
    def parameters(self) -> int:
        return 2 if self.variance == "predicted" else 1

    def build(self) -> nn.Module:
        return GaussianLikelihood(self)


@dataclass(frozen=True)
class DiscretizedLogistic(Record):
    """Each pixel is a logistic variable rounded to one of 256 grey levels.

    Salimans et al. 2017 (PixelCNN++, arXiv 1701.05517), eq. 2, with one component. The decoder
    gives a location and a scale per pixel: the location is a feature, which may be below 0 or above
    1; the scale is `scale` times the exponential of a feature. Raises ValueError unless scale > 0.
    """

    kind: ClassVar[str] = "discretized-logistic"
    discrete: ClassVar[bool] = True
    binary: ClassVar[bool] = False
    parameters: ClassVar[int] = 2
    mean: ClassVar[str] = "grey levels"  # a sum over all of them

    scale: float = 0.3

    def __post_init__(self):
        require_between(LEAST_SIGMA, MOST_SIGMA, scale=self.scale)

    def build(self) -> nn.Module:
        return DiscretizedLogisticLikelihood(self)


class BernoulliLikelihood(nn.Module):
    """p(x|z) of a Bernoulli: features are the log-odds of each pixel."""

    def forward(self, features: Tensor) -> Independent:
        """A distribution over images [B, C, H, W], for features [B, C, H, W]."""
        return Independent(BernoulliDistribution(logits=features, validate_args=False), 3)


class GaussianLikelihood(nn.Module):
    """p(x|z) of a Gaussian; `log_var` is log sigma^2 as configured, or as learned if shared."""

    def __init__(self, spec: Gaussian):
        super().__init__()
        self.spec = spec
        log_var = torch.tensor(2.0 * log(spec.sigma))
        if spec.variance == "shared":
            self.log_var = nn.Parameter(log_var)
        else:
            self.register_buffer("log_var", log_var, persistent=False)

    def forward(self, features: Tensor) -> Independent:
        """A distribution over images [B, C, H, W], for features [B, parameters * C, H, W].

        With a predicted variance the second half of the channels is log(sigma^2 / spec.sigma^2).
        """
        if self.spec.variance == "predicted":
            features, log_var = features.chunk(2, dim=1)
            log_var = (self.log_var + log_var).clamp(MIN_LOG_VAR, MAX_LOG_VAR)
        else:
            log_var = self.log_var
        mean = torch.sigmoid(features) if self.spec.mean == "sigmoid" else features
        sigma = torch.exp(0.5 * log_var).expand_as(mean)
        return Independent(Normal(mean, sigma, validate_args=False), 3)


class DiscretizedLogisticLikelihood(nn.Module):
    """p(x|z) of a DiscretizedLogistic."""

    def __init__(self, spec: DiscretizedLogistic):
        super().__init__()
        self.spec = spec

    def forward(self, features: Tensor) -> Independent:
        """A distribution over images [B, C, H, W], for features [B, 2 * C, H, W].

        The first half of the channels is the locations, the second log(scale / spec.scale).
        """
        location, log_scale = features.chunk(2, dim=1)
        log_scale = (log(self.spec.scale) + log_scale).clamp(MIN_LOG_SCALE, MAX_LOG_SCALE)
        return Independent(RoundedLogistic(location, log_scale.exp()), 3)


class RoundedGaussian(nn.Module):
    """p(x|z) of a GaussianLikelihood rounded to grey levels: a probability of each of them."""

    def __init__(self, density: GaussianLikelihood):
        super().__init__()
        self.density = density

    def forward(self, features: Tensor) -> Independent:
        """A distribution over images [B, C, H, W], for the features of the density."""
        return rounded(self.density(features))


class Rounded(Distribution):
    """X = location + scale * T, rounded to the nearest grey level k/255 and clipped to [0, 1].

    Elementwise, for location and scale of one shape; a subclass gives the distribution of T. With
    h = 1/510, half a level's width, and F the distribution function of X before rounding,
    P(k/255) = F(k/255 + h) - F(k/255 - h), where -inf replaces -h for k = 0 and +inf replaces h for
    k = 255 (Salimans et al. 2017, eq. 2). The 256 probabilities sum to 1, so log probabilities of
    any two such distributions can be compared. `log_prob` is of multiples of 1/255.
    """

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {}

    @property
    def support(self) -> constraints.Constraint:
        return constraints.unit_interval

    def __init__(self, location: Tensor, scale: Tensor):
        self.location, self.scale = location, scale
        super().__init__(location.shape, validate_args=False)

    @staticmethod
    def log_between(a: Tensor, b: Tensor) -> Tensor:
        """log P(a < T < b), nats, elementwise for a < b."""
        raise NotImplementedError

    @staticmethod
    def survival(t: Tensor) -> Tensor:
        """The survival function P(T > t), elementwise."""
        raise NotImplementedError

    def log_prob(self, value: Tensor) -> Tensor:
        half = 0.5 / (GREY_LEVELS - 1)
        low = torch.where(value < half, -FAR, value - half)
        high = torch.where(value > 1 - half, FAR, value + half)
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
    """A logistic variable, rounded: T has the distribution function sigmoid(t)."""

    @staticmethod
    def log_between(a: Tensor, b: Tensor) -> Tensor:
        # sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b)), without cancellation.
        return logsigmoid(b) + logsigmoid(-a) + torch.log(-torch.expm1(a - b))

    @staticmethod
    def survival(t: Tensor) -> Tensor:
        return torch.sigmoid(-t)

    def icdf(self, value: Tensor) -> Tensor:
        """The grey levels at which the distribution function reaches `value` in [0, 1]."""
        level = (GREY_LEVELS - 1) * (self.location + self.scale * torch.logit(value))
        return level.round().clamp(0, GREY_LEVELS - 1) / (GREY_LEVELS - 1)


class RoundedNormal(Rounded):
    """A Gaussian variable, rounded: T is a standard normal."""

    @staticmethod
    def log_between(a: Tensor, b: Tensor) -> Tensor:
        # Intervals right of 0 are mirrored to the left tail, where log_ndtr is exact.
        right = a + b > 0
        a, b = torch.where(right, -b, a), torch.where(right, -a, b)
        below_a, below_b = torch.special.log_ndtr(a), torch.special.log_ndtr(b)
        return below_b + torch.log(-torch.expm1(below_a - below_b))

    @staticmethod
    def survival(t: Tensor) -> Tensor:
        return torch.special.ndtr(-t)


def rounded(density: Independent) -> Independent:
    """Gaussian pixels [B, C, H, W] rounded to grey levels: each is a RoundedNormal."""
    pixels = cast(Normal, density.base_dist)
    return Independent(RoundedNormal(pixels.loc, pixels.scale), 3)


def has_binary_pixels(p: Distribution) -> bool:
    """Is p(x|z) a probability of black and white images, not one of grey ones?"""
    support = p.support
    assert support is not None  # of a Bernoulli {0, 1}, of the others an interval or all numbers
    return bool(support.is_discrete)


def over_grey_levels(model: "Model") -> "Model":
    """The model itself if its p(x|z) is discrete; else a copy whose density is rounded."""
    if model.config.likelihood.discrete:
        return model
    copy = deepcopy(model)
    copy.likelihood = RoundedGaussian(cast(GaussianLikelihood, model.likelihood))
    return copy
