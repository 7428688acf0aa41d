"""All that a visitor can read of what stands in the project, and the words of it."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

from models import FAMILIES, protocols
from tests.places import ROOT
from views import GROUPS, load_views

VIEWS = ROOT / "views"
READ_ALOUD = {"title", "aria-label", "aria-roledescription", "alt", "placeholder"}
FORMULA = re.compile(r"\$\$.+?\$\$|\$.+?\$|`.+?`", re.DOTALL)
# What stands before a string of a script that selects, names or draws something, and says nothing.
CALLS = re.compile(
    r"\b(?:import|method|from|find\w*|closest|matches|querySelector(?:All)?|addEventListener|getElementById|"
    r"(?:get|set|has|remove|toggle)Attribute|classList\.\w+|createElement(?:NS)?|getContext|"
    r"makeSvg|getPropertyValue|getComputedStyle|fetchJson|css|d|path|points|transform|viewBox|font|"
    r"style|href|\w*[cC]lass(?:Name)?|role|selector)\s*[(:=]?\s*$"
)
# Selectors, media queries, names of keys and headers, addresses, paths of a drawing, lengths.
NO_TEXT = re.compile(
    r"^\([a-z]|^[A-Z][a-z]+-?[A-Z]|^[.#\[]|\[[a-z-]+[=\]]|[a-z]:[a-z]|--[a-z]|=>|\)\.[a-z]|"
    r"^M-?\d+[ ,.]\d|px|rem\b"
)
# The beginning of a regular expression is told from a division by what stands before it.
BEFORE_REGEX = re.compile(r"(?:^|[(,=:\[!&|?{};]|return|=>)\s*$")
PIECE = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""",
    re.DOTALL,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/[a-z]*")
ADDRESS = re.compile(r"\(https?://[^)]*\)")
PROTOCOL = re.compile(r"protocol:\s*[`\"](.*?)[`\"],$", re.MULTILINE)
VALUE = re.compile(r"\$\{[^}]*\}")
GAP = " \0 "  # where a script puts a value into a text
# What a lecture's file says to the page, and not to people.
FRONT_MATTER = re.compile(
    r"^(?:---|(?:state|light|answer|claim|minutes|picture|title|about|chapter): *)$|"
    r"^(?:state|light|answer|claim|minutes|picture): .*$|^(?:title|about|chapter): ",
    re.MULTILINE,
)
CHECKPOINT = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)*-(?:\d[a-z0-9-]*|mixture)")  # as in vae-2
WORD = re.compile(r"[^\W\d_]+")
ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4})\}?|(.))", re.DOTALL)


class Prose(HTMLParser):
    """What is read of HTML: its text, and attributes that are shown or read aloud."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_data(self, data):
        self.found.append(data)


def strings_of_script(source):
    """Every string and template of a script with what stands before it, and whether it is HTML."""
    found = []
    at, before = 0, ""
    while at < len(source):
        piece = PIECE.match(source, at)
        regex = REGEX.match(source, at) if BEFORE_REGEX.search(before[-40:]) else None
        if piece:
            if piece["string"]:
                found.append((piece["string"][1:-1], before, False))
                before += '"'
            at = piece.end()
        elif source[at] == "`":
            text, inner, at = template(source, at)
            found.append((text, before, before.endswith("html")))
            found += [each for part in inner for each in strings_of_script(part)]
            before += '"'
        elif regex:
            at, before = regex.end(), before + '"'
        else:
            before = (before + source[at])[-80:]
            at += 1
    return found


def template(source, at):
    """The text of the template that begins here, the code of its values, and where it ends."""
    text, inner = "", []
    at += 1
    while source[at] != "`":
        if source[at] == "\\":
            text += source[at : at + 2]
            at += 2
        elif source.startswith("${", at):
            end = end_of_value(source, at + 2)
            inner.append(source[at + 2 : end])
            text, at = text + GAP, end + 1
        else:
            text += source[at]
            at += 1
    return text, inner, at + 1


def end_of_value(source, at):
    """Where the value of a template ends that begins here."""
    depth = 0
    while True:
        piece = PIECE.match(source, at)
        if piece:
            at = piece.end()
        elif source[at] == "`":
            at = template(source, at)[2]
        elif source[at] == "}" and not depth:
            return at
        else:
            depth += {"{": 1, "}": -1}.get(source[at], 0)
            at += 1


def unescaped(text):
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], text)


def is_text(string):
    """Is it a sentence or a label, not a name in the code?"""
    said = string.replace("\0", "").strip()
    speaks = re.search(r"[a-z]{2,} |^[A-Z][a-z]| [a-z]{2,}|[A-Z]{2}|[\u0370-\u03ff∂]", said)
    return bool(speaks) and not NO_TEXT.search(said)


def texts_of_script(source):
    """The sentences and labels of a script."""
    for string, before, is_html in strings_of_script(source):
        if is_html:
            yield from Prose(unescaped(string)).found
        elif not CALLS.search(before) and is_text(string):
            yield unescaped(string)


def texts_of_python(source):
    """The sentences and labels of a view's Python: strings of several words, but no docstrings."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            text = node.value
            if "<" in text:
                yield from Prose(text).found
            elif is_text(text):
                yield text


def texts():
    """Each text that a visitor can read, with the file in which it stands."""
    for name, view in load_views().items():
        yield from ((f"{name}.py", text) for text in (view.TITLE, view.QUESTION, view.LOOK))
    yield from (("__init__.py", title) for title in GROUPS)
    yield from (("models", kind.title) for kind in FAMILIES.values())
    yield from (("protocols.py", text) for text in texts_of_python(source_of(protocols)))
    for file in sorted(VIEWS.rglob("*")):
        where = file.relative_to(VIEWS).as_posix()
        if where == "shell/take_home.js":
            yield from ((where, text) for text in texts_of_script(read(file)))
        elif "vendor" not in where and file.parent.name != "shell":
            yield from ((where, text) for text in texts_of(file))


def source_of(module):
    return Path(module.__file__).read_text(encoding="utf-8")


def texts_of(file):
    """What is read of one file under views/."""
    is_view = (file.parent / f"{file.parent.name}.py").exists()
    if file.suffix == ".html":
        return Prose(read(file)).found
    if file.name in ("take_home.js", "python.js"):  # of Python, but for how numbers came about
        return [VALUE.sub(GAP, text) for text in PROTOCOL.findall(read(file))]
    if file.suffix == ".js":
        return texts_of_script(read(file))
    if file.suffix == ".py" and is_view:
        return texts_of_python(read(file))
    if file.parent.name == "lectures":
        return [ADDRESS.sub("", FRONT_MATTER.sub("", read(file)))] if file.suffix == ".md" else []
    return [read(file)] if file.suffix == ".md" and file.parent != VIEWS else []


def read(file):
    return file.read_text(encoding="utf-8")


def cited(papers):
    """What a text may have of these papers: their authors, and their titles by the sentence."""
    names = [paper.name.rsplit(" ", 1)[0] for paper in papers]
    titles = [part.rstrip(".") for paper in papers for part in paper.title.split(". ")]
    every = sorted((re.escape(text) for text in [*names, *titles]), key=len, reverse=True)
    return re.compile("|".join(every).replace(r"\ ", r"\s+"), re.IGNORECASE)


def words_of(text, glossary, citation):
    """The words of a text that the glossary lacks, in small letters; symbols as they are."""
    text = citation.sub(" ", CHECKPOINT.sub(" ", FORMULA.sub(" ", text)))
    for found in reversed(list(glossary.find(text))):
        text = f"{text[: found.start]} {text[found.end :]}"
    for word in filter(str.isalpha, WORD.findall(text)):
        yield word.lower() if len(word) > 1 else word
