"""A VAE that draws its image in steps."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from .base import Batch, Config, Model, at_least_32_bits
from .distributions import DiagonalGaussian, kl_to_standard_normal
from .networks import RecurrentDecoder, RecurrentEncoder, encoder
from .vae import MAX_LOG_VAR, MIN_LOG_VAR, VariationalAutoencoder


@dataclass(frozen=True)
class DrawConfig(Config):
    """`latent` numbers in all, `step_latent` a step; `hidden` is the size of both states."""

    kind: ClassVar[str] = "draw-config"
    step_latent: int = 1
    hidden: int = 32

    def __post_init__(self):
        super().__post_init__()
        if min(self.step_latent, self.hidden) < 1 or self.latent % self.step_latent:
            raise ValueError("latent must be a multiple of step_latent, and hidden at least 1.")


class PathPosterior(Distribution):
    """q(z|x) = prod_t q(z_t|x, z_<t) over codes [B, T * d], each factor a Gaussian.

    `mean`, `mu`, `log_var` are of the path on which each z_t is the mean of its factor: for T > 1
    not the mean of q(z|x), which has no closed form.
    """

    arg_constraints: ClassVar[dict] = {}

    def __init__(self, model: "RecurrentVariationalAutoencoder", x: Tensor):
        self.model, self.x = model, x
        super().__init__(x.shape[:1], (model.latent,), validate_args=False)
        _, q, _ = model.follow(x, noise=x.new_zeros(len(x), model.latent))
        self.mu, self.log_var = q.mu, q.log_var

    mean = property(lambda self: self.mu)

    def rsample(self, sample_shape=(), generator: torch.Generator | None = None) -> Tensor:
        """Draws, each step's given those before it: [*sample_shape, B, T * d]."""
        shape = (*sample_shape, *self.mu.shape)
        noise = torch.randn(shape, generator=generator, device=self.x.device, dtype=self.x.dtype)
        return self.model.follow(self.x, noise=noise.flatten(0, -2))[0].reshape(shape)

    def log_prob(self, z: Tensor) -> Tensor:
        """The sum over steps of log q(z_t|x, z_<t) along z [..., B, T * d]: [..., B] nats."""
        _, q, _ = self.model.follow(self.x, z=z.flatten(0, -2))
        return q.log_prob(z.flatten(0, -2)).reshape(z.shape[:-1])


class RecurrentVariationalAutoencoder(Model):
    """DRAW without attention: Gregor et al. 2015, arXiv 1502.04623, section 2.

    T times: the encoder sees x, what the canvas lacks of it and the decoder's state (eq. 3 to 5),
    z_t is drawn (eq. 6), the decoder adds to the canvas (eq. 7, 8). The last canvas gives p(x|z)
    (eq. 9); the KL is a sum over steps, closed given the path (eq. 10). States are GRUs, not LSTMs.
    """

    family = "draw"
    title = "Recurrent variational autoencoder"
    config_type = DrawConfig
    has_prior = True
    kl_is = "closed form given one path of z an image"
    prior = VariationalAutoencoder.prior
    objective = VariationalAutoencoder.objective

    def __init__(self, config: DrawConfig):
        size, d = config.hidden, config.step_latent
        super().__init__(config, features=size, code=size)
        lack = encoder(config.x_shape, size, config.encoder)
        self.encoder = RecurrentEncoder(self.encoder, lack, size, 2 * d)
        shape = (config.x_shape[0] * config.likelihood.parameters, *config.x_shape[1:])
        self.steps = config.latent // d
        self.decoder = nn.Sequential(RecurrentDecoder(self.decoder, self.steps, d, size, shape))

    def encode(self, x: Tensor, y: Tensor | None = None) -> PathPosterior:
        return PathPosterior(self, x)

    def follow(self, x: Tensor, z: Tensor | None = None, noise: Tensor | None = None):
        """Along codes z [N, T * d], or those that `noise` draws: z_t = mu_t + sigma_t noise_t.

        x is [B, C, H, W], N a multiple of B: its images take turns. Returns the codes, every
        q(z_t|x, z_<t) along them as one DiagonalGaussian [N, T * d], and the last canvas.
        """
        given, write = (z if noise is None else noise), self.decoder[0]
        turns = len(given) // len(x)
        features, x = self.encoder.look(x).repeat(turns, 1), x.repeat(turns, 1, 1, 1)
        h, state, path = self.encoder.start(len(x)), write.start(len(x)), []
        for numbers in given.chunk(self.steps, -1):
            lack = x - self.likelihood(state.canvas).mean
            parameters, h = self.encoder.step(features, lack, state.h, h)
            mu, log_var = at_least_32_bits(parameters).chunk(2, -1)
            log_var = log_var.clamp(MIN_LOG_VAR, MAX_LOG_VAR)
            drawn = numbers if noise is None else mu + torch.exp(0.5 * log_var) * numbers
            state = write.step(drawn, state)
            path.append((drawn, mu, log_var))
        codes, mu, log_var = (torch.cat(part, -1) for part in zip(*path, strict=True))
        return codes, DiagonalGaussian(mu, log_var), state.canvas

    def canvases(self, z: Tensor) -> Tensor:
        """The picture after each step, for codes [B, T * d]: [T, B, C, H, W]."""
        return torch.stack([self.likelihood(s.canvas).mean for s in self.decoder[0].states(z)[1:]])

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        x = self.seen(batch)
        noise = x.new_empty(len(x), self.latent).normal_(generator=batch.generator)
        _, q, canvas = self.follow(x, noise=noise)
        return {
            "reconstruction": -self.likelihood(canvas).log_prob(batch.x),
            "kl": kl_to_standard_normal(q).sum(-1),
        }
