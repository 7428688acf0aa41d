"""The top of the page: its name, the ways to every view, and what is done with the whole page."""

from models.device import describe
from views import GROUPS, HOME, load_views
from views.kit import scripts
from views.kit.component import Component
from views.kit.lab import Lab
from views.kit.routes import Message
from views.lectures import lectures
from views.lectures.lectures import ShippedLecture
from views.shell.about import About, about
from views.shell.glossary import Words, words_for_browser


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
    `lectures`: those that ship. `scripts`: the addresses of the scripts of all views, of the
    lectures and of the dialogs. They are fetched once the first view is there, so that the others
    open even when the server is gone. `words` and `about`: the addresses of the files Words and
    About.
    """

    device: str
    trained: str
    home: Entry
    chapters: list[Chapter]
    lectures: list[ShippedLecture]
    scripts: list[str]
    words: str
    about: str


class Header(Component):
    """The page's name, home, the index of views, the open one between its neighbours, and tools."""

    PROPS = HeaderProps
    FILES = (Words, About)

    def __init__(self, lab: Lab):
        entries = {
            name: Entry(view=name, title=view.TITLE, question=view.QUESTION)
            for name, view in load_views().items()
        }
        names = scripts.with_imports(*scripts.under([*entries, "kit", "lectures", "shell"]))
        props = HeaderProps(
            device=describe(lab.device),
            trained=", ".join(lab.names) or "no checkpoint",
            home=entries[HOME],
            chapters=[
                Chapter(title=title, views=[entries[name] for name in group])
                for title, group in GROUPS.items()
            ],
            lectures=lectures.shipped(),
            scripts=[scripts.address(name) for name in names],
            words=lab.files.publish_json("words", words_for_browser().model_dump()),
            about=lab.files.publish_json("about", about(lab.files).model_dump()),
        )
        super().__init__(props, elem_id="header")
