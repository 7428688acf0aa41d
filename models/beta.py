"""VAEs whose KL weighs more, or less, than one."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Config
from .vae import VariationalAutoencoder


@dataclass(frozen=True)
class BetaConfig(Config):
    """`beta` weighs the KL: 1 is the VAE, 0 leaves only the noise in the code."""

    kind: ClassVar[str] = "beta-config"

    beta: float = 1.0

    def __post_init__(self):
        super().__post_init__()
        if not self.beta >= 0:
            raise ValueError("beta must be 0 or more.")


class BetaVariationalAutoencoder(VariationalAutoencoder):
    """beta-VAE: the KL is weighed by beta.

    Minimises -E_q[log p(x|z)] + beta KL(q(z|x) || p(z)) (Higgins et al. 2017, "beta-VAE: learning
    basic visual concepts with a constrained variational framework", eq. 4).
    """

    family = "beta-vae"
    title = "Beta-VAE"
    config_type = BetaConfig

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        return {"model": {"reconstruction": 1.0, "kl": self.config.beta}}
