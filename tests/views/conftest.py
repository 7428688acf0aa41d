"""What several tests of the views ask for."""

import pytest

from models import zoo
from views.kit.lab import Lab


def flip_a_bit(content):
    return content[:-1] + bytes([content[-1] ^ 1])


DAMAGE = {
    "truncated": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "one bit flipped": flip_a_bit,
    "an LFS pointer": lambda content: b"version https://git-lfs.github.com/spec/v1\n",
}


@pytest.fixture(params=DAMAGE)
def damaged(request, save_six, tmp_path, lab):
    """A lab in which ae-2 cannot be used."""
    file = save_six(tmp_path) / "ae-2" / zoo.WEIGHTS
    file.write_bytes(DAMAGE[request.param](file.read_bytes()))
    return Lab(zoo.Zoo(tmp_path), lab.samples)
