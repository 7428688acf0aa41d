"""Header, the digit at the left, the views beside it; then how the whole is served."""

import logging
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.route_utils import FnIndexInferError
from PIL import UnidentifiedImageError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from models.device import describe
from views import GROUPS, TABS
from views.kit import validate
from views.kit.decoding import Decoding
from views.kit.lab import Lab, Page
from views.kit.networks import PATH
from views.kit.samples import THREE
from views.shell import api, head
from views.shell.digit_input import DigitInput
from views.shell.header import Header
from views.shell.navigation import Navigation

FOLDER = Path(__file__).parent
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
TELL_VIEW = "() => document.dispatchEvent(new CustomEvent('latent-lab:view', { detail: '%s' }))"
OPEN_VIEW = "({ view }) => ({ selected: view, __type__: 'update' })"
MOST_UPLOAD = "10mb"
MOST_BODY = 16 * 2**20  # a photo of ten megabytes in base64, and room to spare

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
    log.warning("A request made no sense: %s", request.url.path, exc_info=error)
    return JSONResponse({"detail": "There is nothing here that answers this request."}, 400)


# The last: asked for it in another size, Gradio reads the icon as a bitmap.
NONSENSE = (LookupError, TypeError, ValueError, FnIndexInferError, UnidentifiedImageError)


def build_page(lab: Lab) -> gr.Blocks:
    """The page over these models, not yet served."""
    with PlainBlocks(title=head.TITLE, fill_width=True, analytics_enabled=False) as blocks:
        Header(lab)
        with gr.Row(elem_id="lab"):
            with gr.Column(scale=0, min_width=248, elem_id="rail"):
                digit = DigitInput(lab, start=THREE, leads=True)
            with gr.Column(elem_id="views"):
                titles = {group: [tab.TITLE for tab in part] for group, part in GROUPS.items()}
                navigation = Navigation(titles)
                with gr.Tabs() as tabs:
                    page = Page(lab, Decoding(lab.interactive), navigation, digit, tabs)
                    for tab in TABS:
                        with gr.Tab(tab.TITLE, id=tab.TITLE) as page.tab:
                            # First of all that opening it starts: a digit must find it open.
                            page.tab.select(None, js=TELL_VIEW % tab.TITLE, **validate.DIRECT)
                            gr.HTML(f"<p class='look'>{tab.LOOK}</p>", apply_default_css=False)
                            tab.build(page)
        navigation.select(None, navigation, tabs, js=OPEN_VIEW, **validate.DIRECT)
        api.add_endpoints(lab)
    return blocks


def theme() -> gr.themes.Base:
    """Neutral ground, one accent, fonts that are already on the machine."""
    return gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace"), text_size="lg").set(
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


def serve(lab: Lab, **options: Any):
    """Launch the page; `options` go to Gradio's launch. Returns what launch returns."""

    def answer_health(request: Request) -> JSONResponse:
        return JSONResponse(health(lab))

    head.replace_head()
    blocks = build_page(lab).queue(api_open=False, default_concurrency_limit=4)
    return blocks.launch(
        # Gradio's check that it is up gives the page up when that takes three seconds, as it may on
        # a busy machine. launch itself is still needed: hosted Spaces find their GPU through it.
        _frontend=False,
        theme=theme(),
        css=(FOLDER / "theme.css").read_text(encoding="utf-8"),
        favicon_path=FOLDER / "icon.svg",
        footer_links=[],
        run_history=False,
        pwa=False,
        ssr_mode=False,
        enable_monitoring=False,
        max_file_size=MOST_UPLOAD,
        app_kwargs={
            "routes": [
                Route("/health", answer_health),
                Route(f"/{PATH}/{{file}}", lab.networks.answer),
            ],
            "middleware": [Middleware(GZipMiddleware, minimum_size=1000)],
            "max_body_size": MOST_BODY,  # Gradio bounds each uploaded file, but no body
            "exception_handlers": dict.fromkeys(NONSENSE, answer_nonsense),
        },
        **options,
    )
