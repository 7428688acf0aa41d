"""python -m tests.browser.screenshots FOLDER: a picture of every view at both sizes, and page.webp.

What stands after FOLDER goes to pytest: `-k use` makes only page.webp, the page in use.
"""

import os
import sys
from pathlib import Path

import pytest

MADE_BY = ("pictures.py", "recording.py")

if __name__ == "__main__":
    folder, *options = sys.argv[1:] or ["docs/screenshots"]
    os.environ["LATENT_SCREENSHOTS"] = folder
    files = [str(Path(__file__).with_name(name)) for name in MADE_BY]
    sys.exit(pytest.main(["-q", *files, *options]))
