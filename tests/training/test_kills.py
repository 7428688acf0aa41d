"""Trainings that are killed at random moments end in the weights of one that nobody killed."""

import re
import subprocess
import sys

import pytest

from tests.places import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no kill -9")
def test_no_kill_loses_a_training():
    """A few of the 40 that `python -m tests.training.kills` kills."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.training.kills", "--times", "4"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    kills, lost = map(int, re.findall(r"(\d+) (?:kills|lost)", ended.stdout))
    assert kills >= 4
    assert lost == 0
