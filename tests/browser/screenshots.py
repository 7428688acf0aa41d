"""python -m tests.browser.screenshots FOLDER: keep a picture of every view at both sizes."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.environ["LATENT_SCREENSHOTS"] = sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"
    sys.exit(pytest.main(["-q", str(Path(__file__).with_name("pictures.py"))]))
