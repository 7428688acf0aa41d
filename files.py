"""What every reader and writer of folders has to know of files, checkpoints and pictures alike."""

import errno
import os
import tempfile
from pathlib import Path

LFS_POINTER = b"version https://git-lfs.github.com/spec/"  # begins what stands for an absent file
MAC_ARCHIVE = "__MACOSX"  # a folder that archives made on macOS hold beside the files

FULL = "The disk is full; make room on it and start again"
FORBIDDEN = (
    "The file or folder{} may not be read or written; change its permissions or name another"
)
# What the operating system's errors say to somebody who can mend them; {} is a blank and the name.
REASONS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,  # or more than the system grants one file
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: "Nothing can be written where the file{} lies; name another folder",
    errno.ENOENT: "There is no file or folder{}; check its name",
    errno.ELOOP: "The link{} leads to itself; remove it or name another",
    errno.ENAMETOOLONG: "The name{} is too long; choose a shorter one",
    errno.ENOTDIR: "The file{} is where a folder is needed; move it away or name another",
    errno.EISDIR: "The folder{} is where a file is needed; move it away",
    errno.EEXIST: "The file{} is where a folder is needed; move it away or name another",
    errno.EMFILE: "Too many files are open; close other programs",
    errno.ENFILE: "Too many files are open; close other programs",
}


def printable(name: str) -> str:
    """A file's name with line ends and other unprintable characters escaped, as in a\\nb."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def sentence_of(error: OSError) -> str:
    """What the operating system complains of, in one sentence that says what to do.

    It names the file, without the folders around it and without the error's number.
    """
    name = ""
    if isinstance(error.filename, str | bytes):
        name = f" {printable(Path(os.fsdecode(error.filename)).name)}".rstrip()
    if reason := REASONS.get(error.errno or 0):
        return f"{reason.format(name)}."
    said = (error.strerror or str(error) or "it is not known why").rstrip(".").lower()
    return f"The file{name} cannot be used: {said}."


def check_writable(folder: Path) -> None:
    """Raises OSError unless a file can be created in the folder."""
    with tempfile.TemporaryFile(dir=folder):
        pass
