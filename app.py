"""Serve the page: python app.py. LATENT_PORT chooses the port."""

import os
from pathlib import Path

from views.lab import open_lab
from views.page import serve

CHECKPOINTS = Path(__file__).parent / "checkpoints"

if __name__ == "__main__":
    port = os.environ.get("LATENT_PORT")
    serve(open_lab(CHECKPOINTS), server_port=int(port) if port else None)
