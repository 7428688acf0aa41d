"""A VAE conditioned on the class."""

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from .base import LabelledConfig
from .distributions import GaussianFactors
from .vae import VariationalAutoencoder

L = TypeVar("L", bound=LabelledConfig)


class ConditionalVariationalAutoencoder(VariationalAutoencoder[L]):
    """CVAE: z ~ N(0, I), x ~ p(x|z, y) given a class y.

    Minimises -E_q[log p(x|z, y)] + KL(q(z|x, y) || p(z)), an upper bound on -log p(x|y): Sohn et
    al. 2015 ("Learning structured output representation using deep conditional generative models"),
    eq. 4, with their x and y exchanged and a prior that does not depend on the condition. It is the
    labelled bound of Kingma et al. 2014 (arXiv 1406.5298), eq. 6, without the constant log p(y).

    The decoder's input is z concatenated with y in one-hot coding. The encoder's input is x plus a
    learned embedding of y of the shape of x, which starts at 0.
    """

    family = "cvae"
    title = "Conditional variational autoencoder"
    config_type = LabelledConfig
    encode_needs_label = True
    decode_needs_label = True

    def __init__(self, config: L):
        super().__init__(config)
        self.class_embedding = nn.Parameter(torch.zeros(config.classes, *config.x_shape))

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.config.classes

    def encode(self, x: Tensor, y: Tensor | None = None) -> GaussianFactors:
        """q(z|x, y) over codes [B, D], for images x [B, C, H, W] and classes y [B].

        Raises ValueError without y.
        """
        return super().encode(x + self.class_embedding[self.required_label(y)])

    def condition(self, z: Tensor, y: Tensor | None) -> Tensor:
        """The decoder's input [B, D + classes]: codes z [B, D], then y [B] in one-hot coding.

        Raises ValueError without y.
        """
        return torch.cat([z, one_hot(self.required_label(y), self.classes)], dim=-1)
