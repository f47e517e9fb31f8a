"""The pages of `keygen help`: their examples work as they stand, and nothing that the code has is missing there."""

from __future__ import annotations

import csv
import inspect
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from at_terminal import on_terminal
from click.testing import CliRunner, Result
from workflow_steps import HERE

from keygen import author
from keygen.author import calculus, differentials
from keygen.calculus.claims import Claim
from keygen.calculus.quantities import Quantity
from keygen.cli import main
from keygen.course.band import MEASURES
from keygen.course.draw import choice, decimals, integers, order
from keygen.course.exercise import WORDS
from keygen.course.handbook import INDEX, TOPICS, page, page_file
from keygen.course.languages import FIELDS
from keygen.course.search_path import packaged
from keygen.course.sheet_keys import SheetEntry, Written
from keygen.document import composition
from keygen.document.sections import Sections
from keygen.document.words import EMPHASES, ENVIRONMENTS, ESCAPED
from keygen.engine.record import RESERVED
from keygen.engine.slips import TYPICAL
from keygen.variants.solved import Solved
from tests.courses import keygen

FENCE = re.compile(r"^```(\w*)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS_TEX = {"--roster", "--variants", "--from", "--format", "--guide"}


FIRST = '[[exercise]]\nid = "mine/first"\n'
"""The first sheet's own exercise alone: what is built in has tests of its own."""


class Fence(NamedTuple):
    """A block of a page: its language, the file that it is, and what it holds."""

    language: str
    file: str
    text: str


@cache
def fences(topic: str, language: str = "en") -> list[Fence]:
    return [Fence(*found) for found in FENCE.findall(page(topic, language))]


def prose(topic: str, language: str = "en") -> str:
    """A page without its blocks."""
    return FENCE.sub("", page(topic, language))


def tables(topic: str, language: str = "en") -> list[tuple[str, list[str]]]:
    """The tables of a page: the head's line, and the code in the first cells."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", prose(topic, language), re.MULTILINE):
        head, _, *rows = table.splitlines()
        found.append(
            (head, [code for row in rows for code in re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row)[1])])
        )
    return found


def cells(topic: str, head: str = "") -> list[str]:
    """The code in the first cells of a page's tables; of those whose head begins so, if it is said."""
    return [code for line, codes in tables(topic) if line.startswith(f"| {head}") for code in codes]


# --- the examples


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new course, which is worked in; its first sheet has its own exercise alone."""
    monkeypatch.delenv("KEYGEN_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)
    assert keygen("init", "mycourse", "--lang", "en").exit_code == 0
    monkeypatch.chdir(tmp_path / "mycourse")
    first = Path("exercises/sheet1.toml")
    first.write_text(re.split(r"(?=\[\[exercise)", first.read_text("utf-8"))[0] + FIRST, encoding="utf-8")
    return tmp_path / "mycourse"


def lay(fence: Fence) -> None:
    """Write a block that is a file; Python goes below what there is."""
    file = Path(fence.file)
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text("utf-8") + "\n\n" if fence.language == "python" and file.exists() else ""
    file.write_text(before + fence.text, encoding="utf-8")


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic != "roster"])
def test_the_examples_of_a_page_work_as_they_stand(topic: str, course: Path) -> None:
    for fence in fences(topic):
        if fence.file:
            lay(fence)
        elif fence.language == "sh":
            for line in fence.text.splitlines():
                ran(line)


def test_the_page_on_rosters_does_as_it_says(course: Path) -> None:
    said: dict[str, str] = {}
    made: dict[str, str] = {}
    for fence in fences("roster"):
        if fence.file:
            lay(fence)
        elif fence.language == "sh":
            for line in fence.text.splitlines():
                said[line] = ran(line).stdout
                now = digests(course / "build" / "short")
                made = made or now
                assert now == made or "--replace 1002" in line
    assert made.keys() == now.keys() == set(named_files())
    changed = {name for name in made if made[name] != now[name]}
    assert changed == {name for name in made if not name.startswith(("1001", "1003"))}
    assert said["keygen build short --roster students.csv --student 1002 --solutions"].splitlines() == [
        "build/short/1002.pdf",
        "build/short/1002-solutions.pdf",
    ]
    by_roster = said["keygen answers short --roster students.csv --student 1002"]
    by_manifest = said["keygen answers short --manifest build/short/manifest.json --student 1002"]
    assert by_roster == by_manifest
    assert "yhat" in by_roster or "ŷ" in by_roster or "prediction" in by_roster
    assert "Jürgen Weiß" in said["keygen show CODE --manifest build/short/manifest.json"]
    rows = list(csv.DictReader(Path("build/short/key.csv").read_text("utf-8-sig").splitlines()))
    assert [row["id"] for row in rows] == ["1001", "1002", "1003"]


def digests(folder: Path) -> dict[str, str]:
    """The files of a folder by their names; none where there is no folder."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*")}


def named_files() -> Iterator[str]:
    """The files that the page's table names, with every student's where it has the first one's."""
    for name in cells("roster", "file"):
        yield from (name.replace("1001", id) for id in (("1001", "1002", "1003") if "1001" in name else ("",)))


def ran(line: str) -> Result:
    """A command of a page, with few seeds, a page's code in the place of CODE, and where it may be without TeX."""
    if "CODE" in line:
        manifest = json.loads(Path("build/short/manifest.json").read_text("utf-8"))
        line = line.replace("CODE", manifest["students"][2]["code"])
    words = shlex.split(re.sub(r"--seeds \d+", "--seeds 1", line), comments=True)[1:]
    if words[0] == "build" and not NEEDS_TEX & set(words):
        words += ["--format", "tex"]
    result = keygen(*words)
    assert result.exit_code == 0, f"{line}\n{result.output}"
    return result


def test_every_exercise_of_a_page_is_tried_there() -> None:
    for topic in TOPICS:
        commands = "\n".join(fence.text for fence in fences(topic) if fence.language == "sh")
        for fence in fences(topic):
            if fence.file.endswith("exercise.py"):
                assert Path(fence.file).parent.relative_to("exercises").as_posix() in commands, fence.file


def commands_named() -> Iterator[tuple[str, list[str]]]:
    for topic in TOPICS:
        blocks = [fence.text for fence in fences(topic) if not fence.file]
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        for line in (*lines, *re.findall(r"`(keygen [^`]*)`", prose(topic))):
            if line.startswith("keygen ") and "COMMAND" not in line:
                yield topic, shlex.split(line.partition(" #")[0])[1:]


def test_every_command_and_option_that_a_page_names_is_there() -> None:
    options = {name: {o for param in command.params for o in param.opts} for name, command in main.commands.items()}
    for topic, (name, *words) in commands_named():
        assert name in options, f"{topic}: keygen {name}"
        asked = {word for word in words if word.startswith("--")}
        assert asked <= options[name], f"{topic}: keygen {name} {' '.join(words)}"
        assert name != "help" or not words or words[0] in (*TOPICS, "TOPIC"), f"{topic}: keygen help {words}"


def test_every_command_has_a_row_and_every_row_is_of_a_command() -> None:
    rows = [cell.split()[1] for cell in cells("commands", "command")]
    assert set(rows) == set(main.commands)


# --- nothing is missing, and nothing is there that the code has not


def test_every_key_of_a_sheet_has_a_row_and_no_other() -> None:
    assert sorted(cells("sheet", "key")) == sorted([*Written.__struct_fields__, *SheetEntry.__struct_fields__])


def test_the_sheet_of_the_page_has_every_key() -> None:
    (sheet,) = (fence.text for fence in fences("sheet") if fence.language == "toml")
    for key in (*Written.__struct_fields__, *SheetEntry.__struct_fields__):
        assert re.search(rf"^(\[\[)?{key}\b", sheet, re.MULTILINE), key


def test_every_word_of_an_exercise_has_a_row_and_no_other() -> None:
    assert cells("exercise", "word") == list(WORDS)


def test_what_a_computation_may_ask_of_t_has_a_row_each() -> None:
    assert {cell.partition("(")[0] for cell in cells("exercise", "of t")} == {f"t.{name}" for name in RESERVED}


def test_whatever_keygen_s_own_exercises_ask_of_s_has_a_row_and_every_row_is_there() -> None:
    rows = {found[1] for cell in cells("exercise", "of s") if (found := re.match(r"s\.(\w+)", cell))}
    assert len(rows) == len(set(cells("exercise", "of s")))
    files = (HERE / "exercises").glob("*/*/exercise.py")
    asked = {name for file in files for name in re.findall(r"\bs\.([a-z]\w*)", file.read_text("utf-8"))}
    assert asked - rows == set()
    assert rows <= {*dir(Solved), *Solved.__dataclass_fields__}


def test_the_ways_to_print_a_number_are_there() -> None:
    written = " ".join(cells("exercise", "written"))
    assert set(re.findall(r"\bclaim\(.\w?.\)\.(\w+)", written)) == {"decimal", "short", "in_tens"}
    assert all(hasattr(kind, name) for kind in (Claim, Quantity) for name in ("decimal", "short", "in_tens", "in_twos"))
    assert hasattr(Quantity, "to")


def test_every_slip_that_may_be_chosen_has_a_row() -> None:
    assert set(cells("exercise", "name")) == set(TYPICAL)


def test_every_name_that_a_template_may_use_has_a_row_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exercise without `show` adds no names of its own."""
    for fence in (fence for fence in fences("exercise") if "mine/linear" in fence.file):
        file = tmp_path / fence.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(fence.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    seen: list[dict[str, Any]] = []
    rendered = composition.rendered

    def watched(path: Path, language: Any, context: dict[str, Any], own: Any = ()) -> Any:
        seen.append(context)
        return rendered(path, language, context, own)

    monkeypatch.setattr(composition, "rendered", watched)
    assert keygen("show", "mine/linear", "--lang", "en").exit_code == 0
    known = {name for name in seen[0] if not name.startswith("_")} | {"letter_of"}
    assert {re.split(r"[.(]", cell)[0] for cell in cells("template", "name")} == known


def test_every_section_of_a_template_has_a_row() -> None:
    assert {cell.split()[1] for cell in cells("template", "section")} - {"endpart"} >= Sections.tags
    assert {cell.split()[1].removeprefix("end") for cell in cells("template", "section")} == Sections.tags


def test_every_piece_of_tex_that_words_may_have_has_a_row() -> None:
    rows = " ".join(cells("template", "written"))
    assert {name for name in ENVIRONMENTS if f"\\begin{{{name}}}" not in rows} == set()
    assert {name for name in EMPHASES if f"\\{name}{{" not in rows} == set()
    assert {sign for sign in ESCAPED if f"\\{sign}" not in rows} == set()


def test_every_key_of_a_language_has_a_row_and_no_other() -> None:
    assert sorted(cells("template", "key")) == sorted(FIELDS)


def test_every_type_of_an_answer_has_a_row() -> None:
    rooms = (HERE / "keygen" / name for name in ("mathematics", "matrix"))
    code = "\n".join(file.read_text("utf-8") for room in rooms for file in room.glob("*.py"))
    made = set(re.findall(r'\bAnswer\(\s*"(\w+)"', code))
    assert len(made) > 10
    assert set(cells("grading", "type")) == made | {"vector", "matrix"}


def test_every_measure_of_work_and_every_way_to_draw_has_a_row() -> None:
    assert cells("numbers", "measure") == list(MEASURES)
    drawn = {
        function.__name__: inspect.signature(function).parameters for function in (integers, decimals, choice, order)
    }
    assert cells("numbers", "drawn by") == list(drawn)
    named = {name for parameters in drawn.values() for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY}
    assert set(cells("numbers", "word")) == named


def called(name: str, value: Any) -> str:
    """How something of the vocabulary is called: its name with its arguments, those behind `*` by their names. A
    default that is no plain value stands as three dots; what cannot be called is its name."""
    if not callable(value):
        return name
    said = []
    for one in inspect.signature(value).parameters.values():
        if one.kind is one.KEYWORD_ONLY and not any(text.startswith("*") for text in said):
            said.append("*")
        plain = isinstance(one.default, str | int | float | tuple | None) and "Axis" not in repr(one.default)
        default = "" if one.default is one.empty else f"={one.default!r}" if plain else "=..."
        stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        said.append(f"{stars}{one.name}{default}".replace("'", '"'))
    return f"{name}({', '.join(said)})"


def test_every_name_of_the_author_s_vocabulary_has_a_line_with_its_arguments_and_no_other() -> None:
    for head, room in (("name", author), ("calculus.", calculus)):
        assert sorted(cells("vocabulary", head)) == sorted(called(name, getattr(room, name)) for name in room.__all__)


def test_every_function_of_the_differentials_has_a_line() -> None:
    own = {name for name, value in vars(differentials).items() if defined_in(differentials, value)}
    lines = cells("vocabulary", "differentials.")
    named = [line.partition("(")[0] for line in lines]
    assert set(named) >= own
    assert lines == [called(name, getattr(differentials, name)) for name in named]


def defined_in(module: Any, value: Any) -> bool:
    return getattr(value, "__module__", "") == module.__name__ and (inspect.isfunction(value) or inspect.isclass(value))


def test_every_figure_is_drawn_on_the_page_of_figures() -> None:
    code = "\n".join(fence.text for fence in fences("figures") if fence.language == "python")
    figures = {name for name in author.__all__ if "figures" in getattr(getattr(author, name), "__module__", "")}
    words_alone = {"Size", "Swatch", "crossed", "tensor"}
    assert {name for name in figures - words_alone if not re.search(rf"\b{name}\b", code)} == set()
    assert {name for name in figures if f"`{name}(" not in prose("figures") and name in words_alone} == set()
    pictures = [fence for fence in fences("figures") if fence.language == "text"]
    assert len(pictures) == len(re.findall(r"^## ", page("figures", "en"), re.MULTILINE))


# --- pages


def test_every_page_is_there_and_begins_with_its_title() -> None:
    assert sorted(path.stem for path in packaged("help").glob("*.md")) == sorted((*TOPICS, INDEX))
    result = keygen("help", "--lang", "en")
    assert result.output.startswith("Pages to read:\n")
    for topic in TOPICS:
        title = page(topic, "en").splitlines()[0]
        assert re.fullmatch(r"# \w.*", title)
        assert re.search(rf"keygen help {topic} +\S", result.output)


TRANSLATED = sorted((path.parent.name, path.stem) for path in packaged("help").glob("*/*.md") if path.stem != INDEX)


@pytest.mark.parametrize(("language", "topic"), TRANSLATED)
def test_a_page_in_another_language_has_the_examples_and_the_rows_of_the_page_itself(language: str, topic: str) -> None:
    assert fences(topic, language) == fences(topic)
    assert [codes for _, codes in tables(topic, language)] == [codes for _, codes in tables(topic)]
    heads = [len(re.findall(r"^## ", page(topic, one), re.MULTILINE)) for one in (language, "en")]
    assert heads[0] == heads[1]
    named, known = (set(re.findall(r"`(keygen [^`]*)`", prose(topic, one))) for one in (language, "en"))
    assert named <= known


def test_a_course_s_pages_are_in_its_language_where_they_are_written_in_it(course: Path) -> None:
    Path("templates/settings.toml").write_text('language = "ru"')
    assert keygen("help").output.startswith("Что почитать:\n")
    assert keygen("help", "sheet").output.startswith("# Лист: ")
    assert keygen("help", "sheet", "--lang", "en").output.startswith("# A sheet: ")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "# Лист: "),
        ({"LANG": "en_US.UTF-8"}, "# A sheet: "),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "de_DE"}, "# A sheet: "),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LC_ALL": "ru"}, "# Лист: "),
        ({"LANG": "C.UTF-8", "LC_ALL": ""}, "# A sheet: "),
        ({"LANG": "../x"}, "# A sheet: "),
        ({}, "# A sheet: "),
    ],
)
def test_outside_a_course_a_page_is_in_the_reader_s_language(
    said: dict[str, str], title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, language in said.items():
        monkeypatch.setenv(name, language)
    assert keygen("help", "sheet").output.startswith(title)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "settings.toml").write_text('language = "ru"')
    assert keygen("help", "sheet").output.startswith("# Лист: ")


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_that_goes_to_a_pipe_is_its_text(topic: str) -> None:
    assert keygen("help", topic, "--lang", "en").output == page_file(topic, "en").read_text("utf-8")


def test_a_broken_course_and_an_odd_language_have_the_pages_too(course: Path) -> None:
    Path("templates/settings.toml").write_text("language = [")
    expected = page_file("sheet", "").read_text("utf-8")
    assert keygen("help", "sheet").output == keygen("help", "sheet", "--lang", "../x").output == expected


def test_help_on_a_command_is_what_the_command_says() -> None:
    said = keygen("help", "eject").output
    assert said.startswith("Usage: keygen eject [OPTIONS] FILE|EXERCISE\n")
    assert said.splitlines()[1:] == CliRunner().invoke(main, ["eject", "--help"]).output.splitlines()[1:]


def test_an_unknown_page_is_told_with_the_nearest() -> None:
    result = keygen("help", "sheets")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "keygen: there is no page on 'sheets'",
        f"  expected: one of {len(TOPICS)}: `keygen help` shows them",
        "  mend:     did you mean 'sheet'?",
    ]


def test_numbers_and_tables_of_the_page_on_templates_are_printed(course: Path) -> None:
    for fence in fences("template"):
        if fence.file:
            lay(fence)
    page = re.sub(r" +", " ", keygen("show", "mine/unit", "--solutions").output)
    assert "k² │ 1 4 9" in page
    assert "too large" in page


def test_on_a_terminal_a_page_is_set_and_leafed_through(tmp_path: Path) -> None:
    env = {"TERM": "xterm", "PAGER": "cat", "LESS": "FRX", "KEYGEN_CACHE": str(tmp_path)}
    done = on_terminal(("help", "sheet", "--lang", "en"), tmp_path, env, 80)
    assert done.code == 0
    text = re.sub(r"\x1b\[[\d;]*m", "", done.out)
    assert "\nexercises/sheet2.toml:" in text.replace("\r", "")
    assert "| key |" not in text
    assert "```" not in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_pages_keep_to_the_glossary_that_templates_are_held_to(language: str) -> None:
    glossary = tomllib.loads((HERE / "templates" / language / "glossary.toml").read_text("utf-8"))
    for topic in TOPICS:
        text = prose(topic, language)
        for term, others in glossary.items():
            found = [said[0] for other in others for said in re.finditer(rf"\b(?:{other})\b", text, re.IGNORECASE)]
            assert found == [], f"{topic}: the term is {term!r}"
