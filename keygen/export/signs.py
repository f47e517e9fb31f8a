"""Signs of answers: what stands before a box, as the page writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np

from keygen.engine.trace import is_link
from keygen.mathematics.answers import Answer, ConcludedSource, FormulaSource, MatricesSource, StatedSource
from keygen.mathematics.terms import Apply, Chain, Name, Term
from keygen.matrix.exercises import Result
from keygen.variants.solved import Solved

Cell = tuple[int, ...]


def letters_of(source: Any, found: Solved) -> dict[Cell, Term]:
    """The sign of an answer, at the place (), or those of its entries where it is put together of variables; of several
    matrices at the place of each."""
    match source:
        case ConcludedSource(source=StatedSource(value=bool() | str())):
            return {}
        case ConcludedSource(source=inner, says=lines):
            return letters_of(inner, found) or sides_of(lines)
        case FormulaSource(name=name) if name in found.trace.shapes and not is_link(name):
            return {(): found.name(name)}
        case str() if not is_link(source):
            return {(): found.name(source)}
        case MatricesSource(names=names) if not any(map(is_link, names)):
            return {(place,): found.name(name) for place, name in enumerate(names)}
        case list() | tuple():
            named = np.array(source, dtype=object)
            return {place: found.name(str(name)) for place, name in np.ndenumerate(named) if not is_link(str(name))}
    return {}


def sides_of(lines: Sequence[Any]) -> dict[Cell, Term]:
    """The sign that stands before the one line by which a page shows an answer, where it is equal to all behind it."""
    if len(lines) != 1 or not isinstance(lines[0], Chain):
        return {}
    (line,) = lines
    equal = all(line.relation(place) == "=" for place in range(1, len(line.links)))
    match line.links[0]:
        case Name() | Apply(primitive="expectation" | "variance") as sign if equal:
            return {(): sign}
    return {}


def result_said(source: Any) -> Result | None:
    """The line of a page that a formula is, the last that its table of answers has, where it is one by matrix
    differentials."""
    match source:
        case ConcludedSource(says=lines) if lines:
            said = lines[-1]
        case Answer(says=said):
            pass
        case _:
            return None
    return said if isinstance(said, Result) else None


def ambiguous(written: Sequence[Sequence[Hashable]]) -> Iterator[bool]:
    """Of the signs of each answer, whether one of them is written twice, in the answer or in another."""
    seen = Counter(sign for signs in written for sign in signs)
    return (any(seen[sign] > 1 for sign in signs) for signs in written)
