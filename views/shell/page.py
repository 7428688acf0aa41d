"""Header, the digit at the left, the views beside it; then how the whole is served."""

import logging
import traceback
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import gradio as gr
import torch
from gradio.route_utils import FnIndexInferError
from gradio.routes import App
from gradio.themes import Base
from gradio.themes.utils.sizes import Size
from PIL import UnidentifiedImageError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from explore import latent
from models.device import describe
from views import load_views
from views.kit import decoding, files, posteriors, scripts, true_posterior
from views.kit.decoding import Decoding
from views.kit.lab import Lab, Page
from views.kit.routes import PATH, Routes
from views.kit.samples import THREE
from views.kit.validate import UNFORESEEN
from views.kit.worker import Workers
from views.lectures import lectures
from views.shell import api, digit_input, head
from views.shell.connections import bound_connections
from views.shell.digit_input import DigitInput
from views.shell.front import FrontPage
from views.shell.glossary import read_glossary
from views.shell.guard import Guard, plain
from views.shell.header import Header
from views.shell.memory import return_large_buffers
from views.shell.policy import Policy
from views.shell.queue import BoundedQueue, Streams
from views.shell.sessions import Sessions
from views.shell.stopping import serve_until_stopped
from views.shell.terms import mark_view

FOLDER = Path(__file__).parent
STYLES = (
    FOLDER.parent / "kit" / "kit.css",
    FOLDER / "words.css",
    FOLDER / "presenter.css",
    FOLDER / "take_home.css",
    FOLDER.parent / "lectures" / "lectures.css",
)
# Gradio's large texts, in rem: its own are in pixels, and would stay small where the page grows.
TEXTS = Size(
    *(f"{pixels / 16}rem" for pixels in (10, 12, 14, 16, 20, 24, 28)), name="text_that_grows"
)
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MOST_SESSIONS = 1000  # that Gradio keeps; one that is forgotten is made again

log = logging.getLogger(__name__)


def _left_out(endpoint: Callable, given: int) -> list[Any]:
    """The defaults of the arguments after the first `given`, as far as they have one."""
    rest = list(signature(endpoint).parameters.values())[given:]
    return [argument.default for argument in rest if argument.default is not argument.empty]


class PlainBlocks(gr.Blocks):
    """Blocks that answer values they never offered in words: Gradio says null, or lists types."""

    async def preprocess_data(self, block_fn, inputs, *rest, **named):
        try:
            if len(inputs) < len(block_fn.inputs):
                inputs = [*inputs, *_left_out(block_fn.fn, len(inputs))]
            # Gradio itself notices only too few; an event that cancels others brings one more.
            if len(inputs) != len(block_fn.inputs) and not block_fn.cancels:
                raise ValueError(f"{len(inputs)} values for {len(block_fn.inputs)} inputs")
            return await super().preprocess_data(block_fn, inputs, *rest, **named)
        except Exception as error:
            if isinstance(error, gr.Error) and not error.print_exception:
                raise  # one of ours, a sentence already
            raise gr.Error(
                "Those are not values that can be chosen here; try others.", print_exception=False
            ) from error


def answer_nonsense(request: Request, error: Exception) -> JSONResponse:
    """Gradio looks up whatever a request names, and lets the fault through as a status 500."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    told = (
        request.method,
        plain(request.url.path),
        type(error).__name__,
        last.filename,
        last.lineno,
    )
    log.warning("%s %s made no sense: %s at %s:%s", *told)
    return JSONResponse({"detail": "There is nothing here that answers this request."}, 400)


def apologise(request: Request, error: Exception) -> JSONResponse:
    """What nobody foresaw; the guard, which gets the error next, logs it."""
    return JSONResponse({"error": UNFORESEEN}, 500)


# The last: asked for it in another size, Gradio reads the icon as a bitmap.
NONSENSE = (LookupError, TypeError, ValueError, FnIndexInferError, UnidentifiedImageError)


def new_page(lab: Lab) -> Page:
    """What the views of one page are laid out with."""
    workers = Workers()
    return Page(lab, workers, Routes(workers.quick), Decoding(lab.interactive))


def build_page(lab: Lab) -> tuple[gr.Blocks, Routes]:
    """The page over these models, not yet served, and what its scripts ask of the server."""
    page = new_page(lab)
    with PlainBlocks(title=head.TITLE, fill_width=True, analytics_enabled=False) as blocks:
        Header(lab)
        with gr.Row(elem_id="lab"):
            with gr.Column(scale=0, min_width=248, elem_id="rail"):
                DigitInput(lab, THREE)
            with gr.Column(elem_id="views"), gr.Tabs():
                for name, view in load_views().items():
                    _lay_out(name, view, page)
        digit_input.add_routes(page.routes, lab, page.workers.long)
        decoding.add_routes(page.routes, page.decoding)
        posteriors.add_routes(page.routes, lab.interactive)
        true_posterior.add_routes(page.routes, lab.interactive, page.workers)
        api.add_endpoints(lab, page.workers.long)
    return blocks, page.routes


def _lay_out(name: str, view: ModuleType, page: Page) -> None:
    """One view in a tab of its own, under the sentence that says what to look for."""
    with gr.Tab(view.TITLE, id=name) as tab:
        gr.HTML(f"<p class='look'>{view.LOOK}</p>", apply_default_css=False)
        view.build(page)
    mark_view(tab, read_glossary())


def theme() -> Base:
    """Neutral ground, one accent, fonts that are already on the machine."""
    return Base(font=FONTS, font_mono=("ui-monospace", "monospace"), text_size=TEXTS).set(
        body_background_fill="var(--ground)",
        body_background_fill_dark="var(--ground)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
    )


def health(lab: Lab) -> dict[str, Any]:
    """What GET /health answers."""
    states = dict.fromkeys(lab.zoo, "ready") | lab.zoo.unavailable
    return {
        "status": "ok" if lab.zoo and not lab.zoo.unavailable else "degraded",
        "device": describe(lab.device),
        "checkpoints": dict(sorted(states.items())),
        "samples": lab.samples.current.name,
    }


def answer_ready(lab: Lab) -> JSONResponse:
    """What GET /ready answers: 200 if there is a model and it decodes, else 503 and why not."""
    models = (entry.model for entry in lab.zoo.values())
    model = next((m for m in models if m.has_decoder and not m.decode_needs_label), None)
    if model is None:
        return JSONResponse({"error": "No model is there to decode; add checkpoints."}, 503)
    if not latent.decode(model, torch.zeros(1, model.latent)).isfinite().all():
        return JSONResponse({"error": "The first model decodes no picture; check it."}, 503)
    return JSONResponse({"status": "ready"})


class GuardedApp(App):
    """Gradio's application behind a guard, which sees a request before anything of Gradio's does.

    What is given to Gradio as middleware comes after its own.
    """

    def __init__(self, guarded: Callable[[ASGIApp], Guard], **options: Any):
        super().__init__(**options)
        self.state_holder = Sessions()
        self._guarded = guarded

    def build_middleware_stack(self) -> ASGIApp:
        self.guard = self._guarded(super().build_middleware_stack())
        return self.guard


def serve(lab: Lab, policy: Policy | None = None, **options: Any):
    """Launch the page; `options` go to Gradio's launch. Returns what launch returns.

    `policy` says who may ask. Unless there is prevent_thread_lock among the options, it returns
    when the process is told to stop.
    """
    head.replace_head()
    return_large_buffers()
    blocks, routes = build_page(lab)
    blocks.queue(api_open=False)
    blocks._queue = queue = BoundedQueue(blocks)
    most_body = routes.most_body
    app = GuardedApp(
        lambda inner: Guard(inner, policy or Policy(), most_body),
        routes=[
            Route("/health", lambda request: JSONResponse(health(lab))),
            Route("/ready", lambda request: answer_ready(lab)),
            *(Route(f"/{name}", head.picture) for name in (head.PREVIEW, head.TOUCH_ICON)),
            Route(f"/{scripts.PATH}/{{digest}}/{{path:path}}", scripts.answer),
            Route(f"/{lectures.PATH}/{{name}}", lectures.answer),
            Route(f"/{files.PATH}/{{name}}", lab.files.answer),
            Mount(PATH, app=routes.app),
        ],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1000),
            Middleware(FrontPage),
            Middleware(Streams, queue=queue),
        ],
        exception_handlers={
            **dict.fromkeys(NONSENSE, answer_nonsense),
            Exception: apologise,
        },
    )
    waits = not options.pop("prevent_thread_lock", False)
    launched = blocks.launch(
        # Gradio's check that it is up gives the page up when that takes three seconds, as it may on
        # a busy machine. launch itself is still needed: hosted Spaces find their GPU through it.
        _frontend=False,
        _app=app,
        theme=theme(),
        css="\n".join(style.read_text(encoding="utf-8") for style in STYLES),
        favicon_path=FOLDER / "icon.svg",
        footer_links=[],
        run_history=False,
        pwa=False,
        ssr_mode=False,
        enable_monitoring=False,
        state_session_capacity=MOST_SESSIONS,
        prevent_thread_lock=True,
        **options,
    )
    bound_connections(blocks.server)
    if waits:
        serve_until_stopped(blocks, app.guard, queue)
    return launched
