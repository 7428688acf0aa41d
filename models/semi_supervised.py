"""M2: a generative model that is trained on images most of which have no label."""

from dataclasses import dataclass, field
from math import log
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Categorical
from torch.nn.functional import one_hot

from .base import MOST_FACTOR, MOST_STEPS, Batch, LabelledConfig, at_least_32_bits
from .beta import anneal
from .conditional import ConditionalVariationalAutoencoder
from .distributions import GaussianFactors, kl_to_standard_normal
from .networks import NetworkConfig, encoder
from .records import require_between


@dataclass(frozen=True)
class M2Config(LabelledConfig):
    """`classifier` sizes the network of q(y|x); `alpha` weighs the term "classification".

    The term is averaged over all images of a batch, 0 where a label is not known: `alpha` times the
    share of images with a label is alpha / N of Kingma et al. 2014, eq. 9.

    The weights of the terms "kl" and "class kl" begin at `kl_start` and `class_kl_start` and go
    geometrically to 1 within `anneal_steps` steps.
    """

    kind: ClassVar[str] = "m2-config"

    classifier: NetworkConfig = field(default_factory=NetworkConfig)
    alpha: float = 1.0
    kl_start: float = 1.0
    class_kl_start: float = 1.0
    anneal_steps: int = 0

    def __post_init__(self):
        super().__post_init__()
        starts = {"kl_start": self.kl_start, "class_kl_start": self.class_kl_start}
        require_between(0, MOST_FACTOR, alpha=self.alpha, **starts)
        require_between(0, MOST_STEPS, anneal_steps=self.anneal_steps)


class SemiSupervisedAutoencoder(ConditionalVariationalAutoencoder[M2Config]):
    """M2: y ~ uniform, z ~ N(0, I), x ~ p(x|y, z), with q(y|x) and q(z|x, y).

    Kingma et al. 2014, arXiv 1406.5298. With -L(x, y) = E_q(z|x,y)[log p(x|y, z)] -
    KL(q(z|x, y) || p(z)) + log p(y) (eq. 6), an image without a label, y = -1, has the bound
    -U(x) = sum_y q(y|x) (-L(x, y)) + H(q(y|x)) (eq. 7), summed over every class. Minimises L of
    labelled and U of unlabelled images (eq. 8) plus alpha E[-log q(y|x)] of labelled ones (eq. 9).

    Two things differ from the paper. The decoder's first layer has weights of its own for each
    class: with y merely concatenated to z, z alone came to hold the class. And the weights of both
    KL terms begin above 1 and are annealed to it, which keeps q(y|x) uncertain and z uninformative
    until the decoder has learned the classes; otherwise q(y|x) is trained on its own early mistakes
    (deterministic annealing, Ueda & Nakano 1998).

    `encode` and `reconstruct` take the most probable class where y is not given; `decode` needs y.
    """

    family = "m2"
    title = "Semi-supervised autoencoder (M2)"
    config_type = M2Config
    encode_needs_label = False
    has_classifier = True

    def __init__(self, config: M2Config):
        super().__init__(config)
        self.classifier = encoder(config.x_shape, config.classes, config.classifier)

    def classify(self, x: Tensor) -> Categorical:
        return Categorical(logits=at_least_32_bits(self.classifier(x)), validate_args=False)

    def classifier_network(self) -> nn.Sequential:
        return self.classifier

    def encode(self, x: Tensor, y: Tensor | None = None) -> GaussianFactors:
        return super().encode(x, self.classify(x).probs.argmax(-1) if y is None else y)

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return super().reconstruct(x, self.classify(x).probs.argmax(-1) if y is None else y)

    def condition(self, z: Tensor, y: Tensor | None) -> Tensor:
        """The decoder's input [B, classes * (D + 1)], for codes z [B, D] and classes y [B].

        It has D + 1 places for each class: those of class y hold z and a one, all others zeros. The
        decoder's first layer thus has weights and a bias of its own for each class. Raises
        ValueError without y.
        """
        z_and_one = torch.cat([z, torch.ones_like(z[:, :1])], dim=-1)
        y_one_hot = one_hot(self.required_label(y), self.classes)
        return (y_one_hot.unsqueeze(-1) * z_and_one.unsqueeze(1)).flatten(1)

    def learns_from_unlabelled(self) -> bool:
        """True: the term U."""
        return True

    def terms_by_class(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """-log p(x|y, z) of a draw z, and KL(q(z|x, y) || p(z)), for every y: [B, classes] nats."""
        x = batch.x.repeat_interleave(self.classes, 0)
        y = torch.arange(self.classes, device=x.device).repeat(len(batch.x))
        q = self.encode(x, y)
        reconstruction = -self.decode(q.rsample(generator=batch.generator), y).log_prob(x)
        kl = kl_to_standard_normal(q).sum(-1)
        return reconstruction.view(-1, self.classes), kl.view(-1, self.classes)

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        """{name: term [B]}, nats, of images of which batch.y, if given, is -1 without a label.

        "reconstruction" and "kl" are those of the label, or averaged over q(y|x). "class kl" is
        KL(q(y|x) || p(y)), or log(classes) with a label. "classification" is -log q(y|x), or 0
        without a label.
        """
        q = self.classify(batch.x)
        y = torch.full_like(q.logits[:, 0], -1).long() if batch.y is None else batch.y
        known, y = y >= 0, y.clamp(min=0)
        weights = torch.where(known[:, None], one_hot(y, self.classes), q.probs)
        entropy = torch.where(known, 0.0, q.entropy())
        reconstruction, kl = self.terms_by_class(batch)
        return {
            "reconstruction": (weights * reconstruction).sum(-1),
            "kl": (weights * kl).sum(-1),
            "class kl": log(self.classes) - entropy,
            "classification": torch.where(known, -q.log_prob(y), 0.0),
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        config = self.config
        weights = {"reconstruction": 1.0, "classification": config.alpha}
        for name, start in (("kl", config.kl_start), ("class kl", config.class_kl_start)):
            weights[name] = anneal(start, config.anneal_steps, step)
        return {"model": weights}
