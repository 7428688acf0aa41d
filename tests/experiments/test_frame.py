"""How an experiment ends: with one sentence where a user can mend something."""

import errno

import pytest

from data.datasets import DataError
from experiments import frame
from training.errors import TrainingError


@pytest.mark.parametrize(
    "error",
    [
        DataError("Name another folder."),
        TrainingError("Lower the learning rate."),
        ValueError("Take more images."),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
    ids=repr,
)
def test_an_experiment_that_fails_ends_in_a_sentence(error, capsys, assert_sentence):
    def main():
        raise error

    with pytest.raises(SystemExit) as ended:
        frame.start(main)
    assert ended.value.code == 1
    assert_sentence(capsys.readouterr().err)


def test_an_experiment_that_ends_has_the_status_0():
    with pytest.raises(SystemExit) as ended:
        frame.start(lambda: None)
    assert ended.value.code == 0
