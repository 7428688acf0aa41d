"""The page under load, attack and time: what visitors meet, beside what they are meant to.

The server and all who visit it share this machine's cores, and run on loopback. A flood comes from
another address of loopback than the visitors do, and its pages give themselves new numbers.

    python -m benchmarks.soak [--minutes N] [part ...]
"""

import argparse
import asyncio
import hashlib
import json
import random
import re
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from benchmarks.questions import MAPS, catalogue
from benchmarks.served import Answer, Client, Served

VISITORS, SECONDS = 50, 10.0
OPENINGS, FEW = 100, 8  # pages opened at once; visitors beside a flood
CLIENTS, QUESTIONS = 32, 50  # who ask at once, and then alone
FLOOD_ADDRESS = "127.0.0.2"
FIRST_FILES = re.compile(r'(?:href|src)="(?:\./)?((?:assets|scripts)/[^"]+)"')
LISTS = b'{"digit":[' + b"[]," * 5_200_000 + b"0]}"  # 15 MB of JSON


@dataclass
class Line:
    """One figure: what was found, and the most that it is meant to be."""

    name: str
    found: float
    meant: float
    unit: str
    more: str = ""

    def __str__(self) -> str:
        verdict = "met" if self.found <= self.meant else "MISSED"
        return (
            f"{self.name:58} {self.found:9.1f} {self.unit:5} (at most {self.meant:g}) "
            f"{verdict}  {self.more}"
        )


def p95(answers: list[Answer]) -> float:
    """95 % of the answers took no longer, milliseconds."""
    return 1000 * statistics.quantiles([a.seconds for a in answers], n=20)[-1]


def summary(answers: list[Answer]) -> str:
    """How many, how fast in the middle, and how many were refused."""
    refused = sum(answer.status != 200 for answer in answers)
    middle = 1000 * statistics.median(answer.seconds for answer in answers)
    return f"{len(answers)} answers, median {middle:.0f} ms, {refused} refused"


async def digits_of(server: Served) -> list[dict[str, Any]]:
    """The sample digits, as routes take pictures."""
    async with Client(server) as client:
        samples = (await client.ask("digit/samples", {})).json["digits"]
    return [{"shape": [1, 28, 28], "pixels": sample["pixels"]} for sample in samples]


async def together(visits: list[Awaitable[list[Answer]]]) -> list[Answer]:
    """All of them at once; their answers in one list."""
    return [answer for answers in await asyncio.gather(*visits) for answer in answers]


async def follow(
    server: Served, digits: list[dict[str, Any]], number: int, seconds: float
) -> list[Answer]:
    """A visitor who chooses another digit each second, as the maps and Reconstruct ask for it."""
    draw, answers = random.Random(number), []
    end = time.monotonic() + seconds
    async with Client(server, page=str(number)) as client:
        await asyncio.sleep(draw.random())
        while time.monotonic() < end:
            digit = draw.choice(digits)
            asked = {"digit": digit, "size": 2, "code": "mean", "seed": 0}
            answers.append(await client.ask("encode", {"digit": digit, "models": list(MAPS)}))
            answers.append(await client.ask("reconstruct/digit", asked))
            await asyncio.sleep(1)
    return answers


async def following(server: Served) -> list[Line]:
    """50 visitors who follow a digit."""
    digits = await digits_of(server)
    answers = await together([follow(server, digits, i, SECONDS) for i in range(VISITORS)])
    return [Line("50 visitors follow a digit, p95", p95(answers), 250, "ms", summary(answers))]


async def move(server: Served, number: int) -> list[Answer]:
    """A visitor who drags through three maps, five moves a second, decoded by the server."""
    draw, answers = random.Random(number), []
    async with Client(server, page=str(number)) as client:
        await asyncio.sleep(draw.random())
        for _ in range(round(5 * SECONDS)):
            due = time.monotonic() + 0.2
            z = [[draw.uniform(-2, 2), draw.uniform(-2, 2)]]
            answers.append(await client.ask("decode", {"models": list(MAPS), "z": z}))
            await asyncio.sleep(max(0.0, due - time.monotonic()))
    return answers


async def moving(server: Served) -> list[Line]:
    """50 visitors whose browsers cannot decode."""
    answers = await together([move(server, i) for i in range(VISITORS)])
    return [
        Line("50 visitors move, 5 times a second, p95", p95(answers), 150, "ms", summary(answers))
    ]


async def open_page(server: Served) -> list[Answer]:
    """Fetch the page and what its head names; the first answer is the page's."""
    async with Client(server) as client:
        page = await client.get("/")
        named = dict.fromkeys(FIRST_FILES.findall(page.body.decode()))
        return [page, *[await client.get(f"/{name}") for name in named]]


async def opening(server: Served) -> list[Line]:
    """100 pages opened at once."""
    opened = await asyncio.gather(*(open_page(server) for _ in range(OPENINGS)))
    pages = [answers[0] for answers in opened]
    files = [answer for answers in opened for answer in answers[1:]]
    return [
        Line("100 openings, the page, p95", p95(pages), 3000, "ms", summary(pages)),
        Line("100 openings, its files, p95", p95(files), 3000, "ms", summary(files)),
    ]


Flood = Callable[[Client, int], Awaitable[Any]]


async def flood_with_bodies(client: Client, turn: int) -> None:
    """15 MB of empty lists."""
    await client.post(("/ask/reconstruct/digit", "/gradio_api/queue/join")[turn % 2], LISTS)


async def flood_with_sessions(client: Client, turn: int) -> None:
    """Tiny questions to the named interface, each in a session of its own."""
    data = {"data": ["vae-2", 1, 1.0, turn], "session_hash": f"flood{turn}"}
    await client.post("/gradio_api/call/sample", json.dumps(data).encode())


async def flood_the_queue(client: Client, turn: int) -> None:
    """What takes the named interface longest, and nobody reads."""
    rows = [[0.5] * 28] * 28
    data = {"data": [rows, rows, "vae-16", "linear", 64]}
    await client.post("/gradio_api/call/interpolate", json.dumps(data).encode())


async def flood_with_heavy(client: Client, turn: int) -> None:
    """The longest searches, each from a page of another number."""
    ends = {"a": [-2.0, 0.001 * turn], "b": [2.0, 0.0], "frames": 64}
    await client.ask("maps/path", {"model": MAPS[turn % 3]} | ends)


FLOODS: dict[str, tuple[int, Flood]] = {
    "bodies": (6, flood_with_bodies),
    "sessions": (8, flood_with_sessions),
    "the queue": (8, flood_the_queue),
    "heavy questions": (60, flood_with_heavy),
}


async def flooding(server: Served) -> list[Line]:
    """Visitors while one client floods the server in each way."""
    digits, lines = await digits_of(server), []
    for name, (connections, flood) in FLOODS.items():
        before, peak = server.megabytes, 0.0
        tasks = [
            asyncio.ensure_future(keep_flooding(server, flood, turn, connections))
            for turn in range(connections)
        ]
        visits = asyncio.ensure_future(
            together([follow(server, digits, i, SECONDS) for i in range(FEW)])
        )
        while not visits.done():
            peak = max(peak, server.megabytes)
            await asyncio.wait({visits}, timeout=0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        answers = visits.result()
        lines.append(
            Line(f"beside a flood of {name}, p95", p95(answers), 500, "ms", summary(answers))
        )
        lines.append(Line(f"beside a flood of {name}, memory", peak - before, 500, "MB"))
    return lines


async def keep_flooding(server: Served, flood: Flood, turn: int, step: int) -> None:
    """One connection of a flood, until it is cancelled; a refused one is opened anew."""
    while True:
        with suppress(OSError, EOFError, TimeoutError):
            async with Client(server, FLOOD_ADDRESS, f"flood {turn}") as client:
                while True:
                    await flood(client, turn)
                    turn += step


async def seeded(server: Served, digits: list[dict[str, Any]], number: int) -> list[str]:
    """What one client is answered to its seeded questions, as hashes of the answers."""
    draw = random.Random(number)
    questions = catalogue(digits, draw)
    names = [name for name in questions if name not in ("digit/random", "maps/path", "gap/best")]
    found = []
    async with Client(server, page=str(number)) as client:
        for _ in range(QUESTIONS):
            name = draw.choice(names)
            question = questions[name]()
            answer = await client.ask(name, question)
            while answer.status == 429:
                await asyncio.sleep(0.2)
                answer = await client.ask(name, question)
            assert answer.status == 200, (name, answer.body[:200])
            found.append(hashlib.sha256(answer.body).hexdigest())
    return found


async def apart(server: Served) -> list[Line]:
    """32 clients with 50 seeded questions each, together and then alone: the same bits."""
    digits = await digits_of(server)
    crowd = await asyncio.gather(*(seeded(server, digits, i) for i in range(CLIENTS)))
    alone = [await seeded(server, digits, i) for i in range(CLIENTS)]
    pairs = [pair for both in zip(crowd, alone, strict=True) for pair in zip(*both, strict=True)]
    differ = sum(among != by_itself for among, by_itself in pairs)
    return [Line("answers of 1,600 that differ when asked alone", differ, 0, "")]


async def lasting(server: Served, minutes: float) -> list[Line]:
    """Mixed questions at about seven a second; the growth of memory after the first third."""
    digits = await digits_of(server)
    end = time.monotonic() + 60 * minutes
    samples: list[tuple[float, float]] = []

    async def ask_on(number: int) -> list[Answer]:
        draw = random.Random(number)
        questions = catalogue(digits, draw)
        weights = [0.05 if name in ("gap/best", "maps/path") else 1.0 for name in questions]
        answers = []
        async with Client(server, page=str(number)) as client:
            while time.monotonic() < end:
                (name,) = draw.choices(list(questions), weights)
                answers.append(await client.ask(name, questions[name]()))
                await asyncio.sleep(draw.expovariate(7 / 8))
        return answers

    visits = asyncio.ensure_future(together([ask_on(i) for i in range(8)]))
    started = time.monotonic()
    while not visits.done():
        samples.append(((time.monotonic() - started) / 3600, server.megabytes))
        await asyncio.wait({visits}, timeout=5)
    late = samples[len(samples) // 3 :]
    hours, megabytes = zip(*late, strict=True)
    slope = statistics.linear_regression(hours, megabytes).slope
    held = f"{megabytes[0]:.0f} to {megabytes[-1]:.0f} MB, {server.descriptors} descriptors"
    answers = visits.result()
    return [
        Line(f"memory gained an hour, over {minutes:g} minutes", slope, 50, "MB", held),
        Line("mixed questions, p95", p95(answers), 500, "ms", summary(answers)),
    ]


def starting(server: Served) -> list[Line]:
    """What a start costs."""
    return [
        Line("seconds to the first answer", server.seconds_to_start, 8, "s"),
        Line("processor seconds to the first answer", server.processor_seconds, 21, "s"),
        Line("memory at rest", server.megabytes, 700, "MB"),
    ]


PARTS: dict[str, Callable[[Served], Awaitable[list[Line]]]] = {
    "following": following,
    "moving": moving,
    "opening": opening,
    "flooding": flooding,
    "apart": apart,
}


def main() -> None:
    """Start the page, and print each part's figures as they are found."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description="The page under load, attack and time."
    )
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--minutes", type=float, default=5, help="of mixed questions at the end")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"There is no part {min(unknown)}; choose of {', '.join(PARTS)}.")
    found: list[Line] = []

    def tell(lines: list[Line]) -> None:
        print(*lines, sep="\n", flush=True)
        found.extend(lines)

    with Served() as server:
        tell(starting(server))
        for name in options.parts or PARTS:
            tell(asyncio.run(run(PARTS[name], server)))
        if options.minutes:
            tell(asyncio.run(lasting(server, options.minutes)))
    missed = [line.name for line in found if line.found > line.meant]
    print(f"{len(found) - len(missed)} of {len(found)} met; missed: {missed or 'none'}")


async def run(part: Callable[[Served], Awaitable[list[Line]]], server: Served) -> list[Line]:
    """The part as a coroutine, which asyncio.run asks for."""
    return await part(server)


if __name__ == "__main__":
    main()
