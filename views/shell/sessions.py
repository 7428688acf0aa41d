"""Sessions of Gradio's, which keep nothing that this page has a use for.

Gradio writes the configuration of every component for each new session, and keeps in it the last
value that each component gave: what it needs for deep links, which are closed here. That cost a
tenth of a second of everybody's event loop and kept megabytes a session.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from gradio import Blocks
from gradio.state_holder import SessionState, StateHolder


@dataclass
class _Bare:
    """The part of a page that a session takes, without the components that it would write down."""

    default_config: Any
    blocks: dict[int, Any] = field(default_factory=dict)


class Session(SessionState):
    """One visitor's or program's session."""

    def __init__(self, blocks: Blocks):
        super().__init__(cast(Blocks, _Bare(blocks.default_config)))

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Keep nothing."""


class Sessions(StateHolder):
    """The sessions of one page, by their hashes."""

    def __getitem__(self, session_id: str) -> SessionState:
        """The session of that hash, made if there is none."""
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)
