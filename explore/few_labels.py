"""What M2 makes of one image: which class, and how well each class explains it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from data.binarize import SEED, binarize
from models import Batch, Model
from models.semi_supervised import SemiSupervisedAutoencoder

DRAWS = 32  # of q(z|x, y) for each class, over which the bounds are averaged

# Kingma et al. 2014 (arXiv 1406.5298), table 1: percent of the 10,000 test images that M2 misreads,
# and M1+M2, their best, where M2 reads the codes of a VAE trained before.
PUBLISHED = {
    100: {"M2": 11.97, "M1+M2": 3.33},
    600: {"M2": 4.94, "M1+M2": 2.59},
    1_000: {"M2": 3.60, "M1+M2": 2.40},
    3_000: {"M2": 3.92, "M1+M2": 2.18},
}


@dataclass(frozen=True)
class Explained:
    """One image under each class y. Pictures are [classes, C, H, W], the means of p(x|y, z).

    posterior: q(y|x), [classes]. styled: z is the mean of q(z|x, y) for the most probable class,
    the same for all. fitted: z is the mean of q(z|x, y) for each class. bounds: log p(x|y) is at
    least that, nats, of the image in black and white, [classes]: -L(x, y) without log p(y).
    """

    posterior: Tensor
    styled: Tensor
    fitted: Tensor
    bounds: Tensor


@torch.no_grad()
def posterior(model: Model, x: Tensor) -> Tensor:
    """q(y|x) of one image x [C, H, W], [classes]."""
    return model.classify(x.to(model.device).unsqueeze(0)).probs[0].cpu()


@torch.no_grad()
def explain(model: SemiSupervisedAutoencoder, x: Tensor) -> Explained:
    """Every class's account of one image x [C, H, W] in [0, 1]."""
    one = x.to(model.device).unsqueeze(0)
    classes = torch.arange(model.config.classes, device=model.device)
    one_z = model.encode(one).mean.expand(len(classes), -1)
    each_z = model.encode(one.expand(len(classes), *x.shape), classes).mean
    return Explained(
        posterior=posterior(model, x),
        styled=model.decode(one_z, classes).mean.cpu(),
        fitted=model.decode(each_z, classes).mean.cpu(),
        bounds=class_bounds(model, x).cpu(),
    )


@torch.no_grad()
def class_bounds(model: SemiSupervisedAutoencoder, x: Tensor) -> Tensor:
    """A lower bound on log p(x|y) for each y, nats [classes], averaged over DRAWS draws of z."""
    generator = torch.Generator(model.device).manual_seed(SEED)
    binary = binarize(x.cpu(), SEED).to(model.device)
    many = binary.expand(DRAWS, *x.shape)
    reconstruction, kl = model.terms_by_class(Batch(many, generator=generator))
    return -(reconstruction + kl).double().mean(0)
