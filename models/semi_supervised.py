"""A generative model that learns from images most of which have no label."""

from dataclasses import dataclass, field
from math import log
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Categorical
from torch.nn.functional import one_hot

from .base import Batch, LabelledConfig, at_least_32_bits
from .classifier import Jitter
from .conditional import ConditionalVariationalAutoencoder
from .distributions import DiagonalGaussian, kl_to_standard_normal
from .networks import Torso, encoder
from .vae import MAX_LOG_VAR, MIN_LOG_VAR


@dataclass(frozen=True)
class M2Config(LabelledConfig):
    """`classifier` sizes q(y|x), which in training reads through `jitter`.

    `classification` weighs its loss, averaged over all images; before step `head_start`, times
    head_start / (step + 1): q(y|x) learns from labels before it teaches itself.
    """

    kind: ClassVar[str] = "m2-config"

    classifier: Torso = field(default_factory=Torso)
    classification: float = 1.0
    jitter: Jitter | None = None
    head_start: int = 0

    def __post_init__(self):
        super().__post_init__()
        if not self.classification >= 0:
            raise ValueError("classification must be 0 or more.")


class SemiSupervisedAutoencoder(ConditionalVariationalAutoencoder):
    """M2: y ~ uniform, z ~ N(0, I), x ~ p(x|y, z), with q(y|x) and q(z|x, y).

    Kingma et al. 2014, arXiv 1406.5298. With -L(x, y) = E_q(z|x,y)[log p(x|y, z)] -
    KL(q(z|x, y) || p(z)) + log p(y) (eq. 6), an image without a label, y = -1, has the bound
    -U(x) = sum_y q(y|x) (-L(x, y)) + H(q(y|x)) (eq. 7), summed over every class. Minimises L of
    labelled and U of other images (eq. 8) plus the weighted -log q(y|x) of labels (eq. 9). Jitter
    and head start are not the paper's; -U stays a bound, as q(y|x~) of a moved x~ is some q(y).
    encode(x) and reconstruct(x) without y take the most probable class; decode needs a y.
    """

    family = "m2"
    title = "Semi-supervised autoencoder (M2)"
    config_type = M2Config
    needs_label = False
    classifies = True
    learns_unlabelled = True

    def __init__(self, config: M2Config):
        super().__init__(config)
        self.classifier = encoder(config.x_shape, config.classes, config.classifier)

    def classify(self, x: Tensor) -> Categorical:
        return Categorical(logits=at_least_32_bits(self.classifier(x)), validate_args=False)

    def class_network(self) -> nn.Sequential:
        return self.classifier

    def encode(self, x: Tensor, y: Tensor | None = None) -> DiagonalGaussian:
        return super().encode(x, self.classify(x).probs.argmax(-1) if y is None else y)

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return super().reconstruct(x, self.classify(x).probs.argmax(-1) if y is None else y)

    def encode_every_class(self, x: Tensor) -> DiagonalGaussian:
        """q(z|x, y) for each y: codes [B, classes, D].

        The first layer is affine, so it runs once for x and once for what each picture adds.
        """
        end = 1 + next(i for i, m in enumerate(self.encoder) if hasattr(m, "weight"))
        first, rest = self.encoder[:end], self.encoder[end:]
        added = first(self.pictures) - first(torch.zeros_like(self.pictures[:1]))
        hidden = first(x).unsqueeze(1) + added
        features = at_least_32_bits(rest(hidden.flatten(0, 1)))
        mu, log_var = features.unflatten(0, (len(x), self.classes)).chunk(2, dim=-1)
        return DiagonalGaussian(mu, log_var.clamp(MIN_LOG_VAR, MAX_LOG_VAR))

    def every_class(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """-log p(x|y, z) and KL(q(z|x, y) || p(z)) for each y, [B, classes], nats."""
        x, n = batch.x, len(batch.x)
        q = self.encode_every_class(x)
        z = q.rsample(generator=batch.generator).flatten(0, 1)
        y = torch.arange(self.classes, device=x.device).repeat(n)
        reconstruction = -self.decode(z, y).log_prob(x.repeat_interleave(self.classes, 0))
        return reconstruction.unflatten(0, (n, self.classes)), kl_to_standard_normal(q).sum(-1)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        """The bound's parts, averaged over q(y|x) where y is -1 or absent, and -log q(y|x) or 0.

        "class kl" is KL(q(y|x) || p(y)), log 10 where y is known.
        """
        jitter = self.config.jitter if self.training else None
        q = self.classify(jitter.sample(batch.x, batch.generator) if jitter else batch.x)
        y = torch.full_like(q.logits[:, 0], -1).long() if batch.y is None else batch.y
        known, y = y >= 0, y.clamp(min=0)
        weights = torch.where(known[:, None], one_hot(y, self.classes), q.probs)
        entropy = torch.where(known, 0.0, q.entropy())
        reconstruction, kl = self.every_class(batch)
        return {
            "reconstruction": (weights * reconstruction).sum(-1),
            "kl": (weights * kl).sum(-1),
            "class kl": log(self.classes) - entropy,
            "classification": torch.where(known, -q.log_prob(y), 0.0),
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        labels = self.config.classification * max(1.0, self.config.head_start / (step + 1))
        bound = {"reconstruction": 1.0, "kl": 1.0, "class kl": 1.0}
        return {"model": bound | {"classification": labels}}
