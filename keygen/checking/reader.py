"""What is known of one variant, whatever the language of its page: the oracle's numbers; its answers and conditions,
which are compared with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise
from math import inf, isinf
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.calculus.claims import Claim, Given
from keygen.calculus.quantities import Quantity, UnitMeaning
from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import each
from keygen.checking.exact_text import value_of
from keygen.checking.finished import PageFormula, bare
from keygen.checking.lines import RoundingCandidates, pool, right, said
from keygen.checking.oracle import Oracle, OraclePoint, UnknownValue, entered
from keygen.checking.slips import point_of
from keygen.checking.tex_tokens import printed
from keygen.checking.tex_value import TexValue
from keygen.checking.traversal import beside, found_in
from keygen.errors import FalseClaim, KeygenError
from keygen.figures.figure import Figure
from keygen.figures.tables import Table, TensorShape
from keygen.mathematics.answers import Answer, ConcludedSource, ShapeSource, SpelledSource
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Apply, Chain, Marked, Name
from keygen.matrix.marks import MatrixObject
from keygen.variants.solved import Solved

DECIMAL = 17  # significant figures of an answer that no double is near to
RELATIONS: Mapping[str, Callable[[set[int]], bool]] = {
    "=": {0}.issuperset, "!=": lambda signs: signs != {0},
    "<": {-1}.issuperset, ">": {1}.issuperset,
    "<=": {-1, 0}.issuperset, ">=": {0, 1}.issuperset,
}  # fmt: skip
"""What the signs of left - right, entry by entry, are where a relation holds."""


class VariantReader:
    """What is known of one variant, whatever the language of its page."""

    def __init__(
        self, solved: Solved, chains: tuple[Chain, ...], formulas: Mapping[str, MatrixObject] = MappingProxyType({})
    ) -> None:
        self.solved, self.chains, self.oracle = solved, chains, Oracle(solved)
        self.formulas = {bare(text): (text, shown) for text, shown in formulas.items()}
        self.counts: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.unproven: Counter[str] = Counter()
        self.false: list[KeygenError] = []
        self.calculated: Counter[str] = Counter()
        self.read: set[Any] = set()

    @cached_property
    def pool(self) -> RoundingCandidates:
        """The numbers of the trace."""
        return pool(self.oracle.settled.values())

    @cached_property
    def origins(self) -> Mapping[int, Any]:
        """The oracle's value of every number that the engine has in its trace, by identity."""
        found: dict[int, Any] = {}
        for name, value in self.solved.values.items():
            exact = self.oracle.settled[name]
            if isinstance(value, np.ndarray):
                if value.dtype == object:
                    found.update(zip(map(id, value.flat), mp.entries(exact), strict=True))
            else:
                found[id(value)] = exact
        return found

    @cached_property
    def prepared(self) -> tuple[Any, ...]:
        """The tables, figures, claims, quantities and shapes that the exercise prepared for its page."""
        return tuple(found_in(self.solved.shown, (Table, Figure, Claim, Quantity, UnitMeaning, TensorShape)))

    @cached_property
    def figure_labels(self) -> tuple[Any, ...]:
        """The labels of all figures."""
        figures = (figure for figure in self.prepared if isinstance(figure, Figure))
        return tuple(
            label for figure in figures for label in found_in(figure, (Chain, Claim, Given, Name, Apply, Marked))
        )

    def own(self, value: Any) -> TexValue | None:
        """The oracle's value of a number or an array that an exercise prints: what it is in the trace, or what it says
        that it was computed from. None if it says nothing."""
        if isinstance(value, np.ndarray):
            parts = [self.own(x) for x in value.flat]
            if any(part is None for part in parts):
                return None
            array = np.empty(value.shape, dtype=object)
            array.ravel()[:] = [part.array for part in parts if part is not None]
            return TexValue(array)
        if id(value) in self.origins:
            return TexValue(self.origins[id(value)])
        try:
            return TexValue(mp.settled(lambda: entered(value)))
        except UnknownValue:
            return None

    def wrong(self, what: str, where: str, expected: str, found: str, piece: PageFormula | None = None) -> None:
        """Something false on a page (at its template's line) or in an answer."""
        self.false.append(
            FalseClaim(
                what,
                exercise=self.solved.exercise.id,
                who=self.solved.variant.who,
                file=piece.file if piece and piece.file else self.solved.exercise.file,
                line=piece.line if piece and piece.line else None,
                source=where,
                expected=expected,
                found=found,
                repair="this is a defect of keygen or of the exercise; please report it with the seed",
            )
        )

    # Answers

    def read_answers(self, policy: Policy) -> None:
        """Every number of the answers: its double, its decimals, its exact form, and the figures of a page."""
        sources = self.solved.sources
        for part, answers in self.solved.answers().items():
            for name, answer in answers.items():
                if answer.type in ("number", "vector", "matrix", "matrices"):
                    self.read_answer(f"{part}) {name}", sources[part][name], answer, policy)
                elif isinstance(source := sources[part][name], ShapeSource):
                    self.read_shape(f"{part}) {name}", source.lengths, answer.exact)

    def read_shape(self, name: str, lengths: Sequence[int | str | Name], exact: Sequence[Any]) -> None:
        """The lengths of a shape that are computed."""
        for length, found in zip(lengths, exact, strict=True):
            if isinstance(length, Name):
                self.counts["answers"] += 1
                settled = mp.entries(self.oracle.settled[length.name])[0]
                if settled != found:
                    self.wrong(f"a length of the answer {name} is false", "", str(settled), str(found))

    def read_answer(self, name: str, source: Any, answer: Answer, policy: Policy) -> None:
        """One answer that is a number or several."""
        exact, shown = self.answered(source), answer.as_json(policy)
        doubles = list(beside(shown["float"], shown["float"]))
        if exact is None:
            self.unproven[f"answer {name}"] += len(doubles)
            return
        significant = policy.significant
        others = [list(beside(shown["float"], shown.get(form))) for form in ("decimal", "exact", "page")]
        for x, double, decimal, text, figures in zip(exact, doubles, *others, strict=True):
            self.counts["answers"] += 1
            for what, given, correct in (
                ("a number of the answer {} is false", repr(double), partial(is_double, double, decimal)),
                ("the decimals of the answer {} are false", decimal, partial(has_figures, decimal, DECIMAL)),
                ("the exact form of the answer {} is false", text, partial(same_exactly, text)),
                ("a page's figures of the answer {} are false", figures, partial(has_figures, figures, significant)),
            ):  # fmt: skip
                if given is not None and not mp.settled(partial(correct, x)):
                    self.wrong(what.format(name), "", said(TexValue(x)), given)

    # Conditions

    def read_conditions(self) -> None:
        """The relations by which words are chosen."""
        for name, condition in self.solved.conditions.items():
            for chain in condition.because:
                try:
                    false = mp.settled(partial(self.broken, chain))
                except LookupError as error:
                    self.unread[f"the condition {name}: {error}"] += 1
                    continue
                self.counts["relations"] += len(chain.links) - 1
                if false is not None:
                    self.wrong(f"the condition {name} is false", "", *false)

    def broken(self, chain: Chain) -> tuple[str, str] | None:
        """Two neighbours in a chain whose relation does not hold, None where all hold."""
        point = point_of(chain, self.oracle)
        sides = [point.term(link) for link in chain.links]
        for place, (one, other) in enumerate(pairwise(sides), start=1):
            signs = {mp.sign(x) for x in mp.entries(each(mp.minus, one, other))}
            if not RELATIONS[chain.relation(place)](signs):
                return f"{said(TexValue(one))} {chain.relation(place)} the other side", said(TexValue(other))
        return None

    def answered(self, source: Any) -> list[Any] | None:
        """The oracle's numbers behind a source of an answer; None where there are none."""
        settled = self.oracle.settled
        match source:
            case ConcludedSource(source=inner):
                return self.answered(inner)
            case str():
                return mp.entries(settled[source])
            case list() | tuple():
                return [mp.entries(settled[str(name)])[0] for name in np.array(source, dtype=object).flat]
            case SpelledSource(term=term, value=value) if value is not None:
                try:
                    return mp.entries(mp.settled(lambda: OraclePoint({}, {}, self.oracle).term(term)))
                except (UnknownValue, ArithmeticError, ValueError):
                    return None
        if hasattr(source, "names"):
            return [x for name in source.names for x in mp.entries(settled[name])]
        if hasattr(source, "value"):
            value = source.value
            array = np.array(value, dtype=object) if isinstance(value, list | tuple) else value
            own = self.own(array)
            return None if own is None else mp.entries(own.array)
        return None


def is_double(double: float | None, decimal: str | None, exact: Any) -> bool:
    """Whether a double is the nearest to the exact number; without one, whether that would be 0 or infinite though the
    number is neither, and decimals are there instead."""
    nearest = as_double(exact)
    if double is None:
        return decimal is not None and bool(exact) and (nearest == 0 or isinf(nearest))
    return bool(nearest == double) and not (nearest == 0 and exact) and not isinf(nearest)


def as_double(exact: Any) -> float:
    """The double that is nearest to a number: 0 or infinite where no other is."""
    if not isinstance(exact, Fraction):
        sign, mantissa, exponent, _ = exact._mpf_
        whole = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
        exact = -whole if sign else whole
    try:
        return float(exact)
    except OverflowError:
        return -inf if exact < 0 else inf


def has_figures(text: str, significant: int, exact: Any) -> bool:
    """Whether a number as a page shows it is the exact one: 2/3 and 3*sqrt(2)/4 themselves, a decimal itself or rounded
    half away from zero to so many figures."""
    if "/" in text or "sqrt" in text:
        return same_exactly(text, exact)
    magnitude = printed(text.removeprefix("-"))
    return right(exact, -magnitude.value if text.startswith("-") else magnitude.value, magnitude, significant)


def same_exactly(text: str, exact: Any) -> bool:
    """Whether an exact form has the value."""
    found = value_of(text)
    if isinstance(found, Fraction) and isinstance(exact, Fraction):
        return found == exact
    difference = abs(mp.inexact(found) - mp.inexact(exact))
    return bool(difference <= abs(mp.inexact(exact)) * mp.inexact(Fraction(1, 10**mp.DIGITS)))
