"""What the page's scripts ask of the server: POST /ask/<name>, JSON in and out, without a session.

A route is one function of one validated model, which returns another; faults are answered with
{"error": one sentence}. Types of both are written for the scripts' type checker by
views/kit/schema.py.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, get_type_hints

import gradio as gr
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from views.kit.validate import UNFORESEEN, Busy, in_words
from views.kit.worker import CLIENT, Client, Worker

PATH = "/ask"
MOST_BODY = 256 * 1024  # bytes of a question; a route that takes more says so
PAGE_HEADER, MOST_PAGE = "x-page", 32  # the number that an open page gave itself, and its letters

F = TypeVar("F", bound=Callable[..., Any])

log = logging.getLogger(__name__)


class Message(BaseModel):
    """A question or an answer: no further field, no NaN, no text where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


FUNCTIONS: dict[str, Callable[..., Any]] = {}  # every function that is a route, by its name


def route(name: str, most_body: int = MOST_BODY) -> Callable[[F], F]:
    """Mark a module-level function as what answers POST /ask/<name>.

    Its last argument and what it returns are annotated with models; the arguments before are bound
    when the page is laid out. A plain function runs on the thread of quick questions, an `async`
    one on the event loop, which it must not hold. `most_body` bounds the bytes of a question.
    """

    def mark(function: F) -> F:
        if name in FUNCTIONS:
            raise ValueError(f"There are two routes {name}.")
        FUNCTIONS[name] = function
        vars(function)["route"] = (name, most_body)
        return function

    return mark


class Routes:
    """The routes of one page, added while it is laid out."""

    def __init__(self, quick: Worker) -> None:
        self._quick = quick
        self.app = FastAPI(title="Latent Lab", docs_url=None, redoc_url=None, openapi_url=None)
        self.app.add_exception_handler(gr.Error, _refuse)
        self.app.add_exception_handler(RequestValidationError, _refuse_message)
        self.app.add_exception_handler(ResponseValidationError, _apologise)
        self.app.add_exception_handler(HTTPException, _missing)
        self.most_body: dict[str, int] = {}  # bytes of a question, by path

    def add(self, function: Callable[..., Any], *bound: Any) -> None:
        """Answer the route that the function is marked as by function(*bound, question)."""
        name, most_body = vars(function)["route"]
        question, answer = models_of(function)
        self.most_body[f"{PATH}/{name}"] = most_body

        async def serve(question: Any, request: Request) -> Any:
            CLIENT.set(client_of(request))
            with in_words(name):
                if inspect.iscoroutinefunction(function):
                    asked = function(*bound, question)
                else:
                    asked = self._quick.run(function, *bound, question)
                return await _unless_they_leave(asked, request)

        serve.__annotations__ = {"question": question, "request": Request, "return": answer}
        self.app.post(f"/{name}", response_model=answer)(serve)


def models_of(function: Callable[..., Any]) -> tuple[type[BaseModel], type[BaseModel]]:
    """The models of a route's question and answer, as its function is annotated."""
    hints = get_type_hints(function)
    answer = hints.pop("return")
    *_, last = inspect.signature(function).parameters
    return hints[last], answer


def client_of(request: Request) -> Client:
    """Who asks: see Client. The page's number is its own word, so it is cut to what it may be."""
    page = request.headers.get(PAGE_HEADER, "")
    return Client(request.client.host if request.client else "", page[:MOST_PAGE])


async def _unless_they_leave(asked: Awaitable[Any], request: Request) -> Any:
    """The answer; it is cancelled, and so not worked on if it waits, when who asked hangs up."""
    answer = asyncio.ensure_future(asked)
    left = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise Busy  # nobody reads this
        return answer.result()
    finally:
        answer.cancel()
        left.cancel()


def _error(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)


async def _refuse(request: Request, error: Exception) -> Response:
    """One of ours, a sentence already."""
    answer = _error(str(getattr(error, "message", error)), 422)
    if isinstance(error, Busy):
        answer.status_code = 429
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


async def _refuse_message(request: Request, error: Exception) -> Response:
    """What does not fit the model, in a sentence that names the first field that does not."""
    first: dict[str, Any] = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:]) or "the question"
    return _error(f"That cannot be asked: {field} does not fit. Reload the page.", 422)


async def _apologise(request: Request, error: Exception) -> Response:
    """An answer that is not what its own model says: a fault of ours."""
    log.error("%s answered what does not fit its model", request.url.path, exc_info=error)
    return _error(UNFORESEEN, 500)


async def _missing(request: Request, error: Exception) -> Response:
    return _error("There is nothing here that answers this; reload the page.", 404)
