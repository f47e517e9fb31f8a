"""A figure that an author composes: what may stand in it, what is refused, how it comes to a page and to SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keygen.author import Bezier, Box, Given, Label, Line, Name, Shape, claim, drawing, words
from keygen.cli import main
from keygen.course.course import course_at
from keygen.document.pictures import described, svg
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.figures.drawing import Drawing
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Literal, apply
from keygen.variants.solve import solve
from tests.courses import EN, LANGUAGES, laid

EXERCISE = '''"""One linear unit, drawn by its author."""

from keygen.author import Bezier, Box, Label, Line, Shape, backprop, drawing, integers, squared_error, words

given = {
    "x": integers("1 1", 1, 9, published=[[3]]),
    "w": integers("1 1", 1, 9, published=[[2]]),
    "y": integers("1 1", 0, 9, published=[[4]]),
}


def computation(t):
    t.yhat = t.x @ t.w
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["w"])


answers = {"a": {"gradient": "dL_dw"}}


def show(s):
    return {
        "picture": drawing(
            Box(Shape((0, 0), 10, 10, 5), fill="tint"),
            Label((0, 0), s.name("x")),
            Line([(5, 0), (25, 0)], "forward", arrow=True),
            Label((15, 1), s.claim("w"), "b"),
            Box(Shape((30, 0), 10, 10, 5)),
            Label((30, 0), s.name("yhat")),
            Bezier([(30, -5), (30, -15), (0, -15), (0, -5)], "backward", arrow=True),
            Label((15, -14), words(en="to & back", ru="назад"), "t", "backward"),
            alt=words(en="{x} goes by {w} to {yhat}, and back", ru="{x} через {w} идёт в {yhat} и назад"),
            x=s.name("x"), w=s.claim("w"), yhat=s.name("yhat"),
        )
    }  # fmt: skip
'''
TEMPLATE = r"""%% title
A unit
%% endtitle
%% part a
\val{ picture }
%% solution
\[ \val{ line.dL_dw } \]
%% endpart
"""
SHEET = 'title = "Drawn"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'
A, B = Name("a"), Name("b")
ALT = words(en="a line")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    (folder / "ru.tex").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def pictured(course: Path, language: str) -> tuple[Drawing, Typesetter]:
    solved = solve(course_at(course.parents[2]).exercise("my/one"), "mine", None)
    policy = Policy("," if language == "ru" else ".")
    typesetter = Typesetter(policy, solved.signs, Proofs(solved.values, policy, solved.calls), LANGUAGES[language])
    return solved.shown["picture"], typesetter


@pytest.mark.usefixtures("course")
def test_a_drawing_is_built_and_checked_like_any_figure() -> None:
    for command in (("build", "mine"), ("build", "mine", "--lang", "ru"), ("check", "mine", "--seeds", "3", "--deep")):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
    assert {path.name for path in Path("build").glob("*.pdf")} == {"mine.pdf", "mine.ru.pdf"}


@pytest.mark.parametrize(
    ("language", "label", "told"),
    [("en", "to ", "x goes by 2 to ŷ, and back"), ("ru", "назад", "x через 2 идёт в ŷ и назад")],
)
def test_a_drawing_says_in_each_language_what_its_author_says(
    course: Path, language: str, label: str, told: str
) -> None:
    figure, typesetter = pictured(course, language)
    assert label in typesetter.typeset(figure)
    assert "$2$" in typesetter.typeset(figure)
    assert described(figure, typesetter) == told
    picture = svg(figure, typesetter)
    assert f'aria-label="{told}"' in picture
    assert label in picture


def test_words_are_escaped_in_every_medium(course: Path) -> None:
    figure, typesetter = pictured(course, "en")
    assert r"to \& back" in typesetter.typeset(figure)
    assert "to &amp; back" in svg(figure, typesetter)


def test_a_false_number_in_the_words_of_a_drawing_is_refused(course: Path) -> None:
    source = EXERCISE.replace('w=s.claim("w"), yhat', 'w=Claim(Chain((s.name("w"), Literal(7)))), yhat')
    imports = source.replace("import Bezier, Box", "import Bezier, Box, Chain, Claim, Literal")
    (course / "exercise.py").write_text(imports, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", "mine", "--seeds", "1"])
    assert result.exit_code == 1
    assert "7" in result.output


def test_words_that_a_language_lacks_are_missed_before_a_page_is_made(course: Path) -> None:
    (course / "exercise.py").write_text(EXERCISE.replace(', ru="{x} через {w} идёт в {yhat} и назад"', ""), "utf-8")
    assert CliRunner().invoke(main, ["build", "mine"]).exit_code == 0
    result = CliRunner().invoke(main, ["build", "mine", "--lang", "ru"])
    assert result.exit_code == 1
    assert "words of a figure are missing in the language 'ru'" in result.output
    assert "ru.tex:5" in result.output


def line(*points: Any, **looks: Any) -> Line:
    return Line(points, **looks)


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: drawing(alt=ALT), "a drawing has no items"),
    (lambda: drawing(line((0, 0), (1, 1)), alt="a line"), "a drawing has no words for those who do not see it"),
    (lambda: drawing("a line", alt=ALT), "item 1 of a drawing is a str"),
    (lambda: drawing(line((0, 0)), alt=ALT), "item 1 of a drawing: a line needs two points"),
    (lambda: drawing(line((0, 0), (0, 0), arrow=True), alt=ALT), "item 1 of a drawing: a line needs two points"),
    (lambda: drawing(line((0, 0), (1, 2, 3)), alt=ALT), "item 1 of a drawing: a point is no pair"),
    (lambda: drawing(line(0, 1), alt=ALT), "item 1 of a drawing: a point is no pair"),
    (lambda: drawing(line((0, 0), (1, float("nan"))), alt=ALT), "a coordinate is no finite number"),
    (lambda: drawing(line((0, 0), (1, "2")), alt=ALT), "a coordinate is no finite number"),
    (lambda: drawing(line((0, 0), (1, 1), role="inc"), alt=ALT), "names the role 'inc'"),
    (lambda: drawing(Bezier(((0, 0), (1, 1), (2, 0))), alt=ALT), "a curve needs a point, and for each piece"),
    (lambda: drawing(Bezier(((0, 0), (1, 1), (2, 2), (2, 2))), alt=ALT), "has no direction"),
    (lambda: drawing(Box((0, 0)), alt=ALT), "a box needs a shape"),  # type: ignore[arg-type]
    (lambda: drawing(Box(Shape((0, 0), 4, 2, 2)), alt=ALT), "a box has no such shape"),
    (lambda: drawing(Box(Shape((0, 0), 0, 2, 0)), alt=ALT), "a box has no such shape"),
    (lambda: drawing(Box(Shape((0, 0), 4, 2, 1), border=None), alt=ALT), "neither a border nor a filling"),
    (lambda: drawing(Label((0, 0), None), alt=ALT), "a label says nothing"),
    (lambda: drawing(Label((0, 0), "x"), alt=ALT), "a bare string"),  # type: ignore[arg-type]
    (lambda: drawing(Label((0, 0), apply("add", A, Literal(2))), alt=ALT), "a bare number"),
    (lambda: drawing(Label((0, 0), A, "left"), alt=ALT), "a label has no such side"),  # type: ignore[arg-type]
    (lambda: drawing(Label((0, 0), A), alt=ALT, a=3), "a part of a drawing's words is a bare number"),  # type: ignore[arg-type]
    (lambda: drawing(Label((0, 0), A), alt=ALT, a=A), "in the language 'en' do not name its parts"),
    (lambda: drawing(Label((0, 0), A), alt=words(en="{b}")), "in the language 'en' do not name its parts"),
    (lambda: drawing(Label((0, 0), A), alt=words(en="{a")), "have a brace too many"),
    (lambda: drawing(Label((0, 0), A), alt=words(en="{a.shape}"), a=A), "do not name its parts"),
    (lambda: words(), "words of a figure have no text"),
    (lambda: words(en=" "), "words of a figure are no text"),
    (lambda: words(en="layer 2"), "words of a figure hold a number"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_what_makes_no_picture_is_refused_where_it_is_put_in(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(KeygenError) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.parametrize(("end", "message"), [((200, 0), "too wide"), ((0, 300), "too tall")])
def test_a_drawing_that_does_not_fit_the_page_is_refused(end: tuple[float, float], message: str) -> None:
    with pytest.raises(KeygenError, match=f"a drawing is {message} for the page"):
        Typesetter(Policy(), language=EN).typeset(drawing(line((0, 0), end), alt=ALT))


def test_a_refusal_names_the_line_of_the_exercise(course: Path) -> None:
    (course / "exercise.py").write_text(EXERCISE.replace('"forward", arrow', '"foward", arrow'), encoding="utf-8")
    result = CliRunner().invoke(main, ["build", "mine"])
    assert result.exit_code == 1
    assert "item 3 of a drawing: a figure names the role 'foward'" in result.output
    assert "exercise.py:" in result.output


def test_numbers_in_a_drawing_are_claims() -> None:
    square = apply("square", A)
    figure = drawing(Label((0, 0), claim(square, a=3)), Label((9, 0), Given(5)), alt=words(en="{n}"), n=Given(5))
    typesetter = Typesetter(Policy(), language=EN)
    assert "$9$" in typesetter.typeset(figure)
    assert described(figure, typesetter) == "5"
