"""The views by name, in groups: what the networks do, the mathematics of it, and further ones."""

from typing import Any

from views.kit.component import Component
from views.kit.routes import Message

class NavigationProps(Message):
    """`groups`: the titles of each group's views; `views`: the folder of each view by its title."""

    groups: dict[str, list[str]]
    views: dict[str, str]

class Navigation(Component):
    """Its value["view"] is the title that somebody asks for; it triggers `select`.

    Gradio's own row of tabs has no groups, and hides what does not fit behind a button.
    """

    PROPS = NavigationProps
    EVENTS_HEARD = ("select",)

    def __init__(self, props: NavigationProps, **keywords: Any):
        first = next(title for titles in props.groups.values() for title in titles)
        super().__init__(props, {"view": first}, elem_id="navigation", **keywords)
    from collections.abc import Callable, Sequence
    from typing import TYPE_CHECKING, Any, Literal

    from gradio.blocks import Block

    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component
