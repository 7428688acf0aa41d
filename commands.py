"""How every command line ends: with an exit status, and with one sentence where it failed."""

import argparse
import io
import os
import sys
from collections.abc import Callable

from files import sentence_of

STOPPED = 130  # the exit status of what Ctrl-C ended, as shells have it


def run(work: Callable[[], int | None], *refusals: type[Exception], way_on: str = "") -> int:
    """Do the work of a command line; returns the exit status, the work's own or 0 by default.

    ValueError, OSError and the `refusals` are what a user can mend: they end in one sentence on
    standard error and the status 1. `way_on` is a sentence added where the work can be resumed,
    after Ctrl-C and after an error of the operating system. Other exceptions are faults of ours.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter it lacks must not end a training
            stream.reconfigure(errors="backslashreplace")
    try:
        status = work() or 0
        sys.stdout.flush()
    except BrokenPipeError:
        _close_output()  # who read it has gone, as head does
        return 1
    except OSError as error:
        print(f"{sentence_of(error)}{way_on}", file=sys.stderr)
        _close_output()
        return 1
    except (ValueError, *refusals) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped.{way_on}", file=sys.stderr)
        return STOPPED
    return status


def _close_output() -> None:
    """Drop what standard output still holds, if that cannot be written: Python would complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def at_least(least: int) -> Callable[[str], int]:
    """The type of a command line's option that takes a whole number, `least` or more."""

    def whole_number(text: str) -> int:
        # 18 digits are below 2^63, which is the most that PyTorch takes as a seed.
        if not (text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
        return int(text)

    return whole_number
