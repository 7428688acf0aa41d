"""The top of the page: its name, where its networks run, the light switch, and the link to it."""

from models.device import describe
from views.kit.component import Component
from views.kit.lab import Lab
from views.kit.routes import Message


class HeaderProps(Message):
    """What is said of the machine: its device, and the names of the checkpoints."""

    device: str
    trained: str


class Header(Component):
    """The title, what the page runs on, and the links."""

    PROPS = HeaderProps

    def __init__(self, lab: Lab):
        props = HeaderProps(
            device=describe(lab.device),
            trained=", ".join(lab.names) or "no checkpoint",
        )
        super().__init__(props, elem_id="header")
