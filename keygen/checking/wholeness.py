"""Whether the page of a solved exercise is whole: each part once and solved, something asked, and nothing used in a
solution that the statement does not give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.calculus.claims import Claim
from keygen.checking.remarks import Remark
from keygen.checking.structure import SOLVE
from keygen.document.conventions import objects_of
from keygen.document.nodes import Problem, Typed
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError, line_where
from keygen.mathematics.terms import Chain, Name, leaves_of, numeric
from keygen.variants.solved import Solved

NUMBER = re.compile(r"\d+(?:(?:\.|\{?,\}?)\d+)?")
UNWRITTEN = frozenset({Fraction(0), Fraction(1)})
"""What a formula need not write: a term that is zero, a factor one."""


def require_parts(made: Problem) -> None:
    """Raise KeygenError for a part that stands twice or has no solution."""
    keys = [part.key for part in made.parts]
    for key, times in Counter(keys).items():
        if times > 1:
            raise KeygenError(
                f"part {key} stands {times} times", file=made.parts[0].statement.file, repair="give each its own letter"
            )
    for part in made.parts:
        if not part.solution:
            raise KeygenError(
                f"part {part.key} has no solution", file=part.statement.file, line=part.statement.line,
                repair=SOLVE,
            )  # fmt: skip


def require_answers(solved: Solved) -> None:
    """Raise KeygenError where there are no answers."""
    exercise = solved.exercise
    if not solved.sources and not solved.problems:
        raise KeygenError(
            "the exercise has no answers", **line_where(exercise.file, r"^answers\b"),
            repair='name what is asked for: answers = {"a": {"gradient": "dL_dw"}}',
        )  # fmt: skip


def unshown(made: Problem, solved: Solved, typesetter: Typesetter) -> Iterator[Remark]:
    """What answers are computed from and no statement shows, in a line of its numbers or among others."""
    statements = (made.statement, *(part.statement for part in made.parts))
    shown = [said for one in statements for said in objects_of(one.blocks)]
    names = {name for said in shown for name in names_of(said)}
    texts = [said.tex if isinstance(said, Typed) else typesetter.typeset(said) for said in shown]
    numbers = UNWRITTEN.union(*map(numbers_in, texts))
    for part in made.parts:
        asked = [source for source in solved.sources.get(part.key, {}).values() if isinstance(source, str)]
        for name in sorted(solved.trace.needs(asked) & set(solved.variant.data) - names):
            if not all(stands(abs(Fraction(x)), numbers) for x in np.ravel(solved.variant.data[name])):
                names.add(name)
                what = f"the answers of part {part.key} are computed from {name!r}, which no statement shows"
                yield Remark(what, solved.exercise.id, part.statement.file, part.statement.line)


def stands(number: Fraction, numbers: Set[Fraction]) -> bool:
    """Whether a number, or its numerator and its denominator, are among those that a page shows."""
    return number in numbers or {Fraction(number.numerator), Fraction(number.denominator)} <= numbers


def numbers_in(tex: str) -> set[Fraction]:
    """The numbers in a text, with a point or a comma."""
    return {Fraction(re.sub(r"\{?,\}?", ".", number)) for number in NUMBER.findall(tex)}


def names_of(said: Any) -> Iterator[str]:
    """The variables whose numbers an object shows: in a line that ends in numbers, behind a claim."""
    match said:
        case Chain(links=links) | Claim(chain=Chain(links=links)) if any(map(numeric, links)):
            yield from (leaf.name for term in links for leaf in leaves_of(term) if isinstance(leaf, Name))
