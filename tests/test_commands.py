"""How command lines end: one sentence for what can be mended, and a status that is not 0."""

import argparse
import errno
import os
import subprocess
import sys

import pytest

import commands
from files import REASONS, check_writable, sentence_of
from tests.places import ROOT


class MendableError(RuntimeError):
    pass


def raising(error):
    def work():
        raise error

    return work


def ended(capsys, error, **options):
    """(status, what was said) of a command whose work raises the error."""
    status = commands.run(raising(error), MendableError, **options)
    return status, capsys.readouterr().err


@pytest.mark.parametrize("number", REASONS, ids=errno.errorcode.get)
def test_an_error_of_the_system_is_a_sentence_without_its_number(number, capsys, assert_sentence):
    status, said = ended(capsys, OSError(number, os.strerror(number), "some/where/Ink"))
    assert status == 1
    assert_sentence(said)
    assert str(number) not in said
    assert ("Ink" in said) == ("{}" in REASONS[number])


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error", "A"),
        OSError(errno.ENOENT, "No such file or directory"),
        OSError(errno.ENOENT, "No such file or directory", b"\xff\xfe"),
        OSError(errno.ENOENT, "No such file or directory", "two\nlines"),
        OSError(errno.EACCES, "Permission denied", 3),
        OSError("it broke"),
        PermissionError(),
    ],
    ids=repr,
)
def test_any_error_of_the_system_is_one_line(error):
    said = sentence_of(error)
    assert len(said.splitlines()) == 1
    assert said.endswith(".")
    assert "Errno" not in said
    assert "None" not in said
    assert ": ." not in said


def test_what_can_be_mended_says_its_own_sentence(capsys):
    assert ended(capsys, ValueError("Take more.")) == (1, "Take more.\n")
    assert ended(capsys, MendableError("Take less."), way_on=" Go on.") == (1, "Take less.\n")


def test_a_fault_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        commands.run(raising(ZeroDivisionError()))


def test_what_can_be_resumed_says_how_after_an_interruption_or_a_full_disk(capsys):
    status, said = ended(capsys, KeyboardInterrupt(), way_on=" Go on with --resume.")
    assert (status, said) == (130, "\nStopped. Go on with --resume.\n")
    full = OSError(errno.ENOSPC, "No space left on device")
    status, said = ended(capsys, full, way_on=" Go on with --resume.")
    assert status == 1
    assert said == "The disk is full; make room on it and start again. Go on with --resume.\n"


def test_the_status_is_the_works_own():
    assert [commands.run(lambda s=s: s) for s in (None, 0, 1)] == [0, 0, 1]


PRINTS = "import commands, sys; sys.exit(commands.run(lambda: print(5000 * 'Ink ± ')))"


def printing(output, **environment):
    return subprocess.run(
        [sys.executable, "-c", PRINTS],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=output,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is full")
def test_output_to_a_full_disk_is_a_sentence(assert_sentence):
    with open("/dev/full", "w", encoding="utf-8") as full:
        ended = printing(full)
    assert ended.returncode == 1
    assert_sentence(ended.stderr)


def test_output_that_nobody_reads_ends_in_silence():
    reader, writer = os.pipe()
    os.close(reader)
    ended = printing(writer)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_letter_that_the_output_lacks_is_escaped():
    ended = printing(subprocess.PIPE, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Ink \\xb1 Ink")


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "1e3", "nan", "", "\u0661", str(2**63), 10_000 * "9"]
)
def test_what_is_no_count_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="not a whole number of 2 or more"):
        commands.at_least(2)(text)


def test_a_count_has_a_least_value():
    assert commands.at_least(2)("2") == 2
    with pytest.raises(argparse.ArgumentTypeError):
        commands.at_least(2)("1")


def test_only_a_folder_that_takes_a_file_is_writable(tmp_path):
    check_writable(tmp_path)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    for name in ("file", "nowhere"):
        with pytest.raises(OSError, match=name):
            check_writable(tmp_path / name)
