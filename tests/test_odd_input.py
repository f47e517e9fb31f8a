"""Odd input is told in one sentence, at its place, at once: what an author, a sheet or a file may hold by mistake."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from time import perf_counter

import pytest

from keygen.course.draw import decimals, integers, stream
from tests.courses import keygen, laid, rewrite

SECONDS = 2.0  # on a machine at work; alone, each takes a tenth of one

EXERCISE = """from keygen.author import *

axes = {"n": 2}
given = {
    "x": integers("", 1, 3, published=2),
    "k": integers("", 1, 3, published=2),
}


def computation(t):
    t.y = t.k * t.x


answers = {"a": {"y": "y"}}
"""
TEMPLATE = r"""%% title
One
%% endtitle
%% part a
Find \( \val{ formula.y } \).
%% solution
\[ \val{ line.y } \]
%% endpart
"""
SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'
BUILD = ("build", "mine", "--format", "tex", "--out", "out")


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """What the commands import, so that a sentence is timed and not Python's start."""
    import_module("keygen.builds.answer_key")
    import_module("keygen.builds.perform")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*words: str) -> list[str]:
    """The lines of the one message of a command that fails, and fails at once."""
    start = perf_counter()
    result = keygen(*words)
    assert perf_counter() - start < SECONDS
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("keygen: ")
    return result.stderr.splitlines()


GIVEN = 'integers("", 1, 3, published=2)'


# --- distributions


@pytest.mark.parametrize(
    ("distribution", "what"),
    [
        ('integers("", 0, 0, published=0, nonzero=True)', "integers: there is no number to draw but 0"),
        ('integers("", 3, 1, published=1)', "integers: low is above high"),
        ('integers("", 0.5, 3, published=1)', "the number 0.5 would not be exact"),
        ('integers("", "0.5", 3, published=1)', "integers: low is not a whole number"),
        ('integers("", 0, 10**400, published=1)', "a number of more than 300 digits"),
        ('integers("", 0, [3], published=1)', "high is a list"),
        ("integers(None, 0, 3, published=1)", "integers: the axes are None"),
        ('integers("q", 0, 3, published=[1])', "unknown axis 'q'"),
        ('integers("0", 0, 3, published=[])', "the axes '0' give no shape"),
        ('integers("2 2 2", 0, 3, published=1)', "the axes '2 2 2' give no shape"),
        ('integers("", 0, 3, published=None)', "None is not a number"),
        ('integers("", 0, 3, published=True)', "True is not a number"),
        ('integers("", 0, 3, published="1e99999999")', "a number of more than 300 digits"),
        ('integers("", 0, 3, published=[1])', "the published 'x' does not fit its axes"),
        ('integers("3", 0, 1, published=[0, 1, 2], increasing=True)', "'x' cannot increase along '3'"),
        ('integers("2 2", 0, 9, published=[[0, 1], [1, 2]], increasing=True)', "integers: increasing=True is for a"),
        ('decimals("", "0", "1", "0", published=1)', "decimals: the step is 0"),
        ('decimals("", 0.5, "1", "0.1", published=1)', "the number 0.5 would not be exact"),
        ('decimals("", "nan", "inf", "1", published=1)', "'nan' is not a number"),
        ('decimals("", "0", "1e99999999", "1", published=1)', "a number of more than 300 digits"),
        ("choice(published=1)", "choice: there are no options"),
        ("choice([1, 2, 3], published=1)", "choice: the options stand in one list"),
        ('order("", published=(1,))', "order: the axis is ''"),
        ('order("n", published=(1, 1))', "order: published is no order"),
        ('order("n", published=(1, 2), take=5)', "order: published is no order"),
        ('order("n", published=(1, 2, 3))', "the published 'x' is no order of the axis 'n'"),
        ("3", "'x' in given is no distribution"),
    ],
)
def test_a_distribution_that_cannot_be_drawn_is_told_at_its_line(course: Path, distribution: str, what: str) -> None:
    path = rewrite(course, "my/one/exercise.py", GIVEN, distribution)
    lines = told("answers", "mine")
    assert lines[0].startswith(f"keygen: {what}")
    assert f"  at:       {path}:5" in lines


@pytest.mark.parametrize("axes", ['{"n": 0}', '{"n": -1}', '{"n": 10**9}', '{"n": True}', '{"n": 2.0}', "3"])
def test_an_axis_without_a_length_is_told_at_its_line(course: Path, axes: str) -> None:
    path = rewrite(course, "my/one/exercise.py", '{"n": 2}', axes)
    assert f"  at:       {path}:3" in told("answers", "mine")


def test_more_items_than_an_axis_may_have_are_not_taken(course: Path) -> None:
    rewrite(course, "my/one/exercise.py", '{"n": 2}', '{"n": choice(1, 2, published=2)}')
    rewrite(course, "my/one/exercise.py", GIVEN, 'order("n", published=(1, 2), take=2)')
    assert told("answers", "mine")[0] == "keygen: 'x' takes 2 of the 1 items that 'n' may have"


def test_of_ten_to_the_thirty_numbers_one_is_drawn_at_once() -> None:
    start = perf_counter()
    assert 0 <= integers("", 0, 10**30, published=0).draw(stream(1), ()) <= 10**30
    assert 0 <= decimals("", "0", "1e9", "1e-7", published=0).draw(stream(1), ()) <= 10**9
    assert perf_counter() - start < 0.1


def test_numbers_are_drawn_as_from_a_list_of_them() -> None:
    for low, high in ((-3, 3), (0, 1), (1, 50)):
        values = list(range(low, high + 1))
        grid = integers("9", low, high, published=[0] * 9)
        picks = stream("seed", low)
        assert grid.draw(stream("seed", low), (9,)) == [picks.choice(values) for _ in range(9)]
        rising = integers("2", low, high, published=[0, 1], increasing=True)
        assert rising.draw(stream("seed", low), (2,)) == sorted(stream("seed", low).sample(values, 2))


def test_an_increasing_list_without_zero_has_none() -> None:
    grid = integers("3", -2, 2, published=[1, 2, 3], increasing=True, nonzero=True)
    drawn = [grid.draw(stream(seed), (3,)) for seed in range(60)]
    assert all(0 not in values and values == sorted(set(values)) for values in drawn)
    assert {x for values in drawn for x in values} == {-2, -1, 1, 2}


# --- numbers


@pytest.mark.parametrize("number", ['"1e400"', '"1e99999999"', '"-1e-99999999"', "9" * 480])
def test_a_pinned_number_that_is_too_long_is_told_at_its_line(course: Path, number: str) -> None:
    path = rewrite(course, "mine.toml", "my/one", f'my/one"\npin = {{ x = {number} }} # "')
    lines = told("answers", "mine")
    assert lines[0] == "keygen: the pin of 'x' does not fit"
    assert f"  at:       {path}:6" in lines


def test_digits_that_python_does_not_read_are_told_at_their_line(course: Path) -> None:
    path = rewrite(course, "mine.toml", "my/one", f'my/one"\npin = {{ x = {"9" * 5000} }} # "')
    lines = told("answers", "mine")
    assert lines[0] == "keygen: the sheet has a number that is too long"
    assert f"  at:       {path}:6" in lines


@pytest.mark.parametrize(
    ("step", "published", "why"),
    [
        ("t.x**480", 10, "has no value: a number too large for a double"),
        ("t.x**100000000", 10, "has no value: a number of more than 3010 digits"),
        ("exp(exp(t.x))", 12, "has no value: a number too large or too near to zero for a page"),
        ("exp(-exp(t.x))", 12, "has no value: a number too large or too near to zero for a page"),
        ("ln(t.x - 800)", 800, "has no value: ln has no value at 0"),
    ],
)
@pytest.mark.parametrize("command", ["answers", "build"])
def test_a_value_that_no_page_can_hold_is_told_at_its_step(
    course: Path, step: str, published: int, why: str, command: str
) -> None:
    rewrite(course, "my/one/exercise.py", GIVEN, f'integers("", -900, 900, published={published})')
    path = rewrite(course, "my/one/exercise.py", "t.k * t.x", step)
    lines = told(*(("answers", "mine") if command == "answers" else BUILD))
    assert lines[0].startswith("keygen: step 'y = ")
    assert lines[0].endswith(why)
    assert f"  at:       {path}:11" in lines


@pytest.mark.parametrize("function", ["softplus(t.x)", "sigmoid(t.x)"])
def test_a_slope_far_out_is_checked_where_its_parts_have_no_double(course: Path, function: str) -> None:
    rewrite(course, "my/one/exercise.py", GIVEN, 'integers("", 800, 800, published=800)')
    rewrite(course, "my/one/exercise.py", "t.k * t.x", f'{function}\n    backprop(t, "y", ["x"])')
    result = keygen("check", "mine", "--seeds", "0", "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert " 0 false; 1 gradients" in result.stdout


# --- names and signs


def named(course: Path, x: str, y: str, signs: str = "{}") -> None:
    text = f'from keygen.author import *\n\ngiven = {{"{x}": integers("", 1, 3, published=2)}}\n'
    text += f'signs = {signs}\n\n\ndef computation(t):\n    t["{y}"] = square(t["{x}"])\n\n\n'
    (course / "exercises/my/one/exercise.py").write_text(f'{text}answers = {{"a": {{"y": "{y}"}}}}\n', encoding="utf-8")
    template = TEMPLATE.replace("formula.y", f'formula["{y}"]').replace("line.y", f'line["{y}"]')
    (course / "exercises/my/one/en.tex").write_text(template, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("lambda_", r"\lambda"),
        ("in_", r"\mathrm{in}"),
        ("x__2", "x_2"),
        ("вес", r"\text{вес}"),
        ("x_да", r"x_{\text{да}}"),
    ],
)
def test_a_name_is_printed_whole(course: Path, name: str, sign: str) -> None:
    named(course, name, "y")
    assert keygen(*BUILD).exit_code == 0
    assert rf"\kgchain{{y}}{{\kglink{{=}}{{{sign}" in (course / "out/mine.tex").read_text(encoding="utf-8").replace(
        "(x_2)", "x_2"
    ).replace(r"(x_{\text{да}})", r"x_{\text{да}}")


def test_russian_letters_in_a_sign_are_set_as_words_are(course: Path) -> None:
    named(course, "x", "y", r'{"y": r"\mathrm{шум}_x"}')
    assert keygen(*BUILD).exit_code == 0
    assert r"\mathrm{\text{шум}}_x" in (course / "out/mine.tex").read_text(encoding="utf-8")


@pytest.mark.parametrize("sign", ['"λ"', '"y%"', '"y#"', '"{y"', '""', "3", '"y\\\\"', r'"a\n\nb"'])
def test_a_sign_that_would_lose_letters_or_break_the_page_is_refused(course: Path, sign: str) -> None:
    named(course, "x", "y", f'{{"y": {sign}}}')
    lines = told(*BUILD)
    assert lines[0] == "keygen: the sign of 'y' is no TeX for a formula"
    assert f"  at:       {course / 'exercises/my/one/exercise.py'}:4" in lines


@pytest.mark.parametrize(("first", "second"), [("x1", "x_1"), ("x_1", "x__1"), ("lam", "lambda_")])
def test_two_names_with_one_sign_are_refused(course: Path, first: str, second: str) -> None:
    named(course, first, second)
    assert told(*BUILD)[0] == f"keygen: the names {first!r} and {second!r} have one sign on the page"
    named(course, first, second, f'{{"{second}": "z"}}')
    assert keygen(*BUILD).exit_code == 0


# --- words


def test_a_title_is_printed_as_it_stands(course: Path) -> None:
    rewrite(course, "mine.toml", '"My sheet"', """'"A" 100% a_b #1 & ~ ^ \\ {x} $5'""")
    rewrite(course, "my/one/en.tex", "One", r'"B" 100% a_b #1 & C^2 \textbf{x} \( \val{ name.y } \) 50\%')
    assert keygen(*BUILD).exit_code == 0
    page = (course / "out/mine.tex").read_text(encoding="utf-8")
    quote = r"\textquotedbl{}"
    tail = r"100\% a\_b \#1 \& "
    assert rf"{quote}A{quote} {tail}\textasciitilde{{}} \textasciicircum{{}} \textbackslash{{}} \{{x\}} \$5" in page
    assert rf"{quote}B{quote} {tail}C\textasciicircum{{}}2 \textbf{{x}} \( y \) 50\%" in page


def test_a_title_in_characters_that_no_font_has_is_told_at_its_line(course: Path) -> None:
    path = rewrite(course, "mine.toml", "My sheet", "My 😀")
    lines = told(*BUILD)
    assert lines[0] == "keygen: the fonts of the page lack characters of the sheet's title"
    assert f"  at:       {path}:1" in lines


def test_a_straight_quote_that_babel_would_take_is_told_at_its_line(course: Path) -> None:
    path = course / "exercises/my/one/ru.tex"
    path.write_text(TEMPLATE.replace("Find", 'Слово "нейрон" и'), encoding="utf-8")
    lines = told(*BUILD, "--lang", "ru")
    assert lines[0] == "keygen: a straight quote in Russian words swallows what follows it"
    assert f"  at:       {path}:5" in lines


# --- files

FILES = ("my/one/exercise.py", "my/one/en.tex", "mine.toml")


@pytest.mark.parametrize("name", FILES)
def test_a_byte_order_mark_and_line_ends_of_windows_are_read_over(course: Path, name: str) -> None:
    path = course / "exercises" / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert keygen(*BUILD).exit_code == 0
    assert keygen("list", "mine").stdout.splitlines()[0] == "mine: My sheet"


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_latin_1_is_told_at_its_line(course: Path, name: str) -> None:
    path = course / "exercises" / name
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")
    last = path.read_bytes().count(b"\n")
    lines = told(*BUILD)
    assert any(line.startswith(f"  at:       {path}") for line in lines)
    assert name.endswith(".py") or f"  at:       {path}:{last}" in lines
    assert keygen("list").exit_code == 0


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a device"])
def test_what_is_no_file_is_not_read(course: Path, name: str, kind: str) -> None:
    path = course / "exercises" / name
    path.unlink()
    if kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    assert f"  at:       {path}" in told(*BUILD)
    assert keygen("list").exit_code == 0


@pytest.mark.parametrize(
    "end", ["import sys; sys.exit(3)", "raise SystemExit", "raise BaseException('x')", "f = lambda: f()\nf()"]
)
def test_an_exercise_that_ends_the_program_is_told_at_its_line(course: Path, end: str) -> None:
    path = course / "exercises/my/one/exercise.py"
    path.write_text(f"{EXERCISE}{end}\n", encoding="utf-8")
    lines = told("answers", "mine")
    assert lines[0].startswith("keygen: the exercise's file does not run: ")
    assert any(line.startswith(f"  at:       {path}:1") for line in lines)


@pytest.mark.parametrize("word", ["axes", "given", "answers", "computation", "signs", "show", "worthwhile"])
def test_a_word_of_the_wrong_kind_is_told_at_its_line(course: Path, word: str) -> None:
    path = course / "exercises/my/one/exercise.py"
    path.write_text(f"{word} = 3\n" if word == "given" else f"{EXERCISE}{word} = 3\n", encoding="utf-8")
    if word == "given":
        path.write_text(EXERCISE.replace("given = {", "given = 3\n_ = {"), encoding="utf-8")
    assert told("answers", "mine")[0].startswith(f"keygen: {word} is no ")


@pytest.mark.parametrize("sheet", ["title = " + "[" * 3000, 'title = "x"\nexercise = 3\n', "x=[[[["])
def test_an_odd_sheet_is_told_and_listed(course: Path, sheet: str) -> None:
    path = course / "exercises/mine.toml"
    path.write_text(sheet, encoding="utf-8")
    assert any(line.startswith(f"  at:       {path}") for line in told("answers", "mine"))
    assert keygen("list", "mine").exit_code == 0


# --- the command line


@pytest.mark.parametrize(
    "words",
    [
        ("check", "mine", "--junit", "/"),
        ("check", "mine", "--seeds", str(10**20)),
        ("answers", "mine", "--seed", str(10**400)),
        ("build", "mine", "--variants", str(10**20)),
    ],
)
def test_a_number_or_a_path_out_of_bounds_is_wrong_use(course: Path, words: tuple[str, ...]) -> None:
    assert keygen(*words).exit_code == 2


def test_a_title_of_a_megabyte_is_told_at_its_line(course: Path) -> None:
    rewrite(course, "mine.toml", 'title = "', f'title = "{"x" * 1_000_000}')
    lines = told(*BUILD)
    assert lines[0] == "keygen: the sheet's title is too long"
    assert lines[1].endswith("mine.toml:1")


@pytest.mark.parametrize("secret", ["a pipe", "a folder", "zeros"])
def test_a_secret_that_is_no_line_of_text_is_refused_at_once(course: Path, secret: str) -> None:
    place = Path(".keygen-secret")
    if secret == "a pipe":
        os.mkfifo(place)
    elif secret == "a folder":
        place.mkdir()
    else:
        place.write_bytes(bytes(10**7))
    lines = told("answers", "mine", "--seed", "1")
    assert lines[0].startswith("keygen: the course secret is ")
    assert lines[1] == "  at:       .keygen-secret"


def test_a_cell_of_a_roster_that_is_too_long_is_told_as_that(course: Path) -> None:
    Path("long.csv").write_text(f"id,name\n1,{'x' * 200_000}\n")
    lines = told("build", "mine", "--roster", "long.csv", "--public")
    assert lines[0] == "keygen: the roster has a cell that is too long"
    assert lines[1] == "  at:       long.csv:2"
