"""A plain classifier: what labels alone teach, and what judges pictures that others make."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Categorical
from torch.nn.functional import affine_grid, grid_sample, silu

from .base import Batch, LabelledConfig, Model, at_least_32_bits
from .distributions import Delta
from .records import Record


@dataclass(frozen=True)
class RandomAffine(Record):
    """Each image is moved, turned, stretched and slanted a little, as handwriting varies.

    Its coordinates run from -1 to 1 along both axes; they go through an affine map whose six
    numbers depart from the identity's by independent draws from N(0, strength^2). Simard et al.
    2003 ("Best practices for convolutional neural networks"), section 2.
    """

    kind: ClassVar[str] = "random-affine"

    strength: float

    def sample(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Images [B, C, H, W] as they are seen through the maps; black comes in at the borders."""
        shape = (len(x), 2, 3)
        noise = torch.randn(shape, generator=generator, device=x.device, dtype=x.dtype)
        maps = torch.eye(2, 3, device=x.device, dtype=x.dtype) + self.strength * noise
        grid = affine_grid(maps, list(x.shape), align_corners=False)
        return grid_sample(x, grid.to(x.dtype), align_corners=False)


class Classifier(Model[LabelledConfig]):
    """q(y|x) = Categorical(softmax(W h(x) + b)) on features h(x) of the encoder.

    Minimises the cross-entropy -log q(y|x), of images that the config's corruption, if it has one,
    has changed. Its code is h(x), the last hidden layer.
    """

    family = "classifier"
    title = "Classifier"
    config_type = LabelledConfig
    has_decoder = False
    has_classifier = True

    def __init__(self, config: LabelledConfig):
        super().__init__(config)
        self.head = nn.Linear(config.latent, config.classes)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Delta:
        """The features h(x), a point mass at [B, D]."""
        return Delta(silu(at_least_32_bits(self.encoder(x))))

    def classify(self, x: Tensor) -> Categorical:
        """q(y|x) for images [B, C, H, W]."""
        logits = at_least_32_bits(self.head(self.encode(x).mean))
        return Categorical(logits=logits, validate_args=False)  # a check waits for the device

    def classifier_network(self) -> nn.Sequential:
        """From an image to the logits of q(y|x), layer by layer."""
        return nn.Sequential(*self.encoder, nn.SiLU(), self.head)

    def corrupt(self, batch: Batch) -> Tensor:
        corruption = self.config.corruption
        return corruption.sample(batch.x, batch.generator) if corruption else batch.x

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        return {"classification": -self.classify(self.corrupt(batch)).log_prob(batch.y)}

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        return {"model": {"classification": 1.0}}
