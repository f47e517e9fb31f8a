"""Solving: the published variant of an exercise, or the first draw for somebody that is worth a student's time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from keygen.course.draw import Draws, Grid, sizes
from keygen.course.exercise import Exercise
from keygen.course.fixed_data import apply_pin, pinned_lengths
from keygen.course.secret import PUBLIC
from keygen.course.seeding import NumberStreams
from keygen.engine.domains import EXACT, POLYNOMIAL
from keygen.engine.lazy import NOBODY, LazyValues, lazy_values
from keygen.engine.polynomial import Polynomial
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, line_where
from keygen.variants.arranging import arranged
from keygen.variants.conditions import first_violation_lazily, observers, require_pinnable
from keygen.variants.solved import Evaluated, Solved, Variant
from keygen.variants.trial import named_functions, trial

TRIES = 2000  # draws before an exercise is said to have no worthwhile variant


def published(exercise: Exercise) -> Variant:
    """The variant with the published numbers."""
    lengths = sizes(exercise.axes, None)
    data = {name: d.published for name, d in exercise.given.items() if isinstance(d, Grid)}
    choices = {name: d.published for name, d in exercise.given.items() if not isinstance(d, Grid)}
    with exercise.author_errors():
        problems = {part: form.published for part, form in exercise.problems.items()}
    return Variant(None, lengths, choices, data, problems)


def drawn(exercise: Exercise, source: NumberStreams, place: str, attempt: int, pin: Mapping[str, Any]) -> Variant:
    """One try. Each parameter has a stream of its own, so that a new one changes no other's numbers."""
    lengths = sizes(exercise.axes, lambda axis: source.stream(place, "axis", axis, attempt))
    if pin:
        lengths |= pinned_lengths(exercise, pin)

    def draw(name: str) -> Any:
        return exercise.given[name].draw(source.stream(place, name, attempt), exercise.shape(name, lengths))

    data = Draws({name: partial(draw, name) for name, d in exercise.given.items() if isinstance(d, Grid)})
    choices = {name: draw(name) for name in exercise.given if name not in data}
    problems = {part: form.draw(source.stream(place, part, attempt), ()) for part, form in exercise.problems.items()}
    return apply_pin(exercise, Variant(source.who, lengths, choices, data, problems), pin)


def solve(
    exercise: Exercise,
    sheet: str,
    who: int | str | None,
    *,
    key: str = PUBLIC,
    pin: Mapping[str, Any] = MappingProxyType({}),
    occurrence: int = 1,
    draw: int = 1,
) -> Solved:
    """The published variant (`who` None), or the first worthwhile draw for a seed or a student's id.

    `key`, `sheet` and `draw` name the streams (see `NumberStreams`), and so does `occurrence` where a sheet has the
    exercise more than once; `pin` fixes data. Raises KeygenError when no draw is worthwhile.
    """
    if who is None:
        variant = apply_pin(exercise, published(exercise), pin)
        require_pinnable(candidate(exercise, variant), pin)
        return computed(exercise, variant)
    source, place = (
        NumberStreams(sheet, who, key, draw),
        exercise.id if occurrence == 1 else f"{exercise.id}#{occurrence}",
    )
    failures: Counter[str] = Counter()
    for attempt in range(TRIES):
        try:
            found, reason = judged(exercise, drawn(exercise, source, place, attempt, pin), pin)
            other = arranged(found, pin) if reason is not None and exercise.arranged is not None else None
            if other is not None:
                found, reason = judged(exercise, other, pin)
        except KeygenError as error:
            raise error.within(exercise=exercise.id, who=who) from error
        if reason is None:
            return accepted(found, failures)
        failures[reason] += 1
    raise KeygenError(
        f"no worthwhile variant in {TRIES} draws",
        exercise=exercise.id,
        who=who,
        **line_where(exercise.file, r"^def worthwhile\b"),
        found="; ".join(f"{reason!r} failed {count} times" for reason, count in failures.most_common(4)),
        repair="widen the distributions in `given`, or ask less in `worthwhile`",
    )


def judged(exercise: Exercise, variant: Variant, pin: Mapping[str, Any]) -> tuple[Solved, str | None]:
    """A draw, and the first condition that it does not meet."""
    found = candidate(exercise, variant)
    try:
        require_pinnable(found, pin)
        return found, first_violation_lazily(found)
    except KeygenError as error:
        if not error.redraw:
            raise
        return found, error.what


def computed(exercise: Exercise, variant: Variant) -> Solved:
    """A variant with all its values."""
    trace = exercise.trace(variant.lengths, variant.choices)
    exercise.require_repeatable(trace, {**variant.lengths, **variant.choices})
    with exercise.author_errors():
        values, calls = evaluated(exercise.id, variant, trace)
        return Solved(exercise, variant, Evaluated(trace, finished(values), calls))


@dataclass(frozen=True)
class Evaluating:
    """The evaluation of a draw that may be refused: its trace is recorded and its values are worked out as far as
    somebody asks, with the house's conditions on watch.
    """

    exercise: Exercise
    variant: Variant

    @cached_property
    def trace(self) -> Trace:
        """The computation of the draw's structure."""
        return self.exercise.trace(self.variant.lengths, self.variant.choices)

    @cached_property
    def work(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Values and calls."""
        with self.exercise.author_errors():
            return evaluated(self.exercise.id, self.variant, self.trace, watched=True)

    @property
    def values(self) -> Mapping[str, Any]:
        """The values, in the making."""
        return self.work[0]

    @property
    def calls(self) -> Mapping[str, Any]:
        """What stands for named functions."""
        return self.work[1]


def candidate(exercise: Exercise, variant: Variant) -> Solved:
    """A draw that may be refused, its data drawn and its values worked out as far as somebody asks."""
    return Solved(exercise, variant, Evaluating(exercise, variant))


def accepted(draw: Solved, failures: Mapping[str, int]) -> Solved:
    """The draw with all its values, after these failures of others."""
    draw.exercise.require_repeatable(draw.trace, draw.choices)
    variant = replace(draw.variant, data=dict(draw.variant.data))
    rejected = MappingProxyType(dict(failures))
    with draw.exercise.author_errors():
        return Solved(draw.exercise, variant, Evaluated(draw.trace, finished(draw.values), draw.calls), rejected)


def finished(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """All values of a draw; those at which formulas are tried go on being worked out when they are asked for."""
    return values.finished() if isinstance(values, LazyValues) else dict(values)


def evaluated(
    exercise: str, variant: Variant, trace: Trace, *, watched: bool = False
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Values, and a meaning for each function that is only named: exactly on numbers, as far as somebody asks; on
    polynomials where inputs stay symbols; at random points where they are matrices.
    """
    unknown = [variable for variable in trace.inputs if variable.name not in variant.data]
    if not unknown:
        return lazy_values(trace, variant.data, EXACT, observers(trace) if watched else NOBODY), {}
    if all(variable.shape == () for variable in unknown) and not named_functions(trace):
        inputs = {variable.name: Polynomial.variable(variable.name) for variable in unknown}
        return lazy_values(trace, {**variant.data, **inputs}, POLYNOMIAL), {}
    return trace.memo("trial", lambda: trial(exercise, trace))
