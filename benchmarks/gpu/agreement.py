"""Does every shipped model give the same codes and pictures on CUDA as on the CPU?"""

from pathlib import Path

import torch
from torch import Tensor

from data import datasets
from data.datasets import Split, unit_interval
from models import Model, zoo

from .table import Table

IMAGES, SEED = 200, 0
GREY_LEVEL = 1 / 255


@torch.no_grad()
def answers(model: Model, split: Split) -> tuple[Tensor, Tensor]:
    """Codes [N, D] of the first test images and pictures [N, C, H, W] of codes that N(0, I) gives.

    A family without one of the two networks gives an empty tensor in its place.
    """
    x, y = unit_interval(split.images[:IMAGES]), split.labels[:IMAGES]
    z = torch.randn(len(x), model.latent, generator=torch.Generator().manual_seed(SEED))
    x, y, z = (t.to(model.device) for t in (x, y, z))
    nothing = torch.zeros(1)
    codes = (
        model.encode(x, y if model.encode_needs_label else None).mean
        if model.has_encoder
        else nothing
    )
    told = y if model.decode_needs_label else None
    pictures = model.decode(z, told).mean if model.has_decoder else nothing
    return codes.cpu(), pictures.cpu()


def measure(root: Path | None, checkpoints: Path) -> Table:
    """How far codes and pictures on the GPU are from those on the CPU, for each checkpoint."""
    models, sets, rows = zoo.Zoo(checkpoints), {}, []
    for name, entry in models.items():
        dataset = entry.card.data["name"]
        if dataset not in sets:
            sets[dataset] = datasets.load(dataset, root).test
        on_cpu = answers(entry.model, sets[dataset])
        on_cuda = answers(entry.model.to("cuda"), sets[dataset])
        entry.model.to("cpu")
        codes, pictures = (float((a - b).abs().max()) for a, b in zip(on_cpu, on_cuda, strict=True))
        scale = float(on_cpu[0].abs().max()) or 1.0
        rows.append((name, f"{codes / scale:.1e}", f"{pictures / GREY_LEVEL:.1e}"))
    worst = max(float(row[2]) for row in rows)
    return Table(
        "CUDA and CPU agree",
        f"{len(rows)} checkpoints: the largest difference in {IMAGES} codes, relative to the "
        f"largest number in them, and in {IMAGES} pictures decoded from N(0, I), in grey levels "
        f"of 1/255 (worst: {worst:.1e}; goal: below 1).",
        ("checkpoint", "codes, relative", "pictures, grey levels"),
        rows,
    )
