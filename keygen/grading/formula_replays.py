"""What follows from formulas that somebody typed, written out by matrix differentials: the replay of a formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from keygen.errors import KeygenError
from keygen.grading.formula_expressions import expression, symbol
from keygen.grading.formula_links import AskedFormula, FormulaLink, follows
from keygen.grading.grammar import Formula
from keygen.grading.typed_text import UnreadableError
from keygen.matrix.expression import Expression, Symbol
from keygen.matrix.printing import numpy_form

FAILURES = (ArithmeticError, IndexError, KeygenError, RecursionError, TypeError, UnreadableError, ValueError)
"""What the moves say where they do not lead to an end: nobody proves beforehand that they do."""


@dataclass(frozen=True, slots=True)
class FollowedFormula:
    """A formula that follows from others.

    value  it as an expression, `text` as the key writes formulas
    of     what it is the derivative of, and by what, where it is one
    """

    value: Expression
    text: str
    of: tuple[Expression, Symbol] | None


@lru_cache(maxsize=256)
def replayed(
    link: FormulaLink, sources: tuple[Formula, ...], asked: tuple[AskedFormula, ...]
) -> FollowedFormula | None:
    """What follows by a link from formulas for its sources; None where the moves do not lead to it. It has been held
    against them at the key's random points, as what a student types is."""
    target, behind = asked[link.target], [asked[place] for place in link.sources]
    there = next(link.points(asked), None)
    if there is None:
        return None
    try:
        each = [expression(one, of.letters, of.shape) for one, of in zip(sources, behind, strict=True)]
        x = symbol(there.name, behind[-1].letters)
        found = link.rule.written(each, x, there)
        text = numpy_form(found)
        back = target.wanted.read(target.letters.spelled(text))
        of = (each[0], x) if link.rule.derives else None
        return FollowedFormula(found, text, of) if follows(link, sources, asked, back) else None
    except FAILURES:
        return None
