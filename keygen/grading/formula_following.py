"""Formulas with follow-through: each beside the key's and beside what follows from the student's own earlier formulas.

What follows is not written out: a rule (`formula_rules`) says of the student's two formulas whether one comes from the
other, at the key's random points.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from keygen.builds.key_csv import written
from keygen.grading.asked_columns import AskedColumn
from keygen.grading.follow_through import FIRST
from keygen.grading.formula_links import AskedFormula, FormulaLink, follows, links
from keygen.grading.formula_replays import FollowedFormula, replayed
from keygen.grading.formula_slips import HABITS, slips_behind, slips_from
from keygen.grading.formulas import agrees, signs_counted, typed_formula
from keygen.grading.grammar import Formula
from keygen.grading.slip_search import habit, homes_of
from keygen.grading.slip_search import told as told_slip
from keygen.grading.traced_formulas import TracedFormula
from keygen.grading.typed_text import UnreadableError, unquoted
from keygen.grading.verdicts import AnswerVerdict, Rates, VerdictKind
from keygen.variants.solved import Solved

FEW = 2
"""Signs of a formula of which a letter by itself may be what a slip has left."""
LESS = "less than half of the work is left"


@dataclass(frozen=True)
class TypedAnswer:
    """A formula that was typed for an answer, as a report repeats it."""

    asked: AskedColumn
    formula: AskedFormula
    cell: str
    shown: str

    @cached_property
    def read(self) -> tuple[Formula, bool | None]:
        """It as it was read, and whether it is the key's; None for one of another shape. Raises UnreadableError."""
        typed = typed_formula(self.cell, self.formula.wanted)
        return typed, agrees(typed, self.formula.wanted)


@dataclass
class FormulaFollowing:
    """Grades the formulas of one student's exercise, `typed` by their columns; `known` are all that it asks for.
    `marked` where its first wrong step is known already, `traced` those that are of the exercise's trace."""

    found: Solved
    known: Sequence[AskedFormula]
    typed: Mapping[str, TypedAnswer]
    rates: Rates
    marked: bool = False
    traced: Mapping[str, TracedFormula] = field(default_factory=dict)
    done: dict[str, AnswerVerdict] = field(default_factory=dict)
    read: dict[str, Formula] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)

    def verdicts(self) -> dict[str, AnswerVerdict]:
        """The verdict on each, in the order in which they follow; the first that is wrong is marked."""
        for column in self.typed:
            self.settle(column)
        paid = (one for one in self.order if self.typed[one].asked.points)
        wrong = next((one for one in paid if self.done[one].kind in ("slip", "wrong", "shape")), None)
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
            for source in self.behind(column, ways):
                self.settle(source)
            self.done[column] = self.explained(one, ways)
        self.order.append(column)

    def by_key(self, one: TypedAnswer) -> AnswerVerdict:
        """The verdict by the key alone."""
        verdict = AnswerVerdict(one.asked.column, one.shown, "wrong", key=written(one.asked.answer))
        try:
            typed, same = one.read
        except UnreadableError as error:
            return replace(verdict, kind="person", person=f"cannot be read: {error}")
        self.read[one.asked.column] = typed
        if same:
            return replace(verdict, kind="right", credit=Fraction(1))
        return verdict if same is False else replace(verdict, kind="shape")

    def ways(self, one: TypedAnswer) -> Sequence[FormulaLink]:
        """The links to a formula from those of which one was typed; none to what belongs to the statement."""
        if one.formula not in self.known:
            return ()
        place = self.known.index(one.formula)
        found = links(tuple(self.known)).get(place, ())
        return [link for link in found if any(self.known[source].column in self.typed for source in link.sources)]

    def behind(self, column: str, ways: Sequence[FormulaLink]) -> list[str]:
        """The columns that a formula may follow from."""
        linked = [self.known[place].column for link in ways for place in link.sources]
        if column in self.traced:
            own, places = self.traced[column], list(self.traced)
            before = places[: places.index(column)]
            linked += (
                name
                for name, one in self.traced.items()
                if own.rests_on(one) and (name in before or one.variable != own.variable)
            )
        return linked

    def explained(self, one: TypedAnswer, ways: Sequence[FormulaLink]) -> AnswerVerdict:
        """The verdict on a formula that is not the key's."""
        column, typed = one.asked.column, self.read[one.asked.column]
        ahead = [link for link in ways if self.off(link)]
        for link in ahead:
            if self.follows(link, typed):
                replay = self.replayed(link)
                self.note(one, self.as_typed(one) if replay is None else replay.text)
                return self.carried(one, [self.known[place].column for place in link.sources], self.emptied(link))
        if column in self.traced:
            return self.by_trace(one, self.traced[column], typed)
        found = [(link, replay) for link in ahead if (replay := self.replayed(link)) is not None]
        for link, replay in found[:1]:
            self.note(one, replay.text)
            if not self.emptied(link) and (names := slips_from(typed, one.formula, replay)):
                return self.with_slips(one, names)
        place = one.asked.part, one.asked.name
        names = slips_behind(typed, one.formula, self.found, place, one.asked.answer)
        if not signs_counted(typed) and signs_counted(one.formula.wanted.formula) > FEW:
            names = ()  # a letter by itself is no formula with a term lost
        return self.with_slips(one, names)

    def with_slips(self, one: TypedAnswer, names: Sequence[str]) -> AnswerVerdict:
        """A formula by matrix differentials behind which there are some known slips, if any."""
        told = [f"{name} ({one.asked.name})" for name in names]
        return self.slipped(one, [(name,) for name in names], told, HABITS.intersection(names))

    def by_trace(self, one: TypedAnswer, traced: TracedFormula, typed: Formula) -> AnswerVerdict:
        """The verdict on a formula of the trace."""
        wrong = [name for name in self.behind(one.asked.column, ()) if self.is_off(name)]
        again = [name for name in wrong if self.traced[name].variable == traced.variable]
        for name in again:
            before = {traced.variable: self.read[name]}
            if traced.follows(typed, before):
                self.note(one, traced.replay(before) or self.as_typed(one))
                return self.carried(one, [name], "")
        wrong = [name for name in wrong if name not in again]
        earlier = {self.traced[name].variable: self.read[name] for name in wrong}
        follows = bool(earlier) and traced.follows(typed, earlier)
        self.note(one, (traced.replay(earlier) if earlier else "") or (self.as_typed(one) if follows else ""))
        if follows:
            short = [name for name in wrong if not self.worked(self.read[name], self.traced[name].asked.wanted.formula)]
            enough = not short or self.worked(typed, one.formula.wanted.formula)
            return self.carried(one, wrong, "" if enough else LESS)
        found = (earlier and traced.slips(typed, earlier)) or traced.slips(typed, {})
        habits = {name for name, _ in (habit(made, traced.workings.trace) for made in found)}
        homes = homes_of(traced.workings.trace)
        told = [told_slip(made, homes) for made in found]
        return self.slipped(one, [(made.name,) for made in found], told, habits)

    def replayed(self, link: FormulaLink) -> FollowedFormula | None:
        """What follows by a link from the formulas as they were typed, if it can be written."""
        return replayed(link, tuple(self.formulas(link)), tuple(self.known))

    def note(self, one: TypedAnswer, replay: str) -> None:
        """Keep what follows from the student's own formulas."""
        self.done[one.asked.column] = replace(self.done[one.asked.column], replay=replay)

    def as_typed(self, one: TypedAnswer) -> str:
        """What was typed, for a formula that follows and that no moves lead to: then it is what follows itself."""
        return unquoted(one.shown)

    def carried(self, one: TypedAnswer, sources: Sequence[str], empty: str) -> AnswerVerdict:
        """A formula that follows rightly from others: for no credit where there was nothing left to do."""
        credit = Fraction(0) if empty else self.rates.carried
        slip = f"follows from {' and '.join(sources)}"
        return replace(self.done[one.asked.column], kind="carried", credit=credit, slip=slip, person=empty)

    def slipped(
        self, one: TypedAnswer, ways: Sequence[tuple[str, ...]], told: Sequence[str], habits: Collection[str]
    ) -> AnswerVerdict:
        """A formula behind which there are some known slips, if any; for a habit that showed before nothing more is
        deducted."""
        wrong = self.done[one.asked.column]
        if not ways:
            return wrong
        text = told[0] if len(set(told)) == 1 else "one of these: " + ", ".join(dict.fromkeys(told))
        again = self.made.issuperset(name for way in ways for name in way)
        self.made |= set(habits)
        kind: VerdictKind = "carried" if again else "slip"
        credit = self.rates.carried if again else self.rates.slip
        return replace(wrong, kind=kind, credit=credit, slip=text, slips=tuple(dict.fromkeys(ways)))

    def is_off(self, column: str) -> bool:
        """Whether a formula was typed that is not the key's."""
        return column in self.read and self.done[column].kind in ("wrong", "slip", "carried")

    def off(self, link: FormulaLink) -> bool:
        """Whether one of the formulas that another follows from was typed, and is not the key's."""
        return any(self.is_off(self.known[place].column) for place in link.sources)

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
        return follows(link, self.formulas(link), self.known, typed)

    def sources(self, link: FormulaLink) -> list[tuple[Formula, int]]:
        """Those formulas with their places."""
        return list(zip(self.formulas(link), link.sources, strict=True))

    def emptied(self, link: FormulaLink) -> str:
        """Why the student's formulas leave nothing to be worked out, "" where they do."""
        pairs = self.sources(link)
        sources = [self.known[place].valued(one) for one, place in pairs]
        with np.errstate(all="ignore"):
            for there in link.points(self.known):
                if reason := link.rule.empty(sources, there):
                    return reason
        enough = all(self.worked(one, self.known[place].wanted.formula) for one, place in pairs)
        return "" if enough or not link.rule.works else LESS

    def worked(self, typed: Formula, key: Formula) -> bool:
        """Whether a formula has half the signs of the key's at least."""
        return 2 * signs_counted(typed) >= signs_counted(key)
