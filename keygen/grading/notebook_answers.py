"""Notebooks that were handed in as a file of answers, by the map beside an export.

    submitted/1001/sheet4-seed1/sheet4-seed1.ipynb     nbgrader's tree (or autograded/): the first folder says whose
    1001.ipynb                                         Otter's: the file's name is

Nothing of a notebook is run here. Its last cell has printed the answers on one line when it was run, and the saved file
holds that output. Where it does not, what was typed behind `answer_4_a_H =` is read as anybody types it elsewhere.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from keygen.builds.manifest import ManifestExercise
from keygen.course.course import Course
from keygen.errors import KeygenError
from keygen.export.answer_map import ExportMap, MapBox, MapExercise, MapVariant
from keygen.export.notebook import PRINTED, python_name
from keygen.grading.answers_file import AnswersRow
from keygen.grading.class_list import GradedPerson, load_map, order_of_map
from keygen.grading.moodle_responses import ReportedAnswers, Untold, code_in, said
from keygen.grading.typed_text import LONGEST

EMPTY = re.compile(r"(?:\[|,|\s)*(?:np\.full\(\(.*?\), np\.nan\)(?:\]|,|\s)*)+|\"\"|''")
NUMBER = re.compile(r"[-+]?\d*\.?\d*(?:e[-+]?\d+)?", re.IGNORECASE)
LARGEST = 64_000_000
"""Bytes of a notebook that is read."""
FIGURES = 6
"""Significant digits of a number that was computed in floating point: more say nothing, in single precision."""
UNANSWERED = "?"
HIDDEN = ".ipynb_checkpoints"


@dataclass(frozen=True)
class NotebookAnswers:
    """Notebooks in a folder, or one, read by a map."""

    course: Course
    target: str
    map_file: Path
    folder: Path

    @cached_property
    def map(self) -> ExportMap:
        """The map. Raises KeygenError for one of another export."""
        found = load_map(self.course, self.target, self.map_file)
        if found.target != "notebook":
            raise KeygenError(
                "the map is not of notebooks", file=self.map_file, found=f"an export to {found.target}",
                repair="take map.json out of the folder of notebooks that was exported",
            )  # fmt: skip
        return found

    def files(self) -> list[tuple[str, Path]]:
        """Whose each notebook is, and where it lies. Raises KeygenError where there is none."""
        if self.folder.is_file():
            found = [(self.folder.stem, self.folder)]
        else:
            paths = sorted(path for path in self.folder.rglob("*.ipynb") if HIDDEN not in path.parts)
            found = [(self.whose(path), path) for path in paths]
        if not found:
            raise KeygenError(
                "there is no notebook here", file=self.folder, expected="ID/ASSIGNMENT/NAME.ipynb, or ID.ipynb",
                repair="name the folder submitted or autograded of nbgrader's course, or that of the files handed in",
            )  # fmt: skip
        return found

    def whose(self, path: Path) -> str:
        """The student whose notebook lies there."""
        first, *deeper = path.relative_to(self.folder).parts
        return first if deeper else path.stem

    def read(self) -> tuple[dict[str, GradedPerson], ReportedAnswers]:
        """The people, and what they answered; a notebook that cannot be graded says why."""
        variants = {variant.code: variant for variant in self.map.variants}
        people: dict[str, GradedPerson] = {}
        made = []
        for number, (id, path) in enumerate(self.files(), start=1):
            try:
                variant, cells = notebook(path, variants)
            except Untold as error:
                made.append(AnswersRow(number, {"id": id}, f"{path}: {error}"))
                continue
            worked = [ManifestExercise(one.id, one.number, one.given, one.parts) for one in variant.exercises]
            order = order_of_map(self.course, self.map, variant.seed)
            people[id] = GradedPerson(id, "", variant.code, order, partial(tuple, worked))
            made.append(AnswersRow(number, {"id": id, **cells}))
        return people, ReportedAnswers(self.folder, tuple(made))


def notebook(path: Path, variants: Mapping[str, MapVariant]) -> tuple[MapVariant, dict[str, str]]:
    """The variant of one notebook, and its cells by their columns. Raises Untold for what is none of this export's."""
    cells = cells_in(path)
    told = printed(cells)
    code = str(told.get("code", "")) or code_in(words_of(cells), variants)
    if code not in variants:
        raise Untold(f"{f'the code {code[:20]}' if code else 'no code'} is in it, none of the map's")
    variant = variants[code]
    boxes = {box.column: box for one in variant.exercises for box in boxes_asked(one)}
    answers = told.get("answers")
    if isinstance(answers, dict):
        typed = {name: text_of(answer) for name, answer in answers.items()}
    else:
        typed = dict(assignments(cells))
    return variant, {column: said(box, typed.get(python_name(column), "")) for column, box in boxes.items()}


def boxes_asked(exercise: MapExercise) -> Iterator[MapBox]:
    """The first box of each answer that a notebook asks for: values, and formulas that are chosen among others."""
    asked = set()
    for box in exercise.boxes:
        _, part, name = box.column.split(".", 2)
        if box.column not in asked and (box.choices or exercise.parts[part][name]["type"] != "formula"):
            asked.add(box.column)
            yield box


def cells_in(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook. Raises Untold for what is none."""
    try:
        size = path.stat().st_size
        cells = json.loads(path.read_text("utf-8"))["cells"] if size <= LARGEST else None
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise Untold("this is no notebook") from error
    if size > LARGEST:
        raise Untold(f"more than {LARGEST:,} bytes")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Untold("this is no notebook")
    return cells


def lines_of(text: Any) -> str:
    """A text of a notebook, which may be a list of lines."""
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")


def printed(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """What the last cell has printed; nothing where it was not run."""
    for cell in reversed(cells):
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            if not isinstance(output, dict) or output.get("name") != "stdout":
                continue
            for line in lines_of(output.get("text")).splitlines():
                if line.startswith(PRINTED):
                    return in_json(line.removeprefix(PRINTED))
    return {}


def in_json(line: str) -> dict[str, Any]:
    """An object in JSON, its numbers as they are written; nothing for what is none."""
    try:
        found = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def words_of(cells: list[dict[str, Any]]) -> str:
    """The words of a notebook, cell below cell."""
    return "\n".join(lines_of(cell.get("source")) for cell in cells if cell.get("cell_type") == "markdown")


def text_of(value: Any) -> str:
    """An answer that was printed, as somebody would type it; "" where nothing was put in."""
    if isinstance(value, list):
        inside = [text_of(one) for one in value]
        return f"[{', '.join(one or UNANSWERED for one in inside)}]" if any(inside) else ""
    if value is None or value in ("NaN", "nan"):
        return ""
    text = str(value)
    if NUMBER.fullmatch(text) and not text.lstrip("+-").isdigit():
        return f"{float(text):#.{FIGURES}g}"
    return text[: LONGEST + 1]


def assignments(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What stands behind `name =` in each cell of code, in their order; "" for the line that a notebook begins with."""
    for cell in cells:
        source = lines_of(cell.get("source"))
        if cell.get("cell_type") != "code" or len(source) > LONGEST:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a student's code
                statements = ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for one in statements:
            if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
                text = ast.get_source_segment(source, one.value) or ""
                yield one.targets[0].id, "" if EMPTY.fullmatch(text) else text.strip("\"'")
