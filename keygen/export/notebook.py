"""A neutral question as the cells of a notebook: words, data, and for each answer an empty array, a test of its shape
that everybody sees, and a test of its value that is hidden until it is marked.

    answer_4_a_H = np.full((1, 2), np.nan)

Cells here belong to no tool; `notebook_tools` writes them as nbgrader or Otter want them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from keygen.document.nodes import Question
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, NeutralQuestion
from keygen.writers.latex import plain_words
from keygen.writers.markdown import MarkdownWriter, marked

CARRIED = 1e-6
"""How far from a whole number what is computed in single precision may lie, in units or as a share of it."""
SLACK = 1 + 1e-9
"""A tolerance ends where a right rounding may lie: floating point is not to put it outside."""
LISTS = ("choice", "formula")
"""Types of answers that are one of several texts."""
NUMPY = "np"
NUMERIC = ("number", "vector", "matrix", "matrices")
"""Types of data that are arrays."""


@dataclass(frozen=True, slots=True)
class TextCell:
    """Words, in Markdown; of a solution they are for solved notebooks alone."""

    text: str
    solution: bool = False


@dataclass(frozen=True, slots=True)
class DataCell:
    """The data of an exercise, in Python."""

    code: str


@dataclass(frozen=True, slots=True)
class AnswerCells:
    """One answer.

    name    what it is in Python, and in the names of its cells
    told    what it is on the page, in Markdown
    empty   the line that makes it without a value
    right   the line that gives it its value
    shape   the test that everybody sees
    value   the test that is hidden
    points  what it is worth
    """

    name: str
    told: str
    empty: str
    right: str
    shape: str
    value: str
    points: Fraction


def python_name(column: str) -> str:
    """What an answer is called in a notebook: answer_4_a_H."""
    return "answer_" + re.sub(r"\W", "_", column)


PRINTED = "keygen-answers "
"""What the line of output begins with that holds the answers."""
# A student's value may be of any library, and converting it raises what that library likes: the other answers are
# printed all the same.
PRINTING = """{comment}import json


def printed_by_keygen(value):
    try:
        if isinstance(value, list):
            return [printed_by_keygen(one) for one in value]
        return np.asarray(value, dtype=object).tolist()
    except Exception:
        return str(value)


print({mark!r} + json.dumps({{"code": {code!r}, "answers": {{
    name: printed_by_keygen(globals().get(name)) for name in {names!r}
}}}}, default=str))"""


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """The last cell: it prints all answers on one line, which the saved notebook keeps, so that whoever grades it need
    not run it. `told` says so in words, "" where the language has none."""

    variant: str
    names: tuple[str, ...]
    told: str

    @property
    def code(self) -> str:
        """The cell in Python."""
        comment = f"# {self.told}\n" if self.told else ""
        return PRINTING.format(comment=comment, mark=PRINTED, code=self.variant, names=list(self.names))


NotebookCell = TextCell | DataCell | AnswerCells | PrintedCell


class NotebookQuestion:
    """Makes the cells of one question; `say` has the words of a notebook, `words` those of pages."""

    def __init__(self, question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.question, self.say, self.words = question, say, words
        self.writer = MarkdownWriter(question.typesetter)

    def cells(self) -> Iterator[NotebookCell]:
        """Title, conventions, statement, data; then part by part what is asked, answers and solution."""
        problem = self.question.problem
        yield TextCell(f"## {problem.number}. {marked(plain_words(problem.title, self.question.typesetter))}")
        if self.question.conventions is not None:
            box, typesetter = self.question.conventions
            yield TextCell(MarkdownWriter(typesetter).write(box))
        if problem.statement:
            yield TextCell(self.writer.text(problem.statement.blocks))
        data = "\n".join(data_lines(self.question.given))
        if data and any(self.question.boxes):
            yield DataCell(data)
        asked = {part.origin: part for part in self.question.parts}
        for part in problem.parts:
            yield TextCell(self.letter(part) + self.writer.text(part.statement.blocks))
            yield from self.asked(asked[part.key])
            if part.solution:
                heading = f"**{self.words['solution']}.**\n\n"
                yield TextCell(heading + self.writer.text(part.solution.blocks), solution=True)
        if problem.remark:
            heading = f"**{self.words['remark']}** "
            yield TextCell(heading + self.writer.text(problem.remark.blocks), solution=True)

    def letter(self, part: Question) -> str:
        """What heads a part."""
        return f"**{part.letter})** " if len(self.question.problem.parts) > 1 else ""

    def asked(self, part: AskedPart) -> Iterator[NotebookCell]:
        """The answers of a part, and that the notebook does not test the rest."""
        boxes = sum(1 for _ in part.boxes)
        for answer in part.answers:
            if answer.rows:
                own = sum(1 for _ in answer.boxes)
                points = Fraction(1) if part.points is None else part.points * own / boxes
                yield self.answer(part, answer, points)
        if part.unmarked:
            yield TextCell(f"*{self.say[part.unmarked]}*")

    def answer(self, part: AskedPart, answer: AskedAnswer, points: Fraction) -> AnswerCells:
        """The cells of an answer."""
        column = self.question.column(part, answer)
        name = python_name(column)
        letters = answer.each or filter(None, [answer.letter])
        signs = ", ".join(self.writer.math(self.writer.tex(letter)) for letter in letters)
        told = ": ".join(filter(None, (f"`{name}`", self.writer.words(answer.caption), signs)))
        arrays = arrays_of(answer)
        if lists(answer):
            (box,) = answer.boxes
            assert isinstance(box, ChoiceBox)
            options = ", ".join(map(repr, box.options))
            shown = [f": {self.writer.math(self.writer.tex(one))}" for one in box.formulas] or [""] * len(box.options)
            listed = "\n".join(f"- `{option!r}`{told}" for option, told in zip(box.options, shown, strict=True))
            return AnswerCells(
                name, f"{told}\n\n{self.say['choose']}\n\n{listed}", f'{name} = ""',
                f"{name} = {box.options[box.right]!r}", f'assert {name} in ("", {options})',
                f"assert {name} == {box.options[box.right]!r}", points,
            )  # fmt: skip
        shapes = [one.shape for one in arrays]
        empty, right = [f"np.full({shape}, np.nan)" for shape in shapes], [one.written("right") for one in arrays]
        if answer.type == "matrices":
            tests = f"[np.shape(one) for one in {name}] == {shapes}"
            near = " and ".join(one.near(f"{name}[{place}]") for place, one in enumerate(arrays))
            return AnswerCells(
                name, told, f"{name} = [{', '.join(empty)}]", f"{name} = [{', '.join(right)}]", f"assert {tests}",
                f"assert {tests} and {near}", points,
            )  # fmt: skip
        (shape,) = shapes
        tests = f"np.shape({name}) == {shape}"
        return AnswerCells(
            name, told, f"{name} = {empty[0]}", f"{name} = {right[0]}", f"assert {tests}",
            f"assert {tests} and {arrays[0].near(name)}", points,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyArray:
    """An array that is right: its shape, and its entries in a row, each with how far from it one may lie."""

    shape: tuple[int, ...]
    entries: tuple[tuple[Any, float], ...]

    def written(self, which: str) -> str:
        """In Python: what is `right`, or the `tolerance`."""
        values = [entry[which != "right"] for entry in self.entries]
        return f"np.array({nested(values, self.shape)!r})" if self.shape else repr(values[0])

    def near(self, name: str) -> str:
        """The condition in Python that an array is near enough."""
        far = f"np.abs(np.asarray({name}, dtype=float) - {self.written('right')})"
        return f"np.all({far} <= {self.written('tolerance')})"


def lists(answer: AskedAnswer) -> bool:
    """Whether one of several texts is asked for."""
    return answer.type in LISTS


def arrays_of(answer: AskedAnswer) -> list[KeyArray]:
    """The arrays of an answer: several of one that is several matrices."""
    if lists(answer):
        return []
    boxes = list(answer.boxes)
    if answer.type != "matrices":
        return [array_of([box.cell for box in boxes], boxes)]
    grouped = (list(each) for _, each in groupby(boxes, key=lambda box: box.cell[0]))
    return [array_of([box.cell[1:] for box in each], each) for each in grouped]


def array_of(cells: Sequence[tuple[int, ...]], boxes: Sequence[Box]) -> KeyArray:
    """The array whose entries the boxes ask for, at these places of it."""
    shape = tuple(max(each) + 1 for each in zip(*cells, strict=True))
    return KeyArray(shape, tuple(map(entry, boxes)))


def entry(box: Box) -> tuple[Any, float]:
    """What is right in a box, and how far from it one may lie."""
    if isinstance(box, ChoiceBox):
        return box.right == 0, 0.0
    key = box.key
    value = float(key.value if isinstance(key.value, Fraction) else key.decimal)
    return value, CARRIED * max(1.0, abs(value)) if key.whole else float(key.tolerance) * SLACK


def nested(values: Sequence[Any], shape: Sequence[int]) -> Any:
    """Entries in a row as lists of lists."""
    if not shape:
        return values[0]
    size = len(values) // shape[0]
    return [nested(values[start : start + size], shape[1:]) for start in range(0, len(values), size)]


def data_lines(given: Mapping[str, Any]) -> Iterator[str]:
    """The data that are numbers, in Python, by the names that `keygen answers --json` has for them."""
    for name, one in given.items():
        if one["type"] not in NUMERIC:
            continue
        value = one["float"]
        if value is None and one["type"] == "matrices":
            value = floats(one["exact"])
        if value is not None:
            yield f"{f'{name}_' if name == NUMPY else name} = {data(value, one['type'])}"


def floats(exact: Any) -> Any:
    """Exact numbers as floating point."""
    return list(map(floats, exact)) if isinstance(exact, list) else float(Fraction(exact))


def data(value: Any, type: str) -> str:
    """A number, an array or a list of arrays in Python."""
    if type == "matrices":
        return f"[{', '.join(data(one, 'matrix') for one in value)}]"
    if isinstance(value, list):
        return f"np.array({value!r})"
    return repr(int(value)) if float(value).is_integer() else repr(value)
