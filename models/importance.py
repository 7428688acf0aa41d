"""The importance weighted autoencoder: a VAE trained on a tighter bound."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from .base import Batch, Config
from .bounds import importance_bound, log_importance_weights
from .distributions import kl_to_standard_normal
from .records import require_between
from .vae import VariationalAutoencoder

MOST_SAMPLES = 100_000  # k of a bound


@dataclass(frozen=True)
class ImportanceConfig(Config):
    """samples: k, the draws of q(z|x) per image.

    bound: what training maximises, "iwae", the log of the mean of the k importance weights, or
    "elbo", the mean of their logs: the VAE's objective, estimated by k draws. Raises ValueError for
    other values.
    """

    kind: ClassVar[str] = "importance-config"

    samples: int = 5
    bound: str = "iwae"

    def __post_init__(self):
        super().__post_init__()
        require_between(1, MOST_SAMPLES, samples=self.samples)
        if self.bound not in ("iwae", "elbo"):
            raise ValueError('bound must be "iwae" or "elbo".')


class ImportanceWeightedAutoencoder(VariationalAutoencoder[ImportanceConfig]):
    """IWAE: p(z), p(x|z) and q(z|x) of the VAE, trained on the bound of k samples.

    Minimises -E[log 1/k sum_i w_i], w_i = p(x, z_i) / q(z_i|x) (Burda et al. 2015, arXiv
    1509.00519, eq. 8), the term "iwae". The draws are reparameterized and the gradient is that of
    the bound itself: each sample's grad log w_i counts with its normalised weight (eq. 13 and 14).
    The term "kl" is in closed form; "reconstruction" is the mean of -log w_i less that, so that the
    two sum to the negative ELBO. They have weight 0 with config.bound = "iwae".

    With config.bound = "elbo" the two are minimised: the VAE of k draws that the paper compares
    with the IWAE of k draws (section 5, table 1).
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
