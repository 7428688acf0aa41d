"""What stands in the page's head for browsers' tabs and for previews of a link."""

import re
from functools import cache
from pathlib import Path

from gradio import routes
from jinja2 import ChoiceLoader, DictLoader
from starlette.requests import Request
from starlette.responses import FileResponse

from views import HOME
from views.kit import scripts

TITLE = "Latent Lab"
DESCRIPTION = (
    "See what autoencoders know: move through the latent spaces of trained autoencoders, "
    "and see why they are as they are."
)
PAGE = "frontend/index.html"
# python -m tests.browser.preview draws both. Who previews a link wants the picture's whole address.
PREVIEW, TOUCH_ICON = "preview.png", "apple-touch-icon.png"
PREVIEW_ALT = "A drawn digit on its way through an autoencoder: to a place on a map, and back."
FOLDER = Path(__file__).parent
A_DAY = "public, max-age=86400"
# Gradio's preview of itself; and its manifest, whose address is wrong behind a path prefix.
THEIRS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>')
# Only these may run as they stand in the page: see policy.py.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)")
NONCE = """<script nonce="{{ request.scope['nonce'] }}\""""
# Until the view that the link names is there, what is laid out on the way would only be seen to
# jump; the animation shows it even if our scripts fail.
ARRIVING = """<style>
body:not(.arrived) :is(#lab, #header h2) { visibility: hidden; animation: arrive 0s 10s forwards; }
@keyframes arrive { to { visibility: visible; } }
</style>
"""
OURS = f"""<title>{TITLE}</title>
<meta name="description" content="{DESCRIPTION}" />
<meta property="og:type" content="website" />
<meta property="og:title" content="{TITLE}" />
<meta property="og:description" content="{DESCRIPTION}" />
<meta property="og:image" content="{{{{ config.get('root', '') }}}}/{PREVIEW}" />
<meta property="og:image:width" content="1200" />
<meta property="og:image:height" content="630" />
<meta property="og:image:alt" content="{PREVIEW_ALT}" />
<meta name="twitter:card" content="summary_large_image" />
<link rel="icon" type="image/svg+xml" href="favicon.ico" />
<link rel="apple-touch-icon" href="{TOUCH_ICON}" />
{ARRIVING}"""


def preloads() -> str:
    """Links that fetch the scripts of the first view while Gradio still builds the page."""
    shell = ("shell/header.js", "shell/digit_input.js")
    needed = scripts.with_imports(*shell, f"{HOME}/{HOME}.js")
    links = (f'<link rel="modulepreload" href="{scripts.address(name)}" />' for name in needed)
    return "\n".join(links)


def picture(request: Request) -> FileResponse:
    """What GET /preview.png and GET /apple-touch-icon.png give."""
    name = PREVIEW if request.url.path.endswith(PREVIEW) else TOUCH_ICON
    return FileResponse(FOLDER / name, headers={"Cache-Control": A_DAY})


@cache
def replace_head() -> None:
    """Put ours into Gradio's template, once: its own comes before whatever it could be told."""
    environment = routes.templates.env
    loader = environment.loader
    assert loader is not None  # Gradio gives it one
    template, *_ = loader.get_source(environment, PAGE)
    # Early: behind the configuration, a megabyte long, few would read on to it.
    ours = THEIRS.sub("", template).replace("<style>", f"{OURS}{preloads()}<style>", 1)
    ours = INLINE.sub(NONCE, ours)
    environment.loader = ChoiceLoader([DictLoader({PAGE: ours}), loader])
