"""The top of the page: its name, the ways to every view, and what is done with the whole page."""

from models.device import describe
from views import GROUPS, HOME, load_views
from views.kit import scripts
from views.kit.component import Component
from views.kit.lab import Lab
from views.kit.routes import Message


class Entry(Message):
    """A view in the index: its folder, its title, and the question that it answers."""

    view: str
    title: str
    question: str


class Chapter(Message):
    """A chapter of the lecture, and its views."""

    title: str
    views: list[Entry]


class HeaderProps(Message):
    """What the top of the page says, and where it leads.

    `device`: where networks run. `trained`: the names of the checkpoints. `home`: the view that the
    page opens with. `chapters`: all others, in the lecture's order; home may be among them.
    `scripts`: the addresses of the scripts of all views, and of what can be taken home. They are
    fetched once the first view is there, so that the others open even when the server is gone.
    """

    device: str
    trained: str
    home: Entry
    chapters: list[Chapter]
    scripts: list[str]


class Header(Component):
    """The page's name, home, the index of views, the open one between its neighbours, and tools."""

    PROPS = HeaderProps

    def __init__(self, lab: Lab):
        entries = {
            name: Entry(view=name, title=view.TITLE, question=view.QUESTION)
            for name, view in load_views().items()
        }
        names = scripts.with_imports(*scripts.under([*entries, "kit"]), "shell/take_home.js")
        props = HeaderProps(
            device=describe(lab.device),
            trained=", ".join(lab.names) or "no checkpoint",
            home=entries[HOME],
            chapters=[
                Chapter(title=title, views=[entries[name] for name in group])
                for title, group in GROUPS.items()
            ],
            scripts=[scripts.address(name) for name in names],
        )
        super().__init__(props, elem_id="header")
