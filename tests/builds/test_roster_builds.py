"""A variant for every student: what is written, what it holds, and from which streams its numbers come."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner, Result

from keygen.cli import main
from keygen.course.course import course_at
from keygen.course.secret import sheet_key
from keygen.variants.solve import solve
from tests.courses import laid

EXERCISE = '''"""One linear layer."""

from keygen.author import backprop, integers, squared_error

given = {
    "x": integers("1 2", -9, 9, published=[[1, 2]], nonzero=True),
    "w": integers("2 1", -9, 9, published=[[1], [-1]], nonzero=True),
    "y": integers("1 1", 0, 9, published=[[1]]),
}


def computation(t):
    t.yhat = t.x @ t.w
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["w"])


answers = {"a": {"prediction": "yhat", "gradient": "dL_dw"}}
'''
TEMPLATE = r"""%% title
One linear layer
%% endtitle
%% part a
For \( \val{ line.x } \), \( \val{ line.w } \) and \( \val{ line.y } \) find the gradient of \( \val{ formula.L } \).
%% solution
\[ \val{ line.yhat } \]
\[ \val{ line.dL_dw } \]
%% endpart
"""
SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'
ROSTER = (
    "id;name;group\n"
    "17;Анна Иванова;Б-21\n"
    '18;"O\'Neil & Söhne_50% #1 \\input{x}";B-22\n'
    "a/b;Пётр 😀;B-22\n"
)  # fmt: skip
STEMS = ("17", "18", "a_b")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder with one exercise, one sheet and one roster, as the working folder."""
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    (tmp_path / "students.csv").write_text(ROSTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEYGEN_SECRET", "correct horse battery")
    return tmp_path


def keygen(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def roster_build(*words: str) -> Result:
    result = keygen("build", "mine", "--roster", "students.csv", "--solutions", "--jobs", "1", *words)
    assert result.exit_code == 0, result.output
    return result


def manifest_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "mine" / "manifest.json").read_text()))


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True).stdout


def test_a_roster_writes_two_files_a_student_and_what_belongs_to_all(course: Path) -> None:
    result = roster_build()
    shared = ["all.pdf", "all-solutions.pdf", "key.csv", "key-page.csv", "manifest.json"]
    names = [*(f"{stem}{kind}.pdf" for stem in STEMS for kind in ("", "-solutions")), *shared]
    assert result.stdout.splitlines() == [str(Path("build", "mine", name)) for name in names]
    assert sorted(path.name for path in Path("build", "mine").iterdir()) == sorted(names)


def test_every_page_has_the_students_name_or_code_and_only_the_solutions_have_the_gradient(course: Path) -> None:
    roster_build()
    for entry, stem, name in zip(
        manifest_of(Path("build"))["students"], STEMS, ("Анна Иванова", "O’Neil & Söhne", "Пётр"), strict=True
    ):
        problems, solutions = (text_of(Path("build", "mine", f"{stem}{kind}.pdf")) for kind in ("", "-solutions"))
        for text in (problems, solutions):
            pages = text.rstrip("\f").split("\f")
            assert all(entry["code"] in page for page in pages)
            assert name in pages[0].replace("'", "’")
        assert "Solution" in solutions
        assert "Solution" not in problems


def said_of(file: Path) -> tuple[str, str, list[tuple[str, int]]]:
    """A file's title, its language, and its table of contents: each line with the number of its page, from 0."""
    with pikepdf.open(file) as pdf:
        pages = [page.objgen for page in pdf.pages]
        with pdf.open_outline() as outline:
            lines = [(line.title, pages.index((line.destination or line.action.D)[0].objgen)) for line in outline.root]
        return str(pdf.docinfo["/Title"]), str(pdf.Root.Lang), lines


def test_a_file_says_what_it_is_and_what_is_in_it(course: Path) -> None:
    roster_build()
    build = Path("build", "mine")
    title, language, lines = said_of(build / "17.pdf")
    assert (title, language) == ("My sheet", "en")
    assert lines == [("My sheet", 0), ("1. One linear layer", 0)]
    for stem in STEMS:
        assert said_of(build / f"{stem}-solutions.pdf")[0] == "My sheet. Solutions"
        assert said_of(build / f"{stem}-solutions.pdf")[2][0] == ("My sheet. Solutions", 0)
    assert said_of(build / "all-solutions.pdf") == ("My sheet. Solutions", "en", [])
    keygen("build", "mine", "--solutions", "--seed", "1")
    assert said_of(Path("build", "mine-seed1-solutions.pdf")) == said_of(build / "17-solutions.pdf")
    assert "My sheet. Solutions" in text_of(Path("build", "mine-seed1-solutions.pdf"))


def streams(file: Path) -> tuple[set[bytes], set[bytes]]:
    """The streams of a file's pages, and those of anything else that it holds."""
    with pikepdf.open(file) as pdf:
        pages = {page.Contents.read_bytes() for page in pdf.pages}
        return pages, {thing.read_bytes() for thing in pdf.objects if isinstance(thing, pikepdf.Stream)} - pages


def test_a_file_holds_no_page_but_its_own(course: Path) -> None:
    roster_build()
    build = Path("build", "mine")
    files = [build / f"{stem}{kind}.pdf" for stem in STEMS for kind in ("", "-solutions")]
    found = {file: streams(file) for file in files}
    everybodys = set[bytes]().union(*(pages for pages, _ in found.values()))
    assert len(everybodys) == sum(len(pages) for pages, _ in found.values())
    assert all(everybodys.isdisjoint(others) for _, others in found.values())
    for name, kind in (("all.pdf", ""), ("all-solutions.pdf", "-solutions")):
        pages, others = streams(build / name)
        assert pages == set[bytes]().union(*(found[build / f"{stem}{kind}.pdf"][0] for stem in STEMS))
        assert everybodys.isdisjoint(others)


def test_a_name_that_the_fonts_lack_something_of_is_told_with_the_student(course: Path) -> None:
    assert "student a/b: the name has characters that the fonts lack: 😀" in roster_build().stderr


def test_a_code_leads_back_to_the_student_the_numbers_and_the_answers(course: Path) -> None:
    roster_build()
    entry = manifest_of(Path("build"))["students"][1]
    shown = keygen("show", entry["code"].lower(), "--manifest", "build/mine/manifest.json")
    assert shown.exit_code == 0, shown.output
    gradient = entry["exercises"][0]["parts"]["a"]["gradient"]["exact"]
    assert "student 18" in shown.output
    assert f"a) gradient = [{', '.join('[' + row[0] + ']' for row in gradient)}]" in shown.output
    other = keygen("show", "2222-2223", "--manifest", "build/mine/manifest.json")
    assert other.exit_code == 1


def test_the_manifest_has_data_answers_pages_and_the_hash_of_every_file(course: Path) -> None:
    from hashlib import sha256

    roster_build()
    manifest = manifest_of(Path("build"))
    files = {**manifest["shared"]}
    for entry in manifest["students"]:
        worked = entry["exercises"][0]
        x, w, y = (worked["given"][name]["float"] for name in "xwy")
        yhat = x[0][0] * w[0][0] + x[0][1] * w[1][0]
        slope = -2 * (y[0][0] - yhat) if worked["parts"]["a"]["gradient"]["float"][0][0] else 0
        assert worked["parts"]["a"]["prediction"]["float"] == [[yhat]]
        ratio = {row[0] / value for row, value in zip(worked["parts"]["a"]["gradient"]["float"], x[0], strict=True)}
        assert len(ratio) == 1
        assert not slope or abs(ratio.pop()) in (abs(slope), abs(slope) / 2)
        files |= {name: file["sha256"] for name, file in entry["files"].items()}
    found = {name: sha256(Path("build", "mine", name).read_bytes()).hexdigest() for name in files}
    assert found == files


def test_the_key_has_a_row_a_student_and_a_column_an_answer(course: Path) -> None:
    roster_build()
    data = Path("build", "mine", "key.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert list(rows[0]) == ["id", "name", "code", "1.a.prediction", "1.a.gradient"]
    assert [row["id"] for row in rows] == ["17", "18", "a/b"]
    entry = manifest_of(Path("build"))["students"][2]
    assert json.loads(rows[2]["1.a.gradient"]) == entry["exercises"][0]["parts"]["a"]["gradient"]["exact"]


def test_one_student_alone_has_the_numbers_of_the_run_and_leaves_the_rest_alone(course: Path) -> None:
    roster_build()
    before = {path.name: path.read_bytes() for path in Path("build", "mine").iterdir()}
    result = roster_build("--student", "18")
    assert [Path(line).name for line in result.stdout.splitlines()] == ["18.pdf", "18-solutions.pdf"]
    for name, data in before.items():
        same = (
            text_of(Path("build", "mine", name)) if name.endswith(".pdf") else Path("build", "mine", name).read_bytes()
        )
        Path("before.pdf").write_bytes(data)
        assert same == (text_of(Path("before.pdf")) if name.endswith(".pdf") else data)


def student_answers(*words: str) -> dict[str, Any]:
    result = keygen("answers", "mine", "--student", "18", *words, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_answers_of_a_student_are_those_of_the_run_by_the_roster_and_by_the_manifest(
    course: Path, monkeypatch: Any
) -> None:
    roster_build()
    manifest = manifest_of(Path("build"))
    entry = manifest["students"][1]
    by_roster = student_answers("--roster", "students.csv")
    assert by_roster["student"] == "18"
    assert by_roster["variant"] == entry["code"]
    assert by_roster["key"] == manifest["streams"]["fingerprint"]
    assert by_roster["exercises"] == entry["exercises"]
    monkeypatch.delenv("KEYGEN_SECRET")
    assert student_answers("--manifest", "build/mine/manifest.json") == by_roster
    texts = [
        keygen("answers", "mine", "--student", " 18", "--manifest", "build/mine/manifest.json").stdout,
        keygen("show", entry["code"], "--manifest", "build/mine/manifest.json").stdout,
    ]
    assert all(entry["code"] in text for text in texts)


def test_json_says_whether_anybody_can_compute_the_numbers(course: Path, monkeypatch: Any) -> None:
    def key(*words: str) -> str:
        return str(json.loads(keygen("answers", "mine", *words, "--json").stdout)["key"])

    assert re.fullmatch("[0-9a-f]{16}", key("--seed", "1"))
    assert "key" not in json.loads(keygen("answers", "mine", "--json").stdout)
    monkeypatch.delenv("KEYGEN_SECRET")
    assert key("--seed", "1") == "public"
    assert key("--student", "18", "--roster", "students.csv", "--public") == "public"


@pytest.mark.parametrize(
    "words",
    [
        ("answers", "mine", "--student", "18"),
        ("answers", "mine", "--student", ""),
        ("answers", "mine", "--roster", "students.csv"),
        ("answers", "mine", "--student", "18", "--roster", "students.csv", "--manifest", "students.csv"),
        ("answers", "mine", "--student", "18", "--seed", "1", "--roster", "students.csv"),
        ("answers", "my/one", "--student", "18", "--roster", "students.csv"),
        ("answers", "mine", "--public"),
        ("build", "mine", "--student", "18"),
        ("build", "mine", "--public"),
        ("build", "mine", "--public", "--variants", "3"),
        ("build", "mine", "--student", "18", "--variants", "3"),
    ],
    ids=" ".join,
)
def test_a_student_without_a_sheet_and_a_roster_is_wrong_use(course: Path, words: tuple[str, ...]) -> None:
    result = keygen(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert not Path("build").exists()


@pytest.mark.parametrize("id", ["", "nobody", "1\u200b8", "19"])
def test_an_unknown_student_is_told_with_the_nearest(course: Path, id: str) -> None:
    roster_build()
    before = {path.name: path.read_bytes() for path in Path("build", "mine").iterdir()}
    for words in (
        ("answers", "mine", "--student", id, "--roster", "students.csv"),
        ("answers", "mine", "--student", id, "--manifest", "build/mine/manifest.json"),
        ("build", "mine", "--student", id, "--roster", "students.csv"),
        ("build", "--student", id, "--from", "build/mine/manifest.json"),
    ):
        result = keygen(*words)
        assert (result.exit_code, result.stdout) == (1, "")
        if id == "19":
            assert "did you mean '18'" in result.stderr or "'18'" in result.stderr
    assert {path.name: path.read_bytes() for path in Path("build", "mine").iterdir()} == before


def test_an_id_is_the_same_however_it_is_typed(course: Path) -> None:
    Path("students.csv").write_text("id,name\n\u00a0и\u0306 ,Ann\nб,Bob\n", encoding="utf-8")
    said = [
        json.loads(keygen("answers", "mine", "--roster", "students.csv", "--student", id, "--json").stdout)
        for id in ("й", " и\u0306", "й\u00a0")
    ]
    assert said[0] == said[1] == said[2]
    assert said[0]["student"] == "й"


def test_numbers_follow_from_the_secret_and_nobody_has_a_neighbours(course: Path, monkeypatch: Any) -> None:
    exercise = course_at(course).exercise("my/one")
    mine, other = sheet_key("mine", "s"), sheet_key("other", "s")
    data = {
        who: solve(exercise, "s", name, key=key).variant.data
        for who, name, key in (
            ("17", "17", mine),
            ("18", "18", mine),
            ("seed", 17, mine),
            ("17 elsewhere", "17", other),
        )
    }
    assert len({repr(sorted(one.items())) for one in data.values()}) == 4
    roster_build("--out", "first")
    monkeypatch.setenv("KEYGEN_SECRET", "another horse battery")
    roster_build("--out", "second")
    first, second = (manifest_of(Path(name))["students"] for name in ("first", "second"))
    assert all(a["exercises"][0]["given"] != b["exercises"][0]["given"] for a, b in zip(first, second, strict=True))
    assert not {entry["code"] for entry in first} & {entry["code"] for entry in second}


def test_the_secret_may_stand_in_a_file(course: Path, monkeypatch: Any) -> None:
    first = roster_build("--out", "first")
    monkeypatch.delenv("KEYGEN_SECRET")
    Path(".keygen-secret").write_text("correct horse battery\n")
    Path(".keygen-secret").chmod(0o600)
    second = roster_build("--out", "second")
    assert first.stderr == second.stderr
    one, other = (Path(name, "mine", "manifest.json").read_bytes() for name in ("first", "second"))
    assert one == other
    assert b"correct horse" not in one


STUDENT = ("--student", "18", "--roster", "students.csv")
BY_SECRET = [
    ("build", "mine", "--roster", "students.csv"), ("build", "mine", *STUDENT), ("answers", "mine", *STUDENT),
    ("build", "mine", "--seed", "1"), ("build", "mine", "--variants", "2"), ("answers", "mine", "--seed", "1"),
]  # fmt: skip


@pytest.mark.parametrize("words", BY_SECRET[:3], ids=" ".join)
def test_without_a_secret_a_student_has_numbers_only_with_the_word_public(
    course: Path, monkeypatch: Any, words: tuple[str, ...]
) -> None:
    monkeypatch.delenv("KEYGEN_SECRET")
    result = keygen(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "keygen secret" in result.stderr
    assert "--public" in result.stderr
    assert not Path("build").exists()
    public = keygen(*words, "--public")
    assert public.exit_code == 0, public.output
    assert public.stderr.count("anybody who has keygen can compute them") == 1


def test_public_numbers_ask_for_no_secret_though_there_is_one(course: Path, monkeypatch: Any) -> None:
    roster_build("--public")
    assert manifest_of(Path("build"))["streams"]["key"] == "public"
    before = {path.name: path.read_bytes() for path in Path("build", "mine").iterdir()}
    monkeypatch.setenv("KEYGEN_SECRET", "")
    roster_build("--public", "--out", "again")
    assert {path.name: path.read_bytes() for path in Path("again", "mine").iterdir()} == before


@pytest.mark.parametrize("words", BY_SECRET, ids=" ".join)
def test_a_secret_that_says_nothing_stops_whatever_it_would_decide(
    course: Path, monkeypatch: Any, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KEYGEN_SECRET", "")
    empty = keygen(*words)
    assert (empty.exit_code, empty.stdout) == (1, "")
    assert "KEYGEN_SECRET is set and says nothing" in empty.stderr
    monkeypatch.delenv("KEYGEN_SECRET")
    Path(".keygen-secret").symlink_to("gone")
    dangling = keygen(*words)
    assert (dangling.exit_code, dangling.stdout) == (1, "")
    assert "a link to gone" in dangling.stderr
    assert not Path("build").exists()


def test_published_numbers_never_ask_for_a_secret(course: Path, monkeypatch: Any) -> None:
    made = keygen("build", "mine", "--format", "tex").stdout
    text = Path(made.strip()).read_bytes()
    monkeypatch.setenv("KEYGEN_SECRET", "")
    Path(".keygen-secret").symlink_to("gone")
    again = keygen("build", "mine", "--format", "tex", "--out", "again")
    assert (again.exit_code, again.stderr) == (0, "")
    assert Path(again.stdout.strip()).read_bytes() == text
    assert keygen("answers", "mine").exit_code == 0
    assert keygen("check", "mine", "--seeds", "2", "--jobs", "1").exit_code == 0


def test_seeds_without_a_secret_are_public(course: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("KEYGEN_SECRET")
    result = keygen("build", "mine", "--seed", "1", "--format", "tex")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(keygen("answers", "mine", "--seed", "1", "--json").stdout)
    assert told["key"] == "public"
    assert told["variant"] in Path("build", "mine-seed1.tex").read_text()


def test_a_weak_secret_is_warned_of_where_it_decides_and_only_there(course: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("KEYGEN_SECRET", "autumn")
    assert "only 6 characters" in keygen("answers", "mine", "--seed", "1").stderr
    assert "only 6 characters" in keygen("answers", "mine", *STUDENT).stderr
    assert "only 6 characters" in roster_build("--student", "18").stderr
    assert keygen("answers", "mine").stderr == ""
    monkeypatch.delenv("KEYGEN_SECRET")
    Path(".keygen-secret").write_text("a secret that nobody guesses\n")
    Path(".keygen-secret").chmod(0o644)
    assert "chmod 600 .keygen-secret" in keygen("answers", "mine", "--seed", "1").stderr


def test_keys_manifests_and_the_store_are_their_owners_alone(course: Path) -> None:
    Path("build", ".cache").mkdir(parents=True)
    Path("build", ".cache").chmod(0o755)
    Path("build", "mine").mkdir()
    Path("build", "mine", "key.csv").write_text("of an older keygen")
    Path("build", "mine", "key.csv").chmod(0o644)
    roster_build()
    private = (Path("build", "mine", name) for name in ("key.csv", "key-page.csv", "manifest.json"))
    assert modes(*private) == {0o600}
    assert modes(Path("build", ".cache")) == {0o700}
    assert modes(*(path for path in Path("build", ".cache").rglob("*") if path.is_file())) == {0o600}
    assert modes(Path("build", "mine", "17.pdf")) == {0o644}


def modes(*paths: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in paths}


def test_a_new_parameter_and_a_new_exercise_change_nobody_elses_numbers(course: Path) -> None:
    before = solve(course_at(course).exercise("my/one"), "mine", "17", key="k").variant.data
    file = course / "exercises" / "my" / "one" / "exercise.py"
    file.write_text(EXERCISE.replace('    "y":', '    "bias": integers("1 1", 1, 5, published=[[1]]),\n    "y":'))
    after = solve(course_at(course).exercise("my/one"), "mine", "17", key="k").variant.data
    assert {name: after[name] for name in before} == before
    two = SHEET.replace(
        '\n[[exercise]]\nid = "my/one"', '\n[[exercise]]\nid = "rnn/parameter_count"\n\n[[exercise]]\nid = "my/one"'
    )
    (course / "exercises" / "two.toml").write_text(two)
    (course / "exercises" / "mine.toml").write_text(two)
    words = ("answers", "mine", "--student", "17", "--roster", "students.csv", "--json")
    shown = json.loads(keygen(*words).stdout)["exercises"]
    file.write_text(EXERCISE)
    (course / "exercises" / "mine.toml").write_text(SHEET)
    alone = json.loads(keygen(*words).stdout)["exercises"]
    assert {name: shown[1]["given"][name] for name in "xwy"} == {name: alone[0]["given"][name] for name in "xwy"}


def test_an_exercise_that_stands_twice_has_other_numbers_the_second_time(course: Path) -> None:
    (course / "exercises" / "mine.toml").write_text(SHEET + '\n[[exercise]]\nid = "my/one"\n')
    first, second = json.loads(keygen("answers", "mine", "--seed", "1", "--json").stdout)["exercises"]
    assert first["given"] != second["given"]


def test_pinned_data_are_everybodys(course: Path) -> None:
    (course / "exercises" / "mine.toml").write_text(SHEET + "pin = { x = [[3, -4]] }\n")
    roster_build()
    given = [entry["exercises"][0]["given"] for entry in manifest_of(Path("build"))["students"]]
    assert [one["x"]["exact"] for one in given] == [[["3", "-4"]]] * 3
    assert len({repr(one["w"]) for one in given}) > 1


def test_variants_are_a_seed_each_with_the_pages_of_that_seed(course: Path) -> None:
    result = keygen("build", "mine", "--variants", "3", "--seed", "5", "--jobs", "1")
    assert result.exit_code == 0, result.output
    names = [Path(line).name for line in result.stdout.splitlines()]
    assert names == ["seed5.pdf", "seed6.pdf", "seed7.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"]
    assert keygen("build", "mine", "--seed", "6").exit_code == 0
    assert text_of(Path("build", "mine-variants", "seed6.pdf")) == text_of(Path("build", "mine-seed6.pdf"))


def test_a_manifest_comes_out_to_the_same_bytes_without_the_secret(course: Path, monkeypatch: Any) -> None:
    roster_build()
    monkeypatch.delenv("KEYGEN_SECRET")
    result = keygen("build", "--from", "build/mine/manifest.json", "--jobs", "2", "--out", "again")
    assert result.exit_code == 0, result.output
    for path in Path("build", "mine").iterdir():
        assert path.read_bytes() == Path("again", "mine", path.name).read_bytes()


def test_a_manifest_that_would_not_come_out_the_same_is_refused_before_anything_is_made(course: Path) -> None:
    roster_build()
    template = course / "exercises" / "my" / "one" / "en.tex"
    template.write_text(TEMPLATE.replace("find", "work out"))
    result = keygen("build", "--from", "build/mine/manifest.json", "--out", "again")
    assert result.exit_code == 1
    assert "exercises/my/one/en.tex has changed" in result.stderr
    assert not Path("again").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("mine", "--roster", "students.csv", "--variants", "3"),
        ("mine", "--roster", "students.csv", "--seed", "3"),
        ("mine", "--from", "students.csv"),
        (),
    ],
    ids=" ".join,
)
def test_words_that_do_not_go_together_are_wrong_use(course: Path, words: tuple[str, ...]) -> None:
    assert keygen("build", *words).exit_code == 2


def test_a_roster_that_cannot_be_right_is_refused_at_its_line(course: Path) -> None:
    Path("students.csv").write_text("id,name\n1,Ann\n1,Bob\n")
    result = keygen("build", "mine", "--roster", "students.csv")
    assert result.exit_code == 1
    assert "students.csv:3" in result.stderr
    assert not Path("build").exists()


def test_two_students_with_one_code_are_refused(course: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("keygen.course.seeding.variant_code", lambda *names: "AAAA-AAAA")
    result = keygen("build", "mine", "--roster", "students.csv")
    assert result.exit_code == 1
    assert "student 17 and student 18 have the same code" in result.stderr
    assert not Path("build").exists()


def test_a_pin_that_does_not_fit_is_told_at_its_line(course: Path) -> None:
    (course / "exercises" / "mine.toml").write_text(SHEET + 'pin = { x = "two" }\n')
    result = keygen("build", "mine", "--seed", "1")
    assert result.exit_code == 1
    assert "the pin of 'x' does not fit" in result.stderr
    assert "mine.toml:6" in result.stderr


# --- names


def test_a_column_may_have_any_name(course: Path) -> None:
    Path("students.csv").write_text("id,name,items,keys,get,year of birth\n1,Ann,apples,brass,me,1999\n")
    text = course / "exercises" / "my" / "one" / "en.tex"
    said = " ".join(rf"\val{{ student.{name} }}" for name in ("items", "keys", "get"))
    text.write_text(TEMPLATE.replace("For", rf"{said} \val{{ student['year of birth'] }}. For"))
    roster_build("--student", "1")
    assert "apples brass me 1999. For" in text_of(Path("build", "mine", "1.pdf"))


def test_ids_that_are_names_of_ours_get_files_of_their_own(course: Path) -> None:
    Path("students.csv").write_text("id,name\nall,Ann\nKey,Bob\nmanifest,Eve\n")
    roster_build()
    names = {path.name for path in Path("build", "mine").iterdir()}
    assert names >= {"_all.pdf", "_Key.pdf", "_manifest-solutions.pdf"}
    assert names >= {"all.pdf", "key.csv", "key-page.csv", "manifest.json"}
    assert [entry["id"] for entry in manifest_of(Path("build"))["students"]] == ["all", "Key", "manifest"]
