"""The interface of every family, by which training and the page use it without knowing which."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Independent

from .corruption import Corruption, OneOf, RandomAffine
from .distributions import CodeDistribution
from .likelihoods import Bernoulli, DiscretizedLogistic, Gaussian
from .networks import NetworkConfig, decoder, encoder
from .records import Record, require_between


@dataclass(frozen=True)
class Batch:
    """The arguments of `Model.terms`.

    x: images [B, C, H, W] in [0, 1]. y: class indices [B], -1 where a class is not known, or None.
    generator: of the randomness in the terms, on the device of x; None: torch's global one.
    """

    x: Tensor
    y: Tensor | None = None
    generator: torch.Generator | None = None


# What a config may ask for, generously: each bound is far above any shipped model.
MOST_LATENT, MOST_CLASSES = 4_096, 1_000
MOST_CHANNELS, MOST_SIDE = 16, 1_024  # of an image
MOST_FACTOR = 10**6  # of weights of terms, and of standard deviations
MOST_STEPS = 10**9  # of training


@dataclass(frozen=True)
class Config(Record):
    """All that defines a model before training; a card stores it.

    family: a key of `models.FAMILIES`. latent: dimensions D of a code. encoder, decoder: sizes of
    the networks. likelihood: p(x|z). corruption: of the images that a denoising autoencoder or a
    classifier is trained on. code_penalty: weight of the deterministic autoencoder's term "code".
    x_shape: the shape [C, H, W] of an image. Raises ValueError, one sentence, for what cannot be.
    """

    kind: ClassVar[str] = "config"

    family: str
    latent: int
    encoder: NetworkConfig = field(default_factory=NetworkConfig)
    decoder: NetworkConfig = field(default_factory=NetworkConfig)
    likelihood: Bernoulli | Gaussian | DiscretizedLogistic = field(default_factory=Bernoulli)
    corruption: Corruption | OneOf | RandomAffine | None = None
    code_penalty: float = 0.0
    x_shape: tuple[int, int, int] = (1, 28, 28)

    def __post_init__(self):
        require_between(1, MOST_LATENT, latent=self.latent)
        require_between(0, MOST_FACTOR, code_penalty=self.code_penalty)
        channels, height, width = self.x_shape
        require_between(1, MOST_CHANNELS, **{"the channels of x_shape": channels})
        require_between(1, MOST_SIDE, **{"the sides of x_shape": height})
        require_between(1, MOST_SIDE, **{"the sides of x_shape": width})


@dataclass(frozen=True)
class LabelledConfig(Config):
    """Of families that use class labels; classes: how many there are.

    Raises ValueError, one sentence, for more than 1,000.
    """

    kind: ClassVar[str] = "labelled-config"

    classes: int = 10

    def __post_init__(self):
        super().__post_init__()
        require_between(1, MOST_CLASSES, classes=self.classes)


C = TypeVar("C", bound=Config)


def at_least_32_bits(features: Tensor) -> Tensor:
    """The same values, as float32 if they have fewer bits.

    Layers may run in bfloat16; logarithms, exponentials and sums over all pixels would lose digits.
    """
    return features.float() if features.dtype.itemsize < 4 else features


class Model(nn.Module, Generic[C]):
    """An encoder q(z|x), a decoder p(x|z), and the terms that training weighs.

    A family subclasses it, sets `family`, `title` and those facts that differ, and defines `encode`
    and `terms`. It overrides `objective` if weights change or more than one player learns, and
    `players` in the second case. If it has sizes of its own, `config_type` is its kind of Config.

    encoder: from images [B, C, H, W] to [B, encoder_outputs], where there is an encoder. decoder:
    from `condition(z, y)` to [B, C * likelihood.parameters, H, W]; likelihood: from that to p(x|z),
    where there is a decoder.
    """

    family: ClassVar[str]
    title: ClassVar[str]
    config_type: ClassVar[type[Config]] = Config
    has_encoder: ClassVar[bool] = True
    has_decoder: ClassVar[bool] = True
    has_prior: ClassVar[bool] = False  # does `prior` know a p(z)?
    has_classifier: ClassVar[bool] = False  # is there a q(y|x): `classify`, `classifier_network`?
    has_likelihood: ClassVar[bool] = True  # does training score p(x|z)? A game does not
    encode_needs_label: ClassVar[bool] = False  # do `encode` and `decode` raise without y?
    decode_needs_label: ClassVar[bool] = False  # does `decode` raise without y?
    adam_beta1: ClassVar[float] = 0.9  # of the optimizer; games are more stable with less

    config: C
    encoder: nn.Module
    decoder: nn.Sequential
    likelihood: nn.Module

    def __init__(self, config: C):
        super().__init__()
        self.config = config
        if self.has_encoder:
            self.encoder = self.build_encoder()
        if self.has_decoder:
            self.decoder = self.build_decoder()
            self.likelihood = config.likelihood.build()
        # Convolutions with few channels take two thirds of the time with the channels innermost.
        self.to(memory_format=torch.channels_last)

    def build_encoder(self) -> nn.Module:
        """A new network from images [B, C, H, W] to [B, encoder_outputs]."""
        return encoder(self.x_shape, self.encoder_outputs, self.config.encoder)

    def build_decoder(self) -> nn.Sequential:
        """A new network from what `condition` returns to [B, C * likelihood.parameters, H, W]."""
        # On the CPU, whatever device the weights are made on: only the size counts.
        z = torch.zeros(1, self.latent, device="cpu")
        y = torch.zeros(1, dtype=torch.long, device="cpu")
        inputs = self.condition(z, y).shape[1]
        return decoder(inputs, self.decoder_channels, self.x_shape, self.config.decoder)

    @property
    def encoder_outputs(self) -> int:
        """How many numbers the encoder gives for an image."""
        return self.latent

    @property
    def decoder_channels(self) -> int:
        """How many channels the decoder gives: of each parameter of p(x|z) as many as x has."""
        return self.x_shape[0] * self.config.likelihood.parameters

    @property
    def latent(self) -> int:
        """The number D of dimensions of a code."""
        return self.config.latent

    @property
    def x_shape(self) -> tuple[int, int, int]:
        """The shape [C, H, W] of an image."""
        return self.config.x_shape

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return next(self.parameters()).device

    def prior(self) -> CodeDistribution | None:
        """p(z) over codes [D], on the model's device; None without `has_prior`."""
        return None

    def encode(self, x: Tensor, y: Tensor | None = None) -> CodeDistribution:
        """q(z|x) over codes [B, D], for images x [B, C, H, W] and perhaps classes y [B].

        Raises ValueError without y if `encode_needs_label`.
        """
        raise NotImplementedError

    def decode(self, z: Tensor, y: Tensor | None = None) -> "Independent[Any]":
        """p(x|z) over images [B, C, H, W], for codes z [B, D] and perhaps classes y [B].

        `.mean` is the picture. Raises ValueError without y if `decode_needs_label`.
        """
        return self.likelihood(at_least_32_bits(self.decoder(self.condition(z, y))))

    def condition(self, z: Tensor, y: Tensor | None) -> Tensor:
        """The decoder's input [B, n], for codes z [B, D] and perhaps classes y [B]: z itself.

        A family whose decoder depends on y overrides it; n follows from what it returns.
        """
        return z

    def corrupt(self, batch: Batch) -> Tensor:
        """The encoder's input in training [B, C, H, W]; what is reconstructed stays batch.x."""
        return batch.x

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        """{name: term [B]}: unweighted, in nats per image."""
        raise NotImplementedError

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        """{player: {term: weight}} at a step of training: what each player minimises.

        A player's loss is the sum of weight times term, averaged over the batch.
        """
        return {"model": {"reconstruction": 1.0}}

    def players(self) -> dict[str, list[nn.Parameter]]:
        """{player: the parameters that its loss trains}; each parameter has one player."""
        return {"model": list(self.parameters())}

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """E[p(x|z)] at the mean code z = E[q(z|x)], [B, C, H, W], for images [B, C, H, W]."""
        return self.decode(self.encode(x, y).mean, y).mean

    def classify(self, x: Tensor) -> Categorical:
        """q(y|x) over classes, for images [B, C, H, W], if `has_classifier`."""
        raise NotImplementedError

    def classifier_network(self) -> nn.Sequential:
        """The network from images [B, C, H, W] to the logits [B, classes] of q(y|x)."""
        raise NotImplementedError

    def required_label(self, y: Tensor | None) -> Tensor:
        """y itself. Raises ValueError, one sentence, if it is None."""
        if y is None:
            raise ValueError(f"the family {self.family} needs a label for every image.")
        return y

    def kl_estimator(self) -> str:
        """How the term "kl" is computed, in words, for the protocols on cards."""
        return "closed form"

    def learns_from_unlabelled(self) -> bool:
        """Whether terms of an image with y = -1, "not known", train any parameter for its class."""
        return False
