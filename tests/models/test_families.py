"""python -m models: lists every family, its class and its file."""

import runpy
from pathlib import Path

import pytest

import models
from models import FAMILIES


@pytest.mark.filterwarnings("ignore:'models.__main__' found in sys.modules")
def test_the_command_lists_every_family(capsys):
    runpy.run_module("models", run_name="__main__")
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows] == [[name, f.__name__] for name, f in FAMILIES.items()]
    root = Path(models.__file__).parent.parent
    assert all((root / file).is_file() for *_, file in rows)
