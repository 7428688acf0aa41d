"""Compare: every checkpoint's card in one table and one plot, each number with its protocol."""

import math
import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

import gradio as gr

from models import FAMILIES
from models.zoo import Entry
from views.kit.component import assets
from views.kit.lab import MAIN, Lab, Page

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
# The view that is about an exhibit, and what its link needs to show one model of it.
VIEWS = {
    "code size": "Compress",
    "gap": "Gap",
    "likelihood": "Likelihood",
    "score": "Score",
    "beta": "Beta",
    "classes": "Classes",
    "iwae": "IWAE",
    "shapes": "Shapes",
    "few labels": "Few labels",
    "drawing": "DRAW",
    "gan": "GAN",
}
# Two images of one data set give two errors: the rest of a protocol says how it was measured.
ERROR = re.compile(r"[;,] standard error [-+.\de]+")


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
            "exhibit": str(entry.card.recipe.get("exhibit", MAIN)),
            "link": link(lab, entry),
            "cells": cells(entry),
        }
        for name, entry in sorted(lab.zoo.items(), key=lambda item: _family_order(item[1]))
    ]


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
        measured = entry.card.metrics.get(column.metric) if column.metric else None
        if isinstance(measured, dict) and _is_number(measured.get("value")):
            found[column.key] = _measured(entry, measured, column.metric)
    return found


def _measured(entry: Entry, measured: dict[str, Any], name: str) -> dict[str, Any]:
    protocol = str(measured.get("protocol", "protocol unknown"))
    ceiling = entry.card.metrics.get(f"{name} ceiling")
    most = f"; at most {ceiling.get('value')}" if isinstance(ceiling, dict) else ""
    images = entry.card.data.get("test_sha256", trained_on(entry))
    return {
        "value": measured["value"],
        "unit": str(measured.get("unit", "")),
        "protocol": f"{protocol}{most}; data: {trained_on(entry)}",
        "way": f"{images}: {ERROR.sub('', protocol)}",
    } | {key: measured[key] for key in ("real", "std") if _is_number(measured.get(key))}


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
    name, exhibit = entry.card.name, entry.card.recipe.get("exhibit", MAIN)
    # Once for address.js, whose lists have commas, and once for the address.
    written = quote(quote(name, safe=""), safe="")
    if name in lab.choices and entry.model.latent == 2:
        return f"view=Maps&maps={written}"
    if name in lab.choices:
        return f"view=Sliders&model={written}&code={','.join(['0'] * entry.model.latent)}"
    if exhibit == "gap" and name in lab.exhibit(exhibit):
        return f"view=Gap&gap={written}"
    shown = exhibit in VIEWS and name in lab.exhibit(exhibit)
    return f"view={VIEWS[exhibit].replace(' ', '+')}" if shown else None
