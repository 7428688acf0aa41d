"""VAE+GAN: a VAE whose reconstruction is scored by features of a discriminator."""

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

    In place of the likelihood of pixels stands that of features, N(Dis_l(x) | Dis_l(x~), sigma^2 I)
    with x~ = Dec(z), z ~ q(z|x) (eq. 7 and 8). The paper's sigma is 1, because batch normalisation
    gives its features unit variance; this discriminator has none, so sigma is config.feature_sigma.
    The discriminator classifies x, x~ and samples Dec(z), z ~ p(z) (section 2.4.2).

    Each player minimises its own part (algorithm 1): the losses of the game do not reach the
    encoder, the feature reconstruction does not reach the discriminator (section 2.4.1), and gamma
    weights the latter in the decoder's loss (section 2.4.3). As in the GAN, the decoder minimises
    -log D instead of log(1 - D), and the discriminator has a gradient penalty.
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
