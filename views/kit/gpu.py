"""ZeroGPU: hosted Spaces lend a GPU only inside functions that the `spaces` package decorates."""

import os
from collections.abc import Callable


def _lender() -> Callable[[Callable], Callable]:
    try:
        # pyright cannot see it: it is installed on Hugging Face's machines only.
        from spaces import GPU  # pyright: ignore[reportMissingImports]
    except ImportError:  # everywhere else the device is simply there
        return lambda function: function
    return GPU


GPU = _lender()

# There a lease takes longer than these networks do, so what follows a finger stays on the CPU.
LENT = bool(os.environ.get("SPACES_ZERO_GPU"))

__all__ = ["GPU", "LENT"]
