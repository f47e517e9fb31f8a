"""`keygen grade`: files in every dialect, what cannot be graded is said by row and column, the others are graded."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from keygen.grading.answers_file import AnswersFile
from keygen.grading.formulas import Letters, agrees, key_formula, typed_formula
from keygen.grading.typed_text import UnreadableError
from tests.courses import keygen
from tests.grading.manifests import Table, key_of, manifest_of, read, written

CLASS = {"17": "Анна Иванова", "18": "O'Neil, Ann", "=19": "=HYPERLINK(1)"}
SHEET = "sheet7"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a small class."""
    return manifest_of(tmp_path_factory.mktemp("class"), SHEET, CLASS)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grades(made: Path, answers: Path, *options: str) -> Result:
    return keygen("grade", SHEET, str(answers), "--manifest", str(made), "--no-pdf", *options)


def total(folder: Path, id: str) -> str:
    return next(row["total"] for row in read(folder / "grades.csv") if row["id"] == id)


def test_the_key_gets_full_marks_and_the_paths_are_printed(made: Path, here: Path) -> None:
    result = grades(made, written(here / "answers.csv", key_of(made)), "--pdf")
    assert result.exit_code == 0
    folder = Path("build") / f"{SHEET}-grades"
    tables = ("grades.csv", "verdicts.csv", "moodle.csv", "canvas.csv")
    names = [*tables, *(f"{id}.{form}" for id in ("17", "18", "_19") for form in ("html", "pdf")), "summary.html"]
    assert result.stdout.splitlines() == [str(folder / name) for name in names]
    assert [*read(folder / "grades.csv")[0]] == ["id", "name", "1", "2", "3", "total"]
    assert {row["verdict"] for row in read(folder / "verdicts.csv")} == {"right"}
    assert [*read(folder / "verdicts.csv")[0]] == [
        "id", "column", "typed", "read", "key", "replay", "verdict", "credit", "slip", "person",
    ]  # fmt: skip


def as_json(path: Path, rows: Table) -> Path:
    """The rows as JSON, numbers as numbers."""
    objects = [{name: value(name, cell) for name, cell in row.items()} for row in rows]
    path.write_text(json.dumps(objects, ensure_ascii=False), encoding="utf-8")
    return path


def value(name: str, cell: str) -> object:
    """A cell as JSON has it."""
    try:
        return cell if name in ("id", "name", "code") else json.loads(cell)
    except ValueError:
        return cell or None


Writer = Callable[[Path, Table], Path]


@pytest.mark.parametrize(
    "write",
    [
        lambda folder, rows: written(folder / "a.csv", rows, ";"),
        lambda folder, rows: written(folder / "a.csv", rows, "\t"),
        lambda folder, rows: written(folder / "a.csv", rows, encoding="utf-8-sig"),
        lambda folder, rows: written(folder / "a.csv", rows, "\t", "utf-16"),
        lambda folder, rows: as_json(folder / "a.json", rows),
    ],
    ids=["semicolons", "tabs", "mark", "UTF-16", "JSON"],
)
def test_every_dialect_is_one_file(write: Writer, made: Path, here: Path) -> None:
    result = grades(made, write(here, key_of(made)), "--out", "out")
    assert result.exit_code == 0
    assert {row["verdict"] for row in read(here / "out" / "verdicts.csv")} == {"right"}


def test_a_missing_column_is_not_asked_and_an_empty_cell_is_not_answered(made: Path, here: Path) -> None:
    rows = [{name: row[name] for name in ("id", "2.a.W", "2.a.total") if name in row} for row in key_of(made)]
    columns = [name for name in key_of(made)[0] if name.startswith("2.")][:2]
    rows = [{"id": row["id"], **{name: row[name] for name in columns}} for row in key_of(made)]
    rows[0][columns[1]] = ""
    result = grades(made, written(here / "a.csv", rows), "--out", "out")
    assert result.exit_code == 0
    assert [*read(here / "out" / "grades.csv")[0]] == ["id", "name", "2", "total"]
    kinds = [row["verdict"] for row in read(here / "out" / "verdicts.csv")]
    assert kinds == ["right", "empty", "right", "right", "right", "right"]
    assert "points that are not in these grades: " in result.stderr


def refused(made: Path, here: Path, rows: Table) -> Result:
    """What is said of rows one of which cannot be graded, while the others are."""
    result = grades(made, written(here / "a.csv", rows), "--out", "out")
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert read(here / "out" / "grades.csv")
    return result


def test_an_unknown_id_is_said_by_its_row(made: Path, here: Path) -> None:
    rows = key_of(made)
    rows[1]["id"] = "81"
    result = refused(made, here, rows)
    assert "row 3, column id: the manifest has no student '81'" in result.stderr
    assert [row["id"] for row in read(here / "out" / "grades.csv")] == ["17", "'=19"]


def test_a_doubled_id_is_said_by_both_rows(made: Path, here: Path) -> None:
    rows = key_of(made)
    result = refused(made, here, [*rows, rows[0]])
    assert "row 2, column id: the id '17' stands 2 times" in result.stderr
    assert "row 5, column id" in result.stderr


def test_a_wrong_code_is_said_by_its_row(made: Path, here: Path) -> None:
    rows = key_of(made)
    rows[0]["code"] = rows[1]["code"]
    assert "row 2, column code: the code" in refused(made, here, rows).stderr
    rows[0]["code"] = "nonsense"
    assert "row 2, column code" in refused(made, here, rows).stderr


def test_a_column_that_no_exercise_has_is_named_with_the_nearest(made: Path, here: Path) -> None:
    rows = [{**row, "2.a.totl": "1"} for row in key_of(made)]
    result = grades(made, written(here / "a.csv", rows), "--out", "out")
    assert result.exit_code == 0
    assert "column 2.a.totl: no exercise of these students has such an answer" in result.stderr


def test_a_huge_cell_a_deep_formula_and_a_wrong_shape_are_for_people_and_the_rest_is_graded(
    made: Path, here: Path
) -> None:
    rows = key_of(made)
    columns = [name for name in rows[0] if name.startswith("1.")]
    rows[0][columns[0]], rows[0][columns[1]] = "9" * 10_000_000, "(" * 10_000 + "1" + ")" * 10_000
    rows[1][columns[0]] = "1 2; 3 4; 5 6; 7 8"
    result = grades(made, written(here / "a.csv", rows), "--out", "out")
    assert result.exit_code == 0
    found = {(row["id"], row["column"]): row for row in read(here / "out" / "verdicts.csv")}
    assert found["17", columns[0]]["verdict"] == found["17", columns[1]]["verdict"] == "person"
    assert "10,000,000 characters" in found["17", columns[0]]["person"]
    assert len(found["17", columns[0]]["typed"]) < 300
    assert found["18", columns[0]]["verdict"] == "shape"
    assert all(row["verdict"] == "right" for (id, _), row in found.items() if id == "'=19")


def test_nothing_that_is_written_runs_in_a_spreadsheet(made: Path, here: Path) -> None:
    rows = key_of(made)
    column = next(name for name in rows[0] if name.startswith("1."))
    rows[0][column] = '=cmd|"/c calc"!A1'
    grades(made, written(here / "a.csv", rows), "--out", "out")
    for name in ("grades.csv", "verdicts.csv"):
        for row in read(here / "out" / name):
            assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for cell in row.values())


def test_the_answers_are_never_written_over(made: Path, here: Path) -> None:
    path = written(here / "grades.csv", key_of(made))
    before = path.read_bytes()
    result = grades(made, path, "--out", ".")
    assert result.exit_code == 1
    assert "written over" in result.stderr
    assert path.read_bytes() == before


def test_pages_on_paper_never_stand_where_the_sheets_do(made: Path, here: Path) -> None:
    result = grades(made, written(here / "a.csv", key_of(made)), "--pdf", "--out", str(made.parent))
    assert result.exit_code == 1
    assert "the students' sheets would be written over" in result.stderr
    assert [path.name for path in made.parent.iterdir()] == ["manifest.json"]


def test_credit_is_as_it_is_asked_for(made: Path, here: Path) -> None:
    rows = key_of(made)
    column = next(name for name in rows[0] if name.startswith("2."))
    rows[0][column] = ""
    grades(made, written(here / "a.csv", rows), "--out", "out")
    assert float(total(here / "out", "17")) < float(total(here / "out", "18"))
    for credit in ("2", "-1", "nan", "inf"):
        assert grades(made, here / "a.csv", "--carried", credit).exit_code == 2
    assert grades(made, here / "a.csv", "--slip", "0.25", "--carried", "0.75", "--out", "out").exit_code == 0


def test_a_template_has_a_row_a_student_and_the_columns_of_the_key(made: Path, here: Path) -> None:
    result = keygen("grade", SHEET, "--template", "--manifest", str(made))
    assert result.exit_code == 0
    template, shapes = map(Path, result.stdout.splitlines())
    assert (template.name, shapes.name) == ("template.csv", "shapes.csv")
    assert [*read(template)[0]] == [*key_of(made)[0]]
    assert [row["id"] for row in read(template)] == ["17", "18", "'=19"]
    assert set(read(shapes)[0].values()) & {"number", "1 x 2", "2", "choice"}
    result = grades(made, template, "--out", "out")
    assert result.exit_code == 0
    assert {row["verdict"] for row in read(here / "out" / "verdicts.csv")} == {"empty"}


def test_the_template_of_matrix_problems_leaves_out_what_their_statements_say(here: Path) -> None:
    made = manifest_of(here, "sheet8", {"1": "A"})
    assert keygen("grade", "sheet8", "--template", "--manifest", str(made), "--out", "out").exit_code == 0
    columns = [*read(here / "out" / "template.csv")[0]]
    assert "1.a.gradient" in columns
    assert not {"1.a.f", "1.a.wrt", "1.a.shapes"} & set(columns)


@pytest.mark.parametrize("words", [(), ("--template", "answers.csv")])
def test_answers_or_a_template_are_asked_for(words: tuple[str, ...], made: Path, here: Path) -> None:
    (here / "answers.csv").write_text("id\n1\n", encoding="utf-8")
    assert keygen("grade", SHEET, "--manifest", str(made), *words).exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column 'id'"), ("name,1.a.T\nA,1\n", "no column 'id'"), ("id,1.a.T,1.a.T\n1,1,1\n", "twice"),
        ("id,n\xe9e\n", "UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_of_answers_is_refused_with_what_it_should_be(
    text: str, said: str, made: Path, here: Path
) -> None:
    (here / "a.csv").write_bytes(text.encode("latin-1"))
    result = grades(made, here / "a.csv")
    assert result.exit_code == 1
    assert said in result.stderr
    assert not (here / "build").exists()


def test_a_manifest_of_another_sheet_is_refused(made: Path, here: Path) -> None:
    (here / "a.csv").write_text("id\n17\n", encoding="utf-8")
    result = keygen("grade", "sheet4", "a.csv", "--manifest", str(made), "--no-pdf")
    assert result.exit_code == 1
    assert "the manifest is not of sheet4" in result.stderr


def test_numbers_that_the_course_does_not_give_any_more_are_refused_by_row(made: Path, here: Path) -> None:
    manifest = json.loads(made.read_text("utf-8"))
    parts = manifest["students"][0]["exercises"][1]["parts"]
    part = next(iter(parts.values()))
    part[next(iter(part))] |= {"exact": "999", "float": 999.0}
    (here / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = refused(here / "manifest.json", here, key_of(made))
    assert "row 2: exercise 2 is not the one that was handed out" in result.stderr
    assert [row["id"] for row in read(here / "out" / "grades.csv")] == ["18", "'=19"]


def test_a_decision_is_kept_apart_and_applied_on_every_regrade(made: Path, here: Path) -> None:
    rows = key_of(made)
    column = next(name for name in rows[0] if name.startswith("2."))
    rows[0][column] = "see paper"
    answers = written(here / "a.csv", rows)
    assert grades(made, answers, "--out", "out").exit_code == 0
    before = total(here / "out", "17")
    decision = {"id": "17", "column": column, "credit": "0,5", "note": "half of it is there"}
    kept = written(here / "out" / "decisions.csv", [decision]).read_bytes()
    for _ in range(2):
        result = grades(made, answers, "--out", "out")
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-1] == str(Path("out") / "changes.csv")
        (row,) = [one for one in read(here / "out" / "verdicts.csv") if (one["id"], one["column"]) == ("17", column)]
        assert (row["verdict"], row["credit"], row["person"]) == ("person", "0.5", "decided: half of it is there")
        assert float(total(here / "out", "17")) > float(before)
        assert (here / "out" / "decisions.csv").read_bytes() == kept
    assert read(here / "out" / "changes.csv") == []
    assert "доля баллов назначена преподавателем" in (here / "out" / "17.html").read_text("utf-8")


def test_a_decision_on_an_answer_that_is_not_graded_is_told(made: Path, here: Path) -> None:
    cells = [("17", "9.z.H"), ("nobody", "1.a.T")]
    written(
        here / "out" / "decisions.csv", [{"id": id, "column": name, "credit": "1", "note": ""} for id, name in cells]
    )
    result = grades(made, written(here / "a.csv", key_of(made)), "--out", "out")
    assert result.exit_code == 0
    for id, name in cells:
        assert f"the decision on {name!r} of {id!r} is on no answer that was graded" in result.stderr


def test_a_regrade_lists_what_has_changed(made: Path, here: Path) -> None:
    rows = key_of(made)
    assert "changes.csv" not in grades(made, written(here / "a.csv", rows), "--out", "out").stdout
    column = next(name for name in rows[0] if name.startswith("2."))
    rows[2][column] = ""
    grades(made, written(here / "a.csv", rows), "--out", "out")
    (row,) = read(here / "out" / "changes.csv")
    assert [*row.values()] == ["'=19", column, "right", "1", "empty", "0"]


@pytest.mark.parametrize("credit", ["2", "-1", "much", ""])
def test_a_decision_that_is_none_is_refused_at_its_line(credit: str, made: Path, here: Path) -> None:
    written(here / "out" / "decisions.csv", [{"id": "17", "column": "1.a.T", "credit": credit, "note": ""}])
    result = grades(made, written(here / "a.csv", key_of(made)), "--out", "out")
    assert result.exit_code == 1
    assert "decisions.csv:2" in result.stderr
    assert not (here / "out" / "grades.csv").exists()


def test_reading_long_cells_leaves_the_limit_of_others_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("id,1.a.x\n1," + "9" * 200_000 + "\n2,3\n")
    rows = AnswersFile(file).rows()
    before = csv.field_size_limit()
    assert len(next(rows).cells["1.a.x"]) == 200_000
    assert csv.field_size_limit() == before
    assert next(rows).cells["1.a.x"] == "3"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_a_table_of_wide_characters_is_read_with_a_mark_or_without(made: Path, here: Path, encoding: str) -> None:
    result = grades(made, written(here / "answers.csv", key_of(made), ";", encoding))
    assert result.exit_code == 0, result.output
    assert total(here / "build" / f"{SHEET}-grades", "17") == "13"


def test_a_quotation_mark_that_is_never_closed_swallows_nobody(made: Path, here: Path) -> None:
    (here / "answers.csv").write_text('id,1.a.h\n17,"1; 2\n18,2\n', encoding="utf-8")
    result = grades(made, here / "answers.csv")
    assert result.exit_code == 1
    assert "answers.csv:2" in result.stderr
    assert "quotation mark" in result.stderr
    assert not (here / "build").exists()


def test_an_identity_larger_than_any_is_for_a_person() -> None:
    wanted = key_formula("x", Letters({"x": (3, 1)}, {}))
    with pytest.raises(UnreadableError):
        agrees(typed_formula("I(1000000000) x", wanted), wanted)


def test_without_tex_the_pages_for_a_browser_are_written_and_the_rest_is_said(
    made: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(here))
    result = grades(made, written(here / "a.csv", key_of(made)), "--pdf", "--out", "out")
    assert result.exit_code == 0
    assert "the students' pages are not on paper: no TeX engine" in result.stderr
    assert "--no-pdf" in result.stderr
    assert sorted(path.name for path in (here / "out").glob("17.*")) == ["17.html"]
