"""What every handler is given: the models, the sample digits and the device, all read-only."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
import torch

from models import FAMILIES
from models.device import choose_device
from models.zoo import Entry, Zoo

from .gpu import LENT
from .networks import Networks
from .samples import Samples

SIZES = (2, 16)
MAIN = "main"  # the exhibit that most views are about
DIGIT = (1, 28, 28)  # the page is about digits; checkpoints of other images are not offered


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
        return self.zoo.device

    def entry(self, name: object) -> Entry:
        """The checkpoint `name`. Raises gr.Error if it is unknown or unavailable."""
        if isinstance(name, str) and name in self.zoo:
            return self.zoo[name]
        if isinstance(name, str) and name in self.zoo.unavailable:
            raise gr.Error(self.zoo.unavailable[name], print_exception=False)
        raise gr.Error("There is no such model; pick one of those offered.", print_exception=False)

    @property
    def near(self) -> "Lab":
        """The lab whose models answer at once."""
        return self if self.instant is None else Lab(self.instant, self.samples)

    @cached_property
    def networks(self) -> Networks:
        """The models as files, for browsers that run them themselves."""
        return Networks(self.near.zoo)

    def exhibit(self, name: str) -> dict[str, Entry]:
        """The usable checkpoints made for one part of the page, by name: see training.Recipe."""
        return {n: e for n, e in self.zoo.items() if e.card.recipe.get("exhibit", MAIN) == name}

    def of_size(self, latent: int) -> list[Entry]:
        """The main checkpoints of digits with that latent size, in the order of FAMILIES."""
        families = list(FAMILIES)
        entries = [
            e
            for e in self.exhibit(MAIN).values()
            if e.model.x_shape == DIGIT and e.model.latent == latent
        ]
        return sorted(entries, key=lambda e: families.index(e.model.family))

    @property
    def names(self) -> list[str]:
        """The checkpoints a visitor can choose: the small codes first."""
        return [entry.card.name for size in SIZES for entry in self.of_size(size)]


def open_lab(checkpoints: Path) -> Lab:
    """Load every checkpoint onto the best device, and look for MNIST in the background.

    LATENT_DEVICE chooses the device, LATENT_OFFLINE=1 forbids the download.
    """
    samples = Samples()
    samples.look_for_mnist(download=os.environ.get("LATENT_OFFLINE") != "1")
    zoo = Zoo(checkpoints, choose_device(os.environ.get("LATENT_DEVICE", "auto")))
    return Lab(zoo, samples, Zoo(checkpoints) if LENT else None)


@dataclass
class Page:
    """What the views share while the page is laid out."""

    lab: Lab
    decoding: Any  # views.components.decoding.Decoding: the one thread that decodes for everybody
    navigation: gr.HTML  # its value tells which view is open
    digit: gr.HTML
    tabs: gr.Tabs
    tab: gr.Tab | None = None  # the one being laid out
    sliders: gr.HTML | None = None
    slider_model: gr.Radio | None = None
