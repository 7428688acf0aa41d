"""ZeroGPU: hosted Spaces lend a GPU only inside functions that the `spaces` package decorates."""

import os
from collections.abc import Callable

try:
    from spaces import GPU
except ImportError:  # everywhere else the device is simply there

    def GPU(function: Callable) -> Callable:
        return function


# There a lease takes longer than these networks do, so what follows a finger stays on the CPU.
LENT = bool(os.environ.get("SPACES_ZERO_GPU"))

__all__ = ["GPU", "LENT"]
