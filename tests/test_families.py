"""python -m models: a family stays a file that one can read in a sitting."""

import runpy

import pytest

from models import FAMILIES
from models.__main__ import lines_of


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_family_has_fewer_than_120_lines(family):
    assert lines_of(family) < 120


@pytest.mark.filterwarnings("ignore:'models.__main__' found in sys.modules")
def test_the_command_lists_every_family(capsys):
    runpy.run_module("models", run_name="__main__")
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(name, int(lines)) for name, *_, lines, _ in rows] == [
        (name, lines_of(family)) for name, family in FAMILIES.items()
    ]
