"""The glossary: no technical word of the page without a sentence, no sentence without a word."""

import re

import pytest

from tests.places import ROOT
from tests.words import Prose, cited, strings_of_script, texts, texts_of_script, words_of
from views.shell.glossary import FILE, parse, read_glossary
from views.shell.papers import read_papers
from views.shell.terms import Marker

EVERYDAY = ROOT / "tests" / "views" / "everyday_words.txt"
TEMPLATES = sorted((ROOT / "views").rglob("*.html"))
# How formulas write symbols that the glossary has as they are seen.
TEX = {r"\theta": "θ", r"\lambda": "λ", r"\delta": "δ"}


@pytest.fixture(scope="module")
def read():
    """All that can be read, with where it stands; the glossary's own sentences are read, too."""
    sentences = (("glossary.md", entry.sentence) for entry in read_glossary().entries)
    return [*texts(), *sentences]


@pytest.fixture(scope="module")
def everyday():
    return EVERYDAY.read_text(encoding="utf-8").split()


def test_every_word_is_explained_or_an_everyday_one(read, everyday):
    """A new technical word needs an entry in views/glossary.md, a new everyday word a line."""
    citation = cited(read_papers().values())
    known = set(everyday)
    unknown: dict[str, str] = {}
    for where, text in read:
        for word in words_of(text, read_glossary(), citation):
            if word not in known:
                unknown.setdefault(word, where)
    told = "\n".join(f"{word} ({where})" for word, where in sorted(unknown.items()))
    assert not unknown, f"in neither views/glossary.md nor {EVERYDAY.name}:\n{told}"


def test_everyday_words_are_sorted_used_and_none_of_the_glossarys(read, everyday):
    assert everyday == sorted(set(everyday))
    citation = cited(read_papers().values())
    used = {word for _, text in read for word in words_of(text, read_glossary(), citation)}
    assert [word for word in everyday if word not in used] == []
    assert [word for word in everyday if list(read_glossary().find(word))] == []


def test_every_entry_stands_somewhere(read):
    used = set()
    for where, text in read:
        if where != FILE.name:
            for tex, symbol in TEX.items():
                text = text.replace(tex, symbol)
            used |= {found.entry.word for found in read_glossary().find(text)}
    assert [e.word for e in read_glossary().entries if e.word not in used] == []


def small(*items):
    return parse("\n".join(f"- {item}" for item in items), read_papers())


@pytest.mark.parametrize(
    ("items", "fault"),
    [
        (
            [
                "**a**: One",
            ],
            "full stop",
        ),
        (["**a**: " + "a" * 200 + "."], "at most 200"),
        (["**a**: One.", "**b** · a: Two."], "'a' twice"),
        (["**a**: One. (Nobody 1999)"], "'Nobody 1999'"),
        (["a: One."], r"must be \*\*word\*\*"),
    ],
)
def test_what_is_wrong_in_the_file_is_told(items, fault):
    with pytest.raises(ValueError, match=fault):
        small(*items)


def test_an_entry_has_spellings_a_sentence_and_a_paper():
    (entry,) = small("**KL** · KL divergence: How far,\n  in nats. (Kingma & Welling 2013)").entries
    assert entry.spellings == ("KL", "KL divergence")
    assert entry.sentence == "How far, in nats."
    assert entry.paper.address == "https://arxiv.org/abs/1312.6114"


WORDS = small(
    *(
        "**z**: A.",
        "**p(x|z)**: A.",
        "**p(x)**: A.",
        "**log p(x)**: A.",
        "**KL**: A.",
        "**prior**: A.",
    ),
    *("**Gaussian**: A.", "**density** · densities: A.", "**log density**: A."),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z, (z) z₁ and zᵢ²", ["z", "z", "z₁", "zᵢ²"]),
        ("zoo jazz x_z z\u0303 ζz", []),
        ("log p(x) and p(x), p(x|z)", ["log p(x)", "p(x)", "p(x|z)"]),
        ("The priors. Priors! superior prior's", ["priors", "Priors", "prior"]),
        ("KL, KLs, kl, KLᵢ", ["KL", "KLs", "KLᵢ"]),
        ("gaussian Gaussians", ["Gaussians"]),
        ("log\n  density, Densities", ["log\n  density", "Densities"]),
    ],
)
def test_words_are_found_as_they_are_written(text, expected):
    assert [text[f.start : f.end] for f in WORDS.find(text)] == expected


def marked(word, short=False):
    return f'<dfn class="explained{" short" * short}" tabindex="0">{word}</dfn>'


PRIOR, Z = marked("prior"), marked("z", short=True)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a prior, the prior</p>", f"<p>a {PRIOR}, the prior</p>"),
        ("<p>a <b>prior</b></p>", f"<p>a <b>{PRIOR}</b></p>"),
        ("<p><br>prior</p>", f"<p><br>{PRIOR}</p>"),
        ("prior<h3>z</h3>", f"prior<h3>{Z}</h3>"),
        ("<div>prior <span>z</span></div>", None),
        ("<p title=\"prior\" DATA-a='z'>no</p >", None),
        ("<p><button>z</button><label>z</label><a href=''>z</a></p>", None),
        ("<p><svg><text>z</text></svg><code>z</code></p>", None),
        ('<p aria-hidden="true">z</p>', None),
        ('<p aria-hidden="true">z<br/></p><p>z</p>', f'<p aria-hidden="true">z<br/></p><p>{Z}</p>'),
        ("<p>{{prior}} ${z} z</p>", f"<p>{{{{prior}}}} ${{z}} {Z}</p>"),
        ("<p>&lt; prior &#8211; é</p>", f"<p>&lt; {PRIOR} &#8211; é</p>"),
        ("<p>\n  two\n  <i>z</i>\n</p>", f"<p>\n  two\n  <i>{Z}</i>\n</p>"),
        ("<!-- <p>z</p> -->", None),
    ],
)
def test_marks_stand_in_prose_and_nothing_else_changes(html, expected):
    assert Marker(WORDS).html(html) == (expected or html)


def test_one_view_marks_a_word_once():
    marker = Marker(WORDS)
    assert marker.html("<p>prior</p>") == f"<p>{PRIOR}</p>"
    assert marker.html("<p>prior</p>") == "<p>prior</p>"
    assert marker.markdown("a prior and z") == f"a prior and {Z}"


@pytest.mark.parametrize("text", ["$z$", "$$\nz\n$$", "`z`", "```python\nz\n```", "[p](z)"])
def test_of_markdown_only_prose_is_marked(text):
    assert Marker(WORDS).markdown(f"{text} prior") == f"{text} {PRIOR}"


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_without_their_marks_templates_are_as_they_were(file):
    text = file.read_text(encoding="utf-8")
    found = Marker(read_glossary()).html(text)
    assert re.sub(r'<dfn class="[a-z ]+" tabindex="0">(.*?)</dfn>', r"\1", found) == text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('say("Draw a digit."); // "not this one"', ["Draw a digit."]),
        ("const a = b / c; say('It is here.') / 2", ["It is here."]),
        ('const r = /"no string/; say(`The ${f(`inner ${x}`)} one`)', ["The  \0  one"]),
        (
            'fill(e, html`<p title="A title">Some <b>text</b> ${a}</p>`)',
            ["A title", "Some ", "text"],
        ),
        ('find(".bar button"); import "../kit/view.js"', []),
    ],
)
def test_the_texts_of_a_script(source, expected):
    found = [text for text in texts_of_script(source) if text.strip("\0 ")]
    assert [text.strip(" \0") for text in found] == [text.strip() for text in expected]


def test_a_scripts_strings_are_told_from_its_code():
    strings = [text for text, _, _ in strings_of_script('a = "x"; /* "y" */ b = `z${"v"}`;')]
    assert strings == ["x", "z \0 ", "v"]


def test_what_is_read_of_html():
    assert Prose('<p title="one" class="no">two<br>three</p>').found == ["one", "two", "three"]
