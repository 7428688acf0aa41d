"""What every reader of folders has to know of files: checkpoints and pictures alike."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"  # begins what stands for an absent file
MAC_ARCHIVE = "__MACOSX"  # a folder that archives made on macOS hold beside the files


def printable(name: str) -> str:
    """A file's name with line ends and other unprintable characters escaped, as in a\\nb."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
