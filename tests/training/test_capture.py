"""What a CUDA graph forbids, seen without a GPU: no step may ask the device for a number."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from models import FAMILIES, build, conditional, semi_supervised
from training.loop import Stepper
from training.recipes import Recipe

CPU = torch.device("cpu")
# They end in a number, or in a shape, that Python must wait for.
WAITING = ("aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select", "aten::equal")


class Waits(TorchDispatchMode):
    """Notes each operation for which Python would wait on a GPU, and a capture would fail."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.name()
        # The shape of x[mask] is the number of ones in the mask.
        masked = name == "aten::index.Tensor" and any(
            i is not None and i.dtype == torch.bool for i in args[1]
        )
        if masked or name.startswith(WAITING):
            self.found.append(name)
        return func(*args, **kwargs or {})


def waits_of(work) -> list[str]:
    with Waits() as waits:
        work()
    return waits.found


def test_a_number_that_is_asked_for_is_seen():
    assert waits_of(lambda: float(torch.ones(3).sum())) == ["aten::_local_scalar_dense"]
    assert waits_of(lambda: torch.ones(3)[torch.ones(3) > 0]) == ["aten::index.Tensor"]


@pytest.fixture(autouse=True)
def one_hot_as_on_cuda(monkeypatch):
    """PyTorch looks at the classes that it is given on a CPU, and not on CUDA."""

    def one_hot(y, classes):
        return (y.unsqueeze(-1) == torch.arange(classes, device=y.device)).long()

    for module in (conditional, semi_supervised):
        monkeypatch.setattr(module, "one_hot", one_hot)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_step_waits_for_the_device(family, small_config, digits):
    recipe = Recipe(
        "step", small_config(family), dataset="digits", batch_size=8, precision="float32"
    )
    stepper = Stepper(build(recipe.config), digits.train, recipe, CPU)
    assert waits_of(stepper._step) == []
