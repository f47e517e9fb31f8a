"""Tables and words on a terminal fit its width, whatever it is, and say what they say on a wide one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from keygen.checking.sweep import Request, survey
from keygen.checking.sweep_report import as_text
from keygen.system.tables import folded, table
from tests.at_terminal import on_terminal
from tests.courses import SHIPPED

ROWS = [
    ("exercise", "variants", "equalities", "duplicates", "ms"),
    ("backprop/dense_minibatch", "21", "1,847", "0", "330"),
    ("一層/二重", "4", "12", "1", "9"),
]


@pytest.mark.parametrize("width", [*range(40, 121, 7)])
def test_a_table_keeps_to_its_width_and_loses_no_number(width: int) -> None:
    text = table(ROWS, width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert [cell for row in ROWS for cell in row[1:] if cell not in text.split()] == []


def test_a_table_that_has_room_is_one_and_its_numbers_stand_under_each_other() -> None:
    assert table([("a", "n"), ("long", "12")]).splitlines() == ["a      n", "long  12"]


def test_the_column_that_may_be_cut_is_cut_before_a_table_goes_on_below() -> None:
    rows = [("id", "name", "n"), ("1", "Ann With A Long Name", "5")]
    assert table(rows, 18, words=(0, 1), cut=1).splitlines() == ["id  name         n", "1   Ann With A…  5"]


def test_a_column_without_any_text_takes_no_place() -> None:
    assert table([("id", ""), ("1", "")], 40) == "id\n1"


def test_words_are_folded_between_words_and_set_in() -> None:
    assert folded("one two three four\n  five", 10) == "one two\n  three\n  four\n  five"
    assert folded("one two three four") == "one two three four"


@pytest.mark.parametrize("width", [40, 80])
def test_the_report_of_a_check_fits_a_terminal(width: int) -> None:
    findings = survey(Request(SHIPPED, ("regularization/constant_with_ridge", "logic/gates"), seeds=2))
    assert max(map(cell_len, as_text(findings, width).splitlines())) <= width


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("words", [("list",), ("list", "sheet4"), ("help",), ("doctor",)], ids=" ".join)
def test_what_is_listed_fits_a_terminal(words: tuple[str, ...], columns: int, tmp_path: Path) -> None:
    ran = on_terminal(words, tmp_path, {"TERM": "xterm"}, columns)
    assert ran.code in (0, 1)
    lines = ran.out.replace("\r", "").splitlines()
    assert [line for line in lines if len(line) > columns and " " in line.strip()[: columns - 4]] == []
