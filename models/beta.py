"""VAEs whose KL weighs more, or less, than one."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Config
from .vae import VariationalAutoencoder


def falling(start: float, steps: int, step: int) -> float:
    """From `start` at step 0 to 1 in so many steps, by the same factor at each; 1 without any."""
    return start ** max(1 - step / steps, 0.0) if steps else 1.0


@dataclass(frozen=True)
class BetaConfig(Config):
    """`beta` weighs the KL: 1 is the VAE, 0 leaves only the noise in the code.

    With `annealed` steps the weight begins at `start` and falls towards 1 in so many, by the same
    factor at every step, but no lower than what it is to be in the end.
    """

    kind: ClassVar[str] = "beta-config"

    beta: float = 1.0
    start: float = 1.0
    annealed: int = 0

    def __post_init__(self):
        super().__post_init__()
        if not self.beta >= 0:
            raise ValueError("beta must be 0 or more.")
        if not self.start >= 1:
            raise ValueError("start must be 1 or more.")
        if self.annealed < 0:
            raise ValueError("annealed must be 0 or more.")

    def weight(self, step: int, last: float) -> float:
        """At `step`, of a part of the KL that weighs `last` in the end."""
        if step >= self.annealed:
            return last
        return max(last, falling(self.start, self.annealed, step))


class BetaVariationalAutoencoder(VariationalAutoencoder):
    """beta-VAE: the KL is weighed by beta.

    Minimises -E_q[log p(x|z)] + beta KL(q(z|x) || p(z)) (Higgins et al. 2017, "beta-VAE: learning
    basic visual concepts with a constrained variational framework", eq. 4).

    With config.annealed it begins closed: few dimensions can be afforded then, and each takes a
    direction of its own before there is room for more (after Burgess et al. 2018, arXiv 1804.03599,
    section 5, who open a bottleneck as training goes on).
    """

    family = "beta-vae"
    title = "Beta-VAE"
    config_type = BetaConfig

    def objective(self, step: int) -> dict[str, dict[str, float]]:
        weight = self.config.weight(step, self.config.beta)
        return {"model": {"reconstruction": 1.0, "kl": weight}}
