"""Neutral questions made: an exercise solved, certified and composed, then what it asks laid out in boxes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from string import ascii_lowercase
from typing import Any, TypeVar

import numpy as np
from msgspec.structs import replace

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, nodes_of, policy_of
from keygen.document.covers import conventions_box
from keygen.document.nodes import Blocks, Problem, Question
from keygen.document.slips import in_lines, told_to_whoever_typed
from keygen.document.typesetter import Typesetter
from keygen.engine.mistaken import Mistaken
from keygen.engine.real import Undecided
from keygen.engine.replay import told_apart
from keygen.errors import KeygenError
from keygen.export.formula_choices import formula_choice
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, KnownSlip, NeutralQuestion, NumberBox
from keygen.export.signs import ambiguous, letters_of, result_said
from keygen.export.typed_number import TypedNumber, is_number, typed_number
from keygen.mathematics.answers import (
    Answer,
    FormulaSource,
    MatricesSource,
    as_json,
    without_lines,
)
from keygen.mathematics.terms import Term
from keygen.variants.slips import Slip, found, numeric
from keygen.variants.solved import Solved

MOST = 3
"""Known slips of one box."""
HEAVIEST = 1000
"""Units of a box, where the points of parts have no small common measure."""
FIGURES = "rounding"
"""The convention on how many figures to hand in: of a box that is said beside it."""
STATED = ("f", "wrt", "shapes", "traits")
"""What stands beside the answers of a matrix problem and belongs to its statement."""

Cell = tuple[int, ...]
Entry = tuple[Cell, Any, Any]
"""A place in an answer, the exact form of what is there, and what is."""
CHOSEN = (bool, tuple)
"""What is chosen and not typed: a truth value, one of some options."""
Asked = Mapping[str, Mapping[str, Answer]]
"""Answers by part and name, the parts called as the exercise calls them."""
One = TypeVar("One")
Wrong = tuple[Slip, Any]
"""A slip, and the number that it leads to in one box."""


def asked_of(answers: Mapping[str, Mapping[str, One]], found: Solved, item: SheetItem) -> dict[str, dict[str, One]]:
    """Of the answers of an exercise, or of their sources, those that its sheet asks for, without what belongs to its
    statement. A formula that a part has under two names is asked once."""
    parts = (part for part in answers if item.entry.parts is None or part in item.entry.parts)
    return {part: {name: answers[part][name] for name in once(part, answers[part], found)} for part in parts}


def once(part: str, names: Iterable[str], found: Solved) -> Iterator[str]:
    """The answers of a part that are asked for, without formulas that say what one before them says."""
    said: list[str] = []
    for name in names:
        if found.problems and name in STATED:
            continue
        if is_formula(part, name, found):
            if any(same_formula(part, name, other, found) for other in said):
                continue
            said.append(name)
        yield name


def is_formula(part: str, name: str, found: Solved) -> bool:
    """Whether an answer is a formula, and no expression in numbers; it is not written out for that."""
    source = without_lines(found.sources[part][name])
    return isinstance(source, FormulaSource | Answer) and source.type == "formula"


def same_formula(part: str, name: str, other: str, found: Solved) -> bool:
    """Whether two formulas say the same; those of variables that differ in their axes do not."""
    axes = [
        tuple(length for length in found.trace.shapes[source.name] if length != 1)
        for source in (found.formula_behind(part, one) for one in (name, other))
        if source is not None
    ]
    if len(set(axes)) == 2:
        return False
    one, before = (found.answer(part, each) for each in (name, other))
    return (one.exact, one.says) == (before.exact, before.says)


def boxless(asked: Mapping[str, Iterable[str]], found: Solved) -> Iterator[tuple[str, str, str]]:
    """Of the answers asked for those that no boxes hold: part, name and type."""
    for part, names in asked.items():
        for name in names:
            source = found.formula_behind(part, name)
            if source is not None and (not found.problems or result_said(found.sources[part][name]) is None):
                yield part, name, source.type
                continue
            one = found.answer(part, name)
            if not fits(entries(one)) and formula_choice(found, part, name, one) is None:
                yield part, name, one.type


def without_boxes(asked: Mapping[str, Iterable[str]], found: Solved) -> tuple[tuple[str, str], ...]:
    """What `boxless` finds, as a report names it: part.name and type."""
    return tuple((f"{part}.{name}", kind) for part, name, kind in boxless(asked, found))


def fits(rows: Sequence[Sequence[Entry]]) -> bool:
    """Whether boxes hold the entries of an answer."""
    return any(rows) and all(is_number(value) or isinstance(value, CHOSEN) for row in rows for *_, value in row)


def question_of(
    found: Solved, answers: Asked, order: SheetRequest, item: SheetItem, say: Mapping[str, str]
) -> NeutralQuestion:
    """An exercise solved for a seed, with its answers, as a question, certified as for a build. `say` has the words
    `yes` and `no`. Raises KeygenError for what is not right in it."""
    assert order.seed is not None, "a pool is made of seeds"
    (problem, typesetter), _ = nodes_of(found, order, item)
    letters = dict(zip(item.entry.parts or (), ascii_lowercase, strict=False))
    boxes, asked = Boxes(found, problem, typesetter, order, say), asked_of(answers, found, item)
    parts = [
        AskedPart(letters.get(part.key, part.key), part.key, boxes.all_of(part, asked), part.points)
        for part in problem.parts
    ]
    plain, pages = policy_of(order.sheet, None), policy_of(order.sheet, order.language)
    conventions = (name for name in problem.conventions if name != FIGURES)
    return NeutralQuestion(
        order.seed, order.code, problem, typesetter, weighed(parts), as_json(found.given(), plain),
        {part: as_json(named, plain) for part, named in item.entry.asked(answers).items()},
        found, conventions_box(conventions, order.language, pages),
    )  # fmt: skip


class Boxes:
    """The boxes of one exercise, with what its known slips lead to."""

    def __init__(
        self, found: Solved, problem: Problem, typesetter: Typesetter, order: SheetRequest, say: Mapping[str, str]
    ) -> None:
        self.found, self.typesetter, self.say = found, typesetter, say
        self.wrong: dict[tuple[str, str, Cell], list[Wrong]] = {}
        self.language = order.language
        if self.language.has("slips.tex") and self.language.has("answer_slip.tex") and numeric(found):
            self.carry_slips(in_lines(problem, found.trace))

    def carry_slips(self, mistakes: Iterable[Mistaken]) -> None:
        """Find what mistakes lead to in each answer that they change first."""
        right: dict[tuple[str, str], dict[Cell, Any]] = {}
        for slip in found(self.found, mistakes):
            for part, name in slip.answers:
                source = self.found.sources[part][name]
                if (part, name) not in right:
                    right[part, name] = values_of(source, self.found.values)
                try:
                    wrong = values_of(source, slip.values, slip.values.moved)
                except KeygenError:  # it has no value any more: the root of a negative number, say
                    continue
                for cell, number in wrong.items():
                    if is_number(number) and told_apart(number, right[part, name][cell]):
                        self.wrong.setdefault((part, name, cell), []).append((slip, number))

    def all_of(self, part: Question, asked: Asked) -> tuple[AskedAnswer, ...]:
        """What a part asks for, answers of one letter told apart."""
        answers = list(self.of(part, asked))
        written = [[*map(self.typesetter.typeset, one.letters), *set(one.sides)] for one in answers]
        pairs = zip(answers, ambiguous(written), strict=True)
        return tuple(replace(one, twin=True) if twin else one for one, twin in pairs)

    def of(self, asking: Question, asked: Asked) -> Iterator[AskedAnswer]:
        """The answers of a part."""
        part = asking.key
        for name, answer in asked.get(part, {}).items():
            letters = letters_of(self.found.sources[part][name], self.found)
            each = tuple(letters[key] for key in letters if key) if answer.type == "matrices" else ()
            letters = {} if each else letters
            cells = entries(answer)
            rows: tuple[tuple[Box, ...], ...] = tuple(
                tuple(self.box(part, name, letters.get(entry[0]) if entry[0] else None, *entry) for entry in row)
                for row in (cells if fits(cells) else ())
            )
            if not rows and (choice := formula_choice(self.found, part, name, answer)) is not None:
                rows = ((choice,),)
            yield AskedAnswer(name, answer.type, letters.get(()), rows, caption=asking.caption(name), each=each)

    def box(self, part: str, name: str, letter: Term | None, cell: Cell, exact: Any, value: Any) -> Box:
        """The box of one entry."""
        match value:
            case bool():
                return ChoiceBox(cell, (self.say["yes"], self.say["no"]), 0 if value else 1, (True, False))
            case tuple():
                return ChoiceBox(cell, value, value.index(str(exact)), value)
        try:
            key = typed_number(value)
        except Undecided as error:
            raise KeygenError(
                f"nobody can tell the digits of the answer {part}.{name}", exercise=self.found.exercise.id,
                who=self.found.variant.who, found=str(error), repair="draw other numbers: widen `given`",
            ) from error  # fmt: skip
        slips = tuple(self.slips(key, self.wrong.get((part, name, cell), ())))
        return NumberBox(cell, exact, key, letter, slips, misread(key, slips))

    def slips(self, key: TypedNumber, wrong: Sequence[Wrong]) -> Iterator[KnownSlip]:
        """The known slips of a box whose numbers can be told from the key and from each other."""
        known = [key]
        for slip, value in wrong:
            try:
                number = typed_number(value)
            except Undecided:
                continue
            if any(number.near(other) for other in known):
                continue
            known.append(number)
            yield KnownSlip(slip.name, number, self.told(slip))
            if len(known) > MOST:
                return

    def told(self, slip: Slip) -> Blocks:
        """The sentence of a slip, whose numbers are those of the trace alone: variants of one structure have one."""
        about = ("typed", self.language.code, slip.made, slip.variable)
        told: Blocks = self.found.trace.memo(about, lambda: told_to_whoever_typed(slip, self.typesetter, self.language))
        return told


def misread(key: TypedNumber, slips: Sequence[KnownSlip]) -> TypedNumber | None:
    """What a system that knows no fractions reads of the key typed as one: the numerator."""
    if key.whole or not isinstance(key.value, int | Fraction):
        return None
    top = Fraction(Fraction(key.value).numerator)
    read = TypedNumber(top, top, Fraction(0))
    return None if any(read.near(other) for other in (key, *(slip.number for slip in slips))) else read


def entries(answer: Answer) -> list[list[Entry]]:
    """The entries of an answer row by row: place, exact form, and the number, the truth value or the options; nothing
    for an answer of a type that has no such entries."""
    match answer.type:
        case "number":
            return [[((), answer.exact, answer.value)]]
        case "boolean":
            return [[((), answer.exact, answer.exact)]]
        case "choice" if "options" in answer.beside:
            return [[((), answer.exact, tuple(map(str, answer.beside["options"])))]]
        case "vector":
            return [[((place,), *pair) for place, pair in enumerate(paired(answer.exact, answer.value))]]
        case "matrix":
            return grid((), answer.exact, answer.value)
        case "matrices" if answer.value is not None:
            each = enumerate(paired(answer.exact, answer.value))
            return [row for place, (exact, value) in each for row in grid((place,), exact, value)]
        case "shape" | "sequence":
            return [[((place,), item, as_number(item)) for place, item in enumerate(answer.exact)]]
    return []


def paired(exact: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    """Exact forms beside numbers; None where there are none."""
    return zip([None] * len(value) if exact is None else exact, value, strict=True)


def grid(place: Cell, exact: Any, value: Any) -> list[list[Entry]]:
    """The entries of a matrix, whose place stands before theirs."""
    return [
        [((*place, i, j), *pair) for j, pair in enumerate(paired(*row))] for i, row in enumerate(paired(exact, value))
    ]


def as_number(item: Any) -> Any:
    """A whole number or a fraction that stands as a text; anything else as it is."""
    if isinstance(item, bool):
        return item
    try:
        return Fraction(item)
    except (TypeError, ValueError):
        return item


def values_of(source: Any, values: Mapping[str, Any], among: Container[str] | None = None) -> dict[Cell, Any]:
    """The numbers of an answer by their places, where variables are behind it; of a list of numbers only those of the
    variables `among` some."""
    match without_lines(source):
        case MatricesSource(names=names):
            return {(k, *cell): one for k, name in enumerate(names) for cell, one in entered(values[name]).items()}
        case str() as name:
            return entered(values[name])
        case list() | tuple() as nested:
            placed = entered(np.array(nested, dtype=object)).items()
            wanted = {place: str(name) for place, name in placed if among is None or str(name) in among}
            return {place: entered(values[name]).popitem()[1] for place, name in wanted.items()}
    return {}


def entered(value: Any) -> dict[Cell, Any]:
    """The numbers of a value by their places."""
    if not isinstance(value, np.ndarray):
        return {(): value}
    return dict(zip(cells(value.shape), value.ravel().tolist(), strict=True))


@lru_cache(maxsize=256)
def cells(shape: tuple[int, ...]) -> tuple[Cell, ...]:
    """The places in an array, row by row."""
    return tuple(np.ndindex(shape))


def weighed(parts: Sequence[AskedPart]) -> tuple[AskedPart, ...]:
    """Parts whose boxes share their points alike, in whole units: exactly, as long as no box has too many of them."""
    counts = [sum(1 for _ in part.boxes) for part in parts]
    shares = [
        Fraction(0) if not count or part.points is None else part.points / count
        for part, count in zip(parts, counts, strict=True)
    ]
    unit = lcm(*(share.denominator for share in shares))
    units = [int(share * unit) for share in shares]
    divisor = gcd(*units)
    if not divisor:
        units = [1] * len(parts)
    elif max(units) // divisor <= HEAVIEST:
        units = [one // divisor for one in units]
    else:
        units = [max(1, round(Fraction(one * HEAVIEST, max(units)))) if one else 0 for one in units]
    return tuple(reweighed(part, weight) for part, weight in zip(parts, units, strict=True))


def reweighed(part: AskedPart, weight: int) -> AskedPart:
    """A part each of whose boxes has this weight; they are made with 1."""
    if weight == 1:
        return part
    rows = (tuple(tuple(replace(box, weight=weight) for box in row) for row in one.rows) for one in part.answers)
    return replace(part, answers=tuple(replace(one, rows=each) for one, each in zip(part.answers, rows, strict=True)))
