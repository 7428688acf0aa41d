"""Models that are told the class."""

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from .base import LabelledConfig
from .distributions import DiagonalGaussian
from .vae import VariationalAutoencoder


class ConditionalVariationalAutoencoder(VariationalAutoencoder):
    """CVAE: a class y is given, z ~ N(0, I) says the rest, x ~ p(x|z, y).

    Minimises -E_q[log p(x|z, y)] + KL(q(z|x, y) || p(z)), a bound on -log p(x|y): Sohn et al. 2015
    ("Learning structured output representation using deep conditional generative models"), eq. 4,
    who call what is given x and the output y, with a prior that does not depend on what is given;
    as the labelled bound of Kingma et al. 2014 (arXiv 1406.5298), eq. 6, it lacks the constant
    log p(y).

    The decoder takes y beside z, one number a class; the encoder sees x plus a learned picture
    of y.
    """

    family = "cvae"
    title = "Conditional variational autoencoder"
    config_type = LabelledConfig
    needs_label = True
    draws_class = True

    def __init__(self, config: LabelledConfig, code: int | None = None):
        super().__init__(config, code=code or config.latent + config.classes)
        self.class_embedding = nn.Parameter(torch.zeros(config.classes, *config.x_shape))

    @property
    def classes(self) -> int:
        return self.config.classes

    def encode(self, x: Tensor, y: Tensor | None = None) -> DiagonalGaussian:
        """q(z|x, y) over codes [B, D], for classes y [B]. Raises ValueError without them."""
        return super().encode(x + self.class_embedding[self._given(y)])

    def decode(self, z: Tensor, y: Tensor | None = None):
        """p(x|z, y) over images, for codes [B, D] and classes y [B]. Raises ValueError without."""
        return super().decode(self.condition(z, one_hot(self._given(y), self.classes)))

    def condition(self, z: Tensor, y: Tensor) -> Tensor:
        """What the decoder reads: codes z [B, D], then one number a class, y [B, classes]."""
        return torch.cat([z, y], dim=-1)

    def _given(self, y: Tensor | None) -> Tensor:
        if y is None:
            raise ValueError(f"the family {self.family} needs a label for every image.")
        return y
