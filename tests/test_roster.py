"""Rosters: read whatever a spreadsheet saves, or refused at the line where they are wrong."""

from __future__ import annotations

import csv
import io
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keygen.course.filenames import OURS, file_name, first_clash, manifest_file, same_file, student_files
from keygen.course.roster import Roster, Student, load_roster
from keygen.course.roster_columns import RosterColumns
from keygen.errors import KeygenError

LANGUAGES = ("ru", "en")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "students.csv"


def loaded(path: Path, text: str, encoding: str = "utf-8") -> Roster:
    path.write_bytes(text.encode(encoding))
    return load_roster(path, LANGUAGES)


def refused(path: Path, data: str | bytes) -> list[str]:
    """The message, without the line that names the file."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(KeygenError) as caught:
        load_roster(path, LANGUAGES)
    return [line.replace(f"{path}", "FILE") for line in str(caught.value).splitlines()]


# --- what learning systems and spreadsheets export

MOODLE = """First name,Last name,ID number,Email address
Anna,Petrova,1001,anna@example.org
"Zoë, Jr.",O'Neil,1002,zoe@example.org
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Quiz (12)
,,,,,Manual Posting
    Points Possible,,,,,10.00
"Petrova, Anna",71,s1001,anna,A,7
"Lee, Bob",72,s1002,bob,B,
"""
CLASSROOM = """Last Name,First Name,Email Address,Sheet 1
Date,,,2026-11-29
Points,,,10
Petrova,Anna,anna@example.org,7
"""
BLACKBOARD = """"Last Name","First Name","Username","Student ID","Last Access","Availability"
"Petrova","Anna","apetrova","1001","2026-11-29","Yes"
"""
RUSSIAN = """Имя;Фамилия;Индивидуальный номер;Адрес электронной почты
Анна;Петрова;1001;anna@example.org
"""
EXPORTS = {
    "Moodle": (MOODLE, ["1001 Anna Petrova", "1002 Zoë, Jr. O'Neil"], ("ID number", "First name and Last name")),
    "Canvas": (CANVAS, ["s1001 Anna Petrova", "s1002 Bob Lee"], ("SIS User ID", "Student")),
    "Google Classroom": (CLASSROOM, ["anna@example.org Anna Petrova"], ("Email Address", "First Name and Last Name")),
    "Blackboard": (BLACKBOARD, ["1001 Anna Petrova"], ("Student ID", "First Name and Last Name")),
    "Moodle in Russian": (RUSSIAN, ["1001 Анна Петрова"], ("Индивидуальный номер", "Имя and Фамилия")),
}


@pytest.mark.parametrize("system", EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_export_of_a_learning_system_is_read_as_it_is(path: Path, system: str, encoding: str) -> None:
    text, people, (id, name) = EXPORTS[system]
    roster = loaded(path, text.replace("\n", "\r\n"), encoding)
    assert [f"{one.id} {one.name}" for one in roster.students] == people
    assert roster.taken == (f"taking {id} as id", f"taking {name} as name")


def test_of_an_export_the_other_columns_stay(path: Path) -> None:
    first = loaded(path, MOODLE).students[0]
    assert first.columns == {"First name": "Anna", "Last name": "Petrova", "Email address": "anna@example.org"}
    assert loaded(path, "id,name,ID number\n1,Ann,7\n").students[0].columns == {"ID number": "7"}


def test_a_person_may_say_which_columns_they_are(path: Path) -> None:
    path.write_text(MOODLE, encoding="utf-8")
    roster = load_roster(path, LANGUAGES, RosterColumns("email address", ("Last name",)))
    assert (roster.students[0].id, roster.students[0].name) == ("anna@example.org", "Petrova")
    assert roster.taken == ("taking Email address as id", "taking Last name as name")
    with pytest.raises(KeygenError, match="the roster has no column 'Emial address'") as caught:
        load_roster(path, LANGUAGES, RosterColumns("Emial address"))
    assert caught.value.repair == "did you mean 'Email address'?"


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "\ufeffSEP=;"])
def test_the_line_that_tells_excel_the_delimiter_is_heeded(path: Path, first: str) -> None:
    roster = loaded(path, f"{first}\r\nid;name;a,b,c\r\n1;Lee, Ann;x\r\n;;\r\n;;\r\n")
    assert [(one.id, one.name, one.line) for one in roster.students] == [("1", "Lee, Ann", 3)]


def test_a_student_of_an_export_without_an_id_is_refused_at_the_line(path: Path) -> None:
    said = refused(path, MOODLE + "Eve,Adams,,eve@example.org\n")
    assert said[1:3] == ["  at:       FILE:4", "  line:     Eve,Adams,,eve@example.org"]


# --- what is read


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_usual_dialect_is_read(path: Path, delimiter: str, encoding: str, newline: str) -> None:
    rows = [
        ["id", "name", "group"],
        ["1001", "Анна Иванова", "Б-21"],
        ["1002", f'"O\'Neil{delimiter} ""Ann"""', "B-22"],
    ]
    roster = loaded(path, "".join(delimiter.join(row) + newline for row in rows), encoding)
    assert roster == Roster(
        (
            Student("1001", "Анна Иванова", {"group": "Б-21"}, 2),
            Student("1002", f'O\'Neil{delimiter} "Ann"', {"group": "B-22"}, 3),
        ),
        ("id", "name", "group"),
    )


def test_the_header_may_be_in_any_order_and_in_capitals_with_space_around(path: Path) -> None:
    roster = loaded(path, " Group , NAME ,Id\nB-21, Ann , 7 \n")
    assert roster.header == ("Group", "name", "id")
    assert roster.students == (Student("7", "Ann", {"Group": "B-21"}, 2),)


def test_blank_lines_do_not_count_but_are_counted(path: Path) -> None:
    roster = loaded(path, "\n\nid,name\n\n1,Ann\n,\n   \n2,Bob\n\n")
    assert [(one.id, one.line) for one in roster.students] == [("1", 5), ("2", 8)]


def test_a_quoted_name_may_hold_line_breaks(path: Path) -> None:
    roster = loaded(path, 'id,name\n1,"Ann\r\nLee"\n2,Bob\n')
    assert [(one.name, one.line) for one in roster.students] == [("Ann\r\nLee", 2), ("Bob", 4)]


def test_the_delimiter_is_the_headers_own_whatever_its_other_columns_hold(path: Path) -> None:
    roster = loaded(path, 'id;name;"group, year, city, country"\n1;Lee, Ann;"B;21"\n')
    assert roster.students == (Student("1", "Lee, Ann", {"group, year, city, country": "B;21"}, 2),)


def test_quotes_inside_a_name_stay(path: Path) -> None:
    assert loaded(path, 'id,name\n1,Ann "Annie" Lee\n').students[0].name == 'Ann "Annie" Lee'


def test_columns_that_a_spreadsheet_leaves_empty_at_the_end_do_no_harm(path: Path) -> None:
    roster = loaded(path, "id,name,,\n1,Ann,,\n")
    assert roster == Roster((Student("1", "Ann", {}, 2),), ("id", "name"))


def test_an_id_is_the_same_in_both_ways_of_composing_its_letters(path: Path) -> None:
    assert loaded(path, "id,name\nи\u0306,A\n").students[0].id == "й"


def test_a_student_travels_to_another_process(path: Path) -> None:
    roster = loaded(path, "id,name,group\n1,Ann,B\n")
    assert pickle.loads(pickle.dumps(roster)) == roster


def test_a_student_is_found_by_the_id_or_the_nearest_are_offered(path: Path) -> None:
    roster = loaded(path, "id,name\nivanov,Ann\npetrov,Bob\n")
    assert roster.student(" petrov").name == "Bob"
    with pytest.raises(KeygenError) as caught:
        roster.student("ivanow")
    assert str(caught.value).splitlines() == [
        "the roster has no student 'ivanow'",
        "  mend:     did you mean 'ivanov'?",
    ]


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(",;\t"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_python_writes_as_csv_is_read_back(path: Path, rows: list[tuple[str, str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [["id", "name", "a b"], *([f"id{place}", *row] for place, row in enumerate(rows))]
    )
    students = loaded(path, text.getvalue()).students
    assert [(one.name, one.columns["a b"]) for one in students] == rows


# --- what is refused


def test_an_empty_file_is_refused(path: Path) -> None:
    for text in ("", "\ufeff", "\n \n"):
        assert refused(path, text) == [
            "the roster is empty",
            "  at:       FILE",
            "  expected: a header that names id and name, then a row a student",
            "  mend:     write the header into its first line",
        ]


def test_a_roster_of_nobody_is_refused(path: Path) -> None:
    assert refused(path, "id,name\n")[0] == "the roster has no students"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeygenError) as caught:
        load_roster(tmp_path / "nobody.csv", LANGUAGES)
    assert str(caught.value).splitlines() == [
        "the roster cannot be read",
        f"  at:       {tmp_path / 'nobody.csv'}",
        "  found:    No such file or directory",
        "  mend:     name a CSV file that you may read",
    ]


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        ("id,name\r\n1,Ann\r\n2,Анна\r\n".encode("cp1251"), 3, "the byte 0xC0"),
        (b"\xef\xbb\xbfid,name\n1,\xff\n", 2, "the byte 0xFF"),
        ("id,name\n1,Ann\n".encode("utf-16")[:-1], 1, "UTF-16"),
        (b"id,name\n1,Ann\n2,B\0b\n", 3, "a zero byte"),
    ],
)
def test_what_is_not_utf_8_is_refused_at_its_line(path: Path, data: bytes, line: int, found: str) -> None:
    assert refused(path, data) == [
        "the roster is not UTF-8",
        f"  at:       FILE:{line}",
        "  expected: text in UTF-8, with a byte order mark or without",
        f"  found:    {found}",
        '  mend:     save it as UTF-8 (in a spreadsheet: "CSV UTF-8")',
    ]


@pytest.mark.parametrize(
    ("text", "what", "found"),
    [
        ("name,group\nAnn,B\n", "the roster has no column 'id'", "columns 'name', 'group'"),
        ("\nid;группа\n1;Анна\n", "the roster has no column 'name'", "columns 'id', 'группа'"),
        ("id|name\n1|Ann\n", "the roster has no column 'id'", "columns 'id|name'"),
    ],
)
def test_a_header_without_id_or_name_is_refused(path: Path, text: str, what: str, found: str) -> None:
    line = 2 if text.startswith("\n") else 1
    assert refused(path, text) == [
        what,
        f"  at:       FILE:{line}",
        f"  line:     {text.split(chr(10))[line - 1]}",
        "  expected: a header that names id and name",
        f"  found:    {found}",
        "  mend:     name the columns in the first line: id,name and whatever else you have; or say which they are: "
        "--id-column, --name-column",
    ]


@pytest.mark.parametrize("header", ["id,name,ID", "id,name,group,Group"])
def test_a_column_that_stands_twice_is_refused(path: Path, header: str) -> None:
    assert (
        refused(path, f"{header}\n1,2,3,4\n")[0] == f"the roster has the column {header.lower().split(',')[-1]!r} twice"
    )


@pytest.mark.parametrize(("row", "word", "cells"), [("2,Lee, Ann,B", "many", 4), ("2,Bob", "few", 2), ("2", "few", 1)])
def test_a_row_with_too_many_or_too_few_cells_is_refused(path: Path, row: str, word: str, cells: int) -> None:
    assert refused(path, f"id,name,group\n1,Ann,B\n{row}\n3,Eve,B\n") == [
        f"the row has too {word} cells",
        "  at:       FILE:3",
        f"  line:     {row}",
        "  expected: 3: id, name, group",
        f"  found:    {cells}",
        '  mend:     put a cell that holds the delimiter into quotes, as in "Lee, Ann"; leave no column out',
    ]


def test_a_cell_without_a_column_is_refused(path: Path) -> None:
    assert refused(path, "id,name,\n1,Ann,B\n")[:2] == [
        "the row has a cell in a column without a name",
        "  at:       FILE:2",
    ]


@pytest.mark.parametrize("row", ['2,"Bob', '2,"Bob" Lee'])
def test_quotes_that_do_not_close_are_refused_where_their_row_begins(path: Path, row: str) -> None:
    message = refused(path, f"id,name\n1,Ann\n{row}\n3,Eve\n")
    assert message[:3] == ["the roster is not well formed here", "  at:       FILE:3", f"  line:     {row}"]
    assert message[-1] == '  mend:     close the quotes; a quote inside quotes is written twice: "Ann ""Annie"" Lee"'


def test_an_empty_id_is_refused(path: Path) -> None:
    assert refused(path, "id,name\n1,Ann\n ,Bob\n") == [
        "the id is empty",
        "  at:       FILE:3",
        "  line:     ,Bob",
        "  expected: an id of printable characters, one a student",
        "  mend:     write one",
    ]


INVISIBLE = {
    "\n": "U+000A",
    "\u200b": "ZERO WIDTH SPACE (U+200B)",
    "\u200d": "ZERO WIDTH JOINER (U+200D)",
    "\u200f": "RIGHT-TO-LEFT MARK (U+200F)",
    "\u202e": "RIGHT-TO-LEFT OVERRIDE (U+202E)",
    "\u00ad": "SOFT HYPHEN (U+00AD)",
    "\ufeff": "ZERO WIDTH NO-BREAK SPACE (U+FEFF)",
    "\u00a0": "NO-BREAK SPACE (U+00A0)",
    "\u3000": "IDEOGRAPHIC SPACE (U+3000)",
    "\u2028": "LINE SEPARATOR (U+2028)",
    "\u034f": "COMBINING GRAPHEME JOINER (U+034F)",
    "\u3164": "HANGUL FILLER (U+3164)",
    "\ufe0f": "VARIATION SELECTOR-16 (U+FE0F)",
    "\u2800": "BRAILLE PATTERN BLANK (U+2800)",
    "\U000e0041": "TAG LATIN CAPITAL LETTER A (U+E0041)",
}


@pytest.mark.parametrize(("character", "named"), INVISIBLE.items(), ids=INVISIBLE.values())
def test_an_id_with_an_invisible_character_is_refused_by_its_name(path: Path, character: str, named: str) -> None:
    message = refused(path, f'id,name\n0,Eve\n"1{character}2",Ann\n')
    assert message[:2] == [f"the id holds an invisible character, {named}", "  at:       FILE:3"]
    assert "where it is number 2" in str(message)
    with pytest.raises(KeygenError, match="invisible character"):
        loaded(path, "id,name\n12,Ann\n").student(f"1{character}2")


def test_the_header_of_a_second_file_that_was_joined_to_the_first_is_no_student(path: Path) -> None:
    for second in ("id,name,group", "\ufeffID,Name,group", "name,id"):
        assert refused(path, f"id,name,group\n1,Ann,B\n{second}\n2,Bob,C\n")[:2] == [
            "the header stands twice",
            "  at:       FILE:3",
        ]
    assert loaded(path, "id,name\n1,name\nid,Ann\n").students[1].id == "id"


def test_an_id_that_stands_twice_is_refused(path: Path) -> None:
    assert refused(path, "id,name\n7,Ann\n8,Bob\n 7 ,Eve\n") == [
        "the id '7' stands twice",
        "  at:       FILE:4",
        "  line:     7 ,Eve",
        "  expected: an id of its own for every student",
        "  found:    the same id on line 2",
        "  mend:     change one of them, or remove the row",
    ]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("a", "A", "A.pdf, but 'a' on line 2 writes a.pdf"),
        ("a", "a-solutions", "a-solutions.pdf, but 'a' on line 2 writes a-solutions.pdf"),
        ("A-Solutions", "a", "a-solutions.pdf, but 'A-Solutions' on line 2 writes A-Solutions.pdf"),
        ("a/b", "a:b", "a_b.pdf, but 'a/b' on line 2 writes a_b.pdf"),
        ("Weiß", "WEISS", "WEISS.pdf, but 'Weiß' on line 2 writes Weiß.pdf"),
        ("_all", "all", "_all.pdf, but '_all' on line 2 writes _all.pdf"),
        ("a", "a.en", "a.en.pdf, but 'a' on line 2 writes a.en.pdf"),
        ("b-solutions.ru", "b", "b-solutions.ru.pdf, but 'b-solutions.ru' on line 2 writes b-solutions.ru.pdf"),
    ],
)
def test_two_ids_that_would_write_one_file_are_refused(path: Path, one: str, other: str, found: str) -> None:
    assert refused(path, f"id,name\n{one},Ann\n{other},Bob\n") == [
        f"the id {other!r} would write into a file that is taken",
        "  at:       FILE:3",
        f"  line:     {other},Bob",
        "  expected: files of its own for every student, in every language",
        f"  found:    {found}",
        "  mend:     change the id",
    ]


@given(st.binary(max_size=60) | st.text(alphabet='idname,;"\n\r1 ', max_size=40).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_file_holds_it_is_read_or_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    outcome: object
    try:
        outcome = load_roster(path, LANGUAGES).students
    except KeygenError as error:
        outcome = error.file == path
    assert outcome


# --- names of files


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("1001", "1001"),
        ("Иванов_А.Б-21", "Иванов_А.Б-21"),
        ("e\u0301va", "éva"),
        ("../../etc/passwd", "_._.._etc_passwd"),
        (".hidden", "_hidden"),
        ("-rf", "_rf"),
        ("a.", "a_"),
        ("..", "__"),
        ("a b@c.org", "a_b_c.org"),
        ('<>:"/\\|?*', "_________"),
        ("CON", "_CON"),
        ("nul.2026", "_nul.2026"),
        ("Com7", "_Com7"),
        ("console", "console"),
        ("😀", "_"),
        ("a\u202eb", "a_b"),
        ("All", "_All"),
        ("all.en", "_all.en"),
        ("key-page", "_key-page"),
        ("manifest-solutions", "_manifest-solutions"),
        ("allan", "allan"),
        ("key-1", "key-1"),
    ],
)
def test_an_id_becomes_a_readable_name(id: str, name: str) -> None:
    assert file_name(id) == name


def test_long_ids_are_cut_and_still_told_apart() -> None:
    one, other = file_name("я" * 300 + "1"), file_name("я" * 300 + "2")
    assert one != other
    assert one.startswith("я" * 40)
    assert max(len(name.encode()) for name in (one, other)) <= 100


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_id_becomes_a_name_that_every_system_takes(id: str) -> None:
    name = file_name(id)
    assert not re.search(r'[<>:"/\\|?*\x00-\x20\x7f-\x9f\s]', name)
    assert not re.search(r"^[-.]|[. ]$", name)
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
    assert 1 <= len(name.encode()) <= 100


def test_names_are_one_file_whatever_their_capitals_and_composition() -> None:
    assert same_file("Йод.pdf") == same_file("и\u0306од.PDF")
    assert same_file("a.pdf") != same_file("b.pdf")


def test_the_files_of_a_folder_are_named_in_one_place() -> None:
    assert student_files("a") == ("a.pdf", "a-solutions.pdf")
    assert student_files("a", ".en") == ("a.en.pdf", "a-solutions.en.pdf")
    assert (manifest_file(), manifest_file(".en")) == ("manifest.json", "manifest.en.json")


def test_no_id_gets_the_name_of_a_file_of_ours() -> None:
    ids = [*OURS, *map(str.upper, OURS), *(f"{name}-solutions" for name in OURS), *(f"{name}.en" for name in OURS)]
    assert all(file_name(id) == f"_{id}" for id in ids)
    assert first_clash(OURS, LANGUAGES) is None
