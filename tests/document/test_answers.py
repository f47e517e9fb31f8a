"""The table of answers that closes an exercise: proven lines, in the signs of the page, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keygen.certify.stage import BUILD, certified
from keygen.document.answers import table_of
from keygen.document.composition import composed
from keygen.document.nodes import Answers, InlineFormula, Problem, Question, Section, Text, walked
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain, Name
from keygen.variants.solve import solve
from keygen.writers.latex import LatexWriter, written
from tests.courses import LANGUAGES, SHIPPED
from tests.test_exercises import GOLDEN

STRETCHED = re.compile(r"f\(\d+t\)")
"""A function of a family that the page writes f(kt), with its k in a table."""
AT_A_POINT = re.compile(r"(\w)\((\w)\)")
"""A value at a point that the page names: y(A)."""
ASKED_NOT = {"f", "wrt", "shapes", "traits"}
"""What answers of matrix problems say of the question."""
ON_THE_WAY = {"backprop/delta_recursion", "nets/from_picture"}  # the layers' values, which nobody asks for
SAID_BEFORE = {"backprop/computation_graph", "backprop/path_counting"}
"""Exercises with more in their JSON than their words ask for: zeros, and paths one by one."""


def page(name: str, language: str, seed: int | None) -> tuple[Problem, Typesetter]:
    solved = solve(SHIPPED.exercise(name), "sheet", seed)
    return certified(
        solved, Policy(), BUILD, lambda proofs: composed(solved, 1, None, LANGUAGES[language], Policy(), proofs=proofs)
    )[0]


def lines(answers: Answers | None) -> Iterator[Any]:
    """What the formulas of a table say."""
    for node in walked((answers,) if answers else ()):
        if isinstance(node, InlineFormula):
            yield from node.says


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_the_quantities_of_the_table_have_the_signs_that_the_page_has_for_them(name: str, seed: int | None) -> None:
    made, typesetter = page(name, "en", seed)
    tex = written(made, typesetter)
    above = "".join((tex.statement, *(part.statement + part.solution for part in tex.parts), tex.remark))
    for line in lines(made.answers):
        if isinstance(line, Chain):
            sign = typesetter.printer.write(line.links[0]).text
            at_a_point = AT_A_POINT.fullmatch(sign)
            signs = at_a_point.groups() if at_a_point else (STRETCHED.sub("f(kt)", sign),)
            assert all(one in above or heads(one, above) for one in signs)


def heads(sign: str, page: str) -> bool:
    """Whether a derivative is a cell of a table on the page, in the column of a quantity and the row of an input."""
    found = re.fullmatch(r"\\frac\{\\partial (\w)\}\{\\partial (\w)\}", sign)
    if found is None:
        return False
    of, by = found.groups()
    tables = [line.split(r"\\") for line in page.splitlines() if line.startswith(r"\kgtable")]
    return any(
        f"& {of} " in head and any(row.removeprefix(r" \hline").startswith(f" {by} &") for row in rows)
        for head, *rows in tables
    )


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_both_languages_have_the_same_rows_and_no_line_twice(name: str, seed: int | None) -> None:
    tables = [page(name, language, seed)[0].answers for language in LANGUAGES]
    sizes = [[len(row.answers) for row in table.rows] if table else [] for table in tables]
    assert sizes[0] == sizes[1]
    found = [line for line in lines(tables[0]) if isinstance(line, Chain)]
    assert all(line not in found[place + 1 :] for place, line in enumerate(found))


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_an_answer_that_is_asked_for_has_a_line_or_words(name: str) -> None:
    solved = solve(SHIPPED.exercise(name), "sheet", None)
    template = SHIPPED.exercise(name).template("en").read_text("utf-8")
    silent = {
        f"{part}.{answer}"
        for part, named in solved.conclusions.items()
        for answer, said in named.items()
        if not said and answer not in ASKED_NOT and f"%% answer {part}." not in template
    }
    assert not silent or name in SAID_BEFORE | ON_THE_WAY or "two_sgd_steps" in name


@pytest.mark.parametrize("name", ["outputs/softmax", "backprop/layer_by_layer", "matrix/ridge"])
def test_every_line_of_the_table_has_been_read_back(name: str) -> None:
    made, typesetter = page(name, "ru", 3)
    found = list(lines(made.answers))
    assert {id(line) for line in found if isinstance(line, Chain)} <= typesetter.proofs.kept.keys()
    assert found


def test_an_exercise_with_one_answer_has_no_table() -> None:
    line = Chain((Name("x"), Name("y")))
    part = Question("a", "a", Section(), Section())
    assert table_of({"a": {"x": (line,)}}, (part,), {}) is None
    table = table_of({"a": {"x": (line,), "z": (Chain((Name("z"), Name("y"))),)}}, (part,), {})
    assert table is not None
    assert [row.letter for row in table.rows] == [""]


def test_the_author_may_say_an_answer_in_words_or_leave_it_out() -> None:
    part = Question("a", "a", Section(), Section())
    found = {"a": {"x": (Chain((Name("x"), Name("y"))),), "z": (), "u": (Chain((Name("u"), Name("y"))),)}}
    table = table_of(found, (part,), {"a.x": (), "a.z": (Text("it vanishes"),)})
    assert table is not None
    assert [len(row.answers) for row in table.rows] == [2]
    with pytest.raises(KeygenError, match=r"no answer 'a\.v'"):
        table_of(found, (part,), {"a.v": ()})


def test_parts_with_one_answer_each_stand_beside_each_other() -> None:
    made, typesetter = page("backprop/layer_by_layer", "en", None)
    assert made.answers is not None
    tex = LatexWriter(typesetter).write(made.answers)
    assert tex.count(r"\kgshortrow") == 3
    assert tex.count(r"\kganswerrow") == 8


@pytest.mark.parametrize("accepted", sorted(GOLDEN.glob("*.tex")), ids=lambda path: path.name)
def test_every_part_has_its_row_among_the_answers(accepted: Path) -> None:
    _, language, _ = accepted.name.split(".")
    page, table = accepted.read_text(encoding="utf-8").split("-- answers --")
    parts = [ord(key) - ord("a") for key in re.findall(r"(?m)^\(([a-z])\)$", page)]
    rows = [LANGUAGES[language].letters.index(key) for key in re.findall(r"kg(?:answer|short)row\{(.)\}", table)]
    lacking = [part for part in parts if part not in rows] if len(parts) > 1 else []
    assert not lacking
    assert "row{" in table
