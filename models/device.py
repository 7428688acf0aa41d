"""The device that models run on."""

import torch


def choose_device(name: str = "auto") -> torch.device:
    """The device called `name`: auto (CUDA, then MPS, then CPU), cpu, cuda or mps.

    Raises ValueError, one sentence, when it is not there.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((kind for kind, there in present.items() if there), "cpu")
    elif not present.get(name, name == "cpu"):
        raise ValueError(f"There is no {name} device here; use auto.")
    return torch.device(name)


def exact_convolutions() -> None:
    """Let this process's convolutions on CUDA compute in float32 throughout."""
    # PyTorch lets convolutions, not matrix products, round their inputs to 10 bits (TF32): pictures
    # then differ from the CPU's by up to a grey level.
    torch.backends.cudnn.allow_tf32 = False


def describe(device: torch.device) -> str:
    """The device's name for people: the name of the CUDA GPU, "Apple GPU" or "CPU"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return {"mps": "Apple GPU"}.get(device.type, "CPU")
