"""A roster's groups and their folders; the order that a column says."""

from __future__ import annotations

from pathlib import Path

import pytest

from keygen.course.roster import Roster, load_roster
from keygen.course.roster_columns import RosterColumns
from keygen.course.roster_groups import cells, group_folders, sorted_by
from keygen.errors import KeygenError

FILE = "students.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def roster(text: str, columns: RosterColumns | None = None) -> Roster:
    Path(FILE).write_text(text, encoding="utf-8")
    return load_roster(Path(FILE), ("ru", "en"), *([columns] if columns else []))


def in_order(column: str, *values: str) -> list[str]:
    """The values of a column after a sort by it."""
    rows = "".join(f'{place},Ann,"{value}"\n' for place, value in enumerate(values))
    found = sorted_by(roster(f"id,name,{column}\n{rows}"), Path(FILE), column)
    return [values[int(student.id)] for student in found.students]


def test_a_group_has_its_name_as_folder_where_every_system_takes_it() -> None:
    names = ["Б-21", "B 22/1", "..", "nul", "all", "key.csv", "Б-21", "Й", "И\u0306"]
    found = roster("id,name,Group\n" + "".join(f"{place},Ann,{name}\n" for place, name in enumerate(names)))
    folders = list(group_folders(found, Path(FILE), "group").values())
    assert folders == ["Б-21", "B_22_1", "__", "_nul", "_all", "_key.csv", "Б-21", "Й", "Й"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "1,Ann,A\n2,Bob,\n",
            "student 2 has no group: the cell in the column 'group' is empty\n"
            "  at:       students.csv:3\n"
            "  expected: a group for every student\n"
            "  mend:     write the group into the cell, or build without --group",
        ),
        (
            "1,Ann,A 1\n2,Bob,a/1\n",
            "the group 'a/1' would have the folder of another group\n"
            "  at:       students.csv:3\n"
            "  expected: a folder of its own for every group\n"
            "  found:    a_1, but 'A 1' on line 2 has A_1\n"
            "  mend:     write them alike, if they are one group; else rename one",
        ),
    ],
)  # fmt: skip
def test_groups_that_will_not_do_are_told_at_their_line(rows: str, said: str) -> None:
    found = roster("id,name,group\n" + rows)
    with pytest.raises(KeygenError) as caught:
        group_folders(found, Path(FILE), "group")
    assert str(caught.value) == said


def test_an_unknown_column_is_told_at_the_header() -> None:
    found = roster("sep=;\nid;name;group\n1;Ann;A\n")
    for use in (sorted_by, group_folders):
        with pytest.raises(KeygenError) as caught:
            use(found, Path(FILE), "grupo")
        assert str(caught.value) == (
            "the roster has no column 'grupo'\n"
            "  at:       students.csv:2\n"
            "  expected: a column of that name\n"
            "  found:    columns 'id', 'name', 'group'\n"
            "  mend:     did you mean 'group'?"
        )


def test_numbers_go_by_their_size_and_capitals_do_not_count() -> None:
    assert in_order("seat", "B-10", "b-9", "", "A-100", "B-9") == ["A-100", "b-9", "B-9", "B-10", ""]
    assert in_order("seat", "10", "9", "x", "2a") == ["2a", "9", "10", "x"]
    assert in_order("seat", "1" * 9999, "007", "08", "6") == ["6", "007", "08", "1" * 9999]


def test_names_go_by_the_alphabet() -> None:
    names = ["Йодко", "Яшин", "Ежов", "Ёлкин", "Еремин", "Иванов", "Исаев", "Казаков"]
    assert in_order("surname", *names) == [
        "Ежов", "Ёлкин", "Еремин", "Иванов", "Исаев", "Йодко", "Казаков", "Яшин"
    ]  # fmt: skip
    assert in_order("surname", "Zorn", "Özil", "Opel", "Adam", "adam") == ["Adam", "adam", "Opel", "Özil", "Zorn"]


def test_who_has_the_same_stands_in_the_order_of_the_file() -> None:
    found = sorted_by(roster("id,name,room\n3,A,2\n1,B,1\n2,C,2\n"), Path(FILE), "ROOM")
    assert [student.id for student in found.students] == ["1", "3", "2"]


def test_id_and_name_are_columns_whatever_the_header_calls_them() -> None:
    found = roster("id,Student ID,First name,Last name\n5,b,Ann,Lee\n6,a,Zoe,Kay\n", RosterColumns("student id"))
    assert cells(found, Path(FILE), "student id") == ("b", "a")
    assert cells(found, Path(FILE), "id") == ("5", "6")
    assert cells(found, Path(FILE), "name") == ("Ann Lee", "Zoe Kay")
    assert cells(found, Path(FILE), "last name") == ("Lee", "Kay")
