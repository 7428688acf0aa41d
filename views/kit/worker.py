"""The threads that work for everybody, and whose turn it is.

What takes milliseconds and what takes seconds have a thread each, so that the first never waits for
the second; a torch pass leaves the interpreter to the thread that answers requests. Within a thread
every client has a turn before anybody has a second: who floods it delays the others by one question
of theirs, not by all.
"""

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar, copy_context
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

from views.kit.validate import Busy

# Seconds until a refusal is told: who asks on without listening is slowed down, not sped up.
REFUSED_AFTER = 0.3
P = ParamSpec("P")
T = TypeVar("T")


class Client(NamedTuple):
    """Who asks: the address of the connection, and the number that an open page gave itself.

    Addresses take turns, and within one of them its pages do: a class behind one address shares
    that address's turns, and who invents page numbers gets no more of them.
    """

    address: str = ""
    page: str = ""


NOBODY = Client()
CLIENT: ContextVar[Client] = ContextVar("CLIENT", default=NOBODY)  # set by views/kit/routes.py


class Turns(Generic[T]):
    """What waits, by client; not safe for threads by itself."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[str, deque[T]]] = {}  # in the order of their turns

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def of(self, client: Client) -> int:
        """How many of that client's wait."""
        return len(self._waiting.get(client.address, {}).get(client.page, ()))

    def add(self, client: Client, item: T) -> None:
        """Queue an item behind its client's others."""
        pages = self._waiting.setdefault(client.address, {})
        pages.setdefault(client.page, deque()).append(item)

    def next(self) -> T:
        """Whose turn it is; it stays. Raises StopIteration if nothing waits."""
        return next(iter(next(iter(self._waiting.values())).values()))[0]

    def take(self) -> T:
        """Whose turn it is; its page then comes last at its address, and that comes last of all."""
        address = next(iter(self._waiting))
        pages = self._waiting.pop(address)
        page = next(iter(pages))
        items = pages.pop(page)
        item = items.popleft()
        if items:
            pages[page] = items
        if pages:
            self._waiting[address] = pages
        return item


class _Question(NamedTuple):
    answer: Future[Any]
    work: Callable[[], Any]


class Worker:
    """One thread for questions of one kind; it is started by the first of them.

    most_waiting: how many may wait or run; one that comes beyond is refused.
    most_of_one: how many of one client may wait.
    nice: how far the thread steps back behind the others of this process (Linux only).
    """

    def __init__(self, name: str, most_waiting: int, most_of_one: int | None = None, nice: int = 0):
        self._name, self._nice = name, nice
        self._most, self._most_of_one = most_waiting, most_of_one or most_waiting
        self._lock = threading.Condition()
        self._turns: Turns[_Question] = Turns()
        self._open = 0  # questions that wait or run
        self._seconds = 0.0  # that one takes, a moving average
        self._thread: threading.Thread | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns. Raises Busy if too many wait, and what the function raises.

        A question that is cancelled while it waits is not worked on.
        """
        # In the asker's context: a lent GPU is lent to a visitor, whom it finds there.
        context = copy_context()
        question = _Question(Future(), lambda: context.run(function, *args, **kwargs))
        if not self._queue(CLIENT.get(), question):
            await asyncio.sleep(REFUSED_AFTER)
            raise Busy(self._open * self._seconds)
        try:
            return await asyncio.wrap_future(question.answer)
        finally:
            with self._lock:
                self._open -= 1

    def _queue(self, client: Client, question: _Question) -> bool:
        """Was there still room for it?"""
        with self._lock:
            if self._open >= self._most or self._turns.of(client) >= self._most_of_one:
                return False
            self._open += 1
            self._turns.add(client, question)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._lock.notify()
            return True

    def _work(self) -> None:
        if self._nice and hasattr(os, "setpriority"):
            # On Linux this is one thread's, and that of the threads that torch starts from it.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        while True:
            with self._lock:
                self._lock.wait_for(lambda: bool(self._turns))
                question = self._turns.take()
            self._answer(question)

    def _answer(self, question: _Question) -> None:
        if not question.answer.set_running_or_notify_cancel():
            return  # nobody waits for it any more
        started = time.monotonic()
        try:
            question.answer.set_result(question.work())
        except BaseException as error:  # whatever it is, who asked must hear of it
            question.answer.set_exception(error)
        self._seconds += 0.1 * (time.monotonic() - started - self._seconds)


class Workers:
    """The page's threads: `quick` for what takes some milliseconds, `long` for what takes more."""

    def __init__(self) -> None:
        self.quick = Worker("quick questions", most_waiting=200, most_of_one=8)
        self.long = Worker("long questions", most_waiting=40, most_of_one=4, nice=10)
