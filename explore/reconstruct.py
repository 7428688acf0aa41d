"""What survives the bottleneck."""

from dataclasses import dataclass

import torch
from torch import Tensor

from models import Model
from models.distributions import GaussianFactors, kl_to_standard_normal


@dataclass(frozen=True)
class Reconstruction:
    """One image through a model and back.

    z [D]: the code decoded. mean, std [D]: of q(z|x); std is 0 for a point mass. picture
    [C, H, W]: the mean of p(x|z). error [C, H, W]: picture minus target. mse: its mean square
    per pixel. kl: KL(q(z|x) || p(z)) in nats, or None without a prior.
    """

    z: Tensor
    mean: Tensor
    std: Tensor
    picture: Tensor
    error: Tensor
    mse: float
    kl: float | None


@torch.no_grad()
def reconstruct(
    model: Model, x: Tensor, target: Tensor | None = None, generator: torch.Generator | None = None
) -> Reconstruction:
    """Encode x [C, H, W] and decode its mean code, or with a `generator` a draw from q(z|x).

    The error is taken against `target`, x itself unless given (denoising compares with the clean
    image). A CPU generator draws the same code whatever device the model is on.
    """
    q = model.encode(x.to(model.device).unsqueeze(0))
    mean, std = q.mean[0].cpu(), q.variance[0].sqrt().cpu()
    z = mean if generator is None else mean + std * torch.randn(mean.shape, generator=generator)
    picture = model.decode(z.to(model.device).unsqueeze(0)).mean[0].cpu()
    error = picture - (x if target is None else target)
    kl = None
    if model.prior() is not None:
        assert isinstance(q, GaussianFactors)  # as that of every family with a prior
        kl = float(kl_to_standard_normal(q).sum())
    return Reconstruction(z, mean, std, picture, error, float((error**2).mean()), kl)


def psnr(mse: float) -> float:
    """Peak signal-to-noise ratio in dB of images whose full ink is 1: -10 log10(mse)."""
    return (
        float("inf") if mse == 0 else -10.0 * torch.tensor(mse, dtype=torch.float64).log10().item()
    )
