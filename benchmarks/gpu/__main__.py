"""Run every part on the CUDA device that is there; print the tables and write them to docs/gpu.md.

    python -m benchmarks.gpu [--data FOLDER] [--checkpoints FOLDER] [--out FILE]

It needs no network and no Gradio; a package that it lacks is named before anything starts.
"""

import argparse
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import commands
from files import check_writable

ROOT = Path(__file__).resolve().parents[2]
# What is imported, and the name under which it is installed.
NEEDED = {
    "torch": "torch>=2.10",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "safetensors": "safetensors",
    "sklearn": "scikit-learn",
    "scipy": "scipy",
    "PIL": "pillow",
    "tqdm": "tqdm",
}


def lacking() -> list[str]:
    """The packages to install first."""
    return [package for module, package in NEEDED.items() if find_spec(module) is None]


def main(arguments: list[str] | None = None) -> int:
    """Measure every table and write them to a file; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--checkpoints", type=Path, default=ROOT / "checkpoints")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "gpu.md")
    options = parser.parse_args(arguments)
    if missing := lacking():
        print(f"Install these packages first: {' '.join(missing)}.", file=sys.stderr)
        return 1
    import torch

    if not torch.cuda.is_available():
        print("This benchmark needs a CUDA device, and there is none.", file=sys.stderr)
        return 1
    from data.datasets import DataError
    from training.errors import TrainingError

    return commands.run(lambda: measure(options), DataError, TrainingError)


def measure(options: argparse.Namespace) -> None:
    """Measure each part, print its table, and write all tables so far to the file."""
    import torch

    from models.device import exact_convolutions

    from . import agreement, capture, precision, published, speed

    check_writable(options.out.parent)
    exact_convolutions()  # as training and the page do

    started = time.perf_counter()
    heading = [
        "# On a GPU",
        f"Measured by `make gpu` on one {torch.cuda.get_device_name()}, torch "
        f"{torch.__version__}, in one run. Timings end when the device has finished.",
    ]
    sections = []
    for part in (capture, agreement, speed, precision, published):
        begun = time.perf_counter()
        sections.append(part.measure(options.data, options.checkpoints).markdown())
        print(sections[-1], f"[{time.perf_counter() - begun:.0f} s]", flush=True)
        # Written after each part: what was measured stays, whatever comes after.
        took = f"The whole took {time.perf_counter() - started:.0f} s."
        options.out.write_text("\n\n".join([*heading, took, *sections]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
