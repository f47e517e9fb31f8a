"""key-page.csv: what a person marks by."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import Any

import pytest

from keygen.author import edge_list, no_witness, set_of, shape_of, table_of
from keygen.builds.key_csv import key_csv
from keygen.builds.key_page import key_page
from keygen.builds.sheet import policy_of
from keygen.course.roster import Student
from keygen.mathematics.answers import Answer, of_json
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from tests.courses import SHIPPED

ANN, BOB = Student("1001", "=Анна", {}, 2), Student("1002", "O'Neil, Bob", {}, 3)
RU, EN = SHIPPED.language("ru"), SHIPPED.language("en")
COMMA = Policy(point=",")


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def cell(answer: Answer, policy: Policy = COMMA) -> str:
    return rows_of(key_page([(ANN, "A", {"1": {"a": {"x": answer}}})], RU, policy))[1][3]


def paged(kind: str, page: Any) -> Answer:
    return Answer(kind, None, None, page=page)


def test_the_header_has_the_pages_letters_and_the_rows_are_those_of_the_key() -> None:
    one = Answer("number", "-1/2", -0.5, page="-0.5")
    parts = {"2": {"a": {"y": one}, "c": {"z": one}}, "10": {"b": {"x": one}}}
    rows = [(ANN, "AAAA-AAAA", parts), (BOB, "BBBB-BBBB", {"2": {"a": {"y": one}}})]
    assert rows_of(key_page(rows, RU, COMMA)) == [
        ["id", "name", "code", "2.а.y", "2.в.z", "10.б.x"],
        ["1001", "'=Анна", "AAAA-AAAA", "'-0,5", "'-0,5", "'-0,5"],
        ["1002", "O'Neil, Bob", "BBBB-BBBB", "'-0,5", "", ""],
    ]
    assert rows_of(key_page(rows, EN, Policy()))[0] == rows_of(key_csv(rows))[0]
    assert rows_of(key_page(rows, EN, Policy()))[1][3] == "'-0.5"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (paged("number", "0.6931"), "0,6931"),
        (paged("number", "2/3"), "2/3"),
        (paged("number", "3.857e-22"), "3,857·10⁻²²"),
        (paged("number", "3*2**10"), "3·2¹⁰"),
        (paged("number", "3*sqrt(10)/4"), "3√10/4"),
        (paged("number", "sqrt(2)"), "√2"),
        (paged("vector", ["0", "-0.5", "2"]), "(0; -0,5; 2)"),
        (paged("matrix", [["0.5", "-3"]]), "[0,5  -3]"),
        (paged("matrix", [["0.5", "-3"], ["1", "10"]]), "⎡0,5  -3⎤\n⎣  1  10⎦"),
        (paged("matrices", [[["1", "2"]], [["3"], ["4"]]]), "[1  2]\n\n⎡3⎤\n⎣4⎦"),
        (Answer("expression", "-w*x + (1/2)", None), "'-w · x + 1 / 2"),
        (Answer("expression", "-(log(((p) / (4 - p))) - 3)", None), "'-(log(p / (4 - p)) - 3)"),
        (
            Answer("expression", "(a - (b + c))*((x)**2) + x**(-n) - y**2.5", None),
            "(a - (b + c)) · x² + x^(-n) - y^2.5",
        ),
        (Answer("expression", "lambda*(x)", None), "lambda*(x)"),
        (Answer("boolean", True, None), "true"),
        (Answer("sequence", [True, "1/2", "relu"], None), "(true; 0,5; relu)"),
        (Answer("choice", "логлосс", None), "логлосс"),
        (Answer("shapes", {"X": [3, 2], "n": [4]}, None), "X: 3 × 2\nn: 4"),
        (set_of(Fraction(1, 2), 3), "{0,5; 3}"),
        (shape_of("B", 12), "B × 12"),
        (table_of(("слой", "число"), [("conv", Fraction(5, 2))]), "слой | число\nconv | 2,5"),
        (edge_list(("x1", "h1", -5), ("1", "h1", Fraction(-1, 2))), "1 → h1: -0,5\nx1 → h1: -5"),
        (no_witness(separable=False), "—"),
    ],
)
def test_an_answer_is_laid_out_for_a_person(answer: Answer, text: str) -> None:
    assert cell(answer) == text


def test_with_a_decimal_point_commas_part_the_entries() -> None:
    assert cell(paged("vector", ["0.5", "2"]), Policy()) == "(0.5, 2)"


def test_a_right_answer_of_many_has_the_condition_of_all_below_it() -> None:
    answers = solve(SHIPPED.exercise("logic/one_unit"), "sheet1", None).answers()
    *values, condition = cell(answers["b"]["witness"]).split("\n")
    assert values == ["w1 = -0,5", "w2 = 1", "w3 = 0"]
    assert condition == "(2 * w1 + 2 * w2 + 4 * w3 == 1) & (w1 - w2 + w3 <= 0)"


@pytest.mark.parametrize(("id", "sheet"), [("backprop/two_sgd_steps", "sheet4"), ("backprop/layer_by_layer", "sheet4")])
def test_every_figure_of_a_real_exercise_is_the_one_of_its_answers(id: str, sheet: str) -> None:
    policy = policy_of(SHIPPED.sheet(sheet), RU)
    answers = solve(SHIPPED.exercise(id), sheet, 3).answers()
    said = {part: {name: one.as_json(policy) for name, one in named.items()} for part, named in answers.items()}
    parts = {"3": {part: {name: of_json(one) for name, one in named.items()} for part, named in said.items()}}
    head, row = rows_of(key_page([(ANN, "A", parts)], RU, policy))
    cells = dict(zip(head, row, strict=True))
    assert len(cells) == 3 + sum(map(len, said.values()))
    for place, named in enumerate(said.values()):
        for name, one in named.items():
            text = cells[f"3.{RU.letters[place]}.{name}"].lstrip("'")
            figures = text.translate(str.maketrans("", "", "[]()⎡⎤⎢⎥⎣⎦;")).split()
            assert [figure.replace(",", ".") for figure in figures] == flat(one["page"])


def flat(page: Any) -> list[str]:
    return [figure for one in page for figure in flat(one)] if isinstance(page, list) else [page]
