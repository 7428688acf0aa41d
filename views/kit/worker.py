"""One background thread that works for everybody, with a bounded number of questions waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from views.kit.validate import Busy

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Heavy questions, one after another, never on the thread that answers others.

    `most_waiting` bounds those that wait or run; one that comes beyond is refused at once.
    """

    def __init__(self, name: str, most_waiting: int):
        self._thread = ThreadPoolExecutor(1, name)
        self._most = most_waiting
        self._waiting = 0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns. Raises Busy if too many wait, and what the function raises."""
        if self._waiting >= self._most:
            raise Busy
        self._waiting += 1
        try:
            future = self._thread.submit(function, *args, **kwargs)
            return await asyncio.wrap_future(future)
        finally:
            self._waiting -= 1
