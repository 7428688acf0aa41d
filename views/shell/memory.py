"""Memory that is given back once it is free."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3  # of glibc's mallopt
LARGE = 2**20  # bytes from which a buffer is mapped by itself, and returned when it is freed


def return_large_buffers() -> bool:
    """Have large buffers returned to the system when they are freed; True if that can be set.

    glibc raises its own threshold with the first large buffer that is freed, up to 32 MB, and from
    then on keeps most of what grids and batches leave behind: the page grew by gigabytes an hour
    until each thread's share had found its largest size. Other systems' allocators do without.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    return bool(mallopt and mallopt(M_MMAP_THRESHOLD, LARGE))
