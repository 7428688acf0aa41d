"""A VAE that is judged by a discriminator instead of by its pixels."""

import math

import torch
from torch import Tensor, nn

from .adversarial import (
    ADAM_BETA1,
    AdversarialConfig,
    Discriminator,
    fake_loss,
    generator_loss,
    real_loss,
)
from .base import Batch
from .distributions import kl_to_standard_normal
from .vae import VariationalAutoencoder


class VaeGan(VariationalAutoencoder[AdversarialConfig]):
    """VAE+GAN: encoder, decoder and discriminator (Larsen et al. 2016, arXiv 1512.09300).

    The likelihood of pixels gives way to that of features, N(Dis_l(x) | Dis_l(x~), sigma^2 I) with
    x~ = Dec(z), z ~ q(z|x): eq. 7 and 8, where sigma is 1, because batch normalisation makes their
    features that wide; our discriminator has none, so sigma is set. The game is played on x, on x~
    and on pictures of the prior (section 2.4.2). Each player has the part of the sum that is its
    own (algorithm 1): no judgement reaches the encoder, no reconstruction the discriminator
    (section 2.4.1), and gamma weighs the two for the decoder (section 2.4.3). What fools is -log D,
    not log(1 - D), as in the GAN beside it, whose gradient penalty the discriminator has, too.
    """

    family = "vae-gan"
    title = "VAE+GAN"
    config_type = AdversarialConfig
    has_likelihood = False
    adam_beta1 = ADAM_BETA1

    def __init__(self, config: AdversarialConfig):
        super().__init__(config)
        self.discriminator = Discriminator(config.x_shape, config.discriminator)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        q = self.encode(self.corrupt(batch), batch.y)
        codes = q.rsample(generator=batch.generator)
        z = self.prior().sample((len(batch.x),), generator=batch.generator)
        features, logits = self.discriminator(self.decode(torch.cat([codes, z])).mean)
        reconstruction_logit, sample_logit = logits.chunk(2)
        real_features, real_logit, penalty = self.discriminator.with_penalty(batch.x)
        return {
            "feature reconstruction": gaussian_nll(
                real_features, features[: len(codes)], self.config.feature_sigma
            ),
            "kl": kl_to_standard_normal(q).sum(-1),
            "real loss": real_loss(real_logit),
            "fake loss of reconstruction": fake_loss(reconstruction_logit),
            "fake loss of sample": fake_loss(sample_logit),
            "generator loss of reconstruction": generator_loss(reconstruction_logit),
            "generator loss of sample": generator_loss(sample_logit),
            "gradient penalty": penalty,
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        gamma, penalty = self.config.gamma, self.config.gradient_penalty
        return {
            "encoder": {"feature reconstruction": 1.0, "kl": 1.0},
            "decoder": {
                "feature reconstruction": gamma,
                "generator loss of reconstruction": 1.0,
                "generator loss of sample": 1.0,
            },
            "discriminator": {
                "real loss": 1.0,
                "fake loss of reconstruction": 1.0,
                "fake loss of sample": 1.0,
                "gradient penalty": penalty,
            },
        }

    def players(self) -> dict[str, list[nn.Parameter]]:
        return {
            "encoder": list(self.encoder.parameters()),
            "decoder": list(self.decoder.parameters()),
            "discriminator": list(self.discriminator.parameters()),
        }


def gaussian_nll(x: Tensor, mean: Tensor, sigma: float) -> Tensor:
    """The negative log-likelihood -log N(x; mean, sigma^2 I) of vectors [B, n], [B] nats."""
    constant = math.log(sigma) + 0.5 * math.log(2 * math.pi)
    return (0.5 * ((x - mean) / sigma).square() + constant).sum(-1)
