"""Many visitors who move a point and have the server decode it: ours beside a plain function.

Every move asks for one code's pictures by three models in one request. Ours is the route `decode`,
which awaits passes that visitors share and needs no session; the alternative is the plain function
that Gradio's guide leads to, called through Gradio's `component_server` as a component's script
does, which checks the same message and decodes for its own visitor, model after model, in Gradio's
pool of threads.

One process serves both and nothing else, so that the
visitors compete with the server for the cores but not for its interpreter. Rounds alternate, so
that both meet the same machine. A visitor moves at fixed times, at a phase of their own, and has
one question out at a time, as the script: of moves made meanwhile only the newest is asked. A
move's time runs from when it was due until its answer is read; an answer without pictures counts
as an error.

    python -m benchmarks.visitors [--visitors 50] [--seconds 10] [--rounds 3]
"""

import argparse
import asyncio
import base64
import gc
import json
import math
import multiprocessing
import random
import re
import statistics
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import brotli
import gradio as gr
import torch
from starlette.routing import Mount

from explore import latent
from models.zoo import Zoo
from views.kit.decoding import Codes, Decoding, decode_codes, read_question
from views.kit.lab import Lab
from views.kit.pictures import encode_pixels
from views.kit.routes import PATH, Routes
from views.kit.samples import Samples
from views.kit.worker import Worker

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
MODELS = ["ae-2", "dae-2", "vae-2"]
MOVES = 5  # a second, by each visitor
ALONE_MOVES, ALONE_SECONDS = 20, 5  # by the only visitor
RADIUS = 1.5  # of the codes that visitors move along
LENGTH = re.compile(rb"content-length: (\d+)")


def decode_in_turn(lab: Lab, message: dict) -> dict[str, Any]:
    """The alternative: one model after the other, in whichever thread Gradio runs it."""
    models, z = read_question(lab, Codes(**message))
    return {"pixels": [encode_pixels(latent.decode(model, z)) for model in models]}


OURS, PLAIN = decode_codes.__name__, decode_in_turn.__name__


def serve(pipe: Connection) -> None:
    """The server's process: a page with the component, until the pipe says that all is done."""
    lab = Lab(Zoo(CHECKPOINTS), Samples())
    routes = Routes(Worker("quick", 200))
    routes.add(decode_codes, Decoding(lab))

    def plain(message):
        return decode_in_turn(lab, message)

    plain.__name__ = PLAIN
    with gr.Blocks(analytics_enabled=False) as blocks:
        component = gr.HTML(server_functions=[plain])
    blocks.launch(
        prevent_thread_lock=True,
        quiet=True,
        server_name="127.0.0.1",
        app_kwargs={"routes": [Mount(PATH, app=routes.app)]},
    )
    pipe.send((blocks.server_port, component._id, torch.get_num_threads()))
    pipe.recv()


@dataclass
class Round:
    """What visitors met: the seconds each answered move took, and moves that got no pictures."""

    seconds: float
    moves: int
    times: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def median(self) -> float:
        """Of the answered moves, milliseconds."""
        return 1000 * statistics.median(self.times)

    @property
    def p95(self) -> float:
        """95 % of the answered moves took no longer, milliseconds."""
        return 1000 * sorted(self.times)[math.ceil(0.95 * len(self.times)) - 1]

    def __str__(self) -> str:
        passed_over = 1 - (len(self.times) + self.errors) / self.moves
        return (
            f"median {self.median:7.1f} ms  p95 {self.p95:7.1f} ms  "
            f"{len(self.times) / self.seconds:5.0f} answers/s  "
            f"{passed_over:4.0%} of moves passed over  {self.errors} errors"
        )


@dataclass(frozen=True)
class Server:
    """Where both functions are called: ours by its route, the other by its component."""

    port: int
    component: int

    def question(self, function: str, z: list[float]) -> bytes:
        """The request of a browser that asks for the pictures of one code."""
        data = {"models": MODELS, "z": [z]}
        call = {
            "data": data,
            "component_id": self.component,
            "fn_name": function,
            "session_hash": "visitor",
        }
        path = f"{PATH}/decode" if function == OURS else "/gradio_api/component_server/"
        body = json.dumps(data if function == OURS else call)
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


async def read_answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    """By hand: an HTTP library costs a visitor as much of the shared cores as the server takes."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = LENGTH.search(head)
    assert length is not None  # neither answers in parts
    body = await reader.readexactly(int(length[1]))
    return json.loads(brotli.decompress(body) if b"content-encoding: br" in head else body)


def has_pictures(answer: dict[str, Any]) -> bool:
    """Does the answer hold a picture by each model?"""
    pictures = answer.get("pixels", [])
    return [len(base64.b64decode(text)) for text in pictures] == [784] * len(MODELS)


async def visit(server: Server, function: str, found: Round, moves: int, start: float) -> None:
    """One visitor's moves, a `moves`-th of a second apart from `start` on."""
    turn = random.random()
    last = round(found.seconds * moves) - 1
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    move = 0
    while move <= last:
        due = start + move / moves
        await asyncio.sleep(due - time.perf_counter())
        angle = 2 * math.pi * (turn + move / 50)
        z = [RADIUS * math.cos(angle), RADIUS * math.sin(2 * angle)]
        writer.write(server.question(function, z))
        if has_pictures(await read_answer(reader)):
            found.times.append(time.perf_counter() - due)
        else:
            found.errors += 1
        newest = math.floor((time.perf_counter() - start) * moves)
        move = max(move + 1, min(newest, last))
    writer.close()


async def play(server: Server, function: str, visitors: int, moves: int, seconds: float) -> Round:
    """All visitors at once, in phases drawn at random."""
    found = Round(seconds, round(seconds * moves) * visitors)
    gc.collect()  # not amid the measurement
    soon = time.perf_counter() + 1
    starts = [soon + random.random() / moves for _ in range(visitors)]
    await asyncio.gather(*(visit(server, function, found, moves, start) for start in starts))
    return found


def ratio(name: str, ours: list[float], plain: list[float]) -> str:
    """How many times longer the alternative took: the middle round, and all of them."""
    each = [p / o for o, p in zip(ours, plain, strict=True)]
    middle = statistics.median(each)
    return f"{name}: {PLAIN} / {OURS} = {middle:.1f} ({min(each):.1f} to {max(each):.1f})"


def measure(server: Server, visitors: int, seconds: float, rounds: int) -> None:
    """Alternate the two, first alone and then among many, and print what each round met."""
    for title, many, moves, lasting in (
        ("one visitor", 1, ALONE_MOVES, ALONE_SECONDS),
        (f"{visitors} visitors", visitors, MOVES, seconds),
    ):
        print(f"{title}, {moves} moves a second each, {lasting:g} s")
        found: dict[str, list[Round]] = {OURS: [], PLAIN: []}
        for _ in range(rounds):
            for function, results in found.items():
                results.append(asyncio.run(play(server, function, many, moves, lasting)))
                print(f"  {function:15} {results[-1]}", flush=True)
        ours, plain = found.values()
        print(" ", ratio("median", [r.median for r in ours], [r.median for r in plain]))
        print(" ", ratio("p95", [r.p95 for r in ours], [r.p95 for r in plain]))


def main() -> None:
    """Start the server, measure, and stop it."""
    parser = argparse.ArgumentParser(description="Visitors who have the server decode.")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")  # no state of this process in the server
    pipe, far_end = context.Pipe()
    process = context.Process(target=serve, args=(far_end,), daemon=True)
    process.start()
    port, component, threads = pipe.recv()
    print(f"{', '.join(MODELS)} in one request; the server's torch runs {threads} thread(s)")
    measure(Server(port, component), options.visitors, options.seconds, options.rounds)
    pipe.send("done")
    process.join()


if __name__ == "__main__":
    main()
