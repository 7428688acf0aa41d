"""The data set `shapes`: every combination of the factors of data/shapes.py, drawn here."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from data.shapes import FACTORS, SIDE, draw

TEST = 1_500  # of the 10,500 pictures: 9,000 are left to learn from


def grid() -> Tensor:
    """Every combination of factors, [N, F] int64, the last factor running fastest."""
    return torch.cartesian_prod(*(torch.arange(len(values)) for values in FACTORS.values()))


def pictures(device: torch.device | str = "cpu") -> Tensor:
    """uint8 [N, 1, SIDE, SIDE] of the whole grid, in its order, on `device`.

    Positions are whole pixels apart, so each shape is drawn once, in the middle, and then moved.
    """
    _, sizes, rotations, *positions = FACTORS.values()
    size, turn = torch.cartesian_prod(torch.tensor(sizes), torch.tensor(rotations)).to(device).T
    middle = torch.full_like(size, SIDE / 2)
    drawn = torch.cat([draw(shape, size, turn, middle, middle) for shape in FACTORS["shape"]])
    still = (255 * drawn).round().to(torch.uint8)
    right, down = ([round(v - SIDE / 2) for v in values] for values in positions)
    room = max(map(abs, right + down))
    wide = pad(still, (room,) * 4)
    moved = torch.stack(
        [
            wide[..., room - dy : room - dy + SIDE, room - dx : room - dx + SIDE]
            for dx in right
            for dy in down
        ],
        dim=1,
    )
    return moved.flatten(0, 1)


def order(seed: int) -> tuple[Tensor, Tensor]:
    """Where in the grid the training and the test pictures are: a fixed permutation, parted."""
    places = torch.randperm(len(grid()), generator=torch.Generator().manual_seed(seed))
    return places[:-TEST], places[-TEST:]
