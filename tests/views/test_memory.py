"""Memory that large buffers take is given back when they are freed."""

import subprocess
import sys

from tests.places import ROOT
from views.shell.memory import return_large_buffers

GROWTH = """
import sys
import numpy as np
from views.shell.memory import return_large_buffers

def megabytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

if "returned" in sys.argv:
    assert return_large_buffers()
np.ones(2**21).sum()  # 16 MB: from here on glibc would keep smaller buffers in its heap
before = megabytes()
large, small = [], []
for _ in range(40):
    large.append(np.ones(2**18))  # 2 MB
    small.append(bytearray(2000))  # lies behind it, and stays
del large
print(megabytes() - before)
"""


def growth(*arguments):
    command = [sys.executable, "-c", GROWTH, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return float(run.stdout)


def test_freed_buffers_are_returned():
    """Without the setting 80 MB stay; other systems have nothing to set."""
    if sys.platform.startswith("linux"):
        assert growth("returned") < 10
    else:
        assert not return_large_buffers()
