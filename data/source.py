"""A data set as a model takes it: one of the registry, or a folder of pictures."""

from pathlib import Path

from data import datasets, folder
from data.datasets import DataError, Dataset


def read(name: str, shape: tuple[int, ...], root: Path | None = None) -> Dataset:
    """The data set `name`, or the pictures of "folder:PATH" scaled to `shape`, [C, H, W].

    `root` is where data sets lie. Raises DataError, one sentence, where it cannot be read.
    """
    if name.startswith(folder.PREFIX):
        return folder.read(folder.located(name), *shape[1:])
    return datasets.load(name, root)


def read_fitting(name: str, shape: tuple[int, ...], root: Path | None = None) -> Dataset:
    """The same; raises DataError where the images are not of the shape [C, H, W], too."""
    dataset = read(name, shape, root)
    size, taken = ("x".join(map(str, s)) for s in (dataset.test.images.shape[1:], shape))
    if size != taken:
        raise DataError(f"The images of {name} are {size}, this model takes {taken}.")
    return dataset
