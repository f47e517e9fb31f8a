"""Points: what a sheet's file says, shared over parts and steps without losing any, at the margin of every page."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keygen.course.points import HALF, Credit, decimal, shares
from keygen.document.points import marks, steps_of
from tests.courses import LANGUAGES, SHIPPED, keygen, laid, rewrite

EXERCISE = '''"""A product and a sum of two numbers."""

from keygen.author import integers

given = {"x": integers("", -3, 3, published=2), "y": integers("", -3, 3, published=3)}


def computation(t):
    t.p = t.x * t.y
    t.q = t.x + t.y
    t.r = t.p + t.q


answers = {"a": {"p": "p", "q": "q"}, "b": {"r": "r"}}
'''
TEMPLATE = r"""%% title
Two numbers
%% endtitle
%% part a
Compute \( \val{ formula.p } \) and \( \val{ formula.q } \).
%% solution
First
%% equation product
\[ \val{ line.p } \]
\[ \val{ line.p } \]
then
%% worth 2
\[ \val{ line.q } \]
%% endpart
%% part b
Compute \( \val{ formula.r } \).
%% solution
By formula \val{ equation.product }
\[ \val{ line.r } \]
%% endpart
"""
SHEET = 'title = "Mine"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 2\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solutions(points: str, *more: str) -> str:
    """The solutions of the sheet with these points, in TeX."""
    rewrite(Path.cwd(), "mine.toml", "points = 2", f"points = {points}")
    result = keygen("build", "mine", "--solutions", "--format", "tex", *more)
    assert result.exit_code == 0, result.output
    return Path("build/mine-solutions.tex").read_text("utf-8")


def at_margin(tex: str) -> list[str]:
    return re.findall(r"\\kg(?:points|total)\{([^}]*)\}", tex)


# --- sharing

TOTALS = st.builds(Fraction, st.integers(0, 2000), st.sampled_from((1, 2, 4, 5, 10, 100)))
WEIGHTS = st.lists(st.integers(0, 5), min_size=1, max_size=12).filter(any)


@given(TOTALS, WEIGHTS)
def test_no_sum_is_lost_and_nothing_goes_to_a_weight_of_zero(total: Fraction, weights: list[int]) -> None:
    found = shares(total, weights)
    assert sum(found) == total
    assert all(share >= 0 for share in found)
    assert all(share == 0 for share, weight in zip(found, weights, strict=True) if not weight)


@given(TOTALS, WEIGHTS)
def test_a_share_is_off_by_less_than_half_a_point_from_its_quota_and_one_at_most_is_no_half(
    total: Fraction, weights: list[int]
) -> None:
    found = shares(total, weights)
    quotas = [total * weight / sum(weights) for weight in weights]
    assert all(abs(share - quota) < HALF for share, quota in zip(found, quotas, strict=True) if share or quota)
    assert sum(share % HALF != 0 for share in found) <= 1


def test_largest_remainders_come_first_and_of_equal_ones_the_later() -> None:
    assert shares(Fraction(2), [1, 1, 1]) == [HALF, HALF, 1]
    assert shares(Fraction(1), [3, 2, 2]) == [HALF, 0, HALF]
    assert shares(Fraction("0.3"), [1, 1]) == [0, Fraction("0.3")]
    assert shares(Fraction(3), [2, 1]) == [2, 1]


@pytest.mark.parametrize(("number", "shown"), [("2", "2"), ("0.5", "0,5"), ("1.25", "1,25"), ("0.05", "0,05")])
def test_points_are_printed_as_they_were_typed(number: str, shown: str) -> None:
    assert decimal(Fraction(number), ",") == shown


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("en", "1", "1 point"), ("en", "0.5", "0.5 points"), ("en", "5", "5 points"), ("ru", "1", "1 балл"),
        ("ru", "21", "21 балл"), ("ru", "3", "3 балла"), ("ru", "2,5", "2,5 балла"), ("ru", "5", "5 баллов"),
        ("ru", "11", "11 баллов"), ("ru", "12", "12 баллов"), ("ru", "0,5", "0,5 балла"), ("ru", "0", "0 баллов"),
        ("ru", "112", "112 баллов"), ("ru", "122", "122 балла"),
    ],
)  # fmt: skip
def test_a_number_of_points_has_the_word_that_its_language_wants(language: str, number: str, words: str) -> None:
    assert LANGUAGES[language].counted(number, "") == words


# --- on the page


def test_the_points_of_an_exercise_are_shared_over_its_steps_by_weight(course: Path) -> None:
    assert at_margin(solutions("4")) == ["1", "2", "1"]


def test_the_points_of_a_part_are_shared_over_its_steps_and_stand_at_its_statement(course: Path) -> None:
    tex = solutions("{ a = 1, b = 2.5 }")
    assert at_margin(tex) == ["1", "0.5", "0.5", "2.5", "2.5"]
    assert "{3.5 points}" in tex
    assert "Points: 3.5" in tex
    assert at_margin(Path("build/mine.tex").read_text("utf-8")) == ["1", "2.5"]


def test_a_part_may_be_worth_nothing(course: Path) -> None:
    assert at_margin(solutions("{ a = 1.5, b = 0 }")) == ["1.5", "0.5", "1"]


def test_without_points_the_margin_is_empty(course: Path) -> None:
    rewrite(course, "mine.toml", "points = 2\n", "")
    keygen("build", "mine", "--solutions", "--format", "tex")
    assert at_margin(Path("build/mine-solutions.tex").read_text("utf-8")) == []


def test_decimals_are_what_was_typed(course: Path) -> None:
    tex = solutions("{ a = 0.1, b = 0.2 }")
    assert "{0.3 points}" in tex
    assert at_margin(tex) == ["0.1", "0.1", "0.2", "0.2"]


def test_points_are_words_in_a_browser(course: Path) -> None:
    rewrite(course, "mine.toml", "points = 2", "points = { a = 3, b = 2.5 }")
    assert keygen("build", "mine", "--solutions", "--format", "html").exit_code == 0
    page = Path("build/mine-solutions.html").read_text("utf-8")
    said = re.findall(r'<small class="points">([^<]*)</small>', page)
    assert said == ["3 points", "1 point", "2 points", "2.5 points", "2.5 points"]
    assert "(1.1)" in page


@pytest.mark.parametrize(
    ("points", "what", "found"),
    [
        ("{ a = 1, c = 2 }", "the exercise has no part 'c'", "points for 'c'"),
        ("{ a = 1 }", "part 'b' of the exercise has no points", "points for a"),
        ("{ a = 1, b = -0.5 }", "the points of part 'b' are negative", "-0.5"),
        ("-1", "the points are negative", "-1"),
        ("inf", "the points are not finite", "Infinity"),
        ("nan", "the points are not finite", "NaN"),
        ("true", "the points are no number", "true or false: True"),
        ('"2"', "the points are no number", "a text: 2"),
        ("[1, 2]", "the points are no number", "a list: [1, 2]"),
        ("1.125", "the points have too many digits", "1.125"),
        ("10000", "the points have too many digits", "10000"),
        ("1e999999", "the points have too many digits", "1E+999999"),
        ("{ a = { b = 1 }, b = 1 }", "the points of part 'a' are no number", "a table: {'b': 1}"),
    ],
)
def test_points_that_make_no_sense_are_told_at_their_line(course: Path, points: str, what: str, found: str) -> None:
    path = rewrite(course, "mine.toml", "points = 2", f"points = {points}")
    result = keygen("build", "mine", "--solutions", "--format", "tex")
    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert lines[0] == f"keygen: {what}"
    assert f"  at:       {path}:6" in lines
    assert f"  line:     points = {points}" in lines
    assert f"  found:    {found}" in lines
    assert any(line.startswith("  expected: ") for line in lines)


def test_points_of_a_later_exercise_are_told_at_its_own_line(course: Path) -> None:
    sheet = course / "exercises" / "mine.toml"
    sheet.write_text(sheet.read_text("utf-8") + '\n[[exercise]]\npoints = -1\nid = "my/one"\n', encoding="utf-8")
    assert f"  at:       {sheet}:9" in keygen("build", "mine").stderr.splitlines()


def test_a_check_reads_the_points_of_a_sheet(course: Path) -> None:
    rewrite(course, "mine.toml", "points = 2", "points = { a = 1 }")
    assert "part 'b' of the exercise has no points" in keygen("check", "mine", "--seeds", "1").output


def test_parts_for_which_the_points_are_too_few_are_told_by_a_build_and_remarked_on_by_a_check(course: Path) -> None:
    said = "part b gets no points: the exercise has too few for all its steps"
    rewrite(course, "mine.toml", "points = 2", "points = 0.5")
    for form in ("tex", "html"):
        assert keygen("build", "mine", "--format", form).stderr == f"keygen: mine: exercise 1 (my/one): {said}\n"
    found = json.loads(keygen("check", "mine", "--seeds", "1", "--json").stdout)["remarks"]
    assert [(one["what"], Path(one["file"]).name, one["line"]) for one in found][-1:] == [(said, "mine.toml", 6)]
    for points in ("1", "{ a = 1, b = 0 }", "0"):
        (course / "exercises/mine.toml").write_text(SHEET.replace("points = 2", f"points = {points}"))
        assert keygen("build", "mine", "--format", "tex").stderr == ""


def test_a_weight_that_is_no_number_is_told_at_its_line(course: Path) -> None:
    path = rewrite(course, "my/one/en.tex", "%% worth 2", "%% worth much")
    stderr = keygen("build", "mine").stderr
    assert "`worth` needs a whole number from 0 to 99" in stderr
    assert f"{path}:12" in stderr


def test_a_part_with_points_needs_a_step_of_some_weight(course: Path) -> None:
    rewrite(
        course,
        "my/one/en.tex",
        "By formula \\val{ equation.product }\n",
        "By formula \\val{ equation.product }\n%% worth 0\n",
    )
    rewrite(course, "mine.toml", "points = 2", "points = { a = 1, b = 1 }")
    assert "part 'b' has points, but no step that is worth any" in keygen("build", "mine").stderr


# --- numbers of formulas


@pytest.mark.parametrize(
    ("form", "number", "reference"),
    [
        ("tex", r"\\kgnumber\{([\d.]+)\}", r"By formula \(([\d.]+)\)"),
        ("html", r"<span>\(([\d.]+)\)</span>", r"By formula \(([\d.]+)\)"),
    ],
)
def test_a_formula_that_words_refer_to_has_a_number_that_no_other_of_its_sheet_has(
    course: Path, form: str, number: str, reference: str
) -> None:
    rewrite(course, "mine.toml", "[[exercise]]", '[[exercise]]\nid = "my/one"\npoints = 2\n\n[[exercise]]')
    assert keygen("build", "mine", "--solutions", "--format", form).exit_code == 0
    text = Path(f"build/mine-solutions.{form}").read_text("utf-8")
    assert re.findall(number, text) == re.findall(reference, text) == ["1.1", "2.1"]


def test_a_reference_to_no_formula_offers_the_nearest(course: Path) -> None:
    rewrite(course, "my/one/en.tex", "equation.product", "equation.produkt")
    stderr = keygen("build", "mine").stderr
    assert "no formula before this one is called 'produkt'" in stderr
    assert "did you mean 'product'?" in stderr


def test_a_number_without_a_formula_and_a_name_given_twice_are_refused(course: Path) -> None:
    path = rewrite(course, "my/one/en.tex", "%% worth 2", "%% equation product")
    assert "two formulas are called 'product'" in keygen("build", "mine").stderr
    text = path.read_text("utf-8")
    path.write_text(text.replace("%% equation product\n\\[ \\val{ line.q } \\]", "%% equation other\nwords"), "utf-8")
    assert "a number of a formula before no formula" in keygen("build", "mine").stderr


# --- the guide


def test_the_guide_is_one_more_file_of_a_sheet(course: Path) -> None:
    result = keygen("build", "mine", "--solutions", "--guide", "--seed", "7", "--format", "tex")
    assert result.stdout.splitlines() == [f"build/mine-seed7{kind}.tex" for kind in ("", "-solutions", "-guide")]
    rewrite(course, "mine.toml", "points = 2", "points = { a = 1, b = 2.5 }")
    assert keygen("build", "mine", "--guide", "--format", "tex").stdout.splitlines() == [
        "build/mine.tex", "build/mine-guide.tex",
    ]  # fmt: skip
    guide = Path("build/mine-guide.tex").read_text("utf-8")
    assert at_margin(guide) == ["0.5", "0.5", "2.5"]
    assert r"\kgstephead{a) 1 point}" in guide
    assert r"\begin{kganswers}" in guide
    assert "Compute" not in guide


@pytest.mark.parametrize("more", [("--variants", "2"), ("--roster", "people.csv", "--public")])
def test_a_guide_is_of_one_sheet(course: Path, more: tuple[str, ...]) -> None:
    (course / "people.csv").write_text("id,name\n1,Ann\n", encoding="utf-8")
    result = keygen("build", "mine", "--guide", *more)
    assert result.exit_code == 2
    assert "--guide" in result.stderr


def test_the_steps_of_a_guide_have_the_points_of_the_key(course: Path) -> None:
    from keygen.certify.stage import BUILD, certified
    from keygen.course.course import course_here
    from keygen.document.composition import composed
    from keygen.mathematics.number_format import Policy
    from keygen.variants.solve import solve

    here = course_here()
    solved = solve(here.exercise("my/one"), "mine", None)
    (made, _), _ = certified(
        solved, Policy(), BUILD,
        lambda proofs: composed(
            solved, 1, Credit(Fraction(4)), here.language("en"), Policy(), proofs=proofs, guide=True
        ),
    )  # fmt: skip
    shown = [step.points.share for part in made.parts for step in steps_of(part.solution.blocks)]
    assert shown == [mark.share for mark in marks(made.guide)] == [1, 2, 1]


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_each_function_and_the_proof_that_fewer_units_do_not_suffice_have_points(seed: int | None) -> None:
    gates, _, _ = shares_of("logic/gates", 5, seed)
    assert len(gates) == (3 if seed is None else 2)
    (fewest,) = shares_of("logic/fewest_units", 4, seed)
    assert sum(fewest) == 4
    assert fewest[-1] >= 1


def shares_of(exercise: str, points: int, seed: int | None) -> list[list[Fraction]]:
    """The points of the steps of each part of an exercise of sheet 1."""
    from keygen.certify.stage import BUILD, certified
    from keygen.document.composition import composed
    from keygen.mathematics.number_format import Policy
    from keygen.variants.solve import solve

    solved, credit = solve(SHIPPED.exercise(exercise), "sheet1", seed), Credit(Fraction(points))
    (made, _), _ = certified(
        solved, Policy(), BUILD,
        lambda proofs: composed(solved, 1, credit, SHIPPED.language("en"), Policy(), proofs=proofs),
    )  # fmt: skip
    return [[mark.share for mark in marks(part.solution.blocks) if mark.share] for part in made.parts]
