"""Formulas with follow-through: each beside the key's and beside what follows from the student's own earlier formulas.

What follows is not written out: a rule (`formula_rules`) says of the student's two formulas whether one comes from the
other, at the key's random points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from keygen.builds.key_csv import written
from keygen.grading.asked_columns import AskedColumn
from keygen.grading.formula_links import AskedFormula, FormulaLink, holds, links, valued
from keygen.grading.formula_slips import HABITS, slips_behind
from keygen.grading.formulas import agrees, signs_counted, typed_formula
from keygen.grading.grammar import Formula
from keygen.grading.typed_text import UnreadableError
from keygen.grading.verdicts import AnswerVerdict, Rates
from keygen.variants.solved import Solved

FIRST = "the first wrong step"


@dataclass(frozen=True)
class TypedAnswer:
    """A formula that was typed for an answer, as a report repeats it."""

    asked: AskedColumn
    formula: AskedFormula
    cell: str
    shown: str


@dataclass
class FormulaFollowing:
    """Grades the formulas of one student's exercise, `typed` by their columns; `known` are all that it asks for.
    `marked` where its first wrong step is known already."""

    found: Solved
    known: Sequence[AskedFormula]
    typed: Mapping[str, TypedAnswer]
    rates: Rates
    marked: bool = False
    done: dict[str, AnswerVerdict] = field(default_factory=dict)
    read: dict[str, Formula] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)

    def verdicts(self) -> dict[str, AnswerVerdict]:
        """The verdict on each, in the order in which they follow; the first that is wrong is marked."""
        for column in self.typed:
            self.settle(column)
        wrong = next((one for one in self.order if self.done[one].kind in ("slip", "wrong")), None)
        if wrong is not None and not self.marked:
            one = self.done[wrong]
            self.done[wrong] = replace(one, slip="; ".join(filter(None, (one.slip, FIRST))), first=True)
        return self.done

    def settle(self, column: str) -> None:
        """Find the verdict on a formula, on those that it may follow from first."""
        if column in self.done or column not in self.typed:
            return
        one = self.typed[column]
        self.done[column] = self.by_key(one)
        if self.done[column].kind == "wrong":
            ways = self.ways(one)
            for link in ways:
                for place in link.sources:
                    self.settle(self.known[place].column)
            self.done[column] = self.explained(one, ways)
        self.order.append(column)

    def by_key(self, one: TypedAnswer) -> AnswerVerdict:
        """The verdict by the key alone."""
        verdict = AnswerVerdict(one.asked.column, one.shown, "wrong", key=written(one.asked.answer))
        try:
            same = agrees(one.cell, one.formula.key, one.formula.letters)
            self.read[one.asked.column] = typed_formula(one.cell, one.formula.wanted)
        except UnreadableError as error:
            return replace(verdict, kind="person", person=f"cannot be read: {error}")
        if same:
            return replace(verdict, kind="right", credit=Fraction(1))
        return verdict if same is False else replace(verdict, kind="shape")

    def ways(self, one: TypedAnswer) -> Sequence[FormulaLink]:
        """The links to a formula from those of which one was typed."""
        place = self.known.index(one.formula)
        found = links(tuple(self.known)).get(place, ())
        return [link for link in found if any(self.known[source].column in self.typed for source in link.sources)]

    def explained(self, one: TypedAnswer, ways: Sequence[FormulaLink]) -> AnswerVerdict:
        """The verdict on a formula that is not the key's."""
        column, wrong = one.asked.column, self.done[one.asked.column]
        for link in ways:
            if self.off(link) and self.follows(link, self.read[column]):
                from_ = " and ".join(self.known[place].column for place in link.sources)
                reason = self.emptied(link)
                credit = Fraction(0) if reason else self.rates.carried
                return replace(wrong, kind="carried", credit=credit, slip=f"follows from {from_}", person=reason)
        names = slips_behind(
            self.read[column], one.formula, self.found, (one.asked.part, one.asked.name), one.asked.answer
        )
        if not names:
            return wrong
        told = [f"{name} ({one.asked.name})" for name in names]
        text = told[0] if len(told) == 1 else "one of these: " + ", ".join(told)
        again = HABITS.issuperset(names) and self.made.issuperset(names)
        self.made |= HABITS.intersection(names)
        credit = self.rates.carried if again else self.rates.slip
        return replace(
            wrong, kind="carried" if again else "slip", credit=credit, slip=text, slips=tuple((name,) for name in names)
        )

    def off(self, link: FormulaLink) -> bool:
        """Whether one of the formulas that another follows from was typed, and is not the key's."""
        columns = (self.known[place].column for place in link.sources)
        return any(column in self.read and self.done[column].kind in ("wrong", "slip", "carried") for column in columns)

    def formulas(self, link: FormulaLink) -> list[Formula]:
        """The formulas that another follows from: as they were typed, or the key's where none was, or it has another
        shape."""
        each = (self.known[place] for place in link.sources)
        return [
            self.read[one.column]
            if one.column in self.read and self.done[one.column].kind != "shape"
            else one.wanted.formula
            for one in each
        ]

    def follows(self, link: FormulaLink, typed: Formula) -> bool:
        """Whether what was typed follows from the other formulas, as these were typed."""
        points = list(link.points(self.known))
        sources = [valued(one, self.known[place].wanted.values[0][1]) for one, place in self.sources(link)]
        values = (valued(typed, there.right)(there.at) for there in points)
        return all(holds(link.rule, sources, there, value) for there, value in zip(points, values, strict=True))

    def sources(self, link: FormulaLink) -> list[tuple[Formula, int]]:
        """Those formulas with their places."""
        return list(zip(self.formulas(link), link.sources, strict=True))

    def emptied(self, link: FormulaLink) -> str:
        """Why the student's formulas leave nothing to be worked out, "" where they do."""
        pairs = self.sources(link)
        sources = [valued(one, self.known[place].wanted.values[0][1]) for one, place in pairs]
        with np.errstate(all="ignore"):
            for there in link.points(self.known):
                if reason := link.rule.empty(sources, there):
                    return reason
        here, key = (
            sum(map(signs_counted, formulas))
            for formulas in ([one for one, _ in pairs], [self.known[place].wanted.formula for _, place in pairs])
        )
        return "less than half of the work is left" if link.rule.works and 2 * here < key else ""
