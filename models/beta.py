"""beta-VAE: the weight of the KL is beta instead of 1."""

from dataclasses import dataclass
from typing import ClassVar

from .base import MOST_FACTOR, MOST_STEPS, Config
from .records import require_between
from .vae import VariationalAutoencoder


def anneal(start: float, steps: int, step: int) -> float:
    """A weight at `step`: geometric from `start` at step 0 to 1 at step `steps`, 1 afterwards."""
    return start ** max(1 - step / steps, 0.0) if steps else 1.0


@dataclass(frozen=True)
class BetaConfig(Config):
    """`beta` is the final weight of the KL: 1 is the VAE, 0 an autoencoder whose codes are drawn.

    The weight is annealed: for the first `anneal_steps` steps it is the larger of its final value
    and a weight that falls geometrically from `beta_start` to 1.
    """

    kind: ClassVar[str] = "beta-config"

    beta: float = 1.0
    beta_start: float = 1.0
    anneal_steps: int = 0

    def __post_init__(self):
        super().__post_init__()
        require_between(0, MOST_FACTOR, beta=self.beta)
        require_between(1, MOST_FACTOR, beta_start=self.beta_start)
        require_between(0, MOST_STEPS, anneal_steps=self.anneal_steps)

    def weight(self, step: int, last: float) -> float:
        """The weight at `step` of a term whose final weight is `last`."""
        if step >= self.anneal_steps:
            return last
        return max(last, anneal(self.beta_start, self.anneal_steps, step))


def beta_of(config: Config) -> float:
    """The final weight of the KL of a model that has one."""
    assert isinstance(config, BetaConfig)
    return config.beta


class BetaVariationalAutoencoder(VariationalAutoencoder[BetaConfig]):
    """beta-VAE: the KL is weighted by beta.

    Minimises -E_q[log p(x|z)] + beta KL(q(z|x) || p(z)) (Higgins et al. 2017, "beta-VAE: learning
    basic visual concepts with a constrained variational framework", eq. 4).

    With config.anneal_steps the weight begins higher and decreases: the code then uses few
    dimensions at first, and more as they become cheaper (after Burgess et al. 2018, arXiv
    1804.03599, section 5, who increase the capacity of the code during training).
    """

    family = "beta-vae"
    title = "Beta-VAE"
    config_type = BetaConfig

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        weight = self.config.weight(step, self.config.beta)
        return {"model": {"reconstruction": 1.0, "kl": weight}}
