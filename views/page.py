"""Header, the digit at the left, the tabs beside it; then how the whole is served."""

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from models.device import describe

from . import TABS, api
from .components.digit_input import DigitInput
from .lab import Lab, Page

FOLDER = Path(__file__).parent
START = 23  # the sample the page opens with: the third three
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MOST_UPLOAD = "10mb"


def build_page(lab: Lab) -> gr.Blocks:
    """The page over these models, not yet served."""
    with gr.Blocks(title="Latent Lab", fill_width=True, analytics_enabled=False) as blocks:
        gr.HTML(header(lab), elem_id="header", apply_default_css=False)
        with gr.Row(elem_id="lab"):
            with gr.Column(scale=0, min_width=248, elem_id="rail"):
                digit = DigitInput(lab, start=START)
            with gr.Column(elem_id="views"), gr.Tabs() as tabs:
                page = Page(lab, blocks, digit, tabs)
                for tab in TABS:
                    with gr.Tab(tab.TITLE, id=tab.TITLE):
                        gr.HTML(f"<p class='look'>{tab.LOOK}</p>", apply_default_css=False)
                        tab.build(page)
        api.add_endpoints(lab)
    return blocks


def header(lab: Lab) -> str:
    """Name, purpose, where the networks run, and the light switch."""
    trained = ", ".join(lab.zoo) or "no checkpoint"
    return (
        "<h1>Latent Lab</h1><p>See what autoencoders know.</p>"
        f'<span class="badge" title="Loaded: {trained}">runs on {describe(lab.device)}</span>'
        '<button type="button" class="lights" aria-label="Switch between light and dark">'
        "light / dark</button>"
    )


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

    blocks = build_page(lab).queue(api_open=False, default_concurrency_limit=4)
    return blocks.launch(
        theme=theme(),
        css=(FOLDER / "theme.css").read_text(),
        js=(FOLDER / "theme.js").read_text(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        max_file_size=MOST_UPLOAD,
        app_kwargs={"routes": [Route("/health", answer_health)]},
        **options,
    )
