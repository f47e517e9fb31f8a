"""What a person reads when something is wrong: one whole message, the right exit code, nothing half-written."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from keygen.course import sheet_checks
from keygen.course.exercise import WORDS
from keygen.course.handout import SizeByColumn
from keygen.course.sheet_keys import Choose, SheetEntry, Written
from keygen.errors import nearest, one_of
from tests.courses import keygen, laid, rewrite

EXERCISE = '''"""One linear layer, one sample, squared error."""

from keygen.author import backprop, integers, squared_error

axes = {"input": 2}

given = {
    "x": integers("1 input", -3, 3, published=[[1, 2]], nonzero=True),
    "w": integers("input 1", -2, 2, published=[[1], [-1]]),
    "y": integers("1 1", 0, 3, published=[[1]]),
}


def computation(t):
    t.yhat = t.x @ t.w
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["w"])


answers = {"a": {"gradient": "dL_dw"}}


def worthwhile(v):
    return {"the prediction is wrong": (v.yhat != v.y).all()}
'''

TEMPLATE = r"""%% title
One linear layer
%% endtitle
%% part a
Find the gradient of \( \val{ formula.L } \).
%% solution
\[ \val{ line.dL_dyhat } \]
\[ \val{ line.dL_dw } \]
%% endpart
"""

SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 2\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder with one exercise and one sheet, as the working folder."""
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fails(result: Result, *lines: str) -> None:
    assert result.stderr.splitlines() == list(lines)
    assert result.stdout == ""
    assert result.exit_code == 1


def test_the_course_itself_builds(course: Path) -> None:
    result = keygen("build", "mine", "--solutions", "--format", "tex", "--out", "out")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["out/mine.tex", "out/mine-solutions.tex"]
    assert r"\frac{\partial L}{\partial w}" in (course / "out" / "mine-solutions.tex").read_text(encoding="utf-8")


def test_an_unknown_sheet_offers_the_nearest(course: Path) -> None:
    fails(keygen("build", "minne"), "keygen: unknown sheet 'minne'", "  mend:     did you mean 'mine'?")


def test_an_unknown_exercise_offers_the_nearest(course: Path) -> None:
    fails(
        keygen("answers", "my/won"),
        "keygen: unknown sheet or exercise 'my/won'",
        "  mend:     did you mean 'my/one'?",
    )


def test_a_sheet_with_an_unknown_exercise_names_its_line(course: Path) -> None:
    path = rewrite(course, "mine.toml", "my/one", "my/on")
    fails(
        keygen("build", "mine"),
        "keygen: exercise number 1 of the sheet is unknown: 'my/on'",
        f"  at:       {path}:5",
        '  line:     id = "my/on"',
        "  mend:     did you mean 'my/one'?",
    )


def test_a_broken_toml_names_its_line(course: Path) -> None:
    path = rewrite(course, "mine.toml", "[[exercise]]", "[[exercise]")
    fails(
        keygen("build", "mine"),
        "keygen: the sheet is not valid TOML: Expected ']]' at the end of an array declaration",
        f"  at:       {path}:4",
        "  line:     [[exercise]",
    )


def test_an_unknown_key_of_a_sheet_offers_the_nearest(course: Path) -> None:
    path = rewrite(course, "mine.toml", "points", "pionts")
    fails(
        keygen("build", "mine"),
        "keygen: the sheet has an unknown key 'pionts'",
        f"  at:       {path}:6",
        "  line:     pionts = 2",
        f"  expected: one of {', '.join(SheetEntry.__struct_fields__)}",
        "  mend:     did you mean 'points' or 'pin' or 'parts'?",
    )


def test_of_many_names_a_few_are_offered_and_the_place_of_all() -> None:
    few, many = [f"s{n}" for n in range(10)], [f"student{n}" for n in range(300)]
    assert nearest("q", few) == "known: " + ", ".join(few)
    assert nearest("q", [*few, "t"], "there") == "there are 11, such as 's0', 's1', 's2'; there"
    assert nearest("student", many).count(" or 'student") == 2
    assert one_of(few, "there") == "one of " + ", ".join(few)
    assert one_of([*few, "t"], "there") == "one of 11: there"
    said = keygen("show", "zzzz").stderr.splitlines()
    assert said[0] == "keygen: unknown exercise 'zzzz'"
    assert said[1].startswith("  mend:     there are ")
    assert said[1].endswith("; `keygen list` shows all")


def test_a_wrong_value_in_a_sheet_says_what_is_allowed(course: Path) -> None:
    path = rewrite(course, "mine.toml", '"en"', '"fr"')
    fails(
        keygen("build", "mine"),
        "keygen: the sheet does not fit at language: Invalid enum value 'fr'",
        f"  at:       {path}:2",
        '  line:     language = "fr"',
        "  expected: 'ru' or 'en'",
    )


def test_an_unknown_parameter_names_the_authors_line(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", "nonzero=True", "nonzeros=True")
    fails(
        keygen("build", "mine"),
        "keygen: the exercise's file does not run: TypeError: integers() got an unexpected keyword argument 'nonzeros'",
        "  exercise: my/one",
        f"  at:       {path}:8",
        '  line:     "x": integers("1 input", -3, 3, published=[[1, 2]], nonzeros=True),',
    )


def test_numpy_on_a_name_of_the_trace_is_refused_with_the_operator_to_write(course: Path) -> None:
    rewrite(course, "my/one/exercise.py", "from keygen", "import numpy as np\n\nfrom keygen")
    path = rewrite(course, "my/one/exercise.py", "t.x @ t.w", "np.dot(t.x, t.w)")
    fails(
        keygen("answers", "mine"),
        "keygen: NumPy's dot cannot take 'x': it is a name on a trace and has no value yet",
        "  exercise: my/one",
        f"  at:       {path}:17",
        "  line:     t.yhat = np.dot(t.x, t.w)",
        "  mend:     use @: t.x @ t.w",
    )


def test_an_unknown_word_of_an_exercise_offers_the_nearest(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", "axes =", "axis =")
    fails(
        keygen("build", "mine"),
        "keygen: unknown word 'axis' in the exercise",
        "  exercise: my/one",
        f"  at:       {path}:5",
        '  line:     axis = {"input": 2}',
        f"  expected: one of {len(WORDS)}: `keygen help exercise` has them",
        "  mend:     did you mean 'axes'?",
    )


def test_shapes_that_do_not_fit_name_the_step_and_the_line(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", "t.x @ t.w", "t.w @ t.w")
    fails(
        keygen("build", "mine"),
        "keygen: the shapes do not fit in step 'matmul(w, w)'",
        "  exercise: my/one",
        f"  at:       {path}:15",
        "  line:     t.yhat = t.w @ t.w",
        "  expected: matmul: (n, k) @ (k, m) -> (n, m)",
        "  found:    (2, 1) and (2, 1)",
        "  mend:     check the order of the factors, a missing .T, or the sizes in `given`",
    )


def test_a_definition_that_raises_names_its_line(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", "t.x @ t.w", "1 / 0")
    fails(
        keygen("build", "mine"),
        "keygen: the exercise's code raised ZeroDivisionError: division by zero",
        "  exercise: my/one",
        f"  at:       {path}:15",
        "  line:     t.yhat = 1 / 0",
    )


def test_a_file_that_is_not_python_names_its_line(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", "def computation(t):", "def computation(t)")
    fails(
        keygen("build", "mine"),
        "keygen: the exercise's file does not run: SyntaxError: expected ':' (exercise.py, line 14)",
        "  exercise: my/one",
        f"  at:       {path}:14",
        "  line:     def computation(t)",
    )


def test_an_answer_that_the_computation_lacks_offers_the_nearest(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", '"dL_dw"', '"dL_dW"')
    fails(
        keygen("answers", "mine"),
        "keygen: an answer names 'dL_dW', which the computation does not have",
        "  exercise: my/one",
        f"  at:       {path}:20",
        '  line:     answers = {"a": {"gradient": "dL_dW"}}',
        "  mend:     did you mean 'dL_dw' or 'dL_dyhat'?",
    )


def test_an_exercise_without_answers_is_named(course: Path) -> None:
    path = rewrite(course, "my/one/exercise.py", "answers =", "_answers =")
    fails(
        keygen("answers", "mine"),
        "keygen: the exercise does not define 'answers'",
        "  exercise: my/one",
        f"  at:       {path}",
        "  expected: `answers` at the top level",
    )


CHAIN = """

def show(s):
    scope = calculus.scope({"t": (1, 2)})
    doubled = calculus.derivation(
        scope,
        calculus.read("t + t"),
        calculus.becomes(calculus.read("2 * t")),
        calculus.becomes(calculus.read("t**2")),
    )
    return {"doubled": doubled}
"""


def test_a_false_link_names_the_link_a_point_and_the_line_that_makes_the_chain(course: Path) -> None:
    rewrite(course, "my/one/exercise.py", "import backprop", "import calculus, backprop")
    path = rewrite(course, "my/one/exercise.py", "def worthwhile", f"{CHAIN.strip()}\n\n\ndef worthwhile")
    result = keygen("build", "mine", "--format", "tex", "--out", "out")
    fails(
        result,
        "keygen: a false link in a chain: its two sides do not agree",
        "  exercise: my/one",
        f"  at:       {path}:25",
        "  line:     doubled = calculus.derivation(",
        "  expected: 2 * t = t ** 2",
        "  found:    2.496 on the left, 1.557504 on the right, at t = 1.248",
        "  mend:     mend the rule that made the step",
    )
    assert not (course / "out").exists()


def test_a_worthwhile_that_never_holds_says_how_often_each_condition_failed(course: Path) -> None:
    path = rewrite(
        course, "my/one/exercise.py", "(v.yhat != v.y).all()", '(v.yhat != v.y).all(), "it is large": v.L > 999'
    )
    result = keygen("build", "mine", "--seed", "1")
    what, where, at, *_, found, mend = result.stderr.splitlines()
    assert what == "keygen: no worthwhile variant in 2000 draws"
    assert where == "  exercise: my/one (seed 1)"
    assert at.startswith(f"  at:       {path}")
    assert "it is large" in found
    assert "the prediction is wrong" in found
    assert sum(map(int, re.findall(r"(\d+) times", found))) == 2000
    assert mend == "  mend:     widen the distributions in `given`, or ask less in `worthwhile`"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("said", "found"), [('yield "wrong"', "'wrong'"), ("return True", "True"), ('yield "a", True, 1', "('a', True, 1)")]
)
def test_what_worthwhile_says_must_be_conditions(course: Path, said: str, found: str) -> None:
    path = rewrite(course, "my/one/exercise.py", 'return {"the prediction is wrong": (v.yhat != v.y).all()}', said)
    result = keygen("build", "mine", "--seed", "1")
    what, where, at, _, _, last = result.stderr.splitlines()
    assert what == "keygen: worthwhile says something that is no condition"
    assert where == "  exercise: my/one (seed 1)"
    assert at.startswith(f"  at:       {path}:")
    assert last == f"  found:    {found}"
    assert result.exit_code == 1


def test_a_template_with_an_undefined_name_shows_its_line(course: Path) -> None:
    path = rewrite(course, "my/one/en.tex", "line.dL_dyhat", "lines.dL_dyhat")
    fails(
        keygen("build", "mine"),
        "keygen: the template uses an undefined name: 'lines' is undefined",
        "  exercise: my/one",
        f"  at:       {path}:7",
        r"  line:     \[ \val{ lines.dL_dyhat } \]",
        "  mend:     did you mean 'line' or 'listed'?",
    )


def test_a_template_that_asks_for_an_unknown_variable_shows_its_line(course: Path) -> None:
    path = rewrite(course, "my/one/en.tex", "line.dL_dyhat", "line.dL_dyhatt")
    fails(
        keygen("build", "mine"),
        "keygen: the computation has no variable 'dL_dyhatt'",
        "  exercise: my/one",
        f"  at:       {path}:7",
        r"  line:     \[ \val{ line.dL_dyhatt } \]",
        "  mend:     did you mean 'dL_dyhat' or 'yhat' or 'dL_dw'?",
    )


def test_a_template_that_is_not_well_formed_shows_its_line(course: Path) -> None:
    path = rewrite(course, "my/one/en.tex", "%% endpart", "%% endprat")
    fails(
        keygen("build", "mine"),
        "keygen: `%% endprat` is no line of templates",
        "  exercise: my/one",
        f"  at:       {path}:9",
        "  line:     %% endprat",
        "  mend:     did you mean 'endpart' or 'endremark' or 'endlaw'?",
    )


def test_a_language_that_the_exercise_lacks_is_named(course: Path) -> None:
    fails(
        keygen("build", "mine", "--lang", "ru"),
        "keygen: the exercise has no text in the language 'ru'",
        "  exercise: my/one",
        f"  expected: {course / 'exercises' / 'my' / 'one' / 'ru.tex'}",
        "  mend:     write it, or build in a language that the exercise has",
    )


@pytest.mark.parametrize("seed", ["x", "-1", "1.5"])
def test_a_seed_that_is_not_a_number_is_wrong_use(course: Path, seed: str) -> None:
    result = keygen("build", "mine", "--seed", seed)
    assert result.exit_code == 2
    assert f"'--seed': {seed!r}" in result.stderr or "'--seed': -1 is not in the range" in result.stderr


def test_an_unwritable_folder_is_named(course: Path) -> None:
    (course / "wall").write_text("a file where a folder should be")
    result = keygen("build", "mine", "--format", "tex", "--out", "wall/inside")
    assert "Invalid value for '--out': 'wall' is no folder, and there can be none of this name." in result.stderr
    assert result.exit_code == 2


def test_a_failed_build_leaves_the_last_good_file(course: Path) -> None:
    assert keygen("build", "mine").exit_code == 0
    before = (course / "build" / "mine.pdf").read_bytes()
    rewrite(course, "my/one/en.tex", "Find the gradient", r"\nosuchmacro Find the gradient")
    result = keygen("build", "mine")
    assert result.exit_code == 1
    assert (course / "build" / "mine.pdf").read_bytes() == before
    assert [path.name for path in (course / "build").iterdir() if path.suffix] == ["mine.pdf"]


def test_a_tex_error_names_exercise_template_and_line(course: Path) -> None:
    rewrite(course, "my/one/en.tex", "Find the gradient", r"\nosuchmacro Find the gradient")
    result = keygen("build", "mine")
    assert "nosuchmacro" in result.stderr
    assert "exercise: my/one" in result.stderr
    assert "my/one/en.tex:5" in result.stderr


def test_without_tex_the_sources_are_still_written(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(course))
    assert keygen("build", "mine", "--format", "tex").exit_code == 0
    result = keygen("build", "mine")
    assert result.exit_code == 1
    assert "pdflatex" in result.stderr
    assert "keygen doctor" in result.stderr
    assert not (course / "build" / "mine.pdf").exists()


def test_a_traceback_is_shown_only_when_asked_for(course: Path) -> None:
    assert "Traceback" not in keygen("build", "minne").stderr
    assert keygen("--debug", "build", "minne").exception is not None


def test_the_name_of_a_sheet_where_an_exercise_is_shown_is_said_to_be_one() -> None:
    result = keygen("show", "sheet4b")
    assert result.exit_code == 1
    assert "'sheet4b' is a sheet" in result.stderr
    assert "backprop/dense_minibatch" in result.stderr
    assert "keygen build sheet4b --format html" in result.stderr


@pytest.mark.parametrize("command", [("build",), ("show",), ("answers",), ("check",), ("preview",), ("list",)])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("exercises/mine.toml", "mine"),
        ("mine.toml", "mine"),
        ("./exercises/my/one/", "my/one"),
        ("exercises/my/one/en.tex", "my/one"),
        ("my/one/exercise.py", "my/one"),
    ],
)
def test_a_path_in_the_place_of_a_name_is_told_with_the_name(
    command: tuple[str, ...], path: str, name: str, course: Path
) -> None:
    for typed in (path, str(course / path)) if "exercises" in path else (path,):
        result = keygen(*command, typed)
        assert result.exit_code == 1
        assert result.stderr.splitlines() == [
            f"keygen: {typed!r} is the path of a file, not a name", "  expected: the name of a sheet, or topic/name",
            f"  mend:     write {name}",
        ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n", "Words alone.\n", "%% title\nA\n%% endtitle\n"])
def test_a_template_without_parts_says_what_to_write(text: str, course: Path) -> None:
    path = course / "exercises/my/one/en.tex"
    path.write_text(text)
    for command in (("check", "my/one", "--seeds", "0"), ("lint", "my/one")):
        result = keygen(*command)
        assert result.exit_code == 1
        assert "the template has no parts" in result.output
        assert f"{path}:1" in result.output
        assert "write `%% part a`" in result.output
    told = keygen("build", "mine").stderr
    assert "an answer to part 'a', which the page has not" in told
    assert "  mend:     write `%% part a` into the template" in told


@pytest.mark.parametrize("words", [("answers", "mine", "--json"), ("build", "mine"), ("check", "mine", "--json")])
def test_what_an_exercise_prints_does_not_come_among_the_words_of_a_command(
    words: tuple[str, ...], course: Path
) -> None:
    before = re.sub(r'"(solving|checking)": .*', "", keygen(*words).stdout)
    rewrite(course, "my/one/exercise.py", "    t.yhat", '    print("hello", t.x)\n    t.yhat')
    after = keygen(*words)
    assert re.sub(r'"(solving|checking)": .*', "", after.stdout) == before
    assert "hello" in after.stderr or words[0] == "check"  # whose words are other processes'


def test_capitals_do_not_hide_the_nearest_name(course: Path) -> None:
    fails(keygen("build", "MINE"), "keygen: unknown sheet 'MINE'", "  mend:     did you mean 'mine'?")


def test_seeds_beyond_the_greatest_are_refused_wherever_they_come_from(course: Path) -> None:
    most = 10**18
    assert keygen("show", "my/one", "--seed", str(most)).exit_code == 0
    for words in (
        ("build", "mine", "--variants", "2", "--seed", str(most)),
        ("preview", "mine", "--seeds", f"{most + 1}"),
    ):
        fails(
            keygen(*words), "keygen: this seed is too great", "  expected: 1,000,000,000,000,000,000 at most",
            "  found:    1,000,000,000,000,000,001",
        )  # fmt: skip


LACKING = {
    "": ("the sheet has nothing in it", 'write title = "...", and for each exercise [[exercise]]'),
    "# nothing yet\n": ("the sheet has nothing in it", 'write title = "...", and for each exercise [[exercise]]'),
    'title = "a"\n': ("the sheet has no 'exercise'", "write for each exercise [[exercise]], and below it id ="),
    'title = "a"\nexercise = []\n': ("the sheet has no exercises", "write for each exercise [[exercise]], and bel"),
    '[[exercise]]\nid = "my/one"\n': ("the sheet has no 'title'", 'write title = "..." above the exercises'),
    'title = "a"\n[[exercise]]\n': ("number 1 of `exercise` has no 'id'", 'write id = "topic/name" below [[exercise]]'),
    'title = "a"\n[exercise]\nid = "my/one"\n': ("the sheet does not fit at exercise", "write [[exercise]], in two br"),
    'title = "a"\nchoose = { k = 1 }\n[[exercise]]\nid = "my/one"\n': ("`choose` has no 'of'", "write of = [1, 2]"),
    'title = "a"\nsize = {}\n[[exercise]]\nid = "my/one"\n': ("`size` has no 'column'", 'write column = "..."'),
}  # fmt: skip


@pytest.mark.parametrize("text", LACKING)
def test_a_sheet_that_lacks_something_says_what_to_write(text: str, course: Path) -> None:
    (course / "exercises" / "mine.toml").write_text(text)
    result = keygen("build", "mine")
    what, mend = LACKING[text]
    assert result.exit_code == 1
    assert result.stderr.startswith(f"keygen: {what}\n")
    assert f"  mend:     {mend}" in result.stderr
    assert not (course / "build").exists()


def test_a_value_of_another_type_is_told_in_words(course: Path) -> None:
    rewrite(course, "mine.toml", '"My sheet"', "3")
    told = keygen("build", "mine").stderr
    assert "  expected: words in quotes or a table\n  found:    a whole number\n" in told


def test_every_key_that_a_sheet_cannot_lack_has_its_repair() -> None:
    tables = (Written, SheetEntry, Choose, SizeByColumn)
    asked = {field.name for table in tables for field in msgspec.structs.fields(table) if field.required}
    assert asked == set(sheet_checks.LACKING)
