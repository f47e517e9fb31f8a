"""Follow-through: each answer beside the key and beside what follows from the student's own earlier answers.

The trace is cut at the values that the student gave and, for one part, at those that its statement quotes. What lies
between is replayed. So a slip costs once, where it is made; what follows rightly from it is carried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np

from keygen.builds.key_csv import written
from keygen.engine.evaluate import as_float
from keygen.errors import KeygenError
from keygen.grading.arrays import Read
from keygen.grading.asked_columns import AskedColumn, Place, numbers_of
from keygen.grading.comparing import Comparison, Precision, distance, same
from keygen.grading.numbers import ReadNumber
from keygen.grading.replays import NO_VALUE, QuickReplay, Workings, at, half_unit, outcome, rounding
from keygen.grading.shared_slip import WrongAnswer, shared
from keygen.grading.slip_search import FoundSlip, SlipSearch, chance, habit
from keygen.grading.traced_steps import TracedStep
from keygen.grading.verdicts import AnswerVerdict, Rates, VerdictKind
from keygen.mathematics.answers import numbers as answer_of

Quoted = Mapping[str, frozenset[str]]
"""The variables that the statement of a part quotes with their values."""
BETTER: dict[VerdictKind, int] = {"right": 6, "carried": 5, "coarse": 4, "slip": 3, "wrong": 2}
STATES_NOTHING: frozenset[str] = frozenset()
AGREEING: frozenset[VerdictKind] = frozenset({"right", "coarse", "carried"})
FIRST = "the first wrong step"
UNTYPED = "nobody typed it, and no answer that agrees rests on all of it"


@dataclass(frozen=True)
class Assessment:
    """What one reading of an answer is worth, before anything follows from it; `given` where it follows rightly.
    `same_as` is the earlier answer that the same slip has made wrong, `wrong` what nothing explains."""

    kind: VerdictKind
    credit: Fraction
    taken: Mapping[str, Any]
    replay: str = ""
    slip: FoundSlip | None = None
    person: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    same_as: str = ""
    wrong: WrongAnswer | None = None


@dataclass
class Progress:
    """What is known of a student's answers so far, in the order of the trace.

    taken   the value of each variable that was answered: the right one, the one that follows, or the one typed
    halves  how far each may be off by the digits typed
    off     those that are not right
    wrong   those of them that do not follow from others
    lent    those that were answered from values which a statement quotes
    made    the slips that were found: a habit is deducted once, wherever it shows
    first   whether the first wrong step was found
    unexplained  the wrong answers behind which there is no known slip
    """

    taken: dict[str, Any] = field(default_factory=dict)
    halves: dict[str, Any] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    lent: set[str] = field(default_factory=set)
    made: set[tuple[str, str]] = field(default_factory=set)
    first: bool = False
    unexplained: list[WrongAnswer] = field(default_factory=list)


class FollowThrough:
    """Grades the answers of one student's exercise that are numbers of its trace; what follows is worked out by the
    student's `own` steps, where some are the student's."""

    def __init__(
        self, workings: Workings, quoted: Quoted, rates: Rates, precision: Precision, own: Workings | None = None
    ) -> None:
        self.workings, self.quoted, self.rates, self.precision = workings, quoted, rates, precision
        self.own = workings if own is None else own
        self.steps: list[TracedStep] = []
        self.agreed: list[tuple[AskedColumn, Mapping[str, Any]]] = []
        self.order = {name: place for place, name in enumerate(workings.trace.shapes)}

    def verdicts(
        self, typed: Iterable[tuple[AskedColumn, str, Read]], passed: Iterable[AskedColumn] = (),
        misshapen: Iterable[tuple[AskedColumn, AnswerVerdict]] = (),
    ) -> list[AnswerVerdict]:  # fmt: skip
        """A verdict for each answer that could be read, in the order of the trace, and for those that whoever typed
        them has `passed` over, since an answer behind them agrees; those of another shape have theirs, and may be the
        first wrong step."""
        student = Progress()
        rows: list[tuple[AskedColumn, str, Read | AnswerVerdict | None]] = [
            *typed, *((asked, "", None) for asked in passed), *((asked, "", one) for asked, one in misshapen)
        ]  # fmt: skip
        found: list[tuple[AskedColumn, AnswerVerdict, tuple[Any, ...] | None]] = []
        for asked, cell, read in sorted(rows, key=lambda one: self.place(one[0])):
            if read is None:
                found.append((asked, *self.passed(student, asked)))
            elif isinstance(read, AnswerVerdict):
                first, student.first = not student.first, True
                found.append((asked, replace(read, slip=FIRST, first=True) if first else read, None))
            else:
                found.append((asked, self.verdict(student, asked, cell, read), None))
        return [one if numbers is None else self.vouched(asked, one, numbers) for asked, one, numbers in found]

    def passed(self, student: Progress, asked: AskedColumn) -> tuple[AnswerVerdict, tuple[Any, ...]]:
        """The verdict on an answer that nobody typed, as what follows from those that were typed before it; and the
        numbers that it is taken to be."""
        answered = Answered(self, student, asked, tuple(map(ReadNumber, asked.numbers.values())))
        key, numbers = written(asked.answer), answered.following
        if numbers is None:
            return AnswerVerdict(asked.column, "", "right", Fraction(1), "", key), answered.right
        empty = answered.emptied()
        credit = Fraction(0) if empty else self.rates.carried
        return AnswerVerdict(
            asked.column, "", "carried", credit, "", key, answered.text(numbers), person=empty
        ), numbers

    def vouched(self, asked: AskedColumn, verdict: AnswerVerdict, numbers: tuple[Any, ...]) -> AnswerVerdict:
        """A verdict on an answer that nobody typed: for a person where no answer that agrees rests on all of it."""
        behind = dict(zip(asked.entries.values(), map(float, numbers), strict=True))
        if any(self.workings.reaches(behind, tuple(one.entries.values()), given) for one, given in self.agreed):
            return verdict
        return replace(verdict, kind="person", credit=Fraction(0), person=UNTYPED)

    def place(self, asked: AskedColumn) -> tuple[int, str]:
        """Where in the trace an answer is known."""
        return max(self.order[name] for name in asked.variables), asked.column

    def verdict(self, student: Progress, asked: AskedColumn, cell: str, read: Read) -> AnswerVerdict:
        """The verdict on one answer, from which the next ones follow. Of two readings the better one counts, and a
        person should look."""
        readings = (read, *read.others)
        found = [self.assessed(student, asked, reading) for reading in readings]
        best = max(range(len(found)), key=lambda place: BETTER[found[place].kind])
        chosen = found[best]
        person = [chosen.person]
        if len({one.kind for one in found}) > 1:
            person.append("the comma has two meanings")
        slip = f"the same slip as in {chosen.same_as}" if chosen.same_as else str(chosen.slip or "")
        first = chosen.kind in ("slip", "wrong") and not student.first
        if first:
            student.first = True
            slip = "; ".join(filter(None, (slip, FIRST)))
        if chosen.kind in AGREEING and chosen.slip is None and not chosen.same_as:
            self.agreed.append((asked, Answered(self, student, asked, typed_numbers(readings[best])).given))
        self.commit(student, asked, readings[best], chosen)
        shown = written_like(asked, dict(zip(asked.numbers, typed_row(readings[best]), strict=True)))
        verdict = AnswerVerdict(
            asked.column, cell, chosen.kind, chosen.credit, "; ".join((shown, *readings[best].notes)),
            written(asked.answer), chosen.replay, slip, "; ".join(filter(None, person)),
            () if chosen.slip is None else chosen.slip.names, first,
        )  # fmt: skip
        typed = arranged(asked, [number.value for number in typed_numbers(readings[best])])
        self.steps.append(TracedStep(asked, verdict, typed, chosen.given))
        return verdict

    def assessed(self, student: Progress, asked: AskedColumn, read: Read) -> Assessment:
        """What a reading is worth; who did not take over what was answered from a quoted value, but went on with what
        came before, has followed rightly, too."""
        typed = typed_numbers(read)
        found = Answered(self, student, asked, typed).assessment
        if found.kind in ("slip", "wrong") and student.off and student.lent:
            other = Answered(self, student, asked, typed, frozenset(student.lent)).assessment
            return max(found, other, key=lambda one: BETTER[one.kind])
        return found

    def commit(self, student: Progress, asked: AskedColumn, read: Read, found: Assessment) -> None:
        """Go on from an answer."""
        typed = typed_numbers(read)
        decided = found.kind not in ("slip", "wrong") and found.slip is None and not found.same_as
        for name, value in found.taken.items():
            if name not in student.taken or found.kind in ("right", "coarse"):
                student.taken[name] = value
                student.halves[name] = offs(asked, name, typed, value, self.precision, decided=decided)
                settled = found.kind in ("right", "coarse") and not found.replay
                student.off = student.off - {name} if settled else student.off | {name}
                student.wrong = student.wrong - {name} if decided else student.wrong | {name}
                if self.quoted.get(asked.part):
                    student.lent.add(name)
        if found.wrong is not None:
            student.unexplained.append(found.wrong)
        if found.slip is not None and found.kind == "slip":
            student.made |= {habit(one, self.workings.trace) for way in found.slip.ways for one in way}


@dataclass(frozen=True)
class ComparedAnswer:
    """An answer beside what it should be from some values: the comparison, the search among the slips between, the
    values that all was `begun` with, and how far each may be off."""

    compared: Comparison
    slips: SlipSearch
    begun: Mapping[str, Any]
    halves: Mapping[str, Any]


class Answered:
    """One answer of a student, the numbers as they were typed, with what it should be."""

    def __init__(
        self, grader: FollowThrough, student: Progress, asked: AskedColumn, typed: tuple[ReadNumber, ...],
        passed_over: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.grader, self.student, self.asked = grader, student, asked
        self.workings, self.own, self.typed = grader.workings, grader.own, typed
        values = self.workings.solved.values
        quoted = grader.quoted.get(asked.part, STATES_NOTHING) - asked.variables
        left = asked.variables | passed_over
        self.given = {name: one for name, one in student.taken.items() if name not in left}
        self.given |= {name: values[name] for name in quoted}
        self.halves = {name: student.halves[name] for name in self.given if name in student.halves}
        self.halves |= {name: rounding(self.workings.floats[name], grader.precision.page) for name in quoted}
        self.off = bool((student.off - quoted) & set(self.given)) or self.by_own_steps
        self.given = self.workings.with_twins(self.given, asked.variables)
        self.halves = self.workings.with_twins(self.halves, asked.variables)
        away = self.workings.with_twins(dict.fromkeys(student.off - quoted), asked.variables)
        self.halves_of_key = {name: half for name, half in self.halves.items() if name not in away}
        self.by_key = {name: values[name] for name in self.given}
        self.quoted = frozenset(self.workings.with_twins(dict.fromkeys(quoted), asked.variables))
        wrong = {name: None for name in student.wrong if name not in left}
        self.wrong = frozenset(self.workings.with_twins(wrong, asked.variables)) | self.quoted

    @property
    def by_own_steps(self) -> bool:
        """Whether a step of the student's own leads to it."""
        steps = self.own.steps
        return bool(steps) and not self.workings.segment(self.asked.variables, self.given).isdisjoint(steps)

    @cached_property
    def right(self) -> tuple[Any, ...]:
        """The numbers of the key."""
        return self.row(self.workings.solved.values)

    @cached_property
    def following(self) -> tuple[Any, ...] | None:
        """The numbers that follow from the student's earlier answers; None where none do, or they are the key's."""
        if not self.off:
            return None
        replay = self.own.exact(self.given)
        if replay.moved.isdisjoint(self.asked.variables):
            return None
        try:
            found = self.row(replay)
        except KeygenError:  # a division by zero, the logarithm of what is not positive
            return None
        pairs = zip(found, self.right, strict=True)
        return None if all(one is other or same(one, other) for one, other in pairs) else found

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The numbers of the answer, one behind the other, among some values."""
        return tuple(at(values[name], place) for name, place in self.asked.entries.values())

    @cached_property
    def by_the_key(self) -> ComparedAnswer:
        """The answer beside the key's; who has it by the key has not rounded values that are not the key's."""
        return self.beside(self.workings, self.right, self.by_key, self.quoted, self.halves_of_key)

    def beside(
        self, workings: Workings, base: tuple[Any, ...], given: Mapping[str, Any], begun: frozenset[str],
        halves: Mapping[str, Any],
    ) -> ComparedAnswer:  # fmt: skip
        """The answer beside what it should be from some values, all of which follow from those that were `begun` with;
        and the slips between."""
        floats = {name: as_float(value) for name, value in given.items()}
        first = {name: value for name, value in floats.items() if name in begun}
        search = SlipSearch(workings, self.asked.variables, floats, self.outcome)
        spreads = tuple(lru_cache(partial(self.spread, workings, values, halves)) for values in (floats, first))
        compared = Comparison(self.typed, base, self.grader.precision, spreads, partial(iter, search))
        return ComparedAnswer(compared, search, first, halves)

    def outcome(self, replay: QuickReplay) -> Any:
        """The numbers of the answer in a replay in float64."""
        return outcome(replay, self.asked.entries.values())

    def spread(self, workings: Workings, given: Mapping[str, Any], halves: Mapping[str, Any], digits: int) -> Any:
        """How far each number may be off by rounding on the way."""
        try:
            with np.errstate(all="ignore"):
                found = workings.spread(self.asked.variables, given, halves, digits)
        except (*NO_VALUE, KeygenError):  # no derivative: then nothing is allowed for
            return np.zeros(len(self.typed))
        return np.array([float(found[name][place]) for name, place in self.asked.entries.values()])

    @property
    def assessment(self) -> Assessment:
        """What it is worth. What agrees with the key, and more closely with what follows from the student's own, is the
        key's for its credit, and what follows for all that comes behind it."""
        key = self.by_the_key
        found = self.agreeing(key) if key.compared.agreement else None
        if found is not None and not (self.off and key.compared.gaps.any() and self.seems_nearer(key)):
            return found
        if self.following is not None:
            own = self.beside(self.own, self.following, self.given, self.wrong, self.halves)
            if found is not None and own.compared.closer_than(key.compared) and own.compared.agreement:
                by_key = replace(found, taken=self.values(self.following), replay=self.text(self.following))
                return max(by_key, self.carried(own), key=lambda one: (one.credit, BETTER[one.kind]))
            if found is None and own.compared.agreement:
                return self.carried(own)
            if found is None and (slip := self.slip_behind(own)) is not None:
                return self.slipped(slip, self.following, self.emptied())
        if found is not None:
            return found
        if (slip := self.slip_behind(key)) is not None:
            return self.slipped(slip, self.following)
        return self.unexplained

    def seems_nearer(self, key: ComparedAnswer) -> bool:
        """Whether a number that was typed lies nearer to what follows than to the key's, in float64: only then is it
        worth while to work out exactly what follows."""
        given = {name: as_float(value) for name, value in self.given.items()}
        try:
            with np.errstate(all="ignore"):
                there = self.outcome(self.own.quick(given))
        except (*NO_VALUE, KeygenError):
            return True
        typed = np.array([float(number) for number in self.typed])
        return not bool(np.all(np.abs(there - typed) >= key.compared.gaps))

    @property
    def unexplained(self) -> Assessment:
        """A wrong answer behind which there is no known slip: one that another wrong answer rests on as well, maybe."""
        wrong = WrongAnswer(
            self.asked.column, tuple(self.asked.entries.values()), np.array([float(one) for one in self.typed]),
            np.array([slack(one, self.grader.precision.page) for one in self.typed]),
            {name: as_float(value) for name, value in self.given.items()},
        )  # fmt: skip
        text = self.text(self.following)
        for earlier in () if chance(wrong.typed) else self.student.unexplained:
            if shared(self.workings, earlier, wrong):
                rate = self.grader.rates.carried
                return Assessment("carried", rate, self.values_typed, text, same_as=earlier.column)
        return Assessment("wrong", Fraction(0), self.values_typed, text, wrong=wrong)

    def agreeing(self, key: ComparedAnswer) -> Assessment:
        """An answer that is the key's."""
        kind: VerdictKind = "coarse" if key.compared.agreement == "coarse" else "right"
        return Assessment(kind, Fraction(1), self.values(self.right), person=self.doubt(key))

    def carried(self, own: ComparedAnswer) -> Assessment:
        """An answer that follows rightly from wrong ones: for no credit where there was nothing left to do."""
        assert self.following is not None
        reason = self.emptied()
        kind: VerdictKind = "coarse" if own.compared.agreement == "coarse" else "carried"
        credit = Fraction(0) if reason else self.grader.rates.carried
        person = "; ".join(filter(None, (reason, self.doubt(own))))
        values, text = self.values(self.following), self.text(self.following)
        return Assessment(kind, credit, values, text, None, person, {} if reason else self.given)

    def doubt(self, beside: ComparedAnswer) -> str:
        """The slip from which an answer cannot be told by its digits, "" where there is none."""
        slip = self.slip_behind(beside) if beside.compared.doubtful else None
        return "" if slip is None else f"by its digits it may be a slip: {slip}"

    def emptied(self) -> str:
        """Why the student's values leave nothing to be done in this step, "" where they do."""
        replay, values = self.own.exact(self.given), self.workings.solved.values
        within = self.workings.segment(self.asked.variables, self.given)
        empty = [name for name in sorted(within) if vanishes(replay[name]) and not vanishes(values[name])]
        if empty:
            named = next((f": {name} is zero" for name in empty if not name.startswith("_")), "")
            return f"nothing is left to compute{named}"
        work = (self.workings.work(self.asked.variables, self.given, all_of) for all_of in (replay, values))
        here, there = work
        return "less than half of the work is left" if 2 * here < there else ""

    def slip_behind(self, beside: ComparedAnswer) -> FoundSlip | None:
        """The known slip behind the answer, if one is: as far as rounding can take it from the values that were given,
        or, where none is, from those that all was begun with."""
        page, typed = self.grader.precision.page, np.array([float(number) for number in self.typed])
        digits = np.array([self.half(number) + half_unit(float(number), page) for number in self.typed])
        right, slips = np.array([float(number) for number in beside.compared.base]), beside.slips
        for given in (slips.given, beside.begun):
            off = digits + self.spread(slips.workings, given, beside.halves, self.grader.precision.carried)
            if (found := slips.behind(typed, off, right)) is not None:
                return found
        return None

    def half(self, number: ReadNumber) -> float:
        """Half a unit of the last digit of a number that is held against a slip: with too few digits to tell anything
        it is taken for one whose zeros at the end were cut off, and 0 for 0."""
        asked = self.grader.precision.asked
        told = number.significant is not None and number.significant >= self.grader.precision.least
        return float(number.half if told else number.half_of(asked))

    def slipped(self, slip: FoundSlip, following: tuple[Any, ...] | None, empty: str = "") -> Assessment:
        """An answer that a known slip leads to; for one that was made before nothing more is deducted, and nothing is
        paid for one in what was `empty`."""
        again = any(all(habit(one, self.workings.trace) in self.student.made for one in way) for way in slip.ways)
        credit = self.grader.rates.carried if again else self.grader.rates.slip
        kind: VerdictKind = "carried" if again else "slip"
        credit = Fraction(0) if empty else credit
        return Assessment(kind, credit, self.values_typed, self.text(following), slip, empty)

    def values(self, numbers: Iterable[Any]) -> dict[str, Any]:
        """Each variable of the answer with these numbers in it."""
        return arranged(self.asked, list(numbers))

    @property
    def values_typed(self) -> dict[str, Any]:
        """Each variable of the answer as it was typed."""
        return self.values(number.value for number in self.typed)

    def text(self, numbers: tuple[Any, ...] | None) -> str:
        """Numbers as key.csv writes them."""
        return "" if numbers is None else written_like(self.asked, dict(zip(self.asked.entries, numbers, strict=True)))


def offs(
    asked: AskedColumn, name: str, typed: tuple[Any, ...], value: Any, precision: Precision, *, decided: bool
) -> Any:
    """How far a variable may be off for who goes on from what was typed: by half a unit of the last digit, and by what
    it differs from the value that stands for it. Of a number that is exactly that value, where it is `decided`, and of
    a whole number there is nothing to be off."""
    off = np.zeros(np.shape(value))
    for number, (variable, place) in zip(typed, asked.entries.values(), strict=True):
        if variable == name:
            gap = distance(number.value, at(value, place))
            exact = not gap and (decided or 2 * number.half >= 1)
            lost = decided and gap <= number.half_of(precision.asked)
            half = float(number.half_of(precision.carried) if lost else number.half)
            off[place if off.ndim else ()] = 0.0 if exact else half + gap
    return off


def slack(number: ReadNumber, page: int) -> float:
    """How far a number that was typed may be off by its digits; a whole number is none that was rounded."""
    if 2 * number.half >= 1 or not number.half:
        return 0.0
    return float(number.half) + half_unit(float(number), page)


def vanishes(value: Any) -> bool:
    """Whether all of a value is 0."""
    return all(not number for number in np.ravel(value))


def typed_numbers(read: Read) -> tuple[Any, ...]:
    """The numbers that were read, one behind the other."""
    return tuple(numbers_of(read.value).values())


def typed_row(read: Read) -> list[Any]:
    """What was read, as exact numbers in the order of the answer."""
    return [number.value for number in typed_numbers(read)]


def arranged(asked: AskedColumn, numbers: list[Any]) -> dict[str, Any]:
    """Numbers in the order of an answer as the variables that they belong to."""
    found: dict[str, dict[Place, Any]] = {}
    for (name, place), number in zip(asked.entries.values(), numbers, strict=True):
        found.setdefault(name, {})[place] = number
    return {name: whole_of(places) for name, places in found.items()}


def whole_of(places: Mapping[Place, Any]) -> Any:
    """A variable of its numbers by their places."""
    if () in places:
        return places[()]
    shape = tuple(length + 1 for length in max(places))
    array = np.empty(shape, dtype=object)
    for place, number in places.items():
        array[place] = number
    return array


def written_like(asked: AskedColumn, numbers: Mapping[Place, Any]) -> str:
    """Numbers by their places in an answer, as key.csv writes such an answer."""
    if asked.answer.type != "matrices":
        return written(answer_of(whole_of(numbers), lambda place: None))
    each: dict[int, dict[Place, Any]] = {}
    for (which, *place), number in numbers.items():
        each.setdefault(which, {})[tuple(place)] = number
    return "[" + ", ".join(written(answer_of(whole_of(places), lambda place: None)) for places in each.values()) + "]"
