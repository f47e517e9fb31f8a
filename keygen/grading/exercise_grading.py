"""One student's answers to one exercise: read, compared, followed through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.builds.key_csv import written
from keygen.grading import other_answers
from keygen.grading.arrays import Read, ShapeError, enclosed, flat_texts, read_array, split
from keygen.grading.asked_columns import NUMERIC, AskedColumn
from keygen.grading.comparing import Comparison
from keygen.grading.follow_through import FollowThrough, typed_numbers
from keygen.grading.formula_following import FormulaFollowing, TypedAnswer
from keygen.grading.formula_links import AskedFormula
from keygen.grading.formula_steps import own_steps
from keygen.grading.formulas import Letters
from keygen.grading.graded_exercise import GradedExercise, is_problem
from keygen.grading.replays import Workings
from keygen.grading.traced_formulas import TracedFormula, traced_formula
from keygen.grading.traced_steps import TracedStep
from keygen.grading.typed_text import UnreadableError, damage, plain, unnamed, unquoted
from keygen.grading.verdicts import AnswerVerdict, Rates, VerdictKind
from keygen.mathematics.answers import FormulaSource
from keygen.variants.solved import Solved

FULL, NONE = Fraction(1), Fraction(0)
LENGTH = re.compile(r"(\w+)\.shape\[([01])\]")
SHOWN = 200
"""Characters of a cell that a report repeats."""
FORMULAS = ("expression", "formula")
OF_ENTRIES = ("vector", "matrix", "matrices", "shape", "sequence")
"""Types of answers that are put together of entries."""
GAP = re.compile(r"(?<=[\[({&;,])\s*\?\s*(?=[\])}&;,])")
"""What stands for an entry that was left blank: the answer is not there as a whole."""
UNWRITTEN = frozenset({"", "-", "—", "–", "?", "нет ответа"})
"""What stands in a cell for no formula."""
NOTHING = UNWRITTEN | {"n/a", "na"}
"""What stands in a cell for no answer to a question of numbers."""


def graded(
    exercise: GradedExercise, cells: Mapping[str, str], rates: Rates, taken: Sequence[str] = ()
) -> dict[str, AnswerVerdict]:
    """The verdict on each answer that was asked for, by its column; a cell may be empty, and is one of the columns that
    were `taken` as following where an answer that rests on them agrees."""
    return traced(exercise, cells, rates, taken)[0]


def traced(
    exercise: GradedExercise, cells: Mapping[str, str], rates: Rates, taken: Sequence[str] = ()
) -> tuple[dict[str, AnswerVerdict], Sequence[TracedStep]]:
    """Those verdicts, and the steps of the follow-through in the order of the trace."""
    steps: Sequence[TracedStep] = ()
    found: dict[str, AnswerVerdict] = {}
    followed: list[tuple[AskedColumn, str, Read]] = []
    passed: list[AskedColumn] = []
    written_out: dict[str, TypedAnswer] = {}
    for asked in exercise.columns:
        if asked.column not in cells:
            continue
        if asked.column in taken and not cells[asked.column] and exercise.workings is not None and asked.entries:
            passed.append(asked)
            continue
        if asked.answer.type in FORMULAS and unquoted(cells[asked.column]).casefold() not in UNWRITTEN:
            formula = asked_formula(asked, exercise)
            written_out[asked.column] = TypedAnswer(asked, formula, cells[asked.column], shortened(cells[asked.column]))
            continue
        read = answer_read(asked, cells[asked.column], exercise)
        if isinstance(read, AnswerVerdict):
            found[asked.column] = read
        elif exercise.workings is not None and asked.entries:
            followed.append((asked, shortened(cells[asked.column]), read))
        else:
            found[asked.column] = by_key_alone(asked, shortened(cells[asked.column]), read, exercise)
    misshapen = [(one, found[one.column]) for one in exercise.columns if one.entries and is_misshapen(one, found)]
    if exercise.workings is not None and (followed or passed or misshapen):
        by_formulas = own_steps(written_out.values(), exercise.workings)
        own = Workings(exercise.solved, by_formulas) if by_formulas else None
        grader = FollowThrough(exercise.workings, exercise.quoted, rates, exercise.precision, own)
        found |= {verdict.column: verdict for verdict in grader.verdicts(followed, passed, misshapen)}
        steps = grader.steps
    if written_out:
        known = [asked_formula(one, exercise) for one in exercise.columns if one.answer.type in FORMULAS and one.points]
        marked = any(one.first for one in found.values())
        traced = formulas_of_trace(written_out.values(), exercise.solved)
        found |= FormulaFollowing(exercise.solved, known, written_out, rates, marked, traced).verdicts()
    whole = {
        asked.column: with_damage(found[asked.column], cells[asked.column])
        for asked in exercise.columns
        if asked.column in found
    }
    return whole, steps


def is_misshapen(asked: AskedColumn, found: Mapping[str, AnswerVerdict]) -> bool:
    """Whether an answer could be read, and has another shape."""
    return asked.column in found and found[asked.column].kind == "shape"


def answer_read(asked: AskedColumn, cell: str, exercise: GradedExercise) -> AnswerVerdict | Read:
    """Numbers as they were read, or the verdict on anything else."""
    text, key, shown = unquoted(cell), written(asked.answer), shortened(cell)

    def verdict(kind: VerdictKind, credit: Fraction = NONE, person: str = "") -> AnswerVerdict:
        return AnswerVerdict(asked.column, shown, kind, credit, "", key, person=person)

    numeric = asked.answer.type in NUMERIC and asked.answer.value is not None
    if text.casefold() in (NOTHING if numeric else UNWRITTEN if asked.answer.type in FORMULAS else ("",)):
        return verdict("empty")
    if asked.answer.type in OF_ENTRIES and GAP.search(text):
        return verdict("empty")
    if numeric and (broken := damage(cell)) is not None and broken.lost:
        return verdict("person", person=broken.said)
    try:
        if numeric:
            return read_numbers(cell, asked.answer.value)
        same = other_answers.right(cell, asked.answer, exercise.given)
        return verdict("right", FULL) if same else verdict("wrong")
    except ShapeError as error:
        return verdict("shape", person=str(error))
    except UnreadableError as error:
        return verdict("person", person=f"cannot be read: {error}")


def read_numbers(cell: str, value: Any) -> Read:
    """A number, a vector, a matrix or several matrices, in the shape of the right one."""
    if not isinstance(value, list):
        return read_array(cell, np.shape(value))
    text = unnamed(plain(cell))
    inside = enclosed(text)
    pieces = split(text if inside is None else inside, ",;\n" if inside is not None else ";\n")
    if len(pieces) != len(value):
        raise ShapeError(f"{len(pieces)} matrices in the place of {len(value)}")
    each = [read_array(piece, np.shape(one)) for piece, one in zip(pieces, value, strict=True)]
    return Read([one.value for one in each], tuple(note for one in each for note in one.notes))


def formulas_of_trace(typed: Iterable[TypedAnswer], solved: Solved) -> dict[str, TracedFormula]:
    """Those of some formulas that are of a variable of the trace, by their columns."""
    workings = Workings(solved)
    each = ((one.asked.column, traced_formula(one.asked, one.formula, workings)) for one in typed)
    return {column: traced for column, traced in each if traced is not None}


def asked_formula(asked: AskedColumn, exercise: GradedExercise) -> AskedFormula:
    """A formula that is asked for; `function` and `wrt` are nothing where it is of no problem by differentials."""
    said = exercise.said.get(asked.part, {})
    of, by = (str(said[name].exact) if is_problem(said) else "" for name in ("f", "wrt"))
    return AskedFormula(asked.column, str(asked.answer.exact), letters_of(asked, exercise), of, by)


def letters_of(asked: AskedColumn, exercise: GradedExercise) -> Letters:
    """The letters of a formula: as the part says their shapes, else as the trace has them."""
    said, shapes = exercise.said.get(asked.part, {}), exercise.trace.shapes
    if is_problem(said):
        traits = said["traits"].exact if "traits" in said else []
        sizes = {name: tuple(lengths) for name, lengths in said["shapes"].exact.items()}
        return Letters(sizes, dict(one.split() for one in traits))
    if asked.answer.type != "formula":
        return Letters({}, {})
    source = asked.plain_source
    spelled = source.spelled if isinstance(source, FormulaSource) else ()
    renamed = {text: shapes[name] for name, text in spelled if text.isidentifier()}
    marks = ((name, text, LENGTH.fullmatch(text)) for name, text in spelled)
    lengths = {name: (text, shapes[mark[1]][int(mark[2])]) for name, text, mark in marks if mark}
    inputs = {variable.name: variable.shape for variable in exercise.trace.inputs}
    return Letters({**inputs, **renamed}, {}, lengths)


def by_key_alone(asked: AskedColumn, cell: str, read: Read, exercise: GradedExercise) -> AnswerVerdict:
    """Numbers that no variable of the trace stands behind, beside the key."""
    right = tuple(asked.numbers.values())
    for reading in (read, *read.others):
        typed = typed_numbers(reading)
        compared = Comparison(typed, right, exercise.precision, (lambda digits: np.zeros(len(right)),), tuple)
        if compared.agreement:
            break
    else:
        reading = read
    kind: VerdictKind = compared.agreement or "wrong"
    person = "the comma has two meanings" if read.others else ""
    shown = "; ".join((read_text(reading), *reading.notes))
    credit = NONE if kind == "wrong" else FULL
    return AnswerVerdict(asked.column, cell, kind, credit, shown, written(asked.answer), person=person)


def read_text(read: Read) -> str:
    """Numbers that were read, on one line."""
    each = read.value if isinstance(read.value, list) else [read.value]
    return ", ".join(map(flat_texts, each))


def with_damage(verdict: AnswerVerdict, cell: str) -> AnswerVerdict:
    """A verdict on a cell that a spreadsheet may have cut: a person looks where it is not right as it stands."""
    broken = damage(cell)
    if broken is None or broken.lost or verdict.kind in ("right", "carried", "person", "empty"):
        return verdict
    return replace(verdict, kind="person", credit=NONE, person=broken.said, slips=())


def shortened(cell: str) -> str:
    """A cell as a report repeats it, whatever the language of that."""
    return cell if len(cell) <= SHOWN else f"{cell[:SHOWN]} ..."
