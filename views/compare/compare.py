"""Compare: every checkpoint's card in one table and one plot, each number with its protocol."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

import gradio as gr

from models import FAMILIES
from models.metrics import Metric
from models.zoo import Entry
from views.kit import parts
from views.kit.component import assets
from views.kit.lab import Lab, Page
from views.kit.parts import part_of

TITLE = "Compare"
LOOK = (
    "Every model is a row, and a point where both numbers exist. Which is best depends on what is "
    "measured: choose a number to read how it was taken, a name or a point to open that model."
)


class Comparison(gr.HTML):
    """`columns` and `rows` as made below; visitors choose what they see."""

    def __init__(
        self,
        columns: list[dict[str, Any]] | None = None,
        rows: list[dict[str, Any]] | None = None,
        **keywords: Any,
    ):
        super().__init__(
            columns=columns or [],
            rows=rows or [],
            elem_classes=["comparison"],
            **assets("comparison", "address"),
            **keywords,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "nothing: the table answers in the page"}


@dataclass(frozen=True)
class Column:
    """A number of every card. `metric` is its name among the metrics, None for what is counted.

    better: +1 where more is better, -1 where less is, 0 where neither. kind: how it is written.
    density: of which p(x|z) it is taken: True of densities, False of probabilities, None of both.
    note: what a reader must know of every number in the column.
    """

    key: str
    title: str
    kind: str
    better: int
    metric: str | None = None
    density: bool | None = None
    note: str = ""


BOUND = (
    "A lower bound on log p(x), the IWAE's with that many samples: how far below it lies differs "
    "from model to model, in 2-D by about 2 nats."
)
DENSITY = (
    "A density of grey levels has no upper limit and turns with the floor of its variance: do not "
    "rank it; bits per pixel compare."
)
COLUMNS = (
    Column("log-p", "log p(x) bound", "nats", 1, "log p(x)", density=False, note=BOUND),
    Column("elbo", "ELBO", "nats", 1, "elbo", density=False),
    Column("bits", "bits/pixel", "plain", -1, "bits per pixel"),
    Column("density", "log density", "nats", 0, "log p(x)", density=True, note=DENSITY),
    Column("mse", "MSE", "fine", -1, "mse"),
    Column("fid", "FID", "plain", -1, "classifier FID"),
    Column("probe", "probe", "share", 1, "linear probe accuracy"),
    Column("neighbours", "5-nn", "share", 1, "5-nn accuracy"),
    Column("latent", "latent", "count", 0),
    Column("parameters", "parameters", "count", -1),
    Column("bytes", "file", "bytes", -1),
    Column("seconds", "training", "time", -1),
    Column("sharpness", "sharpness", "fine", 0, "sharpness"),
    Column("precision", "precision", "share", 1, "precision"),
    Column("recall", "recall", "share", 1, "recall"),
    Column("mig", "MIG", "plain", 1, "mig"),
    Column("accuracy", "accuracy", "share", 1, "accuracy"),
)


def build(page: Page) -> None:
    """Lay the view out: all of it happens in the page."""
    if page.lab.zoo:
        Comparison([asdict(column) for column in COLUMNS], rows(page.lab))
    else:
        gr.HTML(
            "<p class='notice'>There is no model to compare; train one, for example vae-2.</p>",
            apply_default_css=False,
        )


def rows(lab: Lab) -> list[dict[str, Any]]:
    """One row per usable checkpoint: who it is, where it opens, and its numbers by column."""
    return [
        {
            "name": name,
            "family": entry.model.family,
            "title": entry.model.title,
            "data": trained_on(entry),
            "exhibit": part_name(lab, entry),
            "link": link(lab, entry),
            "cells": cells(entry),
        }
        for name, entry in sorted(lab.zoo.items(), key=lambda item: _family_order(item[1]))
    ]


def part_name(lab: Lab, entry: Entry) -> str:
    """What the list of parts calls it: "main", the part that a view is about, or "own"."""
    if entry.card.name in lab.names:
        return "main"
    part = part_of(entry)
    return part.name if part else "own"


def _family_order(entry: Entry) -> int:
    return list(FAMILIES).index(entry.model.family)


def trained_on(entry: Entry) -> str:
    return str(entry.card.data.get("name", "unnamed data"))


def cells(entry: Entry) -> dict[str, dict[str, Any]]:
    """{column: {value, unit, protocol, way}} of what is known of a checkpoint, and no more.

    Two numbers may be compared when their `way` is the same: the test images and the protocol.
    """
    found = _counted(entry)
    is_density = not entry.model.config.likelihood.discrete
    for column in COLUMNS:
        if column.density not in (None, is_density):
            continue
        metric = entry.card.metrics.get(column.metric) if column.metric else None
        if metric and _is_number(metric.value):
            found[column.key] = _measured(entry, metric)
    return found


def _measured(entry: Entry, metric: Metric) -> dict[str, Any]:
    ceiling = entry.card.metrics.get(f"{metric.name} ceiling")
    most = f"; at most {ceiling.value}" if ceiling else ""
    images = entry.card.data.get("test_sha256", trained_on(entry))
    known = {"real": metric.real, "std": metric.deviation}
    return {
        "value": metric.value,
        "unit": metric.unit,
        "protocol": f"{metric.sentence()}{most}; data: {trained_on(entry)}",
        "way": json.dumps([images, metric.protocol.to_dict()], sort_keys=True),
    } | {key: number for key, number in known.items() if number is not None}


def _counted(entry: Entry) -> dict[str, dict[str, Any]]:
    """Sizes and time, which need no test image."""
    machine = entry.card.machine
    where = f"{machine.get('device', 'device unknown')}, {machine.get('threads', '?')} thread(s)"
    counted = {
        "latent": (entry.model.latent, "numbers", "size of the code z", ""),
        "parameters": (
            sum(p.numel() for p in entry.model.parameters()),
            "weights and biases",
            "all networks of the checkpoint together",
            "",
        ),
        "bytes": (entry.size, "bytes", "weights.safetensors, in half precision", ""),
    }
    if _is_number(machine.get("training_seconds")):
        how = f"training without evaluation, on {where}"
        counted["seconds"] = (machine["training_seconds"], "seconds", how, where)
    return {
        key: {"value": value, "unit": unit, "protocol": protocol, "way": way}
        for key, (value, unit, protocol, way) in counted.items()
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def link(lab: Lab, entry: Entry) -> str | None:
    """What stands after the # of the page's address to see this model at work; None: nowhere."""
    name, part = entry.card.name, part_of(entry)
    # Once for address.js, whose lists have commas, and once for the address.
    written = quote(quote(name, safe=""), safe="")
    if name in lab.choices and entry.model.latent == 2:
        return f"view=Maps&maps={written}"
    if name in lab.choices:
        return f"view=Sliders&model={written}&code={','.join(['0'] * entry.model.latent)}"
    if part is parts.GAP:
        return f"view=Gap&gap={written}"
    return f"view={part.view.replace(' ', '+')}" if part and part.view else None
