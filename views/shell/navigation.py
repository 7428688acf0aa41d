"""The views by name, in groups: what the networks do, the mathematics of it, and further ones."""

from views.kit import scripts
from views.kit.component import Component
from views.kit.routes import Message


class NavigationProps(Message):
    """`groups`: the title of each view of a group by its folder's name, in reading order.

    `scripts`: the addresses of the scripts of all views. They are fetched once the first view is
    there, so that the others open even when the server is gone.
    """

    groups: dict[str, dict[str, str]]
    scripts: list[str]


class Navigation(Component):
    """Gradio's own row of tabs has no groups, and hides what does not fit behind a button."""

    PROPS = NavigationProps

    def __init__(self, groups: dict[str, dict[str, str]]):
        folders = [name for group in groups.values() for name in group]
        names = scripts.with_imports(*scripts.under([*folders, "kit"]))
        addresses = [scripts.address(name) for name in names]
        props = NavigationProps(groups=groups, scripts=addresses)
        super().__init__(props, elem_id="navigation")
