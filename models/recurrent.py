"""DRAW: a recurrent VAE that generates an image in steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.distributions import constraints

from .base import Batch, Config, at_least_32_bits
from .distributions import DiagonalGaussian, GaussianFactors, kl_to_standard_normal
from .networks import MOST_WIDTH, decoder, encoder
from .records import require_between
from .vae import MAX_LOG_VAR, MIN_LOG_VAR, VariationalAutoencoder


@dataclass(frozen=True)
class DrawConfig(Config):
    """latent: dimensions of all steps together. step_latent: d, those of one step. hidden: the size
    of both GRU states. Raises ValueError unless d divides latent.
    """

    kind: ClassVar[str] = "draw-config"
    step_latent: int = 1
    hidden: int = 32

    def __post_init__(self):
        super().__post_init__()
        require_between(1, MOST_WIDTH, step_latent=self.step_latent, hidden=self.hidden)
        if self.latent % self.step_latent:
            raise ValueError("latent must be a multiple of step_latent.")


class DecoderState(NamedTuple):
    """Of the decoder after a step: h [B, hidden], and the canvas [B, C', H, W]."""

    h: Tensor
    canvas: Tensor


class RecurrentDecoder(nn.Module):
    """From codes [B, T * d] to features [B, C', H, W], in T steps that each add to a canvas.

    h_t = GRU(z_t, h_{t-1}) and c_t = c_{t-1} + write(h_t): Gregor et al. 2015, eq. 7 and 8. h_0 and
    c_0 are learned. `write` is a network from h [B, hidden] to [B, C', H, W].
    """

    def __init__(
        self,
        write: nn.Module,
        steps: int,
        step_latent: int,
        hidden: int,
        shape: tuple[int, int, int],
    ):
        super().__init__()
        self.steps, self.in_features = steps, steps * step_latent
        self.cell = nn.GRUCell(step_latent, hidden)
        self.write = write
        self.initial_h = nn.Parameter(torch.zeros(hidden))
        self.initial_canvas = nn.Parameter(torch.zeros(shape))

    def initial_state(self, n: int) -> DecoderState:
        """The state before the first step, repeated for n images."""
        return DecoderState(self.initial_h.expand(n, -1), self.initial_canvas.expand(n, -1, -1, -1))

    def step(self, z: Tensor, before: DecoderState) -> DecoderState:
        """The state after the step that is given z_t [B, d]."""
        h = self.cell(z, before.h)
        return DecoderState(h, before.canvas + self.write(h))

    def states(self, z: Tensor) -> list[DecoderState]:
        """For codes z [B, T * d], the T + 1 states: before the first step and after each."""
        states = [self.initial_state(len(z))]
        for z_t in z.chunk(self.steps, -1):
            states.append(self.step(z_t, states[-1]))
        return states

    def forward(self, z: Tensor) -> Tensor:
        """The last canvas [B, C', H, W], for codes z [B, T * d]."""
        return self.states(z)[-1].canvas


class RecurrentEncoder(nn.Module):
    """At every step reads the image x, the error image x - mean(c_{t-1}) and the decoder's state.

    `read_image` and `read_error` are networks from [B, C, H, W] to [B, hidden]. Their outputs and a
    linear map of h_dec are added and given to a GRU: with linear networks the sum is one linear map
    of the concatenation [x, x^, h_dec] that Gregor et al. 2015 write (eq. 4 and 5, and section 3.1,
    "reading and writing without attention"). `outputs` is how many parameters of q(z_t) a step has.
    """

    def __init__(self, read_image: nn.Module, read_error: nn.Module, hidden: int, outputs: int):
        super().__init__()
        self.read_image, self.read_error = read_image, read_error
        self.read_decoder = nn.Linear(hidden, hidden, bias=False)
        self.cell = nn.GRUCell(hidden, hidden)
        self.head = nn.Linear(hidden, outputs)
        self.initial_h = nn.Parameter(torch.zeros(hidden))

    def initial_state(self, n: int) -> Tensor:
        """h before the first step, repeated for n images: [n, hidden]."""
        return self.initial_h.expand(n, -1)

    def step(
        self, image_features: Tensor, error: Tensor, h_decoder: Tensor, h: Tensor
    ) -> tuple[Tensor, Tensor]:
        """One step: the parameters of q(z_t) [B, outputs], and h after it [B, hidden].

        `image_features` is read_image(x) [B, hidden], the same at every step; `error` [B, C, H, W];
        `h_decoder` and `h` [B, hidden] are both states after the step before.
        """
        features = image_features + self.read_error(error) + self.read_decoder(h_decoder)
        h = self.cell(features, h)
        return self.head(h), h


class PathPosterior(GaussianFactors):
    """q(z|x) = prod_t q(z_t|x, z_<t) over codes [B, T * d]; each factor is a Gaussian.

    `mu` and `log_var` [B, T * d] are those of the factors when each z_t is the mean of its own;
    `mean` is `mu`. For T > 1 that is not the mean of q(z|x), which has no closed form.
    """

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {}

    def __init__(self, model: "RecurrentVariationalAutoencoder", x: Tensor):
        self.model, self.x = model, x
        super().__init__(x.shape[:1], torch.Size((model.latent,)), validate_args=False)
        _, q, _ = model.follow(x, noise=x.new_zeros(len(x), model.latent))
        self.mu, self.log_var = q.mu, q.log_var

    @property
    def mean(self) -> Tensor:
        """The code [B, T * d] of which each z_t is the mean of its factor."""
        return self.mu

    def rsample(
        self, sample_shape: Sequence[int] = (), generator: torch.Generator | None = None
    ) -> Tensor:
        """Draws [*sample_shape, B, T * d]: z_t from its factor given the draws before it."""
        shape = (*sample_shape, *self.mu.shape)
        noise = torch.randn(shape, generator=generator, device=self.x.device, dtype=self.x.dtype)
        return self.model.follow(self.x, noise=noise.flatten(0, -2))[0].reshape(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The sum over steps of log q(z_t|x, z_<t), [..., B] nats, for codes [..., B, T * d]."""
        z = value.flatten(0, -2)
        _, q, _ = self.model.follow(self.x, z=z)
        return q.log_prob(z).reshape(value.shape[:-1])


class RecurrentVariationalAutoencoder(VariationalAutoencoder[DrawConfig]):
    """DRAW without attention: Gregor et al. 2015, arXiv 1502.04623, section 2.

    At each of T steps the encoder reads x, the error image and the decoder's state (eq. 3 to 5),
    z_t is drawn (eq. 6), and the decoder adds to the canvas (eq. 7, 8). The last canvas gives
    p(x|z) (eq. 9). The KL is a sum over steps, in closed form given the z before each (eq. 10).
    The recurrent cells are GRUs instead of LSTMs.
    """

    family = "draw"
    title = "Recurrent variational autoencoder"
    config_type = DrawConfig

    @property
    def steps(self) -> int:
        """T, the number of steps."""
        return self.latent // self.config.step_latent

    def build_encoder(self) -> RecurrentEncoder:
        """A new RecurrentEncoder, whose two networks have the sizes of config.encoder."""
        config = self.config
        read_image, read_error = (
            encoder(self.x_shape, config.hidden, config.encoder) for _ in range(2)
        )
        return RecurrentEncoder(read_image, read_error, config.hidden, 2 * config.step_latent)

    def build_decoder(self) -> nn.Sequential:
        """A Sequential of one new RecurrentDecoder; `write` has the sizes of config.decoder."""
        config = self.config
        write = decoder(config.hidden, self.decoder_channels, self.x_shape, config.decoder)
        canvas = (self.decoder_channels, *self.x_shape[1:])
        return nn.Sequential(
            RecurrentDecoder(write, self.steps, config.step_latent, config.hidden, canvas)
        )

    @property
    def recurrent_encoder(self) -> RecurrentEncoder:
        """The encoder as what it is: its states and steps can be asked for."""
        return cast(RecurrentEncoder, self.encoder)

    @property
    def recurrent_decoder(self) -> RecurrentDecoder:
        """The decoder as what it is: its states and steps can be asked for."""
        return cast(RecurrentDecoder, self.decoder[0])

    def kl_estimator(self) -> str:
        """In closed form only along the path that was drawn."""
        return "closed form given one path of z an image"

    def encode(self, x: Tensor, y: Tensor | None = None) -> PathPosterior:
        """q(z|x) over codes [B, T * d], for images x [B, C, H, W]; y is not used."""
        return PathPosterior(self, x)

    def follow(
        self, x: Tensor, z: Tensor | None = None, noise: Tensor | None = None
    ) -> tuple[Tensor, DiagonalGaussian, Tensor]:
        """All steps for given codes z [N, T * d], or for z_t = mu_t + sigma_t noise_t.

        Give either z or noise [N, T * d]. x is [B, C, H, W] and N a multiple of B: row i belongs to
        image i modulo B. Returns the codes [N, T * d], the factors q(z_t|x, z_<t) for them as one
        DiagonalGaussian [N, T * d], and the last canvas [N, C', H, W].
        """
        given = cast(Tensor, z if noise is None else noise)
        reader, writer = self.recurrent_encoder, self.recurrent_decoder
        turns = len(given) // len(x)
        features, x = reader.read_image(x).repeat(turns, 1), x.repeat(turns, 1, 1, 1)
        h, state, path = reader.initial_state(len(x)), writer.initial_state(len(x)), []
        for given_t in given.chunk(self.steps, -1):
            error = x - self.likelihood(state.canvas).mean
            parameters, h = reader.step(features, error, state.h, h)
            mu, log_var = at_least_32_bits(parameters).chunk(2, -1)
            log_var = log_var.clamp(MIN_LOG_VAR, MAX_LOG_VAR)
            z_t = given_t if noise is None else mu + torch.exp(0.5 * log_var) * given_t
            state = writer.step(z_t, state)
            path.append((z_t, mu, log_var))
        codes, mu, log_var = (torch.cat(part, -1) for part in zip(*path, strict=True))
        return codes, DiagonalGaussian(mu, log_var), state.canvas

    def canvases(self, z: Tensor) -> Tensor:
        """The mean of p(x|z) of the canvas after each step, [T, B, C, H, W], for z [B, T * d]."""
        states = self.recurrent_decoder.states(z)[1:]
        return torch.stack([self.likelihood(state.canvas).mean for state in states])

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        x = self.corrupt(batch)
        noise = x.new_empty(len(x), self.latent).normal_(generator=batch.generator)
        _, q, canvas = self.follow(x, noise=noise)
        return {
            "reconstruction": -self.likelihood(canvas).log_prob(batch.x),
            "kl": kl_to_standard_normal(q).sum(-1),
        }
