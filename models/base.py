"""The contract every family keeps, so that training and the page never ask which one they hold."""

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from .corruption import Corruption, OneOf
from .likelihoods import Bernoulli, DiscretizedLogistic, Gaussian
from .networks import NetworkConfig, decoder, encoder
from .records import Record


@dataclass(frozen=True)
class Batch:
    """What one evaluation of the terms sees.

    x: images [B, C, H, W] in [0, 1]; y: class indices [B] or None; generator: where the terms draw
    their randomness, None for torch's global one.
    """

    x: Tensor
    y: Tensor | None = None
    generator: torch.Generator | None = None


@dataclass(frozen=True)
class Config(Record):
    """Every size and choice that defines a model; what a card stores and a checkpoint needs.

    `code_penalty` weighs a deterministic autoencoder's term "code".
    """

    kind: ClassVar[str] = "config"

    family: str
    latent: int
    encoder: NetworkConfig = field(default_factory=NetworkConfig)
    decoder: NetworkConfig = field(default_factory=NetworkConfig)
    likelihood: Bernoulli | Gaussian | DiscretizedLogistic = field(default_factory=Bernoulli)
    corruption: Corruption | OneOf | None = None
    code_penalty: float = 0.0
    x_shape: tuple[int, int, int] = (1, 28, 28)

    def __post_init__(self):
        if self.latent < 1:
            raise ValueError("latent must be at least 1.")


@dataclass(frozen=True)
class LabelledConfig(Config):
    """A config of a family that knows of labels: `classes` is how many there are."""

    kind: ClassVar[str] = "labelled-config"

    classes: int = 10


def at_least_32_bits(features: Tensor) -> Tensor:
    """Layers may run in bfloat16; logs, exponentials and sums over 784 pixels may not."""
    return features.float() if features.dtype.itemsize < 4 else features


class Model(nn.Module):
    """An encoder q(z|x), a decoder p(x|z), and the terms that training weighs.

    Subclasses set `family`, `title` and the facts, and define `encode` and `terms`; they override
    `objective` or `players` when their weights move or more than one player learns. One that has
    sizes of its own names its subclass of Config in `config_type`.
    """

    family: ClassVar[str]
    title: ClassVar[str]
    config_type: ClassVar[type[Config]] = Config
    has_prior: ClassVar[bool] = False  # is there a p(z) that training matched codes to?
    has_encoder: ClassVar[bool] = True  # a GAN has none
    has_decoder: ClassVar[bool] = True  # a classifier has none
    has_likelihood: ClassVar[bool] = True  # was p(x|z) scored in training? A game's was not
    kl_is: ClassVar[str] = "closed form"  # how the term "kl" is found: for the protocols of cards
    adam_beta1: ClassVar[float] = 0.9  # of the optimizer; games are more stable with less
    needs_label: ClassVar[bool] = False  # must encode and decode be told y?
    draws_class: ClassVar[bool] = False  # must decode be told y, whatever encode needs?
    classifies: ClassVar[bool] = False  # is there a q(y|x), `classify` by `class_network`?
    learns_unlabelled: ClassVar[bool] = False  # does an image teach it whose y is -1, not known?

    def __init__(self, config: Config, features: int = 0, code: int | None = None):
        """Build the networks there are.

        `features` is how many numbers the encoder puts out per image, `code` how many the decoder
        takes; None: config.latent.
        """
        super().__init__()
        channels = config.x_shape[0] * config.likelihood.parameters
        self.config = config
        if self.has_encoder:
            self.encoder = encoder(config.x_shape, features, config.encoder)
        if self.has_decoder:
            code = code or config.latent
            self.decoder = decoder(code, channels, config.x_shape, config.decoder)
            self.likelihood = config.likelihood.build()
        # Convolutions with few channels run half as fast again with the channels innermost.
        self.to(memory_format=torch.channels_last)

    @property
    def latent(self) -> int:
        return self.config.latent

    @property
    def x_shape(self) -> tuple[int, int, int]:
        return self.config.x_shape

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z|x) over codes [B, D], for images [B, C, H, W]."""
        raise NotImplementedError

    def decode(self, z: Tensor, y: Tensor | None = None) -> Distribution:
        """p(x|z) over images [B, C, H, W], for codes [B, D]; `.mean` is the picture."""
        return self.likelihood(at_least_32_bits(self.decoder(z)))

    def corrupt(self, batch: Batch) -> Tensor:
        """The encoder's input in training [B, C, H, W]; what is reconstructed stays batch.x."""
        return batch.x

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        """Named, unweighted terms, each [B], in nats per example."""
        raise NotImplementedError

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        """{player: {term: weight}}: each player minimises its weighted sum at this step."""
        return {"model": {"reconstruction": 1.0}}

    def players(self) -> dict[str, list[nn.Parameter]]:
        """{player: the parameters it moves}."""
        return {"model": list(self.parameters())}

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The picture of the mean code: E[p(x | z = E q(z|x))], [B, C, H, W]."""
        return self.decode(self.encode(x, y).mean, y).mean
