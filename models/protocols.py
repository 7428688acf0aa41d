"""How each number on a card was measured: one frozen record for each way of measuring.

Equality of two records is what makes two numbers comparable, so a record holds all that changes the
number, and nothing that was found by it: those results stand in the metric itself. Draws of z, of
noise and of binary pixels come from generators of the `seed` told.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from .corruption import AdditiveGaussian, Corruption, OneOf
from .origins import CODES, MIXTURE, PRIOR
from .records import Record


@dataclass(frozen=True)
class Protocol(Record):
    """images: how many are looked at, all of the test set or its first ones."""

    images: int

    def __post_init__(self):
        for f in fields(self):
            value = getattr(self, f.name)
            kind: Any = f.type  # classes and unions of them: annotations are not strings here
            if not isinstance(value, kind) or (isinstance(value, bool) and f.type is not bool):
                raise TypeError(f"{f.name} of {self.kind!r} is {value!r}.")

    def sentence(self) -> str:
        """The protocol in English: clauses, the images last."""
        raise NotImplementedError

    def reference(self) -> str:
        """Which real images `Metric.real` is of; empty where there is no such comparison."""
        return ""

    def grey(self, which: str = "") -> str:
        return f"{which}{self.images:,} grey test images"


# --- reconstructions ------------------------------------------------------------------------------


def corruption_text(corruption: Corruption | OneOf) -> str:
    """Kind and strength, as in "masking 0.5"; of a mixture "one of masking 0.5, ..."."""
    if isinstance(corruption, OneOf):
        return f"one of {', '.join(map(corruption_text, corruption.choices))}"
    unclipped = ", not clipped" * (isinstance(corruption, AdditiveGaussian) and not corruption.clip)
    return f"{corruption.kind} {corruption.strength:g}{unclipped}"


@dataclass(frozen=True)
class SquaredError(Protocol):
    """Of reconstructions against the clean image, averaged over pixels, then over images.

    corruption: of the images that are encoded, empty for none, with the `seed` of its noise; in a
    curve it has no strength, which is the curve's axis. first: only the first images are looked at.
    """

    kind: ClassVar[str] = "squared error"

    corruption: str = ""
    seed: int | None = None
    first: bool = False

    def sentence(self):
        images = self.grey("first " * self.first)
        if not self.corruption:
            return images
        return (
            f"corrupted by {self.corruption}, seed {self.seed}, against the clean image; {images}"
        )


@dataclass(frozen=True)
class VarianceExplained(Protocol):
    """1 - mse / variance, the variance being about the mean of the training images."""

    kind: ClassVar[str] = "variance explained"

    def sentence(self):
        return (
            "1 - mse / variance, the variance being the squared distance per pixel from the mean "
            f"of the training images; {self.grey()}"
        )


@dataclass(frozen=True)
class LeadingComponents(Protocol):
    """Squared error of PCA with the first k components, for each k."""

    kind: ClassVar[str] = "leading components"

    def sentence(self):
        return f"the first k components alone; {self.grey()}"


# --- classes and codes ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Classification(Protocol):
    """The share of images whose likeliest class under q(y|x) is their label."""

    kind: ClassVar[str] = "classification"

    def sentence(self):
        return self.grey()


@dataclass(frozen=True)
class NearestNeighbours(Protocol):
    """Classes told by the `neighbours` nearest mean codes of `codes` training images.

    class_given: the encoder is given the class, as well as the image.
    """

    kind: ClassVar[str] = "nearest neighbours"

    neighbours: int
    codes: int
    class_given: bool = False

    def sentence(self):
        return (
            f"{self.grey()}, {self.neighbours} neighbours among the mean codes of "
            f"{self.codes:,} training images{_ENCODED_WITH_CLASS * self.class_given}"
        )


@dataclass(frozen=True)
class LinearProbe(Protocol):
    """Classes told by logistic regression on the standardised mean codes of training images."""

    kind: ClassVar[str] = "linear probe"

    codes: int
    penalty: int | float
    class_given: bool = False

    def sentence(self):
        return (
            f"{self.grey()}, logistic regression, L2 penalty {self.penalty:g}, of the standardised "
            f"mean codes of {self.codes:,} training images{_ENCODED_WITH_CLASS * self.class_given}"
        )


_ENCODED_WITH_CLASS = ", which the encoder made of image and class"


@dataclass(frozen=True)
class ActiveUnits(Protocol):
    """Dimensions whose mean codes vary by more than `threshold` (Burda et al. 2015, 5.2)."""

    kind: ClassVar[str] = "active units"

    threshold: int | float

    def sentence(self):
        return f"Var_x(E_q[z]) > {self.threshold:g}; {self.grey()}"


@dataclass(frozen=True)
class AggregateKl(Protocol):
    """KL from N(0, I) of the Gaussian with the moments of the aggregate posterior."""

    kind: ClassVar[str] = "aggregate kl"

    def sentence(self):
        return (
            "KL(N(mean, covariance) || N(0, I)), moments of the aggregate posterior of "
            f"{self.grey()}; it misses what two moments do not show: holes and clumps"
        )


@dataclass(frozen=True)
class AggregateMmd(Protocol):
    """Squared MMD of one draw z ~ q(z|x) an image from N(0, I).

    width: the kernel is exp(-|a - b|^2 / width).
    """

    kind: ClassVar[str] = "aggregate mmd"

    seed: int
    width: int

    def sentence(self):
        return (
            f"kernel exp(-|a - b|^2 / {self.width}), unbiased, one sample each of the aggregate "
            f"posterior of {self.grey()}, seed {self.seed}; it misses holes narrower than the "
            "kernel"
        )


# --- log p(x) and its bounds ----------------------------------------------------------------------

BINARY, LEVELS, DENSITY = "binary", "grey levels", "density"  # what p(x|z) gives, of which pixels
_PIXELS = {
    LEVELS: "a probability of their 256 grey levels, not comparable with that of binarized images",
    DENSITY: "a density of grey levels in [0, 1], not a probability and not comparable with that "
    "of binarized images",
}


@dataclass(frozen=True)
class Likelihood(Protocol):
    """What every estimate of log p(x) and of its terms says of the images.

    pixels: BINARY, each drawn once as Bernoulli(grey); LEVELS, a probability of grey levels; or
    DENSITY, a density of them. first: only the first images are looked at, and all estimates of
    them are by the same draws. class_given: the model is given the class: all is of log p(x|y).
    """

    seed: int
    pixels: str
    first: bool = False
    class_given: bool = False

    def by(self, samples: int) -> str:
        """The samples of q(z|x); side by side, all estimates are by the same ones."""
        if samples == 1:
            return "one sample of q(z|x) an image"
        return f"{'the same ' * self.first}{samples:,} samples of q(z|x) an image"

    def looked_at(self) -> str:
        n = f"{'first ' * self.first}{self.images:,}"
        given = "; given the class: of log p(x|y), not log p(x)" * self.class_given
        if self.pixels == BINARY:
            return f"{n} test images binarized once as Bernoulli(grey), seed {self.seed}{given}"
        return f"{n} grey test images, seed {self.seed}; {_PIXELS.get(self.pixels, '')}{given}"


@dataclass(frozen=True)
class Elbo(Likelihood):
    """The mean of log w = log p(x, z) - log q(z|x) over `samples` z ~ q(z|x) an image."""

    kind: ClassVar[str] = "elbo"

    samples: int = 1

    def sentence(self):
        return f"{self.by(self.samples)}; {self.looked_at()}"


@dataclass(frozen=True)
class Iwae(Likelihood):
    """The bound by `group` samples (Burda et al. 2015, eq. 8), averaged over groups of `samples`.

    group = samples: the importance-weighted estimate of log p(x).
    """

    kind: ClassVar[str] = "iwae"

    group: int = 1
    samples: int = 1

    def sentence(self):
        how = (
            f"importance-weighted, {self.by(self.samples)}"
            if self.group == self.samples
            else f"mean over groups of {self.group:,} of {self.by(self.samples)}"
        )
        return f"{how}; {self.looked_at()}"


@dataclass(frozen=True)
class Quadrature(Likelihood):
    """log p(x) as an integral over a plane of codes."""

    kind: ClassVar[str] = "quadrature"

    def sentence(self):
        return f"the integral over the plane on a lattice that is refined; {self.looked_at()}"


@dataclass(frozen=True)
class KlTerm(Likelihood):
    """KL(q(z|x) || p(z)); method: "closed form", and given what."""

    kind: ClassVar[str] = "kl"

    method: str = "closed form"

    def sentence(self):
        return f"{self.method}; {self.looked_at()}"


@dataclass(frozen=True)
class ReconstructionTerm(Likelihood):
    """-log p(x|z), z ~ q(z|x), by `samples` draws an image."""

    kind: ClassVar[str] = "reconstruction"

    samples: int = 1

    def sentence(self):
        return f"-log p(x|z), {self.by(self.samples)}; {self.looked_at()}"


@dataclass(frozen=True)
class BitsPerPixel(Protocol):
    """-log2 P(x) / dimensions, P a probability of `levels` grey levels, by the IWAE bound."""

    kind: ClassVar[str] = "bits per pixel"

    seed: int
    samples: int
    dimensions: int
    levels: int

    def sentence(self):
        return (
            f"-log2 P(x) / {self.dimensions}, bounded by IWAE-{self.samples}; {self.grey()}, "
            f"seed {self.seed}; P(x|z) is a probability of the {self.levels} grey levels: of a "
            "density the mass from half a level below to half a level above, black and white "
            "taking the tails"
        )


# --- drawn pictures -------------------------------------------------------------------------------

_ORIGINS = {
    PRIOR: "z from N(0, I)",
    MIXTURE: "z from a mixture of Gaussians fitted to codes of training images",
    CODES: "z the mean codes of the test images",
}
PROBABILITIES, LIKELIEST, SHARES, CERTAIN = "probabilities", "likeliest", "shares", "certain"


@dataclass(frozen=True)
class Drawn(Protocol):
    """What every measure of drawn pictures says of them: `images` means of p(x|z) a draw.

    draws: how many sets of pictures, with the seeds from `seed` on; None: nothing is drawn, for z
    are codes of test images. class_given: p(x|z, y) with the classes of test images.
    """

    origin: str
    draws: int | None = None
    seed: int | None = None
    class_given: bool = False

    def pictures(self) -> str:
        given = ", y), y the class of a test image" if self.class_given else ")"
        seeds = ""
        if self.draws is not None and self.seed is not None:
            seeds = f", {self.draws} draws, seeds {self.seed} to {self.seed + self.draws - 1}"
        origin = _ORIGINS.get(self.origin, self.origin)
        return f"{self.images:,} means of p(x|z{given}, {origin}{seeds}"

    def reference(self):
        return f"the first {self.images:,} real test images"


@dataclass(frozen=True)
class DrawnPixels(Drawn):
    """A measure of the pixels alone: sharpness, or the distance between two pictures."""

    kind: ClassVar[str] = "drawn pixels"

    def sentence(self):
        return self.pictures()


@dataclass(frozen=True)
class DrawnClasses(Drawn):
    """A measure of what `classifier`, a checkpoint, takes the pictures for.

    of: PROBABILITIES, averaged over pictures; LIKELIEST, the entropy of the likeliest classes;
    SHARES of them; or CERTAIN, how often a class has more than the probability `certainty`.
    """

    kind: ClassVar[str] = "drawn classes"

    classifier: str = ""
    of: str = PROBABILITIES
    certainty: float | None = None

    def sentence(self):
        by = f"our own classifier on {self.pictures()}"
        if self.of == LIKELIEST:
            return f"e^H, H the entropy of the likeliest classes, by {by}"
        if self.of == SHARES:
            return f"the likeliest class, by {by}, and on {self.reference()}"
        if self.certainty is not None:
            return f"over {self.certainty:.0%} sure of a class: {by}"
        return by


@dataclass(frozen=True)
class DrawnFeatures(Drawn):
    """A comparison with test images in the last hidden layer of `classifier`, of `features` units.

    neighbours: of precision and recall (Kynkaanniemi et al. 2019); None for the Frechet distance.
    """

    kind: ClassVar[str] = "drawn features"

    classifier: str = ""
    features: int = 0
    neighbours: int | None = None

    def sentence(self):
        k = f"k = {self.neighbours}, " if self.neighbours is not None else ""
        inception = ", not Inception's" if self.neighbours is None else ""
        return (
            f"{k}{self.features} features of our own classifier{inception}: {self.pictures()}, "
            f"against {self.images:,} test images"
        )

    def reference(self):
        return f"the first {self.images:,} real training images"


# --- known factors --------------------------------------------------------------------------------

LATENT, GROUND_TRUTH = "latent", "ground truth"  # whose codes: the model's, or the factors' own
_OF_FACTORS = "of the factors themselves as code; "


@dataclass(frozen=True)
class MutualInformation(Protocol):
    """I(z; v) of latent numbers and factors over a whole grid of pictures, and what follows of it.

    code: LATENT, or GROUND_TRUTH, which says what the estimator gives at best.
    """

    kind: ClassVar[str] = "mutual information"

    code: str = LATENT

    def sentence(self):
        return (
            f"{_OF_FACTORS * (self.code == GROUND_TRUTH)}Chen et al. 2018, eq. 6; I(z; v) of a "
            "draw from q(z|x) by integration over z, without bins; "
            f"all {self.images:,} pictures of the grid"
        )


@dataclass(frozen=True)
class Dci(Protocol):
    """Eastwood & Williams 2018, by random forests that learn from `fitted_on` random pictures."""

    kind: ClassVar[str] = "dci"

    fitted_on: int
    trees: int
    seed: int
    code: str = LATENT

    def sentence(self):
        source = _OF_FACTORS if self.code == GROUND_TRUTH else "Eastwood & Williams 2018; "
        return (
            f"{source}random forests of {self.trees} trees on the mean codes of "
            f"{self.fitted_on:,} random pictures, asked about {self.images:,} others; "
            f"seed {self.seed}"
        )


# --- directions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RidgeRegression(Protocol):
    """A measure of a digit predicted from its mean code; R^2 on the first test images."""

    kind: ClassVar[str] = "ridge regression"

    fitted_on: int
    penalty: int | float

    def sentence(self):
        return (
            f"ridge regression, penalty {self.penalty:g}, on the standardised mean codes of the "
            f"first {self.fitted_on:,} grey training digits, asked about the first "
            f"{self.images:,} grey test digits"
        )


@dataclass(frozen=True)
class Traversal(Protocol):
    """How a measure of decoded digits changes along a direction, from `low` to `high` steps."""

    kind: ClassVar[str] = "traversal"

    low: int | float
    high: int | float

    def sentence(self):
        return (
            f"least-squares slope over steps of {self.low:g} to {self.high:g} from the mean codes "
            f"of the first {self.images:,} grey test digits, decoded and measured"
        )


@dataclass(frozen=True)
class TrainingSpread(Protocol):
    """The standard deviation of a measure over the first training images."""

    kind: ClassVar[str] = "training spread"

    def sentence(self):
        return f"standard deviation over the first {self.images:,} grey training digits"
