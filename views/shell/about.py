"""What "About" tells: what the page is, its source and documents, the papers, how to cite it."""

import io
import re
import tomllib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from views.kit import scripts
from views.kit.files import PROGRAM, Files
from views.kit.routes import Message
from views.shell.papers import Reference, read_papers, reference

# What is looked for in the notes of the lecture, in their order, and where the page shows it.
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The autoencoder: the identity through a bottleneck, and PCA", ("reconstruct", "compress")),
    ("The denoising autoencoder, by masking and by Gaussian noise", ("denoise", "score")),
    ("A latent-variable model, from z to x", ("maps", "sample")),
    ("The prior, and p(x|z) with its mean and variance", ("likelihood",)),
    ("Bayes' rule, the integral out of reach, and maximum likelihood", ("gap", "elbo")),
    ("The ELBO, step by step", ("elbo", "ledger")),
    ("Inference: q(z|x) in place of p(z|x)", ("gap",)),
    ("Reparameterization, and training by backpropagation", ("trick",)),
    ("What a code can do", ("sliders", "interpolate")),
    ("The KL between Gaussians", ("kl",)),
    ("Applications", ("classes", "few_labels", "iwae", "draw", "gan", "beta", "shapes")),
)
SOURCE_FOLDERS = (
    *("benchmarks", "data", "docs", "evaluation", "experiments", "explore"),
    *("models", "tests", "training", "views"),
)
SOURCE_SUFFIXES = {".css", ".html", ".js", ".json", ".md", ".py", ".svg", ".ts", ".txt"}
# Of the top folder, by name: what else lies there may be the visitor's own.
SOURCE_FILES = (
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "app.py"),
    *("commands.py", "eslint.config.js", "figures.py", "files.py", "package.json"),
    *("package-lock.json", "pyproject.toml", "requirements.lock", "requirements.txt"),
    "tsconfig.json",
)
PLAIN = "text/plain; charset=utf-8"


class Link(Message):
    """A title, and an address relative to the page."""

    title: str
    address: str


class Topic(Message):
    """A topic of the lecture's notes, and the folders of the views that show it."""

    title: str
    views: list[str]


class About(Message):
    """What "About" lists: `source` is the address of a zip, `bibtex` how the page is cited."""

    source: str
    documents: list[Link]
    topics: list[Topic]
    papers: list[Reference]
    bibtex: str
    licence: str


def about(files: Files) -> About:
    """What "About" lists; the documents and the source are published in `files`."""
    source = files.promise(
        f"latent-lab-{scripts.digest()}.zip", (), zipped_source, "application/zip"
    )
    return About(
        source=source,
        documents=[_published(files, file) for file in documents()],
        topics=[Topic(title=title, views=list(views)) for title, views in TOPICS],
        papers=[reference(paper) for paper in read_papers().values()],
        bibtex=bibtex(),
        licence=_published(files, PROGRAM / "LICENSE").address,
    )


def documents() -> list[Path]:
    """The README and what lies beside it to be read."""
    return [PROGRAM / "README.md", *sorted((PROGRAM / "docs").glob("*.md"))]


def _published(files: Files, file: Path) -> Link:
    content = file.read_text(encoding="utf-8")
    heading = re.search(r"^# (.+)$", content, re.MULTILINE)
    in_docs = file.parent.name == "docs"
    address = files.publish(f"{file.stem}.txt", content.encode(), PLAIN)
    return Link(title=heading[1] if heading and in_docs else file.name, address=address)


def zipped_source() -> bytes:
    """The project's text, without checkpoints and pictures, as a zip."""
    found = [file for name in SOURCE_FILES if (file := PROGRAM / name).exists()]
    for folder in SOURCE_FOLDERS:
        every = sorted((PROGRAM / folder).rglob("*"))
        found += [file for file in every if file.suffix in SOURCE_SUFFIXES and file.is_file()]
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for file in found:
            archive.write(file, Path("latent-lab", file.relative_to(PROGRAM)))
    return written.getvalue()


def bibtex() -> str:
    """How the page is cited: its version from pyproject.toml, year and authors from LICENSE."""
    project = tomllib.loads((PROGRAM / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = (PROGRAM / "LICENSE").read_text(encoding="utf-8")
    found = re.search(r"Copyright \(c\) (\d{4}) (.+)", licence)
    assert found is not None  # a test reads it
    year, authors = found.groups()
    return f"""@software{{latent_lab,
  title = {{Latent Lab: see what autoencoders know}},
  author = {{{{{authors[0].upper() + authors[1:]}}}}},
  year = {{{year}}},
  version = {{{project["version"]}}},
  note = {{{project["license"]} licence}}
}}"""
