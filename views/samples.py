"""Digits to start from: MNIST's test images when they are at hand, else scikit-learn's.

The set is looked for in the background and swapped in whole, so the page never waits for it.
"""

import random
import threading
from dataclasses import dataclass

import torch

from training import data

PER_CLASS = 6


@dataclass(frozen=True)
class SampleSet:
    """Test images of one data set. `shown` holds PER_CLASS indices of each of ten classes."""

    name: str
    split: data.Split
    shown: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, dataset: data.Dataset, name: str) -> "SampleSet":
        classes = (torch.nonzero(dataset.test.labels == digit).flatten() for digit in range(10))
        return cls(name, dataset.test, tuple(tuple(c[:PER_CLASS].tolist()) for c in classes))

    def pixels(self, index: int) -> bytes:
        """The image as bytes, row by row."""
        return self.split.images[index].numpy().tobytes()

    def label(self, index: int) -> int:
        return int(self.split.labels[index])

    def random_index(self) -> int:
        return random.SystemRandom().randrange(len(self.split))


class Samples:
    """The set now in use. Reading `current` needs no lock: it is replaced, never changed."""

    def __init__(self):
        self.current = SampleSet.of(data.load("digits"), "scikit-learn's handwritten digits")

    def look_for_mnist(self, download: bool = True) -> threading.Thread:
        """Swap MNIST's test images in once they are whole; return the thread that does it."""
        thread = threading.Thread(target=self._use_mnist, args=(download,), daemon=True)
        thread.start()
        return thread

    def _use_mnist(self, download: bool) -> None:
        try:
            dataset = data.load("mnist", download=download)
        except data.DataError:
            return  # offline, and nothing on disk: the embedded digits stay
        self.current = SampleSet.of(dataset, "MNIST test images")
