"""Every exercise: solved, certified in many variants, worded in both languages, its pages as they were accepted."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from keygen.certify.stage import ANSWERS, BUILD, ORACLE, certified, certify
from keygen.course.points import Credit
from keygen.document.tex_parts import TexProblem
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from keygen.writers.latex import problem
from tests.courses import LANGUAGES, SHIPPED

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
HOME = {entry.id: sheet for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise}
WORTH = {entry.id: entry.points for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise}
BY_ANSWER = ("sheet1", "sheet5b")  # sheets on which each answer, and not each part alone, has half a point
PLENTY = Credit(Fraction(1000))  # so many that every step has some
EXERCISES = SHIPPED.exercises
POLICY = Policy()

MATHEMATICS = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.S)
PRINTED = re.compile(r"\\val\{.*?\}")
STATEMENT = re.compile(r"^[ \t]*%%.*$", re.M)


def page(name: str, language: str, seed: int | None = None, points: Credit | None = None) -> TexProblem:
    policy = Policy("," if language == "ru" else ".")
    found = solve(SHIPPED.exercise(name), HOME[name], seed)
    return certified(
        found, policy, BUILD, lambda proofs: problem(found, 1, points, LANGUAGES[language], policy, proofs=proofs)
    )[0]


def text_of(made: TexProblem) -> str:
    """Everything an exercise says, without the markers that name template lines."""
    parts = [f"({p.key})\n{p.statement}\n-- solution --\n{p.solution}" for p in made.parts]
    whole = "\n".join([made.title, made.statement, *parts, "-- remark --", made.remark, "-- answers --", made.answers])
    return re.sub(r"(?m)^%@.*\n", "", whole).rstrip() + "\n"


def found_slips(text: str, slips: tuple[str, ...]) -> list[str]:
    """The slips in a text; those that are words only as whole words ("determinant" holds no nan)."""
    return [s for s in slips if re.search(rf"\b{s}\b" if s.isalpha() else re.escape(s), text)]


def test_every_exercise_stands_in_a_sheet() -> None:
    assert tuple(sorted(HOME)) == EXERCISES


@pytest.mark.parametrize("name", EXERCISES)
def test_the_published_variant_agrees_with_sympy_and_with_finite_differences(name: str) -> None:
    certificate = certify(solve(SHIPPED.exercise(name), HOME[name], None), POLICY, ORACLE)
    assert certificate.counts.equalities > 0


@pytest.mark.parametrize("name", EXERCISES)
def test_seeded_variants_are_certified_line_by_line(name: str, seeds: range) -> None:
    exercise = SHIPPED.exercise(name)
    for seed in range(len(seeds) * (3 if HOME[name] == "sheet4" else 1)):
        certify(solve(exercise, HOME[name], seed), POLICY, ORACLE if seed in (1, 10) else ANSWERS)


@pytest.mark.parametrize("name", EXERCISES)
def test_seeded_variants_differ(name: str) -> None:
    exercise = SHIPPED.exercise(name)
    variants = [solve(exercise, HOME[name], seed).variant for seed in range(40)]
    distinct = {repr((v.lengths, v.choices, v.data, v.problems)) for v in variants}
    assert len(distinct) >= 30


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_the_page_is_as_it_was_accepted(name: str, language: str, accept: bool) -> None:
    golden = GOLDEN / f"{name.replace('/', '-')}.{language}.tex"
    text = text_of(page(name, language))
    if accept:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.exists(), "no golden file yet: run the tests with --accept and read the diff"
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize("name", EXERCISES)
def test_both_languages_have_the_parts_that_have_answers_and_points_for_each(name: str, seed: int | None) -> None:
    russian, english = (
        page(name, language, seed, points) for language, points in zip(LANGUAGES, (WORTH[name], PLENTY), strict=True)
    )
    answers = solve(SHIPPED.exercise(name), HOME[name], seed).answers()
    keys = [part.key for part in russian.parts]
    assert keys == [part.key for part in english.parts]
    assert keys == sorted(keys)
    assert set(answers) <= set(keys)
    assert all(part.solution for made in (russian, english) for part in made.parts)
    for told, marked in zip(russian.parts, english.parts, strict=True):
        marks, steps = (part.solution.count(r"\kgpoints{") for part in (told, marked))
        asked = len(answers.get(told.key, ())) if HOME[name] in BY_ANSWER else 1
        assert marks >= min(max(asked, 1), steps), f"part {told.key} has too few points"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", [None, *range(4, 7)])
@pytest.mark.parametrize("name", EXERCISES)
def test_no_page_shows_what_no_person_would_write(name: str, seed: int | None, language: str) -> None:
    text = text_of(page(name, language, seed))
    formulas = " ".join(a or b for a, b in MATHEMATICS.findall(text)).replace("L_+", "").replace("C_+", "")  # letters
    slips = ("nan", "None", "inf ", "??", "+ -", "- -", "--", "Fraction(", "undefined", "array(")
    assert found_slips(formulas, slips) == []
    slips = ("nan", "None", "??", "Fraction(", "undefined", "array(")
    assert found_slips(text, slips) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_no_mathematics_is_typed_in_a_template(name: str, language: str) -> None:
    source = SHIPPED.exercise(name).template(language).read_text(encoding="utf-8")
    source = re.sub(r"(?m)[ \t]*%#.*$", "", source)
    assert "$" not in STATEMENT.sub("", source)
    for one, other in MATHEMATICS.findall(STATEMENT.sub("", source)):
        assert PRINTED.sub("", one or other).strip() == ""
    prose = PRINTED.sub("", MATHEMATICS.sub("", STATEMENT.sub("", source)))
    assert re.findall(r"\d", re.sub(r"\\block\{.*?\}", "", prose)) == [], "numbers come from the trace"


@pytest.mark.parametrize("name", EXERCISES)
def test_every_template_line_is_worded_in_its_own_language(name: str) -> None:
    exercise = SHIPPED.exercise(name)
    english = exercise.template("en").read_text(encoding="utf-8")
    assert re.findall(r"[А-Яа-яЁё]", english) == []
    russian = exercise.template("ru").read_text(encoding="utf-8")
    assert len(re.findall(r"[А-Яа-яЁё]", russian)) > 100
