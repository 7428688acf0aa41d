"""About: its papers are those that the project cites, and its links lead to what they say."""

import io
import re
from zipfile import ZipFile

import pytest

from tests.places import ROOT, SHIPPED
from views import load_views
from views.kit.files import Files
from views.shell import about
from views.shell.papers import FILE, read_papers

NUMBER = re.compile(r"arXiv[:\s]+(\d{4}\.\d{4,5})|arxiv\.org/abs/(\d{4}\.\d{4,5})")
CITING = (
    "data",
    "docs",
    "evaluation",
    "experiments",
    "explore",
    "models",
    "tests",
    "training",
    "views",
)


def cited():
    """Every arXiv number that the project cites, with a file that does."""
    found = {}
    for folder in CITING:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".html", ".js", ".md", ".py"} and file != FILE:
                for match in NUMBER.finditer(file.read_text(encoding="utf-8")):
                    found.setdefault(match[1] or match[2], file.relative_to(ROOT).as_posix())
    return found


def test_every_paper_that_is_cited_by_a_number_is_listed():
    listed = {paper.arxiv for paper in read_papers().values()}
    assert {n: file for n, file in cited().items() if n not in listed} == {}


def test_every_number_that_is_listed_is_cited():
    known = cited()
    assert [p.name for p in read_papers().values() if p.arxiv and p.arxiv not in known] == []


def test_every_line_of_the_list_is_a_paper():
    lines = re.findall(r"^- .*", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    papers = read_papers()
    assert len(papers) == len(lines)
    assert list(papers) == sorted(papers, key=str.casefold)


@pytest.fixture(scope="module")
def files():
    return Files()


@pytest.fixture(scope="module")
def told(files):
    return about.about(files)


def content(files, address):
    return files._files[address.removeprefix("files/")]().plain


def test_documents_and_the_licence_are_served_as_they_are(files, told):
    for link, file in zip(told.documents, about.documents(), strict=True):
        assert content(files, link.address) == file.read_bytes()
    assert content(files, told.licence) == (ROOT / "LICENSE").read_bytes()


def test_the_source_holds_the_code_and_nothing_of_the_visitors(files, told):
    with ZipFile(io.BytesIO(content(files, told.source))) as archive:
        names = set(archive.namelist())
    wanted = ("app.py", "views/glossary.md", "views/kit/kernel.js", "models/vae.py", "LICENSE")
    assert {f"latent-lab/{name}" for name in wanted} <= names
    assert not [name for name in names if SHIPPED.name in name.split("/")[:2]]
    assert not [name for name in names if "__pycache__" in name or "/." in name]


def test_topics_name_views():
    views = load_views().keys()
    assert [view for _, shown in about.TOPICS for view in shown if view not in views] == []


def test_the_citation_names_authors_year_and_version(told):
    assert re.search(r"author = \{\{The .+ authors\}\}", told.bibtex)
    assert re.search(r"year = \{20\d\d\}", told.bibtex)
    assert re.search(r"version = \{\d+\.\d+\.\d+\}", told.bibtex)
    assert told.bibtex.count("{") == told.bibtex.count("}")
