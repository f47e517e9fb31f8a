"""What stands before a box: a sign of the page, or the author's caption; never the internal name of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keygen.builds.sheet import asked_items, solved
from keygen.document.template import words
from keygen.export.canvas import CanvasQuestion
from keygen.export.gradescope_pool import scanned, united
from keygen.export.making import question_of
from keygen.export.moodle import MoodleQuestion
from keygen.export.question import NeutralQuestion
from keygen.export.quiz_page import QuizForms
from keygen.writers.html import HtmlWriter
from tests.courses import LANGUAGES, SHIPPED, keygen, laid, ordered

SHEET = 'title = "Mine"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\n'
EXERCISE = """from keygen.author import integers

given = {"x": integers("", 2, 9, published=3)}


def computation(t):
    t.step_double = t.x + t.x
    t.step_square = t.x * t.x


answers = {"a": {"twice": "step_double", "square": "step_square"}}
"""
TEMPLATE = r"""%% title
Two numbers
%% endtitle
%% part a
Let \( \val{ line.x } \). Double it, and square it.
%% solution
\[ \val{ line.step_double } \]
\[ \val{ line.step_square } \]
%% endpart
"""


def questions(sheet: str, lang: str, *seeds: int) -> Iterator[NeutralQuestion]:
    """The exercises of a sheet with the numbers of some seeds."""
    say = words("export", LANGUAGES[lang])
    for seed in seeds:
        order = ordered(sheet, lang, seed)
        for item in asked_items(order):
            found = solved(order, item)
            yield question_of(found, found.answers(), order, item, say)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("sheet", SHIPPED.sheets)
def test_no_box_of_a_shipped_sheet_is_labelled_by_a_name_of_the_computation(sheet: str, lang: str) -> None:
    say, pages, quiz = (words(name, LANGUAGES[lang]) for name in ("export", "words", "quiz"))
    for one in questions(sheet, lang, 1, 2, 5):
        for kind in (MoodleQuestion, CanvasQuestion):
            written = kind(one, say, pages)
            writer = written.writer(one.typesetter)
            asked = written.asked(writer)
            told = written.slips_told() if isinstance(written, CanvasQuestion) else ""
            names = [answer.name for part in one.parts for answer in part.answers]
            assert [name for name in names if f"<code>{name}</code>" in asked + told] == []
        forms = QuizForms([one], quiz)
        for part, question in zip(one.problem.parts, one.parts, strict=True):
            form = forms.below(one.problem, part, HtmlWriter(one.typesetter))
            labels = re.findall(r'aria-label="([^"]+)"|<legend class="heard">([^<]*)', form)
            assert [label for pair in labels for label in pair if re.search("[A-Za-z]{2,}_|_[A-Za-z]{2,}", label)] == []
            assert not any(f"<code>{answer.name}</code>" in form for answer in question.answers)


@pytest.mark.parametrize("sheet", SHIPPED.sheets)
def test_no_box_of_an_answer_page_is_labelled_by_a_name_of_the_computation(sheet: str) -> None:
    boxes = united([scanned(ordered(sheet, "en", seed)) for seed in (1, 2, 5)])
    assert [box.label for box in boxes if r"\texttt" in box.label] == []


def test_check_tells_an_author_of_a_box_that_would_be_labelled_by_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    said = " ".join(keygen("check", "my/one", "--seeds", "2").stdout.split())
    assert "the box of the answer a.twice would be labelled by this name in a learning system: it has no sign" in said
    assert "write `%% caption a.twice`, in words for the student, and `%% endcaption`" in said
    assert "en.tex:5" in said
    captions = (
        "%% caption a.twice\ntwice \\( \\val{ name.x } \\)\n%% endcaption\n"
        "%% caption a.sq*\nits square\n%% endcaption\n"
    )
    (place / "en.tex").write_text(TEMPLATE + captions, encoding="utf-8")
    assert "the box of the answer" not in keygen("check", "my/one", "--seeds", "2").stdout
    out = keygen("export", "mine", "--to", "moodle", "--seeds", "1", "--lang", "en")
    text = Path(out.stdout.split()[0]).read_text("utf-8")
    assert "twice \\(x\\): {1:NUMERICAL" in text
    assert "its square: {1:NUMERICAL" in text


@pytest.mark.parametrize(
    ("caption", "message"),
    [
        ("a.twic", "a caption of the answer 'a.twic', which the exercise has not"),
        ("a.no*", "a caption of the answer 'a.no*', which the exercise has not"),
        ('a["no" ~ "ne"]', "a caption of the answer 'a.none', which the exercise has not"),
    ],
)
def test_a_caption_of_no_answer_is_an_error_at_its_line(
    caption: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    laid(tmp_path, EXERCISE, TEMPLATE + f"%% caption {caption}\nword\n%% endcaption\n", SHEET)
    said = " ".join(keygen("show", "my/one", "--lang", "en").stderr.split())
    assert message in said
    assert "en.tex" in said


def test_a_caption_that_is_a_formula_stands_before_an_equals_sign() -> None:
    tanh = next(one for one in questions("sheet5", "en", 1) if one.problem.number == 2)
    asked = MoodleQuestion(tanh, words("export", LANGUAGES["en"]), words("words", LANGUAGES["en"])).asked(
        MoodleQuestion(tanh, {}, {}).writer(tanh.typesetter)
    )
    assert re.search(r"\\lim_\{t \\to \+\\infty\} f\(t\)\\\) = \{", asked)
