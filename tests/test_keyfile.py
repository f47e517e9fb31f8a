"""key.csv: what the graders open."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import Any

import pytest

from keygen.builds.key_csv import Parts, key_csv
from keygen.course.roster import Student
from keygen.mathematics.answers import Answer, of_json
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from tests.courses import SHIPPED

ANN, BOB = Student("1001", "Анна Иванова", {"group": "B-21"}, 2), Student("1002", "O'Neil, Bob", {}, 3)


def number(exact: str) -> Answer:
    return Answer("number", exact, float(Fraction(exact)))


def table(*rows: tuple[Student, str, Parts]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(key_csv(rows).decode("utf-8-sig"), newline="")))


def cell(answer: Answer) -> str:
    return table((ANN, "ABCD-EFGH", {"1": {"a": {"x": answer}}}))[1][3]


def test_a_row_is_a_student_and_a_column_an_answer() -> None:
    rows = (
        (ANN, "ABCD-EFGH", {"1": {"a": {"H": number("1/2"), "O": number("3")}}, "2": {"b": {"L": number("-4")}}}),
        (BOB, "QRST-WXYZ", {"1": {"a": {"H": number("2"), "O": number("5")}}, "2": {"b": {"L": number("6")}}}),
    )
    assert table(*rows) == [
        ["id", "name", "code", "1.a.H", "1.a.O", "2.b.L"],
        ["1001", "Анна Иванова", "ABCD-EFGH", "1/2", "3", "'-4"],
        ["1002", "O'Neil, Bob", "QRST-WXYZ", "2", "5", "6"],
    ]


def test_an_answer_that_a_variant_has_not_is_an_empty_cell_beside_its_own_exercise() -> None:
    one, two = number("1"), number("2")
    rows = (
        (ANN, "A", {"1": {"a": {"x": one}, "b": {"y": one}}, "2": {"a": {"z": one}}}),
        (BOB, "B", {"1": {"a": {"x": two, "w": two}, "c": {"v": two}}, "2": {"a": {"z": two}}}),
    )
    assert table(*rows) == [
        ["id", "name", "code", "1.a.x", "1.a.w", "1.b.y", "1.c.v", "2.a.z"],
        ["1001", "Анна Иванова", "A", "1", "", "1", "", "1"],
        ["1002", "O'Neil, Bob", "B", "2", "2", "", "2", "2"],
    ]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (number("-1/2"), "'-1/2"),
        (Answer("number", None, -0.5), "'-0.5"),
        (Answer("expression", "-w*x", None), "'-w*x"),
        (Answer("vector", ["-1/2", "3"], [-0.5, 3.0]), '["-1/2", "3"]'),
        (Answer("number", None, 0.1 + 0.2), "0.30000000000000004"),
        (Answer("number", None, 1e-300), "1e-300"),
        (Answer("number", "sqrt(10)/10", 0.31622776601683794), "sqrt(10)/10"),
        (Answer("vector", ["1/2", "3"], [0.5, 3.0]), '["1/2", "3"]'),
        (Answer("matrix", None, [[0.1], [1.0]]), "[[0.1], [1.0]]"),
        (Answer("matrices", [[["1"]], None], [[[1.0]], [[0.1]]]), '[[["1"]], [[0.1]]]'),
        (Answer("expression", "w*x + b", None), "w*x + b"),
        (Answer("boolean", True, None), "true"),
        (Answer("choice", "логлосс", None), "логлосс"),
        (Answer("choice", ["x", "ы"], None), '["x", "ы"]'),
        (Answer("shapes", {"X": [3, 2]}, None), '{"X": [3, 2]}'),
    ],
)
def test_an_answer_is_written_exactly_or_in_full_precision(answer: Answer, text: str) -> None:
    assert cell(answer) == text


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_name_or_an_id_cannot_become_a_formula(sign: str) -> None:
    student = Student(f"{sign}1", f'{sign}HYPERLINK("http://x")', {}, 2)
    row = table((student, "ABCD-EFGH", {}))[1]
    assert row == [f"'{sign}1", f'\'{sign}HYPERLINK("http://x")', "ABCD-EFGH"]


def test_the_file_is_one_that_spreadsheets_read() -> None:
    data = key_csv([(ANN, "A", {"1": {"a": {"x": number("1")}}})])
    assert data == "\ufeffid,name,code,1.a.x\r\n1001,Анна Иванова,A,1\r\n".encode()


def test_without_students_there_is_the_header() -> None:
    assert table() == [["id", "name", "code"]]


def test_every_number_of_a_real_exercise_is_read_back_as_it_was() -> None:
    solved = solve(SHIPPED.exercise("backprop/layer_by_layer"), "sheet4", 3)
    parts: Any = {"4": solved.answers()}
    header, row = table((ANN, "A", parts))
    cells = dict(zip(header, row, strict=True))
    assert len(cells) == 3 + sum(map(len, parts["4"].values()))
    for part, answers in parts["4"].items():
        for name, answer in answers.items():
            assert cells[f"4.{part}.{name}"] == cell(answer) != ""


@pytest.mark.parametrize("id", ["logic/one_unit", "logic/gates"])
def test_what_an_answers_type_has_besides_comes_back_from_a_manifest(id: str) -> None:
    answers = solve(SHIPPED.exercise(id), "sheet1", None).answers()
    said = [answer.as_json(Policy()) for named in answers.values() for answer in named.values()]
    assert any({"options", "condition"} & set(one) for one in said)
    for one in said:
        back = of_json(one)
        assert {"type": back.type, "exact": back.exact, "float": back.float, **back.beside}.items() <= one.items()
        assert cell(back) != ""
