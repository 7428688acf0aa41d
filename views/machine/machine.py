"""The Machine: one living picture of the network that is chosen, and the way into every view."""

from explore import latent, machine
from models.zoo import Entry
from views import load_view
from views.kit.component import Component
from views.kit.lab import SIZES, Lab, Page
from views.kit.pictures import Picture, encode_halves, read_picture
from views.kit.routes import Message, route
from views.kit.worker import Worker
from views.maps.maps import MapCodes, codes_of

TITLE = "The Machine"
QUESTION = "What does an autoencoder do?"
LOOK = (
    "A digit is squeezed into a few numbers, its code, and drawn again from them. Move the code, "
    "or draw on the digit."
)
DOORS = {
    "noise": ("denoise", "score"),
    "encoder": ("compress", "gap", "iwae", "few_labels"),
    "code": ("maps", "sliders", "interpolate", "sample", "elbo", "trick", "kl"),
    "decoder": ("classes", "draw", "gan"),
    "output": ("reconstruct", "likelihood"),
    "loss": ("ledger", "beta", "shapes", "compare"),
}
MAP_SIZE = 2  # numbers of a code that a map can show; other codes are shown as sliders


class Stage(Message):
    """One drawn stage of a network: see explore.machine.Stage."""

    layers: int
    lines: list[str]
    weights: int
    shape: list[int]


class Map(Message):
    """Which square of latent space the map shows; `codes`: the address of a file of MapCodes."""

    codes: str
    centre: list[float]
    half: float


class Machine(Message):
    """All that is drawn of one model. `ranges`: least and most of each number of the code.

    `probabilities`: is p(x|z) Bernoulli, so that the network ends in log-odds?
    """

    name: str
    family: str
    size: int
    title: str
    shape: list[int]
    probabilities: bool
    encoder: list[Stage]
    decoder: list[Stage]
    ranges: list[list[float]]
    map: Map | None
    encoder_file: str | None
    decoder_file: str | None


class Way(Message):
    """A view that is about a part of the picture: its folder, its title, and what it answers."""

    view: str
    title: str
    question: str


class Door(Message):
    """A part of the picture, and the views that are about it."""

    part: str
    views: list[Way]


class Props(Message):
    """The machines, in reading order, and the ways into every view."""

    machines: list[Machine]
    doors: list[Door]


class Drawing(Component):
    """The picture of the chosen network, which the visitor's browser runs."""

    PROPS = Props
    FILES = (MapCodes,)

    def __init__(self, page: Page):
        lab = page.lab
        page.routes.add(activations_of_digit, lab.interactive, page.workers.quick)
        entries = [entry for size in SIZES for entry in lab.of_size(size)]
        props = Props(
            machines=[machine_of(lab, entry) for entry in entries],
            doors=[
                Door(part=part, views=[way_to(name) for name in names])
                for part, names in DOORS.items()
            ],
        )
        super().__init__(props, elem_classes=["machine"])


def build(page: Page) -> None:
    """Lay the view out; the picture answers in the visitor's browser."""
    Drawing(page)


def way_to(name: str) -> Way:
    """What is said of the view in that folder, where it can be opened."""
    view = load_view(name)
    return Way(view=name, title=view.TITLE, question=view.QUESTION)


def machine_of(lab: Lab, entry: Entry) -> Machine:
    """What the script is told of a checkpoint, for which no weights are read."""
    model = entry.architecture
    networks = lab.networks.addresses(entry.card.name)
    return Machine(
        name=entry.card.name,
        family=model.family,
        size=model.latent,
        title=model.title,
        shape=list(model.x_shape),
        probabilities=model.config.likelihood.kind == "bernoulli",
        encoder=[_message(stage) for stage in machine.stages(model.encoder, model.x_shape)],
        decoder=[_message(stage) for stage in machine.stages(model.decoder, (model.latent,))],
        ranges=[list(pair) for pair in latent.ranges(entry.card)],
        map=map_of(lab, entry) if model.latent == MAP_SIZE else None,
        encoder_file=networks.get("encoder"),
        decoder_file=networks.get("decoder"),
    )


def _message(stage: machine.Stage) -> Stage:
    return Stage(layers=stage.layers, lines=stage.lines, weights=stage.weights, shape=stage.shape)


def map_of(lab: Lab, entry: Entry) -> Map:
    """The map of a model with codes of two numbers."""
    centre, half = latent.map_extent(entry.codes.z)
    codes = lab.files.promise_json("map-codes", [entry], lambda: codes_of(entry).model_dump())
    return Map(codes=codes, centre=centre, half=half)


class Question(Message):
    """A digit, and the model whose encoder is to read it."""

    digit: Picture
    model: str


class Connections(Message):
    """The strongest connections into a stage: see explore.machine.Connections."""

    source: list[int]
    target: list[int]
    value: list[float]


class Activity(Message):
    """One stage: its activations, base64 of two bytes a number, and its connections, if any."""

    activations: str
    connections: Connections | None


class Answer(Message):
    """The encoder's stages, in order; the last holds the code, or mu and log_var."""

    stages: list[Activity]


@route("machine/activations")
async def activations_of_digit(lab: Lab, worker: Worker, question: Question) -> Answer:
    """What is in each stage of the encoder for the digit.

    Raises gr.Error, one sentence, for an unknown model and for a picture that it does not read,
    and Busy if too many wait.
    """
    model = lab.entry(question.model).model
    x = read_picture(question.digit, model.x_shape)
    found = await worker.run(machine.encoder_activity, model, x)
    return Answer(stages=[_activity(stage) for stage in found])


def _activity(stage: machine.Activity) -> Activity:
    connections = stage.connections
    return Activity(
        activations=encode_halves(stage.activations),
        connections=connections
        and Connections(
            source=connections.source, target=connections.target, value=connections.value
        ),
    )
