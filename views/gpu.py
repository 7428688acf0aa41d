"""ZeroGPU: hosted Spaces lend a GPU only inside functions that the `spaces` package decorates."""

from collections.abc import Callable

try:
    from spaces import GPU
except ImportError:  # everywhere else the device is simply there

    def GPU(function: Callable) -> Callable:
        return function


__all__ = ["GPU"]
