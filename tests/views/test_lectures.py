"""The lectures that ship: every slide opens a view, says little, and is held by a test."""

import ast
import re

import pytest

import views
from tests.lectures import FOLDER, LECTURES, SLIDES
from tests.places import ROOT

# What the lecture covers, in its order.
CHAPTERS = [
    "Autoencoder",
    "Denoising autoencoder",
    "Variational autoencoder, the idea",
    "Choices",
    "The mathematics",
    "Inference",
    "Reparameterization",
    "What VAEs can do",
    "KL between Gaussians",
    "Training with backpropagation",
    "Applications",
    "Among generative models",
]
SHIPPED = {
    "notes",
    "ninety_seconds",
    "why_not_sample_an_autoencoder",
    "why_blurry",
    "what_beta_does",
    "sum_or_mean",
    "the_gap",
    "why_the_trick",
}
FIELDS = {"chapter", "state", "light", "answer", "claim", "picture"}
LETTERS = {"sentence": 140, "paragraph": 240, "why": 300}
CLAIMS = ROOT / "tests" / "claims"


def claims_tested():
    """The claims that tests of tests/claims/test_lecture_*.py hold."""
    for file in CLAIMS.glob("test_lecture_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield node.name.removeprefix("test_")


each_slide = pytest.mark.parametrize("slide", SLIDES, ids=lambda slide: slide.where)


def test_the_lectures_that_ship():
    assert LECTURES.keys() == SHIPPED
    for lecture in LECTURES.values():
        assert lecture.fields.keys() == {"title", "minutes", "about"}
        assert int(lecture.fields["minutes"]) > 0


def test_every_claim_has_one_test_and_every_test_a_slide():
    tested = list(claims_tested())
    assert len(tested) == len(set(tested))
    assert set(tested) == {slide.claim for slide in SLIDES}


@each_slide
def test_a_slide_opens_a_view_that_there_is(slide):
    assert slide.fields.keys() <= FIELDS
    view, *keys = slide.fields["state"].split("&")
    name = view.removeprefix("view=")
    assert name in views.load_views()
    assert all(re.fullmatch(rf"{name}\.\w+=[^=&\s]+", key) for key in keys)


@each_slide
def test_a_slide_is_one_sentence_and_at_most_a_paragraph(slide):
    sentence, *paragraphs = slide.words
    assert len(sentence) <= LETTERS["sentence"]
    assert len(paragraphs) <= 1
    assert all(len(each) <= LETTERS["paragraph"] for each in paragraphs)
    assert "<" not in slide.text.replace(" < ", ""), "A slide holds no HTML."


@each_slide
def test_a_question_has_one_right_answer_and_a_why(slide):
    if not slide.answers:
        assert not slide.why
        return
    assert 2 <= len(slide.answers) <= 4
    assert list(slide.answers.values()).count(True) == 1
    assert slide.words[0].endswith("?")
    assert 0 < len(slide.why) <= LETTERS["why"]


def test_the_notes_follow_the_order_of_the_lecture():
    slides = LECTURES["notes"].slides
    assert [slide.fields["chapter"] for slide in slides if "chapter" in slide.fields] == CHAPTERS
    assert "chapter" in slides[0].fields
    minutes = int(LECTURES["notes"].fields["minutes"])
    assert minutes == 90
    questions = sum(bool(slide.answers) for slide in slides)
    assert len(slides) / 5 <= questions <= len(slides) / 3


@pytest.mark.parametrize("name", sorted(SHIPPED - {"notes", "ninety_seconds"}))
def test_a_confusion_is_short_and_asks_once(name):
    slides = LECTURES[name].slides
    assert 4 <= len(slides) <= 6
    assert sum(bool(slide.answers) for slide in slides) == 1


def test_every_picture_is_told_and_takes_the_colour_of_the_text():
    pictures = [slide.fields["picture"] for slide in SLIDES if "picture" in slide.fields]
    assert pictures
    for each in pictures:
        name, told = each.split(" | ")
        assert told
        drawn = (FOLDER / name).read_text(encoding="utf-8")
        assert "currentColor" in drawn
        assert not re.search(r"<script|href| style=|#[0-9a-f]{3,6}\b|on\w+=", drawn)
