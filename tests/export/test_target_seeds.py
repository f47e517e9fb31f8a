"""Many variants as Canvas, QTI 2.1, STACK and notebooks read them, against `keygen answers --json` and known slips.

All of them, with the numbers tried: PYTHONPATH=.:tests .venv/bin/python tests/export/test_target_seeds.py 1..50
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat
import numpy as np
import pytest
from canvas_package import CanvasQuestionRead, read_package
from qti21_package import Q, QtiItemRead, read_qti, run
from stack_question import Matrix, StackRead, read_stack

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.builds.sheet import asked_items, solved
from keygen.course.seeding import seeds_of
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.making import question_of
from keygen.variants.slips import numeric, slips
from tests.courses import SHIPPED, keygen, ordered

TARGETS = ("canvas", "canvas-classic", "qti21", "stack", "notebook")
FIGURES = (3, 4, 6)
MOST = 6
"""Slips of a box that are tried where a whole answer is marked."""
WHOLE = re.compile(r"-?\d+")
Cell = tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A box: which entry of which answer it asks for, and what is right there by `answers --json`."""

    column: str
    cell: Cell
    exact: Any
    right: float

    @property
    def whole(self) -> bool:
        return isinstance(self.exact, str) and WHOLE.fullmatch(self.exact) is not None

    def typed(self) -> Iterator[str]:
        """What people type who are right."""
        if self.whole:
            yield self.exact
            return
        for figures in FIGURES:
            yield rounded(self.right, figures)


@dataclass(frozen=True)
class Question:
    """What is asked in one exercise of one seed, and the wrong numbers of a box that slips lead to."""

    name: str
    places: tuple[Place | None, ...]
    """None for a choice."""
    columns: tuple[str, ...]
    wrong: Mapping[tuple[str, Cell], tuple[float, ...]]


Marks = Callable[[int, str], bool]
"""The place of a box and what is typed into it -> whether it counts."""


def rounded(value: float, figures: int) -> str:
    """A number with so many significant digits, as a person types it."""
    text = f"{Context(prec=figures).create_decimal(Decimal(repr(value)))}"
    return f"{Decimal(text):f}" if 1e-7 <= abs(value) < 1e15 else text


def entry(value: Any, cell: Cell) -> Any:
    for place in cell:
        value = None if value is None else value[place]
    return value


def number_at(answer: dict[str, Any], cell: Cell) -> tuple[Any, float]:
    """The exact form of an entry, and its double."""
    exact, near = entry(answer["exact"], cell), entry(answer["float"], cell)
    near = entry(answer.get("decimal"), cell) if near is None and answer.get("decimal") is not None else near
    return exact, float(Fraction(exact) if near is None else Fraction(str(near)))


def asked(sheet: str, seed: int) -> Iterator[Question]:
    """The questions of a seed with their right and wrong numbers."""
    order = ordered(sheet, None, seed)
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, sheet, seed), exact=False)))["exercises"]
    worked = {one["number"]: one["parts"] for one in said}
    for item in asked_items(order):
        found = solved(order, item)
        question = question_of(found, found.answers(), order, item, words("export", order.language))
        places: list[Place | None] = []
        columns = []
        for column, box in question.places:
            _, part, name = column.split(".")
            answer = worked[item.number][part][name]
            columns.append(column)
            choice = hasattr(box, "options")
            places.append(None if choice else Place(column, box.cell, *number_at(answer, box.cell)))
        letters = {key: place for place, key in enumerate(item.entry.parts or ())}
        wrong: dict[tuple[str, Cell], list[float]] = {}
        for slip in slips(found) if numeric(found) else ():
            for part, name in slip.answers:
                letter = "abcdefghijklmnopqrstuvwxyz"[letters[part]] if part in letters else part
                try:
                    answer = slip.answer(part, name)
                except KeygenError:
                    continue
                for place in filter(None, places):
                    if place.column == f"{item.number}.{letter}.{name}":
                        number = entry(answer.float, place.cell)
                        if isinstance(number, float) and abs(number - place.right) > 2 * tolerance(place):
                            wrong.setdefault((place.column, place.cell), []).append(number)
        told = {key: tuple(dict.fromkeys(numbers)) for key, numbers in wrong.items()}
        yield Question(f"{item.number} {order.code}", tuple(places), tuple(columns), told)


def tolerance(place: Place) -> float:
    """Half a unit of the third digit."""
    return 0.0 if place.whole else 0.5 * 10.0 ** (int(f"{place.right:e}".partition("e")[2]) - 2)


# --- what each target has, by number and code


def canvas_marks(question: CanvasQuestionRead) -> Marks:
    return lambda place, typed: question.boxes[place].right_for(typed, question.kind)


def qti_marks(item: QtiItemRead) -> Marks:
    rules = item.root.find(f"{Q}responseProcessing")
    assert rules is not None
    known = {one.get("identifier", ""): one for one in item.responses}
    by_name = {name: rule for rule in rules for name in known if rule.find(f".//{Q}variable[@identifier='{name}']")
               is not None}  # fmt: skip

    def marks(place: int, typed: str) -> bool:
        outcomes = item.outcomes()
        run(by_name[f"R{place + 1}"], {f"R{place + 1}": float(typed)}, outcomes)
        return any(number for name, number in outcomes.items() if name.startswith("RIGHT"))

    return marks


def keyed(title: str) -> str:
    return f"{title.partition(' ')[0]} {title[-9:]}"


def boxes_of(target: str, path: Path) -> dict[str, Marks]:
    """Of targets that mark box by box."""
    if target == "qti21":
        items = (one for section in read_qti(path).sections.values() for one in section)
        return {keyed(one.title): qti_marks(one) for one in items}
    return {keyed(one.title): canvas_marks(one) for group in read_package(path).groups.values() for one in group}


def surveyed(
    sheet: str, seeds: str, folder: Path, targets: tuple[str, ...] = TARGETS
) -> tuple[Counter[str], list[str]]:
    """How many boxes, right numbers and slips were tried with each target, and the contradictions."""
    tried: Counter[str] = Counter()
    faults: list[str] = []
    paths = {}
    for target in targets:
        result = keygen("export", sheet, "--to", target, "--seeds", seeds, "--out", str(folder))
        if result.exit_code:
            faults += (
                [] if " carries n" in result.stderr else [f"{sheet} to {target}: {result.output}{result.exception}"]
            )
            tried[f"{target} carries nothing"] += 1
            continue
        paths[target] = Path(result.stdout.strip())
    boxed = {target: boxes_of(target, path) for target, path in paths.items() if target in TARGETS[:3]}
    trees = {keyed(one.name): one for one in read_stack(paths["stack"])} if "stack" in paths else {}
    for seed in seeds_of(seeds):
        questions = list(asked(sheet, seed))
        for question in questions:
            for target, marked in boxed.items():
                if question.name in marked:
                    try_boxes(target, question, marked[question.name], tried, faults)
            if question.name in trees:
                try_trees(question, trees[question.name], tried, faults)
        if "notebook" in paths:
            try_cells(questions, paths["notebook"] / f"solutions/{sheet}-seed{seed}.ipynb", tried, faults)
    return tried, faults


def spelled(target: str, typed: str) -> set[str]:
    """A number as it is typed; Canvas takes a comma and a minus too."""
    return {typed, typed.replace(".", ","), typed.replace("-", "−")} if target.startswith("canvas") else {typed}


def try_boxes(target: str, question: Question, marks: Marks, tried: Counter[str], faults: list[str]) -> None:
    """Each box takes every right rounding, and no slip."""
    for index, place in enumerate(question.places):
        tried[f"{target} boxes"] += 1
        if place is None:
            continue
        for text in (one for typed in place.typed() for one in spelled(target, typed)):
            tried[f"{target} right"] += 1
            if not marks(index, text):
                faults.append(f"{target} {question.name} {place.column} {place.cell}: {text} refused")
        for number in question.wrong.get((place.column, place.cell), ()):
            tried[f"{target} slips"] += 1
            if marks(index, repr(number)):
                faults.append(f"{target} {question.name} {place.column} {place.cell}: {number} for {place.right}")


def shaped(like: Any, entries: list[Any]) -> Any:
    """Entries in a row as a matrix of the size of another, or the one number."""
    if not isinstance(like, Matrix):
        return entries[0]
    width = len(like.rows[0])
    return Matrix(*(entries[start : start + width] for start in range(0, len(entries), width)))


def try_trees(question: Question, stack: StackRead, tried: Counter[str], faults: list[str]) -> None:
    """Each tree takes right roundings of all its entries, and none of the answers that a slip leads to."""
    right = stack.right()
    tried["stack boxes"] += len(question.places)
    if sum(map(size, right.values())) != len(question.places):
        faults.append(f"stack {question.name}: inputs for other than {len(question.places)} boxes")
        return
    places = iter(question.places)
    asked_in = {name: [next(places) for _ in range(size(value))] for name, value in right.items()}
    trees = [(tree, judged(tree)) for tree in stack.root.findall("prt")]
    if [name for _, names in trees for name in names] != list(right):
        faults.append(f"stack {question.name}: trees judge {[names for _, names in trees]}")
        return

    def typed(figures: int, other: Mapping[str, Mapping[int, float]] = MappingProxyType({})) -> dict[str, Any]:
        """What is typed into all inputs, some entries others."""
        return {
            name: shaped(
                right[name],
                [other.get(name, {}).get(k, shown(p, figures, right[name], k)) for k, p in enumerate(own)],
            )
            for name, own in asked_in.items()
        }

    for figures in FIGURES:
        for tree, names in trees:
            tried["stack right"] += 1
            if stack.walked(tree, typed(figures)).score != 1:
                faults.append(f"stack {question.name} {names}: {figures} digits refused")
    tree_of = {name: tree for tree, names in trees for name in names}
    for name, own in asked_in.items():
        for k, place in enumerate(own):
            for number in () if place is None else question.wrong.get((place.column, place.cell), ())[:MOST]:
                tried["stack slips"] += 1
                if stack.walked(tree_of[name], typed(12, {name: {k: number}})).score:
                    faults.append(f"stack {question.name} {name} [{k}]: {number}")


def judged(tree: ET.Element) -> list[str]:
    """The inputs that a tree judges, as far as its first line says."""
    first = tree.findtext("feedbackvariables/text", "").splitlines()
    (line,) = (one for one in first if one.startswith("typed:"))
    return re.findall(r"ans\d+", line)


def size(value: Any) -> int:
    return len(value.entries()) if isinstance(value, Matrix) else 1


def shown(place: Place | None, figures: int, value: Any, index: int) -> Any:
    """What is typed into an entry; of a choice what is right."""
    if place is None:
        return value.entries()[index] if isinstance(value, Matrix) else value
    return Fraction(place.exact) if place.whole else float(rounded(place.right, figures))


def try_cells(questions: list[Question], path: Path, tried: Counter[str], faults: list[str]) -> None:
    """Each hidden test takes right roundings, and no answer in which one entry is a slip's."""
    book = nbformat.read(path, as_version=4)
    code = {one.metadata.nbgrader.grade_id: one.source for one in book.cells if "nbgrader" in one.metadata}
    names: dict[str, Any] = {"np": np}
    for called, source in code.items():
        if called.startswith("answer_"):
            exec(source, names)
    for question in questions:
        tried["notebook boxes"] += len(question.places)
        for column in dict.fromkeys(question.columns):
            places = [p for p, own in zip(question.places, question.columns, strict=True) if own == column]
            called = "answer_" + re.sub(r"\W", "_", column)
            if None in places or isinstance(names[called], list):
                continue
            test = compile(code[f"value_{called}"], called, "exec")
            for figures in FIGURES:
                tried["notebook right"] += 1
                if not passes(test, names | {called: array(places, figures, {})}):
                    faults.append(f"notebook {question.name} {column}: {figures} digits refused")
            for place in places:
                for number in question.wrong.get((place.column, place.cell), ())[:MOST]:
                    tried["notebook slips"] += 1
                    if passes(test, names | {called: array(places, 12, {place.cell: number})}):
                        faults.append(f"notebook {question.name} {column} {place.cell}: {number} for {place.right}")


def array(places: list[Any], figures: int, other: Mapping[Cell, float]) -> Any:
    """An answer of these entries, some of which are others."""
    entries = {p.cell: other.get(p.cell, float(p.exact if p.whole else rounded(p.right, figures))) for p in places}
    if list(entries) == [()]:
        return entries[()]
    made = np.empty([max(each) + 1 for each in zip(*entries, strict=True)])
    for cell, value in entries.items():
        made[cell] = value
    return made


def passes(test: Any, names: dict[str, Any]) -> bool:
    try:
        exec(test, names)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(("sheet", "seeds"), [("sheet2", "3"), ("sheet5", "4"), ("sheet7", "3..4")])
def test_every_target_takes_right_roundings_and_no_slip(sheet: str, seeds: str, tmp_path: Path) -> None:
    tried, faults = surveyed(sheet, seeds, tmp_path)
    assert not faults
    assert all(tried[f"{target} {what}"] > 10 for target in TARGETS for what in ("boxes", "right", "slips"))


if __name__ == "__main__":
    for each in sys.argv[2:] or sorted(SHIPPED.sheets):
        with tempfile.TemporaryDirectory() as name:
            counted, wrong = surveyed(each, sys.argv[1], Path(name))
            print(each, re.sub(r"[{}']|Counter", "", str(dict(sorted(counted.items())))), flush=True)
            print(*(f"    {one}" for one in wrong[:40]), sep="\n", flush=True)
            print(f"    {len(wrong)} contradictions", flush=True)
