"""Gradients of an expectation over q = N(mu, diag sigma^2), with the reparameterization trick
and without it.

f maps codes z [N, D] to numbers [N]; nothing here asks what it is. For a VAE it is
-log p(x|z) in nats, and the loss of one image is E_q[f(z)] + KL(q || N(0, I)), the negative ELBO.
A gradient with respect to (mu, sigma) is one tensor [..., 2, D].
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.distributions import Normal

from models import Model
from models.distributions import DiagonalGaussian, kl_to_standard_normal

Function = Callable[[Tensor], Tensor]


def reconstruction_loss(model: Model, x: Tensor) -> Function:
    """f(z) = -log p(x|z), nats [N] float64 on the CPU, for one image x [C, H, W]."""
    x = x.to(model.device)
    # The network works in its own precision and place; what is added up afterwards need not.
    return lambda z: -model.decode(z.to(x)).log_prob(x).double().cpu()


def once(f: Function) -> Function:
    """f for estimators that are all given the same draws: evaluated at the first call only."""
    known: list[Tensor] = []

    def remembered(z: Tensor) -> Tensor:
        if known:
            return known[0].detach()
        known.append(f(z))
        return known[0]

    return remembered


def pathwise(f: Function, mu: Tensor, sigma: Tensor, epsilon: Tensor) -> Tensor:
    """The reparameterized gradient of E_q[f] from each draw: [N, 2, D] for epsilon [N, D].

    z = mu + sigma * epsilon, so d f / d mu = f'(z) and d f / d sigma = f'(z) epsilon (Kingma &
    Welling 2013, arXiv 1312.6114, section 2.4).
    """
    mu, sigma = _leaves(mu, sigma, epsilon)
    values = f(mu + sigma * epsilon)
    return torch.stack(torch.autograd.grad(values.sum(), (mu, sigma)), 1)


def score_function(
    f: Function, mu: Tensor, sigma: Tensor, epsilon: Tensor, baseline: bool = False
) -> Tensor:
    """The score-function gradient of E_q[f] from each draw: [N, 2, D] for epsilon [N, D].

    f(z) d log q(z) / d(mu, sigma) (Williams 1992, REINFORCE). `baseline` takes from each f(z) the
    mean of the others, which leaves the expectation as it is (Mnih & Rezende 2016, arXiv
    1602.06725, section 2.5); it needs N >= 2.
    """
    mu, sigma = _leaves(mu, sigma, epsilon)
    z = (mu + sigma * epsilon).detach()
    with torch.no_grad():
        values = f(z)
    if baseline:
        values = (values - values.mean()) * len(values) / (len(values) - 1)
    log_q = Normal(mu, sigma).log_prob(z).sum(-1)
    return torch.stack(torch.autograd.grad((values * log_q).sum(), (mu, sigma)), 1)


def _leaves(mu: Tensor, sigma: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor]:
    """A copy of mu and sigma [D] for every draw [N, D], so that each gets a gradient of its own."""
    mu, sigma = (v.expand_as(epsilon).clone().requires_grad_() for v in (mu, sigma))
    return mu, sigma


class Backward(NamedTuple):
    """One draw's loss, nats, and what backpropagation makes of it.

    by_z [D]: d f / d z at the draw. through [2, D]: what of it reaches (mu, sigma), None where
    no path leads there. by_kl, total [2, D]: the gradients of the KL and of the loss.
    """

    reconstruction: float
    kl: float
    by_z: Tensor
    through: Tensor | None
    by_kl: Tensor
    total: Tensor


def backpropagate(
    f: Function, mu: Tensor, sigma: Tensor, epsilon: Tensor, trick: bool = True
) -> Backward:
    """Backpropagate f(z) + KL(q || N(0, I)) for one draw; mu, sigma, epsilon are [D].

    Without the `trick` z is a mere sample: its value is the same, how it came about is unknown.
    """
    mu, sigma = (v.clone().requires_grad_() for v in (mu, sigma))
    z = reparameterize(mu, sigma, epsilon) if trick else draw(mu, sigma, epsilon)
    reconstruction = f(z.unsqueeze(0)).sum()
    kl = _kl(mu, sigma)
    (by_z,) = torch.autograd.grad(reconstruction, z, retain_graph=True)
    # Without the trick no path leads from the reconstruction to mu and sigma.
    through = _gradient(reconstruction, mu, sigma) if trick else None
    by_kl, total = _gradient(kl, mu, sigma), _gradient(reconstruction + kl, mu, sigma)
    return Backward(reconstruction.item(), kl.item(), by_z, through, by_kl, total)


def reparameterize(mu: Tensor, sigma: Tensor, epsilon: Tensor) -> Tensor:
    """z = mu + sigma * epsilon: a path from mu and sigma to z."""
    return mu + sigma * epsilon


def draw(mu: Tensor, sigma: Tensor, epsilon: Tensor) -> Tensor:
    """The same number as a leaf of the graph, as `Normal(mu, sigma).sample()` would give it."""
    with torch.no_grad():
        z = mu + sigma * epsilon
    return z.requires_grad_()


def kl_gradient(mu: Tensor, sigma: Tensor) -> Tensor:
    """The gradient [2, D] of KL(q || N(0, I)): the same for every draw, and known exactly."""
    mu, sigma = (v.clone().requires_grad_() for v in (mu, sigma))
    return _gradient(_kl(mu, sigma), mu, sigma)


def _kl(mu: Tensor, sigma: Tensor) -> Tensor:
    return kl_to_standard_normal(DiagonalGaussian(mu, 2 * sigma.log())).sum()


def _gradient(value: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """d value / d(mu, sigma), [2, D]; a path leads to both."""
    return torch.stack(torch.autograd.grad(value, (mu, sigma), retain_graph=True))
