"""How a served page ends: what is being answered is answered, whatever is new is refused."""

import signal
import threading
import time

from gradio import Blocks

from views.shell.guard import Guard
from views.shell.queue import BoundedQueue

PATIENCE = 5.0  # seconds that answers which are under way are waited for


def serve_until_stopped(blocks: Blocks, guard: Guard, queue: BoundedQueue) -> None:
    """Block until SIGTERM or Ctrl-C; then finish what is under way and close the page.

    A second signal ends the process at once.
    """
    stopped = threading.Event()

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    stopped.wait()
    guard.closing = True
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (guard.running or queue.is_busy()):
        time.sleep(0.05)
    blocks.close(verbose=False)
