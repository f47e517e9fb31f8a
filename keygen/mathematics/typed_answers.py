"""Answers that are neither numbers nor formulas: a choice among options, sets, sequences, tables, edges, shapes.

Each word makes an answer as CLI.md has it, and refuses what could not be told right from wrong: an option that equals
the key, an element that is there twice, rows of different lengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import combinations
from typing import Any

from keygen.errors import KeygenError
from keygen.mathematics.answers import Answer, ShapeSource
from keygen.mathematics.comparison import equal_values
from keygen.mathematics.fast_check import apart
from keygen.mathematics.formula import formula
from keygen.mathematics.number_format import Policy
from keygen.mathematics.python import to_python
from keygen.mathematics.readback import side_value
from keygen.mathematics.terms import Apply, Literal, Marked, Name, Term, leaves_of

Item = str | bool | int | Fraction | Term
"""What stands in such an answer: a word, whether something is so, a number, a letter or a formula."""

NODE = re.compile(r"x[1-9]\d*|h([1-9]\d*_)?[1-9]\d*|y([1-9]\d*)?|1")
"""Nodes of a network: inputs x1, hidden units h1 (h2_1 in a second layer), the output y (y1, y2), "1" for a bias."""


def multiple_choice(key: Item, *distractors: Item) -> Answer:
    """The option that is right, beside all options in their alphabetical order. Raises KeygenError for a distractor
    that is the key or another one, and where there is none."""
    texts = [written(option) for option in (key, *distractors)]
    if len(texts) < 2:
        raise KeygenError("a choice has no option but the right one", found=str(texts))
    if same := next(((a, b) for a, b in combinations((key, *distractors), 2) if alike(a, b)), None):
        raise KeygenError(
            "two options of a choice are one", found=" and ".join(map(str, map(written, same))),
            repair="let every distractor be another mistake, with another result",
        )  # fmt: skip
    return Answer("choice", texts[0], None, beside={"options": sorted(texts, key=str)})


def set_of(*members: Item) -> Answer:
    """The members, sorted: numbers by their size, then words. Raises KeygenError for one that is there twice."""
    require_different("a set", members)
    return Answer("set", [written(member) for member in sorted(members, key=by_size)], None)


def sequence_of(*items: Item) -> Answer:
    """The items in their order."""
    return Answer("sequence", [written(item) for item in items], None)


def table_of(head: Sequence[Item], rows: Iterable[Sequence[Item]]) -> Answer:
    """Rows under a head. Raises KeygenError for a row that is not as long as the head."""
    cells = [[written(cell) for cell in row] for row in rows]
    for number, row in enumerate(cells, start=1):
        if len(row) != len(head):
            raise KeygenError(
                f"row {number} of an answer's table is not as long as its head", expected=f"{len(head)} cells",
                found=f"{len(row)}",
            )  # fmt: skip
    return Answer("table", {"head": [written(cell) for cell in head], "rows": cells}, None)


def matrices_of(*each: Sequence[Sequence[Item]]) -> Answer:
    """Matrices of letters, formulas and numbers, row by row."""
    return Answer("matrices", [[[written(item) for item in row] for row in rows] for rows in each], None)


def edge_list(*edges: tuple[str, str, Item]) -> Answer:
    """Edges of a network, each (from, to, weight), sorted by their ends; `NODE` says what ends are called. Raises
    KeygenError for another name, and for an edge that is there twice."""
    for *ends, _ in edges:
        for end in ends:
            if not NODE.fullmatch(str(end)):
                raise KeygenError(
                    f"{end!r} is no node of a network",
                    expected='x1, h1 (h2_1 in a second layer), y, or "1" for a bias', found=str(ends),
                )  # fmt: skip
    require_different("a list of edges", [f"{start} -> {end}" for start, end, _ in edges])
    rows = sorted(([start, end, written(weight)] for start, end, weight in edges), key=lambda row: (row[1], row[0]))
    return Answer("edges", rows, None)


def shape_of(*lengths: int | str | Name) -> Answer | ShapeSource:
    """The lengths of the axes of an array, each a whole number, a letter, or a variable of the computation that is a
    whole number, as `Name("m")`. Raises KeygenError for what is none of these."""
    for length in lengths:
        whole = isinstance(length, int) and not isinstance(length, bool) and length > 0
        if not whole and not isinstance(length, Name) and not (isinstance(length, str) and length.isidentifier()):
            raise KeygenError("an axis has no such length", expected="a whole number or a letter", found=repr(length))
    computed = any(isinstance(length, Name) for length in lengths)
    return ShapeSource(lengths) if computed else Answer("shape", list(lengths), None)


def shapes_of(**each: Sequence[int | str]) -> Answer:
    """The lengths of several arrays by their names: shapes_of(X=("B", 12)). Raises KeygenError for a length that is
    neither a whole number above 0 nor a letter."""
    found = {name: shape_of(*lengths) for name, lengths in each.items()}
    return Answer("shapes", {name: shape.exact for name, shape in found.items() if isinstance(shape, Answer)}, None)


def require_different(what: str, items: Sequence[Item]) -> None:
    """Raise KeygenError for an item that is there twice."""
    for one, other in combinations(items, 2):
        if alike(one, other):
            raise KeygenError(f"{what} holds one thing twice", found=f"{written(one)}, {written(other)}")


def written(item: Item) -> Any:
    """An item as JSON has it: numbers exactly, formulas for sympy. Raises KeygenError for what has no exact form."""
    match item:
        case bool() | str():
            return item
        case int() | Fraction():
            return str(Fraction(item))
        case Name() | Literal() | Apply() | Marked():
            return formula(item)
    raise KeygenError(
        "an answer holds what has no exact form", expected="a word, a whole number, a Fraction or a term",
        found=repr(item)[:80],
    )  # fmt: skip


def alike(one: Item, other: Item) -> bool:
    """Whether two items say one thing: numbers and formulas of one value, words but for case and spaces."""
    if is_word(one) or is_word(other):
        return is_word(one) and is_word(other) and folded(one) == folded(other)
    return all(equal_values(value_at(one, point), value_at(other, point)) for point in range(POINTS))


POINTS = 3  # at which formulas are compared


def value_at(item: Item, point: int) -> Any:
    """The value of a number or a formula where each letter has a fraction of its own."""
    if is_number(item):
        return Fraction(item)  # type: ignore[arg-type]  # it is a number
    line = to_python(item, Policy())  # type: ignore[arg-type]  # neither a word nor a number
    names = {leaf.name for leaf in leaves_of(item) if isinstance(leaf, Name)}  # type: ignore[arg-type]
    return side_value(line.text, apart({name: fraction_of(name, point) for name in names}), line.constants)


def fraction_of(name: str, point: int) -> Fraction:
    """A number above 0 that belongs to a letter and a point."""
    digest = sha256(f"{name} {point}".encode()).digest()
    return Fraction(1 + digest[0], 1 + digest[1])


def is_number(item: Item) -> bool:
    """Whether an item is a number, and not whether something is so."""
    return isinstance(item, int | Fraction) and not isinstance(item, bool)


def is_word(item: Item) -> bool:
    """Whether an item is a word, or whether something is so."""
    return isinstance(item, str | bool)


def folded(item: Item) -> str:
    """A word as it is compared."""
    return " ".join(str(item).casefold().split())


def by_size(item: Item) -> tuple[bool, Fraction, str]:
    """Numbers before words, in their order."""
    return (False, Fraction(item), "") if is_number(item) else (True, Fraction(0), str(written(item)))  # type: ignore[arg-type]  # it is a number
