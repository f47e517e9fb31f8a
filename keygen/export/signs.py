"""Signs of answers: what stands before a box, as the page writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keygen.engine.trace import is_link
from keygen.mathematics.answers import Answer, ConcludedSource, FormulaSource, MatricesSource, StatedSource
from keygen.mathematics.names import name_tex
from keygen.mathematics.terms import Apply, Chain, Name, Term
from keygen.matrix.marks import MatrixObject
from keygen.variants.solved import Solved

if TYPE_CHECKING:
    from keygen.matrix.exercises import Result

Cell = tuple[int, ...]
WORD = re.compile(r"\\mathrm\{[A-Za-z]{2,}|(?<![A-Za-z\\])[A-Za-z]{3,}")
"""What in the TeX of a name is a word and no sign."""


def letters_of(source: Any, found: Solved) -> dict[Cell, Term]:
    """The sign of an answer, at the place (), or those of its entries where it is put together of variables; of several
    matrices at the place of each. A variable that is called by a word, and has no sign of its own, has none."""
    match source:
        case ConcludedSource(source=StatedSource(value=bool() | str())):
            return {}
        case ConcludedSource(source=inner, says=lines):
            return letters_of(inner, found) or sides_of(lines)
        case FormulaSource(name=name):
            return signs_of({(): name}, found)
        case MatricesSource(names=names):
            return signs_of({(place,): name for place, name in enumerate(names)}, found)
        case str():
            return signs_of({(): source}, found)
        case list() | tuple():
            named = np.array(source, dtype=object)
            return signs_of({place: str(name) for place, name in np.ndenumerate(named)}, found)
    return {}


def signs_of(names: Mapping[Cell, str], found: Solved) -> dict[Cell, Term]:
    """The signs of variables by the places of those that have one."""
    signs = found.signs
    return {
        place: found.name(name)
        for place, name in names.items()
        if name in found.trace.shapes
        and not is_link(name)
        and (name in signs or not WORD.search(name_tex(name, signs)))
    }


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
    differentials. Lines that a function makes are made for that."""
    match source:
        case ConcludedSource(says=lines) if lines:
            said = lines[-1]
        case Answer(says=said):
            pass
        case _:
            return None
    if not isinstance(said, MatrixObject):
        return None
    from keygen.matrix.exercises import Result  # of an exercise that has some

    return said if isinstance(said, Result) else None


def ambiguous(written: Sequence[Sequence[Hashable]]) -> Iterator[bool]:
    """Of the signs of each answer, whether one of them is written twice, in the answer or in another."""
    seen = Counter(sign for signs in written for sign in signs)
    return (any(seen[sign] > 1 for sign in signs) for signs in written)
