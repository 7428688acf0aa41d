"""What every handler is given: the models, the sample digits and the device, all read-only."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
import torch

from data.datasets import title_of
from models.device import choose_device, exact_convolutions
from models.zoo import Entry, Zoo
from views.kit.files import Files
from views.kit.gpu import LENT
from views.kit.networks import Networks
from views.kit.parts import Part, part_of, recipe_of
from views.kit.routes import Routes
from views.kit.samples import Samples
from views.kit.worker import Workers

SIZES = (2, 16)
JUDGE = "classifier"  # our own: what it reads in a picture is what views call its class
COMPARED = ("ae", "dae", "vae")  # the families that most views are about, in reading order


@dataclass(frozen=True)
class Lab:
    """Shared by all visitors; nothing in it changes while they use it.

    `instant` holds the same models for what follows a finger: on the CPU where a GPU is only lent,
    else they are `zoo` itself.
    """

    zoo: Zoo
    samples: Samples
    instant: Zoo | None = None

    @property
    def device(self) -> torch.device:
        """Where the models are."""
        return self.zoo.device

    @property
    def shape(self) -> tuple[int, int, int]:
        """[C, H, W] of the digits; checkpoints of other pictures are not offered beside them."""
        return self.samples.current.shape

    def entry(self, name: object) -> Entry:
        """The checkpoint `name`. Raises gr.Error if it is unknown or unavailable."""
        if isinstance(name, str) and name in self.zoo:
            return self.zoo[name]
        if isinstance(name, str) and name in self.zoo.unavailable:
            raise gr.Error(self.zoo.unavailable[name], print_exception=False)
        raise gr.Error("There is no such model; pick one of those offered.", print_exception=False)

    @property
    def interactive(self) -> "Lab":
        """The lab whose models answer at once."""
        return self if self.instant is None else Lab(self.instant, self.samples)

    @cached_property
    def networks(self) -> Networks:
        """The models as files, for browsers that run them themselves."""
        return Networks(self.interactive.zoo, self.files)

    @cached_property
    def files(self) -> Files:
        """What the views publish for browsers to fetch."""
        return Files()

    def part(self, part: Part) -> dict[str, Entry]:
        """The usable checkpoints that one view is about, by name."""
        return {name: entry for name, entry in self.zoo.items() if part.holds(entry)}

    def of_size(self, latent: int) -> list[Entry]:
        """The main checkpoints of digits with that latent size, in reading order."""
        named = {family: self.zoo.get(f"{family}-{latent}") for family in COMPARED}
        return [
            e
            for family, e in named.items()
            if e
            and recipe_of(e) == f"{family}-{latent}"
            and (e.architecture.family, e.architecture.latent, e.architecture.x_shape)
            == (family, latent, self.shape)
            and "mse" in e.card.metrics  # what a digit's error is compared with
        ]

    @property
    def names(self) -> list[str]:
        """The checkpoints a visitor can choose: the small codes first."""
        return [entry.card.name for size in SIZES for entry in self.of_size(size)]

    @cached_property
    def own(self) -> list[Entry]:
        """Further checkpoints of pictures of the same shape that no view is about, by name.

        They are what somebody trained on other data, or with other sizes, and put beside ours.
        """
        taken = set(self.names)
        return [
            entry
            for name, entry in self.zoo.items()
            if name not in taken and part_of(entry) is None and _can_be_explored(entry, self.shape)
        ]

    def trained_on(self, name: str) -> str | None:
        """What one of our `own` checkpoints learned from; None for others, which know digits."""
        entry = next((entry for entry in self.own if entry.card.name == name), None)
        return entry and title_of(entry.card.data, "unnamed data")

    @property
    def choices(self) -> list[str]:
        """Every checkpoint whose code can be moved by hand: the main ones, then others."""
        return [*self.names, *(entry.card.name for entry in self.own)]

    def sampleable(self, latent: int) -> list[Entry]:
        """All of these with that latent size: their decoders take the same codes."""
        return [*self.of_size(latent), *(e for e in self.own if e.architecture.latent == latent)]

    @property
    def sizes(self) -> list[int]:
        """Their latent sizes, in order."""
        return sorted({*SIZES, *(entry.architecture.latent for entry in self.own)})


def _can_be_explored(entry: Entry, shape: tuple[int, int, int]) -> bool:
    """Does it take a picture of that shape to a code and back, told nothing else?"""
    model = entry.architecture
    plain = model.has_encoder and model.has_decoder and not model.decode_needs_label
    return plain and model.x_shape == shape


def open_lab(checkpoints: Path, own: str | None = None) -> Lab:
    """Load every checkpoint onto the best device, and look for MNIST in the background.

    `own`, else LATENT_CHECKPOINTS, is a folder of further checkpoints; LATENT_DEVICE chooses the
    device, LATENT_OFFLINE=1 forbids the download. Raises ValueError, one sentence, for a device or
    folder that is not there.
    """
    named = own or os.environ.get("LATENT_CHECKPOINTS")
    folder = Path(named).expanduser() if named else None
    if folder and not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        raise ValueError(
            "--checkpoints, or LATENT_CHECKPOINTS, must name a folder that can be read."
        )
    samples = Samples()
    samples.look_for_mnist(download=os.environ.get("LATENT_OFFLINE") != "1")
    exact_convolutions()
    zoo = Zoo(checkpoints, choose_device(os.environ.get("LATENT_DEVICE", "auto")), folder)
    return Lab(zoo, samples, Zoo(checkpoints, own=folder) if LENT else None)


@dataclass(frozen=True)
class Page:
    """What a view is laid out with."""

    lab: Lab
    workers: Workers
    routes: Routes
    decoding: Any  # views.kit.decoding.Decoding: the one thread that decodes for everybody
