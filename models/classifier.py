"""A classifier: the supervised baseline, and the judge of pictures that other models generate."""

from typing import cast

from torch import Tensor, nn
from torch.distributions import Categorical
from torch.nn.functional import silu

from .base import Batch, LabelledConfig, Model, at_least_32_bits
from .distributions import Delta


class Classifier(Model[LabelledConfig]):
    """q(y|x) = Categorical(softmax(W h(x) + b)), with features h(x) of the encoder.

    Minimises the cross-entropy -log q(y|x), the term "classification". Images are first changed by
    config.corruption, if there is one. A code is h(x), the last hidden layer.
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
        """A point mass at h(x) [B, D], for images x [B, C, H, W]; y is not used."""
        return Delta(silu(at_least_32_bits(self.encoder(x))))

    def classify(self, x: Tensor) -> Categorical:
        """q(y|x) for images [B, C, H, W]."""
        logits = at_least_32_bits(self.head(self.encode(x).mean))
        # Validation would wait for the device in every training step.
        return Categorical(logits=logits, validate_args=False)

    def classifier_network(self) -> nn.Sequential:
        """From an image to the logits of q(y|x), layer by layer."""
        return nn.Sequential(*cast(nn.Sequential, self.encoder), nn.SiLU(), self.head)

    def corrupt(self, batch: Batch) -> Tensor:
        corruption = self.config.corruption
        return corruption.sample(batch.x, batch.generator) if corruption else batch.x

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        q = self.classify(self.corrupt(batch))
        return {"classification": -q.log_prob(self.required_label(batch.y))}

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        return {"model": {"classification": 1.0}}
