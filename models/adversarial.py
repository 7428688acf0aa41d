"""Generative adversarial networks: the discriminator, the losses of the game, and the GAN."""

import math
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from .base import MOST_FACTOR, Batch, Config, Model, at_least_32_bits
from .distributions import DiagonalGaussian, standard_normal
from .likelihoods import LEAST_SIGMA
from .networks import NetworkConfig, encoder
from .records import require_between

ADAM_BETA1 = 0.5  # Radford et al. 2015 (arXiv 1511.06434), section 4


@dataclass(frozen=True)
class AdversarialConfig(Config):
    """discriminator: sizes of its network. gradient_penalty: weight of the term of that name.

    Of a VAE+GAN: feature_sigma is the standard deviation of a feature given its reconstruction;
    gamma weights the feature reconstruction in the decoder's loss. Raises ValueError for a learned
    variance, of which a game trains only the mean, and for negative weights.
    """

    kind: ClassVar[str] = "adversarial-config"

    discriminator: NetworkConfig = field(default_factory=NetworkConfig)
    gradient_penalty: float = 1.0
    feature_sigma: float = 1.0
    gamma: float = 1.0

    def __post_init__(self):
        super().__post_init__()
        if getattr(self.likelihood, "variance", "fixed") != "fixed":
            raise ValueError("a game takes the mean of p(x|z) only, and can learn no variance.")
        factors = {"gradient_penalty": self.gradient_penalty, "gamma": self.gamma}
        require_between(0, MOST_FACTOR, **factors)
        require_between(LEAST_SIGMA, MOST_FACTOR, feature_sigma=self.feature_sigma)


class Discriminator(nn.Module):
    """From images [B, C, H, W] to features and to the logit of the probability of being real."""

    def __init__(self, x_shape: tuple[int, int, int], config: NetworkConfig):
        super().__init__()
        self.layers = encoder(x_shape, 1, config)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features Dis_l(x) [B, n] of the last hidden layer, and the logit of D(x), [B]."""
        features = self.layers[:-1](x)
        logit = self.layers[-1](features).squeeze(-1)
        return at_least_32_bits(features), at_least_32_bits(logit)

    def with_penalty(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features [B, n] and logit [B] of real images x, and the gradient penalty R1 [B].

        It is |d logit / dx|^2 / 2, whose mean Mescheder et al. 2018 (arXiv 1801.04406), eq. 9, add
        to the discriminator's loss: with it the game converges locally.
        """
        with torch.enable_grad():  # validation runs without
            x = x.detach().requires_grad_()
            features, logit = self(x)
            (gradient,) = torch.autograd.grad(logit.sum(), x, create_graph=True)
        return features, logit, 0.5 * gradient.square().flatten(1).sum(1)


def real_loss(logit: Tensor) -> Tensor:
    """The discriminator's loss on real images: -log D(x), [B] nats, of its logits [B]."""
    return softplus(-logit)


def fake_loss(logit: Tensor) -> Tensor:
    """The discriminator's loss on generated images: -log(1 - D(G(z))), [B] nats, of logits."""
    return softplus(logit)


def generator_loss(logit: Tensor) -> Tensor:
    """The generator's non-saturating loss: -log D(G(z)), [B] nats, of logits [B]."""
    return softplus(-logit)


@torch.no_grad()
def he_init(network: nn.Module) -> None:
    """Draw each layer's weights from N(0, 2 / n) and set its biases to 0, in place.

    n is the number of inputs that are summed for one output: He et al. 2015 (arXiv 1502.01852,
    eq. 10), which keeps the variance of activations constant from layer to layer.
    """
    # PyTorch's own initialisation shrinks it: the generator's pictures of different codes then
    # begin with a standard deviation of 0.005 of a grey, instead of 0.19, and without an encoder
    # no term of the game pulls them apart.
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            if layer.weight.is_meta:  # it has no values; to draw them loads torch's compiler
                continue
            summed = layer.weight[0].numel()
            if isinstance(layer, nn.ConvTranspose2d):
                summed = layer.weight[:, 0].numel() // math.prod(layer.stride)
            layer.weight.normal_(std=math.sqrt(2 / summed))
            if layer.bias is not None:
                layer.bias.zero_()


class GenerativeAdversarialNetwork(Model[AdversarialConfig]):
    """GAN: z ~ N(0, I), G(z) the decoder's mean, D the discriminator's probability of "real".

    The discriminator minimises -log D(x) - log(1 - D(G(z))) and the gradient penalty, the generator
    -log D(G(z)): Goodfellow et al. 2014 (arXiv 1406.2661), eq. 1 and the last paragraph of section
    3. There is no encoder, and training does not score p(x|z).
    """

    family = "gan"
    title = "Generative adversarial network"
    config_type = AdversarialConfig
    has_encoder = False
    has_prior = True
    has_likelihood = False
    adam_beta1 = ADAM_BETA1

    def __init__(self, config: AdversarialConfig):
        super().__init__(config)
        self.discriminator = Discriminator(config.x_shape, config.discriminator)
        he_init(self)

    def prior(self) -> DiagonalGaussian:
        """p(z) = N(0, I) over codes [D], on the model's device."""
        return standard_normal(self.latent, self.device)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        z = self.prior().sample((len(batch.x),), generator=batch.generator)
        _, fake_logit = self.discriminator(self.decode(z).mean)
        _, real_logit, penalty = self.discriminator.with_penalty(batch.x)
        return {
            "real loss": real_loss(real_logit),
            "fake loss": fake_loss(fake_logit),
            "generator loss": generator_loss(fake_logit),
            "gradient penalty": penalty,
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        penalty = self.config.gradient_penalty
        return {
            "generator": {"generator loss": 1.0},
            "discriminator": {"real loss": 1.0, "fake loss": 1.0, "gradient penalty": penalty},
        }

    def players(self) -> dict[str, list[nn.Parameter]]:
        return {
            "generator": list(self.decoder.parameters()),
            "discriminator": list(self.discriminator.parameters()),
        }
