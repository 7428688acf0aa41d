"""Compare: every checkpoint's card in one table and one plot, each number with its protocol."""

import json
import math
from typing import Any
from urllib.parse import parse_qs, quote

import gradio as gr

from data.datasets import title_of
from models import FAMILIES
from models.metrics import Metric
from models.zoo import Entry
from views import load_view
from views.kit import parts
from views.kit.component import Component
from views.kit.lab import Lab, Page
from views.kit.parts import part_of
from views.kit.routes import Message

TITLE = "Compare"
QUESTION = "Which model is best, and by what measure?"
LOOK = (
    "Every model is a row, and a point where both numbers exist. Which is best depends on what is "
    "measured: choose a number to read how it was taken, a name or a point to open that model."
)


class Column(Message):
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


class Cell(Message):
    """A number of a checkpoint. Two may be compared when their `way` is the same.

    `way`: the test images and the protocol. `real`: what real images give; `std`: over sets of
    draws; each where it was measured.
    """

    value: float
    unit: str
    protocol: str
    way: str
    real: float | None = None
    std: float | None = None


class Row(Message):
    """A checkpoint: who it is, and its numbers by column.

    `link`: what stands after the # of the page's address to see it at work; None: nowhere.
    `opens`: the title of the view that the link opens; "" without a link.
    """

    name: str
    family: str
    title: str
    data: str
    part: str
    link: str | None
    opens: str
    cells: dict[str, Cell]


class Table(Message):
    """What the view shows, in a file of its own: the visitors of other views do not wait for it."""

    columns: list[Column]
    rows: list[Row]


class Props(Message):
    """`table`: the address of the Table."""

    table: str


class Comparison(Component):
    """Every checkpoint is a row; visitors choose what they see."""

    PROPS = Props
    FILES = (Table,)

    def __init__(self, page: Page):
        table = Table(columns=list(COLUMNS), rows=rows(page.lab))
        address = page.lab.files.publish_json("table", table.model_dump(mode="json"))
        super().__init__(Props(table=address), elem_classes=["comparison"])


BOUND = (
    "A lower bound on log p(x), the IWAE's with that many samples: how far below it lies differs "
    "from model to model, in 2-D by about 2 nats."
)
DENSITY = (
    "A density of grey levels has no upper limit and turns with the floor of its variance: do not "
    "rank it; bits per pixel compare."
)
COLUMNS = (
    Column(
        key="log-p",
        title="log p(x) bound",
        kind="nats",
        better=1,
        metric="log p(x)",
        density=False,
        note=BOUND,
    ),
    Column(key="elbo", title="ELBO", kind="nats", better=1, metric="elbo", density=False),
    Column(key="bits", title="bits/pixel", kind="plain", better=-1, metric="bits per pixel"),
    Column(
        key="density",
        title="log density",
        kind="nats",
        better=0,
        metric="log p(x)",
        density=True,
        note=DENSITY,
    ),
    Column(key="mse", title="MSE", kind="fine", better=-1, metric="mse"),
    Column(key="fid", title="FID", kind="plain", better=-1, metric="classifier FID"),
    Column(key="probe", title="probe", kind="share", better=1, metric="linear probe accuracy"),
    Column(key="neighbours", title="5-nn", kind="share", better=1, metric="5-nn accuracy"),
    Column(key="latent", title="latent", kind="count", better=0),
    Column(key="parameters", title="parameters", kind="count", better=-1),
    Column(key="bytes", title="file", kind="bytes", better=-1),
    Column(key="seconds", title="training", kind="time", better=-1),
    Column(key="sharpness", title="sharpness", kind="fine", better=0, metric="sharpness"),
    Column(key="precision", title="precision", kind="share", better=1, metric="precision"),
    Column(key="recall", title="recall", kind="share", better=1, metric="recall"),
    Column(key="mig", title="MIG", kind="plain", better=1, metric="mig"),
    Column(key="accuracy", title="accuracy", kind="share", better=1, metric="accuracy"),
)


def build(page: Page) -> None:
    """Lay the view out: all of it happens in the page."""
    if page.lab.zoo:
        Comparison(page)
    else:
        gr.HTML(
            "<p class='notice'>There is no model to compare; train one, for example vae-2.</p>",
            apply_default_css=False,
        )


def rows(lab: Lab) -> list[Row]:
    """One row per usable checkpoint, family by family."""
    return [
        Row(
            name=name,
            family=entry.architecture.family,
            title=entry.architecture.title,
            data=trained_on(entry),
            part=part_name(lab, entry),
            link=address,
            opens=opened_by(address) if address else "",
            cells=cells(entry),
        )
        for name, entry in sorted(lab.zoo.items(), key=lambda item: _family_order(item[1]))
        for address in [link(lab, entry)]
    ]


def part_name(lab: Lab, entry: Entry) -> str:
    """What the list of parts calls it: "main", the part that a view is about, or "own"."""
    if entry.card.name in lab.names:
        return "main"
    part = part_of(entry)
    return part.name if part else "own"


def _family_order(entry: Entry) -> int:
    return list(FAMILIES).index(entry.architecture.family)


def trained_on(entry: Entry) -> str:
    """The name of the data set."""
    return title_of(entry.card.data, "unnamed data")


def cells(entry: Entry) -> dict[str, Cell]:
    """{column: number} of what is known of a checkpoint, and no more."""
    found = _counted(entry)
    is_density = not entry.card.config.likelihood.discrete
    for column in COLUMNS:
        if column.density not in (None, is_density):
            continue
        metric = entry.card.metrics.get(column.metric) if column.metric else None
        if metric and _is_number(metric.value):
            found[column.key] = _measured(entry, metric)
    return found


def _measured(entry: Entry, metric: Metric) -> Cell:
    ceiling = entry.card.metrics.get(f"{metric.name} ceiling")
    most = f"; at most {ceiling.value}" if ceiling else ""
    images = entry.card.data.get("test_sha256", trained_on(entry))
    return Cell(
        value=metric.value,
        unit=metric.unit,
        protocol=f"{metric.sentence()}{most}; data: {trained_on(entry)}",
        way=json.dumps([images, metric.protocol.to_dict()], sort_keys=True),
        real=metric.real,
        std=metric.deviation,
    )


def _counted(entry: Entry) -> dict[str, Cell]:
    """Sizes and time, which need no test image."""
    machine = entry.card.machine
    where = f"{machine.get('device', 'device unknown')}, {machine.get('threads', '?')} thread(s)"
    counted = {
        "latent": (entry.architecture.latent, "numbers", "size of the code z", ""),
        "parameters": (
            sum(p.numel() for p in entry.architecture.parameters()),
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
        key: Cell(value=value, unit=unit, protocol=protocol, way=way)
        for key, (value, unit, protocol, way) in counted.items()
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def link(lab: Lab, entry: Entry) -> str | None:
    """What stands after the # of the page's address to see this model at work; None: nowhere."""
    name, part = entry.card.name, part_of(entry)
    written = quote(name, safe="")
    if name in lab.choices and entry.architecture.latent == 2:
        # Maps has a list of names, which encodes each by itself: they may hold commas.
        return f"view=maps&maps.shown={quote(written, safe='')}"
    if name in lab.choices:
        return f"view=sliders&sliders.model={written}"
    if part is parts.GAP:
        return f"view=gap&gap.model={written}"
    return f"view={part.view}" if part and part.view else None


def opened_by(link: str) -> str:
    """The title of the view that a row's link opens."""
    (folder,) = parse_qs(link)["view"]
    return load_view(folder).TITLE
