"""beta-TCVAE: the KL is decomposed, and its part total correlation is weighted by beta."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from .base import Batch
from .beta import BetaConfig
from .distributions import GaussianFactors, kl_to_standard_normal
from .records import require_between
from .vae import VariationalAutoencoder

MOST_IMAGES = 10**9  # of a data set


@dataclass(frozen=True)
class TotalCorrelationConfig(BetaConfig):
    """`beta` weighs the total correlation; `dataset_size` is N, how many images are trained on.

    The final weight of the two other parts of the KL is 1; all three are annealed alike.
    """

    kind: ClassVar[str] = "beta-tcvae-config"

    dataset_size: int = 60_000

    def __post_init__(self):
        super().__post_init__()
        require_between(2, MOST_IMAGES, dataset_size=self.dataset_size)


def pairwise_log_densities(z: Tensor, q: GaussianFactors) -> Tensor:
    """log q(z_id | x_n), nats, [I, B, D]: of codes z [I, D] under each q(z|x_n) of a batch of B."""
    squares = (z[:, None] - q.mu) ** 2 * torch.exp(-q.log_var)
    return -0.5 * (squares + q.log_var + math.log(2 * math.pi))


def log_stratified_weights(batch: int, images: int, device: torch.device | str = "cpu") -> Tensor:
    """Log weights [B, B] of minibatch stratified sampling: q(z_i) ~ sum_n w_in q(z_i|x_n).

    w_ii = 1 / N for the image that z_i was drawn from, N the size of the data set; the others share
    1 - 1 / N evenly. Chen et al. 2018, appendix C.2, give one arbitrary other image a different
    weight; this is the average over its choice, which is unbiased too and has less variance.
    """
    images = max(images, batch)  # the last batch of a small data set may hold all of it
    own = torch.eye(batch, dtype=torch.bool, device=device)
    others = math.log((images - 1) / images / max(batch - 1, 1))
    return torch.where(own, -math.log(images), others)


def aggregate_log_densities(z: Tensor, q: GaussianFactors, images: int) -> tuple[Tensor, Tensor]:
    """Estimates of log q(z) [B] and log prod_d q(z_d) [B], nats, for the aggregate posterior q.

    z [B, D] holds one draw from each of the B posteriors q; `images` is the size of the data set.
    """
    each = pairwise_log_densities(z, q)
    weights = log_stratified_weights(len(z), images, z.device)
    joint = torch.logsumexp(each.sum(-1) + weights, 1)
    product = torch.logsumexp(each + weights[..., None], 1).sum(-1)
    return joint, product


class TotalCorrelationAutoencoder(VariationalAutoencoder[TotalCorrelationConfig]):
    """beta-TCVAE: the KL in three parts, of which the total correlation is weighted by beta.

    The mean over images of KL(q(z|x) || p(z)) is I(z; n) + KL(q(z) || prod_d q(z_d)) +
    sum_d KL(q(z_d) || p(z_d)), with q(z) the mixture of q(z|x_n) over all N images (Chen et al.
    2018, arXiv 1802.04942, eq. 2 and 4). Each part is estimated by one draw of z per image; the
    three sum to log q(z|x) - log p(z). The term "kl" in closed form has weight 0. All three weights
    are annealed as the beta-VAE's.
    """

    family = "beta-tcvae"
    title = "Beta-TCVAE"
    config_type = TotalCorrelationConfig

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        q = self.encode(self.corrupt(batch), batch.y)
        z = q.rsample(generator=batch.generator)
        joint, product = aggregate_log_densities(z, q, self.config.dataset_size)
        return {
            "reconstruction": -self.decode(z, batch.y).log_prob(batch.x),
            "mutual information": q.log_prob(z) - joint,
            "total correlation": joint - product,
            "dimension-wise kl": product - self.prior().log_prob(z),
            "kl": kl_to_standard_normal(q).sum(-1),
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        others = self.config.weight(step, 1.0)
        return {
            "model": {
                "reconstruction": 1.0,
                "mutual information": others,
                "total correlation": self.config.weight(step, self.config.beta),
                "dimension-wise kl": others,
            }
        }
