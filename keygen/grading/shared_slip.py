"""One slip that nobody knows, behind several wrong answers: made where no answer is asked for, it shows in each answer
that rests on that place. From the first of them the wrong value there is worked out, and from that what the others
should be; so who went on rightly from it pays once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keygen.errors import KeygenError
from keygen.grading.asked_columns import Entry
from keygen.grading.replays import NO_VALUE, SHORT, Workings, outcome

STEPS = 8
"""Of Newton's method, to a value that leads to what was typed: one is enough where all is linear."""
DISTINCT = 4
"""By how many times what it may be off an answer has to differ from what is right, to say anything."""
Numbers = Any


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong answer: its numbers in the trace, as they were typed, how far each may be off by its digits, and the
    values that it should have been worked out from, in float64."""

    column: str
    entries: tuple[Entry, ...]
    typed: Numbers
    off: Numbers
    given: Mapping[str, Any]

    @property
    def names(self) -> frozenset[str]:
        """The variables that it states."""
        return frozenset(name for name, _ in self.entries)


def shared(workings: Workings, earlier: WrongAnswer, later: WrongAnswer) -> str:
    """The variable a wrong value of which leads to both of two wrong answers, "" where none does. The earlier answer
    says the value, so it has as many numbers at least; the later one has to differ from what is right by much more than
    its digits and those of the earlier allow."""
    first = workings.segment(earlier.names, earlier.given)
    within = (first & workings.segment(later.names, later.given)) - earlier.names - later.names
    for name in reversed([name for name in workings.trace.defining if name in within]):
        try:
            with np.errstate(all="ignore"):
                if leads_to_both(workings, name, earlier, later):
                    return name
        except (*NO_VALUE, KeygenError, np.linalg.LinAlgError):
            continue
    return ""


def leads_to_both(workings: Workings, name: str, earlier: WrongAnswer, later: WrongAnswer) -> bool:
    """Whether a wrong value of one variable leads to both answers."""
    if np.size(workings.floats[name]) > len(earlier.entries):
        return False
    value, doubt = value_behind(workings, name, earlier)
    if value is None:
        return False
    base = outcome(workings.quick(later.given), later.entries)
    found = outcome(workings.quick({**later.given, name: value}), later.entries)
    slopes = jacobian(workings, name, value, later)
    off = later.off + np.abs(slopes) @ doubt + SHORT * (1 + np.abs(found))
    told = np.abs(found - base) > DISTINCT * off
    return bool(np.all(np.abs(found - later.typed) <= off) and np.any(told))


def value_behind(workings: Workings, name: str, answer: WrongAnswer) -> tuple[Any, Numbers]:
    """The value of a variable that leads to a wrong answer, and how far each of its numbers may be off; None where
    there is none, or many."""
    value = np.array(workings.quick(answer.given)[name], dtype=float)
    for _ in range(STEPS):
        slopes = jacobian(workings, name, value, answer)
        if np.linalg.matrix_rank(slopes) < value.size:
            break
        gap = answer.typed - outcome(workings.quick({**answer.given, name: value[()]}), answer.entries)
        if np.all(np.abs(gap) <= answer.off / 2 + SHORT * (1 + np.abs(answer.typed))):
            return value[()], np.abs(np.linalg.pinv(slopes)) @ answer.off
        value = value + np.linalg.lstsq(slopes, gap, rcond=None)[0].reshape(value.shape)
    return None, np.zeros(value.size)


def jacobian(workings: Workings, name: str, value: Any, answer: WrongAnswer) -> Numbers:
    """The derivatives of the numbers of an answer by those of a variable: a row a number of the answer."""
    given = {**answer.given, name: value[()] if isinstance(value, np.ndarray) else value}
    base = workings.quick(given)
    names = tuple(dict.fromkeys(one for one, _ in answer.entries))
    columns = []
    for place in np.ndindex(np.shape(value)):
        slopes = workings.slopes(names, given, name, place, base)
        columns.append([float(np.asarray(slopes[one])[at]) if one in slopes else 0.0 for one, at in answer.entries])
    return np.array(columns).T
