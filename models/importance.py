"""The importance weighted autoencoder: a VAE trained on a tighter bound."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from .base import Batch, Config
from .bounds import importance_bound, log_importance_weights
from .distributions import kl_to_standard_normal
from .vae import VariationalAutoencoder


@dataclass(frozen=True)
class ImportanceConfig(Config):
    """`samples` is k, the draws of q(z|x) that one bound takes; 1 is the VAE's.

    `bound` says what training maximises: "iwae", the log of the mean of the k weights, or "elbo",
    the mean of their logs, which is the VAE's objective estimated by k draws.
    """

    kind: ClassVar[str] = "importance-config"

    samples: int = 5
    bound: str = "iwae"

    def __post_init__(self):
        super().__post_init__()
        if self.samples < 1:
            raise ValueError("samples must be at least 1.")
        if self.bound not in ("iwae", "elbo"):
            raise ValueError('bound must be "iwae" or "elbo".')


class ImportanceWeightedAutoencoder(VariationalAutoencoder[ImportanceConfig]):
    """IWAE: p(z), p(x|z) and q(z|x) as the VAE's, fitted by the bound of k samples.

    Minimises -E[log 1/k sum_i w_i], w_i = p(x, z_i) / q(z_i|x) (Burda et al. 2015, arXiv
    1509.00519, eq. 8). The draws are reparameterized and the gradient is that of the bound itself:
    each sample's grad log w_i counts with its normalised weight (their eq. 13 and 14). "kl", in
    closed form, and "reconstruction", -E_q[log p(x|z)] over the same draws, are there to be read:
    with minus signs they sum to the ELBO, the mean of log w_i.

    With config.bound = "elbo" that mean is maximised instead: the VAE of k draws that the paper
    sets beside the IWAE of k draws (section 5, table 1).
    """

    family = "iwae"
    title = "Importance weighted autoencoder"
    config_type = ImportanceConfig

    def terms(self, batch: Batch) -> dict[str, Tensor]:
        x = self.corrupt(batch)
        log_weights = log_importance_weights(self, x, self.config.samples, batch.generator, batch.y)
        kl = kl_to_standard_normal(self.encode(x, batch.y)).sum(-1)
        return {
            "iwae": -importance_bound(log_weights),
            "kl": kl,
            "reconstruction": -log_weights.mean(0) - kl,
        }

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        if self.config.bound == "elbo":
            return {"model": {"reconstruction": 1.0, "kl": 1.0}}
        return {"model": {"iwae": 1.0}}
