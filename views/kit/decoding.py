"""Pictures of codes for scripts that ask the server, many visitors at once.

A pass through a decoder costs little more for five codes than for one, and threads that compete
for the cores cost much. So one thread does all the passes, and questions that arrive while it is
busy share the next ones, by turns. Nothing waits for company: the first is served at once.
"""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from explore import latent
from models import Model
from views.kit import validate
from views.kit.lab import Lab
from views.kit.pictures import encode_pixels
from views.kit.routes import Message, Routes, route
from views.kit.worker import CLIENT, Turns

MOST_MODELS, MOST_CODES = 8, 64  # in one question
MOST_IN_PASS = 64  # codes; a pass of more takes longer and does no more of them a second
MOST_WAITING = 2_048  # pictures: less than half a second of work on one core
SECONDS = 2e-4  # that a picture takes, about


class Question(NamedTuple):
    """Codes z [N, D] for some models, and to come: what each makes of them, as `encode_pixels`."""

    models: list[Model]
    z: Tensor
    answer: Future[list[str]]


class Decoding:
    """The thread that decodes for all visitors of a page, and what waits for it.

    The futures are those of threads, which belong to no event loop.
    """

    def __init__(self, lab: Lab):
        self.lab = lab
        self._questions: Turns[Question] = Turns()
        self._lock = threading.Lock()
        self._pictures = 0  # asked for and not yet there
        self._thread = ThreadPoolExecutor(1, "decoding")

    async def pixels(self, models: list[Model], z: Tensor) -> list[str]:
        """What each model makes of the codes z [N, D], as `encode_pixels` writes it."""
        pictures = len(models) * len(z)
        if self._pictures + pictures > MOST_WAITING:
            raise validate.Busy(MOST_WAITING * SECONDS)
        self._pictures += pictures
        try:
            question = Question(models, z, Future())
            with self._lock:
                self._questions.add(CLIENT.get(), question)
            # A turn for each question, so that none is forgotten; most turns find nothing left.
            self._thread.submit(self._answer_together)
            return await asyncio.wrap_future(question.answer)
        finally:
            self._pictures -= pictures

    def _answer_together(self) -> None:
        """Answer all that waits, or as much as a pass may hold; a fault reaches all of these."""
        questions = self._take()
        try:
            answers = decode_together(questions)
        except Exception as error:
            for question in questions:
                question.answer.set_exception(error)
        else:
            for question, answer in zip(questions, answers, strict=True):
                question.answer.set_result(answer)

    def _take(self) -> list[Question]:
        """The questions whose turn it is, without those whose visitors have left."""
        taken, room = [], MOST_IN_PASS
        with self._lock:
            while self._questions and len(self._questions.next().z) <= room:
                question = self._questions.take()
                if question.answer.set_running_or_notify_cancel():
                    taken.append(question)
                    room -= len(question.z)
        return taken


def decode_together(questions: list[Question]) -> list[list[str]]:
    """The answer to each question, with one pass through each model that any of them names."""
    made: list[dict[Model, str]] = [{} for _ in questions]
    for model in {model for question in questions for model in question.models}:
        asking = [i for i, question in enumerate(questions) if model in question.models]
        codes = [questions[i].z for i in asking]
        pictures = latent.decode(model, torch.cat(codes)).split([len(z) for z in codes])
        for i, part in zip(asking, pictures, strict=True):
            made[i][model] = encode_pixels(part)
    return [
        [pixels[model] for model in question.models]
        for question, pixels in zip(questions, made, strict=True)
    ]


class Codes(Message):
    """Which models are to decode which codes: each model all of them."""

    models: list[str] = Field(min_length=1, max_length=MOST_MODELS)
    z: list[list[float]] = Field(min_length=1, max_length=MOST_CODES)


class DecodedCodes(Message):
    """For each model the pictures of all codes, as base64 of one byte a value."""

    pixels: list[str]


@route("decode")
async def decode_codes(decoding: Decoding, question: Codes) -> DecodedCodes:
    """The same codes decoded by each of the models.

    Raises gr.Error, one sentence, for unknown models and for codes that do not fit them.
    """
    models, z = read_question(decoding.lab, question)
    return DecodedCodes(pixels=await decoding.pixels(models, z))


def add_routes(routes: Routes, decoding: Decoding) -> None:
    """The route that every view asks for pictures of codes."""
    routes.add(decode_codes, decoding)


def read_question(lab: Lab, question: Codes) -> tuple[list[Model], Tensor]:
    """The models that are asked and the codes z [N, D], which fit all of them."""
    models = [lab.entry(name).model for name in question.models]
    if len({model.latent for model in models}) > 1:
        raise validate.refusal("Those models' codes differ in size; ask one by one.")
    if not all(model.has_decoder and not model.decode_needs_label for model in models):
        raise validate.refusal("Those models draw nothing from a code alone.")
    return models, torch.stack([validate.code(z, models[0].latent) for z in question.z])
