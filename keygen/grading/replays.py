"""A student's exercise replayed: what follows from some values, exactly or in float64, and how much it may be off."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from keygen.engine.domains import COMPLEX, FLOAT, STEP, Domain, Value
from keygen.engine.evaluate import as_float
from keygen.engine.mistaken import Mistaken, mistaken
from keygen.engine.primitives import PRIMITIVES, Effort
from keygen.engine.replay import AS_RECORDED, NOTHING, Replay
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError
from keygen.grading.asked_columns import Entry, Place
from keygen.variants.operation_count import operations
from keygen.variants.solved import Solved

NO_VALUE = (ArithmeticError, ValueError)
"""What float64 says where there is no value."""
NUDGE = 1e-4
"""Of a number, and of 1: by how much it is moved to see what rests on it."""
EPSILON = 2.0**-52
SHORT = 1e-12
"""How far a double may be from the decimal that it is meant to be."""


class QuickReplay(Replay):
    """A replay in doubles or complex numbers, for a search: it may only suggest what is then worked out exactly.

    Asking raises `NO_VALUE` where there is none.
    """

    def worked_out(self, step: Step) -> Value:
        """The value of a step whose inputs are known."""
        known, unmoved = self.known, self.unmoved
        return self.rule(step)(*[known[name] if name in known else unmoved[name] for name in step.inputs])

    def otherwise(
        self, given: Mapping[str, Any] = NOTHING, steps: Mapping[str, Step] = AS_RECORDED, domain: Domain = FLOAT
    ) -> QuickReplay:
        """This replay with some more values given, or some steps that are others. What rests on none of them is as it
        is here, and is not worked out again; what was given here stays so."""
        steps = {**self.steps, **steps} if self.steps else steps
        found = QuickReplay(self.trace, self, given, steps=steps, domain=domain)
        found.known = {**self.given, **given}
        return found


def twins_in(trace: Trace) -> Mapping[str, tuple[str, ...]]:
    """What is worked out in the same way as another variable, by the name of that: the same primitive of the same."""

    def make() -> Mapping[str, tuple[str, ...]]:
        known: dict[Hashable, str] = {}
        first = {variable.name: variable.name for variable in trace.inputs}
        for step in trace.steps:
            sources = tuple(first[name] for name in step.inputs)
            way = (step.primitive, sources, step.param)
            copied = step.primitive == "copy" and sources[0] in trace.defining
            first[step.target.name] = sources[0] if copied else known.setdefault(way, step.target.name)
        alike: dict[str, list[str]] = {}
        for name in trace.defining:
            alike.setdefault(first[name], []).append(name)
        return {name: tuple(one for one in names if one != name) for names in alike.values() for name in names}

    found: Mapping[str, tuple[str, ...]] = trace.memo("twins", make)
    return found


class Workings:
    """The computation behind one student's exercise; by some `steps` of the student's own, if there are any."""

    def __init__(self, solved: Solved, steps: Mapping[str, Step] = AS_RECORDED) -> None:
        self.solved, self.trace, self.steps = solved, solved.trace, steps

    @cached_property
    def floats(self) -> Mapping[str, Any]:
        """The key's values in float64."""
        return {name: as_float(self.solved.values[name]) for name in self.trace.shapes}

    def segment(self, targets: Iterable[str], cuts: Iterable[str]) -> frozenset[str]:
        """What is worked out between some given values and the targets, the targets included."""
        targets, cuts = frozenset(targets), frozenset(cuts)

        def make() -> frozenset[str]:
            inputs = {variable.name for variable in self.trace.inputs}
            return self.trace.needs(targets, cut=cuts - targets) - (cuts - targets) - inputs

        return self.trace.memo(("segment", targets, cuts), make)

    def with_twins(self, given: Mapping[str, Value], own: Iterable[str]) -> dict[str, Value]:
        """Some values, and those of whatever else is the same expression: who goes on from a loss of one step goes on
        from it where the sum of losses writes it out. What is asked for, its `own`, is not given."""
        twins, own = twins_in(self.trace), frozenset(own)
        return {
            **{twin: value for name, value in given.items() for twin in twins.get(name, ()) if twin not in own}, **given
        }  # fmt: skip

    def exact(self, given: Mapping[str, Value]) -> Replay:
        """What follows from these values, exactly."""
        return Replay(self.trace, self.solved.values, given, steps=self.steps)

    def quick(self, given: Mapping[str, Any]) -> QuickReplay:
        """What follows from these values, in float64."""
        return QuickReplay(self.trace, self.floats, given, steps=self.steps, domain=FLOAT)

    def mistakes(self, targets: Iterable[str], cuts: Iterable[str]) -> tuple[Mistaken, ...]:
        """The known mistakes that could be made in a segment, the most typical first."""
        targets, cuts = frozenset(targets), frozenset(cuts)
        within = self.segment(targets, cuts)
        return self.trace.memo(
            ("mistakes", targets, cuts),
            lambda: tuple(one for one in mistaken(self.trace) if within.issuperset(one.at)),
        )

    def work(self, targets: Iterable[str], cuts: Iterable[str], values: Mapping[str, Any]) -> int:
        """The operations of a segment; who multiplies by a wrong 1 has had to know by what."""
        targets, cuts = tuple(sorted(targets)), tuple(sorted(set(cuts) - set(targets)))
        part = self.trace.memo(("part", targets, cuts), lambda: self.trace.cut_at(cuts, targets))
        return operations(part, values, by_one=True)

    def spread(
        self, targets: Iterable[str], given: Mapping[str, Any], halves: Mapping[str, Any], digits: int
    ) -> dict[str, Any]:
        """How far each target may be off, to first order: by the given values, each of which may be off by its
        `halves`, and by whoever carries so many `digits` from step to step. By the derivatives of the trace, an entry
        at a time (the complex step); where there are none, nothing is added."""
        targets = tuple(targets)
        base = self.quick(given)
        off = {name: np.asarray(half, dtype=float) for name, half in halves.items() if name in given}
        for name in self.segment(targets, given) - set(targets):
            if PRIMITIVES[self.trace.defining[name].primitive].effort is not Effort.NOTHING:
                off[name] = rounding(base[name], digits)
        found = {name: np.zeros(self.trace.shapes[name]) for name in targets}
        for name, half in off.items():
            for place in (one for one in np.ndindex(half.shape) if half[one]):
                for target, slope in self.slopes(targets, given, name, place, base).items():
                    found[target] = found[target] + np.abs(slope) * half[place]
        return found

    def reaches(self, numbers: Mapping[Entry, float], targets: Iterable[Entry], given: Mapping[str, Any]) -> bool:
        """Whether some numbers are what the targets come from, where other values are given, and each of them moves one
        of the targets: who has these right has had those right."""
        targets = tuple(targets)
        floats = {name: as_float(value) for name, value in given.items()}
        base = self.quick(floats)
        try:
            with np.errstate(all="ignore"):
                there = outcome(base, targets)
                if apart(outcome(base, numbers), np.array(list(numbers.values()))):
                    return False
                return all(self.moves(entry, targets, floats, base, there) for entry in numbers)
        except (*NO_VALUE, KeygenError):  # what has no value vouches for nothing
            return False

    def moves(
        self, entry: Entry, targets: Iterable[Entry], given: Mapping[str, Any], base: QuickReplay, there: Any
    ) -> bool:
        """Whether a number moves one of the targets from where they are `there`."""
        name, place = entry
        ways = (self.quick({**given, name: nudged(base[name], place, way)}) for way in (1, -1))
        return any(apart(there, outcome(way, targets)) for way in ways)

    def slopes(
        self, targets: tuple[str, ...], given: Mapping[str, Any], name: str, place: tuple[Any, ...], base: QuickReplay
    ) -> dict[str, Any]:
        """The derivatives of the targets by one entry of a variable."""
        moved = np.array(base[name], dtype=complex)
        moved[place] += 1j * STEP
        held = {one: value for one, value in given.items() if one not in targets}
        rest = base if len(held) == len(given) else self.quick(held)
        ahead = rest.otherwise({name: moved if moved.shape else complex(moved)}, domain=COMPLEX)
        found = {}
        for target in targets:
            if target in ahead.moved and target != name:
                slope = np.imag(np.asarray(ahead[target], dtype=complex)) / STEP
                found[target] = np.where(np.isfinite(slope), slope, 0.0)
        return found


def at(value: Any, place: Place) -> Any:
    """One number of a value."""
    return value[place] if isinstance(value, np.ndarray) and value.ndim else value


def outcome(values: Mapping[str, Any], entries: Iterable[Entry]) -> Any:
    """Some numbers among values, in float64."""
    return np.array([float(at(values[name], place)) for name, place in entries])


def nudged(value: Any, place: Place, way: int) -> Any:
    """A value with one number a little larger or smaller."""
    moved = np.array(value, dtype=float)
    moved[place] += way * NUDGE * (1 + abs(moved[place]))
    return moved if moved.shape else float(moved)


def apart(one: Any, other: Any) -> bool:
    """Whether some numbers are others than before."""
    return bool(np.any(np.abs(one - other) > SHORT * (1 + np.abs(one))))


def rounding(value: Any, digits: int) -> Any:
    """Half a unit of the last of so many significant digits of each number, as `half_unit` has it."""
    numbers = np.asarray(value, dtype=float)
    return np.array([half_unit(float(x), digits) for x in numbers.flat]).reshape(numbers.shape)


def half_unit(x: float, digits: int) -> float:
    """Half a unit of the last of so many significant digits of a number; no more than rounding does to it where it is
    all but a short decimal, and 0 where it is one."""
    if not x or not math.isfinite(x):
        return 0.0
    power = math.floor(math.log10(abs(x))) - digits + 1
    gap = abs(float(f"{x:.{digits - 1}e}") - x)
    if gap <= SHORT * abs(x):
        return gap if gap > EPSILON * abs(x) else 0.0  # of 1 - 1e-15 the rest is all that is left of 1 - x
    return 0.5 * float(10.0**power) if power > -300 else 0.0
